/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every PCI device has of QOM properties: its identity and power states (given at creation), reset-ns and other
 * times, and for the harness reg.NAME, reg.NAME[i], misuse-count, inject-irq, inject-pme, power-state,
 * power-ns[i], power-count[i], bus-master, interrupt-mode, unmasked-vectors and mappings.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "qapi/visitor.h"
#include "hw/qdev-properties.h"
#include "core/access.h"
#include "core/pci.h"

#define RESET_DEFAULT_NS 1000000u
#define D3HOT_EXIT_DEFAULT_NS 10000000u
#define D2_EXIT_DEFAULT_NS 200000u
#define TIME_MAX_NS 1000000000000u
#define MSI_VECTORS_MAX 32u

static Property identity[] = {
    DEFINE_PROP_STRING("interrupts", StuntPCI, interrupts),
    DEFINE_PROP_UNSIGNED_NODEFAULT("msi-vectors", StuntPCI, msi_vectors, qdev_prop_uint32, uint32_t),
    DEFINE_PROP_UINT32("interrupt-pin", StuntPCI, interrupt_pin, 1),
    DEFINE_PROP_UNSIGNED_NODEFAULT("vendor-id", StuntPCI, vendor_id, qdev_prop_uint16, uint16_t),
    DEFINE_PROP_UNSIGNED_NODEFAULT("device-id", StuntPCI, device_id, qdev_prop_uint16, uint16_t),
    DEFINE_PROP_UNSIGNED_NODEFAULT("revision", StuntPCI, revision, qdev_prop_uint8, uint8_t),
    DEFINE_PROP_STRING("config-faults", StuntPCI, config_faults),
    DEFINE_PROP_UNSIGNED_NODEFAULT("subsystem-id", StuntPCI, subsystem_id, qdev_prop_uint16, uint16_t),
    DEFINE_PROP_UNSIGNED_NODEFAULT("subsystem-vendor-id", StuntPCI, subsystem_vendor_id, qdev_prop_uint16,
                                   uint16_t),
    DEFINE_PROP_UNSIGNED_NODEFAULT("class-code", StuntPCI, class_code, qdev_prop_uint32, uint32_t),
    DEFINE_PROP_BOOL("d1", StuntPCI, d1, true),
    DEFINE_PROP_BOOL("d2", StuntPCI, d2, true),
    DEFINE_PROP_STRING("pme", StuntPCI, pme),
    DEFINE_PROP_BOOL("no-soft-reset", StuntPCI, no_soft_reset, true),
    DEFINE_PROP_END_OF_LIST(),
};

void stunt_pci_add_class_properties(ObjectClass *klass)
{
    device_class_set_props(DEVICE_CLASS(klass), identity);
}

/* ---- what may be said of it ------------------------------------------------------------------------ */

typedef struct Offer {
    const char *name;
    bool msi, msix;
} Offer;

/* Values of the property `interrupts`; INTx is there always. */
static const Offer offers[] = {
    { "all", true, true }, { "intx", false, false }, { "msi", true, false }, { "msix", false, true },
};

static const Offer *find_offer(const char *name, Error **errp)
{
    for (size_t i = 0; i < ARRAY_SIZE(offers); i++) {
        if (!name || strcmp(name, offers[i].name) == 0) {
            return &offers[i];
        }
    }
    error_setg(errp, "interrupts is '%s', not all, intx, msi or msix", name);
    return NULL;
}

static bool check_msi(StuntPCI *dev, const struct stunt_device_spec *spec, const Offer *offer, Error **errp)
{
    uint32_t n = dev->msi_vectors;

    if (n != spec->msi && (!is_power_of_2(n) || n > MSI_VECTORS_MAX)) {
        error_setg(errp, "msi-vectors is %u, not 1, 2, 4, 8, 16 or %u", n, MSI_VECTORS_MAX);
        return false;
    }
    if (n != spec->msi && !offer->msi) {
        error_setg(errp, "msi-vectors is %u, but interrupts is '%s': there is no MSI", n, offer->name);
        return false;
    }
    dev->msi = offer->msi ? n : 0;
    return true;
}

