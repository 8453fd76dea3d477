/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of what the device reads from and writes to memory. */
#include "faults.h"

/* Copies 0x5a over 0xee; gives the status. The rules match the payload only. */
unsigned faults_copy(Bench *bench)
{
    Channel channel = channel_open(bench, 0, 2);

    machine_fill(bench->machine, RAM_SRC, 0x5a, FAULTS_COPY_LEN);
    machine_fill(bench->machine, RAM_DST, 0xee, 2 * FAULTS_COPY_LEN);
    return channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC,
                                                         .dst = RAM_DST, .len = FAULTS_COPY_LEN }).status;
}

/* `faulty` bytes beginning at `offset` are not 0x5a but `value`; the engine does not notice. */
static void check_copy(Bench *bench, size_t offset, size_t faulty, uint8_t value)
{
    uint8_t expected[FAULTS_COPY_LEN];

    memset(expected, 0x5a, sizeof(expected));
    memset(expected + offset, value, faulty);
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    memset(expected, 0x5a, sizeof(expected));
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
}

static void dma_corrupt(Bench *bench)
{
    check_copy(bench, 17, 1, 0x5b);
}

/* Whole units of eight are turned round, the last four bytes are not. */
static void dma_swap(Bench *bench)
{
    uint8_t data[FAULTS_COPY_LEN], expected[FAULTS_COPY_LEN];
    Channel channel = channel_open(bench, 0, 2);

    for (unsigned i = 0; i < FAULTS_COPY_LEN; i++) {
        data[i] = i;
        expected[i] = i < FAULTS_COPY_LEN / 8 * 8 ? i ^ 7 : i;
    }
    machine_write(bench->machine, RAM_SRC, data, sizeof(data));
    g_assert_cmpuint(channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC,
                                                                   .dst = RAM_DST, .len = sizeof(data) }).status, ==,
                     STUNT_DMA_STATUS_OK);
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
}

static void dma_read_truncate(Bench *bench)
{
    check_copy(bench, 30, FAULTS_COPY_LEN - 30, 0);
}

static void dma_write_truncate(Bench *bench)
{
    check_copy(bench, 30, FAULTS_COPY_LEN - 30, 0xee);
}

static void dma_write_drop(Bench *bench)
{
    check_copy(bench, 0, FAULTS_COPY_LEN, 0xee);
}

static void dma_write_misdirect(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + FAULTS_COPY_LEN), ==, 0x5a5a5a5a);
}

static void dma_read_drop(Bench *bench)
{
    check_copy(bench, 0, FAULTS_COPY_LEN, 0xff);
}

static void dma_read_misdirect(Bench *bench)
{
    check_copy(bench, 0, FAULTS_COPY_LEN, 0);
}

static void dma_read_misdirect_nowhere(Bench *bench)
{
    check_copy(bench, 0, FAULTS_COPY_LEN, 0xff);
}

/* All of the destination is this byte. */
static void check_target(Bench *bench, uint8_t value)
{
    uint8_t expected[FAULTS_COPY_LEN];

    memset(expected, value, sizeof(expected));
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
}

/* The job has ended well without the data, which comes within so much time. */
static void check_lands_within(Bench *bench, int64_t ns)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    check_target(bench, 0xee);
    machine_step(bench->machine, ns - 10000000);
    check_target(bench, 0xee);
    machine_step(bench->machine, 10000000);
    check_target(bench, 0x5a);
}

/* Thirty bytes are there with the completion, all within 50 ms. */
static void dma_write_torn(Bench *bench)
{
    uint8_t expected[FAULTS_COPY_LEN];

    memset(expected, 0xee, sizeof(expected));
    memset(expected, 0x5a, 30);
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    machine_check(bench->machine, RAM_DST, expected, sizeof(expected));
    machine_step(bench->machine, 50000000);
    check_target(bench, 0x5a);
}

