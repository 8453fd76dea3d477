/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the property config-faults does to the configuration space of every device, and that nothing else changes. */
#include "devices.h"

#include <linux/pci_regs.h>

#define WALK_MAX 48

static Dut flawed(const struct stunt_device_spec *spec, const char *flaw)
{
    g_autofree char *props = g_strdup_printf(",config-faults=%s", flaw);

    g_test_message("%s", flaw);
    return dut_new_with(spec, true, props);
}

static void test_left_out(gconstpointer data)
{
    static const struct {
        const char *flaw;
        uint8_t id;
    } rows[] = {
        { "no-pm", PCI_CAP_ID_PM },
        { "no-msi", PCI_CAP_ID_MSI },
        { "no-msix", PCI_CAP_ID_MSIX },
        { "no-express", PCI_CAP_ID_EXP },
    };
    const struct stunt_device_spec *spec = data;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Dut dut;

        if ((rows[i].id == PCI_CAP_ID_MSI && !spec->msi) || (rows[i].id == PCI_CAP_ID_MSIX && !spec->msix)) {
            continue;
        }
        dut = flawed(spec, rows[i].flaw);
        for (unsigned k = 0; k < G_N_ELEMENTS(rows); k++) {
            bool there = k != i && (rows[k].id != PCI_CAP_ID_MSI || spec->msi) &&
                         (rows[k].id != PCI_CAP_ID_MSIX || spec->msix);

            g_assert_cmpint(pci_find_cap(&dut.pci, rows[k].id) != 0, ==, there);
        }
        machine_free(dut.machine);
    }
}

static void test_several_at_once(gconstpointer spec)
{
    Dut dut = flawed(spec, "no-pm,,no-aer,,wrong-id");

    g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_PM), ==, 0);
    g_assert_cmphex(pci_find_ext_cap(&dut.pci, PCI_EXT_CAP_ID_ERR), ==, 0);
    g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_EXP), !=, 0);
    machine_free(dut.machine);
}

static void test_bent_lists(gconstpointer spec)
{
    Dut dut = flawed(spec, "no-caps");
    unsigned first, at, seen = 0;

    g_assert_cmphex(pci_read(&dut.pci, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST, ==, 0);
    machine_free(dut.machine);

    dut = flawed(spec, "caps-loop");
    first = pci_read(&dut.pci, PCI_CAPABILITY_LIST, 1);
    for (at = pci_read(&dut.pci, first + 1, 1); at != first; at = pci_read(&dut.pci, at + 1, 1)) {
        g_assert_cmphex(at, >=, 0x40);
        g_assert_cmpuint(seen++, <, WALK_MAX);
    }
    machine_free(dut.machine);

    dut = flawed(spec, "caps-stray");
    first = pci_read(&dut.pci, PCI_CAPABILITY_LIST, 1);
    g_assert_cmphex(pci_read(&dut.pci, first + 1, 1), ==, 0x07);
    machine_free(dut.machine);

    dut = flawed(spec, "caps-empty");
    first = pci_read(&dut.pci, PCI_CAPABILITY_LIST, 1);
    g_assert_cmphex(pci_read(&dut.pci, first + 1, 1), ==, 0xfc);
    g_assert_cmphex(pci_read(&dut.pci, 0xfc, 4), ==, 0);
    machine_free(dut.machine);
}

static void test_extended_list(gconstpointer spec)
{
    Dut dut = flawed(spec, "aer-loop");
    uint32_t header = pci_read(&dut.pci, 0x100, 4);

    g_assert_cmphex(PCI_EXT_CAP_ID(header), ==, PCI_EXT_CAP_ID_ERR);
    g_assert_cmphex(PCI_EXT_CAP_NEXT(header), ==, 0x100);
    machine_free(dut.machine);
}

static void test_msix_table(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;
    Dut dut;

    if (!spec->msix) {
        g_test_skip("it has no MSI-X");
        return;
    }
    dut = flawed(spec, "msix-outside");
    g_assert_cmphex(pci_read(&dut.pci, pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX) + PCI_MSIX_TABLE, 4), ==,
                    spec->bar_size | spec->bar);
    machine_free(dut.machine);
    dut = flawed(spec, "msix-bir");
    g_assert_cmphex(pci_read(&dut.pci, pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX) + PCI_MSIX_TABLE, 4), ==,
                    spec->msix_table | 7);
    machine_free(dut.machine);
    dut = flawed(spec, "msix-one");
    g_assert_cmphex(pci_read(&dut.pci, pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS, 2) &
                        PCI_MSIX_FLAGS_QSIZE,
                    ==, 0);
    machine_free(dut.machine);
}

