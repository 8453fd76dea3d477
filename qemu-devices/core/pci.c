/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a PCI device: type, realize, reset, state. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "core/pci.h"
#include "types.h"

static const struct stunt_device_spec *spec_of(StuntPCI *dev)
{
    return STUNT_PCI_GET_CLASS(dev)->spec;
}

void stunt_pci_misuse(StuntPCI *dev, unsigned kind, uint64_t arg0, uint64_t arg1)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);

    dev->misuse_count++;
    (void)stunt_event(dev->trace_id, STUNT_EV_MISUSE, kind, arg0, arg1);
    if (klass->misused) {
        klass->misused(dev);
    }
}

bool stunt_pci_in_reset(const StuntPCI *dev)
{
    return dev->ready_ns && qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) < dev->ready_ns;
}

/* The PCI core comes here for a function level reset too; the configuration hook has noted which it is. */
static void device_reset(DeviceState *qdev)
{
    StuntPCI *dev = STUNT_PCI(qdev);
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    bool link_was_up = dev->resetting != STUNT_RESET_HOT, cold = dev->power == STUNT_D3COLD;
    bool awake = stunt_pci_is_awake(dev) && link_was_up;
    const struct stunt_rule *rule = dev->function_reset_rule;

    if (cold && dev->gone && stunt_pci_sleeps(dev)) {
        return; /* of what wakes the system the card's part comes from the port, with power */
    }
    stunt_pci_reset_config(dev);
    stunt_posted_drop(dev); /* a function level reset is a write, and has pushed them before it */
    dev->ready_ns = 0;
    if (dev->resetting == STUNT_RESET_FLR && dev->reset_ns) {
        dev->ready_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + (int64_t)dev->reset_ns;
    }
    if (dev->resetting != STUNT_RESET_FLR) {
        rule = stunt_event(dev->trace_id, STUNT_EV_RESET, dev->resetting, 0);
    }
    if (stunt_pci_whole_reset(dev, dev->resetting, rule)) {
        if (cold) {
            stunt_pci_memory_scramble(dev);
        }
    } else if (!awake && klass->power_changed) {
        klass->power_changed(dev);
    }
}

static bool add_bar(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    memory_region_init_io(&dev->bar, OBJECT(dev), &stunt_pci_bar_ops, dev, spec->name, spec->bar_size);
    pci_register_bar(pci, spec->bar, stunt_pci_bar_type(dev), &dev->bar);
    if (dev->msix && !stunt_pci_add_msix(dev, spec, errp)) {
        return false;
    }
    stunt_pci_cut_bar(dev);
    return true;
}

/* Takes back whatever realize has done so far. */
static void take_down(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    stunt_irq_cancel(dev);
    stunt_posted_drop(dev);
    stunt_held_drop(dev, STUNT_HELD_ALL);
    stunt_pci_power_exit(dev);
    if (dev->trace_id >= 0) {
        stunt_check_exit(dev);
        stunt_trace_unregister(dev->trace_id);
        dev->trace_id = -1;
    }
    stunt_pci_remove_capabilities(dev);
    stunt_pci_memory_remove(dev);
    msix_uninit(pci, &dev->bar, &dev->bar);
}

static void set_identity(StuntPCI *dev)
{
    uint8_t *config = PCI_DEVICE(dev)->config;

    pci_config_set_class(config, dev->class_code >> 8);
    pci_config_set_prog_interface(config, dev->class_code & 0xff);
    pci_set_word(config + PCI_VENDOR_ID, dev->vendor_id);
    pci_set_word(config + PCI_DEVICE_ID, dev->device_id);
    pci_set_byte(config + PCI_REVISION_ID, dev->revision);
    pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID, dev->subsystem_vendor_id);
    pci_set_word(config + PCI_SUBSYSTEM_ID, dev->subsystem_id);
    pci_config_set_interrupt_pin(config, dev->interrupt_pin);
}

static void device_realize(PCIDevice *pci, Error **errp)
{
    ERRP_GUARD();
    StuntPCI *dev = STUNT_PCI(pci);
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    const struct stunt_device_spec *spec = klass->spec;

    if (!stunt_pci_check_properties(dev, spec, errp)) {
        return;
    }
    set_identity(dev);
    if (add_bar(dev, spec, errp) && stunt_pci_memory_add(dev, errp) &&
        stunt_pci_add_capabilities(dev, errp)) {
        dev->trace_id = stunt_trace_register(DEVICE(dev)->id, spec->name, errp);
        if (dev->trace_id >= 0) {
            stunt_trace_set_actor(dev->trace_id, stunt_pci_act, dev);
            stunt_pci_apply_flaws(dev);
            stunt_check_init(dev);
        }
        if (dev->trace_id >= 0 && klass->realize) {
            klass->realize(dev, errp);
        }
    }
    if (*errp) {
        take_down(dev);
    }
}

/* A function on a PCIe bus is a PCIe function; this must be settled before configuration space is made. */
static void choose_bus_kind(DeviceState *qdev, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(qdev);

    if (pci_bus_is_express(pci_get_bus(pci))) {
        pci->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    STUNT_PCI_GET_CLASS(qdev)->parent_realize(qdev, errp);
}

static void device_exit(PCIDevice *pci)
{
    StuntPCI *dev = STUNT_PCI(pci);
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);

    if (klass->unrealize) {
        klass->unrealize(dev);
    }
    take_down(dev);
}

