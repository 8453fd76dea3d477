/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of event fields as scripts write them: 3, "CH1_DONE", { value = 0x10, mask = 0xf0 }. */
#ifndef STUNT_LIB_MATCH_H
#define STUNT_LIB_MATCH_H

#include "lib/scenario/runtime.h"

typedef struct {
    const StuntSpecDevice *device; /* NULL: any, then names are only looked up by class */
    const struct stunt_class_info *class_info;
    guint8 used; /* bit per field */
    guint64 value[STUNT_FIELDS_MAX];
    guint64 mask[STUNT_FIELDS_MAX];
} StuntMatch;

/* Adds the field called `key` with the value on top of the stack. Raises Lua errors. */
void stunt_match_add(lua_State *L, StuntMatch *match, const char *key);

/* Adds all fields of the table at idx. */
void stunt_match_add_table(lua_State *L, int idx, StuntMatch *match);

/*
 * A query { device = …, class = …, FIELD = … } at idx as one for the timeline; keys in `others`
 * (NULL-terminated) are the caller's. Raises Lua errors.
 */
StuntEventQuery stunt_match_query(lua_State *L, int idx, StuntRuntime *runtime, const char *const *others);

/* Pushes the text of a query, for messages: "dma0 irq.raise vector=1". */
void stunt_match_push_text(lua_State *L, StuntRuntime *runtime, const StuntEventQuery *query);

#endif
