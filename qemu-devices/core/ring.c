/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ring.h"

/* Indices have 32 bits, and the phase needs an even number of rounds before they wrap. */
#define RING_LOG2_LIMIT 31u

static uint32_t ring_mask(const struct stunt_ring *ring)
{
    return ring->log2 <= RING_LOG2_LIMIT ? (UINT32_C(1) << ring->log2) - 1 : UINT32_MAX;
}

enum stunt_ring_error stunt_ring_check(const struct stunt_ring *ring, uint32_t max_log2, uint32_t align,
                                       unsigned width)
{
    uint64_t bytes;

    if (ring->log2 < 1 || ring->log2 > max_log2 || ring->log2 > RING_LOG2_LIMIT) {
        return STUNT_RING_BAD_SIZE;
    }
    if (ring->base == 0) {
        return STUNT_RING_NULL;
    }
    if (align > 1 && (ring->base & (align - 1)) != 0) {
        return STUNT_RING_MISALIGNED;
    }
    bytes = (uint64_t)ring->entry_size << ring->log2;
    return stunt_addr_fits(ring->base, bytes, width) ? STUNT_RING_OK : STUNT_RING_TOO_WIDE;
}

uint32_t stunt_ring_pending(const struct stunt_ring *ring)
{
    return ring->tail - ring->head;
}

bool stunt_ring_set_tail(struct stunt_ring *ring, uint32_t tail)
{
    uint32_t pending = tail - ring->head;

    /* Counted from head, so that the wrap of the indices does not matter. */
    if (pending < stunt_ring_pending(ring) || pending > (uint64_t)ring_mask(ring) + 1) {
        return false;
    }
    ring->tail = tail;
    return true;
}

uint64_t stunt_ring_addr(const struct stunt_ring *ring, uint32_t index)
{
    return ring->base + (uint64_t)(index & ring_mask(ring)) * ring->entry_size;
}

uint8_t stunt_ring_phase(const struct stunt_ring *ring, uint32_t index)
{
    uint32_t round = ring->log2 <= RING_LOG2_LIMIT ? index >> ring->log2 : 0;

    return (round & 1) ? 2 : 1;
}

bool stunt_addr_fits(uint64_t addr, uint64_t len, unsigned width)
{
    uint64_t last = width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;

    return len != 0 && addr <= last && len - 1 <= last - addr;
}

bool stunt_ranges_overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
    if (a_len == 0 || b_len == 0) {
        return false;
    }
    return a <= b ? b - a < a_len : a - b < b_len;
}
