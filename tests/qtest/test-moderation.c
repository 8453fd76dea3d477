/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts that a channel holds back, by number and by time; whatever happens meanwhile, none is lost. */
#include "irq.h"

#include <string.h>

#define CH 1u
#define MESSAGE (CH + 1)
#define US INT64_C(1000)

static Bench *new_bench(void)
{
    Bench *bench = bench_new(",latency-ns=0", "");

    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    return bench;
}

static Channel open_moderated(Bench *bench, uint32_t jobs, uint32_t time_us)
{
    Channel channel = channel_open(bench, CH, 4);

    channel_write(&channel, STUNT_DMA_CH_MODERATE, time_us << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT | jobs);
    return channel;
}

/* n completions that ask, at once: a microsecond is over then. */
static void complete(Channel *channel, unsigned n)
{
    struct stunt_dma_desc nop = { .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ };

    while (n--) {
        channel_put(channel, &nop);
    }
    channel_kick(channel);
    machine_step(channel->pci->machine, US);
    g_assert_cmpuint(channel_read(channel, STUNT_DMA_CH_HEAD), ==, channel->tail);
}

static void expect_message(Bench *bench)
{
    g_assert_cmphex(message(bench, CH), ==, MESSAGE);
}

static void expect_none(Bench *bench)
{
    g_assert_cmphex(message(bench, CH), ==, 0);
}

static void test_off(void)
{
    for (uint32_t jobs = 0; jobs < 2; jobs++) {
        g_autoptr(Bench) bench = new_bench();
        Channel channel = open_moderated(bench, jobs, jobs * 1000); /* 1 is each, whatever the time */

        complete(&channel, 1);
        expect_message(bench);
        complete(&channel, 1);
        expect_message(bench);
    }
}

static void test_number(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 3, 0);

    for (unsigned round = 0; round < 3; round++) {
        complete(&channel, 1);
        complete(&channel, 1);
        machine_step(bench->machine, 1000000 * US);
        expect_none(bench);
        /* told, not signalled */
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1u << CH);
        complete(&channel, 1);
        expect_message(bench);
    }
}

/* Completions that do not ask do not count. */
static void test_only_who_asks(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 2, 0);

    complete(&channel, 1);
    for (unsigned i = 0; i < 5; i++) {
        channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP });
    }
    expect_none(bench);
    complete(&channel, 1);
    expect_message(bench);
}

/* Counted from the first that is held back. */
static void test_time(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 0, 100);

    for (unsigned round = 0; round < 2; round++) {
        complete(&channel, 1);
        machine_step(bench->machine, 60 * US);
        complete(&channel, 1);
        machine_step(bench->machine, 36 * US);
        expect_none(bench);
        machine_step(bench->machine, 2 * US);
        expect_message(bench);
        machine_step(bench->machine, 1000 * US);
        expect_none(bench);
    }
}

static void test_whichever_is_first(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 4, 100);

    complete(&channel, 3);
    expect_none(bench);
    complete(&channel, 1);
    expect_message(bench);
    complete(&channel, 3);
    machine_step(bench->machine, 98 * US);
    expect_none(bench);
    machine_step(bench->machine, US);
    expect_message(bench);
}

static void test_other_channels(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 8, 0), other = channel_open(bench, 2, 4);

    complete(&channel, 1);
    complete(&other, 1);
    expect_none(bench);
    g_assert_cmphex(message(bench, 2), ==, 3);
}

/* An error is told at once, and with it what the channel holds back: nothing more will come of it. */
static void test_error(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 8, 0);

    complete(&channel, 2);
    expect_none(bench);
    signal_error(&channel);
    g_assert_cmphex(message(bench, STUNT_DMA_VEC_ERROR), ==, STUNT_DMA_VEC_ERROR + 1);
    expect_message(bench);
}

static void test_stopped(void)
{
    static const uint32_t control[] = { STUNT_DMA_CH_CTRL_ABORT | STUNT_DMA_CH_CTRL_ENABLE, 0,
                                        STUNT_DMA_CH_CTRL_PAUSE | STUNT_DMA_CH_CTRL_ENABLE };

    for (unsigned i = 0; i < G_N_ELEMENTS(control); i++) {
        g_autoptr(Bench) bench = new_bench();
        Channel channel = open_moderated(bench, 8, 0);

        complete(&channel, 2);
        expect_none(bench);
        channel_write(&channel, STUNT_DMA_CH_CTRL, control[i]);
        expect_message(bench);
    }
}

/* The job that runs when the channel is disabled signals its end at once. */
static void test_disabled_in_flight(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 8, 0);

    machine_qom_set(bench->machine, "dma0", "latency-ns", "5000");
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
    channel_kick(&channel);
    channel_write(&channel, STUNT_DMA_CH_CTRL, 0);
    expect_none(bench);
    machine_step(bench->machine, 6 * US);
    expect_message(bench);
}

