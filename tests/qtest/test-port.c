/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root port: hot plug, link, power, and resets through it. */
#include "port.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

static void test_at_start(void)
{
    g_autoptr(Bench) bench = port_new("");

    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTCAP) & 0x7f, ==,
                    PCI_EXP_SLTCAP_ABP | PCI_EXP_SLTCAP_PCP | PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_PIP |
                        PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC);
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS);
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(port_message(bench, 0), ==, 0);
}

static void test_unclaimed_reads_ones(void)
{
    g_autoptr(Bench) bench = port_new("");

    g_assert_cmphex(machine_read32(bench->machine, DMA_BAR_ADDR + 0x80000), ==, 0xffffffff);
    machine_write32(bench->machine, DMA_BAR_ADDR + 0x80000, 0);
}

/* ---- removal --------------------------------------------------------------------------------------- */

static void test_removed_in_flight(void)
{
    g_autoptr(Bench) bench = bench_new_port("", ",latency-ns=1000,bandwidth=1000000", 4096);
    Channel channel;

    port_enable(bench);
    channel = channel_open(bench, 0, 2);
    machine_fill(bench->machine, RAM_DST, 0xee, 1000);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 1000,
                                                    .arg = 1, .flags = STUNT_DMA_DESC_IRQ });
    channel_kick(&channel);
    machine_step(bench->machine, 2000);
    shm_forget(bench->shm);
    port_set(bench, "present", "false");
    g_assert_nonnull(shm_find(bench->shm, STUNT_EV_SLOT));
    g_assert_nonnull(shm_find(bench->shm, STUNT_EV_LINK));
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    port_check_gone(bench);
    machine_step(bench->machine, INT64_C(100000000));
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_null(shm_find(bench->shm, STUNT_EV_DMA_WRITE));
    port_refuses(bench, "present", "false", "the slot is empty");
    port_refuses(bench, "aer", "\"fatal\"", "gone");

    port_set(bench, "present", "true"); /* the slot was not switched off */
    port_refuses(bench, "present", "true", "a card is in the slot");
    port_check_return(bench, 0);
}

/* Chunks before the one at which it is pulled out are in memory, that one and later ones are not. */
static void test_removed_at_a_chunk(void)
{
    g_autoptr(Bench) bench = port_new("");
    Channel channel = channel_open(bench, 0, 2);

    machine_fill(bench->machine, RAM_SRC, 0x11, 5 * 65536);
    machine_fill(bench->machine, RAM_DST, 0xee, 5 * 65536);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST,
                                                    .len = 5 * 65536, .flags = STUNT_DMA_DESC_IRQ });
    port_arm(bench, "at=dma.write nth=3 action=surprise-remove");
    channel_kick(&channel);
    machine_step(bench->machine, 10000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 2 * 65536 - 4), ==, 0x11111111);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 2 * 65536), ==, 0xeeeeeeee);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 4 * 65536), ==, 0xeeeeeeee);
    port_check_gone(bench);
    machine_step(bench->machine, 100000000);
    g_assert_null(shm_find(bench->shm, STUNT_EV_JOB_DONE));
}

/* At whatever event: what is under way at that moment does not get through. */
static void test_removed_at_any_event(void)
{
    static const char *const at[] = { "mmio.write", "mmio.read", "dma.read", "dma.write", "job.start", "job.done",
                                      "irq.raise" };

    for (unsigned i = 0; i < G_N_ELEMENTS(at); i++) {
        g_autoptr(Bench) bench = port_new("");
        g_autofree char *rule = g_strdup_printf("at=%s nth=1 action=surprise-remove", at[i]);
        Channel channel = channel_open(bench, 0, 2);

        pci_enable_msix(&bench->dma, RAM_MSI, 5);
        enable_irqs(bench);
        channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
        port_arm(bench, rule);
        channel_kick(&channel);
        machine_step(bench->machine, 100000);
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
        (void)pci_read(&bench->dma, PCI_COMMAND, 2);
        pci_write(&bench->dma, PCI_COMMAND, 2, 0);
        port_check_gone(bench);
        g_assert_cmphex(message(bench, 0) & ~1u, ==, 0);
        g_assert_cmphex(message(bench, 4), ==, 0);
        port_set(bench, "present", "true");
        port_check_return(bench, 0);
    }
}

