/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management events: a card in D3hot asks to be woken when a line of a port changes. */
#include "snapshot.h"
#include "stunt/events.h"
#include "uart.h"

#include <linux/pci_regs.h>
#include <string.h>

#define AGAIN_NS INT64_C(100000000)

static unsigned pm(const Pci *pci, unsigned reg)
{
    return pci_find_cap(pci, PCI_CAP_ID_PM) + reg;
}

static uint16_t status(Bench *bench)
{
    return pci_read(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2) & (PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
}

#define SETTLED_NS 10000000

static void fall_asleep_in_d3(Bench *bench, uint16_t enable)
{
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_STATUS | enable | 3);
    shm_forget(bench->shm);
}

static void sleep_in_d3(Bench *bench, uint16_t enable)
{
    fall_asleep_in_d3(bench, enable);
    machine_step(bench->machine, SETTLED_NS);
}

/* RI of port 0 goes on, or off. */
static void ring(Bench *bench, bool on)
{
    machine_qom_set(bench->machine, "uart0", "port0.inputs", on ? "15" : "11");
}

static Bench *open_card_with(const char *props)
{
    Bench *bench = bench_new_serial(props, 4096);

    uart_write(bench, UART_P(P_WAKE, 0), STUNT_UART_P_WAKE_MODEM);
    return bench;
}

static Bench *open_card(void)
{
    return open_card_with("");
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

    g_assert_cmphex(pci_read(&bench->uart, pm(&bench->uart, PCI_PM_PMC), 2) & PCI_PM_CAP_PME_MASK, ==,
                    PCI_PM_CAP_PME_D1 | PCI_PM_CAP_PME_D2 | PCI_PM_CAP_PME_D3hot);
    g_assert_cmphex(pci_read(&bench->link, pm(&bench->link, PCI_PM_PMC), 2) & PCI_PM_CAP_PME_MASK, ==, 0);
    pci_write(&bench->link, pm(&bench->link, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmphex(pci_read(&bench->link, pm(&bench->link, PCI_PM_CTRL), 2) & PCI_PM_CTRL_PME_ENABLE, ==, 0);
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

/* What rings while it falls asleep is told when that has had its time: who hears it looks into configuration space. */
static void test_settled_first(void)
{
    g_autoptr(Bench) bench = open_card();

    fall_asleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true);
    machine_step(bench->machine, SETTLED_NS - 1);
    g_assert_cmpuint(messages(bench), ==, 0);
    machine_step(bench->machine, 1);
    g_assert_cmpuint(messages(bench), ==, 1);
    machine_step(bench->machine, AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 1);
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

/* From each state that is claimed, and from no other. */
static void test_each_state(void)
{
    for (unsigned state = 1; state <= 3; state++) {
        g_autoptr(Bench) bench = open_card_with(state == 2 ? ",pme=D0,,D3hot" : "");

        pci_set_power_state(&bench->uart, state);
        pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE | state);
        shm_forget(bench->shm);
        ring(bench, true);
        g_assert_cmpuint(messages(bench), ==, state != 2);
        g_assert_cmphex(status(bench) & PCI_PM_CTRL_PME_STATUS, ==, state != 2 ? PCI_PM_CTRL_PME_STATUS : 0);
    }
}

/* Nobody has looked after it yet: with D0 claimed it goes on asking when it is awake. */
static void test_goes_on_awake(void)
{
    g_autoptr(Bench) bench = open_card_with(",pme=D0,,D3hot");

    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true);
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE);
    shm_forget(bench->shm);
    machine_step(bench->machine, 3 * AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 3);
    pci_write(&bench->uart, pm(&bench->uart, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    machine_step(bench->machine, 3 * AGAIN_NS);
    g_assert_cmpuint(messages(bench), ==, 0);
}

static void set_power(Bench *bench, bool on)
{
    machine_qom_set(bench->machine, "rp1", "power", on ? "true" : "false");
    if (on) {
        machine_step(bench->machine, 10000000);
    }
}

/* Without power, and without auxiliary power, nobody notices; with it the context is there when the power is back. */
static void test_without_power(void)
{
    for (unsigned aux = 0; aux < 2; aux++) {
        g_autoptr(Bench) bench = open_card_with(aux ? ",pme=D0,,D3hot,,D3cold" : "");

        g_assert_cmphex(pci_read(&bench->uart, pm(&bench->uart, PCI_PM_PMC), 2) & PCI_PM_CAP_AUX_POWER, ==, aux ? 0x40 : 0);
        sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
        set_power(bench, false);
        ring(bench, true);
        g_assert_cmpuint(messages(bench), ==, 0); /* there is no link */
        set_power(bench, true);
        g_assert_cmpuint(messages(bench), ==, aux);
        g_assert_cmphex(status(bench), ==, aux ? PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE : 0);
        machine_system_reset(bench->machine);
        bench_configure(bench);
        g_assert_cmphex(status(bench), ==, aux ? PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE : 0);
    }
}

/* A function that resets itself when it wakes keeps it. */
static void test_soft_reset(void)
{
    g_autoptr(Bench) bench = open_card_with(",no-soft-reset=off");

    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    ring(bench, true);
    pci_set_power_state(&bench->uart, 0);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_ENABLE); /* the status was written as one */
    pci_set_power_state(&bench->uart, 3);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_ENABLE);
}

static void refuse(Bench *bench, const char *device, const char *value, const char *words)
{
    g_autofree char *error = machine_qom_set_error(bench->machine, device, "inject-pme", value);

    g_test_message("%s", error);
    g_assert_nonnull(strstr(error, words));
}

static void test_injected(void)
{
    g_autoptr(Bench) bench = open_card();

    shm_forget(bench->shm);
    machine_qom_set(bench->machine, "uart0", "inject-pme", "false"); /* nobody has a cause, nobody has allowed it */
    g_assert_cmpuint(messages(bench), ==, 1);
    g_assert_cmphex(uart_root_status(bench), ==, PCI_EXP_RTSTA_PME | bench->uart.bus << 8);
    g_assert_cmphex(status(bench), ==, 0);
    sleep_in_d3(bench, PCI_PM_CTRL_PME_ENABLE);
    machine_qom_set(bench->machine, "uart0", "inject-pme", "true");
    g_assert_cmpuint(messages(bench), ==, 1);
    g_assert_cmphex(status(bench), ==, PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    refuse(bench, "dma0", "true", "does not claim that it asks to be woken from D0");
    set_power(bench, false);
    refuse(bench, "uart0", "false", "it is without power");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pme/who-can", test_who_can);
    g_test_add_func("/pme/again-until-looked-after", test_again_until_looked_after);
    g_test_add_func("/pme/settled-first", test_settled_first);
    g_test_add_func("/pme/enabled-later", test_enabled_later);
    g_test_add_func("/pme/not-wanted", test_not_wanted);
    g_test_add_func("/pme/ends", test_ends);
    g_test_add_func("/pme/each-state", test_each_state);
    g_test_add_func("/pme/goes-on-awake", test_goes_on_awake);
    g_test_add_func("/pme/without-power", test_without_power);
    g_test_add_func("/pme/soft-reset", test_soft_reset);
    g_test_add_func("/pme/injected", test_injected);
    g_test_add_func("/pme/snapshot", test_snapshot);
    return g_test_run();
}
