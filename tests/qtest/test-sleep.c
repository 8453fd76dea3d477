/* SPDX-License-Identifier: GPL-2.0-or-later */
/* S3: stops, time, wake-ups and snapshots of a machine that sleeps. */
#include "sleep.h"
#include "snapshot.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"
#include "uart.h"

#include <linux/pci_regs.h>

static Bench *open_card(const char *uart_props)
{
    Bench *bench = bench_new_serial(uart_props, 4096);

    sleep_place_registers(bench);
    shm_forget(bench->shm);
    return bench;
}

static Bench *open_bench(void)
{
    return open_card("");
}

static void test_stops(void)
{
    g_autoptr(Bench) bench = open_bench();
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, machine_now(bench->machine) + 5000);

    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_qom_set(bench->machine, "link0", "deadline-ns", at);
    machine_cont(bench->machine);
    sleep_check_status(bench, "suspended");
    machine_step(bench->machine, 4999);
    sleep_check_status(bench, "suspended");
    machine_step(bench->machine, 1);
    sleep_check_status(bench, "paused");
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_DEADLINE);
    sleep_press(bench);
    machine_cont(bench->machine);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & (WOKEN | POWER_BUTTON | PCIE_WAKE), ==, WOKEN | POWER_BUTTON);
}

/* The guest's request and a stop in one pass of QEMU's main loop: QEMU by itself aborts. */
static void test_at_a_stop(void)
{
    g_autoptr(Bench) bench = open_bench();

    machine_stop(bench->machine);
    sleep_begin(bench);
    sleep_check_status(bench, "paused");
    machine_cont(bench->machine);
    machine_step(bench->machine, 1); /* the reason that waited is told now */
    sleep_check_asleep(bench);
    machine_cont(bench->machine);
    sleep_check_status(bench, "suspended");
    sleep_press(bench);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
}

static void test_button_came_early(void)
{
    g_autoptr(Bench) bench = open_bench();

    machine_out(bench->machine, PM1_ENABLE, 2, POWER_BUTTON);
    sleep_press(bench);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & POWER_BUTTON, ==, POWER_BUTTON);
    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_cont(bench->machine);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
}

/* A card that asks for a change of modem lines, and sleeps in D3cold with the system; the script of port 1's peer is JSON. */
static Bench *open_sleeping_card_with(const char *peer)
{
    Bench *bench = open_card(",pme=D3hot,,D3cold");
    unsigned control = pci_find_cap(&bench->uart, PCI_CAP_ID_PM) + PCI_PM_CTRL;

    machine_qom_set(bench->machine, "uart0", "port1.peer", peer);
    uart_write(bench, UART_P(P_WAKE, 0), STUNT_UART_P_WAKE_MODEM);
    pci_write(&bench->uart, control, 2, PCI_PM_CTRL_PME_ENABLE | 3);
    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_cont(bench->machine);
    return bench;
}

static Bench *open_sleeping_card(void)
{
    return open_sleeping_card_with("\"\"");
}

/* RI of port 0 goes on, or off. */
static void ring(Bench *bench, bool on)
{
    machine_qom_set(bench->machine, "uart0", "port0.inputs", on ? "15" : "11");
}

static void test_pme(void)
{
    g_autoptr(Bench) bench = open_sleeping_card();

    ring(bench, true);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_PME);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & (WOKEN | POWER_BUTTON | PCIE_WAKE), ==, WOKEN | PCIE_WAKE);
}

static void arm(Bench *bench, const char *action)
{
    g_autofree char *text = g_strdup_printf("\"id=r device=uart0 at=power.pme nth=1 %s\"", action);

    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

/* WAKE# is not sent again, as a message would be, and stays as it is when the line changes once more. */
static void test_pme_lost(void)
{
    g_autoptr(Bench) bench = open_sleeping_card();

    arm(bench, "action=drop");
    ring(bench, true);
    machine_step(bench->machine, 1000000000);
    ring(bench, false);
    sleep_check_status(bench, "suspended");
    sleep_press(bench);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_cmphex(uart_root_status(bench), ==, 0);
    bench_configure(bench); /* now the card knows its number, and tells */
    g_assert_cmphex(uart_root_status(bench), ==, PCI_EXP_RTSTA_PME | bench->uart.bus << 8);
}

static void test_pme_late(void)
{
    g_autoptr(Bench) bench = open_sleeping_card();

    arm(bench, "action=delay param.ns=3000000");
    ring(bench, true);
    machine_step(bench->machine, 2999999);
    sleep_check_status(bench, "suspended");
    machine_step(bench->machine, 1);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_PME);
}

