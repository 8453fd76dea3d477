/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that a driver has handed over to its device: what is mapped, what was until a short while ago, and
 * whether the device may go to an address. Knows nothing of QEMU.
 */
#ifndef STUNT_CORE_MAPPINGS_H
#define STUNT_CORE_MAPPINGS_H

#include "spans.h"

#define STUNT_MAPPINGS_MAX 65536u
#define STUNT_MAPPINGS_RECENT 64u /* unmapped ones that are remembered */

/* As the kernel numbers them; to_device: the device reads. */
enum stunt_direction {
    STUNT_DIR_BIDIRECTIONAL = 0,
    STUNT_DIR_TO_DEVICE = 1,
    STUNT_DIR_FROM_DEVICE = 2,
};

struct stunt_mapping {
    uint64_t addr; /* where the device finds it */
    uint64_t phys; /* the memory behind it */
    uint32_t len;      /* bytes at addr; 0: this is about phys alone */
    uint32_t phys_len; /* bytes at phys; 0: unknown */
    uint8_t direction;
};

struct stunt_recent {
    uint64_t start, last;
    bool used;
};

/* Starts as all zero. */
struct stunt_mappings {
    struct stunt_mapping *mapping; /* by addr */
    int32_t n;
    uint32_t room;
    struct stunt_recent recent[STUNT_MAPPINGS_RECENT];
    uint32_t next_recent;
    struct stunt_spans dma, phys; /* follow from the mappings */
};

/* Forgets everything. */
void stunt_mappings_clear(struct stunt_mappings *set);

/* Neither range wraps, one of them is not empty, and the direction is one there is. */
bool stunt_mapping_valid(const struct stunt_mapping *mapping);

/* False, and nothing has changed, when there is no room. The mapping is valid. */
bool stunt_mappings_add(struct stunt_mappings *set, const struct stunt_mapping *mapping);

/*
 * Is memory behind the mapping mapped already, so that the device could write it while another mapping of it is
 * in use? To be asked before it is added; ret_phys is where.
 */
bool stunt_mappings_twice(const struct stunt_mappings *set, const struct stunt_mapping *mapping,
                          uint64_t *ret_phys);

enum stunt_unmapped {
    STUNT_UNMAPPED_OK = 0,
    STUNT_UNMAPPED_UNKNOWN, /* no such mapping */
    STUNT_UNMAPPED_FULL,    /* no room to take a part out of a range; nothing has changed */
};

/*
 * Takes out the mapping with this addr, and if there are several the one that is most like it in len, direction
 * and phys. With len 0 addr is not looked at.
 */
enum stunt_unmapped stunt_mappings_remove(struct stunt_mappings *set, const struct stunt_mapping *like);

/* What is left is taken for unmapped. */
void stunt_mappings_drop(struct stunt_mappings *set);

enum stunt_access {
    STUNT_ACCESS_OK = 0,
    STUNT_ACCESS_UNMAPPED,    /* never handed over, or too long ago to be remembered */
    STUNT_ACCESS_AFTER_UNMAP, /* it was mapped a short while ago */
    STUNT_ACCESS_DIRECTION,   /* mapped, but not for this direction */
};

/* May the device go there? len is at least 1 and the range does not wrap. If not, ret_at is the first byte. */
enum stunt_access stunt_mappings_access(const struct stunt_mappings *set, uint64_t addr, uint64_t len,
                                        bool write, uint64_t *ret_at);

/* After mapping and n were loaded: makes the rest. False when what was loaded was not a set of ours. */
bool stunt_mappings_rebuild(struct stunt_mappings *set);

#endif
