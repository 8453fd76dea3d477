/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every fault action at every class of event that it applies to does what spec/faults.toml says. The last
 * test fails for a row of the spec that has no line in the table here.
 */
#include "dma.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"
#include "fault.h"

#include <string.h>

#define COPY_LEN 100

struct fault_case {
    const char *at, *action;
    const char *words; /* the rest of the rule */
    void (*check)(Bench *bench);
};

/* ---- registers and configuration space ------------------------------------------------------------- */

static void check_reads(Bench *bench, uint32_t faulty)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, faulty);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

static void mmio_read_ones(Bench *bench)
{
    check_reads(bench, 0xffffffff);
}

static void mmio_read_replace(Bench *bench)
{
    check_reads(bench, 0x12345678);
}

static void mmio_read_flip(Bench *bench)
{
    check_reads(bench, STUNT_DMA_ID_VALUE ^ 0x80000001);
}

static void check_writes(Bench *bench, uint32_t faulty)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, faulty);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0x15);
}

static void mmio_write_drop(Bench *bench)
{
    check_writes(bench, 0);
}

static void mmio_write_replace(Bench *bench)
{
    check_writes(bench, 0x0a);
}

static void mmio_write_flip(Bench *bench)
{
    check_writes(bench, 0x14);
}

/* A read that is held up takes its time; what the device did meanwhile is done when it is over. */
static void mmio_read_delay(Bench *bench)
{
    int64_t before = machine_now(bench->machine);

    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmpint(machine_now(bench->machine) - before, ==, 500000);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmpint(machine_now(bench->machine) - before, ==, 500000);
}

/* From the second read on bits 3:0 stay as they were then. */
static void mmio_read_stick(Bench *bench)
{
    static const uint32_t written[] = { 0x1f, 0x15, 0x0a, 0x00 }, read[] = { 0x1f, 0x15, 0x05, 0x05 };

    for (unsigned i = 0; i < G_N_ELEMENTS(written); i++) {
        pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, written[i]);
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, read[i]);
    }
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

/* Bits 3:0 keep what they hold, whatever kind of bits they are. */
static void mmio_write_stick(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0x10);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x0f);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0x00);
}

static void mmio_write_stick_w1c(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP });
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 2);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 2);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 2);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 0);
}

/* The writes behind it wait. */
static void mmio_write_delay(Bench *bench)
{
    int64_t before = machine_now(bench->machine);

    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x0a);
    machine_step(bench->machine, 490000);
    g_assert_cmphex(machine_qom_get_uint(bench->machine, "dma0", "reg.INT_MASK"), ==, 0);
    machine_step(bench->machine, 20000);
    g_assert_cmphex(machine_qom_get_uint(bench->machine, "dma0", "reg.INT_MASK"), ==, 0x0a);
    g_assert_cmpint(machine_now(bench->machine) - before, ==, 510000);
}

/* A read waits for all of them. */
static void mmio_write_delay_pushed(Bench *bench)
{
    int64_t before = machine_now(bench->machine);

    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x0a);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0x0a);
    g_assert_cmpint(machine_now(bench->machine) - before, ==, 500000);
}

static void mmio_write_delay_overflows(Bench *bench)
{
    int64_t before = machine_now(bench->machine);

    for (unsigned i = 0; i < 20; i++) { /* more than there is room for: all land, in order */
        pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, i);
    }
    g_assert_cmphex(machine_qom_get_uint(bench->machine, "dma0", "reg.INT_MASK"), ==, 19);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0);
    g_assert_cmpint(machine_now(bench->machine), ==, before);
}

static void cfg_read_flip(Bench *bench)
{
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR ^ 0x8001);
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
}

/* Cache Line Size: all of it can be written. */
static void check_config_writes(Bench *bench, uint8_t faulty)
{
    pci_write(&bench->dma, 0x0c, 1, 0x15);
    g_assert_cmphex(pci_read(&bench->dma, 0x0c, 1), ==, faulty);
    pci_write(&bench->dma, 0x0c, 1, 0x15);
    g_assert_cmphex(pci_read(&bench->dma, 0x0c, 1), ==, 0x15);
}

static void cfg_write_drop(Bench *bench)
{
    check_config_writes(bench, 0);
}

static void cfg_write_replace(Bench *bench)
{
    check_config_writes(bench, 0x0a);
}

static void cfg_write_flip(Bench *bench)
{
    check_config_writes(bench, 0x14);
}