/* A device that lacks what was asked for by name would have a test of it pass by INTx. */
static bool check_interrupts(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp)
{
    const Offer *offer = find_offer(dev->interrupts, errp);

    if (!offer || !check_msi(dev, spec, offer, errp)) {
        return false;
    }
    dev->msix = offer->msix ? spec->msix : 0;
    if (dev->interrupts && ((offer->msi && !offer->msix && !dev->msi) ||
                            (offer->msix && !offer->msi && !dev->msix))) {
        error_setg(errp, "interrupts is '%s', but stunt-%s has none of these", offer->name, spec->name);
        return false;
    }
    return true;
}

bool stunt_pci_check_properties(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp)
{
    if (dev->interrupt_pin < 1 || dev->interrupt_pin > PCI_NUM_PINS) {
        error_setg(errp, "interrupt-pin is %u, not 1 (INTA) to %u (INTD)", dev->interrupt_pin, PCI_NUM_PINS);
        return false;
    }
    if (dev->class_code > 0xffffff) {
        error_setg(errp, "class-code is 0x%x, at most 0xffffff", dev->class_code);
        return false;
    }
    return check_interrupts(dev, spec, errp) && stunt_pci_read_pme(dev, spec, errp) && stunt_pci_read_flaws(dev, errp);
}

/* ---- while it lives -------------------------------------------------------------------------------- */

static void get_register(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint32_t value = STUNT_PCI(obj)->value[(uintptr_t)opaque];

    visit_type_uint32(v, name, &value, errp);
}

/* Where in the BAR the register is whose value has this index. */
static hwaddr offset_of(const StuntPCI *dev, unsigned value)
{
    const struct stunt_reg_info *info = dev->regs.info;

    while (value >= info->first + info->count) {
        info++;
    }
    return info->offset + (hwaddr)(value - info->first) * info->stride;
}

static void set_register(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(obj);
    uint32_t value;

    if (visit_type_uint32(v, name, &value, errp)) {
        stunt_access_poke(&dev->bar, offset_of(dev, (uintptr_t)opaque), value, MO_32 | MO_LE, name, errp);
    }
}

static void add_register(Object *obj, const struct stunt_reg_info *info, unsigned index)
{
    g_autofree char *name = info->count == 1 ? g_strdup_printf("reg.%s", info->name)
                                             : g_strdup_printf("reg.%s[%u]", info->name, index);

    object_property_add(obj, name, "uint32", get_register, set_register, NULL,
                        (void *)(uintptr_t)(info->first + index));
}

/* What something takes the device: the opaque is where that is in StuntPCI. */
static uint64_t *time_of(Object *obj, void *opaque)
{
    return (uint64_t *)((char *)STUNT_PCI(obj) + (uintptr_t)opaque);
}

static void get_time(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, time_of(obj, opaque), errp);
}

static void set_time(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value > TIME_MAX_NS) {
        error_setg(errp, "%s is %" PRIu64 ", at most %" PRIu64, name, value, (uint64_t)TIME_MAX_NS);
        return;
    }
    *time_of(obj, opaque) = value;
}

static void add_time(StuntPCI *dev, const char *name, size_t at, uint64_t ns)
{
    *time_of(OBJECT(dev), (void *)at) = ns;
    object_property_add(OBJECT(dev), name, "uint64", get_time, set_time, NULL, (void *)at);
}

static void inject_irq(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint32_t vector;

    if (visit_type_uint32(v, name, &vector, errp)) {
        stunt_irq_inject(STUNT_PCI(obj), vector, errp);
    }
}

static void inject_pme(Object *obj, bool caused, Error **errp)
{
    stunt_pci_inject_pme(STUNT_PCI(obj), caused, errp);
}

