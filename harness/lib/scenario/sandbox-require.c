/* SPDX-License-Identifier: GPL-2.0-or-later */
/* require() from the scenario's own folder and scenarios/lib, and from nowhere else. */
#include <stdlib.h>
#include <string.h>

#include "lib/scenario/sandbox.h"

#define LOADED "stunt.loaded"   /* registry: table of what was required */
#define LOADING "stunt.loading" /* registry: table of what is being loaded */
#define NAME_MAX_LEN 100

/* Words of letters, digits, '-' and '_', parted by '.' or '/': no absolute path, no "..". */
static gboolean is_name(const char *name)
{
    gboolean word = FALSE;

    for (const char *c = name; *c; c++) {
        if (g_ascii_isalnum(*c) || *c == '_' || *c == '-') {
            word = TRUE;
        } else if ((*c == '.' || *c == '/') && word) {
            word = FALSE;
        } else {
            return FALSE;
        }
    }
    return word && strlen(name) <= NAME_MAX_LEN;
}

/* The file when it is there and, with all links followed, still in the folder. Free with free(). */
static char *find_in(const char *folder, const char *name)
{
    g_autofree char *relative = g_strdelimit(g_strdup(name), ".", '/');
    g_autofree char *file = g_strconcat(folder, "/", relative, ".lua", NULL);
    char *real_folder = realpath(folder, NULL), *real = realpath(file, NULL);
    gsize len = real_folder ? strlen(real_folder) : 0;

    if (real && len && (strncmp(real, real_folder, len) != 0 || real[len] != '/')) {
        g_clear_pointer(&real, free);
    }
    free(real_folder);
    return real;
}

/* Leaves the loaded function, or an error message and FALSE. */
static gboolean load(lua_State *L, const char *name)
{
    StuntSandbox *sandbox = stunt_sandbox_of(L);

    for (guint i = 0; i < G_N_ELEMENTS(sandbox->folder); i++) {
        char *file = sandbox->folder[i] ? find_in(sandbox->folder[i], name) : NULL;

        if (file) {
            gboolean good = stunt_sandbox_load(sandbox, L, file);

            free(file);
            return good;
        }
    }
    lua_pushfstring(L, "no module '%s' in the scenario's folder or in scenarios/lib", name);
    return FALSE;
}

static void set_flag(lua_State *L, const char *name, gboolean on)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADING);
    if (on) {
        lua_pushboolean(L, TRUE);
    } else {
        lua_pushnil(L);
    }
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

static int require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    int status;

    if (!is_name(name)) {
        return luaL_error(L, "require: '%s' is no module name (letters, digits, '_', '-', parts with '.')",
                          name);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADED);
    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        return 1;
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADING);
    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        return luaL_error(L, "require: '%s' requires itself", name);
    }
    lua_settop(L, 2);
    if (!load(L, name)) {
        return lua_error(L);
    }
    set_flag(L, name, TRUE);
    lua_pushvalue(L, 1);
    status = lua_pcall(L, 1, 1, 0);
    set_flag(L, name, FALSE);
    if (status) {
        return lua_error(L);
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, TRUE);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

void stunt_sandbox_open_require(lua_State *L)
{
    lua_pushcfunction(L, require);
    lua_setglobal(L, "require");
}
