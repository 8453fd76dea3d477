/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors of the ring are the device's from the doorbell to their completion. They are looked at when they
 * are handed over, fetched and completed, without an event; one that has changed meanwhile is misuse. Of many at
 * once only the first STUNT_DMA_OWNED are watched, so that a doorbell stays cheap.
 */
#include "qemu/osdep.h"
#include "dma/dma.h"

#define HASH_PRIME UINT64_C(0x9e3779b97f4a7c15)

/* False when the device cannot look now: then nothing is said of the descriptor. */
static bool look(StuntDmaChannel *ch, uint32_t index, uint64_t *ret_hash)
{
    uint64_t word[sizeof(struct stunt_dma_desc) / sizeof(uint64_t)], hash = 0;

    if (!stunt_dma_peek(STUNT_PCI(ch->dma), stunt_ring_addr(&ch->ring, index), word, sizeof(word))) {
        return false;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(word); i++) {
        hash = (hash ^ word[i]) * HASH_PRIME;
        hash ^= hash >> 32;
    }
    *ret_hash = hash;
    return true;
}

void stunt_dma_owned_take(StuntDmaChannel *ch, uint32_t first)
{
    StuntDmaOwned *owned = &ch->owned;

    if (ch->halted) {
        return; /* the ring may be one that was refused */
    }
    if (owned->to != first) {
        owned->from = owned->to = first;
    }
    while (owned->to != ch->ring.tail && owned->to - owned->from < STUNT_DMA_OWNED &&
           look(ch, owned->to, &owned->hash[owned->to % STUNT_DMA_OWNED])) {
        owned->to++;
    }
}

/* Told once, and then the new one is what counts. */
void stunt_dma_owned_compare(StuntDmaChannel *ch)
{
    StuntDmaOwned *owned = &ch->owned;
    uint32_t index = ch->ring.head;
    uint64_t *known = &owned->hash[index % STUNT_DMA_OWNED];
    uint64_t hash;

    if (index - owned->from >= owned->to - owned->from || !look(ch, index, &hash) || hash == *known) {
        return;
    }
    *known = hash;
    stunt_pci_misuse(STUNT_PCI(ch->dma), STUNT_DMA_MISUSE_DESC_CHANGED, stunt_ring_addr(&ch->ring, index),
                     index);
}

void stunt_dma_owned_done(StuntDmaChannel *ch)
{
    StuntDmaOwned *owned = &ch->owned;

    stunt_dma_owned_compare(ch);
    if (ch->ring.head - owned->from < owned->to - owned->from) {
        owned->from = ch->ring.head + 1;
    }
}
