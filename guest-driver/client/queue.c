// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests that run by themselves, and the queue where their completions come in. */
#include <errno.h>
#include <sys/mman.h>

#include "library.h"

static int map_queue(struct stunt_dma *dma, size_t map_size)
{
	struct stunt_dma_queue_header *queue;
	void *map;
	int ret = stunt_dma_map(dma, STUNT_DMA_MAP_QUEUE, map_size, PROT_READ | PROT_WRITE, &map);

	if (ret < 0)
		return ret;
	queue = map;
	dma->queue = queue;
	dma->map_size = map_size;
	dma->mask = queue->entries - 1;
	dma->entries = (const void *)((const char *)map + queue->entries_offset);
	return 0;
}

int stunt_dma_queue_open(struct stunt_dma *dma, unsigned int entries)
{
	struct stunt_dma_queue queue = {.size = sizeof(queue), .entries = entries};
	int ret = stunt_dma_call(dma, STUNT_DMA_QUEUE, &queue);

	return ret < 0 ? ret : map_queue(dma, queue.map_size);
}

int stunt_dma_queue_adopt(struct stunt_dma *dma)
{
	struct stunt_dma_queue_header *queue;
	size_t size;
	void *map;
	int ret;

	if (dma->queue)
		return -EBUSY;
	/* The header, which says how long the whole is. */
	ret = stunt_dma_map(dma, STUNT_DMA_MAP_QUEUE, sizeof(*queue), PROT_READ, &map);
	if (ret < 0)
		return ret;
	queue = map;
	size = queue->entries_offset + (size_t)queue->entries * queue->entry_size;
	munmap(map, sizeof(*queue));
	return map_queue(dma, size);
}

void stunt_dma_queue_unmap(struct stunt_dma *dma)
{
	if (dma->queue)
		munmap(dma->queue, dma->map_size);
	dma->queue = NULL;
}

static struct stunt_dma_submit request_to_uapi(const struct stunt_dma_how *how,
					       const struct stunt_dma_request *request)
{
	return (struct stunt_dma_submit){
		.size = sizeof(struct stunt_dma_submit),
		.flags = request->has_eventfd ? STUNT_DMA_SUBMIT_EVENTFD : 0,
		.channel = how ? how->channel : STUNT_DMA_CHANNEL_ANY,
		.op = request->op,
		.src = (uintptr_t)request->src,
		.dst = (uintptr_t)request->dst,
		.len = request->len,
		.arg = request->arg,
		.timeout_ns = how ? how->timeout_ns : 0,
		.user_data = request->user_data,
		.eventfd = request->has_eventfd ? request->eventfd : 0,
	};
}

int stunt_dma_submit(struct stunt_dma *dma, const struct stunt_dma_how *how,
		     const struct stunt_dma_request *request)
{
	struct stunt_dma_submit submit = request_to_uapi(how, request);

	return stunt_dma_call(dma, STUNT_DMA_SUBMIT, &submit);
}

static int cancel(struct stunt_dma *dma, uint32_t flags, uint64_t user_data,
		  unsigned int *ret_found)
{
	struct stunt_dma_cancel call = {
		.size = sizeof(call), .flags = flags, .user_data = user_data};
	int ret = stunt_dma_call(dma, STUNT_DMA_CANCEL, &call);

	if (ret == 0 && ret_found)
		*ret_found = call.found;
	return ret;
}

int stunt_dma_cancel(struct stunt_dma *dma, uint64_t user_data, unsigned int *ret_found)
{
	return cancel(dma, 0, user_data, ret_found);
}

int stunt_dma_cancel_all(struct stunt_dma *dma, unsigned int *ret_found)
{
	return cancel(dma, STUNT_DMA_CANCEL_ALL, 0, ret_found);
}

int stunt_dma_take(struct stunt_dma *dma, struct stunt_dma_completion *ret_completion)
{
	struct stunt_dma_queue_header *queue = dma->queue;
	uint32_t head;

	if (!queue)
		return -ENXIO;
	head = queue->head;
	/* What the entry says was written before the tail that passes it. */
	if (__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE) == head)
		return 0;
	*ret_completion = dma->entries[head & dma->mask];
	/* The driver may write the entry anew from here on. */
	__atomic_store_n(&queue->head, head + 1, __ATOMIC_RELEASE);
	return 1;
}

void stunt_dma_queue_counts(const struct stunt_dma *dma, unsigned int *ret_refused,
			    unsigned int *ret_overflow)
{
	*ret_refused = dma->queue ? __atomic_load_n(&dma->queue->refused, __ATOMIC_RELAXED) : 0;
	*ret_overflow = dma->queue ? __atomic_load_n(&dma->queue->overflow, __ATOMIC_RELAXED) : 0;
}
