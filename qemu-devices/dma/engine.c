/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a job (a descriptor of the ring, and the chain behind it). Each step does its work and says
 * how much virtual time passes before the next.
 */
#include "qemu/osdep.h"
#include "dma/dma.h"

static bool is_enabled(StuntDmaChannel *ch)
{
    return stunt_pci_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_CTRL, ch->index) & STUNT_DMA_CH_CTRL_ENABLE;
}

static void count_reg(StuntDmaChannel *ch, uint32_t offset, unsigned index)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);

    stunt_pci_set_reg(dev, offset, index, stunt_pci_reg(dev, offset, index) + 1);
}

/* An abort was asked for, so it is no error to tell of. */
void stunt_dma_halt(StuntDmaChannel *ch, unsigned status, uint32_t index)
{
    timer_del(&ch->timer);
    ch->state = STUNT_DMA_IDLE;
    ch->halted = true;
    ch->error = status;
    stunt_dma_moderate(ch);
    stunt_pci_set_reg(STUNT_PCI(ch->dma), STUNT_DMA_CH_ERR_INDEX, ch->index, index);
    if (status != STUNT_DMA_STATUS_ABORTED) {
        count_reg(ch, STUNT_DMA_ERR_COUNT, 0);
        stunt_dma_cause(ch->dma, STUNT_DMA_INT_STATUS_ERROR, true);
    }
}

/* The ring's next descriptor, after its latency; idle without one. */
uint64_t stunt_dma_next_job(StuntDmaChannel *ch)
{
    if (ch->halted || !is_enabled(ch) || stunt_ring_pending(&ch->ring) == 0) {
        ch->state = STUNT_DMA_IDLE;
        return 0;
    }
    ch->job = (StuntDmaJob){ .addr = stunt_ring_addr(&ch->ring, ch->ring.head) };
    ch->state = STUNT_DMA_FETCH;
    return ch->dma->latency_ns;
}

/* A stale one is that of the job before: an entry of zeros for the first. */
static StuntDmaResult write_completion(StuntDmaChannel *ch, unsigned status, const struct stunt_rule *rule)
{
    StuntDmaTag tag = { .channel = ch->index, .what = STUNT_XFER_COMP };
    const StuntDmaJob *job = &ch->job;
    uint32_t index = ch->ring.head;
    uint64_t addr = stunt_ring_addr(&ch->comp, index);
    struct stunt_dma_comp comp = {
        .index = cpu_to_le32(index),
        .result = cpu_to_le32(job->result),
        .bytes = cpu_to_le32(job->bytes),
        .id = cpu_to_le16(job->id),
        .status = status,
        .phase = stunt_ring_phase(&ch->ring, index),
    };
    struct stunt_dma_comp told = stunt_rule_is(rule, STUNT_ACT_STALE) ? ch->last : comp;
    StuntDmaResult result = stunt_dma_write(STUNT_PCI(ch->dma), tag, addr, &told, sizeof(told));

    if (result == STUNT_XFER_OK && stunt_rule_is(rule, STUNT_ACT_COMPLETE_TWICE)) {
        result = stunt_dma_write(STUNT_PCI(ch->dma), tag, addr, &told, sizeof(told));
    }
    ch->last = comp;
    return result;
}

/* A comparison that failed is an answer, not an error: the channel goes on. */
static bool halts(unsigned status)
{
    return status != STUNT_DMA_STATUS_OK && status != STUNT_DMA_STATUS_MISMATCH &&
           status != STUNT_DMA_STATUS_CRC_MISMATCH;
}

/* The record is in memory before anything can signal it. */
static uint64_t complete(StuntDmaChannel *ch, unsigned status, const struct stunt_rule *rule)
{
    uint32_t index = ch->ring.head;
    uint32_t bit = 1u << ch->index;
    bool twice = stunt_rule_is(rule, STUNT_ACT_COMPLETE_TWICE);
    StuntDmaResult result;

    stunt_dma_owned_done(ch);
    result = write_completion(ch, status, rule);
    stunt_held_done(STUNT_PCI(ch->dma), ch->index);
    if (result != STUNT_XFER_OK) {
        stunt_dma_halt(ch, stunt_dma_status_of(result), index);
        return 0;
    }
    ch->ring.head++;
    count_reg(ch, STUNT_DMA_CH_DONE_COUNT, ch->index);
    stunt_dma_cause(ch->dma, bit, false);
    if (ch->job.flags & STUNT_DMA_DESC_IRQ) {
        stunt_dma_ask(ch);
        ch->dma->again |= twice ? ch->dma->fresh & bit : 0;
    }
    if (halts(status)) {
        stunt_dma_halt(ch, status, index);
        return 0;
    }
    return stunt_dma_next_job(ch);
}

uint64_t stunt_dma_end_job(StuntDmaChannel *ch, unsigned status)
{
    const StuntDmaJob *job = &ch->job;
    StuntPCI *dev = STUNT_PCI(ch->dma);
    const struct stunt_rule *rule;

    if (dev->gone) {
        ch->state = STUNT_DMA_IDLE; /* it ends nothing any more */
        return 0;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_JOB_DONE, ch->index, ch->ring.head, status, job->bytes, job->id);
    if (stunt_rule_is(rule, STUNT_ACT_DELAY)) {
        ch->state = STUNT_DMA_DONE;
        ch->done_status = status;
        return rule->param[STUNT_ACT_DELAY_NS];
    }
    return complete(ch, status, rule);
}

static uint64_t data_time(const StuntDmaChannel *ch)
{
    uint64_t bytes = MIN(ch->job.desc.len - ch->job.done, STUNT_DMA_PIECE);

    return ch->dma->bandwidth ? bytes * NANOSECONDS_PER_SECOND / ch->dma->bandwidth : 0;
}

