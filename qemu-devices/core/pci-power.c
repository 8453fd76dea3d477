/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states and resets, and what faults make of them. A driver is not to blame for touching a device that
 * a fault keeps asleep or away: it did what the specification asks for.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pcie.h"
#include "core/clock.h"
#include "core/pci.h"

/* What who asks for a change has to wait (PCI-PM table 5-6, Base Specification 5.9). */
#define D3HOT_DELAY_NS 10000000u
#define D2_DELAY_NS 200000u

bool stunt_pci_is_away(const StuntPCI *dev)
{
    return dev->away_ns && qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) < dev->away_ns;
}

bool stunt_pci_config_is_away(const StuntPCI *dev)
{
    return dev->away_config && stunt_pci_is_away(dev);
}

bool stunt_pci_is_settling(const StuntPCI *dev)
{
    return dev->settled_ns && qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) < dev->settled_ns;
}

static void go_away(StuntPCI *dev, int64_t until_ns, bool config)
{
    dev->away_ns = until_ns;
    dev->away_config = config;
}

static void come_back(StuntPCI *dev)
{
    go_away(dev, 0, false);
    dev->retry_ns = 0;
    dev->defied = dev->keeps = false;
    dev->settled_ns = 0;
    timer_del(&dev->power_timer);
    timer_del(&dev->reset_timer);
}

void stunt_pci_clear(StuntPCI *dev, StuntReset kind)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);

    stunt_regs_reset(&dev->regs);
    stunt_pci_apply_register_flaws(dev);
    stunt_irq_reset(dev);
    stunt_held_drop(dev, STUNT_HELD_ALL);
    if (klass->reset) {
        klass->reset(dev, kind);
    }
}

/* ---- power --------------------------------------------------------------------------------------------- */

static void show_state(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t *control = pci->config + pci->exp.pm_cap + PCI_PM_CTRL;

    pci_set_word(control, (pci_get_word(control) & ~PCI_PM_CTRL_STATE_MASK) | dev->power);
}

/* Its registers, what it does and configuration space are lost; memory and what is sticky stay (PCI-PM 5.4.1). */
static void wake_anew(StuntPCI *dev)
{
    dev->resetting = STUNT_RESET_POWER;
    pci_device_reset(PCI_DEVICE(dev));
    dev->resetting = STUNT_RESET_COLD;
}

static void enter(StuntPCI *dev, StuntPower state)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);

    dev->defied = false;
    if (dev->power == STUNT_D3HOT && state == STUNT_D0 && !dev->no_soft_reset && !dev->keeps) {
        wake_anew(dev);
        return;
    }
    stunt_pci_set_state(dev, state);
    show_state(dev);
    if (klass->power_changed) {
        klass->power_changed(dev);
    }
}

/* It keeps its state, and shows it. */
static void defy(StuntPCI *dev)
{
    dev->defied = true;
    show_state(dev);
}

static uint64_t specified_ns(StuntPower from, StuntPower to)
{
    StuntPower deeper = MAX(from, to);

    return deeper == STUNT_D3HOT ? D3HOT_DELAY_NS : deeper == STUNT_D2 ? D2_DELAY_NS : 0;
}

/* Falling asleep takes it no time. */
static uint64_t own_ns(const StuntPCI *dev, StuntPower to)
{
    if (to != STUNT_D0) {
        return 0;
    }
    return dev->power == STUNT_D3HOT ? dev->d3hot_exit_ns : dev->power == STUNT_D2 ? dev->d2_exit_ns : 0;
}

/* Until then it stays where it is, and shows that. */
static void begin_to_enter(StuntPCI *dev, StuntPower state, uint64_t delay_ns)
{
    uint64_t ns = own_ns(dev, state) + MIN(delay_ns, STUNT_CLOCK_PASS_MAX_NS);

    if (ns) {
        show_state(dev);
        timer_mod_ns(&dev->power_timer, stunt_clock_after(ns));
    } else {
        enter(dev, state);
    }
}

