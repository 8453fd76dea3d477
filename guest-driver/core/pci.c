// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps that the probes of all our PCI drivers have in common. */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/module.h>

#include "stunt_core.h"

#define STUNT_CORE_MAJOR_SHIFT	16
#define STUNT_CORE_MINOR_MASK	0xffffu

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
 * All that are wanted, or one. A part of an MSI-X table is no use: a cause whose entry is not enabled is
 * lost, while with MSI or the legacy line a device puts all causes on the one that it has.
 */
static int stunt_pci_vectors(struct stunt_pci *spci, unsigned int wanted)
{
	int ret;

	ret = pci_alloc_irq_vectors(spci->pdev, wanted, wanted, PCI_IRQ_MSIX);
	if (ret < 0)
		ret = pci_alloc_irq_vectors(spci->pdev, wanted, wanted, PCI_IRQ_MSI);
	if (ret < 0)
		ret = pci_alloc_irq_vectors(spci->pdev, 1, 1, PCI_IRQ_ALL_TYPES & ~PCI_IRQ_MSIX);
	if (ret < 0)
		return dev_err_probe(&spci->pdev->dev, ret, "no interrupt to be had\n");
	spci->vectors = ret;
	return 0;
}

static int stunt_pci_map(struct stunt_pci *spci)
{
	struct pci_dev *pdev = spci->pdev;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot enable the device\n");
	ret = pcim_iomap_regions(pdev, BIT(0), pci_name(pdev));
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot map BAR 0\n");
	spci->regs = pcim_iomap_table(pdev)[0];
	spci->len = pci_resource_len(pdev, 0);
	return 0;
}

int stunt_pci_probe(struct pci_dev *pdev, const struct stunt_pci_info *info, struct stunt_pci *spci)
{
	int ret;

	memset(spci, 0, sizeof(*spci));
	spci->pdev = pdev;
	ret = stunt_pci_map(spci);
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
	return info->vectors ? stunt_pci_vectors(spci, info->vectors) : 0;
}
EXPORT_SYMBOL_GPL(stunt_pci_probe);

int stunt_pci_irq(const struct stunt_pci *spci, unsigned int vector)
{
	return pci_irq_vector(spci->pdev, spci->vectors > 1 ? vector : 0);
}
EXPORT_SYMBOL_GPL(stunt_pci_irq);

unsigned long stunt_pci_irq_flags(const struct stunt_pci *spci)
{
	return pci_dev_msi_enabled(spci->pdev) ? 0 : IRQF_SHARED;
}
EXPORT_SYMBOL_GPL(stunt_pci_irq_flags);

MODULE_DESCRIPTION("Shared parts of the drivers for Stunt's virtual devices");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
