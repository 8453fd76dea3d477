/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PM_PME messages at the root port (Base Specification 6.1.6, 7.5.3.12 to 7.5.3.14): who sent the last one, whether the
 * guest has yet to look at it, and whether one more waits. One function is behind the port, so that one is its, too.
 */
#include "qemu/osdep.h"
#include "core/port.h"

static uint8_t *express(StuntPort *port)
{
    return PCI_DEVICE(port)->config + PCI_DEVICE(port)->exp.exp_cap;
}

void stunt_port_pme(StuntPort *port, uint16_t requester_id)
{
    uint8_t *at = express(port) + PCI_EXP_RTSTA;

    if (pci_get_long(at) & PCI_EXP_RTSTA_PME) {
        pci_long_test_and_set_mask(at, PCI_EXP_RTSTA_PENDING);
    } else {
        pci_set_long(at, requester_id | PCI_EXP_RTSTA_PME);
    }
    stunt_port_update_irq(port);
    stunt_sleep_wake(STUNT_WAKE_PME);
}

void stunt_port_pme_written(StuntPort *port)
{
    uint8_t *at = express(port) + PCI_EXP_RTSTA;
    uint32_t status = pci_get_long(at);

    if (!(status & PCI_EXP_RTSTA_PME) && (status & PCI_EXP_RTSTA_PENDING)) {
        port->notified[STUNT_PORT_PME] = false;
        pci_set_long(at, (status & ~PCI_EXP_RTSTA_PENDING) | PCI_EXP_RTSTA_PME);
    }
}

bool stunt_port_pme_asks(StuntPort *port)
{
    return (pci_get_long(express(port) + PCI_EXP_RTSTA) & PCI_EXP_RTSTA_PME) &&
           (pci_get_word(express(port) + PCI_EXP_RTCTL) & PCI_EXP_RTCTL_PMEIE);
}

void stunt_port_pme_init(StuntPort *port)
{
    PCIDevice *pci = PCI_DEVICE(port);

    pci_word_test_and_set_mask(pci->wmask + pci->exp.exp_cap + PCI_EXP_RTCTL, PCI_EXP_RTCTL_PMEIE);
    pci_long_test_and_set_mask(pci->w1cmask + pci->exp.exp_cap + PCI_EXP_RTSTA, PCI_EXP_RTSTA_PME);
    pci_set_long(pci->cmask + pci->exp.exp_cap + PCI_EXP_RTSTA, 0); /* it changes by itself */
}

void stunt_port_pme_reset(StuntPort *port)
{
    pci_set_long(express(port) + PCI_EXP_RTSTA, 0);
}
