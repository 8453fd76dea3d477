/* SPDX-License-Identifier: GPL-2.0-or-later */
/* S3: stops, time, wake-ups and snapshots of a machine that sleeps. */
#include "snapshot.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"
#include "uart.h"

#include <linux/pci_regs.h>

#define PM_BASE        0x600
#define PM1_STATUS     PM_BASE
#define PM1_ENABLE     (PM_BASE + 2)
#define PM1_CONTROL    (PM_BASE + 4)
#define POWER_BUTTON   0x0100
#define PCIE_WAKE      0x4000
#define WOKEN          0x8000
#define SLEEP_S3       0x2400 /* SLP_TYP 1, SLP_EN */
#define CHIPSET        0x8000f800u /* 00:1f.0 */

/* What firmware does: the power management registers get their place. */
static void place_registers(Bench *bench)
{
    machine_outl(bench->machine, 0xcf8, CHIPSET | 0x40);
    machine_outl(bench->machine, 0xcfc, PM_BASE | 1);
    machine_outl(bench->machine, 0xcf8, CHIPSET | 0x44);
    machine_out(bench->machine, 0xcfc, 1, 0x80);
}

static Bench *open_bench(void)
{
    Bench *bench = bench_new_serial("", 4096);

    place_registers(bench);
    shm_forget(bench->shm);
    return bench;
}

static void fall_asleep(Bench *bench)
{
    machine_out(bench->machine, PM1_CONTROL, 2, SLEEP_S3);
}

static void check_status(Bench *bench, const char *expected)
{
    JsonNode *answer = machine_qmp(bench->machine, "query-status", NULL);

    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(answer), "status"), ==, expected);
    json_node_unref(answer);
}

static void check_asleep(Bench *bench)
{
    const struct stunt_event *event;

    check_status(bench, "paused"); /* first: what was asked for has been done when this is answered */
    event = shm_find(bench->shm, STUNT_EV_LINK_SLEEP);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_S3);
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_SLEEP);
    g_assert_cmpuint(bench->shm->map->stop_arg, ==, STUNT_LINK_STATE_S3);
}

static void check_awake(Bench *bench, unsigned source)
{
    const struct stunt_event *event;

    check_status(bench, "running");
    event = shm_find(bench->shm, STUNT_EV_LINK_WAKE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_S3);
    g_assert_cmpuint(event->field[1], ==, source);
    place_registers(bench);
}

static void press(Bench *bench)
{
    machine_qom_set(bench->machine, "link0", "power-button", "true");
}

static void test_stops(void)
{
    g_autoptr(Bench) bench = open_bench();
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, machine_now(bench->machine) + 5000);

    fall_asleep(bench);
    check_asleep(bench);
    machine_qom_set(bench->machine, "link0", "deadline-ns", at);
    machine_cont(bench->machine);
    check_status(bench, "suspended");
    machine_step(bench->machine, 4999);
    check_status(bench, "suspended");
    machine_step(bench->machine, 1);
    check_status(bench, "paused");
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_DEADLINE);
    press(bench);
    machine_cont(bench->machine);
    check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & (WOKEN | POWER_BUTTON | PCIE_WAKE), ==, WOKEN | POWER_BUTTON);
}

/* The guest's request and a stop in one pass of QEMU's main loop: QEMU by itself aborts. */
static void test_at_a_stop(void)
{
    g_autoptr(Bench) bench = open_bench();

    machine_stop(bench->machine);
    fall_asleep(bench);
    check_status(bench, "paused");
    machine_cont(bench->machine);
    machine_step(bench->machine, 1); /* the reason that waited is told now */
    check_asleep(bench);
    machine_cont(bench->machine);
    check_status(bench, "suspended");
    press(bench);
    check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
}

static void test_button_came_early(void)
{
    g_autoptr(Bench) bench = open_bench();

    machine_out(bench->machine, PM1_ENABLE, 2, POWER_BUTTON);
    press(bench);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & POWER_BUTTON, ==, POWER_BUTTON);
    fall_asleep(bench);
    check_asleep(bench);
    machine_cont(bench->machine);
    check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
}

static void test_pme(void)
{
    g_autoptr(Bench) bench = open_bench();
    unsigned control = pci_find_cap(&bench->uart, PCI_CAP_ID_PM) + PCI_PM_CTRL;

    uart_write(bench, UART_P(P_WAKE, 0), STUNT_UART_P_WAKE_MODEM);
    pci_write(&bench->uart, control, 2, PCI_PM_CTRL_PME_ENABLE | 3);
    fall_asleep(bench);
    check_asleep(bench);
    machine_cont(bench->machine);
    machine_qom_set(bench->machine, "uart0", "port0.inputs", "15");
    check_awake(bench, STUNT_LINK_SOURCE_PME);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & (WOKEN | POWER_BUTTON | PCIE_WAKE), ==, WOKEN | PCIE_WAKE);
}

static void test_snapshot(void)
{
    g_autoptr(Bench) bench = open_bench();
    g_autofree char *why = NULL;

    fall_asleep(bench);
    check_asleep(bench);
    snapshot_take(bench, "asleep");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        check_status(bench, "suspended");
        press(bench);
        check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "asleep");
        snapshot_check_whole(bench);
        check_status(bench, "paused");
        shm_forget(bench->shm);
    }
    machine_cont(bench->machine);
    check_status(bench, "suspended");
    why = machine_qom_set_error(bench->machine, "link0", "snapshot", "\"asleep\"");
    g_assert_nonnull(strstr(why, "the machine must be paused, it is in the state 'suspended'"));
}

static void test_reset_ends_it(void)
{
    g_autoptr(Bench) bench = open_bench();

    fall_asleep(bench);
    check_asleep(bench);
    machine_system_reset(bench->machine);
    machine_cont(bench->machine);
    check_status(bench, "running");
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
    check_status(bench, "paused");
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_SLEEP);
    g_assert_cmpuint(bench->shm->map->stop_arg, ==, STUNT_LINK_STATE_IDLE);
    machine_cont(bench->machine);
    pci_reg_write(&bench->link, STUNT_LINK_SLEEP, 0);
    event = shm_find(bench->shm, STUNT_EV_LINK_WAKE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_IDLE);
    check_status(bench, "running");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sleep/stops", test_stops);
    g_test_add_func("/sleep/at-a-stop", test_at_a_stop);
    g_test_add_func("/sleep/button-came-early", test_button_came_early);
    g_test_add_func("/sleep/pme", test_pme);
    g_test_add_func("/sleep/snapshot", test_snapshot);
    g_test_add_func("/sleep/reset-ends-it", test_reset_ends_it);
    g_test_add_func("/sleep/button-is-pressed", test_button_is_pressed);
    g_test_add_func("/sleep/guest-tells", test_guest_tells);
    return g_test_run();
}
