/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset of every kind, abort, and power states, also with work in flight. */
#include "irq.h"
#include "stunt/events.h"

#define RESET_NS INT64_C(1000000) /* of a function level reset, unless a property says otherwise */
#define SLOW ",latency-ns=1000,bandwidth=1000000" /* a byte takes a microsecond */

/* A channel with a descriptor in work that ends in a millisecond. */
static Channel start_work(Bench *bench, unsigned index)
{
    Channel channel = channel_open(bench, index, 2);

    machine_fill(bench->machine, RAM_DST, 0xee, 1000);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 1000,
                                                    .arg = 0x1111111111111111, .id = 3,
                                                    .flags = STUNT_DMA_DESC_IRQ });
    channel_kick(&channel);
    machine_step(bench->machine, 2000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    return channel;
}

/* Nothing of the work came through, now or later. */
static void check_no_trace(Bench *bench, const Channel *channel)
{
    machine_step(bench->machine, 10000000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_cmpuint(channel_comp(channel, 0).phase, ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 0);
}

static void check_registers_are_reset(Bench *bench)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_CTRL), ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ERR_COUNT), ==, 0);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        for (unsigned reg = STUNT_DMA_CH_CTRL; reg <= STUNT_DMA_CH_ERR_INDEX; reg += 4) {
            g_assert_cmphex(pci_reg_read(&bench->dma, reg + STUNT_DMA_CH_CTRL_STRIDE * i), ==, 0);
        }
    }
}

static uint64_t misuse(const Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "dma0", "misuse-count");
}

static void check_works(Bench *bench)
{
    Channel channel = channel_open(bench, 0, 2);

    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
}

/* ---- abort and channel reset ----------------------------------------------------------------------- */

static void test_abort(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel = start_work(bench, 1);
    struct stunt_dma_comp comp;

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    machine_step(bench->machine, 10000000);
    comp = channel_comp(&channel, 0);
    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(comp.id, ==, 3);
    g_assert_cmpuint(comp.phase, ==, 1);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    check_works(bench);
}

/* Before the descriptor is fetched there is nothing to complete. */
static void test_abort_before_fetch(void)
{
    g_autoptr(Bench) bench = bench_new(",latency-ns=1000000", "");
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP });
    channel_kick(&channel);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    machine_step(bench->machine, 10000000);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
}

static void test_abort_of_idle_channel(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 1, 2);

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
}

static void test_channel_reset_in_flight(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel other = channel_open(bench, 2, 2);
    Channel channel = start_work(bench, 1);

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_RESET);
    for (unsigned reg = STUNT_DMA_CH_CTRL; reg <= STUNT_DMA_CH_ERR_INDEX; reg += 4) {
        g_assert_cmphex(channel_read(&channel, reg), ==, 0);
    }
    check_no_trace(bench, &channel);
    g_assert_cmphex(channel_read(&other, STUNT_DMA_CH_CTRL), ==, STUNT_DMA_CH_CTRL_ENABLE);
    channel_check_copy(&other, RAM_SRC, RAM_DST, 100);
}

static void test_disable_in_flight(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel = start_work(bench, 1);

    channel_write(&channel, STUNT_DMA_CH_CTRL, 0);
    machine_step(bench->machine, 10000000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_CTRL), ==, 0);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS) & STUNT_DMA_CH_STATUS_RUNNING, ==, 0);
    check_works(bench);
}

/* ---- resets of the whole function ------------------------------------------------------------------ */

static void dirty_registers(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
}

static void test_soft_reset(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel = start_work(bench, 1);

    dirty_registers(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    check_registers_are_reset(bench);
    check_no_trace(bench, &channel);
    g_assert_cmphex(pci_read(&bench->dma, pci_find_cap(&bench->dma, 0x11) + 2, 2) & 0x8000, !=, 0);
    check_works(bench);
}

static void test_flr(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel = start_work(bench, 1);
    Pci *dma = &bench->dma;

    dirty_registers(bench);
    pci_enable_msix(dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_flr(dma);
    g_assert_cmphex(pci_read(dma, 4, 2), ==, 0); /* command */
    g_assert_cmphex(pci_read(dma, 0x10, 4), ==, 0);
    g_assert_cmphex(pci_read(dma, pci_find_cap(dma, 0x11) + 2, 2) & 0xc000, ==, 0);
    pci_map_bar(dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, RESET_NS);
    check_registers_are_reset(bench);
    check_no_trace(bench, &channel);
    check_works(bench);
}

/* Until its time is over the function has no registers; configuration space is there at once. */
static void test_flr_takes_time(void)
{
    g_autoptr(Bench) bench = bench_new(",reset-ns=5000000", "");
    Pci *dma = &bench->dma;
    uint64_t before;

    pci_flr(dma);
    pci_map_bar(dma, 0, DMA_BAR_ADDR);
    before = misuse(bench);
    machine_step(bench->machine, 4000000);
    g_assert_cmphex(pci_read(dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, 0xffffffff);
    pci_reg_write(dma, STUNT_DMA_INT_MASK, 0x15);
    g_assert_cmphex(machine_read32(bench->machine, DMA_BAR_ADDR + 0x2000), ==, 0xffffffff);
    g_assert_cmpuint(misuse(bench), ==, before + 3);
    machine_step(bench->machine, 1000000);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_INT_MASK), ==, 0);
    g_assert_cmpuint(misuse(bench), ==, before + 3);
    check_works(bench);
}

static void test_flr_kind_of_misuse(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    const struct stunt_event *event;

    pci_flr(&bench->dma);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    pci_reg_read(&bench->dma, STUNT_DMA_CTRL);
    event = shm_find(bench->shm, STUNT_EV_MISUSE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_MISUSE_KIND], ==, STUNT_DMA_MISUSE_ACCESS_IN_RESET);
    g_assert_cmpuint(event->field[STUNT_EV_MISUSE_ARG0], ==, STUNT_DMA_CTRL);
}

