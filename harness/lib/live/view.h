/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one side, guest or model, tells of a machine's functions: facts by name, in words of both sides. */
#ifndef STUNT_LIB_LIVE_VIEW_H
#define STUNT_LIB_LIVE_VIEW_H

#include <json-glib/json-glib.h>
#include "stunt/live.h"

#define STUNT_LIVE_BARS 6

typedef struct {
    char *address; /* "0000:01:00.0" */
    char *name;    /* the model's, or NULL */
    guint depth;
    GHashTable *fact;      /* char * name of a fact to char * */
    JsonObject *registers; /* or NULL */
} StuntLiveSide;

StuntLiveSide *stunt_live_side_new(const char *address);
void stunt_live_side_free(StuntLiveSide *side);
/* Takes the value; NULL: nothing is known. */
void stunt_live_side_set(StuntLiveSide *side, const char *what, char *value);

/* The facts that both sides write the same way. */
char *stunt_live_ids(guint vendor, guint device, guint subvendor, guint subsystem);
char *stunt_live_bar(guint64 address, guint64 size, gboolean io, gboolean on);
char *stunt_live_buses(guint secondary, guint subordinate);

/* The shell script that the guest runs, and what it says: GPtrArray of StuntLiveSide. Errors: PROTOCOL. */
extern const char stunt_live_guest_script[];
GPtrArray *stunt_live_guest_view(const char *text, GError **error);

/* The answer to query-pci: GPtrArray of StuntLiveSide, each behind its bridge. Errors: QEMU. */
GPtrArray *stunt_live_model_view(JsonNode *answer, GError **error);

/* Both beside each other; takes name and registers from the model's side. */
StuntLive *stunt_live_compare(const GPtrArray *guest, const GPtrArray *model);

#endif
