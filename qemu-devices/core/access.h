/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fault does to the value of a register access, whatever bus it comes by. */
#ifndef STUNT_CORE_ACCESS_H
#define STUNT_CORE_ACCESS_H

#include "exec/memory.h"
#include "core/trace.h"

/* All ones of so many bytes, 1 to 8. */
uint64_t stunt_access_ones(unsigned size);

/* The value that a read at `addr` gives; a delay has passed when it returns. rule: not NULL. */
uint64_t stunt_access_read(const struct stunt_rule *rule, uint64_t addr, uint64_t value);

/*
 * Whether a write is still to be made, of *value then, after *ret_delay_ns. `kept`: what of the register a write would
 * set, as it is. rule: not NULL.
 */
bool stunt_access_write(const struct stunt_rule *rule, unsigned size, uint64_t kept, uint64_t *value,
                        uint64_t *ret_delay_ns);

/* A script writes at `addr`, as the processor would: an event, which rules may break, with all side effects. */
void stunt_access_poke(MemoryRegion *region, uint64_t addr, uint64_t value, MemOp size, const char *name, Error **errp);

#endif
