/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on slot, link and error reporting; what the port makes of each is for test-port.c and test-aer.c. */
#include "faults.h"
#include "port.h"

#include <linux/pci_regs.h>

static void still_there(Bench *bench)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_true(port_link_is_up(bench));
}

static void gone(Bench *bench)
{
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    port_check_gone(bench);
}

static void button_pressed(Bench *bench)
{
    still_there(bench);
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDS);
}

static void no_supply(Bench *bench)
{
    gone(bench);
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PFD, ==, PCI_EXP_SLTSTA_PFD);
}

static void corrected(Bench *bench)
{
    still_there(bench);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_COR_STATUS), !=, 0);
}

static void read_unanswered(Bench *bench)
{
    Pci port = port_of(bench);

    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    still_there(bench);
}

static void transfer_unanswered(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
}

static void poisoned_for_device(Bench *bench)
{
    g_assert_cmpuint(faults_copy(bench), ==, STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_POISON_TLP);
}

static void poisoned_for_memory(Bench *bench)
{
    Pci port = port_of(bench);
    uint8_t untouched[FAULTS_COPY_LEN];

    memset(untouched, 0xee, sizeof(untouched));
    (void)faults_copy(bench);
    machine_check(bench->machine, RAM_DST, untouched, sizeof(untouched));
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_POISON_TLP);
}

static void asks_for_patience(Bench *bench)
{
    Pci port = port_of(bench);

    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_BUS_RESET);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    machine_step(bench->machine, LINK_NS);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==, 0xffff0001);
}

static unsigned command(Bench *bench)
{
    return pci_read(&bench->dma, PCI_COMMAND, 2) & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static void forgets_at_write(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    g_assert_cmphex(command(bench), ==, PCI_COMMAND_MEMORY);
}

static void forgets_at_config(Bench *bench)
{
    pci_write(&bench->dma, PCI_INTERRUPT_LINE, 1, 5);
    g_assert_cmphex(command(bench), ==, PCI_COMMAND_MEMORY);
}

static void forgets_at_job(Bench *bench)
{
    Channel channel = channel_open(bench, 0, 2);
    struct stunt_dma_desc fill = { .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 8, .arg = UINT64_MAX };

    machine_fill(bench->machine, RAM_DST, 0xee, 8);
    channel_put(&channel, &fill);
    channel_kick(&channel);
    machine_step(bench->machine, 1000000);
    g_assert_cmphex(command(bench), ==, PCI_COMMAND_MEMORY);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
}

static const struct fault_case cases[] = {
    { "mmio.read", "surprise-remove", "", gone },
    { "mmio.read", "unplug", "", button_pressed },
    { "mmio.read", "plug", "", still_there },
    { "mmio.read", "link-down", "", gone },
    { "mmio.read", "link-up", "", still_there },
    { "mmio.read", "power-off", "", no_supply },
    { "mmio.read", "aer", "param.severity=0", corrected },
    { "mmio.read", "completion-timeout", "", read_unanswered },
    { "dma.read", "completion-timeout", "match.what=2", transfer_unanswered },
    { "dma.read", "poison", "match.what=2", poisoned_for_device },
    { "dma.write", "poison", "match.what=2", poisoned_for_memory },
    { "reset", "retry", "", asks_for_patience },
    { "mmio.write", "forget", "", forgets_at_write },
    { "cfg.write", "forget", "", forgets_at_config },
    { "job.start", "forget", "", forgets_at_job },
};

const struct fault_cases faults_of_port = { cases, G_N_ELEMENTS(cases) };
