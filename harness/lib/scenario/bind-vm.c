/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm: the machine, and the guest in it. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/cell.h"
#include "lib/scenario/command.h"
#include "lib/scenario/device.h"
#include "lib/scenario/match.h"
#include "lib/scenario/sleep.h"
#include "lib/scenario/snapshot.h"
#include "lib/scenario/variant.h"

#define DEFAULT_MODE 0644
#define BYTES_MAX (64 * 1024 * 1024)

static StuntRuntime *running(lua_State *L)
{
    stunt_bridge_check_object(L, 1, &stunt_binding_vm);
    return stunt_runtime_running(L);
}

/* For calls that let the machine run. */
static StuntRuntime *ready(lua_State *L)
{
    stunt_bridge_check_object(L, 1, &stunt_binding_vm);
    return stunt_runtime_ready(L);
}

/* ---- commands ------------------------------------------------------------------------------------ */

static int vm_run(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    StuntLimits limits = stunt_limits_read(L, 3, runtime);

    return stunt_command_finish(L, runtime, stunt_command_start(L, 2, runtime), &limits);
}

static int vm_spawn(lua_State *L)
{
    StuntRuntime *runtime = ready(L);

    return stunt_command_push(L, stunt_command_start(L, 2, runtime));
}

static int vm_wait(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    StuntLimits limits = stunt_limits_read(L, 3, runtime);

    return stunt_command_finish(L, runtime, stunt_command_get(L, 2), &limits);
}

