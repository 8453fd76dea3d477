// SPDX-License-Identifier: GPL-2.0-or-later
/* Slave transfers: the memory of another device is the window that they fill or empty. */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "test.h"

#define TEST_PIECES	1024
#define TEST_STRIDE	128	/* from the start of a piece to that of the next */

/* Pieces of all lengths and alignments, each with room around it. */
static size_t test_piece_at(unsigned int i)
{
	return i * TEST_STRIDE + 8 + i % 8;
}

static size_t test_piece_len(unsigned int i)
{
	return 1 + i * 7 % 100;
}

static size_t test_pieces_len(void)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < TEST_PIECES; i++)
		len += test_piece_len(i);
	return len;
}

static int test_config(struct test *t, enum dma_transfer_direction dir, u32 window_bytes)
{
	struct dma_slave_config config = {
		.direction = dir,
		.src_addr = t->window,
		.dst_addr = t->window,
		.src_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.src_port_window_size = window_bytes / 4,
		.dst_port_window_size = window_bytes / 4,
	};

	return dmaengine_slave_config(t->chan, &config);
}

/* The buffers are mapped as a whole, so the pieces only need their addresses. */
static struct scatterlist *test_pieces(dma_addr_t bus, unsigned int n)
{
	struct scatterlist *sgl = kmalloc_array(n, sizeof(*sgl), GFP_KERNEL);
	unsigned int i;

	if (!sgl)
		return NULL;
	sg_init_table(sgl, n);
	for (i = 0; i < n; i++) {
		sg_dma_address(&sgl[i]) = bus + test_piece_at(i);
		sg_dma_len(&sgl[i]) = test_piece_len(i);
	}
	return sgl;
}

static int test_pieces_run(struct test *t, dma_addr_t bus, enum dma_transfer_direction dir)
{
	struct scatterlist *sgl = test_pieces(bus, TEST_PIECES);
	int ret = sgl ? test_config(t, dir, t->window_len) : -ENOMEM;

	if (!ret)
		ret = test_run(t, dmaengine_prep_slave_sg(t->chan, sgl, TEST_PIECES, dir,
							  DMA_PREP_INTERRUPT));
	kfree(sgl);
	return ret;
}

static bool test_io_equal(struct test *t, size_t at, const u8 *data, size_t len)
{
	u8 part[TEST_STRIDE];

	while (len) {
		size_t n = min(len, sizeof(part));

		memcpy_fromio(part, t->io + at, n);
		if (memcmp(part, data, n))
			return false;
		at += n;
		data += n;
		len -= n;
	}
	return true;
}

/* 1,024 pieces of memory become one run of bytes in the window, and nothing is behind it. */
int test_slave_gather(struct test *t)
{
	size_t at = 0;
	unsigned int i;
	u8 blank[8];
	int ret;

	test_begin(t, 11);
	memset_io(t->io, TEST_BLANK, t->window_len);
	ret = test_pieces_run(t, t->src_bus, DMA_MEM_TO_DEV);
	test_end(t);
	for (i = 0; !ret && i < TEST_PIECES; i++) {
		if (!test_io_equal(t, at, t->src + test_piece_at(i), test_piece_len(i)))
			ret = -EILSEQ;
		at += test_piece_len(i);
	}
	memcpy_fromio(blank, t->io + at, sizeof(blank));
	return ret ?: memchr_inv(blank, TEST_BLANK, sizeof(blank)) ? -EILSEQ : 0;
}

/* And back; what lies between the pieces stays as it was. */
int test_slave_scatter(struct test *t)
{
	size_t len = test_pieces_len();
	size_t at = 0, blank = 0;
	unsigned int i;
	int ret;

	test_begin(t, 12);
	memcpy_toio(t->io, t->src, len);
	ret = test_pieces_run(t, t->dst_bus, DMA_DEV_TO_MEM);
	test_end(t);
	for (i = 0; !ret && i < TEST_PIECES; i++) {
		size_t begin = test_piece_at(i);

		if (memchr_inv(t->dst + blank, TEST_BLANK, begin - blank) ||
		    memcmp(t->dst + begin, t->src + at, test_piece_len(i)))
			ret = -EILSEQ;
		at += test_piece_len(i);
		blank = begin + test_piece_len(i);
	}
	return ret ?: memchr_inv(t->dst + blank, TEST_BLANK, TEST_BIG - blank) ? -EILSEQ : 0;
}

