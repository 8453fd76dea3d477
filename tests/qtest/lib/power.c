/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dma.h"
#include "power.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

unsigned power_state(Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "dma0", "power-state");
}

static uint64_t ask(Bench *bench, const char *what, unsigned state)
{
    g_autofree char *name = g_strdup_printf("%s[%u]", what, state);

    return machine_qom_get_uint(bench->machine, "dma0", name);
}

int64_t power_ns(Bench *bench, unsigned state)
{
    return (int64_t)ask(bench, "power-ns", state);
}

uint64_t power_count(Bench *bench, unsigned state)
{
    return ask(bench, "power-count", state);
}

void power_check_sum(Bench *bench)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < POWER_STATES; i++) {
        sum += power_ns(bench, i);
    }
    g_assert_cmpint(sum, ==, machine_now(bench->machine));
}

void power_expect_exit(Bench *bench, unsigned state, unsigned to, int64_t ns)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_POWER_EXIT);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_POWER_EXIT_STATE], ==, state);
    g_assert_cmpuint(event->field[STUNT_EV_POWER_EXIT_TO], ==, to);
    g_assert_cmpint((int64_t)event->field[STUNT_EV_POWER_EXIT_NS], ==, ns);
}

void power_expect_no_exit(Bench *bench)
{
    g_assert_null(shm_find(bench->shm, STUNT_EV_POWER_EXIT));
}

unsigned power_reg(Bench *bench, unsigned reg)
{
    return pci_find_cap(&bench->dma, PCI_CAP_ID_PM) + reg;
}

uint64_t power_misuse(Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "dma0", "misuse-count");
}

void power_map_sram(Bench *bench)
{
    Pci sram = bench->dma;

    pci_map_bar(&sram, STUNT_DMA_SRAM_BAR, POWER_SRAM_ADDR);
}
