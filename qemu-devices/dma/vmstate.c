/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "dma/dma.h"

static const VMStateDescription vmstate_desc = {
    .name = "stunt-dma-desc",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(src, struct stunt_dma_desc),
        VMSTATE_UINT64(dst, struct stunt_dma_desc),
        VMSTATE_UINT32(len, struct stunt_dma_desc),
        VMSTATE_UINT8(op, struct stunt_dma_desc),
        VMSTATE_UINT8(flags, struct stunt_dma_desc),
        VMSTATE_UINT16(id, struct stunt_dma_desc),
        VMSTATE_UINT64(arg, struct stunt_dma_desc),
        VMSTATE_UINT64_ARRAY(reserved, struct stunt_dma_desc, 4),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_job = {
    .name = "stunt-dma-job",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(started, StuntDmaJob),
        VMSTATE_UINT16(id, StuntDmaJob),
        VMSTATE_UINT8(flags, StuntDmaJob),
        VMSTATE_UINT32(bytes, StuntDmaJob),
        VMSTATE_UINT32(result, StuntDmaJob),
        VMSTATE_UINT64(addr, StuntDmaJob),
        VMSTATE_STRUCT(desc, StuntDmaJob, 0, vmstate_desc, struct stunt_dma_desc),
        VMSTATE_UINT32(done, StuntDmaJob),
        VMSTATE_UINT32(crc, StuntDmaJob),
        VMSTATE_BOOL(looping, StuntDmaJob),
        VMSTATE_BOOL(chained, StuntDmaJob),
        VMSTATE_UINT32(fetched, StuntDmaJob),
        VMSTATE_UINT64(mark, StuntDmaJob),
        VMSTATE_UINT32(hops, StuntDmaJob),
        VMSTATE_UINT32(hops_max, StuntDmaJob),
        VMSTATE_END_OF_LIST()
    }
};

/* The hashes in one piece: a snapshot should not take longer for them. */
static const VMStateDescription vmstate_owned = {
    .name = "stunt-dma-owned",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(from, StuntDmaOwned),
        VMSTATE_UINT32(to, StuntDmaOwned),
        VMSTATE_BUFFER_UNSAFE(hash, StuntDmaOwned, 0, STUNT_DMA_OWNED * sizeof(uint64_t)),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_ring = {
    .name = "stunt-dma-ring",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(base, struct stunt_ring),
        VMSTATE_UINT32(log2, struct stunt_ring),
        VMSTATE_UINT32(head, struct stunt_ring),
        VMSTATE_UINT32(tail, struct stunt_ring),
        VMSTATE_END_OF_LIST()
    }
};

static bool data_sane(const StuntDmaChannel *ch)
{
    const StuntDmaJob *job = &ch->job;

    if (ch->state != STUNT_DMA_DATA && ch->state != STUNT_DMA_MOVED) {
        return true;
    }
    return job->desc.len <= STUNT_DMA_MAX_LEN_VALUE && job->done <= job->desc.len &&
           (ch->state == STUNT_DMA_MOVED || job->done < job->desc.len);
}

/* What the engine counts on; a stream that breaks it is refused, as it could make QEMU misbehave. */
static bool channel_sane(void *opaque, int version_id)
{
    const StuntDmaChannel *ch = opaque;

    return ch->state <= STUNT_DMA_HUNG && ch->ring.log2 <= STUNT_DMA_CH_RING_SIZE_LOG2 &&
           ch->comp.log2 == ch->ring.log2 && ch->held_since_ns >= 0 &&
           ch->owned.to - ch->owned.from <= STUNT_DMA_OWNED &&
           ch->done_status < STUNT_DMA_STATUS_BAD_RING && data_sane(ch);
}

static const VMStateDescription vmstate_channel = {
    .name = "stunt-dma-channel",
    .version_id = 4,
    .minimum_version_id = 4,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER(timer, StuntDmaChannel),
        VMSTATE_UINT32(state, StuntDmaChannel),
        VMSTATE_BOOL(halted, StuntDmaChannel),
        VMSTATE_UINT8(error, StuntDmaChannel),
        VMSTATE_STRUCT(ring, StuntDmaChannel, 0, vmstate_ring, struct stunt_ring),
        VMSTATE_STRUCT(comp, StuntDmaChannel, 0, vmstate_ring, struct stunt_ring),
        VMSTATE_BUFFER_UNSAFE(last, StuntDmaChannel, 0, sizeof(struct stunt_dma_comp)),
        VMSTATE_UINT8(done_status, StuntDmaChannel),
        VMSTATE_STRUCT(job, StuntDmaChannel, 0, vmstate_job, StuntDmaJob),
        VMSTATE_STRUCT(owned, StuntDmaChannel, 0, vmstate_owned, StuntDmaOwned),
        VMSTATE_UINT32(held, StuntDmaChannel),
        VMSTATE_INT64(held_since_ns, StuntDmaChannel),
        VMSTATE_TIMER(held_timer, StuntDmaChannel),
        VMSTATE_TIMER(reset_timer, StuntDmaChannel),
        VMSTATE_BOOL(stuck, StuntDmaChannel),
        VMSTATE_VALIDATE("a channel that can go on", channel_sane),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_stunt_dma = {
    .name = "stunt-dma",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        STUNT_PCI_VMSTATE(StuntDma, parent_obj),
        VMSTATE_UINT8_EQUAL(parent_obj.dma_width, StuntDma, "dma-width differs"),
        VMSTATE_UINT8_EQUAL(wired, StuntDma, "peer differs"),
        VMSTATE_UINT64(latency_ns, StuntDma),
        VMSTATE_UINT64(bandwidth, StuntDma),
        VMSTATE_STRUCT_ARRAY(channel, StuntDma, STUNT_DMA_CHANNELS, 0, vmstate_channel, StuntDmaChannel),
        VMSTATE_UINT32(signal, StuntDma),
        VMSTATE_UINT32(live, StuntDma),
        VMSTATE_UINT32(rung, StuntDma),
        VMSTATE_END_OF_LIST()
    }
};
