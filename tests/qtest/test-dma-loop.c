/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains that lead back into themselves on purpose, their periods, and a channel that is paused. */
#include "dma.h"
#include "stunt/events.h"

#define DESC(...) ((struct stunt_dma_desc){ __VA_ARGS__ })
#define OK STUNT_DMA_STATUS_OK
#define LOOP STUNT_DMA_DESC_LOOP
#define IRQ STUNT_DMA_DESC_IRQ
#define CHAIN (RAM_RING + UINT64_C(0xf0000))
#define PERIODS 4u
#define PERIOD_LEN 64u

/* `n` fills of one word each, a period each, and the LINK behind them with these flags. */
static void write_loop(Bench *bench, unsigned n, uint8_t link_flags)
{
    for (unsigned i = 0; i < n; i++) {
        machine_write(bench->machine, CHAIN + 64 * i,
                      &DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST + PERIOD_LEN * i, .len = PERIOD_LEN,
                            .flags = IRQ, .arg = i + 1),
                      sizeof(struct stunt_dma_desc));
    }
    machine_write(bench->machine, CHAIN + 64 * n,
                  &DESC(.op = STUNT_DMA_OP_LINK, .src = CHAIN, .flags = link_flags),
                  sizeof(struct stunt_dma_desc));
}

static void start_loop(Channel *channel, uint8_t flags)
{
    channel_put(channel, &DESC(.op = STUNT_DMA_OP_LINK, .src = CHAIN, .flags = flags, .id = 7));
    channel_kick(channel);
}

static uint32_t periods(const Channel *channel)
{
    return channel_read(channel, STUNT_DMA_CH_PERIODS);
}

static void wait_for_periods(const Channel *channel, uint32_t n)
{
    for (unsigned i = 0; periods(channel) < n; i++) {
        g_assert_cmpuint(i, <, 10000);
        machine_step(channel->pci->machine, 10000);
    }
}

static void test_goes_round(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    Channel channel = channel_open(bench, 0, 2);
    const struct stunt_event *event;

    write_loop(bench, PERIODS, LOOP);
    start_loop(&channel, LOOP);
    for (uint32_t n = 1; n <= 3 * PERIODS; n++) {
        wait_for_periods(&channel, n);
        event = shm_find(bench->shm, STUNT_EV_JOB_PERIOD);
        g_assert_nonnull(event);
        g_assert_cmpuint(event->field[STUNT_EV_JOB_PERIOD_COUNT], ==, n);
        g_assert_cmpuint(event->field[STUNT_EV_JOB_PERIOD_BYTES], ==, n * PERIOD_LEN);
    }
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS) & 1, ==, 1);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    g_assert_cmphex(machine_read64(bench->machine, RAM_DST + PERIOD_LEN * (PERIODS - 1)), ==, PERIODS);
}

static void test_each_period_asks(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",latency-ns=20000", 4096);
    Channel channel = channel_open(bench, 2, 2);

    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    write_loop(bench, 2, LOOP);
    start_loop(&channel, LOOP);
    for (uint32_t n = 1; n < 6; n++) { /* never acknowledged */
        wait_for_periods(&channel, n);
        g_assert_cmpuint(machine_read32(bench->machine, RAM_MSI + 4 * 2), ==, 3);
        g_assert_nonnull(shm_find(bench->shm, STUNT_EV_IRQ_RAISE));
        machine_write32(bench->machine, RAM_MSI + 4 * 2, 0);
    }
}

static void test_ends_after_disable(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);
    struct stunt_dma_comp comp;

    write_loop(bench, PERIODS, LOOP);
    start_loop(&channel, LOOP);
    wait_for_periods(&channel, PERIODS + 1);
    channel_write(&channel, STUNT_DMA_CH_CTRL, 0);
    channel_wait(&channel);
    comp = channel_comp(&channel, 0);
    g_assert_cmpuint(comp.status, ==, OK);
    g_assert_cmpuint(comp.id, ==, 7);
    g_assert_cmpuint(periods(&channel), ==, 2 * PERIODS); /* to the end of the round */
    g_assert_cmpuint(comp.bytes, ==, 2 * PERIODS * PERIOD_LEN);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_BYTES), ==, 0);

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP)).status, ==, OK);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_RESET);
    g_assert_cmpuint(periods(&channel), ==, 0);
}

