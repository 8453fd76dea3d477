/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power states of a function: how long it is in each, what it does in it, and what it has lost when it comes out. */
#include "port.h"
#include "power.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define MS INT64_C(1000000)
#define D3HOT_DELAY (10 * MS)
#define D2_DELAY (MS / 5)

/* ---- the account --------------------------------------------------------------------------------------- */

static void test_account(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    int64_t begun = machine_step(bench->machine, 3 * MS);

    g_assert_cmpint(power_ns(bench, D0), ==, begun);
    pci_set_power_state(&bench->dma, D3HOT);
    power_expect_exit(bench, D0, D3HOT, begun);
    machine_step(bench->machine, 70 * MS);
    g_assert_cmpint(power_ns(bench, D0), ==, begun);
    g_assert_cmpint(power_ns(bench, D3HOT), ==, D3HOT_DELAY + 70 * MS);
    power_check_sum(bench);
    pci_ask_power_state(&bench->dma, D3HOT); /* it is there */
    power_expect_no_exit(bench);
    pci_set_power_state(&bench->dma, D0);
    power_expect_exit(bench, D3HOT, D0, D3HOT_DELAY + 70 * MS + D3HOT_DELAY);
    machine_step(bench->machine, 5 * MS);
    g_assert_cmpint(power_ns(bench, D0), ==, begun + 5 * MS);
    g_assert_cmpuint(power_count(bench, D3HOT), ==, 1);
    g_assert_cmpuint(power_count(bench, D0), ==, 1);
    power_check_sum(bench);
}

/* The event is told behind the driver's request, when the state is another. */
static void test_order(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    const struct stunt_event *enter;
    int64_t asked;

    shm_forget(bench->shm);
    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=power.enter action=delay param.ns=40000000\"");
    pci_ask_power_state(&bench->dma, D3HOT);
    enter = shm_find(bench->shm, STUNT_EV_POWER_ENTER);
    g_assert_nonnull(enter);
    asked = (int64_t)enter->time_ns;
    machine_step(bench->machine, 40 * MS - 1);
    g_assert_null(shm_find(bench->shm, STUNT_EV_POWER_EXIT));
    machine_step(bench->machine, 1);
    power_expect_exit(bench, D0, D3HOT, asked + 40 * MS);
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
    g_assert_cmpuint(power_state(bench), ==, D0);
    power_expect_exit(bench, D0, D3HOT, begun);
    power_expect_exit(bench, D3HOT, D0, power_ns(bench, D3HOT));
    g_assert_cmpint(power_ns(bench, D3HOT), >=, 20 * MS);
    power_check_sum(bench);
}

static void test_account_kept(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    pci_ask_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, 17 * MS);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        g_assert_cmpint(power_ns(bench, D3HOT), ==, 17 * MS);
        g_assert_cmpuint(power_count(bench, D0), ==, 0);
        machine_step(bench->machine, 4 * MS);
        shm_forget(bench->shm);
        pci_set_power_state(&bench->dma, D0);
        power_expect_exit(bench, D3HOT, D0, 21 * MS + D3HOT_DELAY);
        machine_step(bench->machine, 100 * MS);
        power_check_sum(bench);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
        snapshot_check_whole(bench);
    }
}

/* ---- D1, D2, D3hot ------------------------------------------------------------------------------------- */

#define MASK 0x15u

static void check_offers(const char *props, uint16_t states)
{
    g_autoptr(Bench) bench = bench_new_traced(props, 64);

    g_assert_cmphex(pci_read(&bench->dma, power_reg(bench, PCI_PM_PMC), 2) & (PCI_PM_CAP_D1 | PCI_PM_CAP_D2), ==, states);
}

static void test_offers(void)
{
    check_offers("", PCI_PM_CAP_D1 | PCI_PM_CAP_D2);
    check_offers(",d1=off", PCI_PM_CAP_D2);
    check_offers(",d2=off", PCI_PM_CAP_D1);
}

/* Neither registers nor memory, and then all as it was. */
static void check_asleep(Bench *bench, unsigned state)
{
    uint64_t before = power_misuse(bench);

    pci_set_power_state(&bench->dma, state);
    g_assert_cmpuint(power_state(bench), ==, state);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, UINT32_MAX);
    g_assert_cmpuint(power_misuse(bench), ==, before + 1);
    g_assert_cmphex(machine_read32(bench->machine, POWER_SRAM_ADDR), ==, UINT32_MAX);
    machine_write32(bench->machine, POWER_SRAM_ADDR, 1);
    pci_set_power_state(&bench->dma, D0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, MASK);
    g_assert_cmphex(machine_read32(bench->machine, POWER_SRAM_ADDR), ==, 77);
}

