/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power management events: a function asks to be woken (PCI-PM 1.2, 3.2.4). In PCI Express that is a message to the root
 * port, sent again until the guest has looked after it (Base Specification 5.3.3.3.1).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "core/clock.h"
#include "core/port.h"

#define SERVICE_TIMEOUT_NS 100000000
#define PMC_PME_SHIFT 11       /* PME_Support, a bit for each state */
#define PMC_AUX_CURRENT 0x0040 /* 55 mA, the least */
#define ALWAYS (1u << STUNT_D0 | 1u << STUNT_D3HOT)

static const char *const state_names[] = {
    [STUNT_D0] = "D0", [STUNT_D1] = "D1", [STUNT_D2] = "D2", [STUNT_D3HOT] = "D3hot", [STUNT_D3COLD] = "D3cold",
};

/* ---- from which states ----------------------------------------------------------------------------- */

static bool claims(const StuntPCI *dev, StuntPower state)
{
    return dev->pme_states & (1u << state);
}

static unsigned offered(const StuntPCI *dev)
{
    return ALWAYS | (dev->d1 ? 1u << STUNT_D1 : 0) | (dev->d2 ? 1u << STUNT_D2 : 0);
}

static bool add_state(StuntPCI *dev, const char *word, Error **errp)
{
    const char *near;

    for (unsigned i = 0; i < ARRAY_SIZE(state_names); i++) {
        if (strcmp(word, state_names[i]) == 0) {
            dev->pme_states |= 1u << i;
            return true;
        }
    }
    near = stunt_nearest(word, state_names, ARRAY_SIZE(state_names));
    error_setg(errp, "pme: there is no power state '%s'%s%s%s", word, near ? ", did you mean '" : "", near ? near : "",
               near ? "'?" : "");
    return false;
}

bool stunt_pci_read_pme(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(dev->pme ? dev->pme : "", ",", -1);
    unsigned missing;

    dev->pme_states = dev->pme || !spec->wake ? 0 : offered(dev) & ~(1u << STUNT_D0); /* awake it has interrupts */
    for (char **word = words; *word; word++) {
        if (!add_state(dev, g_strstrip(*word), errp)) {
            return false;
        }
    }
    missing = dev->pme_states & ~offered(dev) & ~(1u << STUNT_D3COLD);
    if (missing) {
        error_setg(errp, "pme says %s, but this state is not offered", state_names[ctz32(missing)]);
        return false;
    }
    return true;
}

void stunt_pci_pme_add(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint32_t pos = pci->exp.pm_cap;

    if (dev->pme_states) {
        pci_word_test_and_set_mask(pci->config + pos + PCI_PM_PMC, dev->pme_states << PMC_PME_SHIFT |
                                   (claims(dev, STUNT_D3COLD) ? PMC_AUX_CURRENT : 0));
        pci_word_test_and_set_mask(pci->wmask + pos + PCI_PM_CTRL, PCI_PM_CTRL_PME_ENABLE);
        pci_word_test_and_set_mask(pci->w1cmask + pos + PCI_PM_CTRL, PCI_PM_CTRL_PME_STATUS);
    }
}

/* ---- the message ----------------------------------------------------------------------------------- */

static uint8_t *control(StuntPCI *dev)
{
    return PCI_DEVICE(dev)->config + PCI_DEVICE(dev)->exp.pm_cap + PCI_PM_CTRL;
}

static bool wants(StuntPCI *dev)
{
    const uint16_t both = PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE;

    return (pci_get_word(control(dev)) & both) == both;
}

/* In D3cold, by auxiliary power; awake, nobody listens to it (Base Specification 5.3.3.2). */
static bool has_wake_pin(StuntPCI *dev)
{
    StuntPort *port = stunt_port_above(dev);

    return dev->power == STUNT_D3COLD && claims(dev, STUNT_D3COLD) && port && stunt_port_hears_wake(port);
}

/* It sends nothing before it knows who it is: a reset has taken the number of its bus (2.2.6.2). */
static bool can_send(StuntPCI *dev)
{
    return !dev->gone && (pci_dev_bus_num(PCI_DEVICE(dev)) || !stunt_port_above(dev));
}

