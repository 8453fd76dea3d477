/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors: fetched, and judged in the order that docs/devices/dma.md gives. */
#include "qemu/osdep.h"
#include "dma/dma.h"

#define FLAGS_KNOWN (STUNT_DMA_DESC_IRQ | STUNT_DMA_DESC_CHECK | STUNT_DMA_DESC_END | STUNT_DMA_DESC_LOOP)

unsigned stunt_dma_status_of(StuntDmaResult result)
{
    switch (result) {
    case STUNT_XFER_OK:
        return STUNT_DMA_STATUS_OK;
    case STUNT_XFER_TOO_WIDE:
        return STUNT_DMA_STATUS_ADDR_WIDTH;
    case STUNT_XFER_OWN_BAR:
        return STUNT_DMA_STATUS_OWN_BAR;
    case STUNT_XFER_BUS_ERROR:
        break;
    }
    return STUNT_DMA_STATUS_BUS_ERROR;
}

unsigned stunt_dma_fetch(StuntDmaChannel *ch)
{
    StuntDmaTag tag = { .channel = ch->index, .what = STUNT_XFER_DESC };
    StuntDmaJob *job = &ch->job;
    struct stunt_dma_desc raw;
    StuntDmaResult result;

    if (job->addr == 0) {
        return STUNT_DMA_STATUS_NULL_ADDR; /* a chain ran over the end of the address space */
    }
    result = stunt_dma_read(STUNT_PCI(ch->dma), tag, job->addr, &raw, sizeof(raw));
    if (result != STUNT_XFER_OK) {
        return stunt_dma_status_of(result);
    }
    job->desc = (struct stunt_dma_desc){
        .src = le64_to_cpu(raw.src),
        .dst = le64_to_cpu(raw.dst),
        .len = le32_to_cpu(raw.len),
        .op = raw.op,
        .flags = raw.flags,
        .id = le16_to_cpu(raw.id),
        .arg = le64_to_cpu(raw.arg),
    };
    for (unsigned i = 0; i < ARRAY_SIZE(raw.reserved); i++) {
        job->desc.reserved[i] = le64_to_cpu(raw.reserved[i]);
    }
    return STUNT_DMA_STATUS_OK;
}

static bool uses_src(const struct stunt_dma_desc *desc)
{
    return desc->op != STUNT_DMA_OP_NOP && desc->op != STUNT_DMA_OP_FILL;
}

static bool uses_dst(const struct stunt_dma_desc *desc)
{
    return desc->op == STUNT_DMA_OP_COPY || desc->op == STUNT_DMA_OP_FILL || desc->op == STUNT_DMA_OP_COMPARE;
}

static unsigned judge_form(const struct stunt_dma_desc *desc)
{
    uint64_t reserved = 0;

    if (desc->op > STUNT_DMA_OP_LINK) {
        return STUNT_DMA_STATUS_BAD_OP;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(desc->reserved); i++) {
        reserved |= desc->reserved[i];
    }
    if (reserved || (desc->flags & ~FLAGS_KNOWN) ||
        ((desc->flags & STUNT_DMA_DESC_CHECK) && desc->op != STUNT_DMA_OP_CRC32C) ||
        ((desc->flags & STUNT_DMA_DESC_LOOP) && desc->op != STUNT_DMA_OP_LINK)) {
        return STUNT_DMA_STATUS_RESERVED;
    }
    return STUNT_DMA_STATUS_OK;
}

static unsigned judge_len(const struct stunt_dma_desc *desc)
{
    if (desc->op == STUNT_DMA_OP_NOP || desc->op == STUNT_DMA_OP_LINK) {
        return STUNT_DMA_STATUS_OK;
    }
    if (desc->len == 0) {
        return STUNT_DMA_STATUS_LEN_ZERO;
    }
    return desc->len > STUNT_DMA_MAX_LEN_VALUE ? STUNT_DMA_STATUS_LEN_HUGE : STUNT_DMA_STATUS_OK;
}

static unsigned judge_addresses(StuntPCI *dev, const struct stunt_dma_desc *desc)
{
    bool src = uses_src(desc), dst = uses_dst(desc);
    uint64_t len = desc->op == STUNT_DMA_OP_LINK ? sizeof(*desc) : desc->len;

    if ((src && desc->src == 0) || (dst && desc->dst == 0)) {
        return STUNT_DMA_STATUS_NULL_ADDR;
    }
    if (desc->op == STUNT_DMA_OP_LINK && desc->src % sizeof(*desc)) {
        return STUNT_DMA_STATUS_MISALIGNED;
    }
    if ((src && !stunt_addr_fits(desc->src, len, dev->dma_width)) ||
        (dst && !stunt_addr_fits(desc->dst, len, dev->dma_width))) {
        return STUNT_DMA_STATUS_ADDR_WIDTH;
    }
    if (desc->op == STUNT_DMA_OP_COPY && stunt_ranges_overlap(desc->src, len, desc->dst, len)) {
        return STUNT_DMA_STATUS_OVERLAP;
    }
    if ((src && stunt_dma_check(dev, desc->src, len) != STUNT_XFER_OK) ||
        (dst && stunt_dma_check(dev, desc->dst, len) != STUNT_XFER_OK)) {
        return STUNT_DMA_STATUS_OWN_BAR;
    }
    return STUNT_DMA_STATUS_OK;
}

unsigned stunt_dma_judge(StuntDmaChannel *ch)
{
    const struct stunt_dma_desc *desc = &ch->job.desc;
    unsigned status = judge_form(desc);

    if (status == STUNT_DMA_STATUS_OK) {
        status = judge_len(desc);
    }
    if (status == STUNT_DMA_STATUS_OK) {
        status = judge_addresses(STUNT_PCI(ch->dma), desc);
    }
    return status;
}

/* The search for a loop that is not meant begins at this descriptor. */
static void look_from(StuntDmaJob *job, uint64_t addr)
{
    job->mark = addr;
    job->hops = 0;
    job->hops_max = 1;
}

unsigned stunt_dma_follow(StuntDmaChannel *ch)
{
    StuntDmaJob *job = &ch->job;

    if (!job->chained) {
        job->chained = true;
        look_from(job, job->addr);
    }
    if (job->desc.src == job->addr) {
        return STUNT_DMA_STATUS_LINK_LOOP; /* also with LOOP: it would never do anything */
    }
    if (job->desc.flags & STUNT_DMA_DESC_LOOP) {
        job->looping = true;
        job->fetched = 0;
        job->addr = job->desc.src;
        look_from(job, job->addr);
        return STUNT_DMA_STATUS_OK;
    }
    if (job->desc.src == job->mark) {
        return STUNT_DMA_STATUS_LINK_LOOP;
    }
    if (++job->hops == job->hops_max) {
        job->mark = job->desc.src;
        job->hops = 0;
        job->hops_max *= 2;
    }
    job->addr = job->desc.src;
    return STUNT_DMA_STATUS_OK;
}
