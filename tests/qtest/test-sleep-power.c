/* SPDX-License-Identifier: GPL-2.0-or-later */
/* S3 takes main power from the slots: who was in one is in D3cold, may ask by WAKE# to be woken, and begins anew. */
#include "port.h"
#include "power.h"
#include "sleep.h"
#include "snapshot.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <linux/pci_regs.h>
#include <string.h>

#define MS INT64_C(1000000)
#define ASKS (PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE)
#define DMA_DEVICE 1u /* in the order of the machine; link0 is the first */
#define WAKES ",pme=D3hot,,D3cold"

/* dma0 in D3hot, in the slot of a port. */
static Bench *open_bench(const char *port_props, const char *dma_props)
{
    Bench *bench = bench_new_port(port_props, dma_props, 4096);

    port_enable(bench);
    sleep_place_registers(bench);
    power_map_sram(bench);
    machine_fill(bench->machine, POWER_SRAM_ADDR, 0x5a, 4096);
    pci_write(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2, PCI_PM_CTRL_PME_ENABLE | D3HOT);
    machine_step(bench->machine, 10 * MS);
    shm_forget(bench->shm);
    return bench;
}

static void sleep_on(Bench *bench)
{
    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_cont(bench->machine);
    sleep_check_status(bench, "suspended");
}

/* Numbers of buses first. */
static void wake(Bench *bench, unsigned source)
{
    sleep_check_awake(bench, source);
    pci_start(bench->machine);
    pci_open_port(bench->machine, 3, 1, PCI_WINDOW);
}

static void set_up(Bench *bench)
{
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
}

static uint16_t pme_bits(Bench *bench)
{
    return pci_read(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2) & ASKS;
}

static uint32_t root_status(Bench *bench)
{
    Pci port = port_of(bench);

    return pci_read(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + PCI_EXP_RTSTA, 4);
}

/* Bytes of its memory that are neither what they were nor zeros. */
static unsigned scrambled(Bench *bench)
{
    uint8_t data[4096];
    unsigned n = 0;

    power_map_sram(bench);
    machine_read(bench->machine, POWER_SRAM_ADDR, data, sizeof(data));
    for (size_t i = 0; i < sizeof(data); i++) {
        n += data[i] != 0x5a && data[i] != 0;
    }
    return n;
}

/* Of dma0. */
static unsigned resets(Bench *bench)
{
    const struct stunt_event *event;
    unsigned n = 0;

    while ((event = shm_find(bench->shm, STUNT_EV_RESET))) {
        g_assert_cmpuint(event->field[STUNT_EV_RESET_KIND], ==, STUNT_DMA_RESET_COLD);
        n += event->device == DMA_DEVICE;
    }
    return n;
}

static void expect_link(Bench *bench, bool up)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_LINK);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_LINK_UP], ==, up);
    g_assert_cmpuint(event->field[STUNT_EV_LINK_POWER], ==, up);
}

static void test_cut(void)
{
    g_autoptr(Bench) bench = open_bench("", "");
    uint16_t events = PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC;
    int64_t before;

    sleep_on(bench);
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    expect_link(bench, false);
    power_expect_exit(bench, D3HOT, D3COLD, 10 * MS);
    before = power_ns(bench, D3COLD);
    machine_step(bench->machine, 77 * MS + 1);
    g_assert_cmpint(power_ns(bench, D3COLD) - before, ==, 77 * MS + 1);
    sleep_press(bench);
    wake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_cmpuint(power_state(bench), ==, D0);
    g_assert_cmpuint(power_count(bench, D3COLD), ==, 1);
    g_assert_cmpint(power_ns(bench, D3COLD), ==, 77 * MS + 1);
    power_check_sum(bench);
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(port_express_read(bench, PCI_EXP_SLTSTA) & (events | PCI_EXP_SLTSTA_PDS), ==, PCI_EXP_SLTSTA_PDS);
    g_assert_cmpuint(scrambled(bench), >, 4000);
    g_assert_cmpuint(power_misuse(bench), ==, 0);
}

static void test_reset_once(void)
{
    g_autoptr(Bench) bench = open_bench("", "");

    sleep_on(bench);
    g_assert_cmpuint(resets(bench), ==, 0);
    sleep_press(bench);
    sleep_check_status(bench, "running");
    g_assert_cmpuint(resets(bench), ==, 1);
}

