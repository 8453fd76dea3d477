// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a program can map: registers, bounce buffer, rings, its completion queue.
 *
 * Pages of the device are mapped one by one as they are touched, so that all of them can be taken
 * back, and given again, at any time. They are no pages that others could pin. An IOMMU makes no
 * difference: coherent memory has kernel addresses with it, too, only scattered ones. On x86 it is
 * cached like all memory.
 */
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "dma.h"

#define STUNT_MAP_KIND_SHIFT	28	/* of offsets: STUNT_DMA_MAP_* without channels */
#define STUNT_MAP_KIND(offset)	((offset) >> STUNT_MAP_KIND_SHIFT)

/* A stretch of offsets, and what is there: memory, or the registers if @mem is NULL. */
struct stunt_window {
	u64 start;
	size_t len;
	void *mem;
	bool writable;
};

static bool stunt_map_ring(struct stunt_dma *sd, u64 offset, struct stunt_window *win)
{
	u64 base = offset & ~(BIT_ULL(STUNT_MAP_KIND_SHIFT) - 1);
	u64 nr = (offset - base) / STUNT_DMA_MAP_STRIDE;
	bool comps = base == STUNT_DMA_MAP_COMPS;
	size_t entry = comps ? sizeof(struct stunt_dma_comp) : sizeof(struct stunt_dma_desc);

	if (nr >= sd->channels)
		return false;
	win->start = base + nr * STUNT_DMA_MAP_STRIDE;
	win->len = stunt_dma_entries(sd) * entry;
	win->mem = comps ? (void *)sd->chan[nr].comps : (void *)sd->chan[nr].ring;
	win->writable = false;
	return true;
}

/* Where @offset lies; false: nowhere. Only while the device is ours: see stunt_map_there(). */
static bool stunt_map_find(struct stunt_dma *sd, u64 offset, struct stunt_window *win)
{
	switch (STUNT_MAP_KIND(offset)) {
	case STUNT_MAP_KIND(STUNT_DMA_MAP_BAR):
		*win = (struct stunt_window){
			STUNT_DMA_MAP_BAR, STUNT_DMA_MAP_BAR_SIZE, NULL, true
		};
		break;
	case STUNT_MAP_KIND(STUNT_DMA_MAP_BOUNCE):
		*win = (struct stunt_window){
			STUNT_DMA_MAP_BOUNCE, STUNT_DMA_BOUNCE_SIZE, sd->bounce, true
		};
		break;
	case STUNT_MAP_KIND(STUNT_DMA_MAP_RING):
	case STUNT_MAP_KIND(STUNT_DMA_MAP_COMPS):
		if (!stunt_map_ring(sd, offset, win))
			return false;
		break;
	default:
		return false;
	}
	win->len = PAGE_ALIGN(win->len);
	return offset - win->start < win->len;
}

/* With map_lock held, this stays so until it is released. */
static bool stunt_map_there(const struct stunt_dma *sd)
{
	return stunt_dma_is(sd, STUNT_DMA_RUNNING) || stunt_dma_is(sd, STUNT_DMA_STOPPED);
}

static unsigned long stunt_map_pfn(struct stunt_dma *sd, const struct stunt_window *win, u64 at)
{
	if (!win->mem)
		return PHYS_PFN(pci_resource_start(sd->pci.pdev, STUNT_DMA_BAR) + at);
	if (is_vmalloc_addr(win->mem))
		return vmalloc_to_pfn(win->mem + at);
	return PHYS_PFN(virt_to_phys(win->mem + at));
}

static vm_fault_t stunt_map_fault(struct vm_fault *vmf)
{
	struct stunt_file *sf = vmf->vma->vm_file->private_data;
	u64 offset = (u64)vmf->pgoff << PAGE_SHIFT;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct stunt_dma *sd = sf->sd;
	struct stunt_window win;

	if (down_read_killable(&sd->client.map_lock))
		return VM_FAULT_SIGBUS;
	if (stunt_map_there(sd) && stunt_map_find(sd, offset, &win))
		ret = vmf_insert_pfn(vmf->vma, vmf->address,
				     stunt_map_pfn(sd, &win, offset - win.start));
	up_read(&sd->client.map_lock);
	return ret;
}

/* An access cannot wake the device, so it stays awake while any of it is mapped. */
static void stunt_map_open(struct vm_area_struct *vma)
{
	struct stunt_file *sf = vma->vm_file->private_data;

	pm_runtime_get_noresume(sf->sd->dev);
}

static void stunt_map_close(struct vm_area_struct *vma)
{
	struct stunt_file *sf = vma->vm_file->private_data;

	stunt_power_put(sf->sd);
}

static const struct vm_operations_struct stunt_map_ops = {
	.open = stunt_map_open,
	.close = stunt_map_close,
	.fault = stunt_map_fault,
};

static void stunt_map_flags(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* With map_lock held. */
static int stunt_map_window(struct stunt_dma *sd, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct stunt_window win;

	if (!stunt_map_there(sd))
		return -ENODEV;
	if (!stunt_map_find(sd, offset, &win))
		return -ENXIO;
	if (vma->vm_end - vma->vm_start > win.len - (offset - win.start))
		return -ENXIO;
	if (!win.writable && vma->vm_flags & VM_WRITE)
		return -EACCES;
	stunt_map_flags(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP,
			win.writable ? 0 : VM_MAYWRITE);
	if (!win.mem)
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	vma->vm_ops = &stunt_map_ops;
	return 0;
}

/* Awake, for as long as this is mapped. */
static int stunt_map_awake(struct stunt_dma *sd, struct vm_area_struct *vma)
{
	int ret;

	if (down_read_killable(&sd->client.map_lock))
		return -ERESTARTSYS;
	ret = stunt_map_window(sd, vma);
	up_read(&sd->client.map_lock);
	return ret;
}

static int stunt_map_device(struct stunt_dma *sd, struct vm_area_struct *vma)
{
	int ret;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	ret = stunt_power_get(sd);
	if (ret)
		return ret;
	ret = stunt_map_awake(sd, vma);
	if (ret)
		stunt_power_put(sd);
	return ret;
}

int stunt_map(struct stunt_file *sf, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	stunt_map_flags(vma, 0, VM_MAYEXEC);
	if (vma->vm_pgoff < STUNT_DMA_MAP_BAR >> PAGE_SHIFT)
		return stunt_queue_map(&sf->queue, vma);
	return stunt_map_device(sf->sd, vma);
}

/* A length of 0 is all there is behind @start. */
static void stunt_map_take_back(struct stunt_dma *sd, u64 start, u64 len)
{
	struct stunt_file *sf;

	if (stunt_bug(map_not_zapped))
		return;
	mutex_lock(&sd->client.files_lock);
	list_for_each_entry(sf, &sd->client.files, node)
		unmap_mapping_range(sf->file->f_mapping, start, len, 1);
	mutex_unlock(&sd->client.files_lock);
}

void stunt_map_zap(struct stunt_dma *sd)
{
	/* Who began to map a page before the state was set is done when this has been held. */
	down_write(&sd->client.map_lock);
	up_write(&sd->client.map_lock);
	stunt_map_take_back(sd, STUNT_DMA_MAP_BAR, 0);
}

void stunt_map_freeze(struct stunt_dma *sd)
{
	down_write(&sd->client.map_lock);
	stunt_map_take_back(sd, STUNT_DMA_MAP_BAR, STUNT_DMA_MAP_BAR_SIZE);
}

void stunt_map_thaw(struct stunt_dma *sd)
{
	up_write(&sd->client.map_lock);
}
