// SPDX-License-Identifier: GPL-2.0-or-later
/* Completion queues: written here, read by the program that has mapped them. */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "dma.h"

int stunt_queue_init(struct stunt_queue *queue, u32 entries)
{
	size_t size = sizeof(*queue->header) + entries * sizeof(struct stunt_dma_completion);
	struct stunt_dma_queue_header *header = vmalloc_user(PAGE_ALIGN(size));

	if (!header)
		return -ENOMEM;
	header->entries = entries;
	header->entry_size = sizeof(struct stunt_dma_completion);
	header->entries_offset = sizeof(*header);
	queue->entries = entries;
	queue->map_size = PAGE_ALIGN(size);
	/* Whoever maps or polls sees all of it or none. */
	smp_store_release(&queue->header, header);
	return 0;
}

void stunt_queue_clear(struct stunt_queue *queue)
{
	vfree(queue->header);
	queue->header = NULL;
}

/* Entries that the program has not taken; more than there are if it writes nonsense. */
static u32 stunt_queue_used(const struct stunt_queue *queue)
{
	/* Entries are only written anew after the program has said that it is done with them. */
	return queue->tail - smp_load_acquire(&queue->header->head);
}

bool stunt_queue_room(struct stunt_queue *queue, u32 n)
{
	u32 used = stunt_queue_used(queue);

	if (used <= queue->entries && n < queue->entries - used)
		return true;
	WRITE_ONCE(queue->header->refused, ++queue->refused);
	return false;
}

void stunt_queue_post(struct stunt_queue *queue, const struct stunt_dma_completion *entry)
{
	struct stunt_dma_completion *entries = (void *)(queue->header + 1);

	/* There was room when the request was accepted: the program has moved its head back since. */
	if (stunt_queue_used(queue) >= queue->entries) {
		WRITE_ONCE(queue->header->overflow, ++queue->overflow);
		return;
	}
	entries[queue->tail & (queue->entries - 1)] = *entry;
	WRITE_ONCE(queue->tail, queue->tail + 1);
	/* The entry is there before the program is told so. */
	smp_store_release(&queue->header->tail, queue->tail);
}

bool stunt_queue_any(const struct stunt_queue *queue)
{
	const struct stunt_dma_queue_header *header = smp_load_acquire(&queue->header);

	return header && READ_ONCE(queue->tail) != READ_ONCE(header->head);
}

int stunt_queue_map(struct stunt_queue *queue, struct vm_area_struct *vma)
{
	void *header = smp_load_acquire(&queue->header);
	unsigned long pages = queue->map_size >> PAGE_SHIFT;

	if (!header || vma->vm_pgoff >= pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -ENXIO;
	return remap_vmalloc_range(vma, header, vma->vm_pgoff);
}
