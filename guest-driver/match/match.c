// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stunt_match: a driver that takes whatever PCI device it is told to, by id, class or subsystem id,
 * or fails to. It does nothing with the device but read its ID register: it is there to compete
 * with other drivers.
 */
#include <linux/module.h>
#include <linux/pci.h>

#include <stunt/uapi/registry.h>

#include "stunt_core.h"
#include "stunt_registry.h"

#define STUNT_MATCH_CLASS_MASK	0xffffffu

static char *id;
module_param(id, charp, 0444);
MODULE_PARM_DESC(id, "VENDOR:DEVICE that it takes, hexadecimal");

static char *class;
module_param(class, charp, 0444);
MODULE_PARM_DESC(class, "class code that it takes, CLASS or CLASS/MASK, hexadecimal");

static char *subsystem;
module_param(subsystem, charp, 0444);
MODULE_PARM_DESC(subsystem, "subsystem VENDOR:DEVICE that it takes, hexadecimal");

static char answer[8] = "ok";
module_param_string(probe, answer, sizeof(answer), 0644);
MODULE_PARM_DESC(probe, "what its probe says: ok, fail or defer (ok)");

static unsigned int probes;
module_param(probes, uint, 0444);
MODULE_PARM_DESC(probes, "how often it was asked");

/* One row with all that was asked for. */
static struct pci_device_id stunt_match_ids[2];

static int stunt_match_answer(void)
{
	if (sysfs_streq(answer, "fail"))
		return -ENODEV;
	if (sysfs_streq(answer, "defer"))
		return -EPROBE_DEFER;
	return 0;
}

static int stunt_match_take(struct pci_dev *pdev)
{
	char name[STUNT_REGISTRY_NAME_MAX];
	int ret = pcim_enable_device(pdev);

	if (ret)
		return ret;
	ret = pcim_iomap_regions(pdev, BIT(0), pci_name(pdev));
	if (ret)
		return ret;
	dev_info(&pdev->dev, "taken, register ID is %#x\n",
		 readl(pcim_iomap_table(pdev)[0] + STUNT_CORE_ID));
	snprintf(name, sizeof(name), "stunt-match-%s", pci_name(pdev));
	return PTR_ERR_OR_ZERO(stunt_registry_add(&pdev->dev, name, STUNT_REGISTRY_RUNNING));
}

static int stunt_match_probe(struct pci_dev *pdev, const struct pci_device_id *found)
{
	int ret = stunt_match_answer();

	probes++;
	return ret ?: stunt_match_take(pdev);
}

static struct pci_driver stunt_match_driver = {
	.name = "stunt_match",
	.probe = stunt_match_probe,
};

/* "VENDOR:DEVICE"; without a text the two stay as they are. */
static bool stunt_match_pair(const char *text, u32 *vendor, u32 *device)
{
	char rest;

	return !text || (sscanf(text, "%x:%x%c", vendor, device, &rest) == 2 &&
			 *vendor <= 0xffff && *device <= 0xffff);
}

static bool stunt_match_class(const char *text, u32 *ret_class, u32 *ret_mask)
{
	char rest;
	int found;

	if (!text)
		return true;
	*ret_mask = STUNT_MATCH_CLASS_MASK;
	found = sscanf(text, "%x/%x%c", ret_class, ret_mask, &rest);
	return (found == 1 || found == 2) && *ret_class <= STUNT_MATCH_CLASS_MASK &&
	       *ret_mask <= STUNT_MATCH_CLASS_MASK;
}

static int __init stunt_match_init(void)
{
	struct pci_device_id *row = &stunt_match_ids[0];

	row->vendor = PCI_ANY_ID;
	row->device = PCI_ANY_ID;
	row->subvendor = PCI_ANY_ID;
	row->subdevice = PCI_ANY_ID;
	if (!stunt_match_pair(id, &row->vendor, &row->device) ||
	    !stunt_match_pair(subsystem, &row->subvendor, &row->subdevice) ||
	    !stunt_match_class(class, &row->class, &row->class_mask)) {
		pr_err("stunt_match: a parameter makes no sense, see modinfo\n");
		return -EINVAL;
	}
	/* Without a table a driver gets what new_id and driver_override give it, no more. */
	if (id || subsystem || class)
		stunt_match_driver.id_table = stunt_match_ids;
	return pci_register_driver(&stunt_match_driver);
}
module_init(stunt_match_init);

static void __exit stunt_match_exit(void)
{
	pci_unregister_driver(&stunt_match_driver);
}
module_exit(stunt_match_exit);

MODULE_DESCRIPTION("Takes PCI devices by id, class or subsystem, to compete with other drivers");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
