/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors of PCI Express: what device and root port report, and what DPC contains. */
#include "port.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

/* ---- errors ---------------------------------------------------------------------------------------- */

typedef struct ErrorCase {
    const char *text;
    unsigned device_reg; /* of the AER capability */
    uint32_t device_status;
    uint32_t root_status;
} ErrorCase;

static void check_error(const ErrorCase *c)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);
    bool correctable = c->device_reg == PCI_ERR_COR_STATUS;
    uint32_t source;

    port_set(bench, "aer", c->text);
    g_assert_cmphex(port_aer_read(&bench->dma, c->device_reg), ==, c->device_status);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, c->root_status);
    source = port_aer_read(&port, PCI_ERR_ROOT_ERR_SRC);
    g_assert_cmphex(correctable ? source & 0xffff : source >> 16, ==, 0x0100);
    g_assert_cmphex(port_message(bench, 1), ==, 2);
    g_assert_cmphex(port_message(bench, 0), ==, 0);

    /* a second one is only known to have been there, and signals nothing new */
    port_set(bench, "aer", c->text);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==,
                    c->root_status | (correctable ? PCI_ERR_ROOT_MULTI_COR_RCV : PCI_ERR_ROOT_MULTI_UNCOR_RCV));
    g_assert_cmphex(port_message(bench, 1), ==, 0);
    port_aer_write(&port, PCI_ERR_ROOT_STATUS, 0x7f);
    port_aer_write(&bench->dma, c->device_reg, c->device_status);
    g_assert_cmphex(port_aer_read(&bench->dma, c->device_reg), ==, 0);
    port_set(bench, "aer", c->text);
    g_assert_cmphex(port_message(bench, 1), ==, 2);
}

static void test_errors(void)
{
    static const ErrorCase cases[] = {
        { "\"correctable\"", PCI_ERR_COR_STATUS, PCI_ERR_COR_RCVR, PCI_ERR_ROOT_COR_RCV },
        { "\"correctable BAD_TLP\"", PCI_ERR_COR_STATUS, PCI_ERR_COR_BAD_TLP, PCI_ERR_ROOT_COR_RCV },
        { "\"nonfatal\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_COMP_ABORT,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV },
        { "\"nonfatal POISON_TLP\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_POISON_TLP,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV },
        { "\"fatal DLP\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_DLP,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_FATAL_RCV | PCI_ERR_ROOT_FIRST_FATAL },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_error(&cases[i]);
    }
}

static void test_header_log(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_set(bench, "aer", "\"nonfatal UNX_COMP 0x4a000001 0x00000004 0x01000000 0\"");
    port_set(bench, "aer", "\"fatal MALF_TLP 1 2 3 4\"");
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_CAP) & 0x1f, ==, 16); /* the first one's */
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_HEADER_LOG), ==, 0x4a000001);
    port_aer_write(&bench->dma, PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_UNX_COMP);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_HEADER_LOG), ==, 0);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_MALF_TLP);
}

static void test_masked_and_changed_severity(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    port_aer_write(&bench->dma, PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_DLP);
    port_set(bench, "aer", "\"fatal DLP\"");
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_DLP);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, 0);
    port_aer_write(&bench->dma, PCI_ERR_UNCOR_MASK, 0);
    port_aer_write(&bench->dma, PCI_ERR_UNCOR_SEVER, 0);
    port_refuses(bench, "aer", "\"fatal DLP\"", "as the guest has set its severity");
    port_refuses(bench, "aer", "\"fatal RCVR\"", "no register changes that");
    port_refuses(bench, "aer", "\"fatal DLPP\"", "did you mean 'DLP'");
    port_refuses(bench, "aer", "\"terrible\"", "not correctable, nonfatal or fatal");
    port_refuses(bench, "aer", "\"nonfatal DLP 1 2 3 4 5\"", "at most four words");
    port_set(bench, "aer", "\"nonfatal DLP\"");
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==,
                    PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV);
}

