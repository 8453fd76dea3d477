/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Downstream Port Containment (Base Specification 6.2, sections 6.2.11 and 7.9.14), without the root port's
 * extensions for its own requests: an error message that is contained takes the link down until the guest clears
 * the trigger, and goes no further.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "core/port.h"

#define DPC_OFFSET 0x160
#define DPC_SIZE 0x10
#define DPC_VERSION 1
#define CONTROLS (PCI_EXP_DPC_CTL_EN_FATAL | PCI_EXP_DPC_CTL_EN_NONFATAL | PCI_EXP_DPC_CTL_INT_EN)
#define STATUS_REASON_SHIFT 1
#define REASON_NONFATAL 1
#define REASON_FATAL 2
#define REASON_EXTENSION 3
#define SOFTWARE_TRIGGER 0x40 /* of the control register: reads as 0 */
#define EXTENSION_SOFTWARE 0x20

static uint8_t *dpc(StuntPort *port)
{
    return PCI_DEVICE(port)->config + port->dpc_cap;
}

bool stunt_port_dpc_holds_link(StuntPort *port)
{
    return port->dpc_cap && (pci_get_word(dpc(port) + PCI_EXP_DPC_STATUS) & PCI_EXP_DPC_STATUS_TRIGGER);
}

bool stunt_port_dpc_asks(StuntPort *port)
{
    return port->dpc_cap && (pci_get_word(dpc(port) + PCI_EXP_DPC_CTL) & PCI_EXP_DPC_CTL_INT_EN) &&
           (pci_get_word(dpc(port) + PCI_EXP_DPC_STATUS) & PCI_EXP_DPC_STATUS_INTERRUPT);
}

static void trigger(StuntPort *port, unsigned reason, uint16_t source_id)
{
    StuntPCI *dev = stunt_port_double(port);

    pci_set_word(dpc(port) + PCI_EXP_DPC_SOURCE_ID, source_id);
    pci_word_test_and_set_mask(dpc(port) + PCI_EXP_DPC_STATUS,
                               PCI_EXP_DPC_STATUS_TRIGGER | PCI_EXP_DPC_STATUS_INTERRUPT |
                                   reason << STATUS_REASON_SHIFT);
    if (dev) {
        (void)stunt_event(dev->trace_id, STUNT_EV_DPC, reason, source_id);
    }
}

/* While one is contained, nothing else comes through: the link is down. */
bool stunt_port_dpc_contains(StuntPort *port, StuntSeverity severity, uint16_t source_id)
{
    uint16_t control = port->dpc_cap ? pci_get_word(dpc(port) + PCI_EXP_DPC_CTL) : 0;
    bool fatal = severity == STUNT_AER_FATAL;
    bool wanted = fatal ? control & (PCI_EXP_DPC_CTL_EN_FATAL | PCI_EXP_DPC_CTL_EN_NONFATAL)
                        : severity == STUNT_AER_NONFATAL && (control & PCI_EXP_DPC_CTL_EN_NONFATAL);

    if (wanted && !stunt_port_dpc_holds_link(port)) {
        trigger(port, fatal ? REASON_FATAL : REASON_NONFATAL, source_id);
    }
    return wanted;
}

static void forget_reason(StuntPort *port)
{
    pci_word_test_and_clear_mask(dpc(port) + PCI_EXP_DPC_STATUS,
                                 PCI_EXP_DPC_STATUS_TRIGGER_RSN | PCI_EXP_DPC_STATUS_TRIGGER_RSN_EXT);
}

void stunt_port_dpc_written(StuntPort *port, uint32_t addr, int len)
{
    uint8_t *control = port->dpc_cap ? dpc(port) + PCI_EXP_DPC_CTL : NULL;

    if (!control || !ranges_overlap(addr, len, port->dpc_cap, DPC_SIZE)) {
        return;
    }
    if (!stunt_port_dpc_holds_link(port)) {
        forget_reason(port);
    }
    if (pci_word_test_and_clear_mask(control, SOFTWARE_TRIGGER) && !stunt_port_dpc_holds_link(port) &&
        (pci_get_word(control) & (PCI_EXP_DPC_CTL_EN_FATAL | PCI_EXP_DPC_CTL_EN_NONFATAL))) {
        trigger(port, REASON_EXTENSION, 0);
        pci_word_test_and_set_mask(dpc(port) + PCI_EXP_DPC_STATUS, EXTENSION_SOFTWARE);
    }
}

void stunt_port_dpc_init(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);

    pcie_add_capability(pci, PCI_EXT_CAP_ID_DPC, DPC_VERSION, DPC_OFFSET, DPC_SIZE);
    port->dpc_cap = DPC_OFFSET;
    pci_set_word(dpc(port) + PCI_EXP_DPC_CAP, STUNT_PORT_DPC | PCI_EXP_DPC_CAP_SW_TRIGGER);
    pci_set_word(pci->wmask + DPC_OFFSET + PCI_EXP_DPC_CTL, CONTROLS | SOFTWARE_TRIGGER);
    pci_set_long(pci->cmask + DPC_OFFSET + PCI_EXP_DPC_STATUS, 0); /* and the source's id */
    pci_set_word(pci->w1cmask + DPC_OFFSET + PCI_EXP_DPC_STATUS,
                 PCI_EXP_DPC_STATUS_TRIGGER | PCI_EXP_DPC_STATUS_INTERRUPT);
}

void stunt_port_dpc_reset(StuntPort *port)
{
    if (port->dpc_cap) {
        pci_set_word(dpc(port) + PCI_EXP_DPC_CTL, 0);
        pci_set_word(dpc(port) + PCI_EXP_DPC_STATUS, 0);
        pci_set_word(dpc(port) + PCI_EXP_DPC_SOURCE_ID, 0);
    }
}
