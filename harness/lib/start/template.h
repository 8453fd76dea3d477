/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The templates' folder. A template is a folder FOLDER/KEY with the files `state`, `ram` and, if it shares that with
 * others, `pages` (as qemu-devices/core/snapshot.h writes them), `template.json` (what the harness knows of the guest, and
 * the checksums of these files) and `boot.log` (the timeline up to the ready point, for people). It is made aside and renamed, so
 * it is whole or not there. The time stamp of template.json says when it was used last.
 */
#ifndef STUNT_START_TEMPLATE_H
#define STUNT_START_TEMPLATE_H

#include <json-glib/json-glib.h>

#include "stunt/start.h"

/* An open template, good for as long as it is open, whatever becomes of its folder. */
typedef struct {
    StuntVmTemplate file;
    StuntBaseline baseline;
    JsonNode *guest; /* of stunt_guest_to_json() */
} StuntTemplate;
void stunt_template_free(StuntTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntTemplate, stunt_template_free)

/*
 * Opens the template and checks all of it. NULL when there is none; and when it is damaged: then it is removed
 * and *ret_damage (free with g_free) says what was wrong.
 */
StuntTemplate *stunt_template_open(const char *folder, const char *key, char **ret_damage);

/* ---- memory that is shared: memory.c ------------------------------------------------------------------- */

#define STUNT_MEMORY_SUFFIX ".ram"

/* What kind of memory it is: templates with the same key boot the same kernel. */
typedef struct {
    const char *key;
    guint64 bytes;
} StuntMemory;

/* Links a RAM file of that kind into a folder, as `ram`, and opens it. -1 when there is none that is whole. */
int stunt_memory_take(const char *folder, const StuntMemory *memory, const char *place);

/* From now on others may take the `ram` of this folder, if there is no other. */
void stunt_memory_offer(const char *folder, const StuntMemory *memory, const char *place);

/* Removes the file if it is memory on offer that no template has any more. */
void stunt_memory_remove_unused(const char *path);

/* ---- making one ---------------------------------------------------------------------------------- */

/*
 * Keeps others from making the same template until the descriptor is closed. -1 with EAGAIN when somebody is
 * at it, with another errno when the folder cannot be used.
 */
int stunt_template_lock(const char *folder, const char *key);

/* One that is being made. Files are empty. */
typedef struct {
    StuntVmTemplate file;
    char *folder, *key, *aside; /* NULL: in memory only */
    const StuntMemory *memory;
} StuntDraft;

/*
 * In the folder, with the lock held; or, without a folder, in memory. With memory that it can share file.ram has content
 * and file.pages is open. memory stays with the caller. Errors: FAILED (disk).
 */
StuntDraft *stunt_draft_new(const char *folder, const char *key, const StuntMemory *memory, GError **error);
void stunt_draft_free(StuntDraft *draft); /* what was not committed is removed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntDraft, stunt_draft_free)

/* What goes into template.json, and boot.log. */
typedef struct {
    const char *definition, *boot_log;
    const StuntBaseline *baseline;
    JsonNode *guest;
} StuntTemplateText;

/*
 * The files have been filled: gives the template its name, and makes room by removing those that were not
 * used for longest. Errors: FAILED (disk).
 */
StuntTemplate *stunt_draft_commit(StuntDraft *draft, const StuntTemplateText *text, GError **error);

/* ---- room: room.c -------------------------------------------------------------------------------- */

/* Removes the least recently used templates but `keep` until all fit, and what killed makers left. */
void stunt_templates_make_room(const char *folder, const char *keep);
/* Removes a folder and the files in it. */
void stunt_folder_remove(const char *path);

#define STUNT_TEMPLATE_ASIDE ".part"
#define STUNT_TEMPLATE_TEXT "template.json"

#endif
