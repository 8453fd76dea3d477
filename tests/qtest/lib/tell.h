/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DMA checker in a guest would tell through the link, of the DMA device of a bench. */
#ifndef STUNT_QTEST_TELL_H
#define STUNT_QTEST_TELL_H

#include "bench.h"
#include "stunt/regs/link.h"

#define RAM_TELL UINT64_C(0x00180000)

/* A checker is there, and a driver is bound to the device. */
void tell_start(Bench *bench);

/* Writes the records, 1 to STUNT_LINK_LIMIT_TELLS, and says so; those of kind 0 are maps. */
void tell(Bench *bench, const struct stunt_link_tell *record, unsigned n);

/* One record of this kind. */
void tell_kind(Bench *bench, uint8_t kind);

/* Memory at an address that is the same for device and processor. */
void tell_map(Bench *bench, uint64_t addr, uint32_t len, uint8_t direction);
void tell_unmap(Bench *bench, uint64_t addr, uint32_t len, uint8_t direction);

#endif