static void enter_faulty(StuntPCI *dev, StuntPower state, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_REFUSE:
        defy(dev);
        break;
    case STUNT_ACT_DELAY:
        defy(dev);
        begin_to_enter(dev, state, rule->param[STUNT_ACT_DELAY_NS]);
        break;
    case STUNT_ACT_HANG:
        enter(dev, STUNT_D3HOT);
        go_away(dev, INT64_MAX, true);
        break;
    case STUNT_ACT_LOSE_CONTEXT:
        stunt_pci_clear(dev, STUNT_RESET_SOFT);
        begin_to_enter(dev, state, 0);
        break;
    case STUNT_ACT_KEEP_CONTEXT:
        dev->keeps = true;
        begin_to_enter(dev, state, 0);
        break;
    default:
        begin_to_enter(dev, state, 0);
        break;
    }
}

static void change_state(StuntPCI *dev, StuntPower state)
{
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_POWER_ENTER, state, dev->power);

    if (dev->gone) {
        return; /* in the middle of it */
    }
    dev->power_asked = state;
    dev->settled_ns = stunt_clock_after(specified_ns(dev->power, state));
    if (rule) {
        enter_faulty(dev, state, rule);
    } else {
        begin_to_enter(dev, state, 0);
    }
}

static void state_is_due(void *opaque)
{
    StuntPCI *dev = opaque;
    StuntIRQMode mode = stunt_irq_mode(dev);

    stunt_pci_enter(dev);
    enter(dev, dev->power_asked);
    stunt_irq_update(dev, mode);
    stunt_pci_leave(dev);
}

/* Only D0 is reached from a deeper state (PCI-PM 5.6.1). */
static bool can_enter(const StuntPCI *dev, StuntPower state)
{
    return (state == STUNT_D0 || state >= dev->power) && (state != STUNT_D1 || dev->d1) &&
           (state != STUNT_D2 || dev->d2);
}

void stunt_pci_power_written(StuntPCI *dev, uint32_t addr, int len)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint32_t control = pci->exp.pm_cap + PCI_PM_CTRL;
    unsigned state = pci_get_word(pci->config + control) & PCI_PM_CTRL_STATE_MASK;

    if (!range_covers_byte(addr, len, control)) {
        return;
    }
    if (!can_enter(dev, state)) {
        show_state(dev); /* the rest of the write counts (PCI-PM 3.2.4) */
        return;
    }
    timer_del(&dev->power_timer);
    dev->keeps = false;
    if (state != dev->power) {
        dev->defied = false; /* a write for the sake of PME is no request that it could obey */
        change_state(dev, state);
    }
}

/* ---- resets -------------------------------------------------------------------------------------------- */

static void soft_reset_is_due(void *opaque)
{
    StuntPCI *dev = opaque;

    stunt_pci_enter(dev);
    stunt_pci_clear(dev, STUNT_RESET_SOFT);
    stunt_pci_leave(dev);
}

static bool is_ignored(const struct stunt_rule *rule)
{
    return stunt_rule_is(rule, STUNT_ACT_REFUSE) || stunt_rule_is(rule, STUNT_ACT_KEEP_CONTEXT);
}

void stunt_pci_soft_reset(StuntPCI *dev)
{
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_RESET, STUNT_RESET_SOFT, 0);

    if (is_ignored(rule)) {
        return;
    }
    if (stunt_rule_is(rule, STUNT_ACT_DELAY)) {
        timer_mod_ns(&dev->reset_timer, stunt_clock_after(rule->param[STUNT_ACT_DELAY_NS]));
        return;
    }
    stunt_pci_clear(dev, STUNT_RESET_SOFT);
    if (stunt_rule_is(rule, STUNT_ACT_LOSE_CONTEXT)) {
        stunt_pci_memory_clear(dev);
    } else if (stunt_rule_is(rule, STUNT_ACT_HANG)) {
        go_away(dev, INT64_MAX, false);
    }
}

