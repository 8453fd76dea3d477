// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leaks: what was taken is not given back. Memory, a mapping for DMA, an interrupt, a reference to the
 * module. Each bind and unbind of the driver loses a little more, and an interrupt that is left calls
 * code that is no longer there.
 *
 * Right: managed resources (devm_, pcim_), or each step undone in the order in which it was done.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "gallery.h"

#define LEAK_BYTES	1000

static int leak_memory(struct stunt_pci *spci)
{
	u8 *buf = kmalloc(LEAK_BYTES, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	memset(buf, 0x5a, LEAK_BYTES);
	return 0;			/* the early return that forgot its kfree() */
}

static int leak_mapping(struct stunt_pci *spci)
{
	void *buf = devm_kzalloc(&spci->pdev->dev, LEAK_BYTES, GFP_KERNEL);
	dma_addr_t addr;

	if (!buf)
		return -ENOMEM;
	addr = dma_map_single(&spci->pdev->dev, buf, LEAK_BYTES, DMA_FROM_DEVICE);
	return dma_mapping_error(&spci->pdev->dev, addr) ? -EIO : 0;
}

static irqreturn_t leak_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static int leak_interrupt(struct stunt_pci *spci)
{
	return request_irq(stunt_pci_irq(spci, 0), leak_handler, 0, "stunt_gallery", spci);
}

static int leak_reference(struct stunt_pci *spci)
{
	return try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

const struct gallery_bug gallery_leak[] = {
	{ "leak-memory", leak_memory },
	{ "leak-mapping", leak_mapping },
	{ "leak-interrupt", leak_interrupt },
	{ "leak-reference", leak_reference },
	{ }
};
