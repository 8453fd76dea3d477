/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: random accesses, descriptors, rules and resets against a running QEMU. It must stay alive,
 * answer, and do honest work again after a reset. A failure names the seed.
 */
#include "dma.h"
#include "fuzz.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <string.h>

static uint64_t some_address(void)
{
    static const uint64_t place[] = { 0, RAM_RING, RAM_COMP, RAM_SRC, RAM_DST, RAM_MSI, DMA_BAR_ADDR,
                                      LINK_BAR_ADDR, PEER_BAR_ADDR, 0xb0100000, 0xfee00000, 0x3fffff0, 0x3fffffff0,
                                      UINT64_MAX - 100 };

    return place[below(G_N_ELEMENTS(place))] + (below(2) ? below(0x10000) : below(64) * 64);
}

static struct stunt_dma_desc some_desc(void)
{
    struct stunt_dma_desc desc = {
        .src = some_address(),
        .dst = some_address(),
        .len = below(4) ? below(70000) : odd_number(),
        .op = (uint8_t)below(below(8) ? 6 : 256),
        .flags = (uint8_t)below(below(8) ? 16 : 256),
        .id = (uint16_t)below(65536),
        .arg = odd_number(),
    };

    desc.reserved[below(4)] = below(20) ? 0 : odd_number();
    return desc;
}

static void poke_registers(Bench *bench)
{
    const Pci *pci = below(4) ? &bench->dma : below(2) ? &bench->peer : &bench->link;
    unsigned size = below(8) ? 4 : 1u << below(4);
    uint64_t at = pci->bar + (below(8) ? 4 * below(0x90) : below(0x4000));

    if (below(3) == 0) {
        machine_read_sized(bench->machine, at, size);
    } else {
        machine_write_sized(bench->machine, at, size, (uint64_t)odd_number() << (below(8) ? 0 : 32));
    }
}

/* Now and then by a message, which the other one's message may answer. */
static void ring_peer(Bench *bench)
{
    const Pci *pci = below(2) ? &bench->dma : &bench->peer, *other = pci == &bench->dma ? &bench->peer : &bench->dma;

    if (below(2)) {
        pci_enable_msix(pci, other->bar + STUNT_DMA_PEER_RING, STUNT_DMA_VECTORS);
        pci_reg_write(pci, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    }
    if (below(4) == 0) {
        pci_ask_power_state(&bench->peer, below(4));
    }
    pci_reg_write(pci, STUNT_DMA_PEER_RING, odd_number());
}

/* Not among the rules that stay armed: this program itself must find the capabilities. */
static void read_faulty_config(Bench *bench)
{
    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=c device=dma0 at=cfg.read action=ones\"");
    g_assert_cmphex(pci_read(&bench->dma, below(0x400) * 4, 4), ==, UINT32_MAX);
    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"c\"");
}

static void poke_config(Bench *bench)
{
    const Pci *pci = below(2) ? &bench->dma : &bench->link;
    unsigned size = 1u << below(3), at = below(below(2) ? 0x100 : 0x1000) & ~(size - 1);

    if (below(20) == 0) {
        read_faulty_config(bench);
    } else if (below(2)) {
        pci_read(pci, at, size);
    } else if (at < 4 || at >= 0x28) { /* BARs and command stay, or little more would be reached */
        pci_write(pci, at, size, odd_number());
    }
}

/* Rings that work, filled with descriptors that mostly do not. */
static void feed_channel(Bench *bench)
{
    unsigned index = below(STUNT_DMA_CH_CTRL_COUNT), log2 = 1 + below(5), n = 1 + below(1u << log2);
    Channel channel = channel_open(bench, index, log2);

    for (unsigned i = 0; i < n; i++) {
        struct stunt_dma_desc desc = some_desc();

        channel_put(&channel, &desc);
    }
    channel_kick(&channel);
    if (below(4) == 0) {
        channel_write(&channel, STUNT_DMA_CH_CTRL, below(16));
    }
}

/* Descriptors also where LINK may lead, aligned so that it gets there. */
static void scatter_descs(Bench *bench)
{
    for (unsigned i = 0; i < 8; i++) {
        struct stunt_dma_desc desc = some_desc();

        desc.op = below(2) ? STUNT_DMA_OP_LINK : desc.op;
        desc.flags |= below(2) ? STUNT_DMA_DESC_LOOP : 0;
        desc.src &= below(2) ? ~UINT64_C(63) : UINT64_MAX;
        machine_write(bench->machine, RAM_SRC + 64 * below(64), &desc, sizeof(desc));
    }
}

