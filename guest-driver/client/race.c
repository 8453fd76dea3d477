// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma race: threads that do different things to one open file at the same time. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "tool.h"

#define PATIENCE_MS 20000

struct racer {
	struct stunt_dma *dma;
	const struct options *opts;
	pthread_t thread;
	uint64_t done;
	int ret;
};

/* Held up by the device for a while each time. */
static void *raw_thread(void *data)
{
	struct racer *r = data;

	for (; r->done < r->opts->count && r->ret == 0; r->done++) {
		struct stunt_dma_raw raw = {
			.channel = r->opts->how.channel,
			.src_base = STUNT_DMA_RAW_BOUNCE,
			.dst_base = STUNT_DMA_RAW_BOUNCE,
			.desc_dst = STUNT_DMA_BOUNCE_SIZE / 2,
			.desc_len = STUNT_DMA_BOUNCE_SIZE / 2,
			.desc_op = STUNT_DMA_OP_COPY,
			.desc_flags = STUNT_DMA_DESC_IRQ,
		};

		r->ret = stunt_dma_raw(r->dma, &raw);
		if (r->ret == 0 && raw.status != STUNT_DMA_STATUS_OK)
			r->ret = -EIO;
	}
	return NULL;
}

static void *copy_thread(void *data)
{
	struct racer *r = data;
	struct buffer src, dst;

	if (!buffer_init(&src, 0, r->opts->size) || !buffer_init(&dst, 0, r->opts->size)) {
		r->ret = -ENOMEM;
		return NULL;
	}
	fill_random(src.data, src.len, r->opts->seed);
	for (; r->done < r->opts->count && r->ret == 0; r->done++) {
		struct stunt_dma_result result;

		buffer_blank(&dst);
		r->ret = stunt_dma_copy(r->dma, &r->opts->how, dst.data, src.data, src.len, &result);
		if (r->ret == 0 && first_difference(dst.data, src.data, src.len) >= 0)
			r->ret = -EIO;
	}
	buffer_clear(&src);
	buffer_clear(&dst);
	return NULL;
}

/* A request and its end, whichever way it ended. */
static int submit_and_cancel(struct racer *r, struct buffer *buf)
{
	struct stunt_dma_request request = {
		.op = STUNT_DMA_OP_FILL, .dst = buf->data, .len = buf->len, .user_data = r->done};
	struct pollfd poll_fd = {.fd = stunt_dma_fd(r->dma), .events = POLLIN};
	struct stunt_dma_completion c;
	int ret = stunt_dma_submit(r->dma, &r->opts->how, &request);

	if (ret == 0)
		ret = stunt_dma_cancel_all(r->dma, NULL);
	if (ret < 0)
		return ret;
	if (poll(&poll_fd, 1, PATIENCE_MS) != 1 || stunt_dma_take(r->dma, &c) != 1)
		return -ETIME;
	return c.error == -ECANCELED ? 0 : c.error;
}

static void *cancel_thread(void *data)
{
	struct racer *r = data;
	struct buffer buf;

	if (!buffer_init(&buf, 0, r->opts->size)) {
		r->ret = -ENOMEM;
		return NULL;
	}
	for (; r->done < r->opts->count && r->ret == 0; r->done++) {
		r->ret = submit_and_cancel(r, &buf);
		usleep(500);
	}
	buffer_clear(&buf);
	return NULL;
}

int run_race(struct stunt_dma *dma, const struct options *opts)
{
	static const struct {
		const char *name;
		void *(*run)(void *data);
	} kinds[] = {{"raw", raw_thread}, {"copy", copy_thread}, {"cancel", cancel_thread}};
	struct racer racers[3] = {{0}};
	int exit = exit_status(stunt_dma_queue_open(dma, opts->entries), 0);
	char buf[48];

	if (exit != EXIT_OK)
		return exit;
	for (size_t i = 0; i < 3; i++) {
		racers[i] = (struct racer){.dma = dma, .opts = opts};
		if (pthread_create(&racers[i].thread, NULL, kinds[i].run, &racers[i]))
			return EXIT_DEVICE;
	}
	for (size_t i = 0; i < 3; i++) {
		pthread_join(racers[i].thread, NULL);
		printf("race kind=%s done=%llu %s\n", kinds[i].name,
		       (unsigned long long)racers[i].done, verdict(racers[i].ret, 0, buf));
		exit = racers[i].ret < 0 ? EXIT_DEVICE : exit;
	}
	return exit;
}