/* What it has kept in D3cold it tells in D0, as long as nobody has set it up there, whatever it claims. */
static bool comes_from_d3cold(StuntPCI *dev)
{
    uint16_t command = pci_get_word(PCI_DEVICE(dev)->config + PCI_COMMAND);

    return claims(dev, STUNT_D3COLD) && dev->power == STUNT_D0 &&
           !(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
}

static bool asks(StuntPCI *dev)
{
    return wants(dev) && (can_send(dev) || has_wake_pin(dev)) && (claims(dev, dev->power) || comes_from_d3cold(dev));
}

static void arrive(StuntPCI *dev)
{
    StuntPort *port = stunt_port_above(dev);

    if (port && !dev->gone) {
        stunt_port_pme(port, pci_requester_id(PCI_DEVICE(dev)));
    } else if (has_wake_pin(dev)) {
        stunt_sleep_wake(STUNT_WAKE_PME);
    }
}

static void arrive_again(StuntPCI *dev)
{
    stunt_event_echo(dev->trace_id, STUNT_EV_POWER_PME, dev->power);
    arrive(dev);
}

static void late_is_due(void *opaque)
{
    StuntPCI *dev = opaque;

    stunt_pci_enter(dev);
    if (stunt_repeat_next(&dev->pme_late)) {
        arrive(dev);
    } else {
        arrive_again(dev);
    }
    stunt_pci_leave(dev);
}

static void arrive_faulty(StuntPCI *dev, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_DROP:
        break;
    case STUNT_ACT_DELAY:
        stunt_repeat_delay(&dev->pme_late, rule->param[STUNT_ACT_DELAY_NS]);
        break;
    case STUNT_ACT_DUPLICATE:
        arrive(dev);
        if (rule->param[STUNT_ACT_DUPLICATE_NS]) {
            stunt_repeat_once(&dev->pme_late, rule->param[STUNT_ACT_DUPLICATE_NS]);
        } else {
            arrive_again(dev);
        }
        break;
    case STUNT_ACT_STORM:
        arrive(dev);
        stunt_repeat_storm(&dev->pme_late, rule->param[STUNT_ACT_STORM_COUNT], rule->param[STUNT_ACT_STORM_NS]);
        break;
    default:
        arrive(dev);
        break;
    }
}

static void send_message(StuntPCI *dev)
{
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_POWER_PME, dev->power);

    if (rule) {
        arrive_faulty(dev, rule);
    } else {
        arrive(dev);
    }
    if (!dev->gone) { /* WAKE# stays as it is */
        timer_mod_ns(&dev->pme_timer, stunt_clock_after(SERVICE_TIMEOUT_NS));
    }
}

/* Whoever hears a message looks into configuration space: not before a change of states has had its time. */
static void send_when_settled(StuntPCI *dev)
{
    if (stunt_pci_is_settling(dev) && !dev->gone) {
        timer_mod_ns(&dev->pme_timer, dev->settled_ns);
    } else {
        send_message(dev);
    }
}

static void is_due(void *opaque)
{
    StuntPCI *dev = opaque;

    if (asks(dev)) {
        stunt_pci_enter(dev);
        send_when_settled(dev);
        stunt_pci_leave(dev);
    }
}

/* ---- what the device and the guest do -------------------------------------------------------------- */

void stunt_pci_pme(StuntPCI *dev)
{
    bool alive = !dev->gone || dev->power == STUNT_D3COLD;
    bool pulls = dev->gone && asks(dev); /* WAKE#, already */

    if (alive && claims(dev, dev->power) && !stunt_pci_is_away(dev) && !pulls) {
        pci_word_test_and_set_mask(control(dev), PCI_PM_CTRL_PME_STATUS);
        stunt_pci_pme_written(dev);
    }
}

bool stunt_pci_inject_pme(StuntPCI *dev, bool caused, Error **errp)
{
    if (!DEVICE(dev)->realized || (dev->gone && !has_wake_pin(dev))) {
        error_setg(errp, "the device cannot ask to be woken: it is %s", !dev->gone ? "not there yet" :
                   dev->power == STUNT_D3COLD ? "without power; it can in S3, in its slot, if its property pme has D3cold" : "gone");
        return false;
    }
    if (caused && !claims(dev, dev->power)) {
        error_setg(errp, "the device does not claim that it asks to be woken from %s; its property pme says from where",
                   state_names[dev->power]);
        return false;
    }
    stunt_pci_enter(dev);
    if (caused) {
        stunt_pci_pme(dev);
    } else {
        arrive_again(dev);
    }
    stunt_pci_leave(dev);
    return true;
}

/* Asked for already, or not any more, or only now. */
void stunt_pci_pme_written(StuntPCI *dev)
{
    if (!asks(dev)) {
        timer_del(&dev->pme_timer);
    } else if (!timer_pending(&dev->pme_timer)) {
        send_when_settled(dev);
    }
}

void stunt_pci_pme_init(StuntPCI *dev)
{
    timer_init_ns(&dev->pme_timer, QEMU_CLOCK_VIRTUAL, is_due, dev);
    stunt_repeat_init(&dev->pme_late, late_is_due, dev);
}

void stunt_pci_pme_exit(StuntPCI *dev)
{
    timer_del(&dev->pme_timer);
    stunt_repeat_forget(&dev->pme_late);
}

void stunt_pci_pme_forget(StuntPCI *dev)
{
    pci_word_test_and_clear_mask(control(dev), PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_PME_ENABLE);
    stunt_pci_pme_exit(dev);
}

/* Who claims D3cold has auxiliary power for it; else it outlives no reset but the one that a function makes by itself. */
void stunt_pci_pme_reset(StuntPCI *dev)
{
    if (!claims(dev, STUNT_D3COLD) && !(dev->resetting == STUNT_RESET_POWER && claims(dev, STUNT_D3HOT))) {
        stunt_pci_pme_forget(dev);
    }
}