static int vm_kill(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    int signal = (int)luaL_optinteger(L, 3, 15);
    GError *error = NULL;

    if (!stunt_guest_kill(runtime->guest, stunt_command_get(L, 2), signal, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    return 0;
}

static int vm_sleep(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    guint64 ns = stunt_bridge_to_ns(L, 2, "the time to sleep");
    guint64 now_ns = stunt_vm_now_ns(runtime->vm);
    gboolean late = runtime->deadline_ns &&
                    (ns > runtime->deadline_ns || now_ns > runtime->deadline_ns - ns);
    GError *error = NULL;

    if (late) {
        ns = runtime->deadline_ns > now_ns ? runtime->deadline_ns - now_ns : 0;
    }
    if (!stunt_guest_sleep(runtime->guest, ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    stunt_runtime_progress(runtime, "sleep");
    if (late) {
        g_set_error(&error, STUNT_ERROR, STUNT_ERROR_DEADLINE,
                    "the scenario's deadline passed during a sleep");
        return stunt_runtime_raise(runtime, L, error);
    }
    return 0;
}

/* ---- files and modules --------------------------------------------------------------------------- */

static int vm_put(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    const char *path = luaL_checkstring(L, 2);
    size_t len;
    const char *data = luaL_checklstring(L, 3, &len);
    guint mode = (guint)luaL_optinteger(L, 4, DEFAULT_MODE);
    GError *error = NULL;

    if (!stunt_guest_put(runtime->guest, path, data, len, mode, runtime->deadline_ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    stunt_runtime_progress(runtime, path);
    return 0;
}

static int vm_get(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    GError *error = NULL;
    GBytes *bytes = stunt_guest_get(runtime->guest, luaL_checkstring(L, 2), runtime->deadline_ns, &error);
    gsize len;
    const char *data;

    if (!bytes) {
        return stunt_runtime_raise(runtime, L, error);
    }
    data = g_bytes_get_data(bytes, &len);
    lua_pushlstring(L, data ? data : "", len);
    g_bytes_unref(bytes);
    stunt_runtime_progress(runtime, "get");
    return 1;
}

static int vm_insmod(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    const char *name = luaL_checkstring(L, 2), *params = luaL_optstring(L, 3, "");
    GPtrArray *modules = stunt_modules_new();
    const StuntModule *module;
    GError *error = NULL;
    gboolean good;

    stunt_variant_add(runtime, modules, name, params);
    module = modules->pdata[0];
    good = stunt_guest_insmod(runtime->guest, module->name, module->params, runtime->deadline_ns, &error);
    g_ptr_array_unref(modules);
    if (!good) {
        return stunt_runtime_raise(runtime, L, error);
    }
    stunt_runtime_progress(runtime, name);
    return 0;
}

static int vm_rmmod(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    const char *module = luaL_checkstring(L, 2);
    GError *error = NULL;

    if (!stunt_guest_rmmod(runtime->guest, module, runtime->deadline_ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    stunt_runtime_progress(runtime, module);
    return 0;
}

/* ---- looking ------------------------------------------------------------------------------------- */

static void push_line(lua_State *L, const StuntKmsg *line)
{
    lua_createtable(L, 0, 3);
    stunt_bridge_set_string(L, "text", line->text, strlen(line->text));
    stunt_bridge_set_integer(L, "level", line->level);
    stunt_bridge_set_integer(L, "time_us", line->time_us);
}

static int vm_kernel_log(lua_State *L)
{
    StuntRuntime *runtime = ready(L);
    gboolean filtered = !lua_isnoneornil(L, 2);
    const GPtrArray *log;
    GError *error = NULL;
    lua_Integer n = 0;

    if (filtered) {
        luaL_checkstring(L, 2);
    }
    if (!stunt_guest_sync(runtime->guest, runtime->deadline_ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    log = stunt_guest_kernel_log(runtime->guest);
    lua_newtable(L);
    for (guint i = 0; i < log->len; i++) {
        const StuntKmsg *line = log->pdata[i];

        if (!filtered || stunt_bridge_has_pattern(L, line->text, 2)) {
            push_line(L, line);
            lua_rawseti(L, -2, ++n);
        }
    }
    return 1;
}

static void push_event(lua_State *L, StuntRuntime *runtime, const struct stunt_event *event)
{
    const struct stunt_class_info *info = stunt_class_by_id(event->class_id);

    lua_newtable(L);
    stunt_bridge_set_integer(L, "seq", event->seq);
    stunt_bridge_set_integer(L, "time_ns", event->time_ns);
    lua_pushstring(L, stunt_timeline_device_name(runtime->timeline, event->device));
    lua_setfield(L, -2, "device");
    lua_pushstring(L, info ? info->name : "?");
    lua_setfield(L, -2, "class");
    if (event->rule) {
        stunt_bridge_set_integer(L, "rule", event->rule);
    }
    lua_newtable(L);
    for (guint i = 0; info && i < info->n_fields; i++) {
        stunt_bridge_set_integer(L, info->field[i], event->field[i]);
    }
    lua_setfield(L, -2, "fields");
}

static int vm_events(lua_State *L)
{
    static const char *const others[] = { "since", NULL };
    StuntRuntime *runtime = running(L);
    StuntEventQuery query;
    lua_Integer n = 0;

    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    query = stunt_match_query(L, 2, runtime, others);
    lua_newtable(L);
    for (gsize i = query.from; stunt_timeline_next(runtime->timeline, &query, &i); i++) {
        push_event(L, runtime, stunt_timeline_event(runtime->timeline, i));
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

static int vm_now(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)stunt_vm_now_ns(running(L)->vm));
    return 1;
}

static int vm_iommu(lua_State *L)
{
    lua_pushboolean(L, running(L)->iommu);
    return 1;
}

static int vm_step(lua_State *L)
{
    StuntRuntime *runtime = running(L);
    const char *text = luaL_checkstring(L, 2);

    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "step", text);
    stunt_runtime_progress(runtime, text);
    return 0;
}

/* ---- data ---------------------------------------------------------------------------------------- */

static int vm_sha256(lua_State *L)
{
    size_t len;
    const char *data;
    char *sum;

    running(L);
    data = luaL_checklstring(L, 2, &len);
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, len);
    lua_pushstring(L, sum);
    g_free(sum);
    return 1;
}

static int vm_bytes(lua_State *L)
{
    StuntRuntime *runtime = running(L);
    lua_Integer len = luaL_checkinteger(L, 2);
    luaL_Buffer buffer;
    char *bytes;

    luaL_argcheck(L, len >= 0 && len <= BYTES_MAX, 2, "0 to 64 MiB");
    bytes = luaL_buffinitsize(L, &buffer, len);
    for (lua_Integer i = 0; i < len; i += sizeof(guint32)) {
        guint32 word = g_rand_int(runtime->rand);

        memcpy(bytes + i, &word, MIN(sizeof(word), (gsize)(len - i)));
    }
    luaL_pushresultsize(&buffer, len);
    return 1;
}

static const StuntFunction functions[] = {
    { "run", vm_run, "vm:run(command [, { timeout = time, progress = query }]) -> result",
      "Runs a command in the guest until it ends. A string is split into words as a shell does, but\n"
      "no shell runs; a table is taken as the words themselves. The result has `status` (256 +\n"
      "number for a signal), `out`, `err`, `values` (words `key=value` of the output, whole numbers\n"
      "as such), `start_ns`, `end_ns` and `virtual_ns`, the time between the two. A command that is\n"
      "not done at its time-out or at the scenario's deadline is a FAIL (hang). `progress` asks for signs that\n"
      "the driver gets on: events as `expect.event` names them, `{ device = \"dma0\", class = \"job.done\",\n"
      "within = \"2s\" }`. More virtual time than `within` from one to the next is a FAIL (hang) too." },
    { "spawn", vm_spawn, "vm:spawn(command) -> command",
      "Starts a command beside others. It begins to run when the machine does: at the next `run`, `wait` or "
      "`sleep`." },
    { "wait", vm_wait, "vm:wait(command [, { timeout = time, progress = query }]) -> result",
      "Waits for a spawned command to end." },
    { "kill", vm_kill, "vm:kill(command [, signal])",
      "Sends a signal (15) to a spawned command and its children." },
    { "sleep", vm_sleep, "vm:sleep(time)", "Lets the guest run for this long." },
    { "suspend", stunt_vm_suspend_call, "vm:suspend(\"s3\" | \"freeze\" [, { rtc = time, test = mode, timeout = time }]) -> result",
      "Puts the guest to sleep, and returns when it sleeps: `asleep_ns` says since when. Virtual time goes on: `vm:sleep`,\n"
      "snapshots, `peek` and faults work, and commands wait. `rtc` sets the clock's alarm, whole seconds from the clock's present\n"
      "second. A guest that refuses is an error with its kernel's words. With `test` (\"freezer\", \"devices\", \"platform\",\n"
      "\"processors\", \"core\") the kernel goes only so far and comes back by itself; the result is as of `vm:run`." },
    { "wake", stunt_vm_wake_call, "vm:wake([\"button\" | \"rtc\"] [, { timeout = time, progress = query }]) -> result",
      "Presses the power button, or waits for the alarm or, without a word, for whatever wakes, and returns when the guest is\n"
      "awake and what put it to sleep has ended. The result is as of `vm:run`, with `asleep_ns` and `woken_ns`, the times at which\n"
      "it fell asleep and woke, and `source`: what has woken it from S3 (\"button\", \"rtc\", \"pme\", \"other\"). The button ends\n"
      "\"freeze\" only with the module `button`." },
    { "button", stunt_vm_button_call, "vm:button()",
      "Presses the power button, whatever the guest is doing. Also in `on_pause`." },
    { "put", vm_put, "vm:put(path, data [, mode])",
      "Writes a file in the guest, with mode 0644 by default." },
    { "get", vm_get, "vm:get(path) -> data", "Reads a file of the guest." },
    { "insmod", vm_insmod, "vm:insmod(module [, parameters])",
      "Loads a module and what it depends on. A refusal is an error, and a FAIL unless the script catches "
      "it." },
    { "rmmod", vm_rmmod, "vm:rmmod(module)", "Unloads a module." },
    { "kernel_log", vm_kernel_log, "vm:kernel_log([pattern]) -> lines",
      "The kernel's log up to now, as a list of `{ text, level, time_us }`; with a Lua pattern, the lines "
      "that have it." },
    { "events", vm_events, "vm:events([{ device =, class =, FIELD =, since = }]) -> events",
      "Events that agree with all that is given, as a list of `{ seq, time_ns, device, class, rule,\n"
      "fields }`. Fields of the class can be given as numbers, names, or `{ value =, mask = }`,\n"
      "directly or in a table `match`; `since` leaves out the events up to this number." },
    { "snapshot", stunt_vm_snapshot_call, "vm:snapshot([name])",
      "Keeps the machine as it stands, in place of an older snapshot of that name (`\"default\"`)." },
    { "rewind", stunt_vm_rewind_call, "vm:rewind([name])",
      "Puts the machine back to where it was at the snapshot, which can be done any number of times.\n"
      "Guest, devices, virtual time, fault rules and their counts, the kernel log, running commands and\n"
      "`vm:bytes` are as they were, so the same steps give the same events again; the script's\n"
      "variables and `math.random` stay as they are. What came since is gone: events are found no more\n"
      "(the event log keeps them), and using a command, rule or snapshot of then is an error. The branch\n"
      "that is given up is judged as a run is at its end: by the health oracle, and a rule that did not\n"
      "fire on it makes the run INVALID. Not in `on_pause`, and not with `realtime`." },
    { "cell", stunt_vm_cell_call,
      "vm:cell({ from = snapshot, sweep = name, row =, point = }, function(vm) … return outcome [, detail] end) -> outcome",
      "Makes one cell of the grid of a sweep: goes to the snapshot (`\"default\"`), runs the function, judges the branch, and goes\n"
      "back. `row` is what happens at the point, as a rule an event's class, `point` which one of its row, `sweep` what is done there,\n"
      "when the scenario makes more than one sweep. The outcome is a word or two. Whatever goes wrong in the function becomes its\n"
      "outcome, and the sweep goes on: `\"hang\"`, `\"panic\"`, `\"off\"`, `\"forbidden event\"`, `\"failed\"` (an expectation), `\"error\"`\n"
      "(any other error), the kind of the health oracle's finding (`\"misuse\"`, `\"warn\"`, …), or `\"invalid\"` (a rule that did not\n"
      "fire, an oracle that could not look); the detail says what. At the end of the script a cell whose outcome is not among the\n"
      "scenario's `outcomes` makes the run a FAIL. `stunt grid` shows the grid." },
    { "now", vm_now, "vm:now() -> integer", "Virtual time in nanoseconds since the machine's start." },
    { "iommu", vm_iommu, "vm:iommu() -> boolean",
      "Whether devices see memory through an IOMMU; then their addresses are not the memory's own." },
    { "step", vm_step, "vm:step(text)", "Puts a line on the timeline, and shows it as the run's progress." },
    { "mark", vm_step, "vm:mark(text)", "The same as `vm:step`." },
    { "sha256", vm_sha256, "vm:sha256(data) -> text",
      "SHA-256 of a string in hexadecimal, computed on the host." },
    { "bytes", vm_bytes, "vm:bytes(len) -> data", "So many pseudo-random bytes, from the run's seed." },
    { NULL, NULL, NULL, NULL },
};

/* vm.dma0 */
static int get_device(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const char *name = luaL_checkstring(L, 2);

    return stunt_device_push(L, runtime, name);
}

const StuntBinding stunt_binding_vm = {
    .name = "vm",
    .type = "stunt.vm",
    .doc = "The machine, handed to `run`. Its devices are fields of it: `vm.dma0`. A refusal by the\n"
           "guest (no such file, a module that does not load) is an error that `pcall` can catch; when\n"
           "it is not caught the run is a FAIL.",
    .function = functions,
    .fallback = get_device,
};
