/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hangs, and where. */
#include <string.h>

#include "lib/guest/guest.h"
#include "lib/oracle/census.h"
#include "lib/oracle/report.h"
#include "lib/oracle/stacks.h"

#define S_NS      G_GUINT64_CONSTANT(1000000000)
#define ANSWER_NS (2 * S_NS) /* virtual: an agent that runs at all is quicker */
#define TASKS_MAX 12
#define CALLS_MAX 12
#define REGISTER_LINES 8

static guint64 deadline_of(const StuntGuest *guest)
{
    return stunt_vm_now_ns(guest->vm) + ANSWER_NS;
}

static void append_call(GString *text, StuntSymbols *symbols, StuntFrame *frame)
{
    g_autofree char *line = NULL;

    stunt_symbols_find(symbols, frame);
    line = stunt_frame_text(frame);
    g_string_append_printf(text, "    %s\n", line);
}

/* ---- the agent still answers --------------------------------------------------------------------- */

/* The kernel's own list, for its log: blocked tasks, what runs, all tasks. */
static void log_all_stacks(StuntGuest *guest)
{
    static const char *const keys[] = { "w", "l", "t" };
    gboolean good = TRUE;

    for (guint i = 0; good && i < G_N_ELEMENTS(keys); i++) {
        good = stunt_guest_put(guest, "/proc/sysrq-trigger", keys[i], 1, 0200, deadline_of(guest), NULL);
    }
    if (good) {
        stunt_guest_sync(guest, deadline_of(guest), NULL);
    }
}

/* The kernel's part of a stack; user processes that wait for nothing of it have one, too. */
static void append_stack(GString *text, StuntSymbols *symbols, const char *stack)
{
    g_auto(GStrv) lines = g_strsplit(stack, "\n", -1);
    guint calls = 0;

    for (char **line = lines; *line && calls < CALLS_MAX; line++) {
        const char *call = strstr(*line, "] ");
        StuntFrame *frame = call ? stunt_frame_parse(call + 2) : NULL;

        if (frame) {
            append_call(text, symbols, frame);
            calls++;
        }
        stunt_frame_free(frame);
    }
}

static GPtrArray *look_at_tasks(StuntGuest *guest)
{
    static const char *const paths[] = { STUNT_LOOK_THREADS, NULL };
    g_autofree char *census = stunt_guest_look(guest, paths, deadline_of(guest), NULL);

    return census ? stunt_census_tasks(census) : NULL;
}

/* Those that tell something: processes, waits that no signal ends, calls in a module. */
static void append_tasks(GString *text, StuntSymbols *symbols, const GPtrArray *tasks)
{
    guint told = 0;

    for (guint i = 0; i < tasks->len && told < TASKS_MAX; i++) {
        const StuntTask *task = tasks->pdata[i];

        if ((task->user && task->pid != STUNT_AGENT_PID) || task->state == 'D' || (task->stack && strstr(task->stack, " ["))) {
            g_string_append_printf(text, "task %s (%u), state %c\n", task->name, task->pid, task->state);
            append_stack(text, symbols, task->stack ? task->stack : "");
            told++;
        }
    }
}

/* ---- it does not --------------------------------------------------------------------------------- */

static void append_registers(GString *text, StuntGuest *guest)
{
    JsonNode *arguments = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    g_autoptr(JsonNode) result = NULL;

    json_object_set_string_member(object, "command-line", "info registers -a");
    json_node_take_object(arguments, object);
    if (stunt_vm_qmp(guest->vm, "human-monitor-command", arguments, &result, NULL) && JSON_NODE_HOLDS_VALUE(result)) {
        g_auto(GStrv) lines = g_strsplit(json_node_get_string(result), "\r\n", -1);

        for (guint i = 0; lines[i] && i < REGISTER_LINES; i++) {
            if (*lines[i]) {
                g_string_append_printf(text, "%s\n", lines[i]);
            }
        }
    }
}

/* The panic that an NMI leads to tells what the processor was at, in the log that the dying kernel hands over. */
static void append_nmi(GString *text, StuntSymbols *symbols, StuntGuest *guest)
{
    const guint from = stunt_guest_kernel_log(guest)->len;
    g_autoptr(GArray) reports = NULL;

    if (!stunt_vm_qmp(guest->vm, "inject-nmi", NULL, NULL, NULL)) {
        return;
    }
    stunt_guest_sleep(guest, ANSWER_NS, NULL);
    reports = stunt_reports_find(stunt_guest_kernel_log(guest), from);
    if (reports->len) {
        const StuntReport *last = &g_array_index(reports, StuntReport, reports->len - 1);
        g_autoptr(GPtrArray) lines = stunt_report_lines(last, stunt_guest_kernel_log(guest));
        g_autoptr(GPtrArray) trace = stunt_trace_parse(lines);

        g_string_append(text, "the processor runs\n");
        for (guint i = 0; i < MIN(trace->len, CALLS_MAX); i++) {
            append_call(text, symbols, trace->pdata[i]);
        }
    }
}

char *stunt_stacks(StuntSymbols *symbols, StuntGuest *guest)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) tasks = NULL;

    append_registers(text, guest);
    if (stunt_guest_sync(guest, deadline_of(guest), NULL)) {
        g_string_truncate(text, 0); /* those of the agent, or of nobody: they tell nothing */
        tasks = look_at_tasks(guest);
        log_all_stacks(guest);
    }
    if (tasks) {
        append_tasks(text, symbols, tasks);
    } else {
        append_nmi(text, symbols, guest);
    }
    return g_strdup(text->str);
}
