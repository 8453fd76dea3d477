/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DMA engine refuses, and how it says so: descriptors, rings, addresses, misuse by the driver. */
#include "dma.h"

#define DESC(...) ((struct stunt_dma_desc){ __VA_ARGS__ })
#define OK STUNT_DMA_STATUS_OK

struct refusal {
    const char *name;
    unsigned status;
    struct stunt_dma_desc desc;
};


static const struct refusal refusals[] = {
    { "null-source", STUNT_DMA_STATUS_NULL_ADDR, { .op = STUNT_DMA_OP_COPY, .dst = RAM_DST, .len = 64 } },
    { "null-target", STUNT_DMA_STATUS_NULL_ADDR, { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .len = 64 } },
    { "null-link", STUNT_DMA_STATUS_NULL_ADDR, { .op = STUNT_DMA_OP_LINK } },
    { "misaligned-link", STUNT_DMA_STATUS_MISALIGNED,
      { .op = STUNT_DMA_OP_LINK, .src = RAM_RING + 0xf0008 } },
    { "source-too-wide", STUNT_DMA_STATUS_ADDR_WIDTH,
      { .op = STUNT_DMA_OP_COPY, .src = UINT64_C(1) << 40, .dst = RAM_DST, .len = 64 } },
    { "target-too-wide", STUNT_DMA_STATUS_ADDR_WIDTH,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST | UINT64_C(1) << 40, .len = 64 } },
    { "target-grows-too-wide", STUNT_DMA_STATUS_ADDR_WIDTH,
      { .op = STUNT_DMA_OP_FILL, .dst = (UINT64_C(1) << 40) - 32, .len = 64 } },
    { "address-wraps", STUNT_DMA_STATUS_ADDR_WIDTH,
      { .op = STUNT_DMA_OP_FILL, .dst = UINT64_MAX - 31, .len = 64 } },
    { "link-too-wide", STUNT_DMA_STATUS_ADDR_WIDTH, { .op = STUNT_DMA_OP_LINK, .src = UINT64_C(1) << 40 } },
    { "length-zero", STUNT_DMA_STATUS_LEN_ZERO,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = 0 } },
    { "length-huge", STUNT_DMA_STATUS_LEN_HUGE,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = STUNT_DMA_MAX_LEN_VALUE + 1 } },
    { "source-in-own-bar", STUNT_DMA_STATUS_OWN_BAR,
      { .op = STUNT_DMA_OP_COPY, .src = DMA_BAR_ADDR + 0x100, .dst = RAM_DST, .len = 64 } },
    { "target-in-own-bar-comes-before-bus-errors", STUNT_DMA_STATUS_OWN_BAR,
      { .op = STUNT_DMA_OP_COPY, .src = UINT64_C(0x9000000000), .dst = DMA_BAR_ADDR, .len = 64 } },
    { "target-in-own-bar", STUNT_DMA_STATUS_OWN_BAR,
      { .op = STUNT_DMA_OP_FILL, .dst = DMA_BAR_ADDR + 0x100, .len = 4 } },
    { "target-grows-into-own-bar", STUNT_DMA_STATUS_OWN_BAR,
      { .op = STUNT_DMA_OP_FILL, .dst = DMA_BAR_ADDR - 32, .len = 64 } },
    { "link-into-own-bar", STUNT_DMA_STATUS_OWN_BAR, { .op = STUNT_DMA_OP_LINK, .src = DMA_BAR_ADDR } },
    { "unknown-operation", STUNT_DMA_STATUS_BAD_OP,
      { .op = 6, .src = RAM_SRC, .dst = RAM_DST, .len = 64 } },
    { "overlap", STUNT_DMA_STATUS_OVERLAP,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_SRC + 63, .len = 64 } },
    { "no-memory-at-source", STUNT_DMA_STATUS_BUS_ERROR,
      { .op = STUNT_DMA_OP_COPY, .src = UINT64_C(0x9000000000), .dst = RAM_DST, .len = 64 } },
    { "no-memory-at-target", STUNT_DMA_STATUS_BUS_ERROR,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = UINT64_C(0x9000000000), .len = 64 } },
    { "reserved-field", STUNT_DMA_STATUS_RESERVED,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = 64, .reserved = { 0, 0, 0, 1 } } },
    { "reserved-flag", STUNT_DMA_STATUS_RESERVED,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = 64, .flags = 0x80 } },
    { "check-of-a-copy", STUNT_DMA_STATUS_RESERVED,
      { .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = 64, .flags = STUNT_DMA_DESC_CHECK } },
};