static int test_single(struct test *t, size_t len, u32 window_bytes)
{
	int ret = test_config(t, DMA_MEM_TO_DEV, window_bytes);

	if (ret)
		return ret;
	memset_io(t->io, TEST_BLANK, t->window_len);
	return test_run(t, dmaengine_prep_slave_single(t->chan, t->src_bus, len, DMA_MEM_TO_DEV,
						       DMA_PREP_INTERRUPT));
}

/* A window of 256 bytes is run through again and again: the last laps are what is left in it. */
int test_slave_window(struct test *t)
{
	const size_t window = 256, len = 1000, last = len - len % window;
	u8 blank[8];
	int ret;

	test_begin(t, 13);
	ret = test_single(t, len, window);
	test_end(t);
	if (ret)
		return ret;
	if (!test_io_equal(t, 0, t->src + last, len - last) ||
	    !test_io_equal(t, len - last, t->src + len - window, window - (len - last)))
		return -EILSEQ;
	memcpy_fromio(blank, t->io + window, sizeof(blank));
	return memchr_inv(blank, TEST_BLANK, sizeof(blank)) ? -EILSEQ : 0;
}

static u32 test_residue_of(struct test *t, dma_cookie_t cookie, enum dma_status status)
{
	struct dma_tx_state state;

	return dmaengine_tx_status(t->chan, cookie, &state) == status ? state.residue : 0;
}

/* Paused in the middle, it stands still there; resumed, it ends well. */
static int test_pause_in(struct test *t, struct scatterlist *sgl, size_t len)
{
	dma_cookie_t cookie;
	u32 residue;

	reinit_completion(&t->done);
	cookie = test_submit(t, dmaengine_prep_slave_sg(t->chan, sgl, TEST_PIECES, DMA_MEM_TO_DEV,
							DMA_PREP_INTERRUPT));
	if (dma_submit_error(cookie))
		return cookie;
	dma_async_issue_pending(t->chan);
	udelay(300);
	if (dmaengine_pause(t->chan))
		return -EBADE;
	residue = test_residue_of(t, cookie, DMA_PAUSED);
	fsleep(20000);
	if (!residue || residue >= len || test_residue_of(t, cookie, DMA_PAUSED) != residue)
		return -EBADE;
	if (dmaengine_resume(t->chan))
		return -EBADE;
	if (!wait_for_completion_timeout(&t->done, TEST_WAIT))
		return -ETIMEDOUT;
	return test_is(t, cookie, DMA_COMPLETE, 0) ? 0 : -EBADE;
}

int test_slave_pause(struct test *t)
{
	struct scatterlist *sgl = test_pieces(t->src_bus, TEST_PIECES);
	size_t len = test_pieces_len();
	int ret = sgl ? test_config(t, DMA_MEM_TO_DEV, t->window_len) : -ENOMEM;

	test_begin(t, 14);
	if (!ret)
		ret = test_pause_in(t, sgl, len);
	test_end(t);
	kfree(sgl);
	if (ret)
		return ret;
	return test_io_equal(t, 0, t->src + test_piece_at(0), test_piece_len(0)) ? 0 : -EILSEQ;
}

/* What makes no sense is refused, and a window that the device does not reach fails and harms nobody. */
int test_slave_refused(struct test *t)
{
	struct dma_slave_config config = {
		.dst_addr = t->window + t->window_len - 4,
		.dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.dst_port_window_size = 2,
	};
	dma_cookie_t cookie;

	if (test_config(t, DMA_MEM_TO_DEV, 0) ||
	    dmaengine_prep_slave_single(t->chan, t->src_bus, 64, DMA_MEM_TO_MEM, 0) ||
	    dmaengine_prep_dma_cyclic(t->chan, t->src_bus, 100, 64, DMA_MEM_TO_DEV, 0))
		return -EBADE;

	reinit_completion(&t->done);
	dmaengine_slave_config(t->chan, &config);
	cookie = test_submit(t, dmaengine_prep_slave_single(t->chan, t->src_bus, 64, DMA_MEM_TO_DEV,
							    DMA_PREP_INTERRUPT));
	if (dma_submit_error(cookie))
		return cookie;
	dma_async_issue_pending(t->chan);
	if (!wait_for_completion_timeout(&t->done, TEST_WAIT))
		return -ETIMEDOUT;
	if (t->result == DMA_TRANS_NOERROR || !test_is(t, cookie, DMA_ERROR, 0))
		return -EBADE;
	return test_slave_window(t);	/* the channel works again */
}
