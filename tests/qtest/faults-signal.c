/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of interrupts and jobs. Each message is a write to the link's register MARK, where it becomes an event. */
#include "faults.h"

struct marks {
    unsigned n, first; /* how many, and the vector of the first */
};

static struct marks take_marks(Bench *bench)
{
    struct marks marks = { 0 };
    const struct stunt_event *event;

    while ((event = shm_find(bench->shm, STUNT_EV_LINK_MARK))) {
        marks.first = marks.n++ ? marks.first : (unsigned)event->field[STUNT_EV_LINK_MARK_VALUE] - 1;
    }
    return marks;
}

static Channel ready_channel_1(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    for (unsigned v = 0; v < STUNT_DMA_VECTORS; v++) {
        pci_set_msix(&bench->dma, v, LINK_BAR_ADDR + STUNT_LINK_MARK, v + 1);
    }
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    shm_forget(bench->shm);
    return channel;
}

static Channel signal_channel_1(Bench *bench)
{
    Channel channel = ready_channel_1(bench);

    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
    return channel;
}

static void check_marks(Bench *bench, unsigned n, unsigned first)
{
    struct marks marks = take_marks(bench);

    g_assert_cmpuint(marks.n, ==, n);
    g_assert_true(n == 0 || marks.first == first);
}

static void irq_drop(Bench *bench)
{
    signal_channel_1(bench);
    machine_step(bench->machine, 100000000);
    check_marks(bench, 0, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 2); /* the device knows of it */
}

static void irq_duplicate(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 2, 1);
}

static void irq_delay(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 0, 0);
    machine_step(bench->machine, 490000);
    check_marks(bench, 0, 0);
    machine_step(bench->machine, 20000);
    check_marks(bench, 1, 1);
}

static void irq_storm(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 1, 1);
    machine_step(bench->machine, 100000);
    check_marks(bench, 1, 1);
    machine_step(bench->machine, 10000000);
    check_marks(bench, 18, 1);
}

static void irq_wrong_vector(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 1, 3);
}

static void irq_duplicate_later(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 1, 1);
    machine_step(bench->machine, 50000000);
    check_marks(bench, 1, 1);
}

static void irq_spurious(Bench *bench)
{
    signal_channel_1(bench);
    g_assert_cmpuint(shm_find(bench->shm, STUNT_EV_LINK_MARK)->field[STUNT_EV_LINK_MARK_VALUE], ==, 2);
    check_marks(bench, 1, 3);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 2);
}

static void irq_before_data(Bench *bench)
{
    Channel channel = ready_channel_1(bench);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ, .id = 7 });
    channel_kick(&channel);
    channel_wait(&channel);
    check_marks(bench, 1, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    g_assert_cmpuint(channel_comp(&channel, 0).id, ==, 0);
    machine_step(bench->machine, 50000000);
    check_marks(bench, 0, 0);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).id, ==, 7);
}

/* ---- jobs ------------------------------------------------------------------------------------------ */

static Channel start_nop(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .id = 5 });
    channel_kick(&channel);
    return channel;
}

static void job_delay(Bench *bench)
{
    Channel channel = start_nop(bench);

    machine_step(bench->machine, 490000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    machine_step(bench->machine, 20000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
}

static void late_end_aborted(Bench *bench)
{
    Channel channel = start_nop(bench);

    machine_step(bench->machine, 100000);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_ABORTED);
}

static void job_stale(Bench *bench)
{
    Channel channel = start_nop(bench);

    channel_wait(&channel);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .id = 6 });
    channel_kick(&channel);
    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 1).index, ==, 0);
    g_assert_cmpuint(channel_comp(&channel, 1).id, ==, 5);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 2);
}

static void job_stale_first(Bench *bench)
{
    Channel channel = start_nop(bench);

    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
}

static void job_hang(Bench *bench)
{
    Channel channel = start_nop(bench);

    machine_step(bench->machine, INT64_C(60000000000));
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE | STUNT_DMA_CH_CTRL_ABORT);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_ABORTED);
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
}

static void job_fail(Bench *bench)
{
    Channel channel = start_nop(bench);

    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_INTERNAL);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_INTERNAL);
}

static void job_complete_twice(Bench *bench)
{
    const struct stunt_event *event;
    unsigned records = 0;

    signal_channel_1(bench);
    while ((event = shm_find(bench->shm, STUNT_EV_DMA_WRITE))) {
        records += event->field[STUNT_EV_DMA_WRITE_WHAT] == STUNT_DMA_WHAT_COMP;
    }
    g_assert_cmpuint(records, ==, 2);
}

static void job_complete_twice_signals_twice(Bench *bench)
{
    signal_channel_1(bench);
    check_marks(bench, 2, 1);
}

static const struct fault_case cases[] = {
    { "irq.raise", "drop", "", irq_drop },
    { "irq.raise", "duplicate", "", irq_duplicate },
    { "irq.raise", "duplicate", "param.ns=40000000", irq_duplicate_later },
    { "irq.raise", "spurious", "param.vector=3", irq_spurious },
    { "irq.raise", "before-data", "param.ns=40000000", irq_before_data },
    { "irq.raise", "delay", "param.ns=500000", irq_delay },
    { "irq.raise", "storm", "param.count=20 param.ns=100000", irq_storm },
    { "irq.raise", "wrong-vector", "param.vector=3", irq_wrong_vector },
    { "job.start", "delay", "param.ns=500000", job_delay },
    { "job.done", "delay", "param.ns=500000", faults_late_copy },
    { "job.done", "delay", "param.ns=500000", late_end_aborted },
    { "job.done", "stale", "match.index=1", job_stale },
    { "job.done", "stale", "", job_stale_first },
    { "job.start", "hang", "", job_hang },
    { "job.start", "fail", "", job_fail },
    { "job.done", "complete-twice", "", job_complete_twice },
    { "job.done", "complete-twice", "match.id=0", job_complete_twice_signals_twice },
};

const struct fault_cases faults_of_signal = { cases, G_N_ELEMENTS(cases) };
