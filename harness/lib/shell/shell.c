/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session: reads, runs, prints, until there is no more to read. */
#include "lib/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/snapshot.h"
#include "lib/shell/chunk.h"
#include "lib/shell/pretty.h"
#include "lib/vm/cmdline.h"

#define PROGRESS_MS       250
#define PROGRESS_AFTER_US 500000
#define NS_PER_S          1e9
#define SIGINT_STATUS     130
#define NO_WALL_LIMIT_MS  (G_GUINT64_CONSTANT(86400000) * 365) /* whoever sits before it has Ctrl-C */

static const char shell_key; /* its address is the registry's key */

StuntShell *stunt_shell_of(lua_State *L)
{
    StuntShell *shell;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &shell_key);
    shell = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return shell;
}

guint64 stunt_shell_now_ns(const StuntShell *shell)
{
    return stunt_vm_now_ns(shell->runtime->vm);
}

int stunt_shell_break_fd(const StuntShell *shell G_GNUC_UNUSED)
{
    return stunt_interrupt_fd();
}

gboolean stunt_shell_take_break(StuntShell *shell G_GNUC_UNUSED)
{
    return stunt_interrupt_take();
}

gboolean stunt_shell_is_noise(const StuntRuntime *runtime, const struct stunt_event *event)
{
    return g_str_equal(stunt_timeline_device_name(runtime->timeline, event->device), STUNT_LINK_ID);
}

/* ---- completion ---------------------------------------------------------------------------------- */

/* Global names that no binding describes: Lua's own, and the user's. */
static GPtrArray *global_names(lua_State *L)
{
    static const char *const words[] = { "and",   "break", "do",  "else", "elseif", "end",    "false", "for",
                                         "function", "goto", "if", "in",   "local",  "nil",    "not",   "or",
                                         "repeat", "return", "then", "true", "until", "while" };
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_ptr_array_add(names, g_strdup(words[i]));
    }
    lua_pushglobaltable(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            g_ptr_array_add(names, g_strdup(lua_tostring(L, -2)));
        }
    }
    lua_pop(L, 1);
    return names;
}

GPtrArray *stunt_shell_complete(StuntShell *shell, const char *line, gsize cursor, gsize *ret_start)
{
    StuntRuntime *runtime = shell->runtime;
    g_autoptr(GPtrArray) functions = stunt_shell_function_names(), bookmarks = stunt_snapshot_names(runtime);
    g_autoptr(GPtrArray) globals = global_names(runtime->sandbox.L);
    const StuntNames names = { .spec = runtime->spec,
                               .device = runtime->scenario->device,
                               .function = functions,
                               .global = globals,
                               .bookmark = bookmarks };
    gsize before = shell->pending->len;
    g_autofree char *text = g_strconcat(shell->pending->str, line, NULL);
    GPtrArray *found = stunt_complete(&names, text, before + cursor, ret_start);

    *ret_start = *ret_start > before ? *ret_start - before : 0;
    return found;
}

/* ---- one statement ------------------------------------------------------------------------------- */

static gboolean on_progress(gpointer data)
{
    StuntShell *shell = data;
    const StuntTimeline *timeline = shell->runtime->timeline;
    gsize n = stunt_timeline_events(timeline);
    gint64 took_us = g_get_monotonic_time() - shell->began_us;

    if (shell->began_us && took_us > PROGRESS_AFTER_US && n) {
        fprintf(stderr, "\r\033[K%.0f s, last event #%" G_GUINT64_FORMAT " at %.6f s; Ctrl-C stops the machine",
                (double)took_us / G_USEC_PER_SEC, stunt_timeline_event(timeline, n - 1)->seq,
                (double)stunt_timeline_event(timeline, n - 1)->time_ns / NS_PER_S);
        shell->told = TRUE;
    }
    return G_SOURCE_CONTINUE;
}

static void clear_progress(StuntShell *shell)
{
    if (shell->told) {
        fputs("\r\033[K", stderr);
        shell->told = FALSE;
    }
}

