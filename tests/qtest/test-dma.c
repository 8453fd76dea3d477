/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DMA engine does with good descriptors: data, completions, time. */
#include "dma.h"

#include <string.h>

#define DESC(...) ((struct stunt_dma_desc){ __VA_ARGS__ })
#define OK STUNT_DMA_STATUS_OK

static void test_copy(void)
{
    static const uint32_t len[] = { 1, 3, 7, 8, 63, 64, 65, 4095, 4096, 4097, 65535, 65536, 65537, 3000000 };
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 3);

    for (unsigned i = 0; i < G_N_ELEMENTS(len); i++) {
        channel_check_copy(&channel, RAM_SRC + i, RAM_DST + 3 * i + 8, len[i]);
    }
}

static void test_every_channel(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        Channel channel = channel_open(bench, i, 2);

        channel_check_copy(&channel, RAM_SRC + i * 0x10000, RAM_DST + i * 0x10000, 5000);
        g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_DONE_COUNT), ==, 1);
        g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
    }
}

static void test_channels_together(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel[STUNT_DMA_CH_CTRL_COUNT];

    machine_fill(bench->machine, RAM_SRC, 0x5a, 0x8000);
    for (unsigned i = 0; i < G_N_ELEMENTS(channel); i++) {
        channel[i] = channel_open(bench, i, 4);
        for (unsigned k = 0; k < 16; k++) {
            channel_put(&channel[i], &DESC(.src = RAM_SRC, .dst = RAM_DST + i * 0x100000 + k * 0x8000,
                                           .len = 0x8000, .op = STUNT_DMA_OP_COPY, .id = (uint16_t)k));
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(channel); i++) {
        channel_kick(&channel[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(channel); i++) {
        channel_wait(&channel[i]);
        g_assert_cmpuint(channel_read(&channel[i], STUNT_DMA_CH_DONE_COUNT), ==, 16);
        g_assert_cmphex(machine_read32(bench->machine, RAM_DST + i * 0x100000 + 0x7fffc), ==, 0x5a5a5a5a);
    }
}

static void test_fill(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 1, 3);
    static const uint8_t pattern[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    struct stunt_dma_comp comp;
    uint8_t expected[100 + 2];

    memset(expected, 0xee, sizeof(expected));
    machine_fill(bench->machine, RAM_DST, 0xee, 0x100);
    for (unsigned i = 0; i < 100; i++) {
        expected[i + 1] = pattern[i % 8];
    }
    comp = channel_do(&channel, DESC(.dst = RAM_DST + 3, .len = 100, .op = STUNT_DMA_OP_FILL,
                                     .arg = UINT64_C(0x0102030405060708)));
    g_assert_cmpuint(comp.status, ==, OK);
    g_assert_cmpuint(comp.bytes, ==, 100);
    machine_check(bench->machine, RAM_DST + 2, expected, sizeof(expected));
}

static void test_crc32c(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 2, 3);
    uint8_t data[70001];
    struct stunt_dma_comp comp;

    g_assert_cmphex(reference_crc32c((const uint8_t *)"123456789", 9), ==, 0xe3069283);
    machine_write(bench->machine, RAM_SRC, "123456789", 9);
    comp = channel_do(&channel, DESC(.src = RAM_SRC, .len = 9, .op = STUNT_DMA_OP_CRC32C));
    g_assert_cmphex(comp.result, ==, 0xe3069283);
    random_bytes(data, sizeof(data));
    machine_write(bench->machine, RAM_SRC + 5, data, sizeof(data));
    comp = channel_do(&channel, DESC(.src = RAM_SRC + 5, .len = sizeof(data), .op = STUNT_DMA_OP_CRC32C));
    g_assert_cmpuint(comp.status, ==, OK);
    g_assert_cmpuint(comp.bytes, ==, sizeof(data));
    g_assert_cmphex(comp.result, ==, reference_crc32c(data, sizeof(data)));
}

static void test_crc32c_check(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 2, 3);
    struct stunt_dma_desc desc = { .src = RAM_SRC, .len = 9, .op = STUNT_DMA_OP_CRC32C,
                                   .flags = STUNT_DMA_DESC_CHECK, .arg = 0xe3069283 };
    struct stunt_dma_comp comp;

    machine_write(bench->machine, RAM_SRC, "123456789", 9);
    g_assert_cmpuint(channel_do(&channel, desc).status, ==, OK);
    desc.arg = 0xe3069284;
    comp = channel_do(&channel, desc);
    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_CRC_MISMATCH);
    g_assert_cmphex(comp.result, ==, 0xe3069283);
    g_assert_false(channel_halted(&channel)); /* an answer, not an error */
}

static void test_compare(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 3, 3);
    struct stunt_dma_desc desc = { .op = STUNT_DMA_OP_COMPARE, .src = RAM_SRC, .dst = RAM_DST + 1,
                                   .len = 100000 };
    g_autofree uint8_t *data = g_malloc(100000);
    struct stunt_dma_comp comp;

    random_bytes(data, 100000);
    machine_write(bench->machine, RAM_SRC, data, 100000);
    machine_write(bench->machine, RAM_DST + 1, data, 100000);
    comp = channel_do(&channel, desc);
    g_assert_cmpuint(comp.status, ==, OK);
    g_assert_cmpuint(comp.bytes, ==, 100000);
    data[77777] ^= 1;
    data[88888] ^= 1;
    machine_write(bench->machine, RAM_SRC, data, 100000);
    comp = channel_do(&channel, desc);
    g_assert_cmpuint(comp.status, ==, STUNT_DMA_STATUS_MISMATCH);
    g_assert_cmpuint(comp.result, ==, 77777);
    g_assert_false(channel_halted(&channel));
}

