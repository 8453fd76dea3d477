/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots and templates of a bench that was made by bench_new_traced(), and lives to compare after them. */
#ifndef STUNT_QTEST_SNAPSHOT_H
#define STUNT_QTEST_SNAPSHOT_H

#include "life.h"

void snapshot_take(Bench *bench, const char *name);
void snapshot_rewind(Bench *bench, const char *name);

/* Fails when the machine is not what its latest snapshot says. */
void snapshot_check_whole(Bench *bench);

/* Writes a property of the link, which must be refused with a text that has these words in it. */
void link_refuses(Bench *bench, const char *property, const char *value, const char *words);

/* A life in the middle of its work, with rules armed; the machine is stopped. */
Life *life_new_busy(Bench *bench);

/*
 * Lives on from a stop to a stop, on a machine that is in the state where `from` stands. Gives all events and
 * what they left in memory.
 */
GByteArray *life_live(const Life *from, Bench *bench, uint32_t seed, unsigned steps);

/* Files without a name in the file system. */
typedef struct Template {
    int state_fd, ram_fd, pages_fd;
    char *state, *ram, *pages; /* paths, for QEMU; pages: NULL, or those that are not as in `ram` */
} Template;

Template *template_new(void);
/* One that shares the memory of another. */
Template *template_new_beside(const Template *other);
void template_free(Template *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)

/* Fails when it is refused. Load: into a bench_new_mapped(), as snapshot "ready". */
void template_save(const Template *template, Bench *bench);
void template_load(const Template *template, Bench *bench);

/* template-load must be refused with a text that has these words in it. */
void template_load_refused(const Template *template, Bench *bench, const char *words);

/* A whole file. */
GByteArray *file_get(int fd);
void file_set(int fd, const GByteArray *content);

#endif
