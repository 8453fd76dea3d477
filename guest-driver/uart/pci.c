// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt_uart: driver of Stunt's virtual PCIe multi-port serial card. Cards come and go here. */
#include <linux/bitmap.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/pm_wakeup.h>
#include <linux/tty_driver.h>

#include <stunt/uapi/registry.h>

#include "uart.h"

static enum stunt_irq_mode irq_mode;
module_param_cb(irq_mode, &stunt_irq_mode_param_ops, &irq_mode, 0444);
MODULE_PARM_DESC(irq_mode, "auto, msix, msi or intx (auto)");

struct uart_driver stunt_uart_driver = {
	.owner = THIS_MODULE,
	.driver_name = "stunt_uart",
	.dev_name = "ttySU",
	.nr = STUNT_UART_LINES,
};

static DEFINE_IDA(stunt_uart_ida);
static DEFINE_MUTEX(stunt_lines_lock);
static DECLARE_BITMAP(stunt_lines, STUNT_UART_LINES);

static int stunt_line_get(void)
{
	int line;

	mutex_lock(&stunt_lines_lock);
	line = find_first_zero_bit(stunt_lines, STUNT_UART_LINES);
	if (line < STUNT_UART_LINES)
		__set_bit(line, stunt_lines);
	mutex_unlock(&stunt_lines_lock);
	return line < STUNT_UART_LINES ? line : -ENOSPC;
}

static void stunt_line_put(int line)
{
	mutex_lock(&stunt_lines_lock);
	__clear_bit(line, stunt_lines);
	mutex_unlock(&stunt_lines_lock);
}

/* From 6.5 on there are two devices between card and tty. */
static int stunt_no_wakeup(struct device *dev, void *tty)
{
	if (dev->devt != *(dev_t *)tty)
		return device_for_each_child(dev, tty, stunt_no_wakeup);
	device_set_wakeup_capable(dev, false);
	return 1;
}

/*
 * What wakes the system is the card, by its own power/wakeup. Of a tty that may, serial_core would leave
 * the port on, which sleeps with the card all the same.
 */
static void stunt_port_no_tty_wakeup(struct uart_port *port)
{
	const struct tty_driver *driver = stunt_uart_driver.tty_driver;
	dev_t tty = MKDEV(driver->major, driver->minor_start) + port->line;

	device_for_each_child(port->dev, &tty, stunt_no_wakeup);
}

static int stunt_port_add(struct stunt_port *sp)
{
	int line = stunt_line_get();
	int ret;

	if (line < 0)
		return dev_err_probe(sp->su->dev, line, "more than %u ports\n", STUNT_UART_LINES);
	sp->port.line = line;
	stunt_console_add(sp);
	ret = uart_add_one_port(&stunt_uart_driver, &sp->port);
	if (ret) {
		stunt_console_remove(sp);
		stunt_line_put(line);
		return ret;
	}
	stunt_port_no_tty_wakeup(&sp->port);
	return 0;
}

static void stunt_port_remove(struct stunt_port *sp)
{
	uart_remove_one_port(&stunt_uart_driver, &sp->port);
	stunt_console_remove(sp);
	stunt_line_put(sp->port.line);
}

static void stunt_uart_remove_ports(struct stunt_uart *su, unsigned int n)
{
	while (n--)
		stunt_port_remove(&su->port[n]);
}

static int stunt_uart_add_ports(struct stunt_uart *su)
{
	unsigned int i;
	int ret;

	for (i = 0; i < su->ports; i++) {
		ret = stunt_port_add(&su->port[i]);
		if (ret) {
			stunt_uart_remove_ports(su, i);
			return ret;
		}
	}
	return 0;
}

static void stunt_uart_forget_config(void *config)
{
	kfree(config);
}

/* For after a reset of the link. The PCI core has a copy, too, but only until it has used it. */
static int stunt_uart_save_config(struct stunt_uart *su)
{
	pci_save_state(su->pci.pdev);
	su->config = pci_store_saved_state(su->pci.pdev);
	if (!su->config)
		return -ENOMEM;
	return devm_add_action_or_reset(su->dev, stunt_uart_forget_config, su->config);
}

static int stunt_uart_init_ports(struct stunt_uart *su)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < su->ports; i++) {
		su->port[i].su = su;
		su->port[i].nr = i;
		stunt_port_init(&su->port[i]);
		ret = stunt_ring_alloc(&su->port[i]);
	}
	return ret;
}

static int stunt_uart_caps(struct stunt_uart *su)
{
	u32 caps = stunt_read(&su->pci, STUNT_UART_CAPS);
	unsigned int width;

	su->ports = (caps & STUNT_UART_CAPS_PORTS) >> STUNT_UART_CAPS_PORTS_SHIFT;
	width = (caps & STUNT_UART_CAPS_WIDTH) >> STUNT_UART_CAPS_WIDTH_SHIFT;
	if (!su->ports || su->ports > STUNT_UART_PORTS || width < 24 || width > 64)
		return dev_err_probe(su->dev, -EPROTO, "%u ports and %u address bits: no such card\n",
				     su->ports, width);
	return dma_set_mask_and_coherent(su->dev, DMA_BIT_MASK(width));
}