static void arm_some_rule(Bench *bench)
{
    static const char *const rule[] = {
        "at=irq.raise action=storm param.count=50 param.ns=100", "at=irq.raise action=delay param.ns=5000",
        "at=irq.raise action=wrong-vector param.vector=4", "at=dma.read action=corrupt param.offset=9",
        "at=dma.write action=misdirect param.offset=0xffffffff", "at=dma.write action=truncate param.len=1",
        "at=job.start action=hang", "at=job.start action=fail", "at=job.done action=complete-twice",
        "at=mmio.write action=flip param.xor=0xff", "at=mmio.read action=pause",
        "at=irq.raise action=duplicate", "at=dma.read action=error", "at=job.start action=delay",
        "at=irq.raise action=duplicate param.ns=3000", "at=irq.raise action=spurious param.vector=3",
        "at=irq.raise action=before-data param.ns=3000", "at=mmio.write action=delay param.ns=5000",
        "at=mmio.read action=delay param.ns=5000", "at=mmio.write action=stick param.mask=0xffff",
        "at=mmio.read action=stick", "at=dma.read action=misdirect param.offset=0xffffffffffff",
        "at=dma.read action=drop", "at=dma.read action=delay param.ns=5000",
        "at=dma.write action=delay param.ns=5000", "at=dma.write action=reorder param.ns=5000",
        "at=dma.write action=duplicate param.ns=5000", "at=dma.write action=write-after-done",
        "at=job.done action=delay param.ns=5000", "at=job.done action=stale",
        "at=power.enter action=refuse", "at=power.enter action=delay param.ns=5000",
        "at=power.enter action=lose-context", "at=reset action=refuse",
        "at=reset match.kind=2 action=delay param.ns=5000", "at=reset action=lose-context",
        "at=reset action=keep-context", "at=reset match.kind=2 action=hang", "at=reset match.kind=3 action=hang",
    };
    const char *one = rule[below(G_N_ELEMENTS(rule))];
    bool of_both = g_str_has_prefix(one, "at=mmio.") || g_str_has_prefix(one, "at=dma.") ||
                   (g_str_has_prefix(one, "at=irq.") && !strstr(one, "vector"));
    g_autofree char *text = g_strdup_printf("\"id=r device=%s %s probability=1/%u\"",
                                            below(4) || !of_both ? "dma0" : "link0", one, 1 + below(20));

    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"*\"");
    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

static void reset_somehow(Bench *bench)
{
    switch (below(4)) {
    case 0:
        pci_flr(&bench->dma);
        break;
    case 1:
        machine_system_reset(bench->machine);
        break;
    case 2:
        pci_ask_power_state(&bench->dma, below(4));
        return;
    default:
        pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
        break;
    }
    bench_configure(bench);
}

static void inject_some(Bench *bench)
{
    g_autofree char *vector = g_strdup_printf("%u", below(4) ? below(STUNT_DMA_VECTORS) : odd_number());

    machine_qom_try_set(bench->machine, "dma0", "inject-irq", vector);
}

static void moderate_some(Bench *bench)
{
    pci_reg_write(&bench->dma, DMA_CH(CH_MODERATE, below(STUNT_DMA_CH_CTRL_COUNT)),
                  below(40) << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT | below(9));
}

static void enable_messages(Bench *bench)
{
    if (below(3) == 0) {
        pci_enable_msi(&bench->dma, some_address() & ~UINT64_C(3), below(6));
    }
    /* data and masks in the MSI-X table, and the pending bits */
    pci_reg_write(&bench->dma, 0x2008 + 16 * below(STUNT_DMA_VECTORS) + 4 * below(2), odd_number());
    pci_reg_read(&bench->dma, 0x3000);
    pci_enable_msix(&bench->dma, below(4) ? RAM_MSI : some_address() & ~UINT64_C(3), STUNT_DMA_VECTORS);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
}

static void one_step(Bench *bench)
{
    uint32_t what = below(100);

    if (what < 50) {
        poke_registers(bench);
    } else if (what < 60) {
        poke_config(bench);
    } else if (what < 80) {
        feed_channel(bench);
        machine_step(bench->machine, below(3000000));
    } else if (what < 85) {
        scatter_descs(bench);
    } else if (what < 87) {
        enable_messages(bench);
    } else if (what < 88) {
        moderate_some(bench);
    } else if (what < 89) {
        ring_peer(bench);
    } else if (what < 90) {
        inject_some(bench);
    } else if (what < 96) {
        arm_some_rule(bench);
    } else {
        reset_somehow(bench);
    }
    shm_forget(bench->shm);
    if (what % 10 == 0 && !machine_is_running(bench->machine)) {
        machine_cont(bench->machine);
    }
}

/* Whatever was done to it: after a reset it copies as on the first day. */
static void check_alive(Bench *bench)
{
    Channel channel;

    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"*\"");
    fuzz_go_on(bench);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    channel = channel_open(bench, below(STUNT_DMA_CH_CTRL_COUNT), 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1 + below(10000));
    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_ID), ==, STUNT_LINK_ID_VALUE);
    shm_forget(bench->shm);
}

/* One of the devices that a machine definition can ask for; it always has MSI and MSI-X. */
static char *some_properties(void)
{
    return g_strdup_printf(",msi-vectors=%u,interrupt-pin=%u,class-code=%u,reset-ns=%u", 1u << below(6),
                           1 + below(4), below(0x1000000), below(2) ? below(3000000) : 0);
}

static Bench *start(void)
{
    g_autofree char *props = some_properties();

    return bench_new_peers(props, "", 4096);
}

int main(int argc, char **argv)
{
    static const Fuzz fuzz = { start, one_step, check_alive };

    return fuzz_run(&fuzz, argc, argv);
}
