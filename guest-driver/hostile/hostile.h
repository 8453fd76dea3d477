/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt-dma-hostile inside. A supervisor starts workers and ends them at random; each has a few threads that do
 * random things to the device file. Everything comes from one seed.
 *
 * What could harm the machine by right is left out: workers with privileges write no registers and hand over no
 * addresses of their own (STUNT_DMA_RAW reaches all memory), those without may try.
 */
#ifndef STUNT_DMA_HOSTILE_H
#define STUNT_DMA_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <stunt/regs/dma.h>
#include <stunt/uapi/dma.h>

#define FILES 6		 /* open files of a worker at the most */
#define MAPS 12		 /* mappings of a worker at the most */
#define MAP_SPAN 0x40000 /* bytes of address space for each of them */
#define ARENA 0x100000	 /* bytes of memory for transfers */

/* Counted by all processes together. */
struct counts {
	uint64_t calls, answered, refused, maps, mapped, faults, forks, workers, killed, crashed,
		binds, resets, signals;
};

/* A worker; its threads share it, and race for it on purpose. */
struct worker {
	bool privileged;
	const char *device;
	int files[FILES]; /* -1: none */
	int event;
	uint8_t *arena;	 /* ARENA bytes, then as many that are not mapped */
	uint8_t *region; /* MAPS times MAP_SPAN, where mappings come and go */
	size_t map_len[MAPS];
};

extern struct counts *counts;

static inline void count(uint64_t *what)
{
	__atomic_fetch_add(what, 1, __ATOMIC_RELAXED);
}

/* splitmix64; each thread has a state of its own. */
uint64_t random_word(uint64_t *state);
/* 0 to n - 1 */
uint64_t random_below(uint64_t *state, uint64_t n);
bool chance(uint64_t *state, unsigned int percent);

/* Mappings may be touched that are not there any more. */
void guard_install(void);

/* One random deed each. */
void do_call(struct worker *w, uint64_t *rng);
void do_map(struct worker *w, uint64_t *rng);
void do_file(struct worker *w, uint64_t *rng);
void do_fork(struct worker *w, uint64_t *rng);
/* A few dozen of all of them, then the end. */
void worker_run(const char *device, bool privileged, uint64_t seed, unsigned int pace_us);

#endif
