/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space of every device: identity, BAR, capabilities. */
#include "devices.h"

#include <linux/pci_regs.h>

static unsigned need_cap(const Pci *pci, uint8_t id)
{
    unsigned at = pci_find_cap(pci, id);

    g_test_message("capability 0x%02x at 0x%02x", id, at);
    g_assert_cmphex(at, !=, 0);
    return at;
}

static void test_identity(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;
    Dut dut = dut_new(spec, true);

    g_assert_cmphex(pci_read(&dut.pci, PCI_VENDOR_ID, 2), ==, spec->vendor_id);
    g_assert_cmphex(pci_read(&dut.pci, PCI_DEVICE_ID, 2), ==, spec->device_id);
    g_assert_cmphex(pci_read(&dut.pci, PCI_SUBSYSTEM_VENDOR_ID, 2), ==, spec->subsystem_vendor_id);
    g_assert_cmphex(pci_read(&dut.pci, PCI_SUBSYSTEM_ID, 2), ==, spec->subsystem_id);
    g_assert_cmphex(pci_read(&dut.pci, PCI_CLASS_REVISION, 4), ==, spec->class_code << 8 | spec->revision);
    g_assert_cmphex(pci_read(&dut.pci, PCI_HEADER_TYPE, 1), ==, PCI_HEADER_TYPE_NORMAL);
    g_assert_cmphex(pci_read(&dut.pci, PCI_INTERRUPT_PIN, 1), ==, 1);
    machine_free(dut.machine);
}

/* A machine definition may give each device another identity. */
static void test_other_identity(gconstpointer data)
{
    Dut dut = dut_new_with(data, true, ",subsystem-id=0xabcd,subsystem-vendor-id=0x5678,class-code=0x040380,"
                                       "interrupt-pin=4");

    g_assert_cmphex(pci_read(&dut.pci, PCI_DEVICE_ID, 2), ==, dut.spec->device_id);
    g_assert_cmphex(pci_read(&dut.pci, PCI_SUBSYSTEM_VENDOR_ID, 2), ==, 0x5678);
    g_assert_cmphex(pci_read(&dut.pci, PCI_SUBSYSTEM_ID, 2), ==, 0xabcd);
    g_assert_cmphex(pci_read(&dut.pci, PCI_CLASS_REVISION, 4) >> 8, ==, 0x040380);
    g_assert_cmphex(pci_read(&dut.pci, PCI_INTERRUPT_PIN, 1), ==, 4);
    machine_free(dut.machine);
}

static void test_only_intx(gconstpointer data)
{
    Dut dut = dut_new_with(data, true, ",interrupts=intx");

    g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSI), ==, 0);
    g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX), ==, 0);
    need_cap(&dut.pci, PCI_CAP_ID_EXP);
    machine_free(dut.machine);
}

static void test_other_offers(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;

    for (unsigned msix = 0; msix < 2; msix++) {
        Dut dut;

        if (msix ? spec->msix == 0 : spec->msi == 0) {
            continue;
        }
        dut = dut_new_with(data, true, msix ? ",interrupts=msix" : ",interrupts=msi,msi-vectors=16");
        g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSI) == 0, ==, msix);
        g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX) != 0, ==, msix);
        machine_free(dut.machine);
    }
}

static void test_identity_is_read_only(gconstpointer spec)
{
    static const unsigned offset[] = { PCI_VENDOR_ID, PCI_CLASS_REVISION, PCI_SUBSYSTEM_VENDOR_ID,
                                       PCI_CAPABILITY_LIST };
    Dut dut = dut_new(spec, true);

    for (unsigned i = 0; i < G_N_ELEMENTS(offset); i++) {
        uint32_t before = pci_read(&dut.pci, offset[i], 4);

        pci_write(&dut.pci, offset[i], 4, ~before);
        g_assert_cmphex(pci_read(&dut.pci, offset[i], 4), ==, before);
    }
    machine_free(dut.machine);
}

static bool is_other_bar(const struct stunt_device_spec *spec, unsigned i)
{
    return (spec->memory_name && (i == spec->memory_bar || i == spec->memory_bar + 1u)) ||
           (spec->window && spec->window->bar_name && i == spec->window->bar);
}