static void test_nop(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 1);

    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP, .id = 0xabcd)).status, ==, OK);
}

/* A chain outside of the ring: one completion for all of it. */
static void test_link(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);
    uint64_t chain = RAM_RING + 0xf0000;
    struct stunt_dma_desc first = DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 8, .arg = 1);
    struct stunt_dma_desc second = DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST + 8, .len = 8, .arg = 2,
                                        .flags = STUNT_DMA_DESC_END);
    struct stunt_dma_comp comp;

    machine_write(bench->machine, chain, &first, sizeof(first));
    machine_write(bench->machine, chain + 64, &second, sizeof(second));
    comp = channel_do(&channel, DESC(.op = STUNT_DMA_OP_LINK, .src = chain, .id = 9));
    g_assert_cmpuint(comp.status, ==, OK);
    g_assert_cmphex(machine_read64(bench->machine, RAM_DST), ==, 1);
    g_assert_cmphex(machine_read64(bench->machine, RAM_DST + 8), ==, 2);
    g_assert_cmpuint(channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP)).status, ==, OK);
}

/* Many hops, backwards too, are no loop. */
static void test_link_hops(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);
    struct stunt_dma_desc last = DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 8, .arg = 77,
                                      .flags = STUNT_DMA_DESC_END);
    enum { HOPS = 500 };

    for (unsigned i = 0; i < HOPS; i++) { /* from the middle outwards */
        uint64_t from = RAM_SRC + 64 * (uint64_t)(HOPS / 2 + (i % 2 ? -(int)i - 1 : (int)i) / 2);
        uint64_t to = RAM_SRC + 64 * (uint64_t)(HOPS / 2 + (i % 2 ? (int)i + 1 : -(int)i - 2) / 2);

        machine_write(bench->machine, from, &DESC(.op = STUNT_DMA_OP_LINK, .src = to), sizeof(last));
        machine_write(bench->machine, to, &last, sizeof(last));
    }
    last = DESC(.op = STUNT_DMA_OP_LINK, .src = RAM_SRC + 64 * HOPS / 2);
    g_assert_cmpuint(channel_do(&channel, last).status, ==, OK);
    g_assert_cmphex(machine_read64(bench->machine, RAM_DST), ==, 77);
}

static void test_ring_goes_round(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    for (unsigned i = 0; i < 19; i++) { /* channel_do() looks at index and phase */
        channel_do(&channel, DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST + i, .len = 1, .id = (uint16_t)i));
    }
    for (unsigned i = 0; i < 4; i++) { /* a full ring at once */
        channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP));
    }
    channel_kick(&channel);
    channel_wait(&channel);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_DONE_COUNT), ==, 23);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 23);
}

static void test_takes_virtual_time(void)
{
    g_autoptr(Bench) bench = bench_new(",latency-ns=50000", "");
    Channel channel = channel_open(bench, 0, 2);

    channel_put(&channel, &DESC(.op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64, .arg = 1));
    channel_kick(&channel);
    machine_step(bench->machine, 49000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 0);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS) & STUNT_DMA_CH_STATUS_RUNNING, !=, 0);
    g_assert_cmpuint(channel_comp(&channel, 0).phase, ==, 0);
    machine_step(bench->machine, 100000);
    g_assert_cmpuint(channel_read(&channel, STUNT_DMA_CH_HEAD), ==, 1);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, 0);
}

static void test_above_4_gib(void)
{
    g_autoptr(Bench) bench = bench_new("", "-m 3G");
    uint64_t high = UINT64_C(1) << 32;
    Channel channel = channel_open_at(bench, 0, 2, high + 0x10000, high + 0x20000);

    machine_fill(bench->machine, high + 0x20000, 0, 64);
    channel_write(&channel, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
    channel_check_copy(&channel, high + 0x1000001, RAM_DST, 70000);
    channel_check_copy(&channel, RAM_SRC, high + 0x2000003, 70000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dma/copy/any-length-and-alignment", test_copy);
    g_test_add_func("/dma/copy/every-channel", test_every_channel);
    g_test_add_func("/dma/copy/all-channels-together", test_channels_together);
    g_test_add_func("/dma/copy/above-4-gib", test_above_4_gib);
    g_test_add_func("/dma/fill/repeats-the-pattern", test_fill);
    g_test_add_func("/dma/crc32c/gives-the-crc", test_crc32c);
    g_test_add_func("/dma/crc32c/checks-it", test_crc32c_check);
    g_test_add_func("/dma/compare/finds-the-first-difference", test_compare);
    g_test_add_func("/dma/nop/completes", test_nop);
    g_test_add_func("/dma/link/follows-a-chain-to-its-end", test_link);
    g_test_add_func("/dma/link/many-hops-are-no-loop", test_link_hops);
    g_test_add_func("/dma/ring/goes-round", test_ring_goes_round);
    g_test_add_func("/dma/time/work-takes-virtual-time", test_takes_virtual_time);
    return g_test_run();
}
