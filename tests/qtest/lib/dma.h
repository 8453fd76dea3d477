/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small polling driver for one channel of stunt-dma. */
#ifndef STUNT_QTEST_DMA_H
#define STUNT_QTEST_DMA_H

#include "bench.h"
#include "stunt/regs/dma.h"

typedef struct Channel {
    Pci *pci;
    unsigned index;
    uint64_t ring, comp;
    unsigned log2;
    uint32_t tail;
} Channel;

/* Register of a channel, for an array register's name. */
#define DMA_CH(reg, index) (STUNT_DMA_##reg + STUNT_DMA_##reg##_STRIDE * (uint64_t)(index))

/* Resets channel `index`, gives it rings of 2^log2 entries in RAM of its own, enables it. */
Channel channel_open(Bench *bench, unsigned index, unsigned log2);

/* The same with rings at these addresses, not enabled. */
Channel channel_open_at(Bench *bench, unsigned index, unsigned log2, uint64_t ring, uint64_t comp);

uint32_t channel_read(const Channel *channel, uint32_t reg_of_channel_0);
void channel_write(const Channel *channel, uint32_t reg_of_channel_0, uint32_t value);

/* Puts a descriptor into the ring without telling the device; gives its index. */
uint32_t channel_put(Channel *channel, const struct stunt_dma_desc *desc);

/* Rings the doorbell for all that was put. */
void channel_kick(const Channel *channel);

/* Moves the clock until the channel has nothing left to do, or halted. */
void channel_wait(const Channel *channel);

struct stunt_dma_comp channel_comp(const Channel *channel, uint32_t index);

/* Put, kick, wait; gives the completion, which must be there with the right index and phase. */
struct stunt_dma_comp channel_do(Channel *channel, struct stunt_dma_desc desc);

/* STATUS code of a halted channel; fails when it is not halted. */
unsigned channel_error(const Channel *channel);
bool channel_halted(const Channel *channel);

/* Copies random bytes and checks the target, and the bytes beside it. */
void channel_check_copy(Channel *channel, uint64_t src, uint64_t dst, uint32_t len);

/* CRC-32C, bit by bit, to compare with. */
uint32_t reference_crc32c(const uint8_t *data, size_t len);

#endif
