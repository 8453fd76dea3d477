// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's DMA API as this module has it called: each function does what it always did, and the
 * models are told. A mapping is told when it is there, its end before it is.
 *
 * dma_map_single(), dma_unmap_sgtable(), dma_alloc_coherent() and their like are inline calls of
 * these; pools and managed allocations (dma_pool_*, dmam_*) use these, too.
 */
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "dmacheck.h"
#include "stunt_core.h"
#include "stunt/regs/link.h"

#define STUNT_CHECK_BATCH	16

/* What is told of one device, a few records at a time. */
struct stunt_check_batch {
	u32 function;
	bool told;		/* it is a PCI device */
	u8 kind;
	u8 direction;
	u8 coherent;
	unsigned int n;
	struct stunt_link_tell tell[STUNT_CHECK_BATCH];
};

static void stunt_check_begin(struct stunt_check_batch *batch, struct device *dev, u8 kind,
			      enum dma_data_direction dir, bool coherent)
{
	batch->told = dev && dev_is_pci(dev);
	batch->n = 0;
	if (!batch->told)
		return;
	batch->function = (u32)pci_domain_nr(to_pci_dev(dev)->bus) << 16 |
			  pci_dev_id(to_pci_dev(dev));
	batch->kind = kind;
	batch->direction = dir;
	batch->coherent = coherent;
}

static void stunt_check_end(struct stunt_check_batch *batch)
{
	if (batch->n)
		stunt_tell(batch->tell, batch->n);
	batch->n = 0;
}

/* A length of 0 where there is no address, or where the memory is not known. */
static void stunt_check_add(struct stunt_check_batch *batch, dma_addr_t addr, u32 len, phys_addr_t phys,
			    u32 phys_len)
{
	if (!batch->told)
		return;
	batch->tell[batch->n++] = (struct stunt_link_tell){
		.addr = addr,
		.phys = phys,
		.len = len,
		.phys_len = phys_len,
		.function = batch->function,
		.kind = batch->kind,
		.direction = batch->direction,
		.coherent = batch->coherent,
	};
	if (batch->n == STUNT_CHECK_BATCH)
		stunt_check_end(batch);
}

/* One piece of memory; records hold 32 bits of length. */
static void stunt_check_tell(struct device *dev, u8 kind, enum dma_data_direction dir, bool coherent,
			     dma_addr_t addr, size_t size, phys_addr_t phys, bool known)
{
	struct stunt_check_batch batch;
	size_t done = 0;

	stunt_check_begin(&batch, dev, kind, dir, coherent);
	while (done < size) {
		u32 len = min_t(size_t, size - done, SZ_1G);

		stunt_check_add(&batch, addr + done, len, phys + done, known ? len : 0);
		done += len;
	}
	stunt_check_end(&batch);
}

/* Registers of another device may well be mapped more than once. */
static bool stunt_check_is_memory(struct page *page)
{
	return page && !is_pci_p2pdma_page(page);
}

/*
 * An IOMMU joins pieces: then there are fewer addresses than pieces, and those come first. What is
 * left over is told by its memory alone.
 */
static void stunt_check_sg(struct device *dev, u8 kind, struct scatterlist *sgl, int nents,
			   enum dma_data_direction dir)
{
	struct stunt_check_batch batch;
	struct scatterlist *sg;
	bool mapped = true;
	int i;

	stunt_check_begin(&batch, dev, kind, dir, false);
	for_each_sg(sgl, sg, nents, i) {
		u32 known = stunt_check_is_memory(sg_page(sg)) ? sg->length : 0;

		mapped = mapped && sg_dma_len(sg);
		if (mapped || known)
			stunt_check_add(&batch, mapped ? sg_dma_address(sg) : 0,
					mapped ? sg_dma_len(sg) : 0, sg_phys(sg), known);
	}
	stunt_check_end(&batch);
}