static void cfg_read_ones(Bench *bench)
{
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, 0xffff);
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
}

static void cfg_read_replace(Bench *bench)
{
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, 0x5678);
    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
}

/* ---- data ------------------------------------------------------------------------------------------ */

/* Copies 0x5a over 0xee; gives the status. The rules match the payload only. */
static unsigned copy(Bench *bench)
{
    Channel channel = channel_open(bench, 0, 2);

    machine_fill(bench->machine, RAM_SRC, 0x5a, COPY_LEN);
    machine_fill(bench->machine, RAM_DST, 0xee, 2 * COPY_LEN);
    return channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC,
                                                         .dst = RAM_DST, .len = COPY_LEN }).status;
}

/* `faulty` bytes beginning at `offset` are not 0x5a but `value`; the engine does not notice. */
static void check_copy(Bench *bench, size_t offset, size_t faulty, uint8_t value)
{
    uint8_t expected[COPY_LEN];

    memset(expected, 0x5a, sizeof(expected));
    memset(expected + offset, value, faulty);
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    memset(expected, 0x5a, sizeof(expected));
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
}

static void dma_corrupt(Bench *bench)
{
    check_copy(bench, 17, 1, 0x5b);
}

static void dma_read_truncate(Bench *bench)
{
    check_copy(bench, 30, COPY_LEN - 30, 0);
}

static void dma_write_truncate(Bench *bench)
{
    check_copy(bench, 30, COPY_LEN - 30, 0xee);
}

static void dma_write_drop(Bench *bench)
{
    check_copy(bench, 0, COPY_LEN, 0xee);
}

static void dma_write_misdirect(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + COPY_LEN), ==, 0x5a5a5a5a);
}

static void dma_read_drop(Bench *bench)
{
    check_copy(bench, 0, COPY_LEN, 0xff);
}

static void dma_read_misdirect(Bench *bench)
{
    check_copy(bench, 0, COPY_LEN, 0);
}

static void dma_read_misdirect_nowhere(Bench *bench)
{
    check_copy(bench, 0, COPY_LEN, 0xff);
}

/* All of the destination is this byte. */
static void check_target(Bench *bench, uint8_t value)
{
    uint8_t expected[COPY_LEN];

    memset(expected, value, sizeof(expected));
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
}

/* The job has ended well without the data, which comes within so much time. */
static void check_lands_within(Bench *bench, int64_t ns)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    check_target(bench, 0xee);
    machine_step(bench->machine, ns - 10000000);
    check_target(bench, 0xee);
    machine_step(bench->machine, 10000000);
    check_target(bench, 0x5a);
}

static void dma_write_late(Bench *bench)
{
    check_lands_within(bench, 50000000);
}

/* Data that comes in the order of the rule: itself, the record that overtakes it, itself again. */
static void dma_write_reorder(Bench *bench)
{
    static const unsigned what[] = { STUNT_DMA_WHAT_DATA, STUNT_DMA_WHAT_COMP, STUNT_DMA_WHAT_DATA };
    const struct stunt_event *event;
    unsigned n = 0;

    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    check_target(bench, 0x5a);
    while ((event = shm_find(bench->shm, STUNT_EV_DMA_WRITE))) {
        g_assert_cmpuint(n, <, G_N_ELEMENTS(what));
        g_assert_cmpuint(event->field[STUNT_EV_DMA_WRITE_WHAT], ==, what[n++]);
    }
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(what));
}

/* A record with nothing behind it comes when its time is over. */
static void dma_write_reorder_last(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP });
    channel_kick(&channel);
    channel_wait(&channel);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    machine_step(bench->machine, 50000000);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 1);
}

static void dma_write_duplicate(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    check_target(bench, 0x5a);
    machine_fill(bench->machine, RAM_DST, 0x11, COPY_LEN);
    machine_step(bench->machine, 50000000);
    check_target(bench, 0x5a);
}

static void dma_write_duplicate_at_once(Bench *bench)
{
    unsigned writes = 0;

    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    while (shm_find(bench->shm, STUNT_EV_DMA_WRITE)) {
        writes++;
    }
    g_assert_cmpuint(writes, ==, 3);
}

/* What a device was made to forget it does not write any more. */
static void dma_write_held_dropped(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    channel_open(bench, 0, 2);
    machine_step(bench->machine, 100000000);
    check_target(bench, 0xee);
}

