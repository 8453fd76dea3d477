// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory of a process on its way to the device and back. */
#include <linux/bitops.h>
#include <linux/crc32.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "piece.h"

static int stunt_side_pin(struct stunt_side *side, u64 addr, size_t len)
{
	unsigned int flags = side->dir == DMA_FROM_DEVICE ? FOLL_WRITE : 0;
	unsigned int wanted = DIV_ROUND_UP(offset_in_page(addr) + len, PAGE_SIZE);
	u64 at = addr & PAGE_MASK;
	int n;

	side->pages = kvcalloc(wanted, sizeof(*side->pages), GFP_KERNEL);
	if (!side->pages)
		return -ENOMEM;
	while (side->n_pages < wanted) {
		n = pin_user_pages_fast(at + (u64)side->n_pages * PAGE_SIZE,
					wanted - side->n_pages, flags,
					side->pages + side->n_pages);
		if (n <= 0)
			return n ?: -EFAULT;
		side->n_pages += n;
	}
	return 0;
}

static int stunt_side_map(struct stunt_side *side, struct device *dev, u64 addr, size_t len)
{
	size_t limit = min_t(size_t, dma_max_mapping_size(dev), dma_get_max_seg_size(dev));
	int ret;

	limit = max_t(size_t, limit & PAGE_MASK, PAGE_SIZE);
	ret = sg_alloc_table_from_pages_segment(&side->sgt, side->pages, side->n_pages,
						offset_in_page(addr), len, limit, GFP_KERNEL);
	if (ret)
		return ret;
	ret = dma_map_sgtable(dev, &side->sgt, side->dir, 0);
	side->mapped = !ret;
	if (stunt_bug(map_twice))
		dma_map_page(dev, side->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return ret;
}

static int stunt_side_open(struct stunt_side *side, struct device *dev, u64 addr, size_t len)
{
	int ret;

	if (!side->used)
		return 0;
	ret = stunt_side_pin(side, addr, len);
	return ret ?: stunt_side_map(side, dev, addr, len);
}

static void stunt_side_close(struct stunt_side *side, struct device *dev)
{
	if (side->mapped)
		dma_unmap_sgtable(dev, &side->sgt, side->dir, 0);
	if (side->sgt.sgl)
		sg_free_table(&side->sgt);
	if (side->n_pages)
		unpin_user_pages_dirty_lock(side->pages, side->n_pages,
					    side->dir == DMA_FROM_DEVICE);
	kvfree(side->pages);
	memset(side, 0, offsetof(struct stunt_side, dir));
	side->mapped = false;
}

/* A place in a mapped side or a window; where the side is not used it is at address 0 and has no end. */
struct stunt_cursor {
	struct scatterlist *sg;
	u64 window;
	size_t done;		/* of sg, or of the window */
};

static struct stunt_cursor stunt_cursor_start(const struct stunt_side *side, u64 offset)
{
	return (struct stunt_cursor){
		.sg = side->used ? side->sgt.sgl : NULL,
		.window = side->window ? side->window + offset : 0,
	};
}

static u64 stunt_cursor_addr(const struct stunt_cursor *at)
{
	if (at->sg)
		return sg_dma_address(at->sg) + at->done;
	return at->window ? at->window + at->done : 0;
}

static size_t stunt_cursor_left(const struct stunt_cursor *at)
{
	return at->sg ? sg_dma_len(at->sg) - at->done : SIZE_MAX;
}

static void stunt_cursor_move(struct stunt_cursor *at, size_t len)
{
	at->done += len;
	if (at->sg && at->done == sg_dma_len(at->sg)) {
		at->sg = sg_next(at->sg);
		at->done = 0;
	}
}

static u64 stunt_transfer_arg(const struct stunt_dma_transfer *xfer, u64 offset)
{
	/* The device begins a pattern anew in each descriptor. */
	return xfer->op == STUNT_DMA_OP_FILL ? ror64(xfer->arg, 8 * (offset % 8)) : 0;
}

/* A descriptor ends where a segment of either side ends. */
static u32 stunt_piece_split(struct stunt_piece *piece, const struct stunt_dma_transfer *xfer,
			     u32 max_len)
{
	struct stunt_cursor src = stunt_cursor_start(&piece->src, piece->offset);
	struct stunt_cursor dst = stunt_cursor_start(&piece->dst, piece->offset);
	size_t offset = 0;
	u32 n = 0;

	while (offset < piece->len) {
		struct stunt_dma_desc *desc = &piece->desc[n++];
		size_t len = min(stunt_cursor_left(&src), stunt_cursor_left(&dst));

		len = min3(len, piece->len - offset, (size_t)max_len);
		desc->op = xfer->op;
		desc->src = stunt_cursor_addr(&src);
		desc->dst = stunt_cursor_addr(&dst);
		desc->len = len + (stunt_bug(length_overrun) ? 4 : 0);
		desc->arg = stunt_transfer_arg(xfer, piece->offset + offset);
		stunt_cursor_move(&src, len);
		stunt_cursor_move(&dst, len);
		offset += len;
	}
	return n;
}

/* Each descriptor ends at an end of a segment, or is as long as one may be. */
static size_t stunt_piece_most(const struct stunt_piece *piece, u32 max_len)
{
	return piece->src.sgt.nents + piece->dst.sgt.nents + piece->len / max_len + 1;
}

static int stunt_piece_build(struct stunt_piece *piece, const struct stunt_dma_transfer *xfer,
			     u32 max_len)
{
	struct stunt_dma_job *job = &piece->wait.job;
	size_t most = stunt_piece_most(piece, max_len);

	piece->desc = kvcalloc(most, sizeof(*piece->desc), GFP_KERNEL);
	piece->comp = kvcalloc(most, sizeof(*piece->comp), GFP_KERNEL);
	if (!piece->desc || !piece->comp)
		return -ENOMEM;
	memset(job, 0, sizeof(*job));
	job->n_desc = stunt_piece_split(piece, xfer, max_len);
	job->desc = piece->desc;
	job->comp = piece->comp;
	/*
	 * With one descriptor for all of it the device can compare; else it is done in
	 * stunt_transfer_check().
	 */
	if (xfer->flags & STUNT_DMA_TRANSFER_CHECK && job->n_desc == 1 && piece->len == xfer->len) {
		piece->desc[0].flags |= STUNT_DMA_DESC_CHECK;
		piece->desc[0].arg = xfer->arg;
	}
	return 0;
}

/* What the device said about each descriptor becomes one result. */
void stunt_piece_collect(const struct stunt_piece *piece, struct stunt_dma_transfer *xfer)
{
	const struct stunt_dma_job *job = &piece->wait.job;
	u64 offset = piece->offset;
	u32 i;

	xfer->descriptors += job->n_desc;
	xfer->bytes += job->bytes;
	xfer->status = job->status;
	for (i = 0; i < job->finished; i++) {
		if (xfer->op == STUNT_DMA_OP_CRC32C)
			xfer->crc = __crc32c_le_combine(xfer->crc, piece->comp[i].result,
							piece->desc[i].len);
		if (job->status == STUNT_DMA_STATUS_MISMATCH && i == job->at)
			xfer->mismatch = offset + piece->comp[i].result;
		offset += piece->desc[i].len;
	}
}

int stunt_piece_open(struct stunt_piece *piece, struct stunt_dma_chan *ch,
		     const struct stunt_dma_transfer *xfer)
{
	struct device *dev = ch->sd->dev;
	int ret;

	ret = stunt_side_open(&piece->src, dev, xfer->src + piece->offset, piece->len);
	if (!ret)
		ret = stunt_side_open(&piece->dst, dev, xfer->dst + piece->offset, piece->len);
	ret = ret ?: stunt_piece_build(piece, xfer, ch->sd->max_len);
	if (stunt_bug(unmap_early) && piece->dst.mapped)
		piece->dst.mapped = (dma_unmap_sgtable(dev, &piece->dst.sgt, piece->dst.dir, 0), false);
	return ret;
}

void stunt_piece_close(struct stunt_piece *piece, struct device *dev)
{
	kvfree(piece->desc);
	kvfree(piece->comp);
	piece->desc = NULL;
	piece->comp = NULL;
	if (stunt_bug(leak_on_error) && (piece->wait.job.error || piece->wait.job.status))
		piece->dst.mapped = false;
	stunt_side_close(&piece->dst, dev);
	stunt_side_close(&piece->src, dev);
}

void stunt_piece_init(struct stunt_piece *piece, u32 op)
{
	piece->src.dir = DMA_TO_DEVICE;
	piece->src.used = op != STUNT_DMA_OP_FILL;
	piece->dst.dir = op == STUNT_DMA_OP_COMPARE || stunt_bug(wrong_direction) ?
			 DMA_TO_DEVICE : DMA_FROM_DEVICE;
	piece->dst.used = op != STUNT_DMA_OP_CRC32C;
}