static void test_reset(void)
{
    for (unsigned global = 0; global < 2; global++) {
        g_autoptr(Bench) bench = new_bench();
        Channel channel = open_moderated(bench, 8, 50);

        complete(&channel, 2);
        if (global) {
            pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
            pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
        } else {
            channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_RESET);
        }
        g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_MODERATE), ==, 0);
        machine_step(bench->machine, 1000 * US);
        expect_none(bench);
        channel = channel_open(bench, CH, 4);
        complete(&channel, 1);
        expect_message(bench);
    }
}

static void test_held_back_by_a_mask_too(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 0, 100);

    complete(&channel, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1u << CH);
    machine_step(bench->machine, 200 * US);
    expect_none(bench);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    expect_message(bench);
    complete(&channel, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, 0);
    machine_step(bench->machine, 200 * US);
    expect_none(bench);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    expect_message(bench);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 1u << CH);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1u << CH); /* masked and back while it counts */
    complete(&channel, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    machine_step(bench->machine, 98 * US);
    expect_none(bench);
    machine_step(bench->machine, 2 * US);
    expect_message(bench);
}

static void test_limits_change(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 8, 0);

    complete(&channel, 2);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 3);
    expect_none(bench);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 2); /* reached already */
    expect_message(bench);
    complete(&channel, 1);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 0); /* switched off */
    expect_message(bench);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 100 << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT);
    complete(&channel, 1);
    machine_step(bench->machine, 50 * US);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 70 << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT);
    machine_step(bench->machine, 17 * US);
    expect_none(bench);
    machine_step(bench->machine, 2 * US); /* still from the completion on */
    expect_message(bench);
    complete(&channel, 1);
    machine_step(bench->machine, 50 * US);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 40 << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT);
    expect_message(bench);
}

/* A driver that acknowledges looks at the ring next. */
static void test_acknowledged(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 2, 100);

    complete(&channel, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 1u << CH);
    machine_step(bench->machine, 1000 * US);
    expect_none(bench);
    complete(&channel, 1);
    expect_none(bench); /* it is the first again */
    complete(&channel, 1);
    expect_message(bench);
}

static void test_sleep(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 8, 100);

    complete(&channel, 1);
    pci_set_power_state(&bench->dma, 3);
    machine_step(bench->machine, 1000 * US);
    expect_none(bench);
    pci_set_power_state(&bench->dma, 0);
    expect_message(bench); /* its time came in its sleep */
    machine_qom_set(bench->machine, "dma0", "d3hot-exit-ns", "0");
    complete(&channel, 1);
    pci_ask_power_state(&bench->dma, 3);
    machine_step(bench->machine, 10 * US);
    pci_ask_power_state(&bench->dma, 0);
    machine_step(bench->machine, 80 * US);
    expect_none(bench);
    machine_step(bench->machine, 10 * US);
    expect_message(bench);
}

static void test_on_the_line(void)
{
    g_autoptr(Bench) bench = bench_new(",interrupts=intx,latency-ns=0", "");
    Channel channel;

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    channel = open_moderated(bench, 2, 0);
    complete(&channel, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    complete(&channel, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 1u << CH);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* The fault point is where the signal leaves the device: one event for all that was held back. */
static void test_faults_see_the_signal(void)
{
    g_autoptr(Bench) bench = new_bench();
    Channel channel = open_moderated(bench, 2, 0);
    g_autofree char *status = NULL;

    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=r device=dma0 at=irq.raise nth=1 action=drop\"");
    complete(&channel, 2);
    expect_none(bench);
    complete(&channel, 2);
    expect_message(bench);
    status = machine_qom_get_str(bench->machine, "link0", "fault-status");
    g_assert_nonnull(strstr(status, " matched=2 fired=1 "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/moderation/off", test_off);
    g_test_add_func("/moderation/by-number", test_number);
    g_test_add_func("/moderation/only-completions-that-ask-count", test_only_who_asks);
    g_test_add_func("/moderation/by-time-from-the-first", test_time);
    g_test_add_func("/moderation/whichever-is-first", test_whichever_is_first);
    g_test_add_func("/moderation/other-channels-are-not-held-back", test_other_channels);
    g_test_add_func("/moderation/error-lets-go", test_error);
    g_test_add_func("/moderation/abort-disable-and-pause-let-go", test_stopped);
    g_test_add_func("/moderation/disabled-in-flight-signals-its-end", test_disabled_in_flight);
    g_test_add_func("/moderation/reset-forgets", test_reset);
    g_test_add_func("/moderation/masks-lose-nothing", test_held_back_by_a_mask_too);
    g_test_add_func("/moderation/limits-change-while-holding", test_limits_change);
    g_test_add_func("/moderation/acknowledging-takes-back", test_acknowledged);
    g_test_add_func("/moderation/sleep-loses-nothing", test_sleep);
    g_test_add_func("/moderation/on-the-line", test_on_the_line);
    g_test_add_func("/moderation/faults-see-one-signal", test_faults_see_the_signal);
    return g_test_run();
}
