/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port as a device: type, configuration space, interrupts, state. Slot: port-slot.c, link: port-link.c. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "hw/pci/msix.h"
#include "migration/vmstate.h"
#include "core/port.h"
#include "types.h"

#define AER_OFFSET 0x100
#define ACS_OFFSET (AER_OFFSET + PCI_ERR_SIZEOF)
#define LINK_DEFAULT_NS 10000000u
#define VECTORS STUNT_PORT_PME /* those of the causes before it */

StuntPort *stunt_port_above(StuntPCI *dev)
{
    PCIDevice *bridge = pci_bridge_get_device(pci_get_bus(PCI_DEVICE(dev)));

    return bridge ? (StuntPort *)object_dynamic_cast(OBJECT(bridge), TYPE_STUNT_PORT) : NULL;
}

StuntPCI *stunt_port_double(StuntPort *port)
{
    PCIDevice *pci = pci_bridge_get_sec_bus(PCI_BRIDGE(port))->devices[0];

    return pci ? (StuntPCI *)object_dynamic_cast(OBJECT(pci), TYPE_STUNT_PCI) : NULL;
}

/* ---- interrupts ------------------------------------------------------------------------------------ */

static bool aer_asks(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);
    uint8_t *aer = pci->config + pci->exp.aer_cap;
    uint32_t status = pci_get_long(aer + PCI_ERR_ROOT_STATUS);
    uint32_t command = pci_get_long(aer + PCI_ERR_ROOT_COMMAND);

    return ((status & PCI_ERR_ROOT_COR_RCV) && (command & PCI_ERR_ROOT_CMD_COR_EN)) ||
           ((status & PCI_ERR_ROOT_NONFATAL_RCV) && (command & PCI_ERR_ROOT_CMD_NONFATAL_EN)) ||
           ((status & PCI_ERR_ROOT_FATAL_RCV) && (command & PCI_ERR_ROOT_CMD_FATAL_EN));
}

/* In S3 it is without power itself. */
static bool asks(StuntPort *port, StuntPortCause cause)
{
    if (port->asleep) {
        return false;
    }
    switch (cause) {
    case STUNT_PORT_HOTPLUG:
        return stunt_port_hotplug_asks(port);
    case STUNT_PORT_AER:
        return aer_asks(port);
    case STUNT_PORT_PME:
        return stunt_port_pme_asks(port);
    default:
        return stunt_port_dpc_asks(port);
    }
}

static unsigned vector_of(StuntPortCause cause)
{
    return cause == STUNT_PORT_PME ? STUNT_PORT_HOTPLUG : cause;
}

static void signal_cause(StuntPort *port, StuntPortCause cause)
{
    StuntPCI *dev = stunt_port_double(port);

    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_PORT_IRQ, cause, msix_enabled(PCI_DEVICE(port)));
    }
    if (msix_enabled(PCI_DEVICE(port))) {
        msix_notify(PCI_DEVICE(port), vector_of(cause));
    }
}

/* A message for each cause that begins to ask; the line is high while any does (6.7.3.4, 6.2.4.1.2). */
void stunt_port_update_irq(StuntPort *port)
{
    bool any = false;

    for (unsigned cause = 0; cause < STUNT_PORT_CAUSES; cause++) {
        bool before = port->notified[cause];

        port->notified[cause] = asks(port, cause);
        any |= port->notified[cause];
        if (port->notified[cause] && !before) {
            signal_cause(port, cause);
        }
    }
    pci_set_irq(PCI_DEVICE(port), any && !msix_enabled(PCI_DEVICE(port)));
}

static uint8_t aer_vector(const PCIDevice *pci)
{
    return STUNT_PORT_AER;
}

static int interrupts_init(PCIDevice *pci, Error **errp)
{
    int result = msix_init_exclusive_bar(pci, VECTORS, 0, errp);

    for (unsigned i = 0; result == 0 && i < VECTORS; i++) {
        msix_vector_use(pci, i);
    }
    return result;
}