/* The refused one has a status of its own, an error count, an interrupt bit, and the channel stands. */
static void test_refusal(gconstpointer data)
{
    const struct refusal *refusal = data;
    g_autoptr(Bench) bench = bench_new(",dma-width=40", "");
    Channel channel = channel_open(bench, 1, 2);
    struct stunt_dma_desc desc = refusal->desc;
    struct stunt_dma_comp comp;

    desc.id = 0x1234;
    machine_fill(bench->machine, RAM_DST, 0xee, 64);
    channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP));
    comp = channel_do(&channel, desc);
    g_assert_cmpuint(comp.status, ==, refusal->status);
    g_assert_cmpuint(channel_error(&channel), ==, refusal->status);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_ERR_INDEX), ==, 1);
    g_assert_cmpuint(pci_reg_read(&bench->dma, STUNT_DMA_ERR_COUNT), ==, 1);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS) & STUNT_DMA_INT_STATUS_ERROR, !=, 0);
    if (refusal->status != STUNT_DMA_STATUS_BUS_ERROR) {
        g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    }
}

/* After a refusal nothing runs until the channel is reset; other channels do not notice. */
static void test_halt_and_recovery(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel other = channel_open(bench, 0, 2), channel = channel_open(bench, 1, 2);

    channel_do(&channel, DESC(.op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST));
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_LEN_ZERO);
    channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP));
    channel_kick(&channel);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_comp(&channel, 1).phase, ==, 0);
    channel_check_copy(&other, RAM_SRC, RAM_DST, 1000);
    channel = channel_open(bench, 1, 2);
    g_assert_false(channel_halted(&channel));
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
}

static void test_link_loop(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    uint64_t chain = RAM_RING + 0xf0000;
    struct stunt_dma_desc self = DESC(.op = STUNT_DMA_OP_LINK, .src = chain);
    struct stunt_dma_desc a = DESC(.op = STUNT_DMA_OP_LINK, .src = chain + 128);
    struct stunt_dma_desc b = DESC(.op = STUNT_DMA_OP_LINK, .src = chain + 64);
    Channel channel = channel_open(bench, 0, 2);
    int64_t start = machine_now(bench->machine);

    machine_write(bench->machine, chain, &self, sizeof(self));
    machine_write(bench->machine, chain + 64, &a, sizeof(a));
    machine_write(bench->machine, chain + 128, &b, sizeof(b));
    g_assert_cmpuint(channel_do(&channel, self).status, ==, STUNT_DMA_STATUS_LINK_LOOP);
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(channel_do(&channel, b).status, ==, STUNT_DMA_STATUS_LINK_LOOP);
    g_assert_cmpint(machine_now(bench->machine) - start, <, 100000); /* after few hops */
}

/* A chain without END runs on through empty memory, but not for ever. */
static void test_link_without_end(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);
    struct stunt_dma_comp comp = channel_do(&channel, DESC(.op = STUNT_DMA_OP_LINK, .src = RAM_DST));

    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_LINK_LOOP);
}

/* ---- rings ----------------------------------------------------------------------------------------- */

struct bad_ring {
    const char *name;
    unsigned log2;
    uint64_t ring, comp;
};

static const struct bad_ring bad_rings[] = {
    { "size-0", 0, RAM_RING, RAM_COMP },
    { "size-17", 17, RAM_RING, RAM_COMP },
    { "size-31", 31, RAM_RING, RAM_COMP },
    { "no-descriptor-ring", 2, 0, RAM_COMP },
    { "no-completion-ring", 2, RAM_RING, 0 },
    { "misaligned-descriptor-ring", 2, RAM_RING + 32, RAM_COMP },
    { "misaligned-completion-ring", 2, RAM_RING, RAM_COMP + 8 },
    { "descriptor-ring-too-wide", 2, UINT64_C(1) << 40, RAM_COMP },
    { "completion-ring-grows-too-wide", 16, RAM_RING, (UINT64_C(1) << 40) - 16 },
    { "descriptor-ring-wraps", 16, UINT64_MAX - 63, RAM_COMP },
};

static void test_bad_ring(gconstpointer data)
{
    const struct bad_ring *bad = data;
    g_autoptr(Bench) bench = bench_new(",dma-width=40", "");
    Channel channel = channel_open_at(bench, 0, bad->log2, bad->ring, bad->comp);

    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    channel_write(&channel, STUNT_DMA_CH_TAIL, 1);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_BAD_RING);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS) & STUNT_DMA_INT_STATUS_ERROR, !=, 0);
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP)).status, ==, OK);
}

/* A ring made smaller than what was handed over before is no ring to go on with. */
static void test_shrunk_ring(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 3);

    for (unsigned i = 0; i < 5; i++) {
        channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP));
    }
    channel_kick(&channel);
    channel_write(&channel, STUNT_DMA_CH_CTRL, 0); /* ends after the first */
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
    channel_write(&channel, STUNT_DMA_CH_RING_SIZE, 1);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_BAD_RING);
}

