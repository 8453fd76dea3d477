/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks every register, and every hole between them, of every device, with its description in hand. */
#include "devices.h"

typedef void RegisterFunc(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset);

static Dut mapped(gconstpointer spec)
{
    Dut dut = dut_new(spec, true);

    pci_map_bar(&dut.pci, dut.spec->bar, DUT_BAR);
    return dut;
}

static void for_each_register(const Dut *dut, RegisterFunc *func)
{
    for (size_t i = 0; i < dut->spec->n_regs; i++) {
        const struct stunt_reg_info *info = &dut->spec->regs[i];

        for (unsigned k = 0; k < info->count; k++) {
            func(dut, info, k, info->offset + (uint64_t)info->stride * k);
        }
    }
}

static uint32_t passing_bits(const struct stunt_reg_info *info)
{
    return info->w1s | info->wo;
}

static bool is_read_only(const struct stunt_reg_info *info)
{
    return (info->rw | info->w1c | passing_bits(info)) == 0;
}

static uint64_t property(const Dut *dut, const struct stunt_reg_info *info, unsigned index)
{
    g_autofree char *name = info->count == 1 ? g_strdup_printf("reg.%s", info->name)
                                             : g_strdup_printf("reg.%s[%u]", info->name, index);

    return machine_qom_get_uint(dut->machine, "dut", name);
}

static void check_reset_value(const Dut *dut, const struct stunt_reg_info *info, unsigned index,
                              uint64_t offset)
{
    uint32_t value = pci_reg_read(&dut->pci, offset);

    g_test_message("%s[%u]", info->name, index);
    g_assert_cmphex(value & (info->reserved | passing_bits(info)), ==, 0);
    if (!info->is_volatile) {
        g_assert_cmphex(value, ==, info->reset);
        g_assert_cmphex(property(dut, info, index), ==, info->reset);
    }
}

static void test_reset_values(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_reset_value);
    g_assert_cmpuint(dut_misuse(&dut), ==, 0);
    machine_free(dut.machine);
}

static void check_read_only(const Dut *dut, const struct stunt_reg_info *info, unsigned index,
                            uint64_t offset)
{
    static const uint32_t pattern[] = { 0xffffffff, 0, 0x55555555 };
    uint32_t before = pci_reg_read(&dut->pci, offset);
    uint64_t misuse = dut_misuse(dut);

    if (!is_read_only(info)) {
        return;
    }
    g_test_message("%s[%u]", info->name, index);
    for (unsigned i = 0; i < G_N_ELEMENTS(pattern); i++) {
        pci_reg_write(&dut->pci, offset, pattern[i]);
        g_assert_cmpuint(dut_misuse(dut), ==, misuse + i + 1);
        if (!info->is_volatile) {
            g_assert_cmphex(pci_reg_read(&dut->pci, offset), ==, before);
        }
    }
}

static void test_read_only(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_read_only);
    machine_free(dut.machine);
}

static void check_writable(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    static const uint32_t pattern[] = { 0xffffffff, 0, 0x55555555, 0xaaaaaaaa, 0x12345678 };
    uint32_t fixed = pci_reg_read(&dut->pci, offset) & ~info->rw;

    if (info->rw == 0 || info->is_volatile || info->side_effect) {
        return;
    }
    g_test_message("%s[%u]", info->name, index);
    for (unsigned i = 0; i < G_N_ELEMENTS(pattern); i++) {
        pci_reg_write(&dut->pci, offset, pattern[i] & info->rw);
        g_assert_cmphex(pci_reg_read(&dut->pci, offset), ==, fixed | (pattern[i] & info->rw));
    }
}

/* Elements of an array must not share a value. */
static void check_distinct(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    if (info->count == 1 || (info->rw & 3) != 3 || info->is_volatile || info->side_effect) {
        return;
    }
    if (index == 0) {
        for (unsigned k = 0; k < info->count; k++) {
            pci_reg_write(&dut->pci, offset + (uint64_t)info->stride * k, k & 3);
        }
    }
    g_assert_cmphex(pci_reg_read(&dut->pci, offset) & 3, ==, index & 3);
}

static void test_writable(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_writable);
    for_each_register(&dut, check_distinct);
    g_assert_cmpuint(dut_misuse(&dut), ==, 0);
    machine_free(dut.machine);
}

static void check_reserved(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    uint64_t misuse = dut_misuse(dut);

    if (info->reserved == 0 || is_read_only(info)) {
        return;
    }
    g_test_message("%s[%u]", info->name, index);
    for (unsigned bit = 0; bit < 32; bit++) {
        if (info->reserved & (1u << bit)) {
            pci_reg_write(&dut->pci, offset, 1u << bit);
            g_assert_cmpuint(dut_misuse(dut), ==, ++misuse);
        }
    }
    g_assert_cmphex(pci_reg_read(&dut->pci, offset) & info->reserved, ==, 0);
}

