// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma copy: copies with threads, held against the processor's own idea of them. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "tool.h"

/* One thread's part. */
struct worker {
	struct stunt_dma *dma;
	const struct options *opts;
	struct stunt_dma_how how;
	unsigned int number;
	pthread_t thread;
	int exit;
	uint64_t bytes;
};

static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* What the copy left in memory. Gives the exit status, and the offset of what is wrong in `dst`. */
static int judge(const struct buffer *src, const struct buffer *dst, uint64_t seed,
		 ptrdiff_t *ret_bad_at)
{
	struct buffer fresh;
	int exit = EXIT_OK;

	*ret_bad_at = first_difference(dst->data, src->data, src->len);
	if (*ret_bad_at >= 0 || !buffer_guarded(dst) || !buffer_guarded(src))
		return EXIT_DATA;
	/* Both are the same, and must be what the seed makes. */
	if (!buffer_init(&fresh, 0, src->len))
		return EXIT_DEVICE;
	fill_random(fresh.data, fresh.len, seed);
	if (first_difference(fresh.data, src->data, src->len) >= 0)
		exit = EXIT_DATA;
	buffer_clear(&fresh);
	return exit;
}

/* The device sums what it has written; the processor has summed the source. */
static int sum_destination(struct worker *w, const struct buffer *src, const struct buffer *dst,
			   uint64_t n)
{
	struct stunt_dma_result result = {.channel = w->how.channel};
	uint32_t expected = crc32c(0, src->data, src->len);
	char buf[48];
	int ret = stunt_dma_crc_check(w->dma, &w->how, dst->data, dst->len, expected, &result);

	printf("crc thread=%u n=%llu size=%zu %s crc=%#010x expected=%#010x\n", w->number,
	       (unsigned long long)n, dst->len, verdict(ret, result.status, buf), result.crc,
	       expected);
	return exit_status(ret, result.status);
}

static int copy_once(struct worker *w, struct buffer *src, struct buffer *dst, uint64_t n)
{
	uint64_t seed = w->opts->seed + ((uint64_t)w->number << 32) + n;
	struct stunt_dma_result result = {.channel = w->how.channel};
	ptrdiff_t bad_at = -1;
	char buf[48];
	int exit, ret;

	buffer_blank(src);
	buffer_blank(dst);
	fill_random(src->data, src->len, seed);
	ret = stunt_dma_copy(w->dma, &w->how, dst->data, src->data, src->len, &result);
	exit = exit_status(ret, result.status);
	if (exit == EXIT_OK) {
		exit = judge(src, dst, seed, &bad_at);
		w->bytes += result.bytes;
	}
	printf("copy thread=%u n=%llu channel=%d size=%zu %s bytes=%llu descriptors=%u data=%s "
	       "bad_at=%td guards=%s\n",
	       w->number, (unsigned long long)n, (int)result.channel, src->len,
	       verdict(ret, result.status, buf), (unsigned long long)result.bytes,
	       result.descriptors, data_word(exit), bad_at, buffer_guarded(dst) ? "ok" : "harmed");
	return w->opts->crc && exit != EXIT_DEVICE ? worse(exit, sum_destination(w, src, dst, n))
						   : exit;
}

static void *work(void *data)
{
	struct worker *w = data;
	struct buffer src = {0}, dst = {0};

	if (!buffer_init(&src, w->opts->src_offset, w->opts->size) ||
	    !buffer_init(&dst, w->opts->dst_offset, w->opts->size)) {
		fprintf(stderr, "stunt-dma: no memory for %llu bytes\n",
			(unsigned long long)w->opts->size);
		w->exit = EXIT_DEVICE;
	}
	for (uint64_t n = 0; n < w->opts->count && w->exit != EXIT_DEVICE; n++)
		w->exit = worse(w->exit, copy_once(w, &src, &dst, n));
	buffer_clear(&src);
	buffer_clear(&dst);
	return NULL;
}

/* The first thread keeps the channel that was asked for; without one, each takes its own. */
static int start(struct worker *w, unsigned int channels)
{
	w->how = w->opts->how;
	if (w->opts->threads > 1 && w->how.channel == STUNT_DMA_CHANNEL_ANY)
		w->how.channel = w->number % channels;
	return pthread_create(&w->thread, NULL, work, w);
}

int run_copy(struct stunt_dma *dma, const struct options *opts)
{
	struct worker workers[64] = {{0}};
	struct stunt_dma_info info;
	uint64_t bytes = 0;
	unsigned int started = 0;
	int exit = EXIT_OK;

	if (stunt_dma_get_info(dma, &info) < 0)
		return EXIT_DEVICE;
	for (; started < opts->threads; started++) {
		workers[started] = (struct worker){.dma = dma, .opts = opts, .number = started};
		if (start(&workers[started], info.channels) != 0) {
			exit = EXIT_DEVICE;
			break;
		}
	}
	for (unsigned int i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		exit = worse(exit, workers[i].exit);
		bytes += workers[i].bytes;
	}
	printf("total threads=%u bytes=%llu exit=%d\n", started, (unsigned long long)bytes, exit);
	return exit;
}
