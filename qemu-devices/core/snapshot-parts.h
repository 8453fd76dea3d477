/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot is made of. Inside the snapshot code only; the contract is in snapshot.h. */
#ifndef STUNT_CORE_SNAPSHOT_PARTS_H
#define STUNT_CORE_SNAPSHOT_PARTS_H

#include "qapi/error.h"
#include "qapi/qapi-types-run-state.h"
#include "exec/ramblock.h"
#include "core/snapshot.h"
#include "core/state-file.h"
#include "core/trace.h"

/* ---- device state: snapshot-state.c ---------------------------------------------------------------- */

/* All devices as in a migration stream, without its header; NULL with an error. g_byte_array_unref() it. */
GByteArray *stunt_state_save(Error **errp);
bool stunt_state_load(const GByteArray *state, Error **errp);

/* "" or "SECTION: byte N" where they first differ. Free with g_free. */
char *stunt_state_compare(const GByteArray *expected, const GByteArray *found);

/* ---- which pages matter: snapshot-pages.c ---------------------------------------------------------- */

#define STUNT_PAGE STUNT_STATE_PAGE

/*
 * A bit per page of the block's first `len` bytes: may the page be other than zeros? Looking at the others
 * would only populate them. All bits are set where that cannot be told. g_free() it.
 */
unsigned long *stunt_pages_in_use(const RAMBlock *block, uint64_t len);

/* Sets the bits of the pages that a file has: those outside of its holes, or all where that cannot be told. */
void stunt_pages_add_file(unsigned long *pages, int fd, uint64_t len);

/*
 * A bit per page that is memory of this process alone: written since it was mapped, be the mapping anonymous
 * or a private one of a file. All bits where that cannot be told. g_free() it.
 */
unsigned long *stunt_pages_own(const void *host, uint64_t len);

/* ---- RAM: snapshot-ram.c --------------------------------------------------------------------------- */

typedef struct StuntRamCopy StuntRamCopy;

/* Copies all RAM, and from now on notes which pages are written. */
StuntRamCopy *stunt_ram_copy(void);
void stunt_ram_copy_free(StuntRamCopy *copy);

/*
 * As stunt_ram_copy(), with the content that a template has: main memory is mapped from `ram_fd` and, where it differs,
 * from `pages_fd`, -1 without such pages; the rest is copied out of `file`. The machine's own memory stays as it is, but for blocks that take the saved size.
 * NULL with an error, and nothing changed, when the machine's memory is not laid out so, or its main memory
 * is no private mapping of that file.
 */
StuntRamCopy *stunt_ram_copy_of_template(const struct stunt_state_file *file, int ram_fd, int pages_fd,
                                         Error **errp);

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

/* ---- the harness's side: snapshot-shared.c --------------------------------------------------------- */

/* Stop fields and messages in the shared memory. */
typedef struct StuntShared {
    uint32_t reason, arg; /* of StuntStop */
    uint32_t stop_reason, stop_arg;
    uint64_t stop_time_ns;
    uint32_t len[3]; /* of the messages, by StuntArea */
    uint8_t *message[3];
} StuntShared;

void stunt_shared_save(StuntShared *shared);

/* After the trace's state: the stop's event number is the present one. */
void stunt_shared_restore(const StuntShared *shared);
void stunt_shared_clear(StuntShared *shared);

/* ---- all of it ------------------------------------------------------------------------------------- */

typedef struct StuntSnapshot {
    char *name;
    GByteArray *state;
    StuntRamCopy *ram;
    StuntClocks clocks;
    StuntShared shared;
    RunState run_state;  /* PAUSED or PRELAUNCH */
    unsigned population; /* how often devices had come and gone */
} StuntSnapshot;

/* ---- in files: snapshot-template.c, snapshot-ram-file.c, snapshot-ram-pages.c ---------------------- */

/* The machine's main memory; NULL with an error when it is not one block of whole pages. */
RAMBlock *stunt_main_ram(Error **errp);

/* Writes main memory into the file, which is empty. False with an error. */
bool stunt_ram_file_write(int fd, Error **errp);

/* Writes the wanted pages of a block to their places in the file or, packed, one behind the other. False with an error. */
bool stunt_ram_write_pages(int fd, const RAMBlock *block, const unsigned long *wanted, bool packed, Error **errp);

/*
 * Writes the pages of main memory that are not as in the RAM file into the pages file, which is empty, one behind the
 * other, and appends their numbers as a state file has them. False with an error.
 */
bool stunt_ram_pages_write(int ram_fd, int pages_fd, GByteArray *numbers, Error **errp);

/* Is that the file of the pages of this state file? -1: none. False with an error. */
bool stunt_ram_pages_fit(const struct stunt_state_file *file, int pages_fd, Error **errp);

/* Maps them into a mapping of the RAM file, for reading. False with errno. */
bool stunt_ram_pages_map(const struct stunt_state_file *file, int pages_fd, uint8_t *data);

/* The block of this name in a state file; NULL when there is none. */
const struct stunt_state_block *stunt_saved_block(const struct stunt_state_file *file, const char *name);

/* Are the machine's blocks those of the template, and is main memory a private mapping of the RAM file? */
bool stunt_ram_fits_template(const struct stunt_state_file *file, int ram_fd, Error **errp);

/* Writes a snapshot without `ram`, which may be NULL, and the machine's memory as it is. False with an error. */
bool stunt_template_write(const StuntSnapshot *snapshot, const StuntTemplatePaths *paths, Error **errp);

/*
 * Fills in all of a snapshot but name and population, from the files of a template that fits this machine.
 * False with an error.
 */
bool stunt_template_read(StuntSnapshot *snapshot, const StuntTemplatePaths *paths, Error **errp);

#endif
