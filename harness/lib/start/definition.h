/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that shapes a machine at its ready point, as a text. Equal texts: the same machine. */
#ifndef STUNT_START_DEFINITION_H
#define STUNT_START_DEFINITION_H

#include "stunt/start.h"

/* Checksums of files by path, kept; files are taken not to change while a process has one of these. */
typedef GHashTable StuntSums;
StuntSums *stunt_sums_new(void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntSums, g_hash_table_unref)

/*
 * QEMU's command line with checksums in place of paths, then the modules. Free with g_free. Errors: MISSING
 * (a file cannot be read).
 */
char *stunt_definition_text(const StuntMachine *machine, const GPtrArray *modules, StuntSums *sums,
                            GError **error);

/*
 * The name of the memory that templates of such machines can share, as they boot the same kernel: a hash as below. Free
 * with g_free. Errors: MISSING.
 */
char *stunt_definition_memory(const StuntMachine *machine, StuntSums *sums, GError **error);

/* The name of its template: a hash of the text, 32 hexadecimal digits. Free with g_free. */
char *stunt_definition_key(const char *text);

#endif