static void interrupts_uninit(PCIDevice *pci)
{
    msix_uninit_exclusive_bar(pci);
}

/* ---- configuration space --------------------------------------------------------------------------- */

/* QEMU's own asks the device behind the port for the link's width, an access that the guest has not made. */
static uint32_t config_read(PCIDevice *pci, uint32_t addr, int len)
{
    uint32_t value = 0;

    memcpy(&value, pci->config + addr, len);
    return le32_to_cpu(value);
}

static bool moves_windows(uint32_t addr, int len)
{
    return ranges_overlap(addr, len, PCI_COMMAND, 2) || ranges_overlap(addr, len, PCI_IO_BASE, 2) ||
           ranges_overlap(addr, len, PCI_MEMORY_BASE, 20) || ranges_overlap(addr, len, PCI_BRIDGE_CONTROL, 2);
}

/*
 * In place of pci_bridge_write_config(), which resets what is behind the port by itself, and of the write functions
 * of slot and errors, which would delete a device, lose an event that the guest has yet to see, or know but one line.
 */
static void config_write(PCIDevice *pci, uint32_t addr, uint32_t value, int len)
{
    StuntPort *port = STUNT_PORT(pci);
    uint32_t control_at = pci->exp.exp_cap + PCI_EXP_SLTCTL;
    uint16_t old_control = pci_get_word(pci->config + control_at);

    pci_default_write_config(pci, addr, value, len);
    if (moves_windows(addr, len)) {
        pci_bridge_update_mappings(PCI_BRIDGE(pci));
    }
    pcie_aer_write_config(pci, addr, value, len);
    stunt_port_dpc_written(port, addr, len);
    stunt_port_pme_written(port);
    if (ranges_overlap(addr, len, control_at, 2)) {
        stunt_port_slot_written(port, old_control);
    }
    stunt_port_settle(port);
}

static uint64_t unclaimed_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void unclaimed_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
}

/* A request that nobody completes is answered by the root complex, with ones. */
static const MemoryRegionOps unclaimed_ops = {
    .read = unclaimed_read,
    .write = unclaimed_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* ---- life ------------------------------------------------------------------------------------------ */

static void port_reset(DeviceState *qdev)
{
    StuntPort *port = STUNT_PORT(qdev);
    PCIDevice *pci = PCI_DEVICE(port);

    STUNT_PORT_GET_CLASS(port)->parent_reset(qdev);
    stunt_aer_reset(pci);
    pci_set_long(pci->config + pci->exp.aer_cap + PCI_ERR_ROOT_STATUS,
                 STUNT_PORT_AER << PCI_ERR_ROOT_IRQ_SHIFT);
    stunt_port_dpc_reset(port);
    stunt_port_pme_reset(port);
    stunt_port_slot_reset(port);
    memset(port->notified, 0, sizeof(port->notified));
    pci_set_irq(pci, 0);
}

static void port_realize(DeviceState *qdev, Error **errp)
{
    ERRP_GUARD();
    StuntPort *port = STUNT_PORT(qdev);

    STUNT_PORT_GET_CLASS(port)->parent_realize(qdev, errp);
    if (*errp) {
        return;
    }
    stunt_aer_init(PCI_DEVICE(port));
    stunt_port_slot_init(port);
    stunt_port_pme_init(port);
    stunt_port_sleep_init(port);
    if (port->has_dpc) {
        stunt_port_dpc_init(port);
    }
    memory_region_init_io(&port->unclaimed, OBJECT(port), &unclaimed_ops, port, "stunt-port-unclaimed",
                          UINT64_MAX);
    memory_region_add_subregion_overlap(pci_bridge_get_sec_bus(PCI_BRIDGE(port))->address_space_mem, 0,
                                        &port->unclaimed, -1);
}

/* A card that comes or goes while the machine lives is `present`, not a device that is made or deleted. */
static void refuse_pre_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    if (dev->hotplugged) {
        error_setg(errp, "devices behind a stunt-port are made with the machine; 'plug' brings one back");
    }
}

