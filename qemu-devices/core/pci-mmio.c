/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register BAR. */
#include "qemu/osdep.h"
#include "core/access.h"
#include "core/aer.h"
#include "core/clock.h"
#include "core/pci.h"

#define COMPLETION_TIMEOUT_NS 10000000u /* the default range ends at 50 ms (7.5.3.16) */

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

/* Of an access now; 0: who makes it has done nothing wrong, though it may take the device longer than it should. */
static unsigned misuse_of_access(StuntPCI *dev)
{
    if (dev->power_asked == STUNT_D0 && stunt_pci_is_settling(dev)) {
        return STUNT_MISUSE_TOO_EARLY;
    }
    if (dev->power) {
        return dev->defied || timer_pending(&dev->power_timer) ? 0 : STUNT_MISUSE_WRONG_POWER_STATE;
    }
    return stunt_pci_in_reset(dev) ? STUNT_MISUSE_ACCESS_IN_RESET : 0;
}

bool stunt_pci_bar_answers(StuntPCI *dev, uint64_t addr, uint64_t arg)
{
    unsigned misuse;

    if (dev->gone) {
        stunt_pci_touched_gone(dev, addr);
        return false;
    }
    misuse = stunt_pci_is_away(dev) ? 0 : misuse_of_access(dev);
    if (misuse) {
        stunt_pci_misuse(dev, misuse, addr, arg);
    }
    return stunt_pci_is_ready(dev);
}

/* The processor waits for the answer until the root port gives up and makes one. */
static uint64_t time_out(StuntPCI *dev)
{
    StuntError error = { .status = PCI_ERR_UNC_COMP_TIME };

    stunt_clock_pass(COMPLETION_TIMEOUT_NS);
    stunt_aer_raise(dev, STUNT_AER_PORT, &error);
    return UINT64_MAX;
}

uint64_t stunt_pci_bar_read(StuntPCI *dev, uint64_t addr, unsigned size)
{
    const struct stunt_rule *rule;
    uint64_t value;

    stunt_posted_push(dev);
    value = stunt_pci_bar_answers(dev, addr, size) ? read_register(dev, addr, size) : stunt_access_ones(size);
    rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_READ, addr, size, value);
    if (dev->gone) {
        value = UINT64_MAX; /* since it was recorded, perhaps */
    } else if (stunt_rule_is(rule, STUNT_ACT_COMPLETION_TIMEOUT)) {
        value = time_out(dev);
    } else if (rule) {
        value = stunt_access_read(rule, addr, value);
    }
    return value & stunt_access_ones(size);
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
        write_register(dev, addr, value & stunt_access_ones(size), size);
    }
}

/* What a write would set, as it is now; of a byte of the window all that it reads as. */
static uint64_t what_stays(StuntPCI *dev, hwaddr addr, unsigned size)
{
    struct stunt_reg_access now = stunt_regs_read(&dev->regs, addr, size);
    unsigned index, at;

    if (stunt_pci_find_window(dev, addr, size, &index, &at)) {
        return STUNT_PCI_GET_CLASS(dev)->window_read(dev, index, at, true);
    }
    return now.info ? now.value & now.info->rw : 0;
}

void stunt_pci_bar_write(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size)
{
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_WRITE, addr, size, value);
    uint64_t delay_ns = 0;

    if (!rule || stunt_access_write(rule, size, what_stays(dev, addr, size), &value, &delay_ns)) {
        stunt_posted_write(dev, addr, value, size, delay_ns);
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
