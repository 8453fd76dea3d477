/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A channel from outside: rings, doorbell, abort, sleep, and the timer that drives its steps (engine.c).
 * Steps that take no time follow each other within one timer event, as far as its budget goes.
 */
#include "qemu/osdep.h"
#include "core/clock.h"
#include "dma/dma.h"

#define BUDGET_DESCRIPTORS 64u
#define BUDGET_BYTES STUNT_DMA_PIECE
#define RESET_LATE_MAX_NS UINT64_C(1000000000000)
#define BREATH_NS 1000u /* the guest runs at least so long when a budget is used up */

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

void stunt_dma_channel_publish(StuntDmaChannel *ch)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);
    uint32_t status = (uint32_t)ch->error << STUNT_DMA_CH_STATUS_ERROR_SHIFT;

    if (stunt_dma_channel_busy(ch)) {
        status |= STUNT_DMA_CH_STATUS_RUNNING;
    }
    if (ch->halted) {
        status |= STUNT_DMA_CH_STATUS_HALTED;
    }
    stunt_pci_set_reg(dev, STUNT_DMA_CH_STATUS, ch->index, status);
    stunt_pci_set_reg(dev, STUNT_DMA_CH_HEAD, ch->index, ch->ring.head);
    stunt_pci_set_reg(dev, STUNT_DMA_CH_BYTES, ch->index, stunt_dma_channel_busy(ch) ? ch->job.bytes : 0);
}

static bool waits_for_time(const StuntDmaChannel *ch)
{
    return ch->state != STUNT_DMA_IDLE && ch->state != STUNT_DMA_HUNG;
}

static bool is_paused(const StuntDmaChannel *ch)
{
    return stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_CTRL, ch->index) & STUNT_DMA_CH_CTRL_PAUSE;
}

static void arm(StuntDmaChannel *ch, uint64_t delay_ns)
{
    if (is_paused(ch) || STUNT_PCI(ch->dma)->gone) {
        return; /* stunt_dma_channel_wake() comes here again */
    }
    timer_mod_ns(&ch->timer, stunt_clock_after(delay_ns));
}

static void step_due(void *opaque)
{
    StuntDmaChannel *ch = opaque;
    StuntDmaBudget budget = { BUDGET_DESCRIPTORS, BUDGET_BYTES };
    uint64_t delay_ns;

    stunt_pci_enter(STUNT_PCI(ch->dma));
    do {
        delay_ns = stunt_dma_step(ch, &budget);
    } while (delay_ns == 0 && waits_for_time(ch) && budget.descriptors && budget.bytes);
    stunt_dma_channel_publish(ch);
    stunt_dma_signal(ch->dma);
    /* Last: when the guest is idle, arming a timer takes the clock there, and what is signalled then is late. */
    if (waits_for_time(ch)) {
        arm(ch, delay_ns ? delay_ns : BREATH_NS);
    }
    stunt_pci_leave(STUNT_PCI(ch->dma));
}

void stunt_dma_channel_kick(StuntDmaChannel *ch)
{
    uint64_t delay_ns;

    if (!stunt_dma_channel_busy(ch)) {
        delay_ns = stunt_dma_next_job(ch);
        if (waits_for_time(ch)) {
            arm(ch, delay_ns);
        }
        stunt_dma_channel_publish(ch);
    }
}

static uint64_t pair(StuntDmaChannel *ch, uint32_t lo, uint32_t hi)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);

    return stunt_pci_reg(dev, lo, ch->index) | (uint64_t)stunt_pci_reg(dev, hi, ch->index) << 32;
}

static uint64_t ring_bytes(const struct stunt_ring *ring)
{
    return (uint64_t)ring->entry_size << ring->log2;
}

static bool ring_ok(StuntDmaChannel *ch, const struct stunt_ring *ring)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);
    enum stunt_ring_error error = stunt_ring_check(ring, STUNT_DMA_RING_LOG2_MAX, ring->entry_size,
                                                   dev->dma_width);

    return error == STUNT_RING_OK &&
           stunt_dma_check(dev, ring->base, ring_bytes(ring)) == STUNT_XFER_OK;
}

