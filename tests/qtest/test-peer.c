/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doorbells between two stunt-dma: dma0 and its peer, dma1, which sleeps behind a root port that hears its PME. */
#include "irq.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define BELL STUNT_DMA_INT_STATUS_PEER
#define BOTH (PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE)

static void ring(Bench *bench, uint32_t bits)
{
    pci_reg_write(&bench->dma, STUNT_DMA_PEER_RING, bits);
}

static uint32_t rung(Bench *bench)
{
    return pci_reg_read(&bench->peer, STUNT_DMA_PEER_STATUS);
}

static void clear(Bench *bench, uint32_t bits)
{
    pci_reg_write(&bench->peer, STUNT_DMA_PEER_STATUS, bits);
}

static bool has_cause(const Pci *pci)
{
    return pci_reg_read(pci, STUNT_DMA_INT_STATUS) & BELL;
}

static void acknowledge(const Pci *pci)
{
    pci_reg_write(pci, STUNT_DMA_INT_STATUS, BELL);
}

/* Messages at RAM_MSI. */
static void listen(const Pci *pci)
{
    machine_fill(pci->machine, RAM_MSI, 0, 4 * 32);
    pci_enable_msix(pci, RAM_MSI, STUNT_DMA_VECTORS);
    pci_reg_write(pci, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
}

static bool heard(Bench *bench)
{
    return message(bench, STUNT_DMA_VEC_PEER) == STUNT_DMA_VEC_PEER + 1;
}

static unsigned pm(Bench *bench)
{
    return pci_find_cap(&bench->peer, PCI_CAP_ID_PM) + PCI_PM_CTRL;
}

static void sleep_in(Bench *bench, unsigned state)
{
    pci_write(&bench->peer, pm(bench), 2, BOTH | state);
    machine_step(bench->machine, 10000000);
    shm_forget(bench->shm);
}

static unsigned messages(Bench *bench)
{
    unsigned n = 0;

    while (shm_find(bench->shm, STUNT_EV_POWER_PME)) {
        n++;
    }
    return n;
}

static Bench *open_peers(const char *peer_props)
{
    return bench_new_peers("", peer_props, 4096);
}

/* ---- awake ---------------------------------------------------------------------------------------------- */

static void test_rings(void)
{
    g_autoptr(Bench) bench = open_peers("");

    g_assert_true(pci_reg_read(&bench->dma, STUNT_DMA_CAPS) & STUNT_DMA_CAPS_PEER);
    g_assert_true(pci_reg_read(&bench->peer, STUNT_DMA_CAPS) & STUNT_DMA_CAPS_PEER);
    listen(&bench->peer);
    ring(bench, 0);
    g_assert_false(has_cause(&bench->peer));
    ring(bench, 0x80000001);
    g_assert_true(heard(bench));
    ring(bench, 0x00000101);
    g_assert_true(heard(bench)); /* each ring has a message, seen before or not */
    g_assert_cmphex(rung(bench), ==, 0x80000101);
    g_assert_false(has_cause(&bench->dma));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_PEER_RING), ==, 0);
    clear(bench, 0x101);
    g_assert_cmphex(rung(bench), ==, 0x80000000);
    g_assert_true(has_cause(&bench->peer));
    acknowledge(&bench->peer);
    g_assert_false(has_cause(&bench->peer));

    pci_reg_write(&bench->peer, STUNT_DMA_PEER_RING, 2); /* and the other way */
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_PEER_STATUS), ==, 2);
    g_assert_true(has_cause(&bench->dma));
    g_assert_cmphex(rung(bench), ==, 0x80000000);
}

static void test_mask(void)
{
    g_autoptr(Bench) bench = open_peers("");

    listen(&bench->peer);
    pci_reg_write(&bench->peer, STUNT_DMA_INT_MASK, BELL);
    ring(bench, 4);
    g_assert_true(has_cause(&bench->peer));
    g_assert_false(heard(bench));
    pci_reg_write(&bench->peer, STUNT_DMA_INT_MASK, 0);
    g_assert_true(heard(bench));
}

/* A driver that rings without looking whether there is somebody. */
static void test_nobody_there(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    const struct stunt_event *event;

    g_assert_false(pci_reg_read(&bench->dma, STUNT_DMA_CAPS) & STUNT_DMA_CAPS_PEER);
    ring(bench, 8);
    event = shm_find(bench->shm, STUNT_EV_MISUSE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_DMA_MISUSE_NO_PEER);
    g_assert_cmphex(event->field[1], ==, STUNT_DMA_PEER_RING);
    g_assert_cmphex(event->field[2], ==, 8);
}

/* ---- asleep --------------------------------------------------------------------------------------------- */

