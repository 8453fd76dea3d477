/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox's Lua state: bounded memory and time, whitelisted libraries. */
#include <string.h>

#include "lib/scenario/sandbox.h"

#define HOOK_INSTRUCTIONS 100000 /* about a millisecond */

/* Everything else of the base library goes. Those in the last row are replaced by the sandbox-*.c files. */
static const char *const base_kept[] = {
    "assert", "error",  "getmetatable", "ipairs", "pcall",    "rawequal", "rawget", "rawlen",
    "rawset", "select", "tonumber",     "type",   "_VERSION", "_G",       "xpcall",
    "load",   "next",   "pairs",        "print",  "tostring", "setmetatable", NULL,
};

static const luaL_Reg libraries[] = {
    { LUA_GNAME, luaopen_base },
    { LUA_COLIBNAME, luaopen_coroutine },
    { LUA_TABLIBNAME, luaopen_table },
    { LUA_STRLIBNAME, luaopen_string },
    { LUA_MATHLIBNAME, luaopen_math },
    { LUA_UTF8LIBNAME, luaopen_utf8 },
    { NULL, NULL },
};

static void *allocate(void *data, void *block, size_t old_size, size_t new_size)
{
    StuntSandbox *sandbox = data;
    gsize old = block ? old_size : 0; /* without a block, old_size is a type */
    void *moved;

    if (!new_size) {
        sandbox->memory -= old;
        g_free(block);
        return NULL;
    }
    if (new_size > old && sandbox->memory - old + new_size > STUNT_SANDBOX_MEMORY) {
        return NULL;
    }
    moved = g_try_realloc(block, new_size);
    if (moved) {
        sandbox->memory += new_size - old;
    }
    return moved;
}

StuntSandbox *stunt_sandbox_of(lua_State *L)
{
    StuntSandbox *sandbox;

    memcpy(&sandbox, lua_getextraspace(L), sizeof(sandbox)); /* coroutines inherit a copy */
    return sandbox;
}

void stunt_sandbox_progress(StuntSandbox *sandbox)
{
    sandbox->progress_us = g_get_monotonic_time();
}

/* Once time is up, every further instruction count raises again: pcall() in a loop does not help. */
static void check_time(lua_State *L, lua_Debug *ar)
{
    StuntSandbox *sandbox = stunt_sandbox_of(L);
    gint64 elapsed_ms = (g_get_monotonic_time() - sandbox->progress_us) / 1000;

    (void)ar;
    if (sandbox->interrupted) {
        lua_sethook(L, check_time, LUA_MASKCOUNT, 1);
        luaL_error(L, "interrupted");
    }
    if (sandbox->expired || (sandbox->wall_limit_ms && elapsed_ms > (gint64)sandbox->wall_limit_ms)) {
        sandbox->expired = TRUE;
        lua_sethook(L, check_time, LUA_MASKCOUNT, 1);
        luaL_error(L, "the script ran for %d s without letting the machine go on (wall-clock backstop)",
                   (int)(sandbox->wall_limit_ms / 1000));
    }
}

void stunt_sandbox_resume(StuntSandbox *sandbox)
{
    sandbox->expired = FALSE;
    sandbox->interrupted = 0;
    stunt_sandbox_progress(sandbox);
    lua_sethook(sandbox->L, check_time, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
}

static gboolean is_kept(const char *name)
{
    for (guint i = 0; base_kept[i]; i++) {
        if (g_str_equal(name, base_kept[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static void prune_base(lua_State *L)
{
    lua_pushglobaltable(L);
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && !is_kept(lua_tostring(L, -1))) {
            lua_pushvalue(L, -1);
            lua_pushnil(L);
            lua_rawset(L, -4); /* clearing a field while walking the table is allowed */
        }
    }
    lua_pop(L, 1);
}

/* Runs protected; argument: the seed. */
static int open_libraries(lua_State *L)
{
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    prune_base(L);
    for (const luaL_Reg *library = libraries + 1; library->name; library++) {
        luaL_requiref(L, library->name, library->func, 1);
    }
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 0);
    lua_settop(L, 1);
    stunt_sandbox_open_base(L);
    stunt_sandbox_open_order(L);
    stunt_sandbox_open_text(L);
    stunt_sandbox_open_require(L);
    return 0;
}

void stunt_sandbox_init(StuntSandbox *sandbox, guint64 seed)
{
    lua_State *L = lua_newstate(allocate, sandbox);

    g_assert(L);
    sandbox->L = L;
    memcpy(lua_getextraspace(L), &sandbox, sizeof(sandbox));
    lua_pushcfunction(L, open_libraries);
    lua_pushinteger(L, (lua_Integer)seed);
    if (lua_pcall(L, 1, 0, 0)) {
        g_error("the script sandbox does not open: %s", lua_tostring(L, -1));
    }
    stunt_sandbox_progress(sandbox);
    lua_sethook(L, check_time, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
}

void stunt_sandbox_clear(StuntSandbox *sandbox)
{
    if (sandbox->L) {
        lua_close(sandbox->L);
        sandbox->L = NULL;
    }
}

/* ---- files --------------------------------------------------------------------------------------- */

static char *chunk_name(const StuntSandbox *sandbox, const char *file)
{
    gsize len = sandbox->root ? strlen(sandbox->root) : 0;

    if (len && strncmp(file, sandbox->root, len) == 0 && file[len] == '/') {
        return g_strconcat("@", file + len + 1, NULL);
    }
    return g_strconcat("@", file, NULL);
}

gboolean stunt_sandbox_load(StuntSandbox *sandbox, lua_State *L, const char *file)
{
    g_autofree char *name = chunk_name(sandbox, file);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize len;

    if (!g_file_get_contents(file, &text, &len, &error)) {
        lua_pushstring(L, error->message);
        return FALSE;
    }
    if (len > STUNT_SANDBOX_FILE_MAX) {
        lua_pushfstring(L, "%s: larger than %d bytes", file, (int)STUNT_SANDBOX_FILE_MAX);
        return FALSE;
    }
    return luaL_loadbufferx(L, text, len, name, "t") == LUA_OK;
}
