// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma submit: requests that run by themselves, on one open file or on several. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tool.h"

#define PATIENCE_MS 20000 /* for the next completion */

/* Memory of one request. */
struct slot {
	struct buffer src, dst;
	uint64_t user_data;
	bool busy;
};

/* One open file. */
struct stream {
	struct stunt_dma *dma;
	unsigned int number;
	int event; /* eventfd, or -1 */
	struct slot *slots;
	size_t n_slots;
	uint64_t next, accepted, refused, completed, failed, signals;
	int exit;
};

struct submitter {
	const struct options *opts;
	struct stream *streams;
	size_t n_streams;
	int epoll;
};

static int slot_init(struct slot *slot, const struct options *opts)
{
	if (!buffer_init(&slot->src, opts->src_offset, opts->size) ||
	    !buffer_init(&slot->dst, opts->dst_offset, opts->size))
		return -ENOMEM;
	return 0;
}

/* One slot more than the queue has entries, so that it is the driver who refuses. */
static int stream_init(struct stream *s, const struct options *opts)
{
	int ret = stunt_dma_queue_open(s->dma, opts->entries);

	if (ret < 0)
		return ret;
	s->n_slots = opts->entries + 1;
	s->slots = calloc(s->n_slots, sizeof(*s->slots));
	if (!s->slots)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_slots && ret == 0; i++)
		ret = slot_init(&s->slots[i], opts);
	s->event = opts->eventfd ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
	return ret < 0 || !opts->eventfd || s->event >= 0 ? ret : -errno;
}

static void stream_clear(struct stream *s)
{
	for (size_t i = 0; s->slots && i < s->n_slots; i++) {
		buffer_clear(&s->slots[i].src);
		buffer_clear(&s->slots[i].dst);
	}
	free(s->slots);
	if (s->event >= 0)
		close(s->event);
	if (s->number > 0)
		stunt_dma_close(s->dma);
}

static struct slot *free_slot(struct stream *s)
{
	for (size_t i = 0; i < s->n_slots; i++)
		if (!s->slots[i].busy)
			return &s->slots[i];
	return NULL;
}

static uint64_t seed_of(const struct stream *s, const struct options *opts, uint64_t n)
{
	return opts->seed + ((uint64_t)s->number << 32) + n;
}

static int submit_one(struct stream *s, const struct options *opts, struct slot *slot)
{
	struct stunt_dma_request request = {
		.op = opts->op,
		.src = slot->src.data,
		.dst = slot->dst.data,
		.len = slot->src.len,
		.arg = opts->op == STUNT_DMA_OP_FILL ? opts->pattern : 0,
		.user_data = s->next,
		.has_eventfd = s->event >= 0,
		.eventfd = s->event,
	};

	buffer_blank(&slot->dst);
	fill_random(slot->src.data, slot->src.len, seed_of(s, opts, s->next));
	if (opts->op == STUNT_DMA_OP_COMPARE)
		memcpy(slot->dst.data, slot->src.data, slot->src.len);
	return stunt_dma_submit(s->dma, &opts->how, &request);
}

/* As many as are taken. */
static int submit_all(struct stream *s, const struct options *opts)
{
	struct slot *slot;
	int ret = 0;

	while (s->next < opts->count && (slot = free_slot(s))) {
		ret = submit_one(s, opts, slot);
		if (ret < 0)
			break;
		slot->busy = true;
		slot->user_data = s->next++;
		s->accepted++;
	}
	if (ret == -EAGAIN)
		s->refused++;
	return ret == -EAGAIN ? 0 : ret;
}

