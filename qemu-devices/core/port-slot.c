/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slot: its card, its power, and what its registers tell and ask. Each change ends in stunt_port_settle(), which does the rest
 * (port-link.c).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
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

bool stunt_port_is_on(StuntPort *port)
{
    return (slot_control(port) & PCI_EXP_SLTCTL_PCC) == PCI_EXP_SLTCTL_PWR_ON && !port->power_lost &&
           !port->asleep;
}

void stunt_port_tell_slot(StuntPort *port)
{
    StuntPCI *dev = stunt_port_double(port);
    uint16_t control = slot_control(port);

    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_SLOT, port->present, stunt_port_is_on(port),
                          !!(pci_get_word(express(port) + PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_ABP),
                          (control & PCI_EXP_SLTCTL_PIC) >> 8, (control & PCI_EXP_SLTCTL_AIC) >> 6);
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
    stunt_port_link_init(port);
}

/* Of the whole machine, which main power is back with. */
void stunt_port_slot_reset(StuntPort *port)
{
    uint8_t *at = express(port);
    bool slept = port->asleep;

    port->asleep = false;
    pci_word_test_and_clear_mask(at + PCI_EXP_SLTSTA, EVENTS);
    pci_word_test_and_clear_mask(at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PFDE);
    if (!port->present) {
        pci_word_test_and_set_mask(at + PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PIC);
    }
    port->leaving = false;
    if (slept) {
        stunt_port_tell_slot(port);
    }
    stunt_port_link_reset(port, slept);
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
    if (!stunt_port_is_on(port)) {
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