static void test_reserved(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_reserved);
    machine_free(dut.machine);
}

/* w1s and wo bits, all at once: they read as 0. w1c bits do not get set by a 1. */
static void check_passing(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    uint32_t bits = passing_bits(info) | info->w1c;

    if (bits == 0) {
        return;
    }
    g_test_message("%s[%u]", info->name, index);
    pci_reg_write(&dut->pci, offset, bits);
    g_assert_cmphex(pci_reg_read(&dut->pci, offset) & bits, ==, 0);
    g_assert_cmphex(property(dut, info, index) & bits, ==, 0);
}

static void test_passing(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_passing);
    machine_free(dut.machine);
}

/* Reads as zeros, ignores writes, counts both. */
static void check_bad_access(const Dut *dut, uint64_t offset, unsigned size)
{
    uint64_t addr = dut->pci.bar + offset;

    g_assert_cmphex(machine_read_sized(dut->machine, addr, size), ==, 0);
    machine_write_sized(dut->machine, addr, size, UINT64_MAX >> (64 - 8 * size));
}

static void check_sizes(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    uint32_t before = pci_reg_read(&dut->pci, offset);
    uint64_t misuse = dut_misuse(dut);

    g_test_message("%s[%u]", info->name, index);
    check_bad_access(dut, offset, 1);
    check_bad_access(dut, offset + 3, 1);
    check_bad_access(dut, offset, 2);
    check_bad_access(dut, offset + 2, 2);
    check_bad_access(dut, offset, 8);
    for (unsigned i = 1; i < 4; i++) {
        check_bad_access(dut, offset + i, 4);
    }
    g_assert_cmpuint(dut_misuse(dut), ==, misuse + 16);
    if (!info->is_volatile) {
        g_assert_cmphex(pci_reg_read(&dut->pci, offset), ==, before);
    }
}

static void test_sizes(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, check_sizes);
    machine_free(dut.machine);
}

/* A bit per word of the BAR that answers: registers, MSI-X table and pending bits. */
static void mark_taken(const struct stunt_device_spec *spec, uint8_t *taken)
{
    for (size_t i = 0; i < spec->n_regs; i++) {
        for (unsigned k = 0; k < spec->regs[i].count; k++) {
            taken[(spec->regs[i].offset + (uint64_t)spec->regs[i].stride * k) / 4] = 1;
        }
    }
    for (unsigned i = 0; i < spec->msix * 4u; i++) {
        taken[spec->msix_table / 4 + i] = 1;
    }
    for (unsigned i = 0; spec->msix && i < (spec->msix + 63u) / 64 * 2; i++) {
        taken[spec->msix_pba / 4 + i] = 1;
    }
}

static void test_holes(gconstpointer spec)
{
    Dut dut = mapped(spec);
    g_autofree uint8_t *taken = g_new0(uint8_t, dut.spec->bar_size / 4);
    uint64_t holes = 0;

    mark_taken(spec, taken);
    for (uint64_t word = 0; word < dut.spec->bar_size / 4; word++) {
        if (!taken[word]) {
            check_bad_access(&dut, word * 4, 4);
            holes++;
        }
    }
    g_assert_cmpuint(holes, >, 0);
    g_assert_cmpuint(dut_misuse(&dut), ==, 2 * holes);
    for_each_register(&dut, check_reset_value);
    machine_free(dut.machine);
}

static void write_all_ones(const Dut *dut, const struct stunt_reg_info *info, unsigned index, uint64_t offset)
{
    if (!info->side_effect) {
        pci_reg_write(&dut->pci, offset, info->rw | info->w1c);
    }
}

static void test_system_reset(gconstpointer spec)
{
    Dut dut = mapped(spec);

    for_each_register(&dut, write_all_ones);
    machine_system_reset(dut.machine);
    pci_start(dut.machine);
    pci_open_port(dut.machine, 3, 1, PCI_WINDOW);
    pci_map_bar(&dut.pci, dut.spec->bar, DUT_BAR);
    for_each_register(&dut, check_reset_value);
    machine_free(dut.machine);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_for_all_devices("registers", "reset-values", test_reset_values);
    add_for_all_devices("registers", "read-only", test_read_only);
    add_for_all_devices("registers", "writable-bits", test_writable);
    add_for_all_devices("registers", "reserved-bits-are-misuse", test_reserved);
    add_for_all_devices("registers", "w1s-wo-and-w1c-read-as-0", test_passing);
    add_for_all_devices("registers", "only-4-aligned-bytes-are-served", test_sizes);
    add_for_all_devices("registers", "holes-read-as-0-and-are-misuse", test_holes);
    add_for_all_devices("registers", "system-reset-puts-all-back", test_system_reset);
    return g_test_run();
}