static void on_print(const char *text, gpointer data)
{
    StuntRuntime *runtime = data;

    clear_progress(stunt_shell_of(runtime->sandbox.L));
    printf("%s\n", text);
    fflush(stdout);
}

static void print_results(lua_State *L, int from)
{
    for (int i = from; i <= lua_gettop(L); i++) {
        g_autofree char *text = stunt_pretty(L, i);

        printf("%s\n", text);
    }
    fflush(stdout);
}

/* What a verdict would say of it helps here, too: the events before a forbidden one. */
static void explain(const StuntShell *shell)
{
    const StuntRuntime *runtime = shell->runtime;
    StuntStopped why = stunt_vm_stopped(runtime->vm);

    if (runtime->judged && runtime->detail && why == STUNT_STOPPED_FORBID) {
        fputs(runtime->detail, stderr);
    }
    if (why == STUNT_STOPPED_PANIC || why == STUNT_STOPPED_OFF) {
        fputs("The machine is off: log() shows its kernel's last words, back() puts it back to the last bookmark.\n",
              stderr);
    }
}

static void report(StuntShell *shell, const char *message)
{
    clear_progress(shell);
    fprintf(stderr, "%s%s\n", shell->options->interactive ? "" : "stunt: ", message ? message : "an error that is no text");
}

/* A verdict would stay for good; at a prompt the next line begins anew. */
static void forget_verdict(StuntRuntime *runtime)
{
    runtime->judged = FALSE;
    g_clear_pointer(&runtime->reason, g_free);
    g_clear_pointer(&runtime->detail, g_free);
}

/* Calls the function on top of the stack. */
static gboolean call(StuntShell *shell)
{
    StuntRuntime *runtime = shell->runtime;
    lua_State *L = runtime->sandbox.L;
    int base = lua_gettop(L);
    gboolean good;

    runtime->deadline_ns =
        shell->options->interactive ? 0 : stunt_vm_now_ns(runtime->vm) + runtime->scenario->deadline_ns;
    stunt_sandbox_progress(&runtime->sandbox);
    shell->began_us = g_get_monotonic_time();
    good = lua_pcall(L, 0, LUA_MULTRET, 0) == LUA_OK;
    shell->began_us = 0;
    clear_progress(shell);
    if (good) {
        print_results(L, base);
    } else if (!shell->quit) {
        report(shell, lua_tostring(L, -1));
        explain(shell);
    }
    forget_verdict(runtime);
    lua_settop(L, base - 1);
    return good || shell->quit;
}

/* Runs what is pending, if it is a whole. FALSE: an error. */
static gboolean run_pending(StuntShell *shell)
{
    lua_State *L = shell->runtime->sandbox.L;
    gboolean good = TRUE;

    switch (stunt_chunk_load(L, shell->pending->str, shell->options->source, shell->first)) {
    case STUNT_CHUNK_INCOMPLETE:
        return TRUE;
    case STUNT_CHUNK_EMPTY:
        break;
    case STUNT_CHUNK_WHOLE:
        good = call(shell);
        break;
    case STUNT_CHUNK_BROKEN:
        report(shell, lua_tostring(L, -1));
        lua_pop(L, 1);
        good = FALSE;
        break;
    }
    g_string_truncate(shell->pending, 0);
    return good;
}

/* ---- the session --------------------------------------------------------------------------------- */

static void end(StuntShell *shell, int status)
{
    shell->quit = TRUE;
    shell->status = status;
}

static void take_line(StuntShell *shell, const char *line)
{
    gboolean good;

    shell->line++;
    if (!shell->pending->len) {
        shell->first = shell->line;
    }
    g_string_append_printf(shell->pending, "%s\n", line);
    good = run_pending(shell);
    if (stunt_interrupt_take() && !shell->options->interactive && !shell->quit) {
        end(shell, SIGINT_STATUS);
    } else if (!good && !shell->options->interactive) {
        end(shell, 1);
    }
}