static void test_asleep(void)
{
    g_autoptr(Bench) bench = port_new("");

    power_map_sram(bench);
    machine_write32(bench->machine, POWER_SRAM_ADDR, 77);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, MASK);
    for (unsigned state = D1; state <= D3HOT; state++) {
        check_asleep(bench, state);
        g_assert_cmpuint(power_count(bench, state), ==, 1);
    }
}

static void test_impossible(void)
{
    static const unsigned impossible[][2] = { { D2, D1 }, { D3HOT, D1 }, { D3HOT, D2 } };
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    for (unsigned i = 0; i < G_N_ELEMENTS(impossible); i++) {
        pci_set_power_state(&bench->dma, impossible[i][0]);
        shm_forget(bench->shm);
        pci_set_power_state(&bench->dma, impossible[i][1]);
        g_assert_cmpuint(power_state(bench), ==, impossible[i][0]);
        g_assert_cmphex(pci_read(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2) & PCI_PM_CTRL_STATE_MASK, ==, impossible[i][0]);
        g_assert_null(shm_find(bench->shm, STUNT_EV_POWER_ENTER));
        pci_set_power_state(&bench->dma, D0);
    }
}

/* Each step down, which may be made one by one. */
static void test_deeper_and_deeper(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    for (unsigned state = D1; state <= D3HOT; state++) {
        pci_set_power_state(&bench->dma, state);
        g_assert_cmpuint(power_state(bench), ==, state);
    }
    power_check_sum(bench);
}

/* What the function has lost, and what stays. */
static void check_anew(Bench *bench)
{
    const struct stunt_event *reset = shm_find(bench->shm, STUNT_EV_RESET);

    g_assert_nonnull(reset);
    g_assert_cmpuint(reset->field[STUNT_EV_RESET_KIND], ==, STUNT_DMA_RESET_POWER);
    g_assert_cmpuint(power_state(bench), ==, D0);
    g_assert_cmphex(pci_read(&bench->dma, PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), ==, 0);
    g_assert_cmphex(pci_read(&bench->dma, pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, ==, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 0);
    power_map_sram(bench);
    g_assert_cmphex(machine_read32(bench->machine, POWER_SRAM_ADDR), ==, 77);
    g_assert_cmphex(port_aer_read(&bench->dma, PCI_ERR_UNCOR_SEVER), ==, 0);
    g_assert_cmpuint(power_misuse(bench), ==, 0);
}

static void test_soft_reset(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",no-soft-reset=off", 4096);

    g_assert_cmphex(pci_read(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2) & PCI_PM_CTRL_NO_SOFT_RESET, ==, 0);
    power_map_sram(bench);
    machine_write32(bench->machine, POWER_SRAM_ADDR, 77);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, MASK);
    pci_enable_msix(&bench->dma, RAM_MSI, 1);
    port_aer_write(&bench->dma, PCI_ERR_UNCOR_SEVER, 0); /* sticky */
    shm_forget(bench->shm);
    for (unsigned state = D1; state <= D2; state++) { /* these lose nothing */
        pci_set_power_state(&bench->dma, state);
        pci_set_power_state(&bench->dma, D0);
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, MASK);
    }
    g_assert_null(shm_find(bench->shm, STUNT_EV_RESET));
    pci_set_power_state(&bench->dma, D3HOT);
    g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), !=, 0);
    pci_set_power_state(&bench->dma, D0);
    check_anew(bench);
}

/* What it was doing when it fell asleep it does not go on with. */
static void test_work_is_lost(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",no-soft-reset=off,latency-ns=50000000", 4096);
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64, .arg = 0x11 });
    channel_kick(&channel);
    pci_set_power_state(&bench->dma, D3HOT);
    pci_set_power_state(&bench->dma, D0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 1000 * MS);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, DMA_CH(CH_RING_SIZE, 1)), ==, 0);
}

/* A reset that the function does not carry out, asleep: it is awake all the same, and goes on. */
static void test_kept_awake(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",latency-ns=50000000", 4096);
    Channel channel = channel_open(bench, 1, 2);

    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=reset action=keep-context\"");
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64, .arg = 0x11 });
    channel_kick(&channel);
    pci_set_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, 100 * MS);
    pci_flr(&bench->dma);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 200 * MS);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0x11);
}

/* ---- the time that a change takes --------------------------------------------------------------------- */

static void expect_misuse(Bench *bench, unsigned kind)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_MISUSE);

    if (!kind) {
        g_assert_null(event);
        return;
    }
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_MISUSE_KIND], ==, kind);
    g_assert_null(shm_find(bench->shm, STUNT_EV_MISUSE));
}