/* What the BAR reads as when ones were written to it, and the same of the next one. */
static void size_bar(const Dut *dut, uint32_t ret[2])
{
    unsigned at = PCI_BASE_ADDRESS_0 + dut->spec->bar * 4;

    for (unsigned i = 0; i < 2; i++) {
        pci_write(&dut->pci, at + 4 * i, 4, UINT32_MAX);
        ret[i] = pci_read(&dut->pci, at + 4 * i, 4);
    }
}

static void test_bars(gconstpointer data)
{
    static const struct {
        const char *flaw;
        uint32_t size, type, upper; /* size 0: the spec's */
    } rows[] = {
        { "bar-small", 0x100, 0, 0 },
        { "bar-io", 0x100, PCI_BASE_ADDRESS_SPACE_IO, 0 },
        { "bar-64", 0, PCI_BASE_ADDRESS_MEM_TYPE_64, UINT32_MAX },
    };
    const struct stunt_device_spec *spec = data;
    uint32_t got[2];
    Dut dut = flawed(spec, "bar-none");

    size_bar(&dut, got);
    g_assert_cmphex(got[0], ==, 0);
    machine_free(dut.machine);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint32_t size = rows[i].size ? rows[i].size : (uint32_t)spec->bar_size;

        dut = flawed(spec, rows[i].flaw);
        size_bar(&dut, got);
        g_assert_cmphex(got[0], ==, ~(size - 1) | rows[i].type);
        g_assert_cmphex(got[1], ==, rows[i].upper);
        machine_free(dut.machine);
    }
    if (spec->memory_size) {
        dut = flawed(spec, "memory-32");
        g_assert_cmphex(pci_read(&dut.pci, PCI_BASE_ADDRESS_0 + spec->memory_bar * 4, 4) & 0xf, ==,
                        PCI_BASE_ADDRESS_MEM_PREFETCH);
        machine_free(dut.machine);
    }
}

/* Behind a BAR that is cut nobody answers; in it all is as it was. */
static void test_small_bar_answers(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;
    Dut dut = flawed(spec, "bar-small");

    pci_map_bar(&dut.pci, spec->bar, DUT_BAR);
    g_assert_cmphex(pci_reg_read(&dut.pci, 0), ==, spec->regs[0].reset);
    g_assert_cmphex(pci_reg_read(&dut.pci, 0x100), ==, 0); /* what QEMU's bus gives where nobody answers */
    g_assert_cmpuint(dut_misuse(&dut), ==, 0);
    machine_free(dut.machine);
}

/* A reset does not mend it. */
static void test_wrong_registers(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;

    for (unsigned i = 0; i < 2; i++) {
        Dut dut = flawed(spec, i ? "wrong-version" : "wrong-id");
        uint32_t right[] = { spec->regs[0].reset, spec->regs[1].reset };

        for (unsigned resets = 0; resets < 2; resets++) {
            pci_map_bar(&dut.pci, spec->bar, DUT_BAR);
            g_assert_cmphex(pci_reg_read(&dut.pci, 4 * i), ==, i ? right[1] + 0x10000 : ~right[0]);
            g_assert_cmphex(pci_reg_read(&dut.pci, 4 * !i), ==, right[!i]);
            pci_flr(&dut.pci);
            machine_step(dut.machine, 2000000);
        }
        machine_free(dut.machine);
    }
}

static void test_identity(gconstpointer spec)
{
    Dut dut = dut_new_with(spec, true, ",vendor-id=0xabcd,device-id=0x1357,revision=9");

    g_assert_cmphex(pci_read(&dut.pci, PCI_VENDOR_ID, 4), ==, 0x1357abcd);
    g_assert_cmphex(pci_read(&dut.pci, PCI_REVISION_ID, 1), ==, 9);
    machine_free(dut.machine);
    dut = flawed(spec, "header-unknown");
    g_assert_cmphex(pci_read(&dut.pci, PCI_HEADER_TYPE, 1), ==, 0x7f);
    machine_free(dut.machine);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_for_all_devices("flaws", "left-out", test_left_out);
    add_for_all_devices("flaws", "several-at-once", test_several_at_once);
    add_for_all_devices("flaws", "bent-lists", test_bent_lists);
    add_for_all_devices("flaws", "extended-list", test_extended_list);
    add_for_all_devices("flaws", "msix-table", test_msix_table);
    add_for_all_devices("flaws", "bars", test_bars);
    add_for_all_devices("flaws", "small-bar-answers", test_small_bar_answers);
    add_for_all_devices("flaws", "wrong-registers", test_wrong_registers);
    add_for_all_devices("flaws", "identity", test_identity);
    return g_test_run();
}
