/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What errors mean for the verdict. */
#include <string.h>

#include "lib/scenario/runtime.h"
#include "lib/vm/cmdline.h"

#define TAIL_LINES 10
#define TAIL_SEARCH 500 /* lines among which those are looked for */
#define LINK_NOISE "  " STUNT_LINK_ID "  "
#define LOG_LINES 20 /* of a panicked kernel, or of QEMU */

/* Register and memory traffic of the rendezvous: always there, and never the reason. */
static gboolean is_noise(const char *line)
{
    const char *link = strstr(line, LINK_NOISE);

    return link && (g_str_has_prefix(link + strlen(LINK_NOISE), "mmio.") ||
                    g_str_has_prefix(link + strlen(LINK_NOISE), "dma."));
}

/* The last lines of the log that tell something. */
static char *last_events(const StuntTimeline *timeline)
{
    g_autofree char *tail = stunt_timeline_tail(timeline, TAIL_SEARCH);
    g_auto(GStrv) lines = g_strsplit(tail, "\n", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new("last events:\n");

    for (guint i = 0; lines[i]; i++) {
        if (*lines[i] && !is_noise(lines[i])) {
            g_ptr_array_add(kept, lines[i]);
        }
    }
    for (guint i = kept->len > TAIL_LINES ? kept->len - TAIL_LINES : 0; i < kept->len; i++) {
        g_string_append_printf(text, "%s\n", (char *)kept->pdata[i]);
    }
    return g_strdup(text->str);
}

void stunt_runtime_judge(StuntRuntime *runtime, StuntStatus status, const char *reason)
{
    if (runtime->judged) {
        return;
    }
    runtime->judged = TRUE;
    runtime->status = status;
    runtime->last_rewinds = runtime->rewinds;
    runtime->reason = g_strdelimit(g_strdup(reason), "\n\r", ' ');
    if (runtime->timeline) {
        runtime->last_event = stunt_timeline_last_seq(runtime->timeline);
    }
    if (runtime->timeline && status != STUNT_SKIP) {
        runtime->detail = last_events(runtime->timeline);
    }
}

void stunt_runtime_retract(StuntRuntime *runtime)
{
    runtime->judged = runtime->hung = FALSE;
    g_clear_pointer(&runtime->reason, g_free);
    g_clear_pointer(&runtime->detail, g_free);
}

void stunt_runtime_add_detail(StuntRuntime *runtime, const char *title, const char *text)
{
    char *detail = g_strdup_printf("%s%s:\n%s%s", runtime->detail ? runtime->detail : "", title, text,
                                   *text && !g_str_has_suffix(text, "\n") ? "\n" : "");

    g_free(runtime->detail);
    runtime->detail = detail;
}

static void add_kernel_lines(StuntRuntime *runtime)
{
    const GPtrArray *log = stunt_guest_kernel_log(runtime->guest);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = log->len > LOG_LINES ? log->len - LOG_LINES : 0; i < log->len; i++) {
        g_string_append_printf(text, "%s\n", ((const StuntKmsg *)log->pdata[i])->text);
    }
    stunt_runtime_add_detail(runtime, "the kernel's last lines", text->str);
}

static void add_qemu_output(StuntRuntime *runtime)
{
    g_autofree char *output = runtime->vm ? stunt_vm_qemu_output(runtime->vm) : NULL;

    if (output && *output) {
        stunt_runtime_add_detail(runtime, "QEMU's last output", output);
    }
}

static void judge_text(StuntRuntime *runtime, StuntStatus status, const char *where, const char *text)
{
    g_autofree char *reason = where ? g_strdup_printf("%s: %s", where, text) : g_strdup(text);

    stunt_runtime_judge(runtime, status, reason);
}

/* The rule's id is what the script knows it by. */
static void judge_forbidden(StuntRuntime *runtime, const char *where)
{
    guint number = stunt_vm_stop_arg(runtime->vm);
    g_autofree char *text = NULL;

    for (guint i = 0; i < runtime->rule->len; i++) {
        const StuntRule *rule = runtime->rule->pdata[i];

        if (rule->number == number) {
            text = g_strdup_printf("an event happened that rule '%s' forbids", rule->id);
        }
    }
    judge_text(runtime, STUNT_FAIL, where, text ? text : "a forbidden event happened");
}