/* A second one begins it anew; a reset of the whole system ends it; 0 is no time at all. */
static void test_flr_again(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Pci *dma = &bench->dma;

    pci_flr(dma);
    machine_step(bench->machine, RESET_NS / 2);
    pci_flr(dma);
    pci_map_bar(dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, RESET_NS - 1);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, 0xffffffff);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    machine_qom_set(bench->machine, "dma0", "reset-ns", "0");
    pci_flr(dma);
    pci_map_bar(dma, 0, DMA_BAR_ADDR);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

/* Nothing that was signalled, pending, put off or held back comes out on the other side. */
static void test_flr_forgets_interrupts(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 1, 2), held = channel_open(bench, 2, 2);
    Pci *dma = &bench->dma;

    machine_intercept_irqs(bench->machine);
    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=r device=dma0 at=irq.raise match.vector=1 action=delay param.ns=2000000\"");
    enable_irqs(bench);
    pci_enable_msix(dma, RAM_MSI, STUNT_DMA_VECTORS);
    channel_write(&held, STUNT_DMA_CH_MODERATE, 8 | 1500 << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT);
    signal_done(&channel);
    signal_done(&held);
    pci_flr(dma);
    machine_step(bench->machine, 10000000);
    g_assert_cmphex(message(bench, 1), ==, 0);
    g_assert_cmphex(message(bench, 2), ==, 0);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    g_assert_cmphex(pci_read(dma, 6, 2) & 0x8, ==, 0);
}

static void test_system_reset(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel = start_work(bench, 1);

    dirty_registers(bench);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    check_registers_are_reset(bench);
    check_no_trace(bench, &channel);
    check_works(bench);
}

/* ---- power ----------------------------------------------------------------------------------------- */

static void test_d3_reads_all_ones(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Pci *dma = &bench->dma;

    pci_reg_write(dma, STUNT_DMA_INT_MASK, 0x15);
    pci_set_power_state(dma, 3);
    g_assert_cmphex(pci_read(dma, pci_find_cap(dma, 1) + 4, 2) & 3, ==, 3);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_cmpuint(misuse(bench), ==, 1);
    pci_reg_write(dma, STUNT_DMA_INT_MASK, 0);
    g_assert_cmpuint(misuse(bench), ==, 2);
    pci_set_power_state(dma, 0);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_INT_MASK), ==, 0x15); /* D3hot keeps the context */
    check_works(bench);
}

/* D1 and D2 are not offered: the state stays. */
static void test_d1_d2_are_not_there(void)
{
    g_autoptr(Bench) bench = bench_new(",d1=off,d2=off", "");
    Pci *dma = &bench->dma;

    for (unsigned state = 1; state <= 2; state++) {
        pci_set_power_state(dma, state);
        g_assert_cmphex(pci_read(dma, pci_find_cap(dma, 1) + 4, 2) & 3, ==, 0);
        g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    }
    g_assert_cmpuint(misuse(bench), ==, 0);
}

static void test_no_dma_and_no_irq_in_d3(void)
{
    g_autoptr(Bench) bench = bench_new(SLOW, "");
    Channel channel;

    machine_intercept_irqs(bench->machine);
    dirty_registers(bench);
    channel = start_work(bench, 1);
    pci_set_power_state(&bench->dma, 3);
    machine_step(bench->machine, 10000000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    for (unsigned i = 0; i < MACHINE_IRQS; i++) {
        g_assert_cmpuint(bench->machine->raised[i], ==, 0);
    }
    pci_set_power_state(&bench->dma, 0); /* and goes on where it was */
    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_OK);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0x11111111);
}

static void test_reset_wakes_up(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Pci *dma = &bench->dma;

    pci_set_power_state(dma, 3);
    pci_flr(dma);
    g_assert_cmphex(pci_read(dma, pci_find_cap(dma, 1) + 4, 2) & 3, ==, 0);
    pci_map_bar(dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, RESET_NS);
    g_assert_cmphex(pci_reg_read(dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reset/abort/ends-the-running-descriptor", test_abort);
    g_test_add_func("/reset/abort/before-the-fetch-completes-nothing", test_abort_before_fetch);
    g_test_add_func("/reset/abort/halts-an-idle-channel", test_abort_of_idle_channel);
    g_test_add_func("/reset/channel/in-flight-leaves-no-trace", test_channel_reset_in_flight);
    g_test_add_func("/reset/channel/disabled-in-flight-comes-to-rest", test_disable_in_flight);
    g_test_add_func("/reset/soft/in-flight-keeps-configuration-space", test_soft_reset);
    g_test_add_func("/reset/flr/in-flight-clears-all", test_flr);
    g_test_add_func("/reset/flr/takes-time", test_flr_takes_time);
    g_test_add_func("/reset/flr/access-meanwhile-is-misuse", test_flr_kind_of_misuse);
    g_test_add_func("/reset/flr/again-and-ended-by-a-system-reset", test_flr_again);
    g_test_add_func("/reset/flr/forgets-interrupts", test_flr_forgets_interrupts);
    g_test_add_func("/reset/system/in-flight-clears-all", test_system_reset);
    g_test_add_func("/power/d3/reads-all-ones-and-counts-misuse", test_d3_reads_all_ones);
    g_test_add_func("/power/d1-and-d2-are-not-there", test_d1_d2_are_not_there);
    g_test_add_func("/power/d3/no-dma-and-no-interrupt-until-d0", test_no_dma_and_no_irq_in_d3);
    g_test_add_func("/power/d3/flr-wakes-up", test_reset_wakes_up);
    return g_test_run();
}
