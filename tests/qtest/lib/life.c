/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "life.h"

#include <string.h>

#include "tell.h"

#define CHAIN_AT (RAM_RING + 0xc0000) /* behind the ring of channel 0 */
#define CHAIN_LEN 64u

static uint32_t below(Life *life, uint32_t n)
{
    return (uint32_t)g_rand_int_range(life->dice, 0, (gint32)n);
}

static struct stunt_dma_desc some_desc(Life *life)
{
    struct stunt_dma_desc desc = {
        .op = (uint8_t)below(life, 6),
        .src = RAM_SRC + below(life, 0x10000),
        .dst = RAM_DST + below(life, 0x10000),
        .len = 1 + below(life, below(life, 8) ? 20000 : 3000000),
        .id = (uint16_t)below(life, 65536),
        .flags = below(life, 4) ? STUNT_DMA_DESC_IRQ : 0,
        .arg = g_rand_int(life->dice),
    };

    if (desc.op == STUNT_DMA_OP_LINK) {
        desc.src = CHAIN_AT + 64 * (uint64_t)below(life, CHAIN_LEN);
        desc.flags |= below(life, 4) ? 0 : STUNT_DMA_DESC_LOOP;
    }
    if (below(life, 40) == 0) {
        desc.len = 0;
    }
    return desc;
}

static void write_chains(Life *life)
{
    for (unsigned i = 0; i < CHAIN_LEN; i++) {
        struct stunt_dma_desc desc = some_desc(life);

        desc.flags |= i + 1 == CHAIN_LEN || below(life, 4) == 0 ? STUNT_DMA_DESC_END : 0;
        machine_write(life->bench->machine, CHAIN_AT + 64 * i, &desc, sizeof(desc));
    }
}

/* A driver that has mapped some of the memory that the device is sent to, some of it against the direction. */
static void map_some(Life *life)
{
    tell_start(life->bench);
    for (unsigned i = 0; i < 40; i++) {
        tell_map(life->bench, (below(life, 2) ? RAM_SRC : RAM_DST) + below(life, 0x10000), 1 + below(life, 20000),
                 (uint8_t)below(life, 3));
    }
}

Life *life_new(Bench *bench, uint32_t seed)
{
    Life *life = g_new0(Life, 1);
    uint8_t noise[0x20000];

    life->bench = bench;
    life->dice = g_rand_new_with_seed(seed);
    for (unsigned i = 0; i < sizeof(noise); i++) {
        noise[i] = (uint8_t)g_rand_int(life->dice);
    }
    machine_write(bench->machine, RAM_SRC, noise, sizeof(noise));
    write_chains(life);
    map_some(life);
    if (below(life, 2)) {
        pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    }
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        life->channel[i] = channel_open(bench, i, 1 + below(life, 4));
    }
    return life;
}

Life *life_fork(const Life *life, Bench *bench, uint32_t seed)
{
    Life *fork = g_memdup2(life, sizeof(*life));

    fork->bench = bench;
    fork->dice = g_rand_new_with_seed(seed);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        fork->channel[i].pci = &bench->dma;
    }
    return fork;
}

void life_free(Life *life)
{
    if (life) {
        g_rand_free(life->dice);
        g_free(life);
    }
}

static void one_step(Life *life)
{
    Bench *bench = life->bench;
    Channel *channel = &life->channel[below(life, STUNT_DMA_CH_CTRL_COUNT)];
    struct stunt_dma_desc desc = some_desc(life);

    switch (below(life, 21)) {
    case 0:
        *channel = channel_open(bench, channel->index, 1 + below(life, 4));
        break;
    case 1:
        channel_write(channel, STUNT_DMA_CH_CTRL, below(life, 4) ? 1 : below(life, 16));
        break;
    case 2:
    case 3:
        pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, below(life, 32));
        break;
    case 4:
        pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, below(life, 32));
        break;
    case 5:
        pci_mask_msix(&bench->dma, below(life, STUNT_DMA_VECTORS), below(life, 2));
        break;
    case 6:
        pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_LO, g_rand_int(life->dice));
        break;
    case 7:
        pci_reg_write(&bench->dma, STUNT_DMA_ID, 0); /* misuse */
        tell_map(bench, desc.src, desc.len | 1, (uint8_t)below(life, 3));
        tell_unmap(bench, desc.dst, 1, (uint8_t)below(life, 3));
        break;
    case 8:
    case 9:
    case 10:
    case 11:
        machine_step(bench->machine, below(life, 200000));
        break;
    case 12:
        channel_write(channel, STUNT_DMA_CH_MODERATE,
                      below(life, 300) << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT | below(life, 5));
        break;
    default:
        channel_put(channel, &desc);
        channel_kick(channel);
        break;
    }
}

void life_go(Life *life, unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        one_step(life);
    }
}

void life_begin_work(Life *life)
{
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        Channel *channel = &life->channel[i];
        struct stunt_dma_desc sum = { .op = STUNT_DMA_OP_CRC32C, .src = RAM_SRC + i, .len = 3000000,
                                      .id = (uint16_t)(100 + i), .flags = STUNT_DMA_DESC_IRQ };
        struct stunt_dma_desc chain = { .op = STUNT_DMA_OP_LINK, .src = CHAIN_AT, .id = (uint16_t)(200 + i),
                                        .flags = STUNT_DMA_DESC_IRQ };

        if (below(life, 2)) {
            continue; /* it may be halted, or busy with something else */
        }
        *channel = channel_open(life->bench, i, 2);
        channel_put(channel, i % 2 ? &sum : &chain);
        channel_put(channel, i % 2 ? &chain : &sum);
        channel_kick(channel);
    }
    machine_step(life->bench->machine, 1 + below(life, below(life, 2) ? 100000 : 40000000));
}

void life_arm_rules(Bench *bench)
{
    static const char *const rule[] = {
        "\"id=maybe device=dma0 at=job.start probability=1/4 action=delay param.ns=20000\"",
        "\"id=storm device=dma0 at=irq.raise match.vector=2/2 nth=3 action=storm param.count=40 "
        "param.ns=90000\"",
        "\"id=late device=dma0 at=irq.raise every=3 action=delay param.ns=50000\"",
        "\"id=seen device=dma0 at=dma.write match.what=2 nth=9 after=maybe between=5..9000000 action=mark\"",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rule); i++) {
        machine_qom_set(bench->machine, "link0", "fault-arm", rule[i]);
    }
}
