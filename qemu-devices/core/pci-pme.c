/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power management events: a function that sleeps asks to be woken (PCI-PM 1.2, 3.2.4). In PCI Express that is a message
 * to the root port, sent again until the guest has looked after it (Base Specification 5.3.3.3.1).
 */
#include "qemu/osdep.h"
#include "core/port.h"

#define SERVICE_TIMEOUT_NS 100000000

static uint8_t *control(StuntPCI *dev)
{
    return PCI_DEVICE(dev)->config + PCI_DEVICE(dev)->exp.pm_cap + PCI_PM_CTRL;
}

/* Awake it has no need to, and does not claim that it can. */
static bool asks(StuntPCI *dev)
{
    const uint16_t both = PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE;

    return dev->power == 3 && (pci_get_word(control(dev)) & both) == both;
}

static void send_message(StuntPCI *dev)
{
    StuntPort *port = stunt_port_above(dev);
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_POWER_PME, dev->power);

    if (port && !dev->gone && !stunt_rule_is(rule, STUNT_ACT_DROP)) {
        stunt_port_pme(port, pci_requester_id(PCI_DEVICE(dev)));
    }
    timer_mod_ns(&dev->pme_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + SERVICE_TIMEOUT_NS);
}

static void send_again(void *opaque)
{
    StuntPCI *dev = opaque;

    if (asks(dev) && !dev->gone) {
        stunt_pci_enter(dev);
        send_message(dev);
        stunt_pci_leave(dev);
    }
}

void stunt_pci_pme(StuntPCI *dev)
{
    if (STUNT_PCI_GET_CLASS(dev)->spec->wake && dev->power == 3 && !dev->gone && !stunt_pci_is_away(dev)) {
        pci_word_test_and_set_mask(control(dev), PCI_PM_CTRL_PME_STATUS);
        stunt_pci_pme_written(dev);
    }
}

/* Asked for already, or not any more, or only now. */
void stunt_pci_pme_written(StuntPCI *dev)
{
    if (!asks(dev)) {
        timer_del(&dev->pme_timer);
    } else if (!timer_pending(&dev->pme_timer)) {
        send_message(dev);
    }
}

void stunt_pci_pme_init(StuntPCI *dev)
{
    timer_init_ns(&dev->pme_timer, QEMU_CLOCK_VIRTUAL, send_again, dev);
}

void stunt_pci_pme_add(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint32_t pos = pci->exp.pm_cap;

    if (STUNT_PCI_GET_CLASS(dev)->spec->wake) {
        pci_word_test_and_set_mask(pci->config + pos + PCI_PM_PMC, PCI_PM_CAP_PME_D3hot);
        pci_word_test_and_set_mask(pci->wmask + pos + PCI_PM_CTRL, PCI_PM_CTRL_PME_ENABLE);
        pci_word_test_and_set_mask(pci->w1cmask + pos + PCI_PM_CTRL, PCI_PM_CTRL_PME_STATUS);
    }
}

/* Without PME from D3cold it outlives no reset but the one that a function makes by itself. */
void stunt_pci_pme_reset(StuntPCI *dev)
{
    if (dev->resetting == STUNT_RESET_POWER) {
        return;
    }
    pci_word_test_and_clear_mask(control(dev), PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    timer_del(&dev->pme_timer);
}
