/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a scenario's Lua side. */
#include "lib/scenario/bindings.h"
#include "lib/scenario/runtime.h"
#include "lib/scenario/snapshot.h"

static void rule_free(gpointer data)
{
    StuntRule *rule = data;

    g_free(rule->id);
    g_free(rule->text);
    stunt_rule_status_free(rule->last);
    stunt_rule_status_free(rule->left);
    g_free(rule);
}

void stunt_runtime_free(StuntRuntime *runtime)
{
    if (runtime) {
        stunt_sandbox_clear(&runtime->sandbox);
        stunt_scenario_free(runtime->scenario);
        g_free(runtime->own_folder);
        g_free(runtime->lib_folder);
        g_free(runtime->root);
        g_ptr_array_unref(runtime->snapshot);
        stunt_grid_free(runtime->grid);
        g_ptr_array_unref(runtime->finding);
        g_ptr_array_unref(runtime->rule);
        g_ptr_array_unref(runtime->all_rules);
        g_rand_free(runtime->rand);
        g_string_free(runtime->text, TRUE);
        g_free(runtime->reason);
        g_free(runtime->detail);
        g_free(runtime->unproved);
        g_free(runtime->refusal);
        g_free(runtime->not_unloaded);
        g_free(runtime);
    }
}

StuntRuntime *stunt_runtime_of(lua_State *L)
{
    return stunt_sandbox_of(L)->data;
}

StuntRuntime *stunt_runtime_running(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_of(L);

    if (!runtime->guest) {
        luaL_error(L, "this is only possible inside the scenario's run function");
    }
    return runtime;
}

StuntRuntime *stunt_runtime_ready(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);

    if (runtime->paused) {
        luaL_error(L, "the machine stands still in on_pause; the guest can do nothing until it returns");
    }
    runtime->waiting = L;
    return runtime;
}

void stunt_runtime_progress(StuntRuntime *runtime, const char *what)
{
    const StuntRunRequest *request = runtime->request;

    stunt_sandbox_progress(&runtime->sandbox);
    if (request && request->progress) {
        request->progress(what, runtime->vm ? stunt_vm_now_ns(runtime->vm) : 0, runtime->timeline,
                          request->data);
    }
}

const StuntDeviceDef *stunt_runtime_device(const StuntRuntime *runtime, const char *name)
{
    for (guint i = 0; i < runtime->scenario->device->len; i++) {
        const StuntDeviceDef *device = runtime->scenario->device->pdata[i];

        if (g_str_equal(device->name, name)) {
            return device;
        }
    }
    return NULL;
}

static void print_note(const char *text, gpointer data)
{
    StuntRuntime *runtime = data;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; runtime->timeline && lines[i]; i++) {
        stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "print", lines[i]);
    }
}

/* ---- reading the file ---------------------------------------------------------------------------- */

static gboolean fail_load(lua_State *L, const char *file, GError **error)
{
    const char *message = lua_tostring(L, -1);
    gboolean there = g_file_test(file, G_FILE_TEST_IS_REGULAR);

    g_set_error(error, STUNT_ERROR, there ? STUNT_ERROR_INPUT : STUNT_ERROR_MISSING, "%s",
                message ? message : "the file raised an error that is no text");
    return FALSE;
}

/* The file must give back what scenario{} made of its declaration. */
static gboolean load_file(StuntRuntime *runtime, const char *file, GError **error)
{
    lua_State *L = runtime->sandbox.L;

    if (!stunt_sandbox_load(&runtime->sandbox, L, file) || lua_pcall(L, 0, 1, 0)) {
        return fail_load(L, file, error);
    }
    if (!runtime->declared || !lua_istable(L, -1)) {
        lua_pushfstring(L, "%s: the file must end with 'return scenario { … }'", file);
        return fail_load(L, file, error);
    }
    lua_getfield(L, -1, "run");
    runtime->run = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, 0);
    return TRUE;
}

static void open_sandbox(StuntRuntime *runtime, const StuntSetup *setup, const char *file)
{
    StuntSandbox *sandbox = &runtime->sandbox;

    runtime->own_folder = file ? g_path_get_dirname(file) : g_get_current_dir();
    runtime->lib_folder = g_build_filename(setup->scenarios, "lib", NULL);
    runtime->root = g_path_get_dirname(setup->scenarios);
    sandbox->folder[0] = runtime->own_folder;
    sandbox->folder[1] = runtime->lib_folder;
    sandbox->root = runtime->root;
    sandbox->print = print_note;
    sandbox->data = runtime;
    sandbox->wall_limit_ms = runtime->request && runtime->request->wall_limit_ms
                                 ? runtime->request->wall_limit_ms
                                 : STUNT_SCRIPT_WALL_LIMIT_MS;
    stunt_sandbox_init(sandbox, runtime->request ? runtime->request->seed : 0);
    stunt_bindings_register(sandbox->L);
}

StuntRuntime *stunt_runtime_new(const StuntSetup *setup, const StuntSpec *spec,
                                const StuntRunRequest *request, const char *name, const char *file,
                                GError **error)
{
    g_autoptr(StuntRuntime) runtime = g_new0(StuntRuntime, 1);
    guint64 seed = request ? request->seed : 0;
    guint32 seeds[] = { (guint32)seed, (guint32)(seed >> 32) };

    runtime->setup = setup;
    runtime->spec = spec;
    runtime->request = request;
    runtime->scenario = file ? stunt_scenario_new(name, file) : stunt_scenario_one_of_each(spec);
    runtime->grid = stunt_grid_new();
    runtime->rule = g_ptr_array_new();
    runtime->finding = stunt_findings_new();
    runtime->all_rules = g_ptr_array_new_with_free_func(rule_free);
    runtime->snapshot = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_scenario_snapshot_free);
    runtime->rand = g_rand_new_with_seed_array(seeds, G_N_ELEMENTS(seeds));
    runtime->text = g_string_new(NULL);
    runtime->run = runtime->pause_error = LUA_NOREF;
    stunt_fault_init(&runtime->engine, seed);
    open_sandbox(runtime, setup, file);
    return !file || load_file(runtime, file, error) ? g_steal_pointer(&runtime) : NULL;
}

StuntScenario *stunt_scenario_load(const StuntSetup *setup, const StuntSpec *spec, const char *name,
                                   const char *file, GError **error)
{
    g_autoptr(StuntRuntime) runtime = stunt_runtime_new(setup, spec, NULL, name, file, error);

    return runtime ? g_steal_pointer(&runtime->scenario) : NULL;
}
