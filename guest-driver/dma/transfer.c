// SPDX-License-Identifier: GPL-2.0-or-later
/* Transfers that the caller waits for, piece by piece. */
#include <linux/sizes.h>
#include <linux/slab.h>

#include "piece.h"

static int stunt_piece_run(struct stunt_dma_chan *ch, struct stunt_piece *piece,
			   struct stunt_dma_transfer *xfer, ktime_t deadline)
{
	int ret = stunt_piece_open(piece, ch, xfer);

	if (!ret)
		ret = stunt_chan_run(ch, &piece->wait, deadline);
	if (!ret)
		stunt_piece_collect(piece, xfer);
	stunt_piece_close(piece, ch->sd->dev);
	return ret;
}

static bool stunt_transfer_wraps(u64 addr, u64 len)
{
	return addr + len < addr || addr + len > ULONG_MAX;
}

static bool stunt_transfer_overlaps(const struct stunt_dma_transfer *xfer)
{
	return xfer->src < xfer->dst + xfer->len && xfer->dst < xfer->src + xfer->len;
}

int stunt_transfer_validate(const struct stunt_dma_transfer *xfer)
{
	bool check = xfer->flags & STUNT_DMA_TRANSFER_CHECK;

	if (xfer->flags & ~STUNT_DMA_TRANSFER_CHECK ||
	    memchr_inv(xfer->reserved, 0, sizeof(xfer->reserved)))
		return -EINVAL;
	if (xfer->op < STUNT_DMA_OP_COPY || xfer->op > STUNT_DMA_OP_COMPARE || !xfer->len)
		return -EINVAL;
	if (check && xfer->op != STUNT_DMA_OP_CRC32C)
		return -EINVAL;
	if (xfer->op != STUNT_DMA_OP_FILL && stunt_transfer_wraps(xfer->src, xfer->len))
		return -EFAULT;
	if (xfer->op != STUNT_DMA_OP_CRC32C && stunt_transfer_wraps(xfer->dst, xfer->len))
		return -EFAULT;
	/* Split at pages the device might not see it. */
	if (xfer->op == STUNT_DMA_OP_COPY && stunt_transfer_overlaps(xfer))
		return -EINVAL;
	return 0;
}

void stunt_transfer_check(struct stunt_dma_transfer *xfer)
{
	if (xfer->flags & STUNT_DMA_TRANSFER_CHECK && !xfer->status && xfer->crc != xfer->arg)
		xfer->status = STUNT_DMA_STATUS_CRC_MISMATCH;
}

int stunt_transfer(struct stunt_file *sf, struct stunt_dma_transfer *xfer)
{
	struct stunt_dma_chan *ch = stunt_cdev_chan(sf->sd, xfer->channel);
	struct stunt_piece *piece;
	ktime_t deadline;
	int ret;

	ret = stunt_transfer_validate(xfer);
	if (ret || !ch)
		return ret ?: -EINVAL;
	piece = kzalloc(sizeof(*piece), GFP_KERNEL);
	if (!piece)
		return -ENOMEM;

	deadline = stunt_cdev_deadline(stunt_file_timeout(sf, ch, xfer->timeout_ns));
	xfer->channel = ch->nr;
	xfer->status = 0;
	xfer->crc = 0;
	xfer->mismatch = 0;
	xfer->bytes = 0;
	xfer->descriptors = 0;
	stunt_piece_init(piece, xfer->op);
	while (!ret && !xfer->status && piece->offset < xfer->len) {
		piece->len = min_t(u64, xfer->len - piece->offset, STUNT_TRANSFER_PIECE);
		ret = stunt_piece_run(ch, piece, xfer, deadline);
		piece->offset += piece->len;
	}
	stunt_transfer_check(xfer);
	kfree(piece);
	return ret;
}
