/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of Lua as people type them: when they are a whole, and what to make of them. */
#ifndef STUNT_LIB_SHELL_CHUNK_H
#define STUNT_LIB_SHELL_CHUNK_H

#include <glib.h>
#include <lua.h>

typedef enum {
    STUNT_CHUNK_EMPTY,      /* blanks and comments */
    STUNT_CHUNK_WHOLE,      /* the function is on the stack */
    STUNT_CHUNK_INCOMPLETE, /* more lines could make it whole */
    STUNT_CHUNK_BROKEN,     /* no line could: an error message is on the stack */
} StuntChunk;

/*
 * Compiles the text: as an expression whose values the function gives, else as statements. A `local` that it begins
 * with is left out, so that the name is still there in the next chunk. Errors say SOURCE:LINE, `line` being the number
 * of its first one. Pushes nothing when it is empty or incomplete.
 */
StuntChunk stunt_chunk_load(lua_State *L, const char *text, const char *source, guint line);

#endif