static void instance_init(Object *obj)
{
    StuntPCI *dev = STUNT_PCI(obj);
    const struct stunt_device_spec *spec = spec_of(dev);

    dev->trace_id = -1;
    dev->dma_width = 64;
    dev->n_values = spec->n_values;
    dev->value = g_new0(uint32_t, spec->n_values);
    stunt_regs_init(&dev->regs, spec->regs, spec->n_regs, dev->value);
    stunt_regs_reset(&dev->regs);
    stunt_irq_init(dev);
    stunt_posted_init(dev);
    stunt_held_init(dev);
    stunt_pci_states_init(dev);
    stunt_pci_power_init(dev);
    stunt_pci_memory_init(dev);
    stunt_pci_add_properties(dev, spec);
}

static void instance_finalize(Object *obj)
{
    StuntPCI *dev = STUNT_PCI(obj);

    g_free(dev->value);
}

static bool is_express(void *opaque, int version_id)
{
    return pci_is_express(PCI_DEVICE(opaque));
}

static int pci_post_load(void *opaque, int version_id)
{
    stunt_pci_show_memory(opaque);
    return 0;
}

const VMStateDescription vmstate_stunt_pci = {
    .name = "stunt-pci",
    .version_id = 4,
    .minimum_version_id = 4,
    .post_load = pci_post_load,
    .fields = (VMStateField[]) {
        /* first: they tell in words what configuration space would only tell by number, or not at all */
        VMSTATE_UINT8_EQUAL(msi, StuntPCI, "interrupts or msi-vectors differ"),
        VMSTATE_UINT16_EQUAL(msix, StuntPCI, "interrupts differ"),
        VMSTATE_UINT32_EQUAL(interrupt_pin, StuntPCI, "interrupt-pin differs"),
        VMSTATE_UINT16_EQUAL(subsystem_id, StuntPCI, "subsystem-id differs"),
        VMSTATE_UINT16_EQUAL(subsystem_vendor_id, StuntPCI, "subsystem-vendor-id differs"),
        VMSTATE_UINT32_EQUAL(class_code, StuntPCI, "class-code differs"),
        VMSTATE_PCI_DEVICE(parent_obj, StuntPCI),
        VMSTATE_MSIX(parent_obj, StuntPCI),
        VMSTATE_STRUCT_TEST(parent_obj.exp.aer_log, StuntPCI, is_express, 0, vmstate_pcie_aer_log,
                            PCIEAERLog),
        VMSTATE_VARRAY_UINT32(value, StuntPCI, n_values, 0, vmstate_info_uint32, uint32_t),
        VMSTATE_UINT64(misuse_count, StuntPCI),
        VMSTATE_UINT64(reset_ns, StuntPCI),
        VMSTATE_UINT64(d3hot_exit_ns, StuntPCI),
        VMSTATE_UINT64(d2_exit_ns, StuntPCI),
        VMSTATE_INT64(ready_ns, StuntPCI),
        VMSTATE_BOOL(gone, StuntPCI),
        VMSTATE_UINT32(gone_accesses, StuntPCI),
        VMSTATE_INT64(retry_ns, StuntPCI),
        VMSTATE_STRUCT(irq, StuntPCI, 0, vmstate_stunt_irq, StuntIRQ),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_stunt_states,
        &vmstate_stunt_check,
        &vmstate_stunt_flaws,
        &vmstate_stunt_forgotten,
        &vmstate_stunt_posted,
        &vmstate_stunt_held,
        &vmstate_stunt_power,
        NULL
    }
};

void stunt_pci_class_setup(ObjectClass *klass, const struct stunt_device_spec *spec,
                           const VMStateDescription *vmsd)
{
    PCIDeviceClass *pci_class = PCI_DEVICE_CLASS(klass);

    STUNT_PCI_CLASS(klass)->spec = spec;
    DEVICE_CLASS(klass)->vmsd = vmsd;
    DEVICE_CLASS(klass)->desc = spec->title;
    pci_class->vendor_id = spec->vendor_id;
    pci_class->device_id = spec->device_id;
    pci_class->subsystem_vendor_id = spec->subsystem_vendor_id;
    pci_class->subsystem_id = spec->subsystem_id;
    pci_class->revision = spec->revision;
    pci_class->class_id = spec->class_code >> 8;
}

static void class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pci_class = PCI_DEVICE_CLASS(klass);

    dc->reset = device_reset;
    device_class_set_parent_realize(dc, choose_bus_kind, &STUNT_PCI_CLASS(klass)->parent_realize);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    pci_class->realize = device_realize;
    pci_class->exit = device_exit;
    pci_class->config_read = stunt_pci_config_read;
    pci_class->config_write = stunt_pci_config_write;
    stunt_pci_add_class_properties(klass);
}

static const TypeInfo stunt_pci_info = {
    .name = TYPE_STUNT_PCI,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(StuntPCI),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_size = sizeof(StuntPCIClass),
    .class_init = class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

void stunt_pci_register_types(void)
{
    type_register_static(&stunt_pci_info);
}
