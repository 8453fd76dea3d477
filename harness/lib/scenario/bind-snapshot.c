/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm:snapshot() and vm:rewind(). */
#include "lib/scenario/bindings.h"
#include "lib/scenario/snapshot.h"
#include "stunt/setup.h"

StuntRuntime *stunt_snapshot_ready(lua_State *L, const char *what)
{
    StuntRuntime *runtime;

    stunt_bridge_check_object(L, 1, &stunt_binding_vm);
    runtime = stunt_runtime_running(L);
    if (runtime->paused) {
        luaL_error(L, "%s is not possible in on_pause: the guest is in the middle of something", what);
    }
    if (runtime->scenario->realtime) {
        luaL_error(L, "%s is not possible in real time: machine has 'realtime'", what);
    }
    return stunt_runtime_ready(L);
}

static const char *check_name(lua_State *L)
{
    const char *name = luaL_optstring(L, 2, STUNT_DEFAULT_SNAPSHOT);

    luaL_argcheck(L, *name, 2, "a snapshot's name is empty");
    return name;
}

int stunt_vm_snapshot_call(lua_State *L)
{
    StuntRuntime *runtime = stunt_snapshot_ready(L, "vm:snapshot");
    GError *error = NULL;

    if (!stunt_snapshot_take(runtime, check_name(L), &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    return 0;
}

static const char *push_near(lua_State *L, const StuntRuntime *runtime, const char *name)
{
    g_autoptr(GPtrArray) names = stunt_snapshot_names(runtime);
    g_autofree char *near = stunt_did_you_mean(name, names);

    return lua_pushstring(L, near);
}

StuntScenarioSnapshot *stunt_snapshot_check(lua_State *L, const StuntRuntime *runtime, const char *name)
{
    StuntScenarioSnapshot *snapshot = stunt_snapshot_find(runtime, name);

    if (!snapshot) {
        luaL_error(L, "there is no snapshot '%s'%s", name, push_near(L, runtime, name));
    }
    return snapshot;
}

/* A verdict that falls on going back is of no line in particular: which rewind it was is told beside it. */
static int fail(lua_State *L, StuntRuntime *runtime, gboolean fallen, GError *error)
{
    if (runtime->judged && !fallen) {
        char *where = stunt_bridge_where(L);

        stunt_runtime_add_detail(runtime, "on the branch that was given up at", where);
        g_free(where);
    }
    return stunt_runtime_raise(runtime, L, error);
}

int stunt_vm_rewind_call(lua_State *L)
{
    StuntRuntime *runtime = stunt_snapshot_ready(L, "vm:rewind");
    StuntScenarioSnapshot *snapshot = stunt_snapshot_check(L, runtime, check_name(L));
    gboolean fallen = runtime->judged;
    GError *error = NULL;

    if (!stunt_snapshot_rewind(runtime, snapshot, &error)) {
        return fail(L, runtime, fallen, error);
    }
    return 0;
}
