// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps that the probes of all our PCI drivers have in common. */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "stunt_core.h"

#define STUNT_CORE_MAJOR_SHIFT	16
#define STUNT_CORE_MINOR_MASK	0xffffu

#ifndef PCI_IRQ_INTX			/* before 6.8 */
#define PCI_IRQ_INTX		PCI_IRQ_LEGACY
#endif

int stunt_pci_check(struct stunt_pci *spci, const struct stunt_pci_info *info)
{
	struct device *dev = &spci->pdev->dev;
	u32 id = stunt_read(spci, STUNT_CORE_ID);
	u32 major, minor;

	if (id == STUNT_ALL_ONES) {
		dev_err(dev, "the device does not answer\n");
		return -ENODEV;
	}
	if (id != info->id) {
		dev_err(dev, "register ID is %#x, not %#x\n", id, info->id);
		return -ENODEV;
	}

	spci->version = stunt_read(spci, STUNT_CORE_VERSION);
	major = spci->version >> STUNT_CORE_MAJOR_SHIFT;
	minor = spci->version & STUNT_CORE_MINOR_MASK;
	if (major != info->major || minor < info->minor) {
		dev_err(dev, "register layout %u.%u, this driver knows %u.%u\n",
			major, minor, info->major, info->minor);
		return -EPROTO;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(stunt_pci_check);

/*
 * A part of an MSI-X table is no use: a cause whose entry is not enabled is lost. MSI folds causes by the number
 * of messages that it was granted, which is a power of two: with any other number some would go nowhere.
 */
static int stunt_pci_msi(struct pci_dev *pdev, unsigned int wanted)
{
	unsigned int n = wanted;
	int ret;

	do {
		ret = pci_alloc_irq_vectors(pdev, n, n, PCI_IRQ_MSI);
		n = n > 1 ? rounddown_pow_of_two(n - 1) : 0;
	} while (ret < 0 && n);
	return ret;
}

/*
 * The kernel believes what the capability says of the table's place and writes there, whatever that is: in its own
 * BAR or behind it.
 */
static bool stunt_pci_msix_fits(struct pci_dev *pdev)
{
	u16 control;
	u32 table, len;
	u8 bir;

	if (!pdev->msix_cap || pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &control) ||
	    pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table))
		return false;
	bir = table & PCI_MSIX_TABLE_BIR;
	len = ((control & PCI_MSIX_FLAGS_QSIZE) + 1) * PCI_MSIX_ENTRY_SIZE;
	if (bir < PCI_STD_NUM_BARS && (u64)(table & PCI_MSIX_TABLE_OFFSET) + len <= pci_resource_len(pdev, bir))
		return true;
	pci_warn(pdev, "the MSI-X table is not inside of a BAR\n");
	return false;
}

static int stunt_pci_try(struct pci_dev *pdev, enum stunt_irq_mode mode, unsigned int wanted)
{
	switch (mode) {
	case STUNT_IRQ_MSIX:
		if (!stunt_pci_msix_fits(pdev))
			return -ENODEV;
		return pci_alloc_irq_vectors(pdev, wanted, wanted, PCI_IRQ_MSIX);
	case STUNT_IRQ_MSI:
		return stunt_pci_msi(pdev, wanted);
	case STUNT_IRQ_INTX:
		return pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_INTX);
	default:
		return -EINVAL;
	}
}

static int stunt_pci_vectors(struct stunt_pci *spci, const struct stunt_pci_info *info)
{
	bool any = info->irq_mode == STUNT_IRQ_AUTO;
	enum stunt_irq_mode mode = any ? STUNT_IRQ_MSIX : info->irq_mode;
	enum stunt_irq_mode last = any ? STUNT_IRQ_INTX : info->irq_mode;
	int ret;

	for (; mode <= last; mode++) {
		ret = stunt_pci_try(spci->pdev, mode, info->vectors);
		if (ret > 0) {
			spci->vectors = ret;
			spci->irq_mode = mode;
			return 0;
		}
	}
	return dev_err_probe(&spci->pdev->dev, ret, "no interrupt to be had with irq_mode=%s\n",
			     stunt_pci_irq_mode_name(info->irq_mode));
}

