// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma info, fill, crc, compare, reset. */
#include <stdio.h>

#include "tool.h"

static int no_memory(const struct options *opts)
{
	fprintf(stderr, "stunt-dma: no memory for %llu bytes\n", (unsigned long long)opts->size);
	return EXIT_DEVICE;
}

const char *state_name(uint32_t state)
{
	return state == STUNT_DMA_INFO_RUNNING ? "running"
	       : state == STUNT_DMA_INFO_GONE  ? "gone"
					       : "stopped";
}

int run_info(struct stunt_dma *dma, const struct options *opts)
{
	struct stunt_dma_info info;
	char buf[48];
	int ret = stunt_dma_get_info(dma, &info);

	if (ret < 0) {
		printf("info device=%s %s\n", opts->device, verdict(ret, 0, buf));
		return EXIT_DEVICE;
	}
	printf("info version=%u state=%s channels=%u width=%u ring_entries=%u max_len=%u ops=%#x "
	       "vectors=%u",
	       info.version, state_name(info.state), info.channels, info.width, info.ring_entries,
	       info.max_len, info.ops, info.vectors);
	printf(" jobs=%llu errors=%llu timeouts=%llu resets=%llu lost_irqs=%llu spurious_irqs=%llu "
	       "doorbells=%llu",
	       (unsigned long long)info.jobs, (unsigned long long)info.errors,
	       (unsigned long long)info.timeouts, (unsigned long long)info.resets,
	       (unsigned long long)info.lost_irqs, (unsigned long long)info.spurious_irqs,
	       (unsigned long long)info.doorbells);
	for (unsigned int i = 0; i < info.vectors && i < STUNT_DMA_INFO_VECTORS; i++)
		printf(" irq%u=%llu", i, (unsigned long long)info.irq_counts[i]);
	printf(" generation=%llu\n", (unsigned long long)info.generation);
	return EXIT_OK;
}

static int fill_once(struct stunt_dma *dma, const struct options *opts, struct buffer *dst,
		     struct buffer *expected)
{
	struct stunt_dma_result result = {.channel = opts->how.channel};
	ptrdiff_t bad_at;
	char buf[48];
	int exit, ret;

	buffer_blank(dst);
	ret = stunt_dma_fill(dma, &opts->how, dst->data, opts->pattern, dst->len, &result);
	exit = exit_status(ret, result.status);
	bad_at = first_difference(dst->data, expected->data, dst->len);
	if (exit == EXIT_OK && (bad_at >= 0 || !buffer_guarded(dst)))
		exit = EXIT_DATA;
	printf("fill channel=%d size=%zu %s bytes=%llu descriptors=%u data=%s bad_at=%td\n",
	       (int)result.channel, dst->len, verdict(ret, result.status, buf),
	       (unsigned long long)result.bytes, result.descriptors, data_word(exit), bad_at);
	return exit;
}

int run_fill(struct stunt_dma *dma, const struct options *opts)
{
	struct buffer dst = {0}, expected = {0};
	int exit = EXIT_OK;

	if (!buffer_init(&dst, opts->dst_offset, opts->size) ||
	    !buffer_init(&expected, 0, opts->size))
		exit = no_memory(opts);
	else
		fill_pattern(expected.data, expected.len, opts->pattern);
	for (uint64_t n = 0; n < opts->count && exit == EXIT_OK; n++)
		exit = fill_once(dma, opts, &dst, &expected);
	buffer_clear(&dst);
	buffer_clear(&expected);
	return exit;
}

static int crc_once(struct stunt_dma *dma, const struct options *opts, const struct buffer *src)
{
	uint32_t own = crc32c(0, src->data, src->len);
	uint32_t expected = opts->has_expect ? opts->expect : own;
	struct stunt_dma_result result = {.channel = opts->how.channel};
	char buf[48];
	int ret = stunt_dma_crc_check(dma, &opts->how, src->data, src->len, expected, &result);

	printf("crc channel=%d size=%zu %s bytes=%llu descriptors=%u crc=%#010x expected=%#010x "
	       "cpu=%#010x\n",
	       (int)result.channel, src->len, verdict(ret, result.status, buf),
	       (unsigned long long)result.bytes, result.descriptors, result.crc, expected, own);
	/* A device that calls a wrong sum right is found out, too. */
	if (ret == 0 && result.status == STUNT_DMA_STATUS_OK && result.crc != own)
		return EXIT_DATA;
	return exit_status(ret, result.status);
}

int run_crc(struct stunt_dma *dma, const struct options *opts)
{
	struct buffer src = {0};
	int exit = EXIT_OK;

	if (!buffer_init(&src, opts->src_offset, opts->size))
		return no_memory(opts);
	for (uint64_t n = 0; n < opts->count && exit == EXIT_OK; n++) {
		fill_random(src.data, src.len, opts->seed + n);
		exit = crc_once(dma, opts, &src);
	}
	buffer_clear(&src);
	return exit;
}

static int compare_once(struct stunt_dma *dma, const struct options *opts, const struct buffer *a,
			const struct buffer *b)
{
	ptrdiff_t differs_at = first_difference(a->data, b->data, a->len);
	unsigned int expected =
		differs_at >= 0 ? STUNT_DMA_STATUS_MISMATCH : STUNT_DMA_STATUS_OK;
	struct stunt_dma_result result = {.channel = opts->how.channel};
	bool right;
	char buf[48];
	int ret = stunt_dma_compare(dma, &opts->how, a->data, b->data, a->len, &result);

	right = ret == 0 && result.status == expected &&
		(expected == STUNT_DMA_STATUS_OK || result.mismatch == (uint64_t)differs_at);
	printf("compare channel=%d size=%zu %s bytes=%llu descriptors=%u mismatch=%llu "
	       "differs_at=%td answer=%s\n",
	       (int)result.channel, a->len, verdict(ret, result.status, buf),
	       (unsigned long long)result.bytes, result.descriptors,
	       (unsigned long long)result.mismatch, differs_at, right ? "right" : "wrong");
	if (ret == 0 && result.status == STUNT_DMA_STATUS_OK && !right)
		return EXIT_DATA;
	return exit_status(ret, result.status);
}

int run_compare(struct stunt_dma *dma, const struct options *opts)
{
	struct buffer a = {0}, b = {0};
	int exit = EXIT_OK;

	if (!buffer_init(&a, opts->src_offset, opts->size) ||
	    !buffer_init(&b, opts->dst_offset, opts->size))
		exit = no_memory(opts);
	for (uint64_t n = 0; n < opts->count && exit == EXIT_OK; n++) {
		fill_random(a.data, a.len, opts->seed + n);
		fill_random(b.data, b.len, opts->seed + n);
		if (opts->has_differ && opts->differ < b.len)
			b.data[opts->differ] ^= 0xff;
		exit = compare_once(dma, opts, &a, &b);
	}
	buffer_clear(&a);
	buffer_clear(&b);
	return exit;
}

int run_reset(struct stunt_dma *dma, const struct options *opts)
{
	char buf[48];
	int ret = stunt_dma_channel_reset(dma, opts->how.channel);

	printf("reset channel=%u %s\n", opts->how.channel, verdict(ret, 0, buf));
	return exit_status(ret, 0);
}
