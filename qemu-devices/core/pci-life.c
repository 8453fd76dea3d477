/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that nobody reaches any more, and one that comes back; and the actions of rules that concern all of the
 * device, whatever the event.
 */
#include "qemu/osdep.h"
#include "core/port.h"

/* Accesses that a driver may make before it has noticed; a poll that never ends makes more. */
#define GONE_ACCESSES 256u

/* A memory BAR is no access function's to refuse; only in D0 a function claims accesses to memory (PCI-PM 5.4). */
void stunt_pci_show_memory(StuntPCI *dev)
{
    if (dev->has_memory) {
        memory_region_set_enabled(&dev->memory, stunt_pci_is_awake(dev));
    }
}

/* The device is told again when it was gone already: it may be out of its slot by now. */
void stunt_pci_go(StuntPCI *dev)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);

    if (!dev->gone) {
        dev->gone = true;
        dev->gone_accesses = 0;
        timer_del(&dev->power_timer);
        stunt_irq_reset(dev);
        stunt_posted_drop(dev);
        stunt_pci_show_memory(dev);
    }
    if (klass->power_changed) {
        klass->power_changed(dev);
    }
}

/* What it loses by that, it loses when it is there again, by a cold reset. */
void stunt_pci_cut_power(StuntPCI *dev)
{
    stunt_pci_go(dev);
    timer_del(&dev->pme_timer);
    stunt_pci_set_state(dev, STUNT_D3COLD);
}

/* There again before it is reset: a rule at the reset may take it away once more. */
void stunt_pci_come_back(StuntPCI *dev, StuntReset kind)
{
    dev->gone = false;
    stunt_pci_show_memory(dev);
    dev->resetting = kind;
    pci_device_reset(PCI_DEVICE(dev));
    dev->resetting = STUNT_RESET_COLD;
    stunt_pci_pme_exit(dev);
    stunt_pci_pme_written(dev);
}

bool stunt_pci_sleeps(StuntPCI *dev)
{
    StuntPort *port = stunt_port_above(dev);

    return port && stunt_port_sleeps(port);
}

void stunt_pci_touched_gone(StuntPCI *dev, uint64_t addr)
{
    if (++dev->gone_accesses == GONE_ACCESSES) {
        stunt_pci_misuse(dev, STUNT_MISUSE_GONE_POLLED, addr, dev->gone_accesses);
    }
}

/* ---- actions --------------------------------------------------------------------------------------- */

static void raise_error(StuntPCI *dev, const struct stunt_rule *rule)
{
    StuntError error = stunt_aer_usual(MIN(rule->param[STUNT_ACT_AER_SEVERITY], STUNT_AER_FATAL),
                                       rule->param[STUNT_ACT_AER_BIT]);

    stunt_aer_raise(dev, STUNT_AER_DEVICE, &error);
}

/* What cannot be, such as to remove what is not there, changes nothing. */
static bool act_on_port(StuntPort *port, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_SURPRISE_REMOVE:
        return stunt_port_remove(port, NULL);
    case STUNT_ACT_UNPLUG:
        return stunt_port_unplug(port, NULL);
    case STUNT_ACT_PLUG:
        return stunt_port_plug(port, NULL);
    case STUNT_ACT_LINK_DOWN:
        return stunt_port_link_down(port, rule->param[STUNT_ACT_LINK_DOWN_NS], NULL);
    case STUNT_ACT_LINK_UP:
        return stunt_port_link_up(port, NULL);
    case STUNT_ACT_POWER_OFF:
        return stunt_port_power(port, false, NULL);
    default:
        return false;
    }
}

static bool is_of_port(unsigned action)
{
    return action == STUNT_ACT_SURPRISE_REMOVE || action == STUNT_ACT_UNPLUG || action == STUNT_ACT_PLUG ||
           action == STUNT_ACT_LINK_DOWN || action == STUNT_ACT_LINK_UP || action == STUNT_ACT_POWER_OFF;
}

/* An action is an event or two by itself; a rule at those may mark or pause, but not act again. */
const struct stunt_rule *stunt_pci_act(void *opaque, const struct stunt_rule *rule)
{
    static bool acting;
    StuntPCI *dev = opaque;
    StuntPort *port = stunt_port_above(dev);

    if (rule->action == STUNT_ACT_FORGET) {
        stunt_pci_forget(dev, rule->param[STUNT_ACT_FORGET_BITS]);
        return NULL;
    }
    if (rule->action != STUNT_ACT_AER && !is_of_port(rule->action)) {
        return rule;
    }
    if (acting || !port) {
        return NULL;
    }
    acting = true;
    if (rule->action == STUNT_ACT_AER) {
        raise_error(dev, rule);
    } else {
        (void)act_on_port(port, rule);
    }
    acting = false;
    return NULL;
}
