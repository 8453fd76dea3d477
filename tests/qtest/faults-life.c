/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of power states and resets. No misuse comes of them: the driver did nothing wrong. */
#include "faults.h"

#define SRAM_ADDR (DMA_BAR_ADDR + UINT64_C(0x80000)) /* in the window of its port */
#define FOREVER_NS INT64_C(60000000000)

static unsigned power_of(Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "dma0", "power-state");
}

static void check_answers(Bench *bench, bool answers)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, answers ? STUNT_DMA_ID_VALUE : UINT32_MAX);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
}

static void check_there(Bench *bench, bool there)
{
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, there ? STUNT_DMA_PCI_VENDOR : 0xffff);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
}

/* What only a reset of the whole machine cures. */
static void check_gone_for_good(Bench *bench)
{
    machine_step(bench->machine, FOREVER_NS);
    check_there(bench, false);
    pci_write(&bench->dma, 4, 2, 6);
    check_there(bench, false);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    check_there(bench, true);
    check_answers(bench, true);
}

static void flr_and_map(Bench *bench)
{
    pci_flr(&bench->dma);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 1000000);
}

static uint32_t mask_of(Bench *bench)
{
    return pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK);
}

static void set_mask(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
}

static void soft_reset(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
}

/* ---- power --------------------------------------------------------------------------------------------- */

static void power_refuse(Bench *bench)
{
    pci_set_power_state(&bench->dma, 3);
    g_assert_cmpuint(power_of(bench), ==, 0);
    check_answers(bench, true);
    pci_set_power_state(&bench->dma, 3);
    g_assert_cmpuint(power_of(bench), ==, 3);
}

static void power_refuse_to_wake(Bench *bench)
{
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    check_answers(bench, false);
    pci_set_power_state(&bench->dma, power_of(bench)); /* as who writes PME_En, and the state that it reads */
    check_answers(bench, false);
    pci_set_power_state(&bench->dma, 0);
    check_answers(bench, true);
}

static void power_delay(Bench *bench)
{
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    machine_step(bench->machine, 490000);
    check_answers(bench, false);
    pci_write(&bench->dma, 0x0c, 1, 0); /* another register: no new request */
    machine_step(bench->machine, 20000);
    g_assert_cmpuint(power_of(bench), ==, 0);
    check_answers(bench, true);
}

static void power_delay_kept(Bench *bench)
{
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    faults_ahead_and_back(bench, 600000);
    check_answers(bench, false);
    machine_step(bench->machine, 510000);
    check_answers(bench, true);
}

static void power_delay_called_off(Bench *bench)
{
    pci_ask_power_state(&bench->dma, 3);
    pci_ask_power_state(&bench->dma, 0);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(power_of(bench), ==, 0);
}

static void power_hang(Bench *bench)
{
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    check_answers(bench, false);
    check_gone_for_good(bench);
}

static void power_lose_context(Bench *bench)
{
    set_mask(bench);
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    g_assert_cmphex(mask_of(bench), ==, 0);
    set_mask(bench);
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
}

static void power_keep_context(Bench *bench)
{
    set_mask(bench);
    pci_set_power_state(&bench->dma, 3);
    pci_set_power_state(&bench->dma, 0);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
}

/* ---- resets -------------------------------------------------------------------------------------------- */

static void flr_refuse(Bench *bench)
{
    set_mask(bench);
    pci_flr(&bench->dma);
    g_assert_cmphex(pci_read(&bench->dma, 4, 2) & 6, ==, 6);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
    flr_and_map(bench);
    g_assert_cmphex(mask_of(bench), ==, 0);
}

static void flr_keep_context(Bench *bench)
{
    set_mask(bench);
    pci_flr(&bench->dma);
    g_assert_cmphex(pci_read(&bench->dma, 4, 2) & 6, ==, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 1000000);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
}

static void flr_delay(Bench *bench)
{
    pci_flr(&bench->dma);
    machine_step(bench->machine, 4900000);
    check_there(bench, false);
    machine_step(bench->machine, 200000);
    check_there(bench, true);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    check_answers(bench, true);
}

static void flr_hang(Bench *bench)
{
    pci_flr(&bench->dma);
    check_gone_for_good(bench);
}

/* Memory survives a function level reset, but not this one. */
static void flr_lose_context(Bench *bench)
{
    Pci sram = bench->dma;

    pci_map_bar(&sram, STUNT_DMA_SRAM_BAR, SRAM_ADDR);
    machine_write32(bench->machine, SRAM_ADDR, 77);
    pci_flr(&bench->dma);
    pci_map_bar(&sram, STUNT_DMA_SRAM_BAR, SRAM_ADDR);
    g_assert_cmpuint(machine_read32(bench->machine, SRAM_ADDR), ==, 0);
}

static void flr_hang_kept(Bench *bench)
{
    pci_flr(&bench->dma);
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", "snapshot", "\"gone\"");
    machine_cont(bench->machine);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    check_there(bench, true);
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", "rewind", "\"gone\"");
    machine_cont(bench->machine);
    check_gone_for_good(bench);
}

