/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptor ring arithmetic: free-running 32-bit producer (tail) and consumer (head) indices over a
 * power-of-two ring in guest memory. Knows nothing of QEMU.
 */
#ifndef STUNT_CORE_RING_H
#define STUNT_CORE_RING_H

#include <stdbool.h>
#include <stdint.h>

struct stunt_ring {
    uint64_t base;       /* bus address of entry 0 */
    uint32_t log2;       /* log2 of the number of entries */
    uint32_t entry_size; /* bytes */
    uint32_t head;       /* first entry not consumed */
    uint32_t tail;       /* first entry not handed over */
};

enum stunt_ring_error {
    STUNT_RING_OK = 0,
    STUNT_RING_BAD_SIZE,   /* log2 out of [1, max_log2] */
    STUNT_RING_NULL,       /* base is 0 */
    STUNT_RING_MISALIGNED, /* base is no multiple of align */
    STUNT_RING_TOO_WIDE,   /* the ring does not fit into width address bits */
};

/* Checks the shape before the ring is used. `width` is 1 to 64 address bits, `align` a power of two. */
enum stunt_ring_error stunt_ring_check(const struct stunt_ring *ring, uint32_t max_log2, uint32_t align,
                                       unsigned width);

/* Entries handed over and not consumed. */
uint32_t stunt_ring_pending(const struct stunt_ring *ring);

/* False, and nothing changed, when the new tail would hand over more than the ring holds, or go back. */
bool stunt_ring_set_tail(struct stunt_ring *ring, uint32_t tail);

/* Bus address of the entry with this free-running index. */
uint64_t stunt_ring_addr(const struct stunt_ring *ring, uint32_t index);

/* 1 in odd rounds (the first is odd), 2 in even ones. */
uint8_t stunt_ring_phase(const struct stunt_ring *ring, uint32_t index);

/* True when [addr, addr + len) lies in `width` address bits; no overflow for any input; len 0 is false. */
bool stunt_addr_fits(uint64_t addr, uint64_t len, unsigned width);

/* True when the two ranges share a byte; no overflow for any input. */
bool stunt_ranges_overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len);

#endif
