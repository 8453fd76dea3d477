/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a register file with a random table, random accesses; its rules are checked after each. */
#include "fuzz.h"
#include "regs.h"

#include <string.h>

#define ROWS_MAX 12
#define ELEMENTS_MAX 4

struct device {
    struct stunt_reg_info info[ROWS_MAX];
    size_t n;
    uint32_t *value;
    struct stunt_regs regs;
};

/* Each bit has one kind of access, as the validator of the spec promises. */
static void share_out_bits(struct input *in, struct stunt_reg_info *info)
{
    uint32_t a = (uint32_t)take(in, 4), b = (uint32_t)take(in, 4), c = (uint32_t)take(in, 4);

    info->rw = a & b;
    info->w1c = a & ~b;
    info->w1s = ~a & b & c;
    info->wo = ~a & b & ~c;
    info->reserved = ~a & ~b & c;
    info->reset = (uint32_t)take(in, 4) & ~(info->reserved | info->w1s | info->wo);
}

/* Rows in pairs, arrays of a pair interleaved. */
static void make_device(struct input *in, struct device *dev)
{
    uint32_t offset = 4 * (take8(in) % 8u);
    uint16_t first = 0;

    dev->n = 1 + take8(in) % ROWS_MAX;
    for (size_t i = 0; i < dev->n; i++) {
        struct stunt_reg_info *info = &dev->info[i];
        bool second = i % 2 == 1;

        info->count = second ? dev->info[i - 1].count : (uint16_t)(1 + take8(in) % ELEMENTS_MAX);
        info->stride = info->count > 1 ? 8 : 0;
        info->offset = second ? dev->info[i - 1].offset + 4 : offset;
        info->first = first;
        share_out_bits(in, info);
        first = (uint16_t)(first + info->count);
        offset = second ? offset + 8u * info->count + 4 * (take8(in) % 4u) : offset;
    }
    dev->value = calloc(first, sizeof(uint32_t)); /* exact, so that the sanitizer sees a step outside */
    CHECK(dev->value);
    CHECK(stunt_regs_values(dev->info, dev->n) == first);
    stunt_regs_init(&dev->regs, dev->info, dev->n, dev->value);
    stunt_regs_reset(&dev->regs);
}

/* The rules once more, bit by bit. */
static void check_write(const struct stunt_reg_access *access, uint32_t written)
{
    const struct stunt_reg_info *info = access->info;
    uint32_t writable = info->rw | info->w1c | info->w1s | info->wo;

    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t m = UINT32_C(1) << bit, old = access->old & m, now = access->value & m;

        if (info->rw & m) {
            CHECK(now == (written & m));
        } else if (info->w1c & m) {
            CHECK(now == ((written & m) ? 0 : old));
        } else {
            CHECK(now == old);
        }
        CHECK((access->requested & m) == (written & m & (info->w1s | info->wo)));
    }
    CHECK((access->misuse == STUNT_REG_RO_WRITE) == (writable == 0));
    CHECK((access->misuse == STUNT_REG_RESERVED_WRITE) == (writable && (written & info->reserved)));
}

static void check_found(const struct device *dev, const struct stunt_reg_access *access, uint64_t offset)
{
    CHECK(access->info >= dev->info && access->info < dev->info + dev->n);
    CHECK(access->index < access->info->count);
    CHECK(access->info->offset + (uint64_t)access->info->stride * access->index == offset);
    CHECK(access->misuse != STUNT_REG_BAD_ACCESS);
}

static void one_access(struct input *in, struct device *dev)
{
    uint8_t how = take8(in);
    uint64_t offset = (how & 1) ? 4 * (uint64_t)take8(in) : take(in, (how >> 1) & 7);
    unsigned size = (how & 0x10) ? (unsigned)take8(in) : 4;
    uint32_t value = (uint32_t)take(in, 4);
    struct stunt_reg_access access = (how & 0x20) ? stunt_regs_write(&dev->regs, offset, size, value)
                                                  : stunt_regs_read(&dev->regs, offset, size);

    if (!access.info) {
        CHECK(access.misuse == STUNT_REG_BAD_ACCESS && access.value == 0 && access.requested == 0);
        return;
    }
    CHECK(size == 4 && offset % 4 == 0);
    check_found(dev, &access, offset);
    if (how & 0x20) {
        check_write(&access, value);
        CHECK(stunt_regs_get(&dev->regs, access.info->offset, access.index) == access.value);
    }
    CHECK(((access.info->w1s | access.info->wo) & stunt_regs_read(&dev->regs, offset, size).value) == 0);
    if ((how & 0xc0) == 0xc0) {
        stunt_regs_set(&dev->regs, access.info->offset, access.index, value);
    } else if ((how & 0xc0) == 0x80) {
        stunt_regs_reset_element(&dev->regs, access.info->count, access.index);
        CHECK(stunt_regs_get(&dev->regs, access.info->offset, access.index) == access.info->reset);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    struct device dev;

    memset(&dev, 0, sizeof(dev));
    make_device(&in, &dev);
    while (in.left) {
        one_access(&in, &dev);
    }
    free(dev.value);
    return 0;
}