static void check_window_bar(const Dut *dut, const struct stunt_window_info *window)
{
    unsigned bar = PCI_BASE_ADDRESS_0 + 4 * window->bar;

    pci_write(&dut->pci, bar, 4, 0xffffffff);
    g_assert_cmphex(pci_read(&dut->pci, bar, 4), ==,
                    ~(uint32_t)(window->count * window->size - 1) | PCI_BASE_ADDRESS_SPACE_IO);
}

static void test_bars(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;
    Dut dut = dut_new(spec, true);

    pci_map_bar(&dut.pci, spec->bar, DUT_BAR);
    g_assert_cmphex(dut.pci.bar_size, ==, spec->bar_size);
    for (unsigned i = 0; i < 6; i++) {
        if (i != spec->bar && !is_other_bar(spec, i)) {
            pci_write(&dut.pci, PCI_BASE_ADDRESS_0 + 4 * i, 4, 0xffffffff);
            g_assert_cmphex(pci_read(&dut.pci, PCI_BASE_ADDRESS_0 + 4 * i, 4), ==, 0);
        }
    }
    if (spec->window && spec->window->bar_name) {
        check_window_bar(&dut, spec->window);
    }
    g_assert_cmphex(pci_reg_read(&dut.pci, spec->regs[0].offset), ==, spec->regs[0].reset);
    machine_free(dut.machine);
}

static void test_bar_moves(gconstpointer data)
{
    const struct stunt_device_spec *spec = data;
    Dut dut = dut_new(spec, true);

    pci_map_bar(&dut.pci, spec->bar, DUT_BAR);
    pci_map_bar(&dut.pci, spec->bar, DUT_BAR + 0x40000);
    g_assert_cmphex(pci_reg_read(&dut.pci, spec->regs[0].offset), ==, spec->regs[0].reset);
    g_assert_cmphex(machine_read32(dut.machine, DUT_BAR + spec->regs[0].offset), !=, spec->regs[0].reset);
    pci_write(&dut.pci, PCI_COMMAND, 2, 0);
    g_assert_cmphex(pci_reg_read(&dut.pci, spec->regs[0].offset), !=, spec->regs[0].reset);
    machine_free(dut.machine);
}