/* From each state that is claimed; what has rung is there when it is awake again, and interrupts. */
static void test_wakes(void)
{
    for (unsigned state = 1; state <= 3; state++) {
        g_autoptr(Bench) bench = open_peers(state == 2 ? ",pme=D3hot" : "");
        bool claimed = state != 2;

        listen(&bench->peer);
        sleep_in(bench, state);
        ring(bench, 1);
        ring(bench, 2);
        g_assert_cmpuint(messages(bench), ==, claimed);
        g_assert_cmphex(pci_read(&bench->peer, pm(bench), 2) & BOTH, ==, claimed ? BOTH : PCI_PM_CTRL_PME_ENABLE);
        g_assert_false(heard(bench));
        pci_set_power_state(&bench->peer, 0);
        g_assert_cmphex(rung(bench), ==, 3);
        g_assert_true(heard(bench));
        g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma1", "misuse-count"), ==, 0);
    }
}

/* Between the last interrupt and sleep: who falls asleep over a ring asks to be woken, and again until it is cleared. */
static void test_falls_asleep_over_it(void)
{
    g_autoptr(Bench) bench = open_peers("");

    ring(bench, 1);
    acknowledge(&bench->peer);
    for (unsigned i = 0; i < 2; i++) {
        shm_forget(bench->shm);
        pci_write(&bench->peer, pm(bench), 2, BOTH | 3);
        machine_step(bench->machine, 9999999);
        g_assert_cmpuint(messages(bench), ==, 0); /* nobody may look yet */
        machine_step(bench->machine, 1);
        g_assert_cmpuint(messages(bench), ==, 1);
        pci_set_power_state(&bench->peer, 0);
        g_assert_true(has_cause(&bench->peer));
    }
    clear(bench, 1);
    sleep_in(bench, 3);
    machine_step(bench->machine, 1000000000);
    g_assert_cmpuint(messages(bench), ==, 0);
}

/* On the way back it is asleep still. */
static void test_waking(void)
{
    g_autoptr(Bench) bench = open_peers("");

    listen(&bench->peer);
    sleep_in(bench, 3);
    pci_ask_power_state(&bench->peer, 0);
    machine_step(bench->machine, 9999999);
    ring(bench, 1);
    g_assert_false(heard(bench));
    machine_step(bench->machine, 1);
    g_assert_true(heard(bench));
    g_assert_cmphex(rung(bench), ==, 1);
}

