/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function without power: D3cold. */
#include "port.h"
#include "power.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define MS INT64_C(1000000)
#define MASK 0x15u
#define D3HOT_DELAY (10 * MS)

static void test_without_power(void)
{
    g_autoptr(Bench) bench = port_new("");
    int64_t begun = machine_now(bench->machine);

    port_set(bench, "power", "false");
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    power_expect_exit(bench, D0, D3COLD, begun);
    machine_step(bench->machine, 30 * MS);
    machine_system_reset(bench->machine); /* does not bring the power back */
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    power_check_sum(bench);
    port_set(bench, "power", "true");
    machine_step(bench->machine, LINK_NS);
    g_assert_cmpuint(power_state(bench), ==, D0);
    g_assert_cmpint(power_ns(bench, D3COLD), >=, 30 * MS + LINK_NS);
    power_expect_exit(bench, D3COLD, D0, power_ns(bench, D3COLD));
    g_assert_cmpuint(power_count(bench, D3COLD), ==, 1);
    power_check_sum(bench);
}

static void test_without_slot(void)
{
    g_autoptr(Bench) bench = port_new("");

    pci_set_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, MS);
    shm_forget(bench->shm);
    port_set(bench, "present", "false");
    power_expect_exit(bench, D3HOT, D3COLD, D3HOT_DELAY + MS);
    port_set(bench, "power", "false"); /* it is without already */
    power_expect_no_exit(bench);
}

/* So many bytes of memory, from its beginning. */
static void read_sram(Bench *bench, uint8_t data[4096])
{
    power_map_sram(bench);
    machine_read(bench->machine, POWER_SRAM_ADDR, data, 4096);
}

static void cycle_power(Bench *bench)
{
    port_set(bench, "power", "false");
    machine_step(bench->machine, MS);
    port_set(bench, "power", "true");
    machine_step(bench->machine, LINK_NS);
}

static unsigned differing(const uint8_t *a, const uint8_t *b)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 4096; i++) {
        n += a[i] != b[i];
    }
    return n;
}

/* Neither what it was nor zeros; something else each time; the same in each life. */
static void test_memory_scrambled(void)
{
    static const uint8_t zeros[4096];
    uint8_t once[2][4096], twice[2][4096];

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(Bench) bench = port_new("");

        power_map_sram(bench);
        machine_fill(bench->machine, POWER_SRAM_ADDR, 0x5a, 4096);
        cycle_power(bench);
        read_sram(bench, once[i]);
        g_assert_cmpuint(differing(once[i], zeros), >, 4000);
        cycle_power(bench);
        read_sram(bench, twice[i]);
        g_assert_cmpuint(differing(once[i], twice[i]), >, 4000);
    }
    g_assert_cmpmem(once[0], 4096, once[1], 4096);
    g_assert_cmpmem(twice[0], 4096, twice[1], 4096);
}

/* By the link alone it keeps its memory. */
static void test_memory_kept(void)
{
    g_autoptr(Bench) bench = port_new("");
    uint8_t data[4096];

    power_map_sram(bench);
    machine_fill(bench->machine, POWER_SRAM_ADDR, 0x5a, 4096);
    port_set(bench, "link", "false");
    port_set(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    read_sram(bench, data);
    for (unsigned i = 0; i < 4096; i++) {
        g_assert_cmphex(data[i], ==, 0x5a);
    }
}

/* All is as after power-on: registers, configuration space, what is sticky, and the power state. */
static void test_all_is_lost(void)
{
    g_autoptr(Bench) bench = port_new("");

    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, MASK);
    pci_enable_msix(&bench->dma, RAM_MSI, 1);
    port_aer_write(&bench->dma, PCI_ERR_UNCOR_SEVER, 0);
    pci_set_power_state(&bench->dma, D3HOT);
    shm_forget(bench->shm);
    cycle_power(bench);
    g_assert_cmpuint(shm_find(bench->shm, STUNT_EV_RESET)->field[STUNT_EV_RESET_KIND], ==, STUNT_DMA_RESET_COLD);
    g_assert_cmphex(pci_read(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2), ==, PCI_PM_CTRL_NO_SOFT_RESET);
    g_assert_cmphex(pci_read(&bench->dma, PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), ==, 0);
    g_assert_cmphex(pci_read(&bench->dma, pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, ==, 0);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_SEVER), !=, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0);
    g_assert_cmpuint(power_misuse(bench), ==, 0);
}

/* A link that is down takes no power away. */
static void test_link_down(void)
{
    g_autoptr(Bench) bench = port_new("");

    shm_forget(bench->shm);
    port_set(bench, "link", "false");
    g_assert_cmpuint(power_state(bench), ==, D0);
    machine_step(bench->machine, MS);
    port_set(bench, "power", "false"); /* but this does */
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    port_set(bench, "power", "true");
    port_set(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    g_assert_cmpuint(power_state(bench), ==, D0);
    power_check_sum(bench);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/power-off/without-power", test_without_power);
    g_test_add_func("/power-off/without-slot", test_without_slot);
    g_test_add_func("/power-off/memory-scrambled", test_memory_scrambled);
    g_test_add_func("/power-off/memory-kept", test_memory_kept);
    g_test_add_func("/power-off/all-is-lost", test_all_is_lost);
    g_test_add_func("/power-off/link-down", test_link_down);
    return g_test_run();
}