/* ---- misuse ---------------------------------------------------------------------------------------- */

static uint32_t misuse(const Bench *bench)
{
    return pci_reg_read(&bench->dma, STUNT_DMA_MISUSE_COUNT);
}

static void test_bad_tail(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    g_assert_cmpuint(misuse(bench), ==, 0);
    channel_write(&channel, STUNT_DMA_CH_TAIL, 5);
    g_assert_cmpuint(misuse(bench), ==, 1);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 1);
}

static void test_disabled_doorbell(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    channel_write(&channel, STUNT_DMA_CH_CTRL, 0);
    channel_write(&channel, STUNT_DMA_CH_TAIL, 1);
    g_assert_cmpuint(misuse(bench), ==, 1);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
}

static void test_live_ring_write(void)
{
    static const uint32_t reg[] = { STUNT_DMA_CH_RING_LO, STUNT_DMA_CH_RING_HI, STUNT_DMA_CH_COMP_LO,
                                    STUNT_DMA_CH_COMP_HI, STUNT_DMA_CH_RING_SIZE };
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    for (unsigned i = 0; i < G_N_ELEMENTS(reg); i++) {
        uint32_t before = channel_read(&channel, reg[i]);

        channel_write(&channel, reg[i], 3);
        g_assert_cmpuint(misuse(bench), ==, i + 1);
        g_assert_cmphex(channel_read(&channel, reg[i]), ==, before);
    }
    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP)).status, ==, OK);
}

static void test_no_bus_master(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    pci_write(&bench->dma, 4, 2, 2); /* memory decoding stays on */
    channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP));
    channel_kick(&channel);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(misuse(bench), >=, 1);
    g_assert_cmpuint(channel_error(&channel), ==, STUNT_DMA_STATUS_BUS_ERROR);
    pci_write(&bench->dma, 4, 2, 6);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
}

/* ---- address width --------------------------------------------------------------------------------- */

static void test_width_is_reported(void)
{
    static const unsigned width[] = { 32, 40, 64 };

    for (unsigned i = 0; i < G_N_ELEMENTS(width); i++) {
        g_autofree char *props = g_strdup_printf(",dma-width=%u", width[i]);
        g_autoptr(Bench) bench = bench_new(props, "");
        uint32_t caps = pci_reg_read(&bench->dma, STUNT_DMA_CAPS);

        g_assert_cmpuint((caps & STUNT_DMA_CAPS_WIDTH) >> STUNT_DMA_CAPS_WIDTH_SHIFT, ==, width[i]);
        g_assert_cmpuint(caps & STUNT_DMA_CAPS_CHANNELS, ==, STUNT_DMA_CH_CTRL_COUNT);
    }
}

/* With 32 bits the last byte below 4 GiB is the end; nothing is silently cut off. */
static void test_width_32(void)
{
    g_autoptr(Bench) bench = bench_new(",dma-width=32", "");
    Channel channel = channel_open(bench, 0, 2);
    struct stunt_dma_comp comp;

    machine_fill(bench->machine, RAM_DST, 0xee, 64);
    comp = channel_do(&channel, DESC(.op = STUNT_DMA_OP_FILL, .dst = UINT64_C(1) << 32 | RAM_DST, .len = 8));
    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_ADDR_WIDTH);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/dma/refused/%s", refusals[i].name);

        g_test_add_data_func(path, &refusals[i], test_refusal);
    }
    g_test_add_func("/dma/refused/link-loop", test_link_loop);
    g_test_add_func("/dma/refused/link-without-end", test_link_without_end);
    g_test_add_func("/dma/refused/halts-one-channel-until-its-reset", test_halt_and_recovery);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad_rings); i++) {
        g_autofree char *path = g_strdup_printf("/dma/bad-ring/%s", bad_rings[i].name);

        g_test_add_data_func(path, &bad_rings[i], test_bad_ring);
    }
    g_test_add_func("/dma/bad-ring/shrunk-below-what-is-pending", test_shrunk_ring);
    g_test_add_func("/dma/misuse/tail-beyond-the-ring", test_bad_tail);
    g_test_add_func("/dma/misuse/doorbell-of-a-disabled-channel", test_disabled_doorbell);
    g_test_add_func("/dma/misuse/ring-registers-while-enabled", test_live_ring_write);
    g_test_add_func("/dma/misuse/no-bus-mastering", test_no_bus_master);
    g_test_add_func("/dma/width/is-reported", test_width_is_reported);
    g_test_add_func("/dma/width/32-bits-are-enforced", test_width_32);
    return g_test_run();
}
