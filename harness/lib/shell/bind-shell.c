/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is at the prompt beside all that a scenario can say. */
#include <stdio.h>
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/command.h"
#include "lib/scenario/match.h"
#include "lib/scenario/rules.h"
#include "lib/scenario/snapshot.h"
#include "lib/shell/shell.h"

#define TIMELINE_LINES 20
#define US_PER_S       1000000
#define NS_PER_S       1e9

/* ---- looking ------------------------------------------------------------------------------------- */

/* Indices of the last n events that a query finds; the link's only when asked for. */
static GArray *last_events(StuntRuntime *runtime, const StuntEventQuery *query, guint n)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(gsize));

    for (gsize i = 0; stunt_timeline_next(runtime->timeline, query, &i); i++) {
        if (query->device < 0 && stunt_shell_is_noise(runtime, stunt_timeline_event(runtime->timeline, i))) {
            continue;
        }
        g_array_append_val(found, i);
    }
    if (found->len > n) {
        g_array_remove_range(found, 0, found->len - n);
    }
    return found;
}

/* Argument: nothing, a number, a class, or a query with `n`. */
static void read_timeline(lua_State *L, StuntRuntime *runtime, StuntEventQuery *ret_query, guint *ret_n)
{
    static const char *const others[] = { "n", NULL };
    const char *key = lua_type(L, 1) == LUA_TNUMBER ? "n" : "class";

    lua_settop(L, 1);
    if (lua_type(L, 1) != LUA_TTABLE) {
        lua_newtable(L);
        lua_insert(L, 1);
        lua_setfield(L, 1, key);
    }
    *ret_query = stunt_match_query(L, 1, runtime, others);
    *ret_n = (guint)MIN(stunt_bridge_get_integer(L, 1, "n", TIMELINE_LINES), G_MAXUINT);
}

static int timeline(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntEventQuery query;
    guint n;
    GArray *found;

    read_timeline(L, runtime, &query, &n);
    stunt_vm_drain(runtime->vm, NULL); /* a ring that broke says so when the machine runs next */
    found = last_events(runtime, &query, n);
    for (guint i = 0; i < found->len; i++) {
        g_autofree char *text = stunt_timeline_format_event(
            runtime->timeline, stunt_timeline_event(runtime->timeline, g_array_index(found, gsize, i)));

        printf("%s\n", text);
    }
    g_array_unref(found);
    return 0;
}

static int rules(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);

    for (guint i = 0; i < runtime->rule->len; i++) {
        const StuntRule *rule = runtime->rule->pdata[i];
        GError *error = NULL;
        StuntRuleStatus *status = stunt_rules_status(runtime, rule, &error);

        if (!status) {
            return stunt_runtime_raise(runtime, L, error);
        }
        printf("%-9s matched %" G_GUINT64_FORMAT ", fired %" G_GUINT64_FORMAT, status->armed ? "armed" : "disarmed",
               status->matched, status->fired);
        if (status->fired) {
            printf(", first at #%06" G_GUINT64_FORMAT, status->first_seq);
        }
        printf(": %s\n", rule->text);
        stunt_rule_status_free(status);
    }
    return 0;
}

/* Without letting the machine run, so that it stays where a step has brought it, and also of a kernel that is dead. */
static int kernel_log(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const GPtrArray *log = stunt_guest_kernel_log(runtime->guest);

    lua_settop(L, 1);
    for (guint i = 0; i < log->len; i++) {
        const StuntKmsg *line = log->pdata[i];

        if (lua_isnil(L, 1) || stunt_bridge_has_pattern(L, line->text, 1)) {
            printf("<%u>[%5" G_GUINT64_FORMAT ".%06u] %s\n", line->level, line->time_us / US_PER_S,
                   (guint)(line->time_us % US_PER_S), line->text);
        }
    }
    return 0;
}

/* ---- the guest ----------------------------------------------------------------------------------- */

static int sh(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    static const char *const words[] = { "sh", "-c" };
    const StuntLimits limits = { .deadline_ns = runtime->deadline_ns };
    StuntCommand *command;
    lua_Integer status;

    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_createtable(L, G_N_ELEMENTS(words) + 1, 0);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        lua_pushstring(L, words[i]);
        lua_rawseti(L, 2, i + 1);
    }
    lua_pushvalue(L, 1);
    lua_rawseti(L, 2, G_N_ELEMENTS(words) + 1);
    command = stunt_command_start(L, 2, runtime);
    stunt_command_finish(L, runtime, command, &limits);
    fwrite(command->out->str, 1, command->out->len, stdout);
    fwrite(command->err->str, 1, command->err->len, stdout);
    fflush(stdout);
    status = command->status;
    if (status) {
        lua_pushfstring(L, "exit status %I", (LUAI_UACINT)status);
    }
    return status != 0;
}