static void set_defaults(StuntPCI *dev, const struct stunt_device_spec *spec)
{
    dev->msi_vectors = spec->msi;
    dev->vendor_id = spec->vendor_id;
    dev->device_id = spec->device_id;
    dev->revision = spec->revision;
    dev->subsystem_id = spec->subsystem_id;
    dev->subsystem_vendor_id = spec->subsystem_vendor_id;
    dev->class_code = spec->class_code;
}

static bool get_bus_master(Object *obj, Error **errp)
{
    return pci_get_word(PCI_DEVICE(obj)->config + PCI_COMMAND) & PCI_COMMAND_MASTER;
}

/* What the guest has switched on; a function without an interrupt pin and the others off has none. */
static char *get_interrupt_mode(Object *obj, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(obj);

    return g_strdup(msix_enabled(pci)                           ? "MSI-X"
                    : msi_enabled(pci)                          ? "MSI"
                    : pci_get_byte(pci->config + PCI_INTERRUPT_PIN) ? "INTx"
                                                                : "none");
}

/* Messages that would be sent now; 0 with INTx. */
static void get_unmasked_vectors(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(obj);
    bool msix = msix_enabled(pci);
    unsigned n = msix ? pci->msix_entries_nr : msi_enabled(pci) ? msi_nr_vectors_allocated(pci) : 0;
    uint32_t count = 0;

    for (unsigned i = 0; i < n; i++) {
        count += msix ? !msix_is_masked(pci, i) : !msi_is_masked(pci, i);
    }
    visit_type_uint32(v, name, &count, errp);
}

/* Memory that the driver has handed over, as far as the guest tells. */
static char *get_mappings(Object *obj, Error **errp)
{
    const StuntCheck *check = &STUNT_PCI(obj)->check;
    uint64_t bytes = 0;

    if (check->state != STUNT_CHECK_ON) {
        return g_strdup(check->state == STUNT_CHECK_OFF ? "not told" : "not told all");
    }
    for (int32_t i = 0; i < check->mappings.n; i++) {
        bytes += check->mappings.mapping[i].len;
    }
    return g_strdup_printf("%" PRIi32 ", %" PRIu64 " bytes", check->mappings.n, bytes);
}

void stunt_pci_add_properties(StuntPCI *dev, const struct stunt_device_spec *spec)
{
    for (size_t i = 0; i < spec->n_regs; i++) {
        for (unsigned k = 0; k < spec->regs[i].count; k++) {
            add_register(OBJECT(dev), &spec->regs[i], k);
        }
    }
    stunt_pci_add_window_properties(dev);
    set_defaults(dev, spec);
    add_time(dev, "reset-ns", offsetof(StuntPCI, reset_ns), RESET_DEFAULT_NS);
    add_time(dev, "d3hot-exit-ns", offsetof(StuntPCI, d3hot_exit_ns), D3HOT_EXIT_DEFAULT_NS);
    add_time(dev, "d2-exit-ns", offsetof(StuntPCI, d2_exit_ns), D2_EXIT_DEFAULT_NS);
    object_property_add(OBJECT(dev), "inject-irq", "uint32", NULL, inject_irq, NULL, NULL);
    object_property_add_bool(OBJECT(dev), "inject-pme", NULL, inject_pme);
    object_property_add_uint64_ptr(OBJECT(dev), "misuse-count", &dev->misuse_count, OBJ_PROP_FLAG_READ);
    stunt_pci_add_state_properties(dev);
    object_property_add_bool(OBJECT(dev), "bus-master", get_bus_master, NULL);
    object_property_add_str(OBJECT(dev), "interrupt-mode", get_interrupt_mode, NULL);
    object_property_add_str(OBJECT(dev), "mappings", get_mappings, NULL);
    object_property_add(OBJECT(dev), "unmasked-vectors", "uint32", get_unmasked_vectors, NULL, NULL, NULL);
}
