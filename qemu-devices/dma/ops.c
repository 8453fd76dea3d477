/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations on data, chunk by chunk. */
#include "qemu/osdep.h"
#include "core/crc32c.h"
#include "dma/dma.h"

static StuntDmaTag data_tag(const StuntDmaChannel *ch)
{
    return (StuntDmaTag){ .channel = ch->index, .what = STUNT_XFER_DATA };
}

/* The next bytes of the source; to be closed when it is OK. */
static StuntDmaResult view_source(StuntDmaChannel *ch, uint32_t len, StuntDmaView *view)
{
    return stunt_dma_view(STUNT_PCI(ch->dma), data_tag(ch), ch->job.desc.src + ch->job.done, len,
                          ch->dma->scratch[0], view);
}

/* Chunks begin at a multiple of 8 bytes into the range, so the pattern goes on without a seam. */
static unsigned fill_chunk(StuntDmaChannel *ch, uint32_t len)
{
    StuntDmaJob *job = &ch->job;
    uint8_t *buf = ch->dma->scratch[0];

    for (uint32_t i = 0; i < len; i += sizeof(uint64_t)) {
        stq_le_p(buf + i, job->desc.arg);
    }
    return stunt_dma_status_of(stunt_dma_write(STUNT_PCI(ch->dma), data_tag(ch),
                                               job->desc.dst + job->done, buf, len));
}

static unsigned crc_chunk(StuntDmaChannel *ch, uint32_t len)
{
    StuntDmaJob *job = &ch->job;
    StuntDmaView view;
    StuntDmaResult result = view_source(ch, len, &view);

    if (result == STUNT_XFER_OK) {
        job->crc = stunt_crc32c_add(job->crc, view.data, len);
        stunt_dma_view_close(STUNT_PCI(ch->dma), &view);
    }
    return stunt_dma_status_of(result);
}

static uint32_t equal_bytes(const uint8_t *a, const uint8_t *b, uint32_t len)
{
    uint32_t i = 0;

    if (memcmp(a, b, len) == 0) {
        return len;
    }
    while (a[i] == b[i]) {
        i++;
    }
    return i;
}

static unsigned compare_chunk(StuntDmaChannel *ch, uint32_t len)
{
    StuntPCI *dev = STUNT_PCI(ch->dma);
    StuntDmaJob *job = &ch->job;
    StuntDmaView a, b;
    StuntDmaResult result = view_source(ch, len, &a);
    uint32_t equal = len;

    if (result != STUNT_XFER_OK) {
        return stunt_dma_status_of(result);
    }
    result = stunt_dma_view(dev, data_tag(ch), job->desc.dst + job->done, len, ch->dma->scratch[1], &b);
    if (result == STUNT_XFER_OK) {
        equal = equal_bytes(a.data, b.data, len);
        stunt_dma_view_close(dev, &b);
    }
    stunt_dma_view_close(dev, &a);
    if (equal < len) {
        job->result = job->done + equal;
        job->bytes += MIN(equal, UINT32_MAX - job->bytes);
        return STUNT_DMA_STATUS_MISMATCH;
    }
    return stunt_dma_status_of(result);
}

static unsigned move_chunk(StuntDmaChannel *ch, uint32_t len)
{
    switch (ch->job.desc.op) {
    case STUNT_DMA_OP_FILL:
        return fill_chunk(ch, len);
    case STUNT_DMA_OP_CRC32C:
        return crc_chunk(ch, len);
    case STUNT_DMA_OP_COMPARE:
        return compare_chunk(ch, len);
    }
    return STUNT_DMA_STATUS_INTERNAL; /* a snapshot that was not ours */
}

static void count_bytes(StuntDmaJob *job, uint32_t len)
{
    job->done += len;
    job->bytes += MIN(len, UINT32_MAX - job->bytes);
}

/* Reading and writing alternate as with the other operations, but chunks that meet no trouble go together. */
static unsigned copy_piece(StuntDmaChannel *ch, uint32_t len)
{
    StuntDmaJob *job = &ch->job;
    uint32_t done;
    StuntDmaResult result = stunt_dma_copy(STUNT_PCI(ch->dma), data_tag(ch), job->desc.dst + job->done,
                                           job->desc.src + job->done, len, ch->dma->scratch[0], &done);

    count_bytes(job, done);
    return stunt_dma_status_of(result);
}

unsigned stunt_dma_move(StuntDmaChannel *ch, uint32_t len)
{
    if (ch->job.desc.op == STUNT_DMA_OP_COPY) {
        return copy_piece(ch, len);
    }
    while (len) {
        uint32_t chunk = MIN(len, STUNT_DMA_CHUNK);
        unsigned status = move_chunk(ch, chunk);

        if (status != STUNT_DMA_STATUS_OK) {
            return status;
        }
        count_bytes(&ch->job, chunk);
        len -= chunk;
    }
    return STUNT_DMA_STATUS_OK;
}

void stunt_dma_begin_data(StuntDmaJob *job)
{
    job->done = 0;
    job->crc = STUNT_CRC32C_START;
}

unsigned stunt_dma_end_data(StuntDmaJob *job)
{
    if (job->desc.op == STUNT_DMA_OP_CRC32C) {
        job->result = stunt_crc32c_end(job->crc);
        if ((job->desc.flags & STUNT_DMA_DESC_CHECK) && job->desc.arg != job->result) {
            return STUNT_DMA_STATUS_CRC_MISMATCH;
        }
    }
    return STUNT_DMA_STATUS_OK;
}
