// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stunt_dmacheck: tells the device models what memory each PCI device was given by its driver, so
 * that they can see where it goes without. A device is watched from the next time that a driver is
 * bound to it; so this module comes before the driver.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/suspend.h>

#include "dmacheck.h"
#include "stunt_core.h"
#include "stunt/regs/link.h"

static void stunt_dmacheck_tell(struct device *dev, u8 kind)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct stunt_link_tell tell = {
		.function = (u32)pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev),
		.kind = kind,
	};

	stunt_tell(&tell, 1);
}

/*
 * A probe that fails is told by the next one: what it has as managed resources is given back after
 * this.
 */
static int stunt_dmacheck_bus(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == BUS_NOTIFY_BIND_DRIVER)
		stunt_dmacheck_tell(data, STUNT_LINK_TELL_BIND);
	else if (action == BUS_NOTIFY_UNBOUND_DRIVER)
		stunt_dmacheck_tell(data, STUNT_LINK_TELL_UNBIND);
	return NOTIFY_OK;
}

static struct notifier_block stunt_dmacheck_nb = {
	.notifier_call = stunt_dmacheck_bus,
};

/*
 * An image brings back the mappings of an earlier time, and nobody tells. So devices are not checked from the making of one on, until a
 * driver is bound to them again.
 */
static int stunt_dmacheck_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == PM_HIBERNATION_PREPARE)
		stunt_tell_enable(false);
	else if (action == PM_POST_HIBERNATION)
		stunt_tell_enable(true);
	return NOTIFY_OK;
}

static struct notifier_block stunt_dmacheck_pm_nb = {
	.notifier_call = stunt_dmacheck_pm,
};

static int __init stunt_dmacheck_init(void)
{
	int ret;

	ret = stunt_hooks_set();
	if (ret)
		return ret;
	stunt_tell_enable(true);
	ret = bus_register_notifier(&pci_bus_type, &stunt_dmacheck_nb);
	if (ret)
		goto untold;
	ret = register_pm_notifier(&stunt_dmacheck_pm_nb);
	if (ret)
		goto unheard;
	return 0;

unheard:
	bus_unregister_notifier(&pci_bus_type, &stunt_dmacheck_nb);
untold:
	stunt_tell_enable(false);
	stunt_hooks_clear();
	return ret;
}
module_init(stunt_dmacheck_init);

/* The models stop looking before they are no longer told. */
static void __exit stunt_dmacheck_exit(void)
{
	unregister_pm_notifier(&stunt_dmacheck_pm_nb);
	stunt_tell_enable(false);
	bus_unregister_notifier(&pci_bus_type, &stunt_dmacheck_nb);
	stunt_hooks_clear();
}
module_exit(stunt_dmacheck_exit);

MODULE_DESCRIPTION("Tells Stunt's device models what memory the drivers have mapped");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