/* It stays in the state where the driver has put it. */
static void test_slot_with_power(void)
{
    g_autoptr(Bench) bench = open_bench(",s3-power=on", WAKES);

    sleep_on(bench);
    power_expect_no_exit(bench);
    g_assert_cmpuint(power_state(bench), ==, D3HOT);
    machine_step(bench->machine, 5 * MS);
    machine_qom_set(bench->machine, "dma0", "inject-pme", "true");
    wake(bench, STUNT_LINK_SOURCE_PME);
    g_assert_cmpint(power_ns(bench, D3COLD), ==, 0);
    power_check_sum(bench);
}

/* And the message, as soon as the card knows the number of its bus, says which it was. */
static void test_wake_pin(void)
{
    g_autoptr(Bench) bench = open_bench("", WAKES);
    const struct stunt_event *event;

    sleep_on(bench);
    machine_step(bench->machine, 3 * MS);
    machine_qom_set(bench->machine, "dma0", "inject-pme", "true");
    event = shm_find(bench->shm, STUNT_EV_POWER_PME);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_POWER_PME_STATE], ==, D3COLD);
    wake(bench, STUNT_LINK_SOURCE_PME);
    g_assert_cmphex(machine_in(bench->machine, PM1_STATUS, 2) & (WOKEN | PCIE_WAKE), ==, WOKEN | PCIE_WAKE);
    g_assert_cmpint(power_ns(bench, D3COLD), ==, 3 * MS);
    g_assert_cmphex(pme_bits(bench), ==, ASKS);
    g_assert_cmphex(root_status(bench) & PCI_EXP_RTSTA_PME, ==, 0);
    set_up(bench);
    g_assert_cmphex(root_status(bench), ==, PCI_EXP_RTSTA_PME | bench->dma.bus << 8);
}

static void stays_asleep(Bench *bench)
{
    machine_step(bench->machine, 1000 * MS);
    sleep_check_status(bench, "suspended");
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
}

/* Not claimed; not enabled. */
static void test_no_wake_pin(void)
{
    g_autoptr(Bench) mute = open_bench("", ",pme=D3hot"), off = open_bench("", WAKES);
    g_autofree char *why = NULL;

    sleep_on(mute);
    why = machine_qom_set_error(mute->machine, "dma0", "inject-pme", "true");
    g_assert_nonnull(strstr(why, "if its property pme has D3cold"));
    stays_asleep(mute);

    pci_write(&off->dma, power_reg(off, PCI_PM_CTRL), 2, D3HOT);
    sleep_on(off);
    machine_qom_set(off->machine, "dma0", "inject-pme", "true");
    stays_asleep(off);
}

/* Somebody pulls WAKE# when the system falls asleep. */
static void test_pulled_before(void)
{
    g_autoptr(Bench) bench = open_bench("", WAKES);

    machine_qom_set(bench->machine, "dma0", "inject-pme", "true");
    sleep_begin(bench);
    sleep_check_asleep(bench);
    machine_cont(bench->machine);
    wake(bench, STUNT_LINK_SOURCE_PME);
    g_assert_cmpint(power_ns(bench, D3COLD), ==, 0);
}

/* By a deadline: `stop` stops what runs, not what sleeps. */
static void stop_after(Bench *bench, int64_t ns)
{
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, machine_now(bench->machine) + ns);

    machine_qom_set(bench->machine, "link0", "deadline-ns", at);
    machine_step(bench->machine, ns);
    sleep_check_status(bench, "paused");
}

static void test_snapshot(void)
{
    g_autoptr(Bench) bench = open_bench("", WAKES);

    sleep_on(bench);
    stop_after(bench, 4 * MS);
    snapshot_take(bench, "asleep");
    for (unsigned i = 0; i < 3; i++) {
        machine_cont(bench->machine);
        g_assert_cmpuint(power_state(bench), ==, D3COLD);
        port_set(bench, "link", "false");
        port_set(bench, "link", "true"); /* the port, too, is still without power */
        machine_step(bench->machine, 2 * LINK_NS);
        g_assert_cmpuint(power_state(bench), ==, D3COLD);
        shm_forget(bench->shm);
        if (i == 1) {
            sleep_press(bench);
        } else {
            machine_qom_set(bench->machine, "dma0", "inject-pme", "true");
        }
        wake(bench, i == 1 ? STUNT_LINK_SOURCE_BUTTON : STUNT_LINK_SOURCE_PME);
        g_assert_cmpint(power_ns(bench, D3COLD), ==, 4 * MS + 2 * LINK_NS);
        g_assert_cmpuint(scrambled(bench), >, 4000);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "asleep");
        snapshot_check_whole(bench);
    }
}