static dma_addr_t stunt_check_map_page(struct device *dev, struct page *page, size_t offset, size_t size,
				       enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr;

	stunt_hook_enter();
	addr = dma_map_page_attrs(dev, page, offset, size, dir, attrs);
	if (addr != DMA_MAPPING_ERROR)
		stunt_check_tell(dev, STUNT_LINK_TELL_MAP, dir, false, addr, size,
				 page_to_phys(page) + offset, stunt_check_is_memory(page));
	stunt_hook_leave();
	return addr;
}

static void stunt_check_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
				   enum dma_data_direction dir, unsigned long attrs)
{
	stunt_hook_enter();
	stunt_check_tell(dev, STUNT_LINK_TELL_UNMAP, dir, false, addr, size, 0, false);
	dma_unmap_page_attrs(dev, addr, size, dir, attrs);
	stunt_hook_leave();
}

static unsigned int stunt_check_map_sg(struct device *dev, struct scatterlist *sg, int nents,
				       enum dma_data_direction dir, unsigned long attrs)
{
	unsigned int mapped;

	stunt_hook_enter();
	mapped = dma_map_sg_attrs(dev, sg, nents, dir, attrs);
	if (mapped)
		stunt_check_sg(dev, STUNT_LINK_TELL_MAP, sg, nents, dir);
	stunt_hook_leave();
	return mapped;
}

static int stunt_check_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
				   unsigned long attrs)
{
	int ret;

	stunt_hook_enter();
	ret = dma_map_sgtable(dev, sgt, dir, attrs);
	if (!ret)
		stunt_check_sg(dev, STUNT_LINK_TELL_MAP, sgt->sgl, sgt->orig_nents, dir);
	stunt_hook_leave();
	return ret;
}

static void stunt_check_unmap_sg(struct device *dev, struct scatterlist *sg, int nents,
				 enum dma_data_direction dir, unsigned long attrs)
{
	stunt_hook_enter();
	stunt_check_sg(dev, STUNT_LINK_TELL_UNMAP, sg, nents, dir);
	dma_unmap_sg_attrs(dev, sg, nents, dir, attrs);
	stunt_hook_leave();
}

static dma_addr_t stunt_check_map_resource(struct device *dev, phys_addr_t phys, size_t size,
					   enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr;

	stunt_hook_enter();
	addr = dma_map_resource(dev, phys, size, dir, attrs);
	if (addr != DMA_MAPPING_ERROR)
		stunt_check_tell(dev, STUNT_LINK_TELL_MAP, dir, false, addr, size, phys, false);
	stunt_hook_leave();
	return addr;
}

static void stunt_check_unmap_resource(struct device *dev, dma_addr_t addr, size_t size,
				       enum dma_data_direction dir, unsigned long attrs)
{
	stunt_hook_enter();
	stunt_check_tell(dev, STUNT_LINK_TELL_UNMAP, dir, false, addr, size, 0, false);
	dma_unmap_resource(dev, addr, size, dir, attrs);
	stunt_hook_leave();
}

/* What is put together from pages, by an IOMMU, is not looked up. */
static void stunt_check_buffer(struct device *dev, u8 kind, void *cpu_addr, dma_addr_t addr, size_t size,
			       unsigned long attrs)
{
	bool known = !(attrs & DMA_ATTR_NO_KERNEL_MAPPING) && virt_addr_valid(cpu_addr);

	stunt_check_tell(dev, kind, DMA_BIDIRECTIONAL, true, addr, size,
			 known ? virt_to_phys(cpu_addr) : 0, known);
}

static void *stunt_check_alloc(struct device *dev, size_t size, dma_addr_t *addr, gfp_t gfp,
			       unsigned long attrs)
{
	void *cpu_addr;

	stunt_hook_enter();
	cpu_addr = dma_alloc_attrs(dev, size, addr, gfp, attrs);
	if (cpu_addr)
		stunt_check_buffer(dev, STUNT_LINK_TELL_MAP, cpu_addr, *addr, size, attrs);
	stunt_hook_leave();
	return cpu_addr;
}