/* What keeps PME_Status keeps this: the reset from D3hot to D0 where PME from D3hot is claimed, no other. */
static void test_resets(void)
{
    static const struct {
        const char *props;
        uint32_t left;
    } soft_reset[] = { { ",no-soft-reset=off", 5 }, { ",no-soft-reset=off,pme=D1", 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(soft_reset); i++) {
        g_autoptr(Bench) bench = open_peers(soft_reset[i].props);

        sleep_in(bench, 3);
        ring(bench, 5);
        pci_set_power_state(&bench->peer, 0);
        pci_map_bar(&bench->peer, 0, PEER_BAR_ADDR);
        g_assert_cmphex(rung(bench), ==, soft_reset[i].left);
        g_assert_true(has_cause(&bench->peer) == (soft_reset[i].left != 0));
        listen(&bench->peer);
        g_assert_true(heard(bench) == (soft_reset[i].left != 0));
        ring(bench, 5);
        pci_reg_write(&bench->peer, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
        g_assert_cmphex(rung(bench), ==, 0);
        g_assert_false(has_cause(&bench->peer));
        ring(bench, 5);
        pci_flr(&bench->peer);
        ring(bench, 6); /* in the middle of it */
        machine_step(bench->machine, 1000000);
        bench_configure(bench);
        g_assert_cmphex(rung(bench), ==, 0);
        g_assert_true(pci_reg_read(&bench->peer, STUNT_DMA_CAPS) & STUNT_DMA_CAPS_PEER);
    }
}

/* With auxiliary power it outlives all but what the driver does to its register. */
static void test_auxiliary_power(void)
{
    g_autoptr(Bench) bench = open_peers(",pme=D3hot,,D3cold");

    ring(bench, 5);
    pci_flr(&bench->peer);
    machine_step(bench->machine, 1000000);
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_cmphex(rung(bench), ==, 5);
    g_assert_true(has_cause(&bench->peer));
    pci_reg_write(&bench->peer, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    g_assert_cmphex(rung(bench), ==, 0);
}

static void set_power(Bench *bench, bool on)
{
    machine_qom_set(bench->machine, "rp1", "power", on ? "true" : "false");
    machine_step(bench->machine, 100000000);
}

/* Without power it hears by auxiliary power only, and tells of it when there is a link again. */
static void test_without_power(void)
{
    for (unsigned aux = 0; aux < 2; aux++) {
        g_autoptr(Bench) bench = open_peers(aux ? ",pme=D0,,D3hot,,D3cold" : "");

        sleep_in(bench, 3);
        set_power(bench, false);
        ring(bench, 3);
        g_assert_cmpuint(messages(bench), ==, 0);
        set_power(bench, true);
        g_assert_cmpuint(messages(bench), ==, aux);
        bench_configure(bench);
        g_assert_cmphex(rung(bench), ==, aux ? 3 : 0);
    }
}

/* Rings for one that has been taken out are lost, and no misuse. */
static void test_gone(void)
{
    g_autoptr(Bench) bench = open_peers("");

    machine_qom_set(bench->machine, "rp1", "present", "false");
    ring(bench, 1);
    machine_qom_set(bench->machine, "rp1", "present", "true");
    machine_step(bench->machine, 100000000);
    bench_configure(bench);
    g_assert_cmphex(rung(bench), ==, 0);
    ring(bench, 2);
    g_assert_cmphex(rung(bench), ==, 2);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
}

/* On its way to sleep. */
static void test_snapshot(void)
{
    g_autoptr(Bench) bench = open_peers("");

    pci_write(&bench->peer, pm(bench), 2, BOTH | 3);
    ring(bench, 9);
    machine_stop(bench->machine);
    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 2; i++) {
        machine_cont(bench->machine);
        machine_step(bench->machine, 10000000);
        g_assert_cmpuint(messages(bench), ==, 1);
        pci_set_power_state(&bench->peer, 0);
        g_assert_cmphex(rung(bench), ==, 9);
        clear(bench, 9);
        g_assert_cmphex(rung(bench), ==, 0);
        machine_stop(bench->machine);
        snapshot_rewind(bench, "here");
    }
}

/* ---- in a circle ---------------------------------------------------------------------------------------- */

/*
 * Each one's messages go to the doorbell by which the other rings it. One turn is made: who is in the middle of something
 * refuses, as it refuses its own messages, and is guarded as before afterwards.
 */
static void test_in_a_circle(void)
{
    g_autoptr(Bench) bench = open_peers("");
    Channel channel = channel_open(bench, 0, 2);

    pci_enable_msix(&bench->dma, PEER_BAR_ADDR + STUNT_DMA_PEER_RING, STUNT_DMA_VECTORS);
    pci_enable_msix(&bench->peer, DMA_BAR_ADDR + STUNT_DMA_PEER_RING, STUNT_DMA_VECTORS);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    pci_reg_write(&bench->peer, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    for (unsigned i = 0; i < 3; i++) {
        signal_done(&channel); /* by a timer */
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_PEER_STATUS), ==, STUNT_DMA_VEC_CH0_DONE + 1);
        g_assert_cmphex(rung(bench), ==, 0);
        ring(bench, 0x100); /* by an access */
        g_assert_cmphex(rung(bench), ==, 0x100);
        clear(bench, 0x100);
    }
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 5000);
}

/* One event, two messages: the first comes back as a ring, and the second, into a register of the device's own, is refused still. */
static void test_guarded_after_it(void)
{
    g_autoptr(Bench) bench = open_peers("");
    Channel channel = channel_open(bench, 0, 2);

    pci_enable_msix(&bench->dma, PEER_BAR_ADDR + STUNT_DMA_PEER_RING, STUNT_DMA_VECTORS);
    pci_set_msix(&bench->dma, STUNT_DMA_VEC_ERROR, DMA_BAR_ADDR + STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .flags = STUNT_DMA_DESC_IRQ });
    g_assert_true(channel_halted(&channel));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_PEER_STATUS), ==, STUNT_DMA_VEC_CH0_DONE + 1);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_CTRL), ==, STUNT_DMA_CTRL_IRQ_ENABLE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer/rings", test_rings);
    g_test_add_func("/peer/mask", test_mask);
    g_test_add_func("/peer/nobody-there", test_nobody_there);
    g_test_add_func("/peer/wakes-from-each-state", test_wakes);
    g_test_add_func("/peer/falls-asleep-over-it", test_falls_asleep_over_it);
    g_test_add_func("/peer/while-it-wakes", test_waking);
    g_test_add_func("/peer/resets", test_resets);
    g_test_add_func("/peer/auxiliary-power", test_auxiliary_power);
    g_test_add_func("/peer/without-power", test_without_power);
    g_test_add_func("/peer/gone", test_gone);
    g_test_add_func("/peer/snapshot", test_snapshot);
    g_test_add_func("/peer/in-a-circle", test_in_a_circle);
    g_test_add_func("/peer/guarded-after-it", test_guarded_after_it);
    return g_test_run();
}
