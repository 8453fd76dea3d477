/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client library inside. */
#ifndef STUNT_DMA_LIBRARY_H
#define STUNT_DMA_LIBRARY_H

#include "stunt_dma.h"

struct stunt_dma {
	int fd;
	struct stunt_dma_queue_header *queue; /* mapped, or NULL */
	const struct stunt_dma_completion *entries;
	size_t map_size;
	uint32_t mask; /* of indices */
};

/* An ioctl; 0 or a negative errno. */
int stunt_dma_call(struct stunt_dma *dma, unsigned long request, void *arg);
void stunt_dma_queue_unmap(struct stunt_dma *dma);

#endif