/* Everything that the device core undoes for us. */
static int stunt_uart_claim(struct stunt_uart *su)
{
	struct stunt_pci_info info = stunt_uart_info;
	int ret;

	info.irq_mode = irq_mode;
	ret = stunt_pci_probe(to_pci_dev(su->dev), &info, &su->pci);
	if (!ret)
		ret = stunt_uart_caps(su);
	if (!ret)
		ret = stunt_uart_init_ports(su);
	if (!ret)
		ret = stunt_uart_save_config(su);
	return ret ?: stunt_uart_irq_request(su);
}

static void stunt_uart_forget_id(void *data)
{
	struct stunt_uart *su = data;

	ida_free(&stunt_uart_ida, su->id);
}

static int stunt_uart_name(struct stunt_uart *su)
{
	su->id = ida_alloc(&stunt_uart_ida, GFP_KERNEL);
	if (su->id < 0)
		return su->id;
	snprintf(su->name, sizeof(su->name), "stunt-uart%d", su->id);
	return devm_add_action_or_reset(su->dev, stunt_uart_forget_id, su);
}

/* Taken out by the device core after the remove function, when nobody changes the state any more. */
static int stunt_uart_enter(struct stunt_uart *su)
{
	struct stunt_registered *reg = stunt_registry_add(su->dev, su->name, STUNT_REGISTRY_RUNNING);

	if (IS_ERR(reg))
		return PTR_ERR(reg);
	WRITE_ONCE(su->registered, reg);
	return 0;
}

/* It may sleep from now on, if the user lets it: power/control. */
static void stunt_uart_ready(struct stunt_uart *su)
{
	dev_info(su->dev, "%s: ttySU%u to ttySU%u, %u interrupt vectors (%s)\n", su->name,
		 su->port[0].port.line, su->port[su->ports - 1].port.line, su->pci.vectors,
		 stunt_pci_irq_mode_name(su->pci.irq_mode));
	pm_runtime_put_noidle(su->dev);
}

static int stunt_uart_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct stunt_uart *su = devm_kzalloc(&pdev->dev, sizeof(*su), GFP_KERNEL);
	int ret;

	if (!su)
		return -ENOMEM;
	su->dev = &pdev->dev;
	pci_set_drvdata(pdev, su);
	ret = stunt_uart_name(su);
	if (!ret)
		ret = stunt_uart_claim(su);
	if (!ret)
		ret = stunt_uart_start(su);
	if (ret)
		return ret;
	ret = stunt_uart_add_ports(su);
	if (ret)
		goto err_stop;
	ret = stunt_uart_enter(su);
	if (ret)
		goto err_ports;
	stunt_uart_ready(su);
	return 0;

err_ports:
	stunt_uart_remove_ports(su, su->ports);
err_stop:
	stunt_uart_stop(su);
	return ret;
}

static void stunt_uart_remove(struct pci_dev *pdev)
{
	struct stunt_uart *su = pci_get_drvdata(pdev);

	pm_runtime_get_sync(&pdev->dev);
	if (pci_dev_is_disconnected(pdev))
		stunt_uart_lost(su);
	stunt_uart_remove_ports(su, su->ports);
	stunt_uart_stop(su);
	pci_clear_master(pdev);
}

static int stunt_uart_suspend(struct device *dev)
{
	stunt_uart_quiesce(dev_get_drvdata(dev), device_may_wakeup(dev));
	return 0;
}

static int stunt_uart_resume(struct device *dev)
{
	return stunt_uart_revive(dev_get_drvdata(dev));
}

/* No port is open. */
static int stunt_uart_runtime_suspend(struct device *dev)
{
	stunt_uart_stop(dev_get_drvdata(dev));
	return 0;
}

static int stunt_uart_runtime_resume(struct device *dev)
{
	return stunt_uart_start(dev_get_drvdata(dev));
}

static const struct dev_pm_ops stunt_uart_pm = {
	SYSTEM_SLEEP_PM_OPS(stunt_uart_suspend, stunt_uart_resume)
	RUNTIME_PM_OPS(stunt_uart_runtime_suspend, stunt_uart_runtime_resume, NULL)
};

static const struct pci_device_id stunt_uart_ids[] = {
	{ PCI_DEVICE(STUNT_UART_PCI_VENDOR, STUNT_UART_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, stunt_uart_ids);

static struct pci_driver stunt_uart_pci_driver = {
	.name = "stunt_uart",
	.id_table = stunt_uart_ids,
	.probe = stunt_uart_probe,
	.remove = stunt_uart_remove,
	.err_handler = &stunt_uart_err_handlers,
	.driver.pm = pm_ptr(&stunt_uart_pm),
};

static int __init stunt_uart_init(void)
{
	int ret;

	stunt_uart_driver.cons = stunt_uart_console();
	ret = uart_register_driver(&stunt_uart_driver);
	if (ret)
		return ret;
	ret = pci_register_driver(&stunt_uart_pci_driver);
	if (ret)
		uart_unregister_driver(&stunt_uart_driver);
	return ret;
}
module_init(stunt_uart_init);

static void __exit stunt_uart_exit(void)
{
	pci_unregister_driver(&stunt_uart_pci_driver);
	uart_unregister_driver(&stunt_uart_driver);
}
module_exit(stunt_uart_exit);

MODULE_DESCRIPTION("Driver for Stunt's virtual PCIe multi-port serial card");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