static int stunt_pci_map(struct stunt_pci *spci, const struct stunt_pci_info *info)
{
	struct pci_dev *pdev = spci->pdev;
	resource_size_t len = pci_resource_len(pdev, 0);
	int ret;

	if (!(pci_resource_flags(pdev, 0) & IORESOURCE_MEM) || len < info->bar_len) {
		dev_err(&pdev->dev, "BAR 0 is %pR, not memory of %pa bytes\n", &pdev->resource[0],
			&info->bar_len);
		return -ENODEV;
	}
	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot enable the device\n");
	ret = pcim_iomap_regions(pdev, BIT(0), pci_name(pdev));
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot map BAR 0\n");
	spci->regs = pcim_iomap_table(pdev)[0];
	spci->len = len;
	return 0;
}

int stunt_pci_probe(struct pci_dev *pdev, const struct stunt_pci_info *info, struct stunt_pci *spci)
{
	int ret;

	memset(spci, 0, sizeof(*spci));
	spci->pdev = pdev;
	ret = stunt_pci_map(spci, info);
	if (ret)
		return ret;
	ret = stunt_pci_check(spci, info);
	if (ret)
		return ret;
	if (info->dma_bits) {
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(info->dma_bits));
		if (ret)
			return dev_err_probe(&pdev->dev, ret, "no %u-bit DMA\n", info->dma_bits);
	}
	pci_set_master(pdev);
	return info->vectors ? stunt_pci_vectors(spci, info) : 0;
}
EXPORT_SYMBOL_GPL(stunt_pci_probe);

bool stunt_pci_mend(struct stunt_pci *spci)
{
	struct pci_dev *pdev = spci->pdev;
	const u16 wanted = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	u16 command;

	/* ones: there is nobody to mend */
	if (pci_read_config_word(pdev, PCI_COMMAND, &command) || command == (u16)~0 ||
	    (command & wanted) == wanted)
		return false;
	dev_err_ratelimited(&pdev->dev, "the command register has lost%s%s: set again\n",
			    command & PCI_COMMAND_MEMORY ? "" : " memory decoding",
			    command & PCI_COMMAND_MASTER ? "" : " bus mastering");
	pci_write_config_word(pdev, PCI_COMMAND, command | wanted);
	return true;
}
EXPORT_SYMBOL_GPL(stunt_pci_mend);

int stunt_pci_irq(const struct stunt_pci *spci, unsigned int vector)
{
	return pci_irq_vector(spci->pdev, vector % spci->vectors);
}
EXPORT_SYMBOL_GPL(stunt_pci_irq);

unsigned long stunt_pci_irq_flags(const struct stunt_pci *spci)
{
	return spci->irq_mode == STUNT_IRQ_INTX ? IRQF_SHARED : 0;
}
EXPORT_SYMBOL_GPL(stunt_pci_irq_flags);

static const char * const stunt_irq_modes[] = {
	[STUNT_IRQ_AUTO] = "auto",
	[STUNT_IRQ_MSIX] = "msix",
	[STUNT_IRQ_MSI] = "msi",
	[STUNT_IRQ_INTX] = "intx",
};

const char *stunt_pci_irq_mode_name(enum stunt_irq_mode mode)
{
	return stunt_irq_modes[mode];
}
EXPORT_SYMBOL_GPL(stunt_pci_irq_mode_name);

static int stunt_irq_mode_set(const char *word, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(stunt_irq_modes, word);

	if (mode < 0) {
		pr_err("%s: irq_mode is auto, msix, msi or intx, not '%s'\n", kp->mod->name, word);
		return mode;
	}
	*(enum stunt_irq_mode *)kp->arg = mode;
	return 0;
}

static int stunt_irq_mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", stunt_irq_modes[*(enum stunt_irq_mode *)kp->arg]);
}

const struct kernel_param_ops stunt_irq_mode_param_ops = {
	.set = stunt_irq_mode_set,
	.get = stunt_irq_mode_get,
};
EXPORT_SYMBOL_GPL(stunt_irq_mode_param_ops);

MODULE_DESCRIPTION("Shared parts of the drivers for Stunt's virtual devices");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
