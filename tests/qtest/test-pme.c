/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management events: a card in D3hot asks to be woken when a line of a port changes. */
#include "snapshot.h"
#include "stunt/events.h"
#include "uart.h"

#include <linux/pci_regs.h>

#define AGAIN_NS INT64_C(100000000)

static unsigned pm(const Pci *pci, unsigned reg)
{
    return pci_find_cap(pci, PCI_CAP_ID_PM) + reg;
}

static uint16_t status(Bench *bench)
{
    return pci_read(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2) & (PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
}

static void sleep_in_d3(Bench *bench, uint16_t enable)
{
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_STATUS | enable | 3);
    shm_forget(bench->shm);
}

/* RI of port 0 goes on, or off. */
static void ring(Bench *bench, bool on)
{
    machine_qom_set(bench->machine, "uart0", "port0.inputs", on ? "15" : "11");
}

static Bench *open_card(void)
{
    Bench *bench = bench_new_serial("", 4096);

    uart_write(bench, UART_P(P_WAKE, 0), STUNT_UART_P_WAKE_MODEM);
    return bench;
}

static unsigned messages(Bench *bench)
{
    unsigned n = 0;

    while (shm_find(bench->shm, STUNT_EV_POWER_PME)) {
        n++;
    }
    return n;
}

static void test_who_can(void)
{
    g_autoptr(Bench) bench = open_card();

    g_assert_cmphex(pci_read(&bench->uart, pm(&bench->uart, PCI_PM_PMC), 2) & PCI_PM_CAP_PME_MASK, ==, PCI_PM_CAP_PME_D3hot);
    g_assert_cmphex(pci_read(&bench->dma, pm(&bench->dma, PCI_PM_PMC), 2) & PCI_PM_CAP_PME_MASK, ==, 0);
    pci_write(&bench->dma, pm(&bench->dma, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmphex(pci_read(&bench->dma, pm(&bench->dma, PCI_PM_CTRL), 2) & PCI_PM_CTRL_PME_ENABLE, ==, 0);
}

static void test_again_until_looked_after(void)
{
    g_autoptr(Bench) bench = open_card();

    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmphex(uart_root_status(bench), ==, 0);
    ring(bench, true);
    g_assert_cmpuint(messages(bench), ==, 1);
    g_assert_cmphex(uart_root_status(bench), ==, PCI_EXP_RTSTA_PME | bench->uart.bus << 8);
    ring(bench, false); /* it has said so already */
    g_assert_cmpuint(messages(bench), ==, 0);
    machine_step(bench->machine, AGAIN_NS - 1);
    g_assert_cmpuint(messages(bench), ==, 0);
    machine_step(bench->machine, 1);
    g_assert_cmpuint(messages(bench), ==, 1);
    g_assert_cmphex(uart_root_status(bench) & (PCI_EXP_RTSTA_PME | PCI_EXP_RTSTA_PENDING), ==,
                    PCI_EXP_RTSTA_PME | PCI_EXP_RTSTA_PENDING);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_ENABLE);
    machine_step(bench->machine, 3 * AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 0);
}

static void test_enabled_later(void)
{
    g_autoptr(Bench) bench = open_card();

    sleep_in_d3(bench, 0);
    ring(bench, true);
    machine_step(bench->machine, AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 0);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_STATUS);
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE | 3);
    g_assert_cmpuint(messages(bench), ==, 1);
}

static void test_not_wanted(void)
{
    g_autoptr(Bench) bench = open_card();

    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true); /* in D0 it signals by an interrupt */
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_ENABLE);
    uart_write(bench, UART_P(P_WAKE, 0), STUNT_UART_P_WAKE_RX);
    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, false);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmpuint(messages(bench), ==, 0);
}

static void test_ends(void)
{
    g_autoptr(Bench) bench = open_card();

    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true);
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE); /* awake: status is still there */
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmpuint(messages(bench), ==, 1);
    machine_step(bench->machine, 3 * AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 0);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_cmphex(status(bench), ==, 0);
}

static void test_snapshot(void)
{
    g_autoptr(Bench) bench = open_card();

    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true);
    machine_step(bench->machine, 40000000);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        shm_forget(bench->shm);
        machine_step(bench->machine, AGAIN_NS - 40000001);
        g_assert_cmpuint(messages(bench), ==, 0);
        machine_step(bench->machine, 1);
        g_assert_cmpuint(messages(bench), ==, 1);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pme/who-can", test_who_can);
    g_test_add_func("/pme/again-until-looked-after", test_again_until_looked_after);
    g_test_add_func("/pme/enabled-later", test_enabled_later);
    g_test_add_func("/pme/not-wanted", test_not_wanted);
    g_test_add_func("/pme/ends", test_ends);
    g_test_add_func("/pme/snapshot", test_snapshot);
    return g_test_run();
}
