/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register BAR. */
#include "qemu/osdep.h"
#include "core/pci.h"

static uint64_t ones(unsigned size)
{
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

static uint64_t read_register(StuntPCI *dev, hwaddr addr, unsigned size)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    struct stunt_reg_access access = stunt_regs_read(&dev->regs, addr, size);

    if (access.misuse) {
        stunt_pci_misuse(dev, access.misuse, addr, size);
    } else if ((access.info->is_volatile || access.info->side_effect) && klass->reg_read) {
        return klass->reg_read(dev, &access);
    }
    return access.value;
}

unsigned stunt_pci_bar_refusal(const StuntPCI *dev)
{
    if (dev->power) {
        return STUNT_MISUSE_WRONG_POWER_STATE;
    }
    return stunt_pci_in_reset(dev) ? STUNT_MISUSE_ACCESS_IN_RESET : 0;
}

static uint64_t bar_read(void *opaque, hwaddr addr, unsigned size)
{
    StuntPCI *dev = opaque;
    unsigned refusal = stunt_pci_bar_refusal(dev);
    const struct stunt_rule *rule;
    uint64_t value;

    if (refusal) {
        stunt_pci_misuse(dev, refusal, addr, size);
        value = ones(size);
    } else {
        value = read_register(dev, addr, size);
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_READ, addr, size, value);
    if (stunt_rule_is(rule, STUNT_ACT_ONES)) {
        value = ones(size);
    } else if (stunt_rule_is(rule, STUNT_ACT_REPLACE)) {
        value = rule->param[STUNT_ACT_REPLACE_VALUE];
    } else if (stunt_rule_is(rule, STUNT_ACT_FLIP)) {
        value ^= rule->param[STUNT_ACT_FLIP_XOR];
    }
    return value & ones(size);
}

static void write_register(StuntPCI *dev, hwaddr addr, uint64_t value, unsigned size)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    struct stunt_reg_access access = stunt_regs_write(&dev->regs, addr, size, value);

    if (access.misuse) {
        stunt_pci_misuse(dev, access.misuse, addr, value);
    }
    if (access.info && access.misuse != STUNT_REG_RO_WRITE && klass->reg_written) {
        klass->reg_written(dev, &access);
    }
}

static void bar_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    StuntPCI *dev = opaque;
    unsigned refusal = stunt_pci_bar_refusal(dev);
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_WRITE, addr, size, value);

    if (stunt_rule_is(rule, STUNT_ACT_DROP)) {
        return;
    }
    if (stunt_rule_is(rule, STUNT_ACT_REPLACE)) {
        value = rule->param[STUNT_ACT_REPLACE_VALUE];
    } else if (stunt_rule_is(rule, STUNT_ACT_FLIP)) {
        value ^= rule->param[STUNT_ACT_FLIP_XOR];
    }
    if (refusal) {
        stunt_pci_misuse(dev, refusal, addr, value);
    } else {
        write_register(dev, addr, value & ones(size), size);
    }
}

/* Every size and alignment comes through, so that the wrong ones are seen. */
const MemoryRegionOps stunt_pci_bar_ops = {
    .read = bar_read,
    .write = bar_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
