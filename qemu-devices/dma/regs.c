/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What register writes do, and the way from causes to interrupts. */
#include "qemu/osdep.h"
#include "dma/dma.h"

void stunt_dma_cause(StuntDma *dma, uint32_t bits, bool ask)
{
    StuntPCI *dev = STUNT_PCI(dma);

    stunt_pci_set_reg(dev, STUNT_DMA_INT_STATUS, 0, stunt_pci_reg(dev, STUNT_DMA_INT_STATUS, 0) | bits);
    if (ask) {
        dma->signal |= bits;
        dma->fresh |= bits;
    }
}

static uint32_t wanted_vectors(StuntDma *dma)
{
    StuntPCI *dev = STUNT_PCI(dma);

    if (!(stunt_pci_reg(dev, STUNT_DMA_CTRL, 0) & STUNT_DMA_CTRL_IRQ_ENABLE)) {
        return 0;
    }
    return dma->signal & ~stunt_pci_reg(dev, STUNT_DMA_INT_MASK, 0);
}

/* Bits of INT_STATUS and vectors have the same numbers. */
static void raise_vectors(StuntDma *dma, uint32_t fresh)
{
    uint32_t wanted = wanted_vectors(dma);
    uint32_t raise = wanted & (fresh | ~dma->live);
    uint32_t lower = dma->live & ~wanted;

    QEMU_BUILD_BUG_ON(STUNT_DMA_INT_STATUS_CH_DONE_SHIFT != STUNT_DMA_VEC_CH0_DONE ||
                      STUNT_DMA_INT_STATUS_ERROR_SHIFT != STUNT_DMA_VEC_ERROR ||
                      STUNT_DMA_INT_STATUS_PEER_SHIFT != STUNT_DMA_VEC_PEER);
    dma->live = wanted;
    for (unsigned vector = 0; vector < STUNT_DMA_VECTORS; vector++) {
        /* a message may have reset us: then nothing is live any more */
        if (raise & dma->live & (1u << vector)) {
            stunt_irq_raise(STUNT_PCI(dma), vector);
        } else if (lower & (1u << vector)) {
            stunt_irq_lower(STUNT_PCI(dma), vector);
        }
    }
}

void stunt_dma_signal(StuntDma *dma)
{
    uint32_t fresh = dma->fresh, again = dma->again;

    dma->fresh = dma->again = 0;
    raise_vectors(dma, fresh);
    if (again) {
        raise_vectors(dma, again);
    }
}

static void put_back(StuntPCI *dev, const struct stunt_reg_access *access)
{
    stunt_pci_set_reg(dev, access->info->offset, access->index, access->old);
}

static void misused(StuntDmaChannel *ch, unsigned kind, const struct stunt_reg_access *access)
{
    stunt_pci_misuse(STUNT_PCI(ch->dma), kind, access->info->offset + access->index * access->info->stride,
                     access->value);
    put_back(STUNT_PCI(ch->dma), access);
}

/* Strongest first: a reset leaves nothing of the rest of the word to do. */
static void control_written(StuntDmaChannel *ch, const struct stunt_reg_access *access)
{
    if (access->requested & STUNT_DMA_CH_CTRL_RESET) {
        stunt_dma_channel_reset(ch);
        return;
    }
    if (access->requested & STUNT_DMA_CH_CTRL_ABORT) {
        stunt_dma_channel_abort(ch);
    }
    if (access->value & ~access->old & STUNT_DMA_CH_CTRL_ENABLE) {
        stunt_dma_channel_enable(ch);
    }
    if (access->value & ~access->old & STUNT_DMA_CH_CTRL_PAUSE) {
        stunt_dma_channel_sleep(ch);
    } else if (access->old & ~access->value & STUNT_DMA_CH_CTRL_PAUSE) {
        stunt_dma_channel_wake(ch);
    }
    stunt_dma_moderate(ch);
    stunt_dma_channel_kick(ch);
}

static void ring_written(StuntDmaChannel *ch, const struct stunt_reg_access *access)
{
    uint32_t control = stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_CTRL, ch->index);

    if ((control & STUNT_DMA_CH_CTRL_ENABLE) || stunt_dma_channel_busy(ch)) {
        misused(ch, STUNT_DMA_MISUSE_RING_LIVE_WRITE, access);
    }
}

static void tail_written(StuntDmaChannel *ch, const struct stunt_reg_access *access)
{
    uint32_t control = stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_CTRL, ch->index);
    uint32_t before = ch->ring.tail;

    if (!(control & STUNT_DMA_CH_CTRL_ENABLE)) {
        misused(ch, STUNT_DMA_MISUSE_DISABLED_DOORBELL, access);
    } else if (access->value == before) {
        misused(ch, STUNT_DMA_MISUSE_EMPTY_DOORBELL, access);
    } else if (!stunt_ring_set_tail(&ch->ring, access->value)) {
        misused(ch, STUNT_DMA_MISUSE_BAD_TAIL, access);
    } else {
        stunt_dma_owned_take(ch, before);
        stunt_dma_channel_kick(ch);
    }
}

/* A driver that acknowledges looks at the ring next: what is held back is seen there. */
static void acknowledged(StuntDma *dma, uint32_t left)
{
    dma->signal &= left;
    for (unsigned i = 0; i < STUNT_DMA_CHANNELS; i++) {
        if (!(left & (1u << i))) {
            stunt_dma_moderate_forget(&dma->channel[i]);
        }
    }
}

static void channel_written(StuntDmaChannel *ch, const struct stunt_reg_access *access)
{
    switch (access->info->offset) {
    case STUNT_DMA_CH_CTRL:
        control_written(ch, access);
        break;
    case STUNT_DMA_CH_TAIL:
        tail_written(ch, access);
        break;
    case STUNT_DMA_CH_RING_LO:
    case STUNT_DMA_CH_RING_HI:
    case STUNT_DMA_CH_COMP_LO:
    case STUNT_DMA_CH_COMP_HI:
    case STUNT_DMA_CH_RING_SIZE:
        ring_written(ch, access);
        break;
    case STUNT_DMA_CH_MODERATE:
        stunt_dma_moderate(ch);
        break;
    }
}

void stunt_dma_reg_written(StuntPCI *dev, const struct stunt_reg_access *access)
{
    StuntDma *dma = STUNT_DMA(dev);

    if (access->info->count == STUNT_DMA_CHANNELS) {
        channel_written(&dma->channel[access->index], access);
    } else if (access->info->offset == STUNT_DMA_CTRL && (access->requested & STUNT_DMA_CTRL_RESET)) {
        stunt_pci_soft_reset(dev);
    } else if (access->info->offset == STUNT_DMA_INT_STATUS) {
        acknowledged(dma, access->value);
    } else if (access->info->offset == STUNT_DMA_PEER_RING) {
        stunt_dma_peer_ring(dma, access);
    } else if (access->info->offset == STUNT_DMA_PEER_STATUS) {
        stunt_dma_peer_cleared(dma, access->value);
    }
    stunt_dma_signal(dma);
}
