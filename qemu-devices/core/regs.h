/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register file: the rules of a device's registers, driven by the table generated from its spec.
 * Knows nothing of QEMU.
 *
 * A register is 4 bytes wide. Guests may read and write with 4 bytes, naturally aligned; everything else is
 * answered as the spec says (reads all zeros, writes ignored) and reported as misuse.
 */
#ifndef STUNT_CORE_REGS_H
#define STUNT_CORE_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row of the generated table: a register, or an array of equal registers. */
struct stunt_reg_info {
    const char *name;  /* as in the spec, "CH_CTRL" */
    uint32_t offset;   /* of element 0, in bytes */
    uint16_t count;    /* elements, 1 for a single register */
    uint16_t stride;   /* bytes from one element to the next */
    uint16_t first;    /* index of element 0 in the value array */
    uint32_t reset;    /* value after reset */
    uint32_t rw;       /* bits that a write sets */
    uint32_t w1c;      /* bits that a written 1 clears */
    uint32_t w1s;      /* bits that a written 1 requests; they read as 0 */
    uint32_t wo;       /* bits that a write passes to the hook; they read as 0 */
    uint32_t reserved; /* bits that must be written as 0 */
    bool is_volatile;  /* the device changes it by itself */
    bool side_effect;  /* access does more than change the value */
};

enum stunt_reg_misuse {
    STUNT_REG_OK = 0,
    STUNT_REG_RO_WRITE = 1,       /* a write to a register without any writable bit */
    STUNT_REG_BAD_ACCESS = 2,     /* wrong size or alignment, or no register there */
    STUNT_REG_RESERVED_WRITE = 3, /* a 1 written to a reserved bit */
};

/* What an access found: the register, its element, and whether the guest broke a rule. */
struct stunt_reg_access {
    const struct stunt_reg_info *info; /* NULL: STUNT_REG_BAD_ACCESS */
    unsigned index;                    /* element of the array */
    uint32_t old;                      /* value before a write */
    uint32_t value;                    /* value read; value after a write */
    uint32_t requested;                /* w1s and wo bits written as 1 */
    enum stunt_reg_misuse misuse;
};

#define STUNT_REGS_NEAR 128u

struct stunt_regs {
    const struct stunt_reg_info *info; /* ascending by offset */
    size_t n_info;
    uint8_t near[STUNT_REGS_NEAR]; /* by a hash of the offset: a row that may be the one */
    uint32_t *value; /* n_values entries, owned by the device (part of its VMState) */
    size_t n_values;
};

/* Values needed by a table: the sum of all counts. */
size_t stunt_regs_values(const struct stunt_reg_info *info, size_t n_info);

/* `value` is borrowed, has n_values entries, and must outlive `regs`. Does not reset. */
void stunt_regs_init(struct stunt_regs *regs, const struct stunt_reg_info *info, size_t n_info,
                     uint32_t *value);

/* Puts every register to its reset value. */
void stunt_regs_reset(struct stunt_regs *regs);

/* Puts element `index` of the array registers that have exactly `count` elements to their reset values. */
void stunt_regs_reset_element(struct stunt_regs *regs, unsigned count, unsigned index);

/* Guest read: no side effect of its own. size in bytes. */
struct stunt_reg_access stunt_regs_read(const struct stunt_regs *regs, uint64_t offset, unsigned size);

/* Guest write: applies rw and w1c; w1s and wo only show up in `requested`. size in bytes. */
struct stunt_reg_access stunt_regs_write(struct stunt_regs *regs, uint64_t offset, unsigned size,
                                         uint32_t value);

/* Device side, by offset of element 0 (a constant of the border header) and element. It must exist. */
uint32_t stunt_regs_get(const struct stunt_regs *regs, uint32_t offset, unsigned index);
void stunt_regs_set(struct stunt_regs *regs, uint32_t offset, unsigned index, uint32_t value);

#endif
