// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt_link: the rendezvous with the harness. Bus glue: probe, interrupt, power. */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "link.h"
#include "stunt/uapi/registry.h"
#include "stunt_registry.h"

static const struct stunt_pci_info stunt_link_info = {
	.id = STUNT_LINK_ID_VALUE,
	.major = STUNT_LINK_VERSION_MAJOR_VALUE,
	.minor = STUNT_LINK_VERSION_MINOR_VALUE,
	.vectors = STUNT_LINK_VECTORS,
	.bar_len = STUNT_LINK_BAR_SIZE,
	.dma_bits = 64,
};

static irqreturn_t stunt_link_irq(int irq, void *data)
{
	struct stunt_link *link = data;
	u32 status;

	if (stunt_read_live(&link->spci, STUNT_LINK_INT_STATUS, &status) || !status)
		return IRQ_NONE;
	stunt_write(&link->spci, STUNT_LINK_INT_STATUS, status);
	if (status & STUNT_LINK_INT_STATUS_ATTENTION)
		stunt_link_attention(link);
	return IRQ_HANDLED;
}

static u64 stunt_link_time(struct stunt_link *link)
{
	u64 lo = stunt_read(&link->spci, STUNT_LINK_TIME_LO);

	return (u64)stunt_read(&link->spci, STUNT_LINK_TIME_HI) << 32 | lo;
}

/* The registers that stay as they are from one exchange to the next. */
static void stunt_link_setup(struct stunt_link *link)
{
	struct stunt_pci *spci = &link->spci;

	stunt_write_addr(spci, STUNT_LINK_TX_ADDR_LO, STUNT_LINK_TX_ADDR_HI, link->tx_addr);
	stunt_write_addr(spci, STUNT_LINK_RX_ADDR_LO, STUNT_LINK_RX_ADDR_HI, link->rx_addr);
	stunt_write(spci, STUNT_LINK_RX_CAP, STUNT_MESSAGE_MAX);
	stunt_write_addr(spci, STUNT_LINK_CHECK_ADDR_LO, STUNT_LINK_CHECK_ADDR_HI, link->tells_addr);
	/* The time stamp of this line and the time in it tie the kernel's clock to the harness's. */
	dev_info(&spci->pdev->dev, "virtual time %llu ns\n", stunt_link_time(link));
}

static int stunt_link_alloc(struct stunt_link *link)
{
	struct device *dev = &link->spci.pdev->dev;

	link->tx = dmam_alloc_coherent(dev, STUNT_MESSAGE_MAX, &link->tx_addr, GFP_KERNEL);
	link->rx = dmam_alloc_coherent(dev, STUNT_MESSAGE_MAX, &link->rx_addr, GFP_KERNEL);
	link->dump = dmam_alloc_coherent(dev, STUNT_LINK_DUMP_MAX, &link->dump_addr, GFP_KERNEL);
	link->tells.buf = dmam_alloc_coherent(dev, STUNT_LINK_LIMIT_TELLS * sizeof(*link->tells.buf),
					      &link->tells_addr, GFP_KERNEL);
	link->tells.regs = link->spci.regs;
	return link->tx && link->rx && link->dump && link->tells.buf ? 0 : -ENOMEM;
}

static void stunt_link_free(struct kref *ref)
{
	kfree(container_of(ref, struct stunt_link, ref));
}

void stunt_link_put(struct stunt_link *link)
{
	kref_put(&link->ref, stunt_link_free);
}

static void stunt_link_put_action(void *link)
{
	stunt_link_put(link);
}

/* Not devm_kzalloc(): an open file holds on to it after the device has gone. */
static struct stunt_link *stunt_link_new(struct device *dev)
{
	struct stunt_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	kref_init(&link->ref);
	mutex_init(&link->lock);
	raw_spin_lock_init(&link->doorbell_lock);
	init_waitqueue_head(&link->wait);
	/* First of all managed resources, so undone last: the interrupt handler still uses it. */
	if (devm_add_action_or_reset(dev, stunt_link_put_action, link))
		return NULL;
	return link;
}