static void test_memory_goes_too(void)
{
    g_autoptr(Bench) bench = port_new("");
    const uint64_t sram = DMA_BAR_ADDR + 0x40000;
    Pci dma = bench->dma;

    pci_map_bar(&dma, 2, sram);
    machine_write32(bench->machine, sram, 0x12345678);
    port_set(bench, "link", "false");
    g_assert_cmphex(machine_read32(bench->machine, sram), ==, 0xffffffff);
    port_set(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    pci_map_bar(&dma, 2, sram);
    g_assert_cmphex(machine_read32(bench->machine, sram), ==, 0x12345678); /* a hot reset leaves it */
    port_set(bench, "present", "false");
    port_set(bench, "present", "true");
    machine_step(bench->machine, LINK_NS);
    pci_map_bar(&dma, 2, sram);
    g_assert_cmphex(machine_read32(bench->machine, sram), !=, 0x12345678);
    g_assert_cmphex(machine_read32(bench->machine, sram), !=, 0); /* nor fresh, see test-power-off.c */
}

static void test_polling_what_is_gone_is_misuse(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_set(bench, "present", "false");
    for (unsigned i = 0; i < 255; i++) {
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
    for (unsigned i = 0; i < 1000; i++) {
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 1);
}

static void test_no_device_is_deleted(void)
{
    g_autoptr(Bench) bench = port_new("");
    g_autofree char *deleted = machine_qmp_error(bench->machine, "device_del", "{\"id\": \"dma0\"}");

    g_assert_nonnull(strstr(deleted, "not deleted"));
    g_assert_true(port_link_is_up(bench));
}

/* ---- orderly --------------------------------------------------------------------------------------- */

static void test_unplug_and_plug(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_set(bench, "unplug", "true");
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_ABP);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    port_refuses(bench, "unplug", "true", "being unplugged");
    g_assert_true(port_link_is_up(bench));
    port_express_write(bench, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_ABP);
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_BLINK);
    port_check_gone(bench);
    g_assert_true(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    g_assert_false(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);

    port_set(bench, "present", "true");
    machine_step(bench->machine, 2 * LINK_NS);
    g_assert_false(port_link_is_up(bench)); /* the slot is off */
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    port_check_return(bench, 0);
}

/* A slot that is off but not waited for keeps its card. */
static void test_power_by_the_guest(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    port_check_gone(bench);
    g_assert_true(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);
    g_assert_true(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_CC);
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    port_check_return(bench, 0);
}

static void test_power_fault(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_set(bench, "power", "false");
    g_assert_true(port_express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PFD);
    port_check_gone(bench);
    port_refuses(bench, "power", "false", "off already");
    port_set(bench, "power", "true");
    port_check_return(bench, 0);
}

/* ---- link and resets ------------------------------------------------------------------------------- */

static void test_link_down_and_up(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_refuses(bench, "link", "true", "nothing holds");
    port_set(bench, "link", "false");
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_DLLSC);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    port_check_gone(bench);
    port_set(bench, "link", "true");
    port_check_return(bench, HOT);
}

/* The reset that comes with the link is not carried out: it goes on where it was. */
static void test_link_up_and_kept(void)
{
    g_autoptr(Bench) bench = bench_new_port("", ",latency-ns=50000000", 4096);
    Channel channel = channel_open(bench, 1, 2);

    port_arm(bench, "at=reset nth=1 action=keep-context");
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64, .arg = 0x11 });
    channel_kick(&channel);
    port_set(bench, "link", "false");
    machine_step(bench->machine, 100000000);
    port_set(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 100000000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0x11);
}

