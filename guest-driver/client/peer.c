// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma peer: into the memory of another device and back, with guards around it there, too. */
#include <stdio.h>

#include "tool.h"

#define GUARD 64u

/* One way between a buffer and the other device; 0, or what to print and exit with. */
static int go(struct stunt_dma *dma, struct stunt_dma *other, const struct options *opts, bool from,
	      struct buffer *buf, uint64_t offset, struct stunt_dma_result *result)
{
	return stunt_dma_peer(dma, &opts->how, other, from, buf->data, buf->len, offset, result);
}

struct trip {
	struct buffer src, dst, around;
	struct stunt_dma_result there, back;
};

/* The guards in the other device, where there is room for them. */
static uint64_t guard_start(const struct options *opts)
{
	return opts->offset < GUARD ? opts->offset : opts->offset - GUARD;
}

static bool trip_init(struct trip *trip, const struct options *opts)
{
	uint64_t before = opts->offset - guard_start(opts);

	return buffer_init(&trip->src, opts->src_offset, opts->size) &&
	       buffer_init(&trip->dst, opts->dst_offset, opts->size) &&
	       buffer_init(&trip->around, 0, before + opts->size);
}

static void trip_clear(struct trip *trip)
{
	buffer_clear(&trip->src);
	buffer_clear(&trip->dst);
	buffer_clear(&trip->around);
}

/* Blanks there, then the data, then all of it back. */
static int trip_run(struct trip *trip, struct stunt_dma *dma, struct stunt_dma *other,
		    const struct options *opts)
{
	int ret;

	buffer_blank(&trip->dst);
	buffer_blank(&trip->around);
	fill_random(trip->src.data, trip->src.len, opts->seed);
	ret = go(dma, other, opts, false, &trip->around, guard_start(opts), &trip->there);
	if (ret == 0 && trip->there.status == STUNT_DMA_STATUS_OK)
		ret = go(dma, other, opts, false, &trip->src, opts->offset, &trip->there);
	if (ret == 0 && trip->there.status == STUNT_DMA_STATUS_OK)
		ret = go(dma, other, opts, true, &trip->dst, opts->offset, &trip->back);
	fill_random(trip->around.data, trip->around.len, ~opts->seed);
	if (ret == 0 && trip->there.status == STUNT_DMA_STATUS_OK)
		ret = go(dma, other, opts, true, &trip->around, guard_start(opts), &trip->back);
	return ret;
}

static bool trip_guarded(const struct trip *trip)
{
	size_t before = trip->around.len - trip->src.len;
	uint8_t blank = trip->dst.data[-1];

	for (size_t i = 0; i < before; i++) {
		if (trip->around.data[i] != blank)
			return false;
	}
	return buffer_guarded(&trip->dst);
}

static int trip_tell(const struct trip *trip, int ret)
{
	unsigned int status = trip->there.status ? trip->there.status : trip->back.status;
	int exit = exit_status(ret, status);
	char buf[48];

	if (exit == EXIT_OK && (first_difference(trip->dst.data, trip->src.data, trip->src.len) >= 0 ||
				!trip_guarded(trip)))
		exit = EXIT_DATA;
	printf("peer channel=%d size=%zu %s bytes=%llu descriptors=%u peer_size=%llu data=%s guards=%s\n",
	       (int)trip->there.channel, trip->src.len, verdict(ret, status, buf),
	       (unsigned long long)trip->there.bytes, trip->there.descriptors,
	       (unsigned long long)trip->there.peer_size, data_word(exit),
	       trip_guarded(trip) ? "ok" : "harmed");
	return exit;
}

int run_peer(struct stunt_dma *dma, const struct options *opts)
{
	struct stunt_dma *other = NULL;
	struct trip trip = {.there.channel = opts->how.channel};
	int exit, ret = stunt_dma_open(opts->peer, &other);
	char buf[48];

	if (ret < 0) {
		printf("peer peer=%s %s\n", opts->peer, verdict(ret, 0, buf));
		return EXIT_DEVICE;
	}
	if (trip_init(&trip, opts)) {
		exit = trip_tell(&trip, trip_run(&trip, dma, other, opts));
	} else {
		fprintf(stderr, "stunt-dma: no memory for %llu bytes\n",
			(unsigned long long)opts->size);
		exit = EXIT_DEVICE;
	}
	trip_clear(&trip);
	stunt_dma_close(other);
	return exit;
}
