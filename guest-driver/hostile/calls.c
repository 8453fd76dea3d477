// SPDX-License-Identifier: GPL-2.0-or-later
/* ioctls: sensible ones that are then spoiled, and pure nonsense. */
#include <errno.h>
#include <string.h>

#include "hostile.h"

static const uint64_t odd_numbers[] = {
	0, 1, 7, 63, 64, 4095, 4096, 4097, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	0x7fffffffffff, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
};

static uint64_t odd_number(uint64_t *rng)
{
	return odd_numbers[random_below(rng, sizeof(odd_numbers) / sizeof(odd_numbers[0]))];
}

/* Memory that a transfer may have, or what only looks like it. Nothing of our own is there to be harmed. */
static uint64_t some_address(struct worker *w, uint64_t *rng)
{
	switch (random_below(rng, 12)) {
	case 0:
		return 0xffff888000000000 + (random_word(rng) & 0xffffff); /* the kernel's */
	case 1:
		return (uintptr_t)w->region + random_below(rng, (uint64_t)MAPS * MAP_SPAN);
	case 2:
		return (uintptr_t)w->arena + ARENA - random_below(rng, 9000); /* over the end */
	case 3:
		return (uintptr_t)w->arena + ARENA + random_below(rng, ARENA);
	case 4:
		return odd_number(rng) & ~0xfffffffff000 ? odd_number(rng) : 8;
	default:
		return (uintptr_t)w->arena + random_below(rng, ARENA);
	}
}

static uint64_t some_len(uint64_t *rng)
{
	switch (random_below(rng, 10)) {
	case 0:
		return odd_number(rng);
	case 1:
		return random_below(rng, 0x4000000);
	default:
		return 1 + random_below(rng, 20000);
	}
}

static uint32_t some_channel(uint64_t *rng)
{
	return chance(rng, 90) ? random_below(rng, 4)
			       : (chance(rng, 50) ? STUNT_DMA_CHANNEL_ANY : odd_number(rng));
}

static uint64_t some_timeout(uint64_t *rng)
{
	return chance(rng, 80) ? 1 + random_below(rng, 20000000) : odd_number(rng);
}

union args {
	struct stunt_dma_info info;
	struct stunt_dma_transfer transfer;
	struct stunt_dma_raw raw;
	struct stunt_dma_channel_reset reset;
	struct stunt_dma_scalar scalar;
	struct stunt_dma_queue queue;
	struct stunt_dma_submit submit;
	struct stunt_dma_cancel cancel;
	uint8_t bytes[8192];
};

static void make_transfer(struct worker *w, uint64_t *rng, union args *a)
{
	a->transfer = (struct stunt_dma_transfer){
		.size = sizeof(a->transfer),
		.channel = some_channel(rng),
		.op = random_below(rng, 6),
		.src = some_address(w, rng),
		.dst = some_address(w, rng),
		.len = some_len(rng),
		.arg = random_word(rng),
		.timeout_ns = some_timeout(rng),
	};
}

static void make_submit(struct worker *w, uint64_t *rng, union args *a)
{
	bool event = chance(rng, 40);

	a->submit = (struct stunt_dma_submit){
		.size = sizeof(a->submit),
		.flags = event ? STUNT_DMA_SUBMIT_EVENTFD : 0,
		.channel = some_channel(rng),
		.op = 1 + random_below(rng, 4),
		.src = some_address(w, rng),
		.dst = some_address(w, rng),
		.len = some_len(rng),
		.arg = random_word(rng),
		.timeout_ns = some_timeout(rng),
		.user_data = random_below(rng, 4),
		.eventfd = event ? w->event : 0,
	};
}

/* With privileges only what stays within the bounce buffer; else anything, as it is refused. */
static void make_raw(struct worker *w, uint64_t *rng, union args *a)
{
	a->raw = (struct stunt_dma_raw){
		.size = sizeof(a->raw),
		.channel = some_channel(rng),
		.src_base = STUNT_DMA_RAW_BOUNCE,
		.dst_base = STUNT_DMA_RAW_BOUNCE,
		.timeout_ns = 1 + random_below(rng, 20000000),
		.desc_src = random_below(rng, 32768),
		.desc_dst = 32768 + random_below(rng, 16384),
		.desc_len = random_below(rng, 16384),
		.desc_op = chance(rng, 80) ? random_below(rng, STUNT_DMA_OP_LINK) : 99,
		.desc_flags = chance(rng, 80),
		.in = chance(rng, 50) ? some_address(w, rng) : 0,
		.out = chance(rng, 50) ? (uintptr_t)w->arena : 0,
		.in_len = random_below(rng, 70000),
		.out_len = random_below(rng, 70000),
	};
	if (!w->privileged) {
		a->raw.desc_dst = random_word(rng);
		a->raw.dst_base = STUNT_DMA_RAW_LITERAL;
	}
}

