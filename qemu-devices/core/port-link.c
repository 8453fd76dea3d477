/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link. It is up when a card is in, the slot has power, and nothing holds the link down. Each change of one of these ends
 * in stunt_port_settle().
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "core/port.h"

static uint8_t *express(StuntPort *port)
{
    return PCI_DEVICE(port)->config + PCI_DEVICE(port)->exp.exp_cap;
}

static bool has_power(StuntPort *port)
{
    return port->present && stunt_port_is_on(port);
}

static void tell_link(StuntPort *port)
{
    StuntPCI *dev = stunt_port_double(port);

    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_LINK, port->link_up, port->present, stunt_port_is_on(port));
    }
}

static bool may_come_up(StuntPort *port)
{
    uint16_t bridge = pci_get_word(PCI_DEVICE(port)->config + PCI_BRIDGE_CONTROL);
    uint16_t link = pci_get_word(express(port) + PCI_EXP_LNKCTL);

    return has_power(port) && !port->link_held && !(bridge & PCI_BRIDGE_CTL_BUS_RESET) &&
           !(link & PCI_EXP_LNKCTL_LD) && !stunt_port_dpc_holds_link(port);
}

static void show_link_status(StuntPort *port)
{
    if (port->link_up) {
        pci_word_test_and_set_mask(express(port) + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
    } else {
        pci_word_test_and_clear_mask(express(port) + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
    }
}

/* A double knows how to be absent; of other devices QEMU takes configuration space and memory away. */
static void show_function(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    StuntPort *port = opaque;
    StuntPCI *dev = (StuntPCI *)object_dynamic_cast(OBJECT(pci), TYPE_STUNT_PCI);

    if (!dev) {
        pci_set_power(pci, port->link_up);
    } else if (port->link_up) {
        stunt_pci_come_back(dev, port->cold ? STUNT_RESET_COLD : STUNT_RESET_HOT);
    } else {
        stunt_pci_go(dev);
    }
}

/* The device's own state says whether it is there; it loads after the port's. */
static void show_stock_function(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    if (!object_dynamic_cast(OBJECT(pci), TYPE_STUNT_PCI)) {
        pci_set_power(pci, ((StuntPort *)opaque)->link_up);
    }
}

void stunt_port_show_link(StuntPort *port)
{
    pci_for_each_device_under_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(port)), show_stock_function, port);
}

static void set_link(StuntPort *port, bool up)
{
    port->link_up = up;
    show_link_status(port);
    pci_word_test_and_set_mask(express(port) + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
    pci_for_each_device_under_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(port)), show_function, port);
    tell_link(port);
    if (up) {
        port->cold = false;
    }
}

static void trained(void *opaque)
{
    StuntPort *port = opaque;

    set_link(port, true);
    stunt_port_update_irq(port);
}

/* Its link is down already. Out of the slot there is no auxiliary power either. */
static void cut_power_of(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    StuntPort *port = opaque;
    StuntPCI *dev = (StuntPCI *)object_dynamic_cast(OBJECT(pci), TYPE_STUNT_PCI);

    if (dev) {
        stunt_pci_cut_power(dev);
    }
    if (dev && !port->present) {
        stunt_pci_pme_forget(dev);
    }
}

static void settle_power(StuntPort *port)
{
    if (!has_power(port)) {
        pci_for_each_device_under_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(port)), cut_power_of, port);
    }
}

void stunt_port_settle(StuntPort *port)
{
    bool may = may_come_up(port);

    port->cold |= !has_power(port);
    if (!may) {
        timer_del(&port->train);
        if (port->link_up) {
            set_link(port, false);
        }
        settle_power(port);
    } else if (!port->link_up && !timer_pending(&port->train)) {
        timer_mod_ns(&port->train, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + (int64_t)port->link_ns);
    }
    stunt_port_update_irq(port);
}

static void mended(void *opaque)
{
    StuntPort *port = opaque;

    port->link_held = false;
    stunt_port_settle(port);
}

void stunt_port_link_init(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);

    pci_word_test_and_set_mask(pci->wmask + pci->exp.exp_cap + PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    timer_init_ns(&port->train, QEMU_CLOCK_VIRTUAL, trained, port);
    timer_init_ns(&port->mend, QEMU_CLOCK_VIRTUAL, mended, port);
}

/* It has waited for power, and gets none. */
static void reset_absent(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    pci_device_reset(pci);
}

/* Who has a card has its link up before anybody looks, and no status tells that it was down. */
void stunt_port_link_reset(StuntPort *port, bool slept)
{
    timer_del(&port->train);
    pci_word_test_and_clear_mask(express(port) + PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    port->cold = true;
    if (may_come_up(port) != port->link_up) {
        set_link(port, !port->link_up);
        pci_word_test_and_clear_mask(express(port) + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
    } else if (slept) {
        pci_for_each_device_under_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(port)), reset_absent, NULL);
    }
    port->cold = !port->link_up;
    settle_power(port);
}

/* ---- what people do to it -------------------------------------------------------------------------- */

bool stunt_port_link_down(StuntPort *port, uint64_t ns, Error **errp)
{
    if (port->link_held) {
        error_setg(errp, "the link is held down already");
        return false;
    }
    port->link_held = true;
    if (ns) {
        timer_mod_ns(&port->mend, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + (int64_t)MIN(ns, INT64_MAX / 2));
    }
    stunt_port_settle(port);
    return true;
}

bool stunt_port_link_up(StuntPort *port, Error **errp)
{
    if (!port->link_held) {
        error_setg(errp, "nothing holds the link down");
        return false;
    }
    timer_del(&port->mend);
    mended(port);
    return true;
}
