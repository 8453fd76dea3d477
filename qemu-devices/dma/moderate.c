/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt moderation (CH_MODERATE). Between what asks for an interrupt and the cause that interrupts, a
 * channel holds requests back; from there on masks and enable bits act as always. A channel that does not run
 * holds nothing back, for nothing more may come that would reach the limit.
 */
#include "qemu/osdep.h"
#include "dma/dma.h"

typedef struct Limits {
    uint32_t jobs;   /* 0: none */
    int64_t time_ns; /* likewise */
} Limits;

static Limits limits_of(StuntDmaChannel *ch)
{
    uint32_t value = stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_MODERATE, ch->index);

    return (Limits){
        .jobs = value & STUNT_DMA_CH_MODERATE_JOBS,
        .time_ns = (int64_t)(value >> STUNT_DMA_CH_MODERATE_TIME_US_SHIFT) * 1000,
    };
}

static bool is_running(StuntDmaChannel *ch)
{
    uint32_t control = stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_CTRL, ch->index);

    return (control & STUNT_DMA_CH_CTRL_ENABLE) && !(control & STUNT_DMA_CH_CTRL_PAUSE) && !ch->halted;
}

static bool limit_is_reached(StuntDmaChannel *ch, Limits limits)
{
    if (!is_running(ch) || (limits.jobs == 0 && limits.time_ns == 0)) {
        return true;
    }
    return (limits.jobs && ch->held >= limits.jobs) ||
           (limits.time_ns &&
            qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) >= ch->held_since_ns + limits.time_ns);
}

void stunt_dma_moderate(StuntDmaChannel *ch)
{
    Limits limits = limits_of(ch);

    if (ch->held == 0) {
        return;
    }
    if (limit_is_reached(ch, limits)) {
        stunt_dma_moderate_forget(ch);
        stunt_dma_cause(ch->dma, 1u << ch->index, true);
    } else if (limits.time_ns) {
        timer_mod_ns(&ch->held_timer, ch->held_since_ns + limits.time_ns);
    } else {
        timer_del(&ch->held_timer);
    }
}

void stunt_dma_ask(StuntDmaChannel *ch)
{
    if (ch->held++ == 0) {
        ch->held_since_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    }
    stunt_dma_moderate(ch);
}

void stunt_dma_moderate_forget(StuntDmaChannel *ch)
{
    ch->held = 0;
    ch->held_since_ns = 0;
    timer_del(&ch->held_timer);
}

static void time_is_up(void *opaque)
{
    StuntDmaChannel *ch = opaque;

    stunt_pci_enter(STUNT_PCI(ch->dma));
    stunt_dma_moderate(ch);
    stunt_dma_signal(ch->dma);
    stunt_pci_leave(STUNT_PCI(ch->dma));
}

void stunt_dma_moderate_init(StuntDmaChannel *ch)
{
    timer_init_ns(&ch->held_timer, QEMU_CLOCK_VIRTUAL, time_is_up, ch);
}