bool stunt_pci_whole_reset(StuntPCI *dev, StuntReset kind, const struct stunt_rule *rule)
{
    come_back(dev);
    if (is_ignored(rule)) {
        return false; /* configuration space is the PCI core's, which does not ask */
    }
    if (kind == STUNT_RESET_COLD || stunt_rule_is(rule, STUNT_ACT_LOSE_CONTEXT)) {
        stunt_pci_memory_clear(dev); /* other resets leave memory as it is */
    }
    stunt_pci_clear(dev, kind);
    if (stunt_rule_is(rule, STUNT_ACT_DELAY)) {
        go_away(dev, stunt_clock_after(rule->param[STUNT_ACT_DELAY_NS]), true);
    } else if (stunt_rule_is(rule, STUNT_ACT_HANG)) {
        go_away(dev, INT64_MAX, true);
    } else if (stunt_rule_is(rule, STUNT_ACT_RETRY)) {
        dev->retry_ns = stunt_clock_after(rule->param[STUNT_ACT_RETRY_NS]);
    }
    return true;
}

void stunt_pci_function_reset(StuntPCI *dev, uint32_t addr, uint32_t value, int len)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t *control = pci->config + pci->exp.exp_cap + PCI_EXP_DEVCTL;
    const struct stunt_rule *rule;

    if (!(pci_get_word(control) & PCI_EXP_DEVCTL_BCR_FLR)) {
        return;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_RESET, STUNT_RESET_FLR, 0);
    if (stunt_rule_is(rule, STUNT_ACT_REFUSE)) {
        pci_word_test_and_clear_mask(control, PCI_EXP_DEVCTL_BCR_FLR);
        return;
    }
    dev->function_reset_rule = rule;
    dev->resetting = STUNT_RESET_FLR;
    pcie_cap_flr_write_config(pci, addr, value, len);
    dev->resetting = STUNT_RESET_COLD;
    dev->function_reset_rule = NULL;
}

/* ---- life and state ------------------------------------------------------------------------------------ */

void stunt_pci_power_init(StuntPCI *dev)
{
    timer_init_ns(&dev->power_timer, QEMU_CLOCK_VIRTUAL, state_is_due, dev);
    timer_init_ns(&dev->reset_timer, QEMU_CLOCK_VIRTUAL, soft_reset_is_due, dev);
    stunt_pci_pme_init(dev);
}

void stunt_pci_power_exit(StuntPCI *dev)
{
    come_back(dev);
    stunt_pci_pme_exit(dev);
}

static bool is_needed(void *opaque)
{
    StuntPCI *dev = opaque;

    return dev->defied || dev->away_ns || dev->settled_ns || timer_pending(&dev->power_timer) ||
           timer_pending(&dev->reset_timer) || timer_pending(&dev->pme_timer) || dev->pme_late.left;
}

static bool asked_valid(void *opaque, int version_id)
{
    return ((const StuntPCI *)opaque)->power_asked <= STUNT_D3HOT;
}

const VMStateDescription vmstate_stunt_power = {
    .name = "stunt-pci/power",
    .version_id = 5,
    .minimum_version_id = 5,
    .needed = is_needed,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(defied, StuntPCI),
        VMSTATE_BOOL(keeps, StuntPCI),
        VMSTATE_INT64(away_ns, StuntPCI),
        VMSTATE_BOOL(away_config, StuntPCI),
        VMSTATE_TIMER(power_timer, StuntPCI),
        VMSTATE_UINT8(power_asked, StuntPCI),
        VMSTATE_VALIDATE("a power state to be asked for", asked_valid),
        VMSTATE_INT64(settled_ns, StuntPCI),
        VMSTATE_TIMER(reset_timer, StuntPCI),
        VMSTATE_TIMER(pme_timer, StuntPCI),
        STUNT_REPEAT_VMSTATE(pme_late, StuntPCI),
        VMSTATE_END_OF_LIST()
    }
};
