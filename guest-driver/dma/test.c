// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client of dmaengine that puts stunt_dma's channels to the test: memcpy, memset, interrupt,
 * residue, terminate; and, if a second device has memory, slave and cyclic transfers. All is done
 * while the module is loaded; loading it fails if a test does. "stunt_dma_test: ok N" or
 * "stunt_dma_test: FAILED ..." in the kernel log says which.
 */
#define pr_fmt(fmt) "stunt_dma_test: " fmt

#include "test.h"

#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include <stunt/regs/dma.h>

#define TEST_GUARD	64
#define TEST_MANY	64

static char *device = "";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "PCI address of the device to test (the first with a free channel)");

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run just the tests whose names begin so (all)");

static void test_callback(void *param, const struct dmaengine_result *result)
{
	struct test *t = param;

	t->result = result->result;
	t->callbacks++;
	complete(&t->done);
}

dma_cookie_t test_submit(struct test *t, struct dma_async_tx_descriptor *tx)
{
	if (!tx)
		return -ENOMEM;
	tx->callback_result = test_callback;
	tx->callback_param = t;
	return dmaengine_submit(tx);
}

bool test_is(struct test *t, dma_cookie_t cookie, enum dma_status status, u32 residue)
{
	struct dma_tx_state state;

	return dmaengine_tx_status(t->chan, cookie, &state) == status && state.residue == residue;
}

int test_run(struct test *t, struct dma_async_tx_descriptor *tx)
{
	dma_cookie_t cookie;

	reinit_completion(&t->done);
	cookie = test_submit(t, tx);
	if (dma_submit_error(cookie))
		return cookie;
	if (dmaengine_tx_status(t->chan, cookie, NULL) != DMA_IN_PROGRESS)
		return -EBADE;
	dma_async_issue_pending(t->chan);
	if (!wait_for_completion_timeout(&t->done, TEST_WAIT))
		return -ETIMEDOUT;
	if (t->result != DMA_TRANS_NOERROR)
		return -EIO;
	return test_is(t, cookie, DMA_COMPLETE, 0) ? 0 : -EBADE;
}

void test_fill(u8 *p, size_t len, u32 seed)
{
	size_t i;

	for (i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		p[i] = seed >> 16;
	}
}

/* Everything but [at, at + len) of the destination is blank as before. */
static bool test_guards(const struct test *t, size_t at, size_t len)
{
	return !memchr_inv(t->dst, TEST_BLANK, at) &&
	       !memchr_inv(t->dst + at + len, TEST_BLANK, TEST_BIG - at - len);
}

void test_begin(struct test *t, u32 seed)
{
	test_fill(t->src, TEST_BIG, seed);
	memset(t->dst, TEST_BLANK, TEST_BIG);
	dma_sync_single_for_device(t->dev, t->src_bus, TEST_BIG, DMA_BIDIRECTIONAL);
	dma_sync_single_for_device(t->dev, t->dst_bus, TEST_BIG, DMA_BIDIRECTIONAL);
}

void test_end(struct test *t)
{
	dma_sync_single_for_cpu(t->dev, t->src_bus, TEST_BIG, DMA_BIDIRECTIONAL);
	dma_sync_single_for_cpu(t->dev, t->dst_bus, TEST_BIG, DMA_BIDIRECTIONAL);
}

static int test_memcpy_one(struct test *t, size_t from, size_t to, size_t len)
{
	int ret;

	test_begin(t, len);
	ret = test_run(t, dmaengine_prep_dma_memcpy(t->chan, t->dst_bus + to, t->src_bus + from,
						    len, DMA_PREP_INTERRUPT | DMA_CTRL_ACK));
	test_end(t);
	if (ret)
		return ret;
	return memcmp(t->dst + to, t->src + from, len) || !test_guards(t, to, len) ? -EILSEQ : 0;
}

static int test_memcpy(struct test *t)
{
	static const size_t len[] = { 1, 7, 64, 4095, 4096, 65537, TEST_BIG - 2 * TEST_GUARD };
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(len); i++)
		ret = test_memcpy_one(t, i, TEST_GUARD - i, len[i]);
	return ret;
}