static void soft_refuse(Bench *bench)
{
    set_mask(bench);
    soft_reset(bench);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
    soft_reset(bench);
    g_assert_cmphex(mask_of(bench), ==, 0);
}

static void soft_delay(Bench *bench)
{
    set_mask(bench);
    soft_reset(bench);
    machine_step(bench->machine, 490000);
    g_assert_cmphex(mask_of(bench), ==, 0x15);
    machine_step(bench->machine, 20000);
    g_assert_cmphex(mask_of(bench), ==, 0);
}

/* The registers are gone, configuration space is not: a reset of the function helps. */
static void soft_hang(Bench *bench)
{
    soft_reset(bench);
    machine_step(bench->machine, FOREVER_NS);
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
    check_answers(bench, false);
    flr_and_map(bench);
    check_answers(bench, true);
}

/* Channel 0 is reset while channel 1 is set up. */
static Channel reset_channel_0(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    pci_reg_write(&bench->dma, DMA_CH(CH_CTRL, 0), STUNT_DMA_CH_CTRL_RESET);
    return channel;
}

static void channel_refuse(Bench *bench)
{
    channel_open(bench, 0, 2);
    pci_reg_write(&bench->dma, DMA_CH(CH_CTRL, 0), STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_RESET);
    g_assert_cmphex(pci_reg_read(&bench->dma, DMA_CH(CH_CTRL, 0)), ==, STUNT_DMA_CH_CTRL_ENABLE);
    g_assert_cmphex(pci_reg_read(&bench->dma, DMA_CH(CH_RING_SIZE, 0)), ==, 2);
}

static void channel_delay(Bench *bench)
{
    channel_open(bench, 0, 2);
    pci_reg_write(&bench->dma, DMA_CH(CH_CTRL, 0), STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_RESET);
    machine_step(bench->machine, 490000);
    g_assert_cmphex(pci_reg_read(&bench->dma, DMA_CH(CH_CTRL, 0)), ==, STUNT_DMA_CH_CTRL_ENABLE);
    machine_step(bench->machine, 20000);
    g_assert_cmphex(pci_reg_read(&bench->dma, DMA_CH(CH_CTRL, 0)), ==, 0);
}

static void channel_hang(Bench *bench)
{
    uint64_t control = DMA_CH(CH_CTRL, 0), status = DMA_CH(CH_STATUS, 0);

    reset_channel_0(bench);
    for (unsigned i = 0; i < 2; i++) {
        machine_step(bench->machine, FOREVER_NS);
        g_assert_cmphex(pci_reg_read(&bench->dma, status), ==, STUNT_DMA_CH_STATUS_RUNNING);
        pci_reg_write(&bench->dma, control, i ? STUNT_DMA_CH_CTRL_RESET : STUNT_DMA_CH_CTRL_ABORT);
    }
    soft_reset(bench);
    g_assert_cmphex(pci_reg_read(&bench->dma, status), ==, 0);
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
}

static void channel_lose_context(Bench *bench)
{
    Channel channel = reset_channel_0(bench);

    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_CTRL), ==, 0);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_RING_SIZE), ==, 0);
}

#define FLR "match.kind=1 "
#define SOFT "match.kind=2 "
#define CHANNEL_0 "match.kind=3 match.channel=0 nth=2 " /* opening it is the first */

static const struct fault_case cases[] = {
    { "power.enter", "refuse", "", power_refuse },
    { "power.enter", "refuse", "match.state=0", power_refuse_to_wake },
    { "power.enter", "delay", "match.state=0 param.ns=500000", power_delay },
    { "power.enter", "delay", "match.state=0 param.ns=500000", power_delay_kept },
    { "power.enter", "delay", "match.state=3 param.ns=500000", power_delay_called_off },
    { "power.enter", "hang", "match.state=0", power_hang },
    { "power.enter", "lose-context", "match.state=0", power_lose_context },
    { "reset", "refuse", FLR, flr_refuse },
    { "reset", "refuse", SOFT, soft_refuse },
    { "reset", "refuse", CHANNEL_0, channel_refuse },
    { "reset", "keep-context", FLR, flr_keep_context },
    { "reset", "keep-context", SOFT, soft_refuse },
    { "reset", "keep-context", CHANNEL_0, channel_refuse },
    { "reset", "delay", FLR "param.ns=5000000", flr_delay },
    { "reset", "delay", SOFT "param.ns=500000", soft_delay },
    { "reset", "delay", CHANNEL_0 "param.ns=500000", channel_delay },
    { "reset", "hang", FLR, flr_hang },
    { "reset", "hang", FLR, flr_hang_kept },
    { "reset", "hang", SOFT, soft_hang },
    { "reset", "hang", "match.kind=3 match.channel=0", channel_hang },
    { "reset", "lose-context", FLR, flr_lose_context },
    { "reset", "lose-context", "match.kind=3 match.channel=0", channel_lose_context },
};

const struct fault_cases faults_of_life = { cases, G_N_ELEMENTS(cases) };

static const struct fault_case wake_cases[] = {
    { "power.enter", "keep-context", "match.state=0", power_keep_context },
};

const struct fault_cases faults_of_wake = { wake_cases, G_N_ELEMENTS(wake_cases) };