void stunt_dma_channel_enable(StuntDmaChannel *ch)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);
    uint32_t size = stunt_pci_reg(dev, STUNT_DMA_CH_RING_SIZE, ch->index);

    if (ch->halted || stunt_dma_channel_busy(ch)) {
        return; /* halted: only a reset helps; busy: it was disabled in mid-job, the rings are the same */
    }
    ch->ring.base = pair(ch, STUNT_DMA_CH_RING_LO, STUNT_DMA_CH_RING_HI);
    ch->comp.base = pair(ch, STUNT_DMA_CH_COMP_LO, STUNT_DMA_CH_COMP_HI);
    ch->ring.log2 = ch->comp.log2 = size & STUNT_DMA_CH_RING_SIZE_LOG2;
    if (!ring_ok(ch, &ch->ring) || !ring_ok(ch, &ch->comp) ||
        stunt_ranges_overlap(ch->ring.base, ring_bytes(&ch->ring), ch->comp.base, ring_bytes(&ch->comp)) ||
        stunt_ring_pending(&ch->ring) > 1u << ch->ring.log2) {
        stunt_dma_halt(ch, STUNT_DMA_STATUS_BAD_RING, ch->ring.head);
        stunt_dma_channel_publish(ch);
    }
}

void stunt_dma_channel_abort(StuntDmaChannel *ch)
{
    uint64_t delay_ns = 0;

    if (ch->halted || ch->stuck) {
        return;
    }
    if (stunt_dma_channel_busy(ch) && ch->job.started) {
        delay_ns = stunt_dma_end_job(ch, STUNT_DMA_STATUS_ABORTED);
    } else {
        stunt_dma_halt(ch, STUNT_DMA_STATUS_ABORTED, ch->ring.head);
    }
    if (waits_for_time(ch)) {
        arm(ch, delay_ns); /* a fault puts the end off */
    }
    stunt_dma_channel_publish(ch);
}

void stunt_dma_channel_sleep(StuntDmaChannel *ch)
{
    timer_del(&ch->timer);
    timer_del(&ch->held_timer);
}

void stunt_dma_channel_wake(StuntDmaChannel *ch)
{
    stunt_dma_moderate(ch);
    if (waits_for_time(ch)) {
        arm(ch, ch->dma->latency_ns);
    }
}

void stunt_dma_channel_clear(StuntDmaChannel *ch)
{
    timer_del(&ch->timer);
    ch->state = STUNT_DMA_IDLE;
    ch->halted = false;
    ch->error = STUNT_DMA_STATUS_OK;
    ch->ring = (struct stunt_ring){ .entry_size = sizeof(struct stunt_dma_desc) };
    ch->comp = (struct stunt_ring){ .entry_size = sizeof(struct stunt_dma_comp) };
    ch->last = (struct stunt_dma_comp){ 0 };
    ch->done_status = STUNT_DMA_STATUS_OK;
    ch->job = (StuntDmaJob){ 0 };
    timer_del(&ch->reset_timer);
    ch->stuck = false;
    stunt_dma_moderate_forget(ch);
    ch->owned = (StuntDmaOwned){ 0 };
}

static void reset_now(StuntDmaChannel *ch)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);

    stunt_regs_reset_element(&dev->regs, STUNT_DMA_CHANNELS, ch->index);
    stunt_held_drop(dev, ch->index);
    stunt_dma_channel_clear(ch);
}

static void reset_due(void *opaque)
{
    reset_now(opaque);
}

static void hang_in_reset(StuntDmaChannel *ch)
{
    timer_del(&ch->timer);
    ch->state = STUNT_DMA_HUNG;
    ch->stuck = true;
    stunt_dma_channel_publish(ch);
}

void stunt_dma_channel_reset(StuntDmaChannel *ch)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_RESET, STUNT_DMA_RESET_CHANNEL, ch->index);

    if (ch->stuck) {
        return;
    }
    switch (rule ? rule->action : 0) {
    case STUNT_ACT_REFUSE:
    case STUNT_ACT_KEEP_CONTEXT:
        break;
    case STUNT_ACT_DELAY:
        timer_mod_ns(&ch->reset_timer, now_ns() + (int64_t)MIN(rule->param[STUNT_ACT_DELAY_NS], RESET_LATE_MAX_NS));
        break;
    case STUNT_ACT_HANG:
        hang_in_reset(ch);
        break;
    case STUNT_ACT_LOSE_CONTEXT:
        stunt_pci_clear(dev, STUNT_RESET_SOFT);
        break;
    default:
        reset_now(ch);
        break;
    }
}

void stunt_dma_channel_init(StuntDma *dma, unsigned index)
{
    StuntDmaChannel *ch = &dma->channel[index];

    ch->dma = dma;
    ch->index = index;
    timer_init_ns(&ch->timer, QEMU_CLOCK_VIRTUAL, step_due, ch);
    timer_init_ns(&ch->reset_timer, QEMU_CLOCK_VIRTUAL, reset_due, ch);
    stunt_dma_moderate_init(ch);
    stunt_dma_channel_clear(ch);
}