static void end_period(StuntDmaChannel *ch)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);

    count_reg(ch, STUNT_DMA_CH_PERIODS, ch->index);
    (void)stunt_event(dev->trace_id, STUNT_EV_JOB_PERIOD, ch->index, ch->ring.head,
                      stunt_pci_reg(dev, STUNT_DMA_CH_PERIODS, ch->index), ch->job.bytes);
    stunt_dma_cause(ch->dma, 1u << ch->index, false);
    stunt_dma_ask(ch);
}

static uint64_t end_descriptor(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;

    if (job->looping && (job->desc.flags & STUNT_DMA_DESC_IRQ)) {
        end_period(ch);
    }
    if (!job->chained || (job->desc.flags & STUNT_DMA_DESC_END)) {
        return stunt_dma_end_job(ch, STUNT_DMA_STATUS_OK);
    }
    job->addr += sizeof(struct stunt_dma_desc);
    ch->state = STUNT_DMA_FETCH;
    return ch->dma->latency_ns;
}

static uint64_t begin_descriptor(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;
    unsigned status = stunt_dma_judge(ch);

    if (status == STUNT_DMA_STATUS_OK && (job->desc.flags & STUNT_DMA_DESC_LOOP) && !is_enabled(ch)) {
        return stunt_dma_end_job(ch, STUNT_DMA_STATUS_OK);
    }
    if (status == STUNT_DMA_STATUS_OK && job->desc.op == STUNT_DMA_OP_LINK) {
        status = stunt_dma_follow(ch);
        if (status == STUNT_DMA_STATUS_OK) {
            ch->state = STUNT_DMA_FETCH;
            return ch->dma->latency_ns;
        }
    }
    if (status != STUNT_DMA_STATUS_OK) {
        return stunt_dma_end_job(ch, status);
    }
    if (job->desc.op == STUNT_DMA_OP_NOP) {
        return end_descriptor(ch);
    }
    stunt_dma_begin_data(job);
    ch->state = STUNT_DMA_DATA;
    return data_time(ch);
}

static uint64_t begin_job(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;
    const struct stunt_rule *rule;

    job->started = true;
    job->id = job->desc.id;
    rule = stunt_event(STUNT_PCI(ch->dma)->trace_id, STUNT_EV_JOB_START, ch->index, ch->ring.head,
                       job->desc.op, job->desc.len, job->id);
    if (stunt_rule_is(rule, STUNT_ACT_HANG)) {
        ch->state = STUNT_DMA_HUNG;
        return 0;
    }
    if (stunt_rule_is(rule, STUNT_ACT_FAIL)) {
        return stunt_dma_end_job(ch, STUNT_DMA_STATUS_INTERNAL);
    }
    if (stunt_rule_is(rule, STUNT_ACT_DELAY)) {
        ch->state = STUNT_DMA_START;
        return rule->param[STUNT_ACT_DELAY_NS];
    }
    return begin_descriptor(ch);
}

static uint64_t fetched(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;

    job->flags |= job->desc.flags;
    return job->started ? begin_descriptor(ch) : begin_job(ch);
}

static uint64_t step_fetch(StuntDmaChannel *ch, StuntDmaBudget *budget)
{
    StuntDmaJob *job = &ch->job;
    unsigned status;
    uint64_t late;

    budget->descriptors--;
    if (job->chained && ++job->fetched > STUNT_DMA_CHAIN_MAX) {
        return stunt_dma_end_job(ch, STUNT_DMA_STATUS_LINK_LOOP);
    }
    if (!job->chained) {
        stunt_dma_owned_compare(ch);
    }
    status = stunt_dma_fetch(ch);
    late = stunt_dma_late(STUNT_PCI(ch->dma));
    if (status != STUNT_DMA_STATUS_OK) {
        return stunt_dma_end_job(ch, status);
    }
    if (late) {
        ch->state = STUNT_DMA_FETCHED;
        return late;
    }
    return fetched(ch);
}

static uint64_t moved(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;
    unsigned status;

    if (job->done < job->desc.len) {
        ch->state = STUNT_DMA_DATA;
        return data_time(ch);
    }
    status = stunt_dma_end_data(job);
    return status == STUNT_DMA_STATUS_OK ? end_descriptor(ch) : stunt_dma_end_job(ch, status);
}

static uint64_t step_data(StuntDmaChannel *ch, StuntDmaBudget *budget)
{
    StuntDmaJob *job = &ch->job;
    uint32_t piece = MIN(job->desc.len - job->done, STUNT_DMA_PIECE);
    unsigned status = stunt_dma_move(ch, piece);
    uint64_t late = stunt_dma_late(STUNT_PCI(ch->dma));

    budget->bytes -= MIN(piece, budget->bytes);
    if (status != STUNT_DMA_STATUS_OK) {
        return stunt_dma_end_job(ch, status);
    }
    if (late) {
        ch->state = STUNT_DMA_MOVED;
        return late;
    }
    return moved(ch);
}

uint64_t stunt_dma_step(StuntDmaChannel *ch, StuntDmaBudget *budget)
{
    switch (ch->state) {
    case STUNT_DMA_FETCH:
        return step_fetch(ch, budget);
    case STUNT_DMA_START:
        return begin_descriptor(ch);
    case STUNT_DMA_DATA:
        return step_data(ch, budget);
    case STUNT_DMA_FETCHED:
        return fetched(ch);
    case STUNT_DMA_MOVED:
        return moved(ch);
    case STUNT_DMA_DONE:
        return complete(ch, ch->done_status, NULL);
    case STUNT_DMA_IDLE:
    case STUNT_DMA_HUNG:
        break;
    }
    return 0;
}

