// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that does nothing but map memory: each way that there is once, with a length that tells
 * it from the others, and in the end all of it is unmapped. What the models were told is the
 * scenario's to compare.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "stunt/regs/dma.h"

#define TEST_ENTRIES	20	/* more than the checker tells at once */

static bool leave;
module_param(leave, bool, 0444);
MODULE_PARM_DESC(leave, "make one mapping only and leave it as it is");

static int test_single(struct device *dev, void *buf)
{
	dma_addr_t addr = dma_map_single(dev, buf, 101, DMA_TO_DEVICE);

	if (dma_mapping_error(dev, addr))
		return -EIO;
	if (!leave)
		dma_unmap_single(dev, addr, 101, DMA_TO_DEVICE);
	return 0;
}

static int test_page(struct device *dev, void *buf)
{
	dma_addr_t addr = dma_map_page(dev, virt_to_page(buf), 8, 102, DMA_FROM_DEVICE);

	if (dma_mapping_error(dev, addr))
		return -EIO;
	dma_unmap_page(dev, addr, 102, DMA_FROM_DEVICE);
	return 0;
}

static int test_sg(struct device *dev, void *buf)
{
	struct scatterlist sg[2];

	sg_init_table(sg, 2);
	sg_set_buf(&sg[0], buf, 103);
	sg_set_buf(&sg[1], buf + 1024, 103);
	if (!dma_map_sg(dev, sg, 2, DMA_BIDIRECTIONAL))
		return -EIO;
	dma_unmap_sg(dev, sg, 2, DMA_BIDIRECTIONAL);
	return 0;
}

static int test_sgtable(struct device *dev, void *buf)
{
	struct scatterlist *sg;
	struct sg_table sgt;
	int ret, i;

	ret = sg_alloc_table(&sgt, TEST_ENTRIES, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_sg(&sgt, sg, i)
		sg_set_buf(sg, buf + 128 * i, 104);
	ret = dma_map_sgtable(dev, &sgt, DMA_TO_DEVICE, 0);
	if (!ret)
		dma_unmap_sgtable(dev, &sgt, DMA_TO_DEVICE, 0);
	sg_free_table(&sgt);
	return ret;
}

static int test_resource(struct device *dev, void *buf)
{
	phys_addr_t bar = pci_resource_start(to_pci_dev(dev), 0);
	dma_addr_t addr = dma_map_resource(dev, bar, 105, DMA_BIDIRECTIONAL, 0);

	if (dma_mapping_error(dev, addr))
		return -EIO;
	dma_unmap_resource(dev, addr, 105, DMA_BIDIRECTIONAL, 0);
	return 0;
}

static int test_coherent(struct device *dev, void *buf)
{
	dma_addr_t addr;
	void *mem = dma_alloc_coherent(dev, 106, &addr, GFP_KERNEL);

	if (!mem)
		return -ENOMEM;
	dma_free_coherent(dev, 106, mem, addr);
	return 0;
}

static int test_managed(struct device *dev, void *buf)
{
	dma_addr_t addr;

	return dmam_alloc_coherent(dev, 107, &addr, GFP_KERNEL) ? 0 : -ENOMEM;
}

/* The pool gets a page at a time. */
static int test_pool(struct device *dev, void *buf)
{
	struct dma_pool *pool = dma_pool_create("stunt_dmacheck_test", dev, 64, 64, 0);
	dma_addr_t addr;
	void *mem;

	if (!pool)
		return -ENOMEM;
	mem = dma_pool_alloc(pool, GFP_KERNEL, &addr);
	if (mem)
		dma_pool_free(pool, mem, addr);
	dma_pool_destroy(pool);
	return mem ? 0 : -ENOMEM;
}

static int test_pages(struct device *dev, void *buf)
{
	dma_addr_t addr;
	struct page *page = dma_alloc_pages(dev, 2 * PAGE_SIZE, &addr, DMA_FROM_DEVICE, GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (dma_mapping_error(dev, addr)) /* never, but DMA_API_DEBUG wants to see it asked */
		return -EIO;
	dma_free_pages(dev, 2 * PAGE_SIZE, page, addr, DMA_FROM_DEVICE);
	return 0;
}

static int test_noncontiguous(struct device *dev, void *buf)
{
	struct sg_table *sgt = dma_alloc_noncontiguous(dev, 3 * PAGE_SIZE, DMA_TO_DEVICE, GFP_KERNEL, 0);

	if (!sgt)
		return -ENOMEM;
	dma_free_noncontiguous(dev, 3 * PAGE_SIZE, sgt, DMA_TO_DEVICE);
	return 0;
}

struct test_work {
	struct irq_work work;
	struct completion done;
	struct device *dev;
	void *buf;
	int ret;
};

static void test_in_interrupt(struct irq_work *work)
{
	struct test_work *test = container_of(work, struct test_work, work);
	dma_addr_t addr = dma_map_single(test->dev, test->buf, 108, DMA_FROM_DEVICE);

	test->ret = dma_mapping_error(test->dev, addr) || !in_hardirq() ? -EIO : 0;
	if (!dma_mapping_error(test->dev, addr))
		dma_unmap_single(test->dev, addr, 108, DMA_FROM_DEVICE);
	complete(&test->done);
}

static int test_interrupt(struct device *dev, void *buf)
{
	struct test_work test = { .dev = dev, .buf = buf };

	init_completion(&test.done);
	init_irq_work(&test.work, test_in_interrupt);
	irq_work_queue(&test.work);
	wait_for_completion(&test.done);
	irq_work_sync(&test.work);
	return test.ret;
}

static const struct {
	const char *name;
	int (*run)(struct device *dev, void *buf);
} tests[] = {
	{ "single", test_single },
	{ "page", test_page },
	{ "sg", test_sg },
	{ "sgtable", test_sgtable },
	{ "resource", test_resource },
	{ "coherent", test_coherent },
	{ "managed", test_managed },
	{ "pool", test_pool },
	{ "pages", test_pages },
	{ "noncontiguous", test_noncontiguous },
	{ "interrupt", test_interrupt },
};

static int test_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void *buf = devm_kzalloc(&pdev->dev, PAGE_SIZE, GFP_KERNEL);
	unsigned int n = leave ? 1 : ARRAY_SIZE(tests);
	unsigned int i;
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	for (i = 0; i < n && !ret; i++) {
		ret = tests[i].run(&pdev->dev, buf);
		if (ret)
			dev_err(&pdev->dev, "stunt_dmacheck_test: %s: %d\n", tests[i].name, ret);
	}
	if (!ret)
		dev_info(&pdev->dev, "stunt_dmacheck_test: ok %u\n", i);
	return ret;
}

static const struct pci_device_id test_ids[] = {
	{ PCI_DEVICE(STUNT_DMA_PCI_VENDOR, STUNT_DMA_PCI_DEVICE) },
	{ }
};

static struct pci_driver test_driver = {
	.name = "stunt_dmacheck_test",
	.id_table = test_ids,
	.probe = test_probe,
};
module_pci_driver(test_driver);

MODULE_DESCRIPTION("Maps memory for a Stunt device in every way there is");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
