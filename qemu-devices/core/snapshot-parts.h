/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot is made of. Inside the snapshot code only; the contract is in snapshot.h. */
#ifndef STUNT_CORE_SNAPSHOT_PARTS_H
#define STUNT_CORE_SNAPSHOT_PARTS_H

#include "qapi/error.h"
#include "core/trace.h"

/* ---- device state: snapshot-state.c ---------------------------------------------------------------- */

/* All devices as in a migration stream, without its header; NULL with an error. g_byte_array_unref() it. */
GByteArray *stunt_state_save(Error **errp);
bool stunt_state_load(const GByteArray *state, Error **errp);

/* "" or "SECTION: byte N" where they first differ. Free with g_free. */
char *stunt_state_compare(const GByteArray *expected, const GByteArray *found);

/* ---- RAM: snapshot-ram.c --------------------------------------------------------------------------- */

typedef struct StuntRamCopy StuntRamCopy;

/* Copies all RAM, and from now on notes which pages are written. */
StuntRamCopy *stunt_ram_copy(void);
void stunt_ram_copy_free(StuntRamCopy *copy);

/* False with an error when RAM is not laid out as it was. */
bool stunt_ram_fits(const StuntRamCopy *copy, Error **errp);

/* Puts back what was written since, in a RAM that fits. */
void stunt_ram_restore(StuntRamCopy *copy);

/* "" or "BLOCK: address N" where RAM first differs. Free with g_free. */
char *stunt_ram_compare(const StuntRamCopy *copy);

/* ---- processor and clocks: snapshot-cpu.c, snapshot-clock.c ---------------------------------------- */

/* Puts our own state description of the processors in place of QEMU's, which throws all translations away. */
void stunt_cpu_adopt(void);

/* While on, loading keeps translations. */
void stunt_cpu_keep_code(bool keep);

/* Both ways out of a snapshot, the first and every later one, start with empty TLBs. */
void stunt_cpu_flush_tlbs(void);

/* Bytes in RAM are about to change behind the processor's back. */
void stunt_cpu_forget_code(uint64_t ram_addr, uint64_t len);

/* What the clocks have beside their migrated state. */
typedef struct StuntClocks {
    int64_t ticks_prev; /* the TSC never goes below it */
    int64_t qtest_ns;
} StuntClocks;

StuntClocks stunt_clocks_save(void);
void stunt_clocks_restore(const StuntClocks *clocks);

#endif