static int test_memset(struct test *t)
{
	struct dma_async_tx_descriptor *tx;
	const size_t len = 12345;
	int ret;

	test_begin(t, 1);
	tx = t->chan->device->device_prep_dma_memset(t->chan, t->dst_bus + 3, 0x5a, len,
						     DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	ret = test_run(t, tx);
	test_end(t);
	if (ret)
		return ret;
	return memchr_inv(t->dst + 3, 0x5a, len) || !test_guards(t, 3, len) ? -EILSEQ : 0;
}

static int test_interrupt(struct test *t)
{
	return test_run(t, t->chan->device->device_prep_dma_interrupt(t->chan, DMA_PREP_INTERRUPT));
}

/* @cookies of copies of all of the buffer, submitted and not issued. */
static int test_submit_many(struct test *t, dma_cookie_t cookies[TEST_MANY])
{
	struct dma_async_tx_descriptor *tx;
	unsigned int i;

	for (i = 0; i < TEST_MANY; i++) {
		tx = dmaengine_prep_dma_memcpy(t->chan, t->dst_bus, t->src_bus, TEST_BIG,
					       DMA_PREP_INTERRUPT);
		cookies[i] = test_submit(t, tx);
		if (dma_submit_error(cookies[i]))
			return cookies[i];
	}
	return 0;
}

static int test_residue(struct test *t)
{
	dma_cookie_t cookies[TEST_MANY];
	dma_cookie_t last;
	int ret;

	ret = test_submit_many(t, cookies);
	if (ret)
		return ret;
	last = cookies[TEST_MANY - 1];
	if (!test_is(t, last, DMA_IN_PROGRESS, TEST_BIG))
		return -EBADE;
	t->callbacks = 0;
	dma_async_issue_pending(t->chan);
	if (dma_sync_wait(t->chan, last) != DMA_COMPLETE)
		return -ETIMEDOUT;
	dmaengine_synchronize(t->chan);
	if (t->callbacks != TEST_MANY)
		return -EBADE;
	if (!test_is(t, cookies[0], DMA_COMPLETE, 0) || !test_is(t, last, DMA_COMPLETE, 0))
		return -EBADE;
	return 0;
}

static int test_terminate(struct test *t)
{
	dma_cookie_t cookies[TEST_MANY];
	unsigned int callbacks;
	int ret;

	ret = test_submit_many(t, cookies);
	dma_async_issue_pending(t->chan);
	if (!ret)
		ret = dmaengine_terminate_sync(t->chan);
	callbacks = t->callbacks;
	if (!ret && dmaengine_tx_status(t->chan, cookies[TEST_MANY - 1], NULL) == DMA_IN_PROGRESS)
		ret = -EBADE;
	/* The device has let go: what we write now stays, and no callback comes late. */
	test_begin(t, 2);
	fsleep(100000);
	test_end(t);
	if (!ret && (memchr_inv(t->dst, TEST_BLANK, TEST_BIG) || t->callbacks != callbacks))
		ret = -EBUSY;
	return ret ?: test_memcpy_one(t, 0, 0, 4096);
}

static const struct {
	const char *name;
	int (*run)(struct test *t);
	bool needs_window;
} tests[] = {
	{ "memcpy", test_memcpy },
	{ "memset", test_memset },
	{ "interrupt", test_interrupt },
	{ "residue", test_residue },
	{ "terminate", test_terminate },
	{ "slave-gather", test_slave_gather, true },
	{ "slave-scatter", test_slave_scatter, true },
	{ "slave-window", test_slave_window, true },
	{ "slave-pause", test_slave_pause, true },
	{ "slave-refused", test_slave_refused, true },
	{ "cyclic-out", test_cyclic_out, true },
	{ "cyclic-in", test_cyclic_in, true },
};

static bool test_wanted(const struct test *t, unsigned int i)
{
	return !strncmp(tests[i].name, only, strlen(only)) && (t->io || !tests[i].needs_window);
}

static int test_all(struct test *t)
{
	unsigned int i, n = 0;
	int ret;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!test_wanted(t, i))
			continue;
		ret = tests[i].run(t);
		if (ret) {
			pr_err("FAILED %s: %d\n", tests[i].name, ret);
			dmaengine_terminate_sync(t->chan);
			return ret;
		}
		pr_info("%s ok\n", tests[i].name);
		n++;
	}
	if (!n) {
		pr_err("FAILED: no test is called '%s', or there is no second device\n", only);
		return -ENOENT;
	}
	pr_info("ok %u\n", n);
	return 0;
}

