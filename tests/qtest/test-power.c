/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power states of a function: how long it is in each, what it does in it, and what it has lost when it comes out. */
#include "port.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define MS INT64_C(1000000)

enum { D0, D1, D2, D3HOT, D3COLD, STATES };

static unsigned state_of(Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "dma0", "power-state");
}

static uint64_t ask(Bench *bench, const char *what, unsigned state)
{
    g_autofree char *name = g_strdup_printf("%s[%u]", what, state);

    return machine_qom_get_uint(bench->machine, "dma0", name);
}

static int64_t ns_in(Bench *bench, unsigned state)
{
    return (int64_t)ask(bench, "power-ns", state);
}

static uint64_t entered(Bench *bench, unsigned state)
{
    return ask(bench, "power-count", state);
}

/* All of the machine's time is accounted for. */
static void check_sum(Bench *bench)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < STATES; i++) {
        sum += ns_in(bench, i);
    }
    g_assert_cmpint(sum, ==, machine_now(bench->machine));
}

static void expect_exit(Bench *bench, unsigned state, unsigned to, int64_t ns)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_POWER_EXIT);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_POWER_EXIT_STATE], ==, state);
    g_assert_cmpuint(event->field[STUNT_EV_POWER_EXIT_TO], ==, to);
    g_assert_cmpint((int64_t)event->field[STUNT_EV_POWER_EXIT_NS], ==, ns);
}

static void expect_no_exit(Bench *bench)
{
    g_assert_null(shm_find(bench->shm, STUNT_EV_POWER_EXIT));
}

/* ---- the account --------------------------------------------------------------------------------------- */

static void test_account(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    int64_t begun = machine_step(bench->machine, 3 * MS);

    g_assert_cmpint(ns_in(bench, D0), ==, begun);
    pci_set_power_state(&bench->dma, D3HOT);
    expect_exit(bench, D0, D3HOT, begun);
    machine_step(bench->machine, 70 * MS);
    g_assert_cmpint(ns_in(bench, D0), ==, begun);
    g_assert_cmpint(ns_in(bench, D3HOT), ==, 70 * MS);
    check_sum(bench);
    pci_set_power_state(&bench->dma, D3HOT); /* it is there */
    expect_no_exit(bench);
    pci_set_power_state(&bench->dma, D0);
    expect_exit(bench, D3HOT, D0, 70 * MS);
    machine_step(bench->machine, 5 * MS);
    g_assert_cmpint(ns_in(bench, D0), ==, begun + 5 * MS);
    g_assert_cmpuint(entered(bench, D3HOT), ==, 1);
    g_assert_cmpuint(entered(bench, D0), ==, 1);
    check_sum(bench);
}

/* The event is told behind the driver's request, when the state is another. */
static void test_order(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    const struct stunt_event *enter;
    int64_t asked;

    shm_forget(bench->shm);
    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=power.enter action=delay param.ns=40000000\"");
    pci_set_power_state(&bench->dma, D3HOT);
    enter = shm_find(bench->shm, STUNT_EV_POWER_ENTER);
    g_assert_nonnull(enter);
    asked = (int64_t)enter->time_ns;
    machine_step(bench->machine, 40 * MS - 1);
    g_assert_null(shm_find(bench->shm, STUNT_EV_POWER_EXIT));
    machine_step(bench->machine, 1);
    expect_exit(bench, D0, D3HOT, asked + 40 * MS);
}

/* A reset ends it, and keeps the account. */
static void test_reset(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    int64_t begun = machine_now(bench->machine);

    pci_set_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, 20 * MS);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_cmpuint(state_of(bench), ==, D0);
    expect_exit(bench, D0, D3HOT, begun);
    expect_exit(bench, D3HOT, D0, ns_in(bench, D3HOT));
    g_assert_cmpint(ns_in(bench, D3HOT), >=, 20 * MS);
    check_sum(bench);
}

static void test_account_kept(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    pci_set_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, 7 * MS);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        g_assert_cmpint(ns_in(bench, D3HOT), ==, 7 * MS);
        g_assert_cmpuint(entered(bench, D0), ==, 0);
        machine_step(bench->machine, 4 * MS);
        shm_forget(bench->shm);
        pci_set_power_state(&bench->dma, D0);
        expect_exit(bench, D3HOT, D0, 11 * MS);
        machine_step(bench->machine, 100 * MS);
        check_sum(bench);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
        snapshot_check_whole(bench);
    }
}

/* ---- D3cold -------------------------------------------------------------------------------------------- */

static void test_without_power(void)
{
    g_autoptr(Bench) bench = port_new("");
    int64_t begun = machine_now(bench->machine);

    port_set(bench, "power", "false");
    g_assert_cmpuint(state_of(bench), ==, D3COLD);
    expect_exit(bench, D0, D3COLD, begun);
    machine_step(bench->machine, 30 * MS);
    machine_system_reset(bench->machine); /* does not bring the power back */
    g_assert_cmpuint(state_of(bench), ==, D3COLD);
    check_sum(bench);
    port_set(bench, "power", "true");
    machine_step(bench->machine, LINK_NS);
    g_assert_cmpuint(state_of(bench), ==, D0);
    g_assert_cmpint(ns_in(bench, D3COLD), >=, 30 * MS + LINK_NS);
    expect_exit(bench, D3COLD, D0, ns_in(bench, D3COLD));
    g_assert_cmpuint(entered(bench, D3COLD), ==, 1);
    check_sum(bench);
}

static void test_without_slot(void)
{
    g_autoptr(Bench) bench = port_new("");

    pci_set_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, MS);
    shm_forget(bench->shm);
    port_set(bench, "present", "false");
    expect_exit(bench, D3HOT, D3COLD, MS);
    port_set(bench, "power", "false"); /* it is without already */
    expect_no_exit(bench);
}

/* A link that is down takes no power away. */
static void test_link_down(void)
{
    g_autoptr(Bench) bench = port_new("");

    shm_forget(bench->shm);
    port_set(bench, "link", "false");
    g_assert_cmpuint(state_of(bench), ==, D0);
    machine_step(bench->machine, MS);
    port_set(bench, "power", "false"); /* but this does */
    g_assert_cmpuint(state_of(bench), ==, D3COLD);
    port_set(bench, "power", "true");
    port_set(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    g_assert_cmpuint(state_of(bench), ==, D0);
    check_sum(bench);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/power/account", test_account);
    g_test_add_func("/power/account-in-order", test_order);
    g_test_add_func("/power/account-over-reset", test_reset);
    g_test_add_func("/power/account-kept", test_account_kept);
    g_test_add_func("/power/without-power", test_without_power);
    g_test_add_func("/power/without-slot", test_without_slot);
    g_test_add_func("/power/link-down", test_link_down);
    return g_test_run();
}
