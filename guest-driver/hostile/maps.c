// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings of the device file: made, touched, moved and dropped, all at once. */
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "hostile.h"

#define PAGE 4096u

static _Thread_local sigjmp_buf landing;
static _Thread_local volatile sig_atomic_t guarded;

static void on_fault(int sig)
{
	if (!guarded) {
		signal(sig, SIG_DFL);
		return;
	}
	siglongjmp(landing, 1);
}

void guard_install(void)
{
	struct sigaction action = {.sa_handler = on_fault};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static bool guarded_read(const volatile uint32_t *at, uint32_t *ret_value)
{
	volatile bool there = false;

	if (!sigsetjmp(landing, 1)) {
		guarded = 1;
		*ret_value = *at;
		there = true;
	}
	guarded = 0;
	return there;
}

static bool guarded_write(volatile uint32_t *at, uint32_t value)
{
	volatile bool there = false;

	if (!sigsetjmp(landing, 1)) {
		guarded = 1;
		*at = value;
		there = true;
	}
	guarded = 0;
	return there;
}

static const uint64_t offsets[] = {
	STUNT_DMA_MAP_QUEUE, STUNT_DMA_MAP_QUEUE, STUNT_DMA_MAP_QUEUE,
	STUNT_DMA_MAP_BAR,   STUNT_DMA_MAP_BOUNCE, STUNT_DMA_MAP_RING,
	STUNT_DMA_MAP_COMPS, 0x50000000,
};

static uint64_t some_offset(uint64_t *rng)
{
	uint64_t offset = offsets[random_below(rng, sizeof(offsets) / sizeof(offsets[0]))];

	if (chance(rng, 10))
		return random_word(rng) & 0x7ffffffffffff000;
	if (chance(rng, 30))
		offset += random_below(rng, 6) * STUNT_DMA_MAP_STRIDE;
	return offset + random_below(rng, 4) * PAGE * chance(rng, 40);
}

/* With privileges the registers are only looked at. */
static int some_prot(struct worker *w, uint64_t *rng, uint64_t offset)
{
	int prot = random_below(rng, 8);

	if (chance(rng, 60))
		prot = PROT_READ | PROT_WRITE;
	if (w->privileged && offset >> 28 == STUNT_DMA_MAP_BAR >> 28)
		prot &= ~PROT_WRITE;
	return prot;
}

static void map_one(struct worker *w, uint64_t *rng, unsigned int slot)
{
	int fd = w->files[random_below(rng, FILES)];
	uint64_t offset = some_offset(rng);
	size_t len = PAGE * (1 + random_below(rng, chance(rng, 80) ? 3 : MAP_SPAN / PAGE));
	int flags = chance(rng, 85) ? MAP_SHARED : MAP_PRIVATE;
	int prot = some_prot(w, rng, offset);

	/* Now and then one that is in order. */
	if (chance(rng, 50)) {
		offset &= 0x70000000;
		len = PAGE;
		flags = MAP_SHARED;
		prot &= PROT_READ | (offset < STUNT_DMA_MAP_RING ? PROT_WRITE : 0);
	}
	count(&counts->maps);
	if (mmap(w->region + slot * MAP_SPAN, len, prot, flags | MAP_FIXED, fd, offset) ==
	    MAP_FAILED)
		return;
	count(&counts->mapped);
	w->map_len[slot] = len;
}

/* Back to address space that is ours and empty. */
static void unmap_one(struct worker *w, uint64_t *rng, unsigned int slot)
{
	size_t at = chance(rng, 30) ? PAGE : 0;

	mmap(w->region + slot * MAP_SPAN + at, MAP_SPAN - at, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	w->map_len[slot] = at;
}

static void touch_one(struct worker *w, uint64_t *rng, unsigned int slot)
{
	uint8_t *place = w->region + slot * MAP_SPAN + random_below(rng, 3 * PAGE / 4) * 4;
	uint32_t *at = (uint32_t *)place;
	uint32_t value;
	bool there = chance(rng, 40) ? guarded_write(at, random_word(rng))
				     : guarded_read(at, &value);

	if (!there)
		count(&counts->faults);
}

/* Grown, shrunk, or moved onto another. */
static void move_one(struct worker *w, uint64_t *rng, unsigned int slot)
{
	uint8_t *to = w->region + random_below(rng, MAPS) * MAP_SPAN;
	uint8_t *from = w->region + slot * MAP_SPAN;
	size_t len = PAGE * (1 + random_below(rng, 8));

	if (to != from && w->map_len[slot])
		mremap(from, w->map_len[slot], len, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	/* Never a hole: the C library would fill it. */
	unmap_one(w, rng, slot);
}

/* The memory under a transfer goes, and comes back empty. */
static void pull_arena(struct worker *w, uint64_t *rng)
{
	size_t at = random_below(rng, ARENA / PAGE) * PAGE;
	size_t len = PAGE * (1 + random_below(rng, 16));

	if (len > ARENA - at)
		len = ARENA - at;
	if (chance(rng, 50))
		madvise(w->arena + at, len, MADV_DONTNEED);
	else
		mmap(w->arena + at, len, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

void do_map(struct worker *w, uint64_t *rng)
{
	unsigned int slot = random_below(rng, MAPS);
	/* A mapping of the registers that was made to be looked at stays so. */
	int prot = w->privileged ? PROT_READ : (int)random_below(rng, 8);

	switch (random_below(rng, 10)) {
	case 0:
	case 1:
	case 2:
		map_one(w, rng, slot);
		break;
	case 3:
		unmap_one(w, rng, slot);
		break;
	case 4:
		move_one(w, rng, slot);
		break;
	case 5:
		mprotect(w->region + slot * MAP_SPAN, PAGE, prot);
		break;
	case 6:
		pull_arena(w, rng);
		break;
	default:
		touch_one(w, rng, slot);
		break;
	}
}