static void dma_write_held_refused(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    pci_write(&bench->dma, 4, 2, 2); /* memory decoding, no bus mastering */
    machine_step(bench->machine, 100000000);
    check_target(bench, 0xee);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
}

/* More than there is room for: the rest goes at once. */
static void dma_write_held_bounded(Bench *bench)
{
    Channel channel = channel_open(bench, 0, 2);

    machine_fill(bench->machine, RAM_DST, 0xee, 18 * 65536);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 18 * 65536,
                                                  .arg = UINT64_C(0x5a5a5a5a5a5a5a5a) });
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 15 * 65536), ==, 0xeeeeeeee);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 16 * 65536), ==, 0x5a5a5a5a);
    machine_step(bench->machine, 100000000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 15 * 65536), ==, 0x5a5a5a5a);
}

/* Kept in a snapshot: after the way back it still comes. */
static void dma_write_held_kept(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", "snapshot", "\"held\"");
    machine_cont(bench->machine);
    for (unsigned i = 0; i < 2; i++) {
        check_target(bench, 0xee);
        machine_step(bench->machine, 50000000);
        check_target(bench, 0x5a);
        machine_stop(bench->machine);
        machine_qom_set(bench->machine, "link0", "rewind", "\"held\"");
        machine_cont(bench->machine);
    }
}

static void dma_error(Bench *bench)
{
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
}

/* ---- interrupts: each message is a write to the link's register MARK, where it becomes an event -------- */

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

/* Whatever makes it late: the job ends, and its record comes, half a millisecond later. */
static void late_copy(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST,
                                                    .len = COPY_LEN });
    channel_kick(&channel);
    machine_step(bench->machine, 490000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    machine_step(bench->machine, 20000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_OK);
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
    g_assert_cmpuint(copy(bench), ==, STUNT_DMA_STATUS_OK);
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

/* ---- actions that break nothing ---------------------------------------------------------------------- */

static void pauses(Bench *bench)
{
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_PAUSE);
}

static void forbids(Bench *bench)
{
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_FORBID);
}

static void notes(Bench *bench)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_true(machine_is_running(bench->machine));
}

