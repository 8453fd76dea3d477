// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cyclic transfers, as sound and serial use them. Every period is told of exactly once, however
 * late the interrupts are: after a pause the position says how many there were.
 */
#define pr_fmt(fmt) "stunt_dma_test: " fmt

#include "test.h"

#define TEST_PERIODS	8
#define TEST_PERIOD	4096
#define TEST_LEN	(TEST_PERIODS * TEST_PERIOD)
#define TEST_ROUNDS	27	/* periods to wait for: some rounds, and not a whole number of them */

static int test_cyclic_config(struct test *t)
{
	struct dma_slave_config config = {
		.src_addr = t->window,
		.dst_addr = t->window,
		.src_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
	};

	return dmaengine_slave_config(t->chan, &config);
}

static int test_cyclic_start(struct test *t, dma_addr_t buf, enum dma_transfer_direction dir,
			     dma_cookie_t *ret_cookie)
{
	int ret = test_cyclic_config(t);

	if (ret)
		return ret;
	t->callbacks = 0;
	*ret_cookie = test_submit(t, dmaengine_prep_dma_cyclic(t->chan, buf, TEST_LEN, TEST_PERIOD,
							       dir, DMA_PREP_INTERRUPT));
	if (dma_submit_error(*ret_cookie))
		return *ret_cookie;
	dma_async_issue_pending(t->chan);
	return 0;
}

static int test_cyclic_wait(struct test *t)
{
	unsigned int i;

	for (i = 0; READ_ONCE(t->callbacks) < TEST_ROUNDS; i++) {
		if (i == 5000)
			return -ETIMEDOUT;
		fsleep(1000);
	}
	return 0;
}

/* Stands still, and all that is on its way has come: periods told of, and where it stands, agree. */
static int test_cyclic_settle(struct test *t, dma_cookie_t cookie)
{
	struct dma_tx_state state;
	unsigned int position;

	if (dmaengine_pause(t->chan))
		return -EBADE;
	dmaengine_tx_status(t->chan, cookie, &state);	/* looks at the device */
	fsleep(300000);
	if (dmaengine_tx_status(t->chan, cookie, &state) != DMA_PAUSED)
		return -EBADE;
	position = (TEST_LEN - state.residue) / TEST_PERIOD;
	pr_info("cyclic: %u periods told of, %u bytes into the buffer\n", t->callbacks,
		TEST_LEN - state.residue);
	if (state.residue % TEST_PERIOD)
		return -EBADE;
	return position == t->callbacks % TEST_PERIODS ? 0 : -ENOTUNIQ;
}

/* No callback comes late, and the device writes no more. */
static int test_cyclic_stop(struct test *t)
{
	unsigned int callbacks;

	if (dmaengine_terminate_sync(t->chan))
		return -EBADE;
	callbacks = t->callbacks;
	memset_io(t->io, TEST_BLANK, TEST_PERIOD);
	fsleep(50000);
	return t->callbacks != callbacks || readb(t->io) != TEST_BLANK ? -EBUSY : 0;
}

static int test_cyclic_run(struct test *t, dma_addr_t buf, enum dma_transfer_direction dir)
{
	dma_cookie_t cookie;
	int ret = test_cyclic_start(t, buf, dir, &cookie);

	if (!ret)
		ret = test_cyclic_wait(t);
	return ret ?: test_cyclic_settle(t, cookie);
}

/* Each period goes to the start of the window: what is in it is the last one that was told of. */
int test_cyclic_out(struct test *t)
{
	static u8 seen[TEST_PERIOD];
	int ret;

	test_begin(t, 21);
	ret = test_cyclic_run(t, t->src_bus, DMA_MEM_TO_DEV);
	test_end(t);
	memcpy_fromio(seen, t->io, TEST_PERIOD);
	if (!ret && memcmp(seen, t->src + (t->callbacks - 1) % TEST_PERIODS * TEST_PERIOD, TEST_PERIOD))
		ret = -EILSEQ;
	return ret ?: test_cyclic_stop(t);
}

/* Resumed, it fills what is still missing, and nothing beside the buffer. */
int test_cyclic_in(struct test *t)
{
	unsigned int i;
	int ret;

	test_begin(t, 22);
	memcpy_toio(t->io, t->src, TEST_PERIOD);
	ret = test_cyclic_run(t, t->dst_bus + TEST_PERIOD, DMA_DEV_TO_MEM);
	if (!ret)
		ret = dmaengine_resume(t->chan);
	fsleep(5000);
	if (!ret)
		ret = dmaengine_terminate_sync(t->chan);
	test_end(t);
	for (i = 1; !ret && i <= TEST_PERIODS; i++)
		if (memcmp(t->dst + i * TEST_PERIOD, t->src, TEST_PERIOD))
			ret = -EILSEQ;
	if (!ret && (memchr_inv(t->dst, TEST_BLANK, TEST_PERIOD) ||
		     memchr_inv(t->dst + TEST_PERIOD + TEST_LEN, TEST_BLANK,
				TEST_BIG - TEST_PERIOD - TEST_LEN)))
		ret = -EILSEQ;
	return ret;
}