static uint32_t read_id(Bench *bench)
{
    return pci_reg_read(&bench->dma, STUNT_DMA_ID);
}

/* Right before it is over an access is too early, and then it is not. */
static void check_delay(Bench *bench, unsigned from, unsigned to, int64_t delay_ns)
{
    unsigned at = power_reg(bench, PCI_PM_CTRL);

    pci_set_power_state(&bench->dma, from);
    pci_ask_power_state(&bench->dma, to);
    shm_forget(bench->shm);
    if (delay_ns) {
        machine_step(bench->machine, delay_ns - 1);
        pci_read(&bench->dma, PCI_VENDOR_ID, 2);
        expect_misuse(bench, STUNT_DMA_MISUSE_TOO_EARLY);
        pci_read(&bench->dma, at, 2); /* a poll for PME */
        expect_misuse(bench, 0);
        pci_write(&bench->dma, PCI_CACHE_LINE_SIZE, 1, 0);
        expect_misuse(bench, STUNT_DMA_MISUSE_TOO_EARLY);
        if (to == D0) {
            g_assert_cmphex(read_id(bench), ==, UINT32_MAX);
            expect_misuse(bench, STUNT_DMA_MISUSE_TOO_EARLY);
            g_assert_cmpuint(power_state(bench), ==, from);
        }
        machine_step(bench->machine, 1);
    }
    g_assert_cmpuint(power_state(bench), ==, to);
    pci_read(&bench->dma, PCI_VENDOR_ID, 2);
    expect_misuse(bench, 0);
    pci_set_power_state(&bench->dma, D0);
    g_assert_cmphex(read_id(bench), ==, STUNT_DMA_ID_VALUE);
    expect_misuse(bench, 0);
}

static void test_delays(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    check_delay(bench, D0, D1, 0);
    check_delay(bench, D1, D0, 0);
    check_delay(bench, D0, D2, D2_DELAY);
    check_delay(bench, D1, D2, D2_DELAY);
    check_delay(bench, D2, D0, D2_DELAY);
    check_delay(bench, D0, D3HOT, D3HOT_DELAY);
    check_delay(bench, D2, D3HOT, D3HOT_DELAY);
    check_delay(bench, D3HOT, D0, D3HOT_DELAY);
}

/* Asleep a register access is what it always was, however soon. */
static void test_asleep_at_once(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    pci_ask_power_state(&bench->dma, D3HOT);
    shm_forget(bench->shm);
    g_assert_cmphex(read_id(bench), ==, UINT32_MAX);
    expect_misuse(bench, STUNT_DMA_MISUSE_WRONG_POWER_STATE);
}

/* A quick function answers at once; who asks it has done wrong all the same. */
static void test_quick(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",d3hot-exit-ns=0", 4096);

    pci_set_power_state(&bench->dma, D3HOT);
    pci_ask_power_state(&bench->dma, D0);
    g_assert_cmpuint(power_state(bench), ==, D0);
    shm_forget(bench->shm);
    g_assert_cmphex(read_id(bench), ==, STUNT_DMA_ID_VALUE);
    expect_misuse(bench, STUNT_DMA_MISUSE_TOO_EARLY);
}

/* One that takes longer than it may is to blame itself. */
static void test_slow(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",d3hot-exit-ns=30000000", 4096);

    pci_set_power_state(&bench->dma, D3HOT);
    shm_forget(bench->shm);
    pci_set_power_state(&bench->dma, D0);
    g_assert_cmphex(pci_read(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2) & PCI_PM_CTRL_STATE_MASK, ==, D3HOT);
    g_assert_cmphex(read_id(bench), ==, UINT32_MAX);
    expect_misuse(bench, 0);
    machine_step(bench->machine, 20 * MS);
    g_assert_cmphex(read_id(bench), ==, STUNT_DMA_ID_VALUE);
}

/* It wakes at its time, also after a rewind to when it was waking. */
static void test_waking_kept(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    pci_set_power_state(&bench->dma, D3HOT);
    pci_ask_power_state(&bench->dma, D0);
    machine_step(bench->machine, 4 * MS);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        machine_step(bench->machine, 6 * MS - 1);
        shm_forget(bench->shm);
        g_assert_cmphex(read_id(bench), ==, UINT32_MAX);
        expect_misuse(bench, STUNT_DMA_MISUSE_TOO_EARLY);
        machine_step(bench->machine, 1);
        g_assert_cmphex(read_id(bench), ==, STUNT_DMA_ID_VALUE);
        expect_misuse(bench, 0);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
    }
}

