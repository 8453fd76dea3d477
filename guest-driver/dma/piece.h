/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of a transfer: memory of a process that is pinned, mapped and split into descriptors. */
#ifndef STUNT_DMA_PIECE_H
#define STUNT_DMA_PIECE_H

#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "dma.h"

/* Pinned at a time; longer transfers are done in pieces of so many bytes. */
#define STUNT_TRANSFER_PIECE	SZ_4M

/* One side of a piece: source or destination. */
struct stunt_side {
	struct page **pages;
	unsigned int n_pages;	/* pinned */
	struct sg_table sgt;
	enum dma_data_direction dir;
	bool used;
	bool mapped;
	u64 window;		/* not memory of the process, but what begins at this bus address */
};

/* One piece of a transfer. */
struct stunt_piece {
	struct stunt_dma_wait wait;
	struct stunt_side src;
	struct stunt_side dst;
	struct stunt_dma_desc *desc;
	struct stunt_dma_comp *comp;
	u64 offset;		/* in the transfer */
	size_t len;
};

/* Which sides this operation uses, and how. */
void stunt_piece_init(struct stunt_piece *piece, u32 op);
/*
 * Pins and maps memory of the current process, @piece->len bytes from @piece->offset of the transfer
 * on, and makes the job. Whatever it returns, stunt_piece_close() undoes it. Not for ever: the device
 * or its watchdog ends each job, so the memory is pinned as for direct I/O and may lie anywhere.
 */
int stunt_piece_open(struct stunt_piece *piece, struct stunt_dma_chan *ch,
		     const struct stunt_dma_transfer *xfer);
/* Adds what the device said to the result; the job has ended without an error of the driver's. */
void stunt_piece_collect(const struct stunt_piece *piece, struct stunt_dma_transfer *xfer);
void stunt_piece_close(struct stunt_piece *piece, struct device *dev);

/* 0, -EINVAL, -EFAULT: what can be said of a transfer before it is begun. */
int stunt_transfer_validate(const struct stunt_dma_transfer *xfer);
/* The sum that was expected, where the device did not compare it. */
void stunt_transfer_check(struct stunt_dma_transfer *xfer);

#endif