static void check_pm(const Dut *dut)
{
    unsigned at = need_cap(&dut->pci, PCI_CAP_ID_PM);

    g_assert_cmphex(pci_read(&dut->pci, at + PCI_PM_PMC, 2) & PCI_PM_CAP_VER_MASK, ==, 3);
    g_assert_cmphex(pci_read(&dut->pci, at + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, ==, 0);
}

static void check_msi(const Dut *dut)
{
    unsigned at = need_cap(&dut->pci, PCI_CAP_ID_MSI);
    uint32_t flags = pci_read(&dut->pci, at + PCI_MSI_FLAGS, 2);

    g_assert_cmpuint(1u << ((flags & PCI_MSI_FLAGS_QMASK) >> 1), ==, dut->spec->msi);
    g_assert_cmphex(flags & PCI_MSI_FLAGS_ENABLE, ==, 0);
    g_assert_cmphex(flags & PCI_MSI_FLAGS_64BIT, !=, 0);
    g_assert_cmphex(flags & PCI_MSI_FLAGS_MASKBIT, !=, 0);
}

static void check_msix(const Dut *dut)
{
    unsigned at = need_cap(&dut->pci, PCI_CAP_ID_MSIX);
    uint32_t flags = pci_read(&dut->pci, at + PCI_MSIX_FLAGS, 2);

    g_assert_cmpuint((flags & PCI_MSIX_FLAGS_QSIZE) + 1, ==, dut->spec->msix);
    g_assert_cmphex(flags & PCI_MSIX_FLAGS_ENABLE, ==, 0);
    g_assert_cmphex(pci_read(&dut->pci, at + PCI_MSIX_TABLE, 4), ==, dut->spec->msix_table | dut->spec->bar);
    g_assert_cmphex(pci_read(&dut->pci, at + PCI_MSIX_PBA, 4), ==, dut->spec->msix_pba | dut->spec->bar);
}

static void check_express(const Dut *dut, unsigned type)
{
    unsigned at = need_cap(&dut->pci, PCI_CAP_ID_EXP);

    g_assert_cmphex((pci_read(&dut->pci, at + PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_TYPE) >> 4, ==, type);
    g_assert_cmphex(pci_read(&dut->pci, at + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR, !=, 0);
    g_assert_cmphex(pci_find_ext_cap(&dut->pci, PCI_EXT_CAP_ID_ERR), ==, 0x100);
}

static void check_capabilities(const struct stunt_device_spec *spec, bool behind_port, unsigned type)
{
    Dut dut = dut_new(spec, behind_port);

    check_pm(&dut);
    check_express(&dut, type);
    if (spec->msi) {
        check_msi(&dut);
    } else {
        g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSI), ==, 0);
    }
    if (spec->msix) {
        check_msix(&dut);
    } else {
        g_assert_cmphex(pci_find_cap(&dut.pci, PCI_CAP_ID_MSIX), ==, 0);
    }
    /* walks both lists to their ends */
    g_assert_cmphex(pci_find_cap(&dut.pci, 0xfe), ==, 0);
    g_assert_cmphex(pci_find_ext_cap(&dut.pci, 0xfffe), ==, 0);
    machine_free(dut.machine);
}

static void test_endpoint(gconstpointer spec)
{
    check_capabilities(spec, true, PCI_EXP_TYPE_ENDPOINT);
}

static void test_integrated(gconstpointer spec)
{
    check_capabilities(spec, false, PCI_EXP_TYPE_RC_END);
}

/* The limit for read requests can be set, and is 512 bytes after each kind of reset. */
static void test_read_request(gconstpointer spec)
{
    Dut dut = dut_new(spec, true);
    unsigned at = need_cap(&dut.pci, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

    for (unsigned i = 0; i < 2; i++) {
        uint32_t control = pci_read(&dut.pci, at, 2);

        g_assert_cmphex(control & PCI_EXP_DEVCTL_READRQ, ==, PCI_EXP_DEVCTL_READRQ_512B);
        pci_write(&dut.pci, at, 2, control | PCI_EXP_DEVCTL_READRQ);
        g_assert_cmphex(pci_read(&dut.pci, at, 2) & PCI_EXP_DEVCTL_READRQ, ==, PCI_EXP_DEVCTL_READRQ);
        pci_flr(&dut.pci);
    }
    machine_free(dut.machine);
}

/* Writes all over configuration space: it must go on answering, and a system reset must bring it back. */
static void test_random_writes(gconstpointer spec)
{
    Dut dut = dut_new(spec, true);
    static const unsigned sizes[] = { 1, 2, 4 };

    for (unsigned i = 0; i < 3000; i++) {
        unsigned size = sizes[g_test_rand_int_range(0, 3)];
        unsigned offset =
            (unsigned)g_test_rand_int_range(4, g_test_rand_bit() ? 0x100 : 0x1000) & ~(size - 1);

        pci_write(&dut.pci, offset, size, (uint32_t)g_test_rand_int());
        pci_read(&dut.pci, offset, size);
    }
    g_assert_cmphex(pci_read(&dut.pci, PCI_VENDOR_ID, 2), ==, dut.spec->vendor_id);
    machine_free(dut.machine);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_for_all_devices("config", "identity", test_identity);
    add_for_all_devices("config", "identity-from-properties", test_other_identity);
    add_for_all_devices("config", "interrupts-intx", test_only_intx);
    add_for_all_devices("config", "interrupts-msi-and-msix", test_other_offers);
    add_for_all_devices("config", "identity-is-read-only", test_identity_is_read_only);
    add_for_all_devices("config", "bar-size-and-no-other-bar", test_bars);
    add_for_all_devices("config", "bar-moves-and-can-be-switched-off", test_bar_moves);
    add_for_all_devices("config", "capabilities-behind-a-root-port", test_endpoint);
    add_for_all_devices("config", "capabilities-on-the-root-bus", test_integrated);
    add_for_all_devices("config", "read-request-size", test_read_request);
    add_for_all_devices("config", "random-writes-do-no-harm", test_random_writes);
    return g_test_run();
}