static void test_link_down_for_a_time(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_arm(bench, "at=mmio.read nth=1 action=link-down param.ns=5000000");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    port_check_gone(bench);
    machine_step(bench->machine, 5000000);
    port_check_return(bench, HOT);
}

static void test_link_disable(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_express_write(bench, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    port_check_gone(bench);
    port_express_write(bench, PCI_EXP_LNKCTL, 0);
    port_check_return(bench, HOT);
}

static void test_secondary_bus_reset(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_BUS_RESET);
    port_check_gone(bench);
    machine_step(bench->machine, 2 * LINK_NS);
    port_check_gone(bench);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    port_check_return(bench, HOT);
}

static void test_retry_after_reset(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    port_arm(bench, "at=reset nth=1 action=retry param.ns=50000000");
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_BUS_RESET);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    machine_step(bench->machine, LINK_NS);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==, 0xffff0001);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 2), ==, 0x0001);
    g_assert_cmphex(pci_read(&bench->dma, PCI_COMMAND, 4), ==, 0xffffffff);
    machine_step(bench->machine, 50000000);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==,
                    STUNT_DMA_PCI_VENDOR | STUNT_DMA_PCI_DEVICE << 16);
}

/* ---- going back ------------------------------------------------------------------------------------ */

static void test_rewound(void)
{
    g_autoptr(Bench) bench = port_new("");
    Channel channel;

    machine_stop(bench->machine);
    snapshot_take(bench, "in");
    machine_cont(bench->machine);
    port_set(bench, "present", "false");
    machine_stop(bench->machine);
    snapshot_take(bench, "out");
    snapshot_rewind(bench, "in");
    snapshot_check_whole(bench);
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    machine_cont(bench->machine);
    channel = channel_open(bench, 0, 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
    machine_stop(bench->machine);
    snapshot_rewind(bench, "out");
    snapshot_check_whole(bench);
    port_check_gone(bench);
    machine_cont(bench->machine);
    port_set(bench, "present", "true");
    port_check_return(bench, 0);
}

static void test_system_reset(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_set(bench, "present", "false");
    machine_system_reset(bench->machine);
    pci_start(bench->machine);
    pci_open_port(bench->machine, 3, 1, PCI_WINDOW);
    g_assert_false(port_link_is_up(bench)); /* nobody has put it in again */
    port_set(bench, "present", "true");
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port/at-start", test_at_start);
    g_test_add_func("/port/unclaimed-reads-ones", test_unclaimed_reads_ones);
    g_test_add_func("/port/removed-in-flight", test_removed_in_flight);
    g_test_add_func("/port/removed-at-a-chunk", test_removed_at_a_chunk);
    g_test_add_func("/port/removed-at-any-event", test_removed_at_any_event);
    g_test_add_func("/port/memory-goes-too", test_memory_goes_too);
    g_test_add_func("/port/polling-what-is-gone-is-misuse", test_polling_what_is_gone_is_misuse);
    g_test_add_func("/port/no-device-is-deleted", test_no_device_is_deleted);
    g_test_add_func("/port/unplug-and-plug", test_unplug_and_plug);
    g_test_add_func("/port/power-by-the-guest", test_power_by_the_guest);
    g_test_add_func("/port/power-fault", test_power_fault);
    g_test_add_func("/port/link-down-and-up", test_link_down_and_up);
    g_test_add_func("/port/link-up-and-kept", test_link_up_and_kept);
    g_test_add_func("/port/link-down-for-a-time", test_link_down_for_a_time);
    g_test_add_func("/port/link-disable", test_link_disable);
    g_test_add_func("/port/secondary-bus-reset", test_secondary_bus_reset);
    g_test_add_func("/port/retry-after-reset", test_retry_after_reset);
    g_test_add_func("/port/rewound", test_rewound);
    g_test_add_func("/port/system-reset", test_system_reset);
    return g_test_run();
}
