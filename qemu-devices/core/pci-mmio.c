/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register BAR. */
#include "qemu/osdep.h"
#include "core/aer.h"
#include "core/clock.h"
#include "core/pci.h"

#define COMPLETION_TIMEOUT_NS 10000000u /* the default range ends at 50 ms (7.5.3.16) */

static uint64_t ones(unsigned size)
{
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

static uint64_t read_register(StuntPCI *dev, hwaddr addr, unsigned size)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    struct stunt_reg_access access;
    unsigned index, at;

    if (stunt_pci_find_window(dev, addr, size, &index, &at)) {
        return klass->window_read(dev, index, at, false);
    }
    access = stunt_regs_read(&dev->regs, addr, size);
    if (access.misuse) {
        stunt_pci_misuse(dev, access.misuse, addr, size);
    } else if ((access.info->is_volatile || access.info->side_effect) && klass->reg_read) {
        return klass->reg_read(dev, &access);
    }
    return access.value;
}

bool stunt_pci_bar_answers(StuntPCI *dev, uint64_t addr, uint64_t arg)
{
    unsigned misuse = 0;

    if (dev->gone) {
        stunt_pci_touched_gone(dev, addr);
    } else if (dev->power) {
        misuse = dev->defied ? 0 : STUNT_MISUSE_WRONG_POWER_STATE;
    } else if (stunt_pci_in_reset(dev)) {
        misuse = STUNT_MISUSE_ACCESS_IN_RESET;
    } else if (!stunt_pci_is_away(dev)) {
        return true;
    }
    if (misuse && !stunt_pci_is_away(dev)) {
        stunt_pci_misuse(dev, misuse, addr, arg);
    }
    return false;
}

/* The bits of the mask read as they did when the rule fired first, in the register that it fired on then. */
static uint64_t read_stuck(hwaddr addr, uint64_t value, const struct stunt_rule *rule)
{
    uint64_t mask = rule->param[STUNT_ACT_STICK_MASK];

    if (addr != rule->first_field[STUNT_EV_MMIO_READ_OFFSET]) {
        return value;
    }
    return (value & ~mask) | (rule->first_field[STUNT_EV_MMIO_READ_VALUE] & mask);
}

/* The processor waits for the answer until the root port gives up and makes one. */
static uint64_t time_out(StuntPCI *dev)
{
    StuntError error = { .status = PCI_ERR_UNC_COMP_TIME };

    stunt_clock_pass(COMPLETION_TIMEOUT_NS);
    stunt_aer_raise(dev, STUNT_AER_PORT, &error);
    return UINT64_MAX;
}

static uint64_t read_faulty(StuntPCI *dev, hwaddr addr, uint64_t value, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_ONES:
    case STUNT_ACT_DROP: /* what a root complex gives when no answer comes */
        return UINT64_MAX;
    case STUNT_ACT_REPLACE:
        return rule->param[STUNT_ACT_REPLACE_VALUE];
    case STUNT_ACT_FLIP:
        return value ^ rule->param[STUNT_ACT_FLIP_XOR];
    case STUNT_ACT_STICK:
        return read_stuck(addr, value, rule);
    case STUNT_ACT_DELAY:
        stunt_clock_pass(rule->param[STUNT_ACT_DELAY_NS]);
        break;
    case STUNT_ACT_COMPLETION_TIMEOUT:
        return time_out(dev);
    }
    return value;
}

uint64_t stunt_pci_bar_read(StuntPCI *dev, uint64_t addr, unsigned size)
{
    const struct stunt_rule *rule;
    uint64_t value;

    stunt_posted_push(dev);
    value = stunt_pci_bar_answers(dev, addr, size) ? read_register(dev, addr, size) : ones(size);
    rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_READ, addr, size, value);
    if (dev->gone) {
        value = UINT64_MAX; /* since it was recorded, perhaps */
    } else if (rule) {
        value = read_faulty(dev, addr, value, rule);
    }
    return value & ones(size);
}

static void write_register(StuntPCI *dev, hwaddr addr, uint64_t value, unsigned size)
{
    StuntPCIClass *klass = STUNT_PCI_GET_CLASS(dev);
    struct stunt_reg_access access;
    unsigned index, at;

    if (stunt_pci_find_window(dev, addr, size, &index, &at)) {
        klass->window_written(dev, index, at, value);
        return;
    }
    access = stunt_regs_write(&dev->regs, addr, size, value);
    if (access.misuse) {
        stunt_pci_misuse(dev, access.misuse, addr, value);
    }
    if (access.info && access.misuse != STUNT_REG_RO_WRITE && klass->reg_written) {
        klass->reg_written(dev, &access);
    }
}

void stunt_pci_bar_land(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size)
{
    if (stunt_pci_bar_answers(dev, addr, value)) {
        write_register(dev, addr, value & ones(size), size);
    }
}

/* Of a byte of the window all that it reads as. */
static uint64_t what_stays(StuntPCI *dev, hwaddr addr, unsigned size)
{
    struct stunt_reg_access now = stunt_regs_read(&dev->regs, addr, size);
    unsigned index, at;

    if (stunt_pci_find_window(dev, addr, size, &index, &at)) {
        return STUNT_PCI_GET_CLASS(dev)->window_read(dev, index, at, true);
    }
    return now.info ? now.value & now.info->rw : 0;
}

/*
 * The bits of the mask are to stay as they are: those that a write sets get what they hold, those that a written 1
 * clears or requests get 0. Where no bit is left to be written, the write is as good as lost.
 */
static void write_stuck(StuntPCI *dev, hwaddr addr, uint64_t value, unsigned size, uint64_t mask)
{
    uint64_t kept = what_stays(dev, addr, size);

    if (ones(size) & ~mask) {
        stunt_posted_write(dev, addr, (value & ~mask) | (kept & mask), size, 0);
    }
}

static void write_faulty(StuntPCI *dev, hwaddr addr, uint64_t value, unsigned size, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_DROP:
        break;
    case STUNT_ACT_REPLACE:
        stunt_posted_write(dev, addr, rule->param[STUNT_ACT_REPLACE_VALUE], size, 0);
        break;
    case STUNT_ACT_FLIP:
        stunt_posted_write(dev, addr, value ^ rule->param[STUNT_ACT_FLIP_XOR], size, 0);
        break;
    case STUNT_ACT_STICK:
        write_stuck(dev, addr, value, size, rule->param[STUNT_ACT_STICK_MASK]);
        break;
    case STUNT_ACT_DELAY:
        stunt_posted_write(dev, addr, value, size, rule->param[STUNT_ACT_DELAY_NS]);
        break;
    default:
        stunt_posted_write(dev, addr, value, size, 0);
        break;
    }
}

void stunt_pci_bar_write(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size)
{
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_WRITE, addr, size, value);

    if (rule) {
        write_faulty(dev, addr, value, size, rule);
    } else {
        stunt_posted_write(dev, addr, value, size, 0);
    }
}

static uint64_t bar_read(void *opaque, hwaddr addr, unsigned size)
{
    return stunt_pci_bar_read(opaque, addr, size);
}

static void bar_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    stunt_pci_bar_write(opaque, addr, value, size);
}

/* Every size and alignment comes through, so that the wrong ones are seen. */
const MemoryRegionOps stunt_pci_bar_ops = {
    .read = bar_read,
    .write = bar_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