static int judge(const struct options *opts, const struct slot *slot, uint32_t crc)
{
	struct buffer expected;
	int exit = EXIT_OK;

	if (!buffer_guarded(&slot->dst))
		return EXIT_DATA;
	if (opts->op == STUNT_DMA_OP_CRC32C)
		return crc == crc32c(0, slot->src.data, slot->src.len) ? EXIT_OK : EXIT_DATA;
	if (opts->op != STUNT_DMA_OP_FILL)
		return memcmp(slot->dst.data, slot->src.data, slot->dst.len) ? EXIT_DATA : EXIT_OK;
	if (!buffer_init(&expected, 0, slot->dst.len))
		return EXIT_DEVICE;
	fill_pattern(expected.data, expected.len, opts->pattern);
	if (memcmp(expected.data, slot->dst.data, expected.len))
		exit = EXIT_DATA;
	buffer_clear(&expected);
	return exit;
}

static struct slot *slot_of(struct stream *s, uint64_t user_data)
{
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slots[i].busy && s->slots[i].user_data == user_data)
			return &s->slots[i];
	return NULL;
}

static void complete(struct stream *s, const struct options *opts,
		     const struct stunt_dma_completion *c)
{
	struct slot *slot = slot_of(s, c->user_data);
	int exit = exit_status(c->error, c->status);
	char buf[48];

	if (!slot)
		exit = EXIT_DATA;
	else if (exit == EXIT_OK)
		exit = judge(opts, slot, c->crc);
	printf("done file=%u n=%llu channel=%u %s bytes=%llu descriptors=%u data=%s\n", s->number,
	       (unsigned long long)c->user_data, c->channel, verdict(c->error, c->status, buf),
	       (unsigned long long)c->bytes, c->descriptors, slot ? data_word(exit) : "unasked");
	s->completed++;
	s->failed += exit != EXIT_OK;
	s->exit = exit > s->exit ? exit : s->exit;
	if (slot)
		slot->busy = false;
}

static void count_signals(struct stream *s)
{
	uint64_t signals;

	if (s->event >= 0 && read(s->event, &signals, sizeof(signals)) == sizeof(signals))
		s->signals += signals;
}

/* The signal comes behind its completion, which may have been found before. */
static void await_signals(struct stream *s)
{
	struct pollfd poll_fd = {.fd = s->event, .events = POLLIN};

	while (s->event >= 0 && s->signals < s->completed && poll(&poll_fd, 1, PATIENCE_MS) == 1)
		count_signals(s);
}

static void take_all(struct stream *s, const struct options *opts)
{
	struct stunt_dma_completion c;

	count_signals(s);
	while (stunt_dma_take(s->dma, &c) == 1)
		complete(s, opts, &c);
}

static bool finished(const struct submitter *sub)
{
	for (size_t i = 0; i < sub->n_streams; i++)
		if (sub->streams[i].completed < sub->opts->count)
			return false;
	return true;
}

/* Until all requests of the file have ended, with nobody taking their completions. */
static int wait_for_end(struct stream *s)
{
	uint64_t jobs, left;
	int ret = 0;

	do {
		left = 0;
		for (unsigned int ch = 0; ch < STUNT_DMA_CH_CTRL_COUNT && ret == 0; ch++) {
			ret = stunt_dma_get_param(s->dma, ch, STUNT_DMA_PARAM_JOBS, &jobs);
			left += ret == 0 ? jobs : 0;
		}
		usleep(1000);
	} while (ret == 0 && left);
	return ret;
}

/* What is asked for between the first requests and their completions. */
static void interlude(struct submitter *sub)
{
	const struct options *opts = sub->opts;
	struct stream *s = &sub->streams[0];
	unsigned int found = 0;
	char buf[48];
	int ret;

	if (opts->has_cancel || opts->cancel_all) {
		ret = opts->cancel_all ? stunt_dma_cancel_all(s->dma, &found)
				       : stunt_dma_cancel(s->dma, opts->cancel, &found);
		printf("cancel found=%u %s\n", found, verdict(ret, 0, buf));
	}
	if (opts->keep) {
		ret = wait_for_end(s);
		if (ret == 0)
			ret = submit_one(s, opts, free_slot(s));
		printf("full accepted=%llu %s\n", (unsigned long long)s->accepted,
		       verdict(ret, 0, buf));
	}
	if (opts->leave) {
		printf("leave in_work=%llu\n", (unsigned long long)s->accepted);
		_exit(EXIT_OK);
	}
	if (opts->hold_ms)
		usleep(opts->hold_ms * 1000);
}

