/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm:cell(). */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/cell.h"
#include "lib/scenario/snapshot.h"

#define WORD_MAX   100  /* bytes of a name or an outcome */
#define DETAIL_MAX 1000 /* bytes of a detail that are kept */

enum { VM = 1, WHERE, FUNCTION }; /* arguments */

/* The text at idx, for a name or an outcome. */
static char *check_word(lua_State *L, int idx, const char *what)
{
    size_t len = 0;
    const char *text = lua_isstring(L, idx) ? lua_tolstring(L, idx, &len) : NULL;

    if (!text || !len || len > WORD_MAX || strlen(text) != len) {
        luaL_error(L, "vm:cell: %s must be a text of 1 to %d bytes, or a number", what, WORD_MAX);
    }
    return (char *)text;
}

/* Pushes the field, which keeps its text alive. */
static char *push_field(lua_State *L, const char *key)
{
    lua_getfield(L, WHERE, key);
    return check_word(L, lua_gettop(L), key);
}

/* Leaves the texts on the stack. */
static StuntCell push_place(lua_State *L, const StuntRuntime *runtime)
{
    static const char *const keys[] = { "from", "sweep", "row", "point", NULL };
    StuntCell cell = { .detail = (char *)"" };

    luaL_checktype(L, WHERE, LUA_TTABLE);
    luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
    stunt_bridge_check_keys(L, WHERE, "vm:cell", keys);
    cell.row = push_field(L, "row");
    cell.point = push_field(L, "point");
    cell.sweep = lua_getfield(L, WHERE, "sweep") == LUA_TNIL ? (char *)"" : check_word(L, lua_gettop(L), "sweep");
    if (stunt_grid_find(runtime->grid, cell.sweep, cell.row, cell.point)) {
        luaL_error(L, "vm:cell: there is one already with this sweep, row and point (%s, %s, %s)", cell.sweep, cell.row, cell.point);
    }
    if (runtime->grid->cell->len >= STUNT_GRID_CELLS_MAX) {
        luaL_error(L, "vm:cell: more than %d cells", STUNT_GRID_CELLS_MAX);
    }
    return cell;
}

static void go_there(lua_State *L, StuntRuntime *runtime, StuntScenarioSnapshot *snapshot)
{
    GError *error = NULL;

    if (!stunt_snapshot_is_here(runtime, snapshot) && !stunt_snapshot_rewind(runtime, snapshot, &error)) {
        stunt_runtime_raise(runtime, L, error);
    }
}

/* Whether the error is no matter of the cell: the script has no memory or time left, or no guest, or was stopped by hand. */
static gboolean ends_script(const StuntRuntime *runtime, int status)
{
    const StuntStopped why = stunt_vm_stopped(runtime->vm);

    return status == LUA_ERRMEM || runtime->sandbox.expired || runtime->sandbox.interrupted || runtime->died ||
           why == STUNT_STOPPED_EVENT || why == STUNT_STOPPED_BREAK;
}

/* At most so many bytes, and no half of a letter: the grid makes it valid. Pushes the text. */
static char *push_detail(lua_State *L, int idx)
{
    size_t len;
    const char *text = luaL_tolstring(L, idx, &len);

    return (char *)(len > DETAIL_MAX ? lua_pushlstring(L, text, DETAIL_MAX) : text);
}

/* Runs the function. What it says of the outcome, or the error that is none of a verdict, goes to the cell; the texts stay on the stack. */
static void call(lua_State *L, StuntRuntime *runtime, StuntCell *cell)
{
    int status, top = lua_gettop(L);

    lua_pushvalue(L, FUNCTION);
    lua_pushvalue(L, VM);
    runtime->in_cell = TRUE;
    status = lua_pcall(L, 1, 2, 0);
    runtime->in_cell = FALSE;
    if (status != LUA_OK && ends_script(runtime, status)) {
        lua_error(L);
    }
    if (status != LUA_OK && !runtime->judged) {
        cell->outcome = (char *)"error";
        cell->detail = push_detail(L, top + 1);
    } else if (status == LUA_OK) {
        cell->outcome = check_word(L, top + 1, "the outcome that the function returns");
        cell->detail = lua_isnil(L, top + 2) ? cell->detail : push_detail(L, top + 2);
    }
}

int stunt_vm_cell_call(lua_State *L)
{
    StuntRuntime *runtime = stunt_snapshot_ready(L, "vm:cell");
    guint findings = runtime->finding->len;
    const char *from;
    StuntCell cell;
    const StuntCell *made;
    GError *error = NULL;

    lua_settop(L, FUNCTION);
    if (runtime->in_cell || runtime->judged) {
        return luaL_error(L, "vm:cell: %s", runtime->in_cell ? "not within another cell" : "the verdict has fallen already");
    }
    cell = push_place(L, runtime);
    from = stunt_bridge_get_string(L, WHERE, "from", STUNT_DEFAULT_SNAPSHOT);
    go_there(L, runtime, stunt_snapshot_check(L, runtime, from));
    stunt_cell_begin(runtime, &cell);
    call(L, runtime, &cell);
    made = stunt_cell_end(runtime, from, findings, &cell, &error);
    if (!made) {
        return stunt_runtime_raise(runtime, L, error);
    }
    lua_pushstring(L, made->outcome);
    return 1;
}