/* Beyond its end there is nothing to keep back. */
static void dma_write_torn_beyond(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
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

    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
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
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    check_target(bench, 0x5a);
    machine_fill(bench->machine, RAM_DST, 0x11, FAULTS_COPY_LEN);
    machine_step(bench->machine, 50000000);
    check_target(bench, 0x5a);
}

static void dma_write_duplicate_at_once(Bench *bench)
{
    unsigned writes = 0;

    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    while (shm_find(bench->shm, STUNT_EV_DMA_WRITE)) {
        writes++;
    }
    g_assert_cmpuint(writes, ==, 3);
}

/* What a device was made to forget it does not write any more. */
static void dma_write_held_dropped(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    channel_open(bench, 0, 2);
    machine_step(bench->machine, 100000000);
    check_target(bench, 0xee);
}

static void dma_write_held_refused(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
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
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
    faults_ahead_and_back(bench, 50000000);
    check_target(bench, 0xee);
    machine_step(bench->machine, 50000000);
    check_target(bench, 0x5a);
}

static void dma_error(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_OK);
}

/* Whatever makes it late: the job ends, and its record comes, half a millisecond later. */
void faults_late_copy(Bench *bench)
{
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST,
                                                    .len = FAULTS_COPY_LEN });
    channel_kick(&channel);
    machine_step(bench->machine, 490000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    machine_step(bench->machine, 20000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 1);
    g_assert_cmpuint(channel_comp(&channel, 0).status, ==, STUNT_DMA_STATUS_OK);
}

static const struct fault_case cases[] = {
    { "dma.read", "corrupt", "match.what=2 param.offset=17 param.xor=1", dma_corrupt },
    { "dma.read", "swap", "match.what=2", dma_swap },
    { "dma.read", "truncate", "match.what=2 param.len=30", dma_read_truncate },
    { "dma.read", "error", "match.what=2", dma_error },
    { "dma.read", "drop", "match.what=2", dma_read_drop },
    { "dma.read", "misdirect", "match.what=2 param.offset=100", dma_read_misdirect },
    { "dma.read", "misdirect", "match.what=2 param.offset=0x40000000", dma_read_misdirect_nowhere },
    { "dma.read", "delay", "match.what=2 param.ns=500000", faults_late_copy },
    { "dma.read", "delay", "match.what=1 param.ns=500000", faults_late_copy },
    { "dma.write", "duplicate", "match.what=2 param.ns=50000000", dma_write_duplicate },
    { "dma.write", "duplicate", "match.what=2", dma_write_duplicate_at_once },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_late },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_dropped },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_refused },
    { "dma.write", "delay", "match.what=2 nth=1 times=0 param.ns=50000000", dma_write_held_bounded },
    { "dma.write", "delay", "match.what=2 param.ns=50000000", dma_write_held_kept },
    { "dma.write", "reorder", "match.what=2", dma_write_reorder },
    { "dma.write", "reorder", "match.what=3 param.ns=50000000", dma_write_reorder_last },
    { "dma.write", "tear", "match.what=2 param.len=30 param.ns=50000000", dma_write_torn },
    { "dma.write", "tear", "match.what=2 param.len=0xffffffffff param.ns=50000000", dma_write_torn_beyond },
    { "dma.write", "write-after-done", "match.what=2 param.ns=50000000", dma_write_late },
    { "dma.write", "drop", "match.what=2", dma_write_drop },
    { "dma.write", "corrupt", "match.what=2 param.offset=17 param.xor=1", dma_corrupt },
    { "dma.write", "swap", "match.what=2", dma_swap },
    { "dma.write", "truncate", "match.what=2 param.len=30", dma_write_truncate },
    { "dma.write", "error", "match.what=2", dma_error },
    { "dma.write", "misdirect", "match.what=2 param.offset=100", dma_write_misdirect },
};

const struct fault_cases faults_of_dma = { cases, G_N_ELEMENTS(cases) };
