/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "core/access.h"
#include "core/clock.h"

uint64_t stunt_access_ones(unsigned size)
{
    return size == 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
}

/* The bits of the mask read as they did when the rule fired first, in the register that it fired on then. */
static uint64_t read_stuck(const struct stunt_rule *rule, uint64_t addr, uint64_t value)
{
    uint64_t mask = rule->param[STUNT_ACT_STICK_MASK];

    if (addr != rule->first_field[STUNT_EV_MMIO_READ_OFFSET]) {
        return value;
    }
    return (value & ~mask) | (rule->first_field[STUNT_EV_MMIO_READ_VALUE] & mask);
}

uint64_t stunt_access_read(const struct stunt_rule *rule, uint64_t addr, uint64_t value)
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
        return read_stuck(rule, addr, value);
    case STUNT_ACT_DELAY:
        stunt_clock_pass(rule->param[STUNT_ACT_DELAY_NS]);
        break;
    }
    return value;
}

/*
 * With `stick` the bits of the mask are to stay as they are: those that a write sets get what they hold, those that a
 * written 1 clears or requests get 0. Where no bit is left to be written, the write is as good as lost.
 */
bool stunt_access_write(const struct stunt_rule *rule, unsigned size, uint64_t kept, uint64_t *value,
                        uint64_t *ret_delay_ns)
{
    uint64_t mask = rule->param[STUNT_ACT_STICK_MASK];

    switch (rule->action) {
    case STUNT_ACT_DROP:
        return false;
    case STUNT_ACT_REPLACE:
        *value = rule->param[STUNT_ACT_REPLACE_VALUE];
        break;
    case STUNT_ACT_FLIP:
        *value ^= rule->param[STUNT_ACT_FLIP_XOR];
        break;
    case STUNT_ACT_STICK:
        *value = (*value & ~mask) | (kept & mask);
        return stunt_access_ones(size) & ~mask;
    case STUNT_ACT_DELAY:
        *ret_delay_ns = rule->param[STUNT_ACT_DELAY_NS];
        break;
    }
    return true;
}

void stunt_access_poke(MemoryRegion *region, uint64_t addr, uint64_t value, MemOp size, const char *name, Error **errp)
{
    if (memory_region_dispatch_write(region, addr, value, size, MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
        error_setg(errp, "%s cannot be written here: the device is in the middle of an access", name);
    }
}