static const struct fault_case cases[] = {
    { "mmio.read", "ones", "", mmio_read_ones },
    { "mmio.read", "replace", "param.value=0x12345678", mmio_read_replace },
    { "mmio.read", "flip", "param.xor=0x80000001", mmio_read_flip },
    { "mmio.read", "drop", "", mmio_read_ones },
    { "mmio.read", "stick", "match.offset=0x14 nth=2 param.mask=0xf", mmio_read_stick },
    { "mmio.read", "delay", "param.ns=500000", mmio_read_delay },
    { "mmio.write", "drop", "", mmio_write_drop },
    { "mmio.write", "stick", "match.offset=0x14 nth=1 param.mask=0xf", mmio_write_stick },
    { "mmio.write", "stick", "match.offset=0x10 param.mask=0xf", mmio_write_stick_w1c },
    { "mmio.write", "delay", "param.ns=500000", mmio_write_delay },
    { "mmio.write", "delay", "param.ns=500000", mmio_write_delay_pushed },
    { "mmio.write", "delay", "match.offset=0x14 param.ns=500000", mmio_write_delay_overflows },
    { "mmio.write", "replace", "param.value=0x0a", mmio_write_replace },
    { "mmio.write", "flip", "", mmio_write_flip },
    { "cfg.read", "ones", "", cfg_read_ones },
    { "cfg.read", "drop", "", cfg_read_ones },
    { "cfg.read", "flip", "param.xor=0x8001", cfg_read_flip },
    { "cfg.write", "drop", "", cfg_write_drop },
    { "cfg.write", "replace", "param.value=0x0a", cfg_write_replace },
    { "cfg.write", "flip", "", cfg_write_flip },
    { "cfg.read", "replace", "param.value=0x12345678", cfg_read_replace },
    { "dma.read", "corrupt", "match.what=2 param.offset=17 param.xor=1", dma_corrupt },
    { "dma.read", "truncate", "match.what=2 param.len=30", dma_read_truncate },
    { "dma.read", "error", "match.what=2", dma_error },
    { "dma.read", "drop", "match.what=2", dma_read_drop },
    { "dma.read", "misdirect", "match.what=2 param.offset=100", dma_read_misdirect },
    { "dma.read", "misdirect", "match.what=2 param.offset=0x40000000", dma_read_misdirect_nowhere },
    { "dma.read", "delay", "match.what=2 param.ns=500000", late_copy },
    { "dma.read", "delay", "match.what=1 param.ns=500000", late_copy },
    { "dma.write", "duplicate", "match.what=2 param.ns=50000000", dma_write_duplicate },
    { "dma.write", "duplicate", "match.what=2", dma_write_duplicate_at_once },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_late },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_dropped },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_refused },
    { "dma.write", "delay", "match.what=2 nth=1 times=0 param.ns=50000000", dma_write_held_bounded },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_kept },
    { "dma.write", "reorder", "match.what=2", dma_write_reorder },
    { "dma.write", "reorder", "match.what=3 param.ns=50000000", dma_write_reorder_last },
    { "dma.write", "write-after-done", "match.what=2 param.ns=50000000", dma_write_late },
    { "dma.write", "drop", "match.what=2", dma_write_drop },
    { "dma.write", "corrupt", "match.what=2 param.offset=17 param.xor=1", dma_corrupt },
    { "dma.write", "truncate", "match.what=2 param.len=30", dma_write_truncate },
    { "dma.write", "error", "match.what=2", dma_error },
    { "dma.write", "misdirect", "match.what=2 param.offset=100", dma_write_misdirect },
    { "irq.raise", "drop", "", irq_drop },
    { "irq.raise", "duplicate", "", irq_duplicate },
    { "irq.raise", "duplicate", "param.ns=40000000", irq_duplicate_later },
    { "irq.raise", "spurious", "param.vector=3", irq_spurious },
    { "irq.raise", "before-data", "param.ns=40000000", irq_before_data },
    { "irq.raise", "delay", "param.ns=500000", irq_delay },
    { "irq.raise", "storm", "param.count=20 param.ns=100000", irq_storm },
    { "irq.raise", "wrong-vector", "param.vector=3", irq_wrong_vector },
    { "job.start", "delay", "param.ns=500000", job_delay },
    { "job.done", "delay", "param.ns=500000", late_copy },
    { "job.done", "delay", "param.ns=500000", late_end_aborted },
    { "job.done", "stale", "match.index=1", job_stale },
    { "job.done", "stale", "", job_stale_first },
    { "job.start", "hang", "", job_hang },
    { "job.start", "fail", "", job_fail },
    { "job.done", "complete-twice", "", job_complete_twice },
    { "job.done", "complete-twice", "match.id=0", job_complete_twice_signals_twice },
    { "mmio.read", "pause", "", pauses },
    { "mmio.read", "mark", "", notes },
    { "mmio.read", "forbid", "", forbids },
    { "mmio.read", "verify", "", notes },
};

static void test_case(gconstpointer data)
{
    const struct fault_case *one = data;
    g_autoptr(Bench) bench = bench_new_traced("", 1024);
    const char *times = strstr(one->words, "nth=") ? "" : "times=1";
    g_autofree char *rule = g_strdup_printf("\"id=r device=dma0 at=%s action=%s %s %s\"", one->at, one->action,
                                            times, one->words);
    g_autofree char *status = NULL;

    machine_qom_set(bench->machine, "link0", "fault-arm", rule);
    one->check(bench);
    status = machine_qom_get_str(bench->machine, "link0", "fault-status");
    g_assert_true(*times ? strstr(status, " fired=1 ") != NULL : strstr(status, " fired=0 ") == NULL);
}

static bool is_tested(const struct stunt_class_info *at, const struct stunt_action_info *action)
{
    bool anywhere = __builtin_popcountll(action->classes) == (int)stunt_n_classes;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (strcmp(cases[i].action, action->name) == 0 && (anywhere || strcmp(cases[i].at, at->name) == 0)) {
            return true;
        }
    }
    return false;
}

static void test_every_row_is_tested(void)
{
    for (size_t a = 0; a < stunt_n_actions; a++) {
        for (size_t c = 0; c < stunt_n_classes; c++) {
            bool applies = stunt_actions[a].classes & (UINT64_C(1) << stunt_classes[c].id);

            if (applies && !is_tested(&stunt_classes[c], &stunt_actions[a])) {
                g_error("no test for %s at %s", stunt_actions[a].name, stunt_classes[c].name);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/faults/%02u-%s-%s", i, cases[i].at, cases[i].action);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/faults/every-row-of-the-spec-is-tested", test_every_row_is_tested);
    return g_test_run();
}
