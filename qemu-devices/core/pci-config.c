/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space: capabilities, accesses. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_aer.h"
#include "core/aer.h"
#include "core/pci.h"

#define AER_OFFSET 0x100
#define RETRY_ID 0xffff0001u /* ids that a root complex gives for "request retry status" */

/* Version 1.2 of PCI-PM. */
static bool add_pm(PCIDevice *pci, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(pci);
    int pos = pci_add_capability(pci, PCI_CAP_ID_PM, 0, PCI_PM_SIZEOF, errp);

    if (pos < 0) {
        return false;
    }
    pci->exp.pm_cap = pos;
    pci_set_word(pci->config + pos + PCI_PM_PMC, 3 | (dev->d1 ? PCI_PM_CAP_D1 : 0) | (dev->d2 ? PCI_PM_CAP_D2 : 0));
    pci_set_word(pci->config + pos + PCI_PM_CTRL, dev->no_soft_reset ? PCI_PM_CTRL_NO_SOFT_RESET : 0);
    pci_set_word(pci->wmask + pos + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    stunt_pci_pme_add(dev);
    return true;
}

static void reset_read_request(PCIDevice *pci)
{
    uint8_t *control = pci->config + pci->exp.exp_cap + PCI_EXP_DEVCTL;

    pci_word_test_and_clear_mask(control, PCI_EXP_DEVCTL_READRQ);
    pci_word_test_and_set_mask(control, PCI_EXP_DEVCTL_READRQ_512B);
}

static bool add_express(PCIDevice *pci, Error **errp)
{
    if (pcie_endpoint_cap_init(pci, 0) < 0) {
        error_setg(errp, "no room for the PCI Express capability");
        return false;
    }
    pcie_cap_deverr_init(pci);
    pcie_cap_flr_init(pci);
    /* a function that reads in large pieces has a limit for them to be set */
    pci_word_test_and_set_mask(pci->wmask + pci->exp.exp_cap + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_READRQ);
    reset_read_request(pci);
    if (pcie_aer_init(pci, PCI_ERR_VER, AER_OFFSET, PCI_ERR_SIZEOF, errp) < 0) {
        return false;
    }
    stunt_aer_init(pci);
    return true;
}

bool stunt_pci_add_capabilities(StuntPCI *dev, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (!add_pm(pci, errp)) {
        return false;
    }
    if (dev->msi && msi_init(pci, 0, dev->msi, true, true, errp) < 0) {
        return false;
    }
    return !pci_is_express(pci) || add_express(pci, errp);
}

void stunt_pci_remove_capabilities(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (pci->exp.aer_cap) {
        pcie_aer_exit(pci);
        pci->exp.aer_cap = 0;
    }
    if (pci->exp.exp_cap) {
        pcie_cap_exit(pci);
        pci->exp.exp_cap = 0;
    }
    msi_uninit(pci);
}

void stunt_pci_reset_config(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    pci_word_test_and_clear_mask(pci->config + pci->exp.pm_cap + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    if (dev->power != STUNT_D3COLD || !dev->gone) { /* no reset gives it power */
        stunt_pci_set_state(dev, STUNT_D0);
    }
    stunt_pci_pme_reset(dev);
    dev->forgotten = 0;
    if (pci->exp.exp_cap) {
        pcie_cap_deverr_reset(pci);
        reset_read_request(pci);
    }
    if (pci->exp.aer_cap && dev->resetting == STUNT_RESET_COLD) {
        stunt_aer_reset(pci);
    }
}

/* A function that has yet to come out of its reset: who looks for it by its ids is told so (2.3.2). */
static bool asks_to_retry(const StuntPCI *dev)
{
    return dev->retry_ns && qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) < dev->retry_ns;
}

static uint32_t ones(int len)
{
    return UINT32_MAX >> (32 - len * 8);
}

static uint32_t config_value(StuntPCI *dev, uint32_t addr, int len)
{
    if (dev->gone || stunt_pci_config_is_away(dev)) {
        return ones(len);
    }
    if (asks_to_retry(dev)) {
        return addr == PCI_VENDOR_ID ? RETRY_ID & ones(len) : ones(len);
    }
    return pci_default_read_config(PCI_DEVICE(dev), addr, len);
}

/* What comes of a value on its way, to or from the device. A lost read gives what a root complex makes of it. */
static uint32_t broken_value(uint32_t value, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_ONES:
    case STUNT_ACT_DROP:
        return UINT32_MAX;
    case STUNT_ACT_REPLACE:
        return rule->param[STUNT_ACT_REPLACE_VALUE];
    case STUNT_ACT_FLIP:
        return value ^ rule->param[STUNT_ACT_FLIP_XOR];
    }
    return value;
}

/* Linux looks there each second, whatever else it does (pci_pme_list_scan). */
static bool asks_for_pme(const StuntPCI *dev, uint32_t addr)
{
    return addr == PCI_DEVICE(dev)->exp.pm_cap + PCI_PM_CTRL;
}

/* It answers, but nobody may ask. */
static void check_settled(StuntPCI *dev, uint32_t addr, uint32_t arg)
{
    if (stunt_pci_is_settling(dev) && !dev->gone && !stunt_pci_config_is_away(dev)) {
        stunt_pci_misuse(dev, STUNT_MISUSE_TOO_EARLY, addr, arg);
    }
}

uint32_t stunt_pci_config_read(PCIDevice *pci, uint32_t addr, int len)
{
    StuntPCI *dev = STUNT_PCI(pci);
    const struct stunt_rule *rule;
    uint32_t value;

    stunt_posted_push(dev);
    if (!asks_for_pme(dev, addr)) {
        check_settled(dev, addr, len);
    }
    value = config_value(dev, addr, len);
    rule = stunt_event(dev->trace_id, STUNT_EV_CFG_READ, addr, len, value);
    if (dev->gone) {
        return ones(len);
    }
    return rule ? broken_value(value, rule) & ones(len) : value;
}

void stunt_pci_config_write(PCIDevice *pci, uint32_t addr, uint32_t value, int len)
{
    StuntPCI *dev = STUNT_PCI(pci);
    const struct stunt_rule *rule;
    StuntIRQMode mode;

    if (DEVICE(dev)->mem_reentrancy_guard.engaged_in_io) {
        /* The device itself caused this write, by a message whose address is its configuration space. */
        stunt_pci_misuse(dev, STUNT_MISUSE_BAD_ACCESS, addr, value);
        return;
    }
    stunt_posted_push(dev);
    check_settled(dev, addr, value);
    mode = stunt_irq_mode(dev);
    rule = stunt_event(dev->trace_id, STUNT_EV_CFG_WRITE, addr, len, value);
    if (stunt_rule_is(rule, STUNT_ACT_DROP) || dev->gone || stunt_pci_config_is_away(dev) || asks_to_retry(dev)) {
        return;
    }
    value = rule ? broken_value(value, rule) : value;
    stunt_pci_enter(dev); /* what was pending may be sent now */
    if (ranges_overlap(addr, len, PCI_COMMAND, 2)) {
        dev->forgotten = 0;
    }
    pci_default_write_config(pci, addr, value, len);
    stunt_pci_power_written(dev, addr, len);
    if (rule) {
        dev->settled_ns = 0; /* who knows nothing of it need not wait */
    }
    stunt_pci_pme_written(dev);
    if (pci->exp.exp_cap) {
        pcie_aer_write_config(pci, addr, value, len);
        stunt_pci_function_reset(dev, addr, value, len);
    }
    stunt_irq_update(dev, mode);
    stunt_pci_leave(dev);
}
