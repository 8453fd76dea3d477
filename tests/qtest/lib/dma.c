/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dma.h"

#include <string.h>

#define STEP_NS 10000
#define STEPS_MAX 200000
#define RING_SPACE UINT64_C(0x100000) /* RAM for one channel's ring */
#define COMP_SPACE UINT64_C(0x40000)
#define MARGIN 8u

uint32_t channel_read(const Channel *channel, uint32_t reg)
{
    return pci_reg_read(channel->pci, reg + (uint64_t)STUNT_DMA_CH_CTRL_STRIDE * channel->index);
}

void channel_write(const Channel *channel, uint32_t reg, uint32_t value)
{
    pci_reg_write(channel->pci, reg + (uint64_t)STUNT_DMA_CH_CTRL_STRIDE * channel->index, value);
}

Channel channel_open_at(Bench *bench, unsigned index, unsigned log2, uint64_t ring, uint64_t comp)
{
    Channel channel = { .pci = &bench->dma, .index = index, .log2 = log2, .ring = ring, .comp = comp };

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_RESET);
    channel_write(&channel, STUNT_DMA_CH_RING_LO, (uint32_t)ring);
    channel_write(&channel, STUNT_DMA_CH_RING_HI, (uint32_t)(ring >> 32));
    channel_write(&channel, STUNT_DMA_CH_COMP_LO, (uint32_t)comp);
    channel_write(&channel, STUNT_DMA_CH_COMP_HI, (uint32_t)(comp >> 32));
    channel_write(&channel, STUNT_DMA_CH_RING_SIZE, log2);
    return channel;
}

Channel channel_open(Bench *bench, unsigned index, unsigned log2)
{
    Channel channel =
        channel_open_at(bench, index, log2, RAM_RING + RING_SPACE * index, RAM_COMP + COMP_SPACE * index);

    machine_fill(bench->machine, channel.comp, 0, sizeof(struct stunt_dma_comp) << log2);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    return channel;
}

uint32_t channel_put(Channel *channel, const struct stunt_dma_desc *desc)
{
    uint32_t slot = channel->tail & ((1u << channel->log2) - 1);

    machine_write(channel->pci->machine, channel->ring + slot * sizeof(*desc), desc, sizeof(*desc));
    return channel->tail++;
}

void channel_kick(const Channel *channel)
{
    channel_write(channel, STUNT_DMA_CH_TAIL, channel->tail);
}

bool channel_halted(const Channel *channel)
{
    return channel_read(channel, STUNT_DMA_CH_STATUS) & STUNT_DMA_CH_STATUS_HALTED;
}

void channel_wait(const Channel *channel)
{
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        if (channel_halted(channel) || channel_read(channel, STUNT_DMA_CH_HEAD) == channel->tail) {
            return;
        }
        machine_step(channel->pci->machine, STEP_NS);
    }
    g_error("channel %u does not come to an end", channel->index);
}

struct stunt_dma_comp channel_comp(const Channel *channel, uint32_t index)
{
    struct stunt_dma_comp comp;
    uint32_t slot = index & ((1u << channel->log2) - 1);

    machine_read(channel->pci->machine, channel->comp + slot * sizeof(comp), &comp, sizeof(comp));
    return comp;
}

struct stunt_dma_comp channel_do(Channel *channel, struct stunt_dma_desc desc)
{
    uint32_t index = channel_put(channel, &desc);
    struct stunt_dma_comp comp;

    channel_kick(channel);
    channel_wait(channel);
    comp = channel_comp(channel, index);
    g_assert_cmpuint(comp.index, ==, index);
    g_assert_cmpuint(comp.id, ==, desc.id);
    g_assert_cmpuint(comp.phase, ==, ((index >> channel->log2) & 1) ? 2 : 1);
    return comp;
}

unsigned channel_error(const Channel *channel)
{
    uint32_t status = channel_read(channel, STUNT_DMA_CH_STATUS);

    g_assert_cmphex(status & STUNT_DMA_CH_STATUS_HALTED, !=, 0);
    return (status & STUNT_DMA_CH_STATUS_ERROR) >> STUNT_DMA_CH_STATUS_ERROR_SHIFT;
}

void channel_check_copy(Channel *channel, uint64_t src, uint64_t dst, uint32_t len)
{
    Machine *machine = channel->pci->machine;
    struct stunt_dma_desc desc = { .src = src, .dst = dst, .len = len, .op = STUNT_DMA_OP_COPY, .id = 7 };
    g_autofree uint8_t *data = g_malloc(len + 2 * MARGIN);
    struct stunt_dma_comp comp;

    memset(data, 0xee, len + 2 * MARGIN);
    machine_fill(machine, dst - MARGIN, 0xee, len + 2 * MARGIN);
    random_bytes(data + MARGIN, len);
    machine_write(machine, src, data + MARGIN, len);
    comp = channel_do(channel, desc);
    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_OK);
    g_assert_cmpuint(comp.bytes, ==, len);
    machine_check(machine, dst - MARGIN, data, len + 2 * MARGIN);
}

uint32_t reference_crc32c(const uint8_t *data, size_t len)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78u : 0);
        }
    }
    return ~crc;
}