/* A card that the reset before a rewind gives no power is reset all the same: nothing of what it was stays. */
static void test_rewound_without_link(void)
{
    g_autoptr(Bench) bench = bench_new_port("", WAKES, 4096);

    sleep_place_registers(bench);
    machine_stop(bench->machine);
    snapshot_take(bench, "awake");
    machine_cont(bench->machine);
    pci_write(&bench->dma, power_reg(bench, PCI_PM_CTRL), 2, D3HOT); /* that takes 10 ms */
    sleep_begin(bench);
    sleep_check_asleep(bench);
    port_set(bench, "link", "false");
    snapshot_rewind(bench, "awake");
    snapshot_check_whole(bench);
    machine_cont(bench->machine);
    g_assert_cmpuint(power_state(bench), ==, D0);
    g_assert_true(port_link_is_up(bench));
}

/* The one that is in the slot when the system wakes knows nothing of what the other was told. */
static void test_other_card(void)
{
    g_autoptr(Bench) bench = open_bench("", WAKES);
    g_autofree char *why = NULL;

    sleep_on(bench);
    port_set(bench, "present", "false");
    why = machine_qom_set_error(bench->machine, "dma0", "inject-pme", "true");
    g_assert_nonnull(strstr(why, "without power"));
    port_set(bench, "present", "true");
    machine_step(bench->machine, 2 * LINK_NS);
    g_assert_cmpuint(power_state(bench), ==, D3COLD); /* there is no power for it yet */
    machine_qom_set(bench->machine, "dma0", "inject-pme", "true");
    stays_asleep(bench);
    sleep_press(bench);
    wake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_true(port_link_is_up(bench));
    g_assert_cmphex(pme_bits(bench) & PCI_PM_CTRL_PME_ENABLE, ==, 0);
    power_check_sum(bench);
}

static void test_gone_when_it_wakes(void)
{
    g_autoptr(Bench) bench = open_bench("", WAKES);

    sleep_on(bench);
    port_set(bench, "present", "false");
    sleep_press(bench);
    sleep_check_awake(bench, STUNT_LINK_SOURCE_BUTTON);
    g_assert_cmpuint(power_state(bench), ==, D3COLD);
    port_set(bench, "present", "true");
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_IND_ON);
    machine_step(bench->machine, LINK_NS);
    g_assert_cmpuint(power_state(bench), ==, D0);
}

/* A rule at the reset that ends it. */
static void test_keeps_context(void)
{
    g_autoptr(Bench) bench = open_bench("", "");

    port_arm(bench, "at=reset nth=1 action=keep-context");
    sleep_on(bench);
    sleep_press(bench);
    wake(bench, STUNT_LINK_SOURCE_BUTTON);
    power_map_sram(bench);
    g_assert_cmphex(machine_read32(bench->machine, POWER_SRAM_ADDR + 4092), ==, 0x5a5a5a5a);
    g_assert_cmpuint(power_state(bench), ==, D0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sleep-power/cut", test_cut);
    g_test_add_func("/sleep-power/reset-once", test_reset_once);
    g_test_add_func("/sleep-power/slot-with-power", test_slot_with_power);
    g_test_add_func("/sleep-power/wake-pin", test_wake_pin);
    g_test_add_func("/sleep-power/no-wake-pin", test_no_wake_pin);
    g_test_add_func("/sleep-power/pulled-before", test_pulled_before);
    g_test_add_func("/sleep-power/snapshot", test_snapshot);
    g_test_add_func("/sleep-power/rewound-without-link", test_rewound_without_link);
    g_test_add_func("/sleep-power/other-card", test_other_card);
    g_test_add_func("/sleep-power/gone-when-it-wakes", test_gone_when_it_wakes);
    g_test_add_func("/sleep-power/keeps-context", test_keeps_context);
    return g_test_run();
}