static void stunt_check_free(struct device *dev, size_t size, void *cpu_addr, dma_addr_t addr,
			     unsigned long attrs)
{
	stunt_hook_enter();
	if (cpu_addr)
		stunt_check_buffer(dev, STUNT_LINK_TELL_UNMAP, cpu_addr, addr, size, attrs);
	dma_free_attrs(dev, size, cpu_addr, addr, attrs);
	stunt_hook_leave();
}

static struct page *stunt_check_alloc_pages(struct device *dev, size_t size, dma_addr_t *addr,
					    enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page;

	stunt_hook_enter();
	page = dma_alloc_pages(dev, size, addr, dir, gfp);
	if (page)
		stunt_check_tell(dev, STUNT_LINK_TELL_MAP, dir, false, *addr, size, page_to_phys(page),
				 true);
	stunt_hook_leave();
	return page;
}

static void stunt_check_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t addr,
				   enum dma_data_direction dir)
{
	stunt_hook_enter();
	stunt_check_tell(dev, STUNT_LINK_TELL_UNMAP, dir, false, addr, size, page_to_phys(page), true);
	dma_free_pages(dev, size, page, addr, dir);
	stunt_hook_leave();
}

static struct sg_table *stunt_check_alloc_noncontiguous(struct device *dev, size_t size,
							enum dma_data_direction dir, gfp_t gfp,
							unsigned long attrs)
{
	struct sg_table *sgt;

	stunt_hook_enter();
	sgt = dma_alloc_noncontiguous(dev, size, dir, gfp, attrs);
	if (sgt)
		stunt_check_sg(dev, STUNT_LINK_TELL_MAP, sgt->sgl, sgt->orig_nents, dir);
	stunt_hook_leave();
	return sgt;
}

static void stunt_check_free_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt,
					   enum dma_data_direction dir)
{
	stunt_hook_enter();
	stunt_check_sg(dev, STUNT_LINK_TELL_UNMAP, sgt->sgl, sgt->orig_nents, dir);
	dma_free_noncontiguous(dev, size, sgt, dir);
	stunt_hook_leave();
}

/* The substitute has the function's own type, or it does not compile. */
#define STUNT_HOOK(theirs, ours)							\
	{										\
		.function = (unsigned long)theirs,					\
		.substitute = (unsigned long)ours +					\
			BUILD_BUG_ON_ZERO(!__same_type(theirs, ours)),			\
	}

const struct stunt_hook stunt_check_hooks[] = {
	STUNT_HOOK(dma_map_page_attrs, stunt_check_map_page),
	STUNT_HOOK(dma_unmap_page_attrs, stunt_check_unmap_page),
	STUNT_HOOK(dma_map_sg_attrs, stunt_check_map_sg),
	STUNT_HOOK(dma_map_sgtable, stunt_check_map_sgtable),
	STUNT_HOOK(dma_unmap_sg_attrs, stunt_check_unmap_sg),
	STUNT_HOOK(dma_map_resource, stunt_check_map_resource),
	STUNT_HOOK(dma_unmap_resource, stunt_check_unmap_resource),
	STUNT_HOOK(dma_alloc_attrs, stunt_check_alloc),
	STUNT_HOOK(dma_free_attrs, stunt_check_free),
	STUNT_HOOK(dma_alloc_pages, stunt_check_alloc_pages),
	STUNT_HOOK(dma_free_pages, stunt_check_free_pages),
	STUNT_HOOK(dma_alloc_noncontiguous, stunt_check_alloc_noncontiguous),
	STUNT_HOOK(dma_free_noncontiguous, stunt_check_free_noncontiguous),
};

const unsigned int stunt_check_n_hooks = ARRAY_SIZE(stunt_check_hooks);