static void test_needs_the_flag(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    write_loop(bench, PERIODS, 0);
    start_loop(&channel, LOOP);
    channel_wait(&channel);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_LINK_LOOP);
    g_assert_cmpuint(periods(&channel), ==, PERIODS);
}

/* Without a LINK that has LOOP before them, descriptors with IRQ are no periods. */
static void test_no_period_without_loop(void)
{
    g_autoptr(Bench) bench = bench_new(",latency-ns=20000", "");
    Channel channel = channel_open(bench, 0, 2);

    write_loop(bench, PERIODS, LOOP);
    start_loop(&channel, 0);
    wait_for_periods(&channel, 1); /* of the second round */
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_BYTES), ==, (PERIODS + 1) * PERIOD_LEN);
}

static void test_refused(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    write_loop(bench, 0, LOOP); /* a LINK to itself */
    start_loop(&channel, LOOP);
    channel_wait(&channel);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_LINK_LOOP);
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP, .flags = LOOP)).status, ==,
                     STUNT_DMA_STATUS_RESERVED);
}

static void test_abort(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 3, 2);

    write_loop(bench, PERIODS, LOOP);
    start_loop(&channel, LOOP);
    wait_for_periods(&channel, 2);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(channel_comp(&channel, 0).bytes, ==, periods(&channel) * PERIOD_LEN);
}

/* A loop that takes no time and does nothing else leaves time to the guest, and is as long as it likes. */
static void test_costs_bounded_work(void)
{
    g_autoptr(Bench) bench = bench_new(",latency-ns=0,bandwidth=0", "");
    Channel channel = channel_open(bench, 0, 2);
    int64_t before;

    write_loop(bench, 1, LOOP);
    start_loop(&channel, LOOP);
    before = machine_now(bench->machine);
    wait_for_periods(&channel, 20000);
    g_assert_cmpint(machine_now(bench->machine) - before, >=, 20000 / 64 * 1000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
}

static void test_pause(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);
    uint32_t at;

    write_loop(bench, PERIODS, LOOP);
    start_loop(&channel, LOOP);
    wait_for_periods(&channel, 3);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_PAUSE);
    at = periods(&channel);
    machine_step(bench->machine, 50000000);
    g_assert_cmpuint(periods(&channel), ==, at);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_BYTES), ==, at * PERIOD_LEN);
    pci_set_power_state(&bench->dma, 3); /* waking up is not going on */
    pci_set_power_state(&bench->dma, 0);
    machine_step(bench->machine, 50000000);
    g_assert_cmpuint(periods(&channel), ==, at);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    wait_for_periods(&channel, at + 5);
}

/* Work that comes while the channel is paused waits. */
static void test_pause_holds_new_work(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 1, 2);

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_PAUSE);
    channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP));
    channel_kick(&channel);
    machine_step(bench->machine, 50000000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, OK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dma/loop/goes-round", test_goes_round);
    g_test_add_func("/dma/loop/each-period-asks-for-an-interrupt", test_each_period_asks);
    g_test_add_func("/dma/loop/ends-at-its-link-after-disable", test_ends_after_disable);
    g_test_add_func("/dma/loop/needs-the-flag", test_needs_the_flag);
    g_test_add_func("/dma/loop/no-period-before-its-first-link", test_no_period_without_loop);
    g_test_add_func("/dma/loop/refused", test_refused);
    g_test_add_func("/dma/loop/abort", test_abort);
    g_test_add_func("/dma/loop/costs-bounded-work", test_costs_bounded_work);
    g_test_add_func("/dma/pause/stands-still", test_pause);
    g_test_add_func("/dma/pause/holds-new-work", test_pause_holds_new_work);
    return g_test_run();
}
