/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory BAR: plain memory for the processor and for other devices, kept by snapshots and most resets. */
#include "snapshot.h"

#define DESC(...) ((struct stunt_dma_desc){ __VA_ARGS__ })
#define SRAM_OF_0 (DMA_BAR_ADDR + UINT64_C(0x80000)) /* in the window of its port */
#define REGS_OF_1 UINT64_C(0xfc000000)
#define SRAM_OF_1 UINT64_C(0xfb000000)
#define SLOT_OF_1 6

/* BAR 2 in place, without bench's idea of where the registers are. */
static void map_sram(const Pci *pci, uint64_t addr)
{
    Pci copy = *pci;

    pci_map_bar(&copy, STUNT_DMA_SRAM_BAR, addr);
    g_assert_cmphex(copy.bar_size, ==, STUNT_DMA_SRAM_SIZE);
}

static Pci map_second(Bench *bench)
{
    Pci pci = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(SLOT_OF_1, 0) };

    map_sram(&pci, SRAM_OF_1);
    pci_map_bar(&pci, 0, REGS_OF_1);
    return pci;
}

static Bench *bench_new_two(const char *props)
{
    g_autofree char *args = g_strdup_printf("-device stunt-dma,id=dma1,bus=pcie.0,addr=%d%s", SLOT_OF_1, props);

    return bench_new("", args);
}

static void test_plain_memory(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    map_sram(&bench->dma, SRAM_OF_0);
    g_assert_cmphex(machine_read64(bench->machine, SRAM_OF_0), ==, 0);
    machine_write_sized(bench->machine, SRAM_OF_0 + STUNT_DMA_SRAM_SIZE - 1, 1, 0x5a);
    machine_write32(bench->machine, SRAM_OF_0 + 4, 0x12345678);
    g_assert_cmphex(machine_read_sized(bench->machine, SRAM_OF_0 + STUNT_DMA_SRAM_SIZE - 1, 1), ==, 0x5a);
    g_assert_cmphex(machine_read_sized(bench->machine, SRAM_OF_0 + 5, 2), ==, 0x3456);
}

static void test_resets(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    map_sram(&bench->dma, SRAM_OF_0);
    machine_write32(bench->machine, SRAM_OF_0, 77);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    g_assert_cmpuint(machine_read32(bench->machine, SRAM_OF_0), ==, 77);
    pci_flr(&bench->dma);
    map_sram(&bench->dma, SRAM_OF_0);
    g_assert_cmpuint(machine_read32(bench->machine, SRAM_OF_0), ==, 77);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    map_sram(&bench->dma, SRAM_OF_0);
    g_assert_cmpuint(machine_read32(bench->machine, SRAM_OF_0), ==, 0);
}

static void test_peer(void)
{
    g_autoptr(Bench) bench = bench_new_two("");
    Channel channel = channel_open(bench, 0, 3);

    map_second(bench);
    channel_check_copy(&channel, RAM_SRC, SRAM_OF_1 + 11, 50001);
    channel_check_copy(&channel, SRAM_OF_1 + 11, RAM_DST + 3, 50001);
    channel_check_copy(&channel, SRAM_OF_1, SRAM_OF_1 + 0x8008, 0x7000);
}

static unsigned status_of_fill(Channel *channel, uint64_t dst, uint32_t len)
{
    return channel_do(channel, DESC(.op = STUNT_DMA_OP_FILL, .dst = dst, .len = len, .arg = 1)).status;
}

/* Registers of the other device, its memory and a byte more, its own memory, where no memory is any more. */
static void test_peer_refused(void)
{
    g_autoptr(Bench) bench = bench_new_two("");
    Channel channel = channel_open(bench, 0, 2);
    Pci other = map_second(bench);

    map_sram(&bench->dma, SRAM_OF_0);
    g_assert_cmpuint(status_of_fill(&channel, REGS_OF_1, 4), ==, STUNT_DMA_STATUS_BUS_ERROR);
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(status_of_fill(&channel, SRAM_OF_1 + STUNT_DMA_SRAM_SIZE - 8, 9), ==,
                     STUNT_DMA_STATUS_BUS_ERROR);
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(status_of_fill(&channel, SRAM_OF_0, 4), ==, STUNT_DMA_STATUS_OWN_BAR);
    channel = channel_open(bench, 0, 2);
    pci_write(&other, 4, 2, 0); /* memory decoding off */
    g_assert_cmpuint(status_of_fill(&channel, SRAM_OF_1, 4), ==, STUNT_DMA_STATUS_BUS_ERROR);
}

static void test_size(void)
{
    g_autoptr(Bench) none = bench_new(",sram-size=0", "");
    g_autoptr(Bench) large = bench_new(",sram-size=1M", "");
    Pci pci = large->dma;

    pci_write(&none->dma, 0x18, 4, 0xffffffff);
    g_assert_cmphex(pci_read(&none->dma, 0x18, 4), ==, 0);
    pci_map_bar(&pci, STUNT_DMA_SRAM_BAR, UINT64_C(0xfe000000));
    g_assert_cmphex(pci.bar_size, ==, 1024 * 1024);
}

/* Whoever writes it, processor or peer, is undone by a rewind; at sizes that are compared whole, and watched. */
static void check_snapshot(const char *size)
{
    g_autofree char *props = g_strdup_printf(",sram-size=%s", size);
    g_autoptr(Bench) bench = bench_new_traced(props, 4096);
    Pci pci = bench->dma;
    uint64_t sram = UINT64_C(0xe0000000);
    Pci port = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(3, 0) };

    pci_write(&port, 0x24, 2, 0xe000); /* prefetchable window: 16 MiB */
    pci_write(&port, 0x26, 2, 0xe0f0);
    pci_map_bar(&pci, STUNT_DMA_SRAM_BAR, sram);
    machine_write32(bench->machine, sram + 0x100, 1);
    machine_stop(bench->machine);
    snapshot_take(bench, "a");
    machine_cont(bench->machine);
    machine_write32(bench->machine, sram + 0x100, 2);
    machine_write32(bench->machine, sram + pci.bar_size - 4, 3);
    machine_stop(bench->machine);
    snapshot_rewind(bench, "a");
    snapshot_check_whole(bench);
    g_assert_cmpuint(machine_read32(bench->machine, sram + 0x100), ==, 1);
    g_assert_cmpuint(machine_read32(bench->machine, sram + pci.bar_size - 4), ==, 0);
}

static void test_snapshot(void)
{
    check_snapshot("64K");
    check_snapshot("8M");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory-bar/plain-memory", test_plain_memory);
    g_test_add_func("/memory-bar/what-resets-leave", test_resets);
    g_test_add_func("/memory-bar/size", test_size);
    g_test_add_func("/memory-bar/snapshot", test_snapshot);
    g_test_add_func("/memory-bar/peer", test_peer);
    g_test_add_func("/memory-bar/peer-refused", test_peer_refused);
    return g_test_run();
}