static void make_scalar(struct worker *w, uint64_t *rng, union args *a)
{
	(void)w;
	a->scalar = (struct stunt_dma_scalar){
		.size = sizeof(a->scalar),
		.selector = random_below(rng, 5),
		.n_in = random_below(rng, 4),
		.n_out = random_below(rng, 3),
		.in = {random_below(rng, 5), random_below(rng, 4),
		       chance(rng, 50) ? random_below(rng, 50000000) : odd_number(rng)},
	};
}

static unsigned long make_call(struct worker *w, uint64_t *rng, union args *a)
{
	switch (random_below(rng, 12)) {
	case 0:
		a->info = (struct stunt_dma_info){.size = sizeof(a->info)};
		return STUNT_DMA_INFO;
	case 1:
	case 2:
		make_transfer(w, rng, a);
		return STUNT_DMA_TRANSFER;
	case 3:
		make_raw(w, rng, a);
		return STUNT_DMA_RAW;
	case 4:
		a->reset = (struct stunt_dma_channel_reset){
			.size = sizeof(a->reset), .channel = some_channel(rng)};
		return STUNT_DMA_CHANNEL_RESET;
	case 5:
		make_scalar(w, rng, a);
		return STUNT_DMA_SCALAR;
	case 6:
		a->queue = (struct stunt_dma_queue){
			.size = sizeof(a->queue),
			.entries = chance(rng, 90) ? 1u << random_below(rng, 13) : odd_number(rng)};
		return STUNT_DMA_QUEUE;
	case 7:
		a->cancel = (struct stunt_dma_cancel){.size = sizeof(a->cancel),
						      .flags = chance(rng, 20),
						      .user_data = random_below(rng, 4)};
		return STUNT_DMA_CANCEL;
	default:
		make_submit(w, rng, a);
		return STUNT_DMA_SUBMIT;
	}
}

/*
 * A word becomes another, the size too, which is the first. Not of a RAW that would be carried out: its addresses would
 * then be those of anybody.
 */
static void spoil(struct worker *w, uint64_t *rng, union args *a, unsigned long request)
{
	uint32_t word = chance(rng, 50) ? odd_number(rng) : random_word(rng);

	if (request == STUNT_DMA_RAW && w->privileged)
		return;
	memcpy(a->bytes + 4 * random_below(rng, _IOC_SIZE(request) / 4), &word, sizeof(word));
}

/* Where the structure is: at home, over the end of what is mapped, or somewhere else altogether. */
static void *place(struct worker *w, uint64_t *rng, union args *a, unsigned long request)
{
	uint8_t *edge = w->arena + ARENA - random_below(rng, _IOC_SIZE(request) + 1);

	if (chance(rng, 90))
		return a;
	if (chance(rng, 50))
		return (void *)(uintptr_t)some_address(w, rng);
	memcpy(edge, a, w->arena + ARENA - edge);
	return edge;
}

static unsigned long nonsense(uint64_t *rng)
{
	return chance(rng, 50) ? random_word(rng)
			       : _IOC(random_below(rng, 4), 'D', random_below(rng, 32),
				      random_below(rng, 300));
}

void do_call(struct worker *w, uint64_t *rng)
{
	int fd = w->files[random_below(rng, FILES)];
	union args a = {.bytes = {0}};
	unsigned long request = make_call(w, rng, &a);
	void *arg;
	int ret;

	if (chance(rng, 25))
		spoil(w, rng, &a, request);
	arg = place(w, rng, &a, request);
	if (chance(rng, 3) && !w->privileged)
		request = nonsense(rng);
	ret = ioctl(fd, request, arg);
	count(&counts->calls);
	count(ret < 0 ? &counts->refused : &counts->answered);
}
