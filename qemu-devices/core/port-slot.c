/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slot and link. The link is up when a card is in, the slot has power, and nothing holds the link down. Each change
 * of one of these ends in stunt_port_settle().
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msix.h"
#include "core/port.h"

#define EVENTS_ALIKE (PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC)
#define EVENTS (EVENTS_ALIKE | PCI_EXP_SLTSTA_DLLSC)
#define CONTROLS (PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC)

static uint8_t *express(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);

    return pci->config + pci->exp.exp_cap;
}

static uint16_t slot_control(StuntPort *port)
{
    return pci_get_word(express(port) + PCI_EXP_SLTCTL);
}

static bool is_on(StuntPort *port)
{
    return (slot_control(port) & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_ON && !port->power_lost &&
           !port->asleep;
}

static bool has_power(StuntPort *port)
{
    return port->present && is_on(port);
}

void stunt_port_tell_slot(StuntPort *port)
{
    StuntPCI *dev = stunt_port_double(port);
    uint16_t control = slot_control(port);

    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_SLOT, port->present, is_on(port),
                          !!(pci_get_word(express(port) + PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_ABP),
                          (control & PCI_EXP_SLTCTL_PIC) >> 8, (control & PCI_EXP_SLTCTL_AIC) >> 6);
    }
}

static void tell_link(StuntPort *port)
{
    StuntPCI *dev = stunt_port_double(port);

    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_LINK, port->link_up, port->present, is_on(port));
    }
}

static void set_status(StuntPort *port, uint16_t events)
{
    pci_word_test_and_set_mask(express(port) + PCI_EXP_SLTSTA, events);
}

/* Most events are enabled by the bit that is theirs in the status register. */
bool stunt_port_hotplug_asks(StuntPort *port)
{
    uint16_t control = slot_control(port), status = pci_get_word(express(port) + PCI_EXP_SLTSTA);

    return (control & PCI_EXP_SLTCTL_HPIE) &&
           ((status & control & EVENTS_ALIKE) ||
            ((status & PCI_EXP_SLTSTA_DLLSC) && (control & PCI_EXP_SLTCTL_DLLSCE)));
}

/* ---- the link -------------------------------------------------------------------------------------- */

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
    set_status(port, PCI_EXP_SLTSTA_DLLSC);
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

/* ---- the slot -------------------------------------------------------------------------------------- */

static void set_present(StuntPort *port, bool present)
{
    port->present = present;
    port->leaving = false;
    if (present) {
        set_status(port, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC);
    } else {
        pci_word_test_and_clear_mask(express(port) + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
        set_status(port, PCI_EXP_SLTSTA_PDC);
    }
}

/* Whoever has pressed the button takes the card out when the power indicator has gone out. */
static bool may_be_taken_out(StuntPort *port)
{
    uint16_t control = slot_control(port);

    return port->leaving && (control & PCI_EXP_SLTCTL_PCC) &&
           (control & PCI_EXP_SLTCTL_PIC) == PCI_EXP_SLTCTL_PWR_IND_OFF;
}

void stunt_port_slot_written(StuntPort *port, uint16_t old_control)
{
    if ((slot_control(port) ^ old_control) & CONTROLS) {
        stunt_port_tell_slot(port);
    }
    if (may_be_taken_out(port)) {
        set_present(port, false);
        stunt_port_tell_slot(port);
    }
    set_status(port, PCI_EXP_SLTSTA_CC); /* done as soon as it is asked for (6.7.3.2) */
}

/* QEMU offers an interlock, which here would lock nothing. */
void stunt_port_slot_init(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);
    uint32_t at = pci->exp.exp_cap;

    pci_long_test_and_clear_mask(pci->config + at + PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_EIP);
    pci_word_test_and_clear_mask(pci->wmask + at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_EIC);
    pci_word_test_and_set_mask(pci->wmask + at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PFDE);
    pci_word_test_and_set_mask(pci->w1cmask + at + PCI_EXP_SLTSTA, EVENTS);
    pci_set_word(pci->cmask + at + PCI_EXP_SLTSTA, 0);
    pci_word_test_and_set_mask(pci->wmask + at + PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    timer_init_ns(&port->train, QEMU_CLOCK_VIRTUAL, trained, port);
    timer_init_ns(&port->mend, QEMU_CLOCK_VIRTUAL, mended, port);
}

/* It has waited for power, and gets none. */
static void reset_absent(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    pci_device_reset(pci);
}

/* Of the whole machine: who has a card has its link up before anybody looks. */
void stunt_port_slot_reset(StuntPort *port)
{
    uint8_t *at = express(port);
    bool slept = port->asleep;

    timer_del(&port->train);
    port->asleep = false;
    pci_word_test_and_clear_mask(at + PCI_EXP_SLTSTA, EVENTS);
    pci_word_test_and_clear_mask(at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PFDE);
    pci_word_test_and_clear_mask(at + PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    if (!port->present) {
        pci_word_test_and_set_mask(at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC);
    }
    port->leaving = false;
    port->cold = true;
    if (slept) {
        stunt_port_tell_slot(port);
    }
    if (may_come_up(port) != port->link_up) {
        set_link(port, !port->link_up);
        pci_word_test_and_clear_mask(at + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_DLLSC);
    } else if (slept) {
        pci_for_each_device_under_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(port)), reset_absent, NULL);
    }
    port->cold = !port->link_up;
    settle_power(port);
}

/* ---- what people do to it -------------------------------------------------------------------------- */

static bool need_card(StuntPort *port, Error **errp)
{
    if (!port->present) {
        error_setg(errp, "the slot is empty");
    }
    return port->present;
}

bool stunt_port_press(StuntPort *port, Error **errp)
{
    set_status(port, PCI_EXP_SLTSTA_ABP);
    stunt_port_tell_slot(port);
    stunt_port_update_irq(port);
    return true;
}

bool stunt_port_remove(StuntPort *port, Error **errp)
{
    if (!need_card(port, errp)) {
        return false;
    }
    set_present(port, false);
    stunt_port_tell_slot(port);
    stunt_port_settle(port);
    return true;
}

bool stunt_port_unplug(StuntPort *port, Error **errp)
{
    if (!need_card(port, errp)) {
        return false;
    }
    if (port->leaving) {
        error_setg(errp, "it is being unplugged; the guest has not yet switched the slot off");
        return false;
    }
    if (!is_on(port)) {
        return stunt_port_remove(port, errp);
    }
    port->leaving = true;
    return stunt_port_press(port, errp);
}

bool stunt_port_plug(StuntPort *port, Error **errp)
{
    if (port->present) {
        error_setg(errp, "a card is in the slot");
        return false;
    }
    set_present(port, true);
    stunt_port_press(port, errp);
    stunt_port_settle(port);
    return true;
}

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

bool stunt_port_power(StuntPort *port, bool on, Error **errp)
{
    if (port->power_lost != on) {
        error_setg(errp, "the slot's supply is %s already", on ? "on" : "off");
        return false;
    }
    port->power_lost = !on;
    if (!on) {
        set_status(port, PCI_EXP_SLTSTA_PFD);
    }
    stunt_port_tell_slot(port);
    stunt_port_settle(port);
    return true;
}