static bool test_filter(struct dma_chan *chan, void *param)
{
	struct device *dev = chan->device->dev;

	return dev->driver && !strcmp(dev->driver->name, "stunt_dma") &&
	       (!*device || !strcmp(device, dev_name(dev)));
}

/* Memory of another device, whoever drives that one. */
static void test_find_window(struct test *t)
{
	struct pci_dev *pdev = NULL;

	while ((pdev = pci_get_device(STUNT_DMA_PCI_VENDOR, STUNT_DMA_PCI_DEVICE, pdev))) {
		if (&pdev->dev == t->dev || !pci_is_enabled(pdev) ||
		    pci_resource_len(pdev, STUNT_DMA_SRAM_BAR) < STUNT_DMA_SRAM_SIZE)
			continue;
		t->window = pci_resource_start(pdev, STUNT_DMA_SRAM_BAR);
		t->window_len = STUNT_DMA_SRAM_SIZE;
		t->io = ioremap(t->window, t->window_len);
		t->peer = pdev;
		pm_runtime_get_sync(&pdev->dev);	/* asleep it would not answer */
		return;
	}
}

static void test_lose_window(struct test *t)
{
	if (!t->peer)
		return;
	if (t->io)
		iounmap(t->io);
	pm_runtime_put(&t->peer->dev);
	pci_dev_put(t->peer);
}

static int test_map(struct test *t, u8 **buf, dma_addr_t *bus)
{
	*buf = (u8 *)__get_free_pages(GFP_KERNEL, get_order(TEST_BIG));
	if (!*buf)
		return -ENOMEM;
	*bus = dma_map_single(t->dev, *buf, TEST_BIG, DMA_BIDIRECTIONAL);
	if (!dma_mapping_error(t->dev, *bus))
		return 0;
	free_pages((unsigned long)*buf, get_order(TEST_BIG));
	return -EIO;
}

static void test_unmap(struct test *t, u8 *buf, dma_addr_t bus)
{
	dma_unmap_single(t->dev, bus, TEST_BIG, DMA_BIDIRECTIONAL);
	free_pages((unsigned long)buf, get_order(TEST_BIG));
}

static int test_buffers(struct test *t)
{
	int ret;

	ret = test_map(t, &t->src, &t->src_bus);
	if (ret)
		return ret;
	ret = test_map(t, &t->dst, &t->dst_bus);
	if (!ret) {
		ret = test_all(t);
		test_unmap(t, t->dst, t->dst_bus);
	}
	test_unmap(t, t->src, t->src_bus);
	return ret;
}

static int __init test_init(void)
{
	struct test *t = kzalloc(sizeof(*t), GFP_KERNEL);
	dma_cap_mask_t mask;
	int ret;

	if (!t)
		return -ENOMEM;
	init_completion(&t->done);
	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	dma_cap_set(DMA_MEMSET, mask);
	dma_cap_set(DMA_INTERRUPT, mask);
	t->chan = dma_request_channel(mask, test_filter, NULL);
	if (t->chan) {
		t->dev = t->chan->device->dev;
		test_find_window(t);
		ret = test_buffers(t);
		test_lose_window(t);
		dma_release_channel(t->chan);
	} else {
		pr_err("FAILED: no channel of stunt_dma is free\n");
		ret = -ENODEV;
	}
	kfree(t);
	return ret;
}
module_init(test_init);

static void __exit test_exit(void)
{
}
module_exit(test_exit);

MODULE_DESCRIPTION("Test of stunt_dma as a provider of dmaengine");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