/* A GUEST error that is more than a refusal. */
static gboolean judge_stop(StuntRuntime *runtime, const char *where, const GError *error)
{
    switch (stunt_vm_stopped(runtime->vm)) {
    case STUNT_STOPPED_FORBID:
        judge_forbidden(runtime, where);
        return TRUE;
    case STUNT_STOPPED_PANIC:
        if (stunt_oracle_expects(runtime->oracle, "panic")) {
            runtime->died = TRUE;
            return TRUE;
        }
        judge_text(runtime, STUNT_FAIL, where, error->message);
        add_kernel_lines(runtime);
        return TRUE;
    case STUNT_STOPPED_OFF:
    case STUNT_STOPPED_EVENT:
        judge_text(runtime, STUNT_FAIL, where, error->message);
        return TRUE;
    default:
        return FALSE;
    }
}

/* FALSE: no verdict, the script may deal with it. */
static gboolean judge_error(StuntRuntime *runtime, const char *where, const GError *error)
{
    g_autofree char *hang = NULL;

    if (error->domain != STUNT_ERROR) {
        judge_text(runtime, STUNT_BROKEN, where, error->message);
        return TRUE;
    }
    switch ((StuntErrorCode)error->code) {
    case STUNT_ERROR_INPUT:
    case STUNT_ERROR_MISSING:
        return FALSE;
    case STUNT_ERROR_GUEST:
        return judge_stop(runtime, where, error);
    case STUNT_ERROR_DEADLINE:
        runtime->hung = TRUE;
        hang = g_strdup_printf("hang: %s", error->message);
        judge_text(runtime, STUNT_FAIL, where, hang);
        return TRUE;
    case STUNT_ERROR_FAILED:
    case STUNT_ERROR_QEMU:
    case STUNT_ERROR_PROTOCOL:
    case STUNT_ERROR_TIMEOUT:
        judge_text(runtime, STUNT_BROKEN, where, error->message);
        add_qemu_output(runtime);
        return TRUE;
    }
    return FALSE;
}

void stunt_runtime_judge_error(StuntRuntime *runtime, const char *where, GError *error)
{
    if (!runtime->judged && !judge_error(runtime, where, error) && !runtime->died) {
        StuntStatus status =
            g_error_matches(error, STUNT_ERROR, STUNT_ERROR_GUEST) ? STUNT_FAIL : STUNT_BROKEN;

        judge_text(runtime, status, where, error->message);
    }
    g_error_free(error);
}

int stunt_runtime_raise(StuntRuntime *runtime, lua_State *L, GError *error)
{
    char *where = stunt_bridge_where(L);
    gboolean refused = g_error_matches(error, STUNT_ERROR, STUNT_ERROR_GUEST);

    if (runtime->pause_error != LUA_NOREF) {
        g_free(where);
        g_error_free(error);
        lua_rawgeti(L, LUA_REGISTRYINDEX, runtime->pause_error);
        luaL_unref(L, LUA_REGISTRYINDEX, runtime->pause_error);
        runtime->pause_error = LUA_NOREF;
        return lua_error(L);
    }
    lua_pushfstring(L, "%s: %s", where, error->message);
    if (!runtime->judged && !judge_error(runtime, where, error) && refused) {
        g_free(runtime->refusal);
        runtime->refusal = g_strdup(lua_tostring(L, -1));
    }
    g_free(where);
    g_error_free(error);
    return lua_error(L);
}

/* What no binding has judged: an error of the script itself, or a refusal that it did not catch. */
static void judge_script_error(StuntRuntime *runtime, const char *message)
{
    gboolean refused = runtime->refusal && g_str_equal(runtime->refusal, message);

    if (runtime->died) {
        return;
    }
    stunt_runtime_judge(runtime, refused ? STUNT_FAIL : STUNT_BROKEN, message);
}

/* Message handler: gives a text, and where it happened to errors that do not say. */
static int explain(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TSTRING) {
        lua_pushfstring(L, "the script raised an error that is no text (a %s)", luaL_typename(L, 1));
    }
    return 1;
}

gboolean stunt_runtime_call(StuntRuntime *runtime, int args)
{
    lua_State *L = runtime->sandbox.L;
    int handler = lua_gettop(L) - args;

    lua_pushcfunction(L, explain);
    lua_insert(L, handler);
    if (lua_pcall(L, args, 0, handler)) {
        const char *message = lua_tostring(L, -1);

        judge_script_error(runtime, message ? message : "out of memory");
        lua_settop(L, handler - 1);
        return FALSE;
    }
    lua_settop(L, handler - 1);
    return TRUE;
}