/* A request that comes before the last one is carried out takes its place. */
static void test_called_off(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    pci_set_power_state(&bench->dma, D3HOT);
    pci_ask_power_state(&bench->dma, D0);
    pci_ask_power_state(&bench->dma, D3HOT);
    machine_step(bench->machine, 100 * MS);
    g_assert_cmpuint(power_state(bench), ==, D3HOT);
}

/* Without a wait after a write that a fault has made of another one. */
static void test_not_asked_for(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    unsigned at = power_reg(bench, PCI_PM_CTRL);

    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=cfg.write nth=1 action=flip param.xor=3\"");
    pci_write(&bench->dma, at, 2, PCI_PM_CTRL_NO_SOFT_RESET);
    g_assert_cmpuint(power_state(bench), ==, D3HOT);
    shm_forget(bench->shm);
    pci_read(&bench->dma, at, 2);
    expect_misuse(bench, 0);
}

/* A reset by the bus ends every wait. */
static void test_reset_settles(void)
{
    g_autoptr(Bench) bench = port_new(",link-ns=1000000");

    pci_ask_power_state(&bench->dma, D3HOT);
    port_set(bench, "link", "false");
    port_set(bench, "link", "true");
    machine_step(bench->machine, MS);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    g_assert_cmpuint(power_misuse(bench), ==, 0);
}

/* ---- what goes wrong ----------------------------------------------------------------------------------- */

static void arm(Bench *bench, const char *rule)
{
    g_autofree char *text = g_strdup_printf("\"id=r device=dma0 at=power.enter times=1 %s\"", rule);

    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

/* Pulled out while it wakes: it does not wake where it is now. */
static void test_removed_while_waking(void)
{
    g_autoptr(Bench) bench = port_new("");

    pci_set_power_state(&bench->dma, D3HOT);
    pci_ask_power_state(&bench->dma, D0);
    machine_step(bench->machine, MS);
    port_set(bench, "present", "false");
    machine_step(bench->machine, D3HOT_DELAY);
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    g_assert_cmpuint(power_count(bench, D0), ==, 0);
}

static void test_removed_at_request(void)
{
    g_autoptr(Bench) bench = port_new("");

    arm(bench, "match.state=0 action=surprise-remove");
    pci_set_power_state(&bench->dma, D3HOT);
    pci_set_power_state(&bench->dma, D0);
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    port_check_gone(bench);
    port_set(bench, "present", "true");
    port_check_return(bench, 0);
    g_assert_cmpuint(power_state(bench), ==, D0);
    g_assert_cmpuint(power_misuse(bench), ==, 0);
}

/* What it should have lost on its way out of D3hot, and next time loses; the snapshot knows what it is about to do. */
static void test_kept(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",no-soft-reset=off", 4096);

    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, MASK);
    arm(bench, "match.state=0 action=keep-context");
    pci_set_power_state(&bench->dma, D3HOT);
    pci_ask_power_state(&bench->dma, D0);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        machine_step(bench->machine, D3HOT_DELAY);
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, MASK);
        pci_set_power_state(&bench->dma, D3HOT);
        pci_set_power_state(&bench->dma, D0);
        g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), ==, 0);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/power/account", test_account);
    g_test_add_func("/power/account-in-order", test_order);
    g_test_add_func("/power/account-over-reset", test_reset);
    g_test_add_func("/power/account-kept", test_account_kept);
    g_test_add_func("/power/offers", test_offers);
    g_test_add_func("/power/asleep", test_asleep);
    g_test_add_func("/power/impossible", test_impossible);
    g_test_add_func("/power/deeper-and-deeper", test_deeper_and_deeper);
    g_test_add_func("/power/soft-reset", test_soft_reset);
    g_test_add_func("/power/work-is-lost", test_work_is_lost);
    g_test_add_func("/power/kept-awake", test_kept_awake);
    g_test_add_func("/power/delays", test_delays);
    g_test_add_func("/power/asleep-at-once", test_asleep_at_once);
    g_test_add_func("/power/quick", test_quick);
    g_test_add_func("/power/slow", test_slow);
    g_test_add_func("/power/waking-kept", test_waking_kept);
    g_test_add_func("/power/called-off", test_called_off);
    g_test_add_func("/power/not-asked-for", test_not_asked_for);
    g_test_add_func("/power/reset-settles", test_reset_settles);
    g_test_add_func("/power/removed-while-waking", test_removed_while_waking);
    g_test_add_func("/power/removed-at-request", test_removed_at_request);
    g_test_add_func("/power/kept", test_kept);
    return g_test_run();
}
