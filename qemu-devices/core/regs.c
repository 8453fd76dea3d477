/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <assert.h>

#define REG_BYTES 4u

size_t stunt_regs_values(const struct stunt_reg_info *info, size_t n_info)
{
    size_t n = 0;

    for (size_t i = 0; i < n_info; i++) {
        n += info[i].count;
    }
    return n;
}

static size_t near_slot(uint32_t offset)
{
    return (offset / REG_BYTES ^ offset >> 6) % STUNT_REGS_NEAR;
}

void stunt_regs_init(struct stunt_regs *regs, const struct stunt_reg_info *info, size_t n_info,
                     uint32_t *value)
{
    regs->info = info;
    regs->n_info = n_info;
    regs->value = value;
    regs->n_values = stunt_regs_values(info, n_info);
    for (size_t i = 0; i < n_info && i <= UINT8_MAX; i++) {
        regs->near[near_slot(info[i].offset)] = (uint8_t)i;
    }
}

void stunt_regs_reset(struct stunt_regs *regs)
{
    for (size_t i = 0; i < regs->n_info; i++) {
        const struct stunt_reg_info *info = &regs->info[i];

        for (unsigned k = 0; k < info->count; k++) {
            regs->value[info->first + k] = info->reset;
        }
    }
}

void stunt_regs_reset_element(struct stunt_regs *regs, unsigned count, unsigned index)
{
    for (size_t i = 0; i < regs->n_info; i++) {
        const struct stunt_reg_info *info = &regs->info[i];

        if (info->count == count && index < count) {
            regs->value[info->first + index] = info->reset;
        }
    }
}

/* Bits that live in the value array: all but the ones that only pass by. */
static uint32_t stored_bits(const struct stunt_reg_info *info)
{
    return ~(info->w1s | info->wo);
}

/* Arrays are interleaved, so a row may start far below the offset that it answers. */
static const struct stunt_reg_info *find_offset(const struct stunt_regs *regs, uint64_t offset,
                                                unsigned *ret_index)
{
    for (size_t i = 0; i < regs->n_info && regs->info[i].offset <= offset; i++) {
        const struct stunt_reg_info *info = &regs->info[i];
        uint64_t distance = offset - info->offset;

        if (distance == 0) {
            *ret_index = 0;
            return info;
        }
        if (info->count > 1 && distance % info->stride == 0 && distance / info->stride < info->count) {
            *ret_index = (unsigned)(distance / info->stride);
            return info;
        }
    }
    return NULL;
}

static struct stunt_reg_access find_access(const struct stunt_regs *regs, uint64_t offset, unsigned size)
{
    struct stunt_reg_access access = { 0 };

    if (size == REG_BYTES && offset % REG_BYTES == 0) {
        access.info = find_offset(regs, offset, &access.index);
    }
    if (!access.info) {
        access.misuse = STUNT_REG_BAD_ACCESS;
    }
    return access;
}

struct stunt_reg_access stunt_regs_read(const struct stunt_regs *regs, uint64_t offset, unsigned size)
{
    struct stunt_reg_access access = find_access(regs, offset, size);

    if (access.info) {
        access.value = regs->value[access.info->first + access.index] & stored_bits(access.info);
        access.old = access.value;
    }
    return access;
}

static enum stunt_reg_misuse judge_write(const struct stunt_reg_info *info, uint32_t value)
{
    if ((info->rw | info->w1c | info->w1s | info->wo) == 0) {
        return STUNT_REG_RO_WRITE;
    }
    return (value & info->reserved) ? STUNT_REG_RESERVED_WRITE : STUNT_REG_OK;
}

struct stunt_reg_access stunt_regs_write(struct stunt_regs *regs, uint64_t offset, unsigned size,
                                         uint32_t value)
{
    struct stunt_reg_access access = find_access(regs, offset, size);
    const struct stunt_reg_info *info = access.info;
    uint32_t *slot;

    if (!info) {
        return access;
    }
    slot = &regs->value[info->first + access.index];
    access.old = *slot & stored_bits(info);
    access.value = ((access.old & ~info->rw) | (value & info->rw)) & ~(value & info->w1c);
    access.requested = value & (info->w1s | info->wo);
    access.misuse = judge_write(info, value);
    *slot = access.value;
    return access;
}

/* Models ask for a register all the time, and nearly always it is the one that its hash says. */
static const struct stunt_reg_info *find_row(const struct stunt_regs *regs, uint32_t offset)
{
    const struct stunt_reg_info *row = &regs->info[regs->near[near_slot(offset)]];

    for (size_t i = 0; row->offset != offset; i++) {
        assert(i < regs->n_info);
        row = &regs->info[i];
    }
    return row;
}

static uint32_t *device_slot(const struct stunt_regs *regs, uint32_t offset, unsigned index)
{
    const struct stunt_reg_info *info = find_row(regs, offset);

    assert(index < info->count);
    return &regs->value[info->first + index];
}

uint32_t stunt_regs_get(const struct stunt_regs *regs, uint32_t offset, unsigned index)
{
    return *device_slot(regs, offset, index);
}

void stunt_regs_set(struct stunt_regs *regs, uint32_t offset, unsigned index, uint32_t value)
{
    *device_slot(regs, offset, index) = value;
}