/* What cannot be managed, in order; undone by stunt_link_remove(). */
static int stunt_link_publish(struct stunt_link *link)
{
	void __iomem *mark = link->spci.regs + STUNT_LINK_MARK;
	int ret;

	ret = stunt_mark_attach(mark);
	if (ret)
		return ret;
	ret = stunt_tell_attach(&link->tells);
	if (ret)
		goto err_mark;
	ret = stunt_link_dump_add(link);
	if (ret)
		goto err_tell;
	ret = stunt_link_sleep_add(link);
	if (ret)
		goto err_dump;
	ret = stunt_link_chardev_add(link);
	if (ret)
		goto err_sleep;
	return 0;

err_sleep:
	stunt_link_sleep_del(link);
err_dump:
	stunt_link_dump_del(link);
err_tell:
	stunt_tell_detach(&link->tells);
err_mark:
	stunt_mark_detach(mark);
	return ret;
}

static void stunt_link_remove(struct pci_dev *pdev)
{
	struct stunt_link *link = pci_get_drvdata(pdev);

	stunt_link_chardev_del(link);
	stunt_link_sleep_del(link);
	stunt_link_dump_del(link);
	stunt_tell_detach(&link->tells);
	stunt_mark_detach(link->spci.regs + STUNT_LINK_MARK);
}

static int stunt_link_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct stunt_link *link = stunt_link_new(&pdev->dev);
	struct stunt_registered *reg;
	int ret;

	if (!link)
		return -ENOMEM;
	pci_set_drvdata(pdev, link);
	ret = stunt_pci_probe(pdev, &stunt_link_info, &link->spci);
	if (ret)
		return ret;
	ret = stunt_link_alloc(link);
	if (ret)
		return ret;
	ret = devm_request_irq(&pdev->dev, stunt_pci_irq(&link->spci, STUNT_LINK_VEC_ATTENTION),
			       stunt_link_irq, stunt_pci_irq_flags(&link->spci), pci_name(pdev), link);
	if (ret)
		return ret;
	stunt_link_setup(link);
	ret = stunt_link_publish(link);
	if (ret)
		return ret;
	reg = stunt_registry_add(&pdev->dev, "stunt-link", STUNT_REGISTRY_RUNNING);
	if (IS_ERR(reg))
		stunt_link_remove(pdev);
	return PTR_ERR_OR_ZERO(reg);
}

/* With its state saved the PCI core leaves it in D0: the kernel's last words come yet. */
static int stunt_link_suspend_noirq(struct device *dev)
{
	return pci_save_state(to_pci_dev(dev));
}

/* Main power may have been off: its registers are as after a reset, and a call for attention is lost. */
static int stunt_link_resume(struct device *dev)
{
	struct stunt_link *link = dev_get_drvdata(dev);
	int ret = stunt_pci_check(&link->spci, &stunt_link_info);

	if (!ret) {
		stunt_link_setup(link);
		ret = stunt_tell_attach(&link->tells);
		stunt_link_attention(link);
	}
	return ret;
}

static const struct dev_pm_ops stunt_link_pm = {
	SYSTEM_SLEEP_PM_OPS(NULL, stunt_link_resume)
	NOIRQ_SYSTEM_SLEEP_PM_OPS(stunt_link_suspend_noirq, NULL)
};

static const struct pci_device_id stunt_link_ids[] = {
	{ PCI_DEVICE_SUB(STUNT_LINK_PCI_VENDOR, STUNT_LINK_PCI_DEVICE,
			 STUNT_LINK_PCI_SUBSYSTEM_VENDOR, STUNT_LINK_PCI_SUBSYSTEM) },
	{ }
};
MODULE_DEVICE_TABLE(pci, stunt_link_ids);

static struct pci_driver stunt_link_driver = {
	.name = "stunt_link",
	.id_table = stunt_link_ids,
	.probe = stunt_link_probe,
	.remove = stunt_link_remove,
	.driver.pm = pm_sleep_ptr(&stunt_link_pm),
};
module_pci_driver(stunt_link_driver);

MODULE_DESCRIPTION("Rendezvous of the guest with the Stunt harness");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
