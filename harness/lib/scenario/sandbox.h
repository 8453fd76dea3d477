/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Lua state that a scenario cannot leave and that behaves the same each time: only harmless libraries, no
 * byte code, files only through require() from two folders, memory and time bounded, and nothing that shows
 * addresses, the clock or the order of a hash table.
 */
#ifndef STUNT_LIB_SANDBOX_H
#define STUNT_LIB_SANDBOX_H

#include <glib.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>

#define STUNT_SANDBOX_MEMORY (512u * 1024 * 1024) /* bytes; files of a scenario pass through it */
#define STUNT_SANDBOX_FILE_MAX (4u * 1024 * 1024) /* bytes of one Lua file */

typedef void (*StuntPrintFunc)(const char *text, gpointer data);

typedef struct {
    lua_State *L;
    const char *folder[2]; /* that require() searches: the scenario's own, scenarios/lib */
    const char *root;      /* files below it are shown relative to it */
    guint64 wall_limit_ms; /* without progress */
    StuntPrintFunc print;  /* NULL: print() says nothing */
    gpointer data;         /* for print, and for the bindings */

    gint64 progress_us; /* monotonic time of the last progress */
    gboolean expired;
    volatile sig_atomic_t interrupted; /* may be set by a signal handler: the script that runs ends with an error */
    gsize memory; /* bytes in use */
} StuntSandbox;

/* Fills sandbox->L. The strings are borrowed; the struct must not move. Equal seeds give equal math.random().
 */
void stunt_sandbox_init(StuntSandbox *sandbox, guint64 seed);
void stunt_sandbox_clear(StuntSandbox *sandbox);

/* The sandbox that a state, or a coroutine of it, belongs to. */
StuntSandbox *stunt_sandbox_of(lua_State *L);

/* Something went on: the backstop starts again. */
void stunt_sandbox_progress(StuntSandbox *sandbox);

/* After a script that expired or was interrupted: the next may run. */
void stunt_sandbox_resume(StuntSandbox *sandbox);

/*
 * Loads a file as a function onto the stack: text only. FALSE: an error message is there instead.
 * chunk names show the file relative to the sandbox's root.
 */
gboolean stunt_sandbox_load(StuntSandbox *sandbox, lua_State *L, const char *file);

/* Parts, one file each: put their functions into the global table of a new state. */
void stunt_sandbox_open_base(lua_State *L);
void stunt_sandbox_open_order(lua_State *L); /* pairs, next */
void stunt_sandbox_open_text(lua_State *L);  /* tostring, string.format, print */
void stunt_sandbox_open_require(lua_State *L);

#endif