static void check_peer(Bench *bench, const char *state)
{
    g_autofree char *text = machine_qom_get_str(bench->machine, "uart0", "port1.peer-state");

    g_assert_true(g_str_has_prefix(text, state));
}

/* The other end of a line goes on, until the card is pulled out. */
static void test_far_end(void)
{
    g_autoptr(Bench) bench = open_sleeping_card_with("\"after 5ms\\nafter 5ms\"");

    machine_step(bench->machine, 6000000);
    check_peer(bench, "running");
    machine_step(bench->machine, 4000000);
    check_peer(bench, "done");
    machine_qom_set(bench->machine, "uart0", "port1.peer", "\"after 5ms\"");
    machine_qom_set(bench->machine, "rp1", "present", "false");
    check_peer(bench, "ended-early");
}

static void test_snapshot(void)
{
    g_autoptr(Bench) bench = open_bench();
    g_autofree char *why = NULL;

    sleep_begin(bench);
    sleep_check_asleep(bench);
    snapshot_take(bench, "asleep");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        sleep_check_status(bench, "suspended");
        sleep_press(bench);
        sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "asleep");
        snapshot_check_whole(bench);
        sleep_check_status(bench, "paused");
        shm_forget(bench->shm);
    }
    machine_cont(bench->machine);
    sleep_check_status(bench, "suspended");
    why = machine_qom_set_error(bench->machine, "link0", "snapshot", "\"asleep\"");
    g_assert_nonnull(strstr(why, "the machine must be paused, it is in the state 'suspended'"));
}

static void test_reset_ends_it(void)
{
    g_autoptr(Bench) bench = open_bench();

    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_system_reset(bench->machine);
    machine_cont(bench->machine);
    sleep_check_status(bench, "running");
}

static void test_button_is_pressed(void)
{
    g_autoptr(Bench) bench = open_bench();
    g_autofree char *why = machine_qom_set_error(bench->machine, "link0", "power-button", "false");

    g_assert_nonnull(strstr(why, "write true to press it"));
}

static void test_guest_tells(void)
{
    g_autoptr(Bench) bench = open_bench();
    const struct stunt_event *event;

    pci_reg_write(&bench->link, STUNT_LINK_SLEEP, STUNT_LINK_SLEEP_ASLEEP);
    event = shm_find(bench->shm, STUNT_EV_LINK_SLEEP);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_IDLE);
    sleep_check_status(bench, "paused");
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_SLEEP);
    g_assert_cmpuint(bench->shm->map->stop_arg, ==, STUNT_LINK_STATE_IDLE);
    machine_cont(bench->machine);
    pci_reg_write(&bench->link, STUNT_LINK_SLEEP, 0);
    event = shm_find(bench->shm, STUNT_EV_LINK_WAKE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_IDLE);
    sleep_check_status(bench, "running");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sleep/stops", test_stops);
    g_test_add_func("/sleep/at-a-stop", test_at_a_stop);
    g_test_add_func("/sleep/button-came-early", test_button_came_early);
    g_test_add_func("/sleep/pme", test_pme);
    g_test_add_func("/sleep/pme-lost", test_pme_lost);
    g_test_add_func("/sleep/pme-late", test_pme_late);
    g_test_add_func("/sleep/far-end", test_far_end);
    g_test_add_func("/sleep/snapshot", test_snapshot);
    g_test_add_func("/sleep/reset-ends-it", test_reset_ends_it);
    g_test_add_func("/sleep/button-is-pressed", test_button_is_pressed);
    g_test_add_func("/sleep/guest-tells", test_guest_tells);
    return g_test_run();
}