/* ---- bookmarks ----------------------------------------------------------------------------------- */

/* Calls a function of vm with the bookmark's name, or with that of the one last made or gone back to. */
static int with_bookmark(lua_State *L, lua_CFunction function)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    const GPtrArray *all = runtime->snapshot;
    g_autoptr(GPtrArray) names = stunt_snapshot_names(runtime);
    const char *last = all->len ? names->pdata[all->len - 1] : STUNT_SHELL_START;

    luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    lua_pushcfunction(L, function);
    stunt_bridge_push_object(L, &stunt_binding_vm, 1);
    if (lua_isnil(L, 1)) {
        lua_pushstring(L, last);
    } else {
        lua_pushvalue(L, 1);
    }
    g_clear_pointer(&names, g_ptr_array_unref);
    lua_call(L, 2, 0);
    return 0;
}

static int mark(lua_State *L)
{
    luaL_checkstring(L, 1);
    return with_bookmark(L, stunt_vm_snapshot_call);
}

static int back(lua_State *L)
{
    return with_bookmark(L, stunt_vm_rewind_call);
}

static int marks(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    g_autoptr(GPtrArray) names = stunt_snapshot_names(runtime);

    for (guint i = 0; i < names->len; i++) {
        const StuntScenarioSnapshot *snapshot = runtime->snapshot->pdata[i];

        printf("%14.9f  %s%s\n", (double)stunt_snapshot_time_ns(snapshot) / NS_PER_S, (char *)names->pdata[i],
               snapshot == runtime->at ? "  (the last that was set or gone back to)" : "");
    }
    return 0;
}

/* ---- the session --------------------------------------------------------------------------------- */

/* With the scenario's own arguments: it is what a run would call. */
static int play(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);

    if (runtime->run == LUA_NOREF) {
        return luaL_error(L, "no scenario was given: 'stunt shell NAME'");
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, runtime->run);
    stunt_bridge_push_object(L, &stunt_binding_vm, 1);
    lua_call(L, 1, 0);
    return 0;
}

static int quit(lua_State *L)
{
    StuntShell *shell = stunt_shell_of(L);
    lua_Integer status = luaL_optinteger(L, 1, 0);

    luaL_argcheck(L, status >= 0 && status <= 255, 1, "an exit status is 0 to 255");
    shell->quit = TRUE;
    shell->status = (int)status;
    return luaL_error(L, "quit");
}

static const StuntFunction functions[] = {
    { "help", stunt_shell_help, "help([name])",
      "What there is; of one function, event class, action or device, all: `help \"step\"`, `help(vm.run)`,\n"
      "`help \"irq.raise\"`." },
    { "step", stunt_shell_step, "step([class | { class =, device =, FIELD =, timeout = }]) -> text",
      "Lets the machine run to the next event and gives its line: of any class, of one class, or one that agrees\n"
      "with all that is given, as for `vm:events`. The machine stands there, in the middle of whatever it did, or\n"
      "at the end of what the device does in one go: then the next step tells the next event of that. The link's\n"
      "events count only with `device = \"link\"`. Gives up after `timeout` of virtual time, 10 s." },
    { "go", stunt_shell_go, "go(time)", "Lets the machine run for so much virtual time." },
    { "timeline", timeline, "timeline([n | class | { n =, class =, device =, FIELD = }])",
      "Prints the last `n` events, 20, that agree with all that is given; the link's only with\n"
      "`device = \"link\"`." },
    { "rules", rules, "rules()", "Prints the rules with their counts." },
    { "log", kernel_log, "log([pattern])",
      "Prints the guest's kernel log, of a Lua pattern the lines that have it, as far as it is known while the\n"
      "machine stands still. `vm:kernel_log()` lets the machine run and fetches the rest." },
    { "sh", sh, "sh(command)", "Has a shell in the guest run the command, and prints what it says." },
    { "mark", mark, "mark(name)", "Sets a bookmark: `vm:snapshot`. Every session begins at the bookmark `start`." },
    { "back", back, "back([name])",
      "Goes back to a bookmark, without a name to the newest: `vm:rewind`. Also after a panic." },
    { "marks", marks, "marks()", "Prints the bookmarks with their virtual times." },
    { "play", play, "play()", "Runs the steps of the scenario that was given, as `stunt run` does." },
    { "quit", quit, "quit([status])", "Ends the session, and the machine." },
    { NULL, NULL, NULL, NULL },
};

const StuntBinding stunt_binding_shell = {
    .name = "",
    .doc = "At the prompt of `stunt shell`.",
    .function = functions,
};
