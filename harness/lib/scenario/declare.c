/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario { summary = …, machine = …, … }: everything but the machine. */
#include "lib/scenario/declare.h"

static const char *const keys[] = {
    "summary", "machine", "modules", "deadline", "oracle", "verdict", "catches", "outcomes", "proves",
    "run", NULL,
};

/* "name" or { "name", "params" } on top of the stack. */
static void declare_module(lua_State *L, StuntRuntime *runtime)
{
    GPtrArray *modules = runtime->scenario->module;

    if (lua_type(L, -1) == LUA_TSTRING) {
        stunt_modules_add(modules, lua_tostring(L, -1), NULL);
        return;
    }
    if (!lua_istable(L, -1) || lua_rawgeti(L, -1, 1) != LUA_TSTRING) {
        luaL_error(L, "modules: a name, or { name, parameters } expected");
    }
    if (lua_rawgeti(L, -2, 2) != LUA_TNIL && lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "modules: the parameters of '%s' must be a string", lua_tostring(L, -2));
    }
    stunt_modules_add(modules, lua_tostring(L, -2), lua_tostring(L, -1));
    lua_pop(L, 2);
}

void stunt_declare_list(lua_State *L, int idx, const char *key, StuntRuntime *runtime,
                        void (*each)(lua_State *, StuntRuntime *))
{
    if (lua_getfield(L, idx, key) != LUA_TNIL) {
        if (!lua_istable(L, -1)) {
            luaL_error(L, "%s must be a list", key);
        }
        for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
            each(L, runtime);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* The name of a planted bug on top of the stack. */
static void declare_catch(lua_State *L, StuntRuntime *runtime)
{
    GError *error = NULL;

    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "catches must be a list of planted bugs' names");
    }
    if (!stunt_setup_find_bug(runtime->setup, lua_tostring(L, -1), &error)) {
        lua_pushfstring(L, "catches: %s", error->message);
        g_error_free(error);
        luaL_error(L, "%s", lua_tostring(L, -1));
    }
    g_ptr_array_add(runtime->scenario->catches, g_strdup(lua_tostring(L, -1)));
}

/* A good outcome of cells on top of the stack. */
static void declare_outcome(lua_State *L, StuntRuntime *runtime)
{
    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "outcomes must be a list of texts: the outcomes of cells that are good");
    }
    g_ptr_array_add(runtime->scenario->outcome, g_strdup(lua_tostring(L, -1)));
}

static void declare_verdict(lua_State *L, int idx, StuntScenario *scenario)
{
    const char *name = stunt_bridge_get_string(L, idx, "verdict", "PASS");

    if (!stunt_status_parse(name, &scenario->verdict) || scenario->verdict == STUNT_SKIP) {
        luaL_error(L, "verdict: '%s' is none of PASS, FAIL, INVALID and ERROR", name);
    }
}

void stunt_declare_scenario(lua_State *L, int idx, StuntRuntime *runtime)
{
    StuntScenario *scenario = runtime->scenario;

    idx = lua_absindex(L, idx);
    stunt_bridge_check_keys(L, idx, "scenario", keys);
    stunt_result_set(&scenario->summary, stunt_bridge_get_string(L, idx, "summary", ""));
    if (!*scenario->summary) {
        luaL_error(L, "scenario: a summary is missing: one line that says what must hold");
    }
    scenario->deadline_ns = stunt_bridge_get_ns(L, idx, "deadline", scenario->deadline_ns);
    declare_verdict(L, idx, scenario);
    if (lua_getfield(L, idx, "run") != LUA_TFUNCTION) {
        luaL_error(L, "scenario: 'run' must be a function");
    }
    if (lua_getfield(L, idx, "machine") == LUA_TTABLE) {
        stunt_declare_machine(L, runtime);
    } else if (!lua_isnil(L, -1)) {
        luaL_error(L, "scenario: 'machine' must be a table");
    }
    lua_pop(L, 2);
    stunt_declare_list(L, idx, "modules", runtime, declare_module);
    stunt_declare_list(L, idx, "catches", runtime, declare_catch);
    stunt_declare_list(L, idx, "outcomes", runtime, declare_outcome);
    stunt_declare_proofs(L, idx, runtime);
    stunt_declare_oracle(L, idx, runtime);
}