static void test_not_forwarded(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    pci_write(&port, PCI_BRIDGE_CONTROL, 2, 0);
    port_set(bench, "aer", "\"fatal DLP\"");
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_DLP);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, 0);
}

static void test_completion_timeout_and_poison(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);
    Channel channel;
    unsigned devctl = pci_find_cap(&port, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

    pci_write(&port, devctl, 2, PCI_EXP_DEVCTL_NFERE);
    port_arm(bench, "at=mmio.read nth=1 action=completion-timeout");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_ERR_SRC) >> 16, ==, PCI_DEVFN_OF(3, 0));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);

    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=p device=dma0 at=dma.read match.what=2 nth=1 action=poison\"");
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_CRC32C, .src = RAM_SRC,
                                                                   .len = 64 }).status, ==,
                     STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_POISON_TLP);
}

/* ---- containment ----------------------------------------------------------------------------------- */

static void test_contained(void)
{
    g_autoptr(Bench) bench = port_new(",dpc=on");
    Pci port = port_of(bench);
    unsigned dpc = pci_find_ext_cap(&port, PCI_EXT_CAP_ID_DPC);

    g_assert_cmphex(dpc, !=, 0);
    pci_write(&port, dpc + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL | PCI_EXP_DPC_CTL_INT_EN);
    port_set(bench, "aer", "\"nonfatal\"");
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(port_message(bench, 1), ==, 2);
    port_set(bench, "aer", "\"fatal DLP\"");
    port_check_gone(bench);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2), ==,
                    PCI_EXP_DPC_STATUS_TRIGGER | 2 << 1 | PCI_EXP_DPC_STATUS_INTERRUPT);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_SOURCE_ID, 2), ==, 0x0100);
    g_assert_cmphex(port_message(bench, 2), ==, 3);
    g_assert_cmphex(port_aer_read(&port, PCI_ERR_ROOT_STATUS) & PCI_ERR_ROOT_FATAL_RCV, ==, 0);
    pci_write(&port, dpc + PCI_EXP_DPC_STATUS, 2, PCI_EXP_DPC_STATUS_TRIGGER | PCI_EXP_DPC_STATUS_INTERRUPT);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2), ==, 0);
    port_check_return(bench, HOT);

    pci_write(&port, dpc + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL | 0x40);
    port_check_gone(bench);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2) & 0x66, ==, 0x26);
}

/* A rewind compares what the guest cannot write with what is there: logs and states are no such thing. */
static void test_rewound_over_errors(void)
{
    g_autoptr(Bench) bench = port_new(",dpc=on");
    Pci port = port_of(bench);

    machine_stop(bench->machine);
    snapshot_take(bench, "before");
    machine_cont(bench->machine);
    port_set(bench, "aer", "\"nonfatal UNX_COMP 1 2 3 4\"");
    pci_write(&port, pci_find_ext_cap(&port, PCI_EXT_CAP_ID_DPC) + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL);
    port_set(bench, "aer", "\"fatal\"");
    machine_stop(bench->machine);
    snapshot_take(bench, "after");
    for (unsigned i = 0; i < 2; i++) {
        snapshot_rewind(bench, "before");
        snapshot_check_whole(bench);
        g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, 0);
        snapshot_rewind(bench, "after");
        snapshot_check_whole(bench);
        g_assert_false(port_link_is_up(bench));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/aer/errors", test_errors);
    g_test_add_func("/aer/header-log", test_header_log);
    g_test_add_func("/aer/masked-and-changed-severity", test_masked_and_changed_severity);
    g_test_add_func("/aer/not-forwarded", test_not_forwarded);
    g_test_add_func("/aer/completion-timeout-and-poison", test_completion_timeout_and_poison);
    g_test_add_func("/aer/contained", test_contained);
    g_test_add_func("/aer/rewound-over-errors", test_rewound_over_errors);
    return g_test_run();
}