static void take_end(StuntShell *shell)
{
    if (shell->pending->len && !shell->options->interactive) {
        g_autofree char *message = g_strdup_printf("%s:%u: what begins here is not complete at the end of the input",
                                                   shell->options->source, shell->first);

        report(shell, message);
        end(shell, 1);
    }
    shell->quit = TRUE;
}

static void loop(StuntShell *shell)
{
    while (!shell->quit) {
        g_autofree char *line = NULL;

        switch (shell->options->read(shell, shell->pending->len > 0, &line, shell->options->data)) {
        case STUNT_INPUT_LINE:
            take_line(shell, line);
            break;
        case STUNT_INPUT_BREAK:
            g_string_truncate(shell->pending, 0);
            if (!shell->options->interactive) {
                end(shell, SIGINT_STATUS);
            }
            break;
        case STUNT_INPUT_END:
            take_end(shell);
            break;
        }
    }
}

static void open_prompt(StuntShell *shell)
{
    StuntRuntime *runtime = shell->runtime;
    lua_State *L = runtime->sandbox.L;
    g_autoptr(GError) error = NULL;

    lua_pushlightuserdata(L, shell);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shell_key);
    stunt_bridge_register(L, &stunt_binding_shell);
    stunt_bridge_push_object(L, &stunt_binding_vm, 1);
    lua_setglobal(L, "vm");
    runtime->sandbox.print = on_print;
    if (runtime->scenario->realtime) {
        fprintf(stderr, "stunt: in real time there are no bookmarks: %s\n", runtime->scenario->name);
    } else if (!stunt_snapshot_take(runtime, STUNT_SHELL_START, &error)) {
        fprintf(stderr, "stunt: no bookmark '%s': %s\n", STUNT_SHELL_START, error->message);
    }
}

static void session(StuntRuntime *runtime, gpointer data)
{
    StuntShell *shell = data;
    guint timer = 0;

    shell->runtime = runtime;
    if (!stunt_interrupt_open(runtime)) {
        stunt_runtime_judge(runtime, STUNT_BROKEN, "no pipe for SIGINT");
        return;
    }
    open_prompt(shell);
    if (shell->options->progress) {
        timer = g_timeout_add(PROGRESS_MS, on_progress, shell);
    }
    loop(shell);
    if (timer) {
        g_source_remove(timer);
    }
    stunt_interrupt_close();
    shell->runtime = NULL;
}

static StuntResult *start(StuntShell *shell, StuntStarter *starter, GBytes **ret_events, GBytes **ret_kernel_log)
{
    const StuntShellOptions *options = shell->options;
    StuntRunRequest request = {
        .setup = options->setup,
        .spec = options->spec,
        .name = options->file ? options->file->name : "shell",
        .file = options->file ? options->file->file : NULL,
        .starter = starter,
        .start = STUNT_START_STRICT,
        .kernel = options->kernel,
        .iommu = options->iommu,
        .bug = options->bug,
        .seed = options->seed,
        .wall_limit_ms = options->interactive ? NO_WALL_LIMIT_MS : 0,
        .session = session,
        .data = shell,
    };

    return stunt_scenario_run(&request, ret_events, ret_kernel_log);
}

gboolean stunt_shell_run(const StuntShellOptions *options, int *ret_status, GError **error)
{
    g_autoptr(StuntStarter) starter = stunt_starter_new(&(StuntStarterOptions){ .no_spare = TRUE });
    g_autoptr(GString) pending = g_string_new(NULL);
    StuntShell shell = { .options = options, .pending = pending };
    GBytes *events, *kernel_log;
    StuntResult *result = start(&shell, starter, &events, &kernel_log);

    if (shell.quit && options->ended) {
        options->ended(events, options->data);
    }
    if (!shell.quit) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "the machine did not come to its ready point: %s",
                    result->reason);
    }
    *ret_status = shell.status;
    stunt_result_free(result);
    g_bytes_unref(events);
    g_bytes_unref(kernel_log);
    return shell.quit;
}
