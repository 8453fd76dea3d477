/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of registers and of configuration space. */
#include "faults.h"

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

static void mmio_write_delay_kept(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    faults_ahead_and_back(bench, 600000);
    g_assert_cmphex(machine_qom_get_uint(bench->machine, "dma0", "reg.INT_MASK"), ==, 0);
    machine_step(bench->machine, 510000);
    g_assert_cmphex(machine_qom_get_uint(bench->machine, "dma0", "reg.INT_MASK"), ==, 0x15);
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
    { "mmio.write", "delay", "param.ns=500000", mmio_write_delay_kept },
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
};

const struct fault_cases faults_of_access = { cases, G_N_ELEMENTS(cases) };
