/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests over every device there is, from its generated description. meson defines STUNT_SPECS as
 * SPEC(link) SPEC(dma) …, so that a new device is tested without an edit here.
 */
#ifndef STUNT_QTEST_DEVICES_H
#define STUNT_QTEST_DEVICES_H

#include "pci.h"
#include "spec.h"

#define SPEC(name) extern const struct stunt_device_spec stunt_##name##_spec;
STUNT_SPECS
#undef SPEC

#define SPEC(name) &stunt_##name##_spec,
static const struct stunt_device_spec *const device_specs[] = { STUNT_SPECS };
#undef SPEC

/* One device under test, called dut, behind a root port or straight on bus 0. */
typedef struct Dut {
    const struct stunt_device_spec *spec;
    Machine *machine;
    Pci pci;
} Dut;

#define DUT_BAR UINT64_C(0xfe000000)

/* props: more properties of the device (",interrupts=msi"). */
static inline Dut dut_new_with(const struct stunt_device_spec *spec, bool behind_port, const char *props)
{
    Dut dut = { .spec = spec };
    g_autofree char *args = g_strdup_printf("-device pcie-root-port,id=rp0,bus=pcie.0,addr=3,slot=1 "
                                            "-device stunt-%s,id=dut,bus=%s,addr=%s%s", spec->name,
                                            behind_port ? "rp0" : "pcie.0", behind_port ? "0" : "5", props);

    dut.machine = machine_new(args, -1);
    pci_start(dut.machine);
    pci_open_port(dut.machine, 3, 1, PCI_WINDOW);
    dut.pci = (Pci){ .machine = dut.machine, .bus = behind_port };
    dut.pci.devfn = behind_port ? 0 : PCI_DEVFN_OF(5, 0);
    return dut;
}

static inline Dut dut_new(const struct stunt_device_spec *spec, bool behind_port)
{
    return dut_new_with(spec, behind_port, "");
}

static inline uint64_t dut_misuse(const Dut *dut)
{
    return machine_qom_get_uint(dut->machine, "dut", "misuse-count");
}

/* Adds "/PREFIX/DEVICE/NAME" for each device. */
static inline void add_for_all_devices(const char *prefix, const char *name, GTestDataFunc func)
{
    for (size_t i = 0; i < G_N_ELEMENTS(device_specs); i++) {
        g_autofree char *path = g_strdup_printf("/%s/%s/%s", prefix, device_specs[i]->name, name);

        g_test_add_data_func(path, device_specs[i], func);
    }
}

#endif
