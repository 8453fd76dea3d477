/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt_dma_test: a client of dmaengine. test.c has the frame and the tests of copies, the other
 * files the rest; each test returns 0 or a negative errno, which says what was wrong:
 *
 * EBADE	dmaengine said something wrong
 * EILSEQ	the data is wrong
 * EBUSY	something happened after it should have ended
 * ETIMEDOUT	something did not happen
 * ENOTUNIQ	periods were told of too often, or not often enough
 */
#ifndef STUNT_DMA_TEST_H
#define STUNT_DMA_TEST_H

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/sizes.h>

#define TEST_BIG	SZ_1M
#define TEST_BLANK	0xee
#define TEST_WAIT	msecs_to_jiffies(5000)

/* Two buffers of TEST_BIG bytes, mapped both ways, and memory of another device. */
struct test {
	struct dma_chan *chan;
	struct device *dev;
	u8 *src;
	u8 *dst;
	dma_addr_t src_bus;
	dma_addr_t dst_bus;
	phys_addr_t window;
	void __iomem *io;		/* the same; NULL: no other device has memory */
	struct pci_dev *peer;		/* that device, kept awake */
	size_t window_len;
	struct completion done;
	enum dmaengine_tx_result result;
	unsigned int callbacks;
};

/* The callback counts, notes the result and completes @done. */
dma_cookie_t test_submit(struct test *t, struct dma_async_tx_descriptor *tx);
/* What dmaengine says of a cookie: the status, and the residue as expected. */
bool test_is(struct test *t, dma_cookie_t cookie, enum dma_status status, u32 residue);
/* Runs one descriptor to its end, and looks at all that dmaengine says about it. */
int test_run(struct test *t, struct dma_async_tx_descriptor *tx);
void test_fill(u8 *p, size_t len, u32 seed);
/* New data in the source, nothing but blanks in the destination; both are the device's until test_end(). */
void test_begin(struct test *t, u32 seed);
void test_end(struct test *t);

/* test-slave.c, test-cyclic.c: these need memory of another device */
int test_slave_gather(struct test *t);
int test_slave_scatter(struct test *t);
int test_slave_window(struct test *t);
int test_slave_pause(struct test *t);
int test_slave_refused(struct test *t);
int test_cyclic_out(struct test *t);
int test_cyclic_in(struct test *t);

#endif