static void plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    pcie_cap_slot_plug_cb(handler, dev, errp);
    STUNT_PORT(handler)->present = true;
    STUNT_PORT(handler)->link_up = true;
}

static void refuse_unplug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    error_setg(errp, "devices behind a stunt-port are not deleted; 'unplug' and 'remove' make one absent");
}

static int post_load(void *opaque, int version_id)
{
    stunt_port_show_link(opaque);
    return 0;
}

static const VMStateDescription vmstate_port = {
    .name = "stunt-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj.parent_obj.parent_obj.parent_obj, StuntPort),
        VMSTATE_STRUCT(parent_obj.parent_obj.parent_obj.parent_obj.exp.aer_log, StuntPort, 0,
                       vmstate_pcie_aer_log, PCIEAERLog),
        VMSTATE_MSIX(parent_obj.parent_obj.parent_obj.parent_obj, StuntPort),
        VMSTATE_UINT64(link_ns, StuntPort),
        VMSTATE_BOOL(present, StuntPort),
        VMSTATE_BOOL(leaving, StuntPort),
        VMSTATE_BOOL(power_lost, StuntPort),
        VMSTATE_BOOL(asleep, StuntPort),
        VMSTATE_BOOL(link_held, StuntPort),
        VMSTATE_BOOL(link_up, StuntPort),
        VMSTATE_BOOL(cold, StuntPort),
        VMSTATE_TIMER(train, StuntPort),
        VMSTATE_TIMER(mend, StuntPort),
        VMSTATE_BOOL_ARRAY(notified, StuntPort, STUNT_PORT_CAUSES),
        VMSTATE_END_OF_LIST()
    }
};

static void class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pci_class = PCI_DEVICE_CLASS(klass);
    PCIERootPortClass *port_class = PCIE_ROOT_PORT_CLASS(klass);
    HotplugHandlerClass *hotplug = HOTPLUG_HANDLER_CLASS(klass);

    /* it is found where QEMU's own is: a guest that knows the one knows the other */
    pci_class->vendor_id = PCI_VENDOR_ID_REDHAT;
    pci_class->device_id = PCI_DEVICE_ID_REDHAT_PCIE_RP;
    pci_class->config_read = config_read;
    pci_class->config_write = config_write;
    dc->desc = "Root port with a slot, a link and error reporting to be broken";
    dc->vmsd = &vmstate_port;
    device_class_set_parent_realize(dc, port_realize, &STUNT_PORT_CLASS(klass)->parent_realize);
    device_class_set_parent_reset(dc, port_reset, &STUNT_PORT_CLASS(klass)->parent_reset);
    port_class->aer_vector = aer_vector;
    port_class->interrupts_init = interrupts_init;
    port_class->interrupts_uninit = interrupts_uninit;
    port_class->aer_offset = AER_OFFSET;
    port_class->acs_offset = ACS_OFFSET;
    hotplug->pre_plug = refuse_pre_plug;
    hotplug->plug = plug;
    hotplug->unplug_request = refuse_unplug;
    stunt_port_add_class_properties(klass);
}

static void instance_init(Object *obj)
{
    PCIE_SLOT(obj)->speed = QEMU_PCI_EXP_LNK_16GT;
    PCIE_SLOT(obj)->width = QEMU_PCI_EXP_LNK_X16;
    PCI_DEVICE(obj)->exp.aer_log.log_max = 0; /* one header is logged, see aer.c */
    STUNT_PORT(obj)->link_ns = LINK_DEFAULT_NS;
}

static const TypeInfo port_info = {
    .name = TYPE_STUNT_PORT,
    .parent = TYPE_PCIE_ROOT_PORT,
    .instance_size = sizeof(StuntPort),
    .instance_init = instance_init,
    .class_size = sizeof(StuntPortClass),
    .class_init = class_init,
};

void stunt_port_register_types(void)
{
    type_register_static(&port_info);
}