/*
 * The next sign of life of any file. Its end is no sign: completions come before it, or not at all. Sleep of the system
 * ends the wait, and nothing is wrong.
 */
static int wait_any(struct submitter *sub)
{
	struct epoll_event event;
	int n = epoll_wait(sub->epoll, &event, 1, PATIENCE_MS);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n == 1 && !(event.events & EPOLLIN))
		usleep(1000);
	return n == 1 ? 0 : n == 0 ? -ETIME : -errno;
}

static int drive(struct submitter *sub)
{
	bool first = true;
	int ret = 0;

	while (ret == 0 && !finished(sub)) {
		for (size_t i = 0; i < sub->n_streams && ret == 0; i++)
			ret = submit_all(&sub->streams[i], sub->opts);
		if (ret == 0 && first)
			interlude(sub);
		first = false;
		if (ret == 0)
			ret = wait_any(sub);
		for (size_t i = 0; i < sub->n_streams; i++)
			take_all(&sub->streams[i], sub->opts);
	}
	for (size_t i = 0; i < sub->n_streams; i++)
		await_signals(&sub->streams[i]);
	return ret;
}

static int open_all(struct submitter *sub, struct stunt_dma *dma)
{
	for (size_t i = 0; i < sub->opts->files; i++) {
		struct stream *s = &sub->streams[i];
		struct epoll_event event = {.events = EPOLLIN};
		int ret = 0;

		s->number = i;
		s->event = -1;
		s->dma = dma;
		if (i > 0)
			ret = stunt_dma_open(sub->opts->device, &s->dma);
		if (ret < 0)
			return ret;
		sub->n_streams++;
		ret = stream_init(s, sub->opts);
		if (ret < 0)
			return ret;
		if (epoll_ctl(sub->epoll, EPOLL_CTL_ADD,
			      s->event >= 0 ? s->event : stunt_dma_fd(s->dma), &event) < 0)
			return -errno;
	}
	return 0;
}

static int report(const struct submitter *sub, int ret)
{
	unsigned long long accepted = 0, refused = 0, completed = 0, failed = 0, signals = 0;
	unsigned int told, lost, overflow = 0;
	int exit = exit_status(ret, 0);
	char buf[48];

	for (size_t i = 0; i < sub->n_streams; i++) {
		const struct stream *s = &sub->streams[i];

		stunt_dma_queue_counts(s->dma, &told, &lost);
		overflow += lost;
		accepted += s->accepted;
		refused += told;
		completed += s->completed;
		failed += s->failed;
		signals += s->signals;
		exit = s->exit > exit ? s->exit : exit;
	}
	printf("submit files=%zu accepted=%llu refused=%llu completed=%llu failed=%llu "
	       "overflow=%u signals=%llu %s exit=%d\n",
	       sub->n_streams, accepted, refused, completed, failed, overflow, signals,
	       verdict(ret, 0, buf), exit);
	return exit;
}

int run_submit(struct stunt_dma *dma, const struct options *opts)
{
	struct submitter sub = {.opts = opts, .epoll = epoll_create1(EPOLL_CLOEXEC)};
	int ret, exit;

	sub.streams = calloc(opts->files, sizeof(*sub.streams));
	ret = sub.streams && sub.epoll >= 0 ? open_all(&sub, dma) : -ENOMEM;
	if (ret == 0)
		ret = drive(&sub);
	exit = report(&sub, ret);
	for (size_t i = 0; i < sub.n_streams; i++)
		stream_clear(&sub.streams[i]);
	free(sub.streams);
	close(sub.epoll);
	return exit;
}
