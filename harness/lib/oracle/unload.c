/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends what runs, unloads what was loaded, and compares with what there was before. */
#include <string.h>

#include "lib/guest/guest.h"
#include "lib/oracle/census.h"
#include "lib/oracle/unload.h"
#include "stunt/error.h"

#define S_NS         G_GUINT64_CONSTANT(1000000000)
#define QUIET_NS     (5 * S_NS) /* virtual: from SIGKILL to the end of a process */
#define UNLOAD_NS    (20 * S_NS)
#define LOOK_NS      (10 * S_NS)
#define STUCK_NS     S_NS       /* what waits uninterruptibly for longer is stuck */
#define SETTLE_NS    (S_NS / 5) /* what is freed later is gone by then */

static guint64 after(const StuntGuest *guest, guint64 ns)
{
    return stunt_vm_now_ns(guest->vm) + ns;
}

/* ---- tasks --------------------------------------------------------------------------------------- */

static gboolean has_task(const GPtrArray *tasks, const StuntTask *wanted)
{
    for (guint i = 0; i < tasks->len; i++) {
        if (((const StuntTask *)tasks->pdata[i])->pid == wanted->pid) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "[<0>] toy_wait+0x4e/0x80 [toy]" */
static void add_stack(StuntFinding *finding, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_ptr_array_add(finding->report, g_strdup("Call Trace:"));
    for (char **line = lines; *line; line++) {
        const char *call = g_strrstr(*line, "] ") && g_str_has_prefix(*line, "[<") ? strstr(*line, "] ") + 2 : *line;

        if (**line) {
            g_ptr_array_add(finding->report, g_strdup(call));
        }
    }
}

static void add_stuck(const StuntTask *task, GPtrArray *findings)
{
    g_autofree char *text =
        g_strdup_printf(task->user ? "process %s (%u) cannot be killed" : "kernel thread %s (%u) waits uninterruptibly",
                        task->name, task->pid);
    StuntFinding *finding = stunt_finding_new("stuck-task", text);

    add_stack(finding, task->stack ? task->stack : "");
    g_ptr_array_add(findings, finding);
}

/*
 * A wait may just be short: who is stuck is so a second later. quiet: no process is left; else it may be a thread of one
 * whose first has ended.
 */
static gboolean find_stuck(StuntGuest *guest, const char *census, gboolean quiet, GPtrArray *findings, GError **error)
{
    static const char *const threads[] = { STUNT_LOOK_THREADS, NULL };
    g_autoptr(GPtrArray) first = stunt_census_stuck(census), second = NULL;
    g_autofree char *again = NULL;

    if (quiet && !first->len) {
        return TRUE;
    }
    if (!stunt_guest_sleep(guest, STUCK_NS, error) ||
        !(again = stunt_guest_look(guest, threads, after(guest, LOOK_NS), error))) {
        return FALSE;
    }
    second = stunt_census_stuck(again);
    for (guint i = 0; i < second->len; i++) {
        const StuntTask *task = second->pdata[i];

        if (task->user || has_task(first, task)) {
            add_stuck(task, findings);
        }
    }
    return TRUE;
}

/* ---- modules ------------------------------------------------------------------------------------- */

static void add_refusal(GPtrArray *findings, const char *module, const char *why)
{
    g_auto(GStrv) lines = g_strsplit(why, "\n", -1);
    g_autofree char *text = g_strdup_printf("%s cannot be unloaded: %s", module, lines[0]);
    StuntFinding *finding = stunt_finding_new("module-in-use", text);

    for (char **line = lines; *line; line++) {
        g_ptr_array_add(finding->report, g_strdup(*line));
    }
    g_ptr_array_add(findings, finding);
}

/* FALSE without an error: it does not end, and no other can be unloaded. */
static gboolean unload_one(StuntGuest *guest, const char *module, GPtrArray *findings, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;

    if (stunt_guest_rmmod(guest, module, after(guest, UNLOAD_NS), &why)) {
        return TRUE;
    }
    if (g_error_matches(why, STUNT_ERROR, STUNT_ERROR_DEADLINE)) {
        text = g_strdup_printf("unloading %s does not end", module);
        g_ptr_array_add(findings, stunt_finding_new("stuck-task", text));
        return FALSE;
    }
    if (g_error_matches(why, STUNT_ERROR, STUNT_ERROR_GUEST) && stunt_vm_stopped(guest->vm) == STUNT_STOPPED_ASK) {
        add_refusal(findings, module, why->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

static gboolean unload_all(StuntGuest *guest, const char *before, const char *now, GPtrArray *findings, GError **error)
{
    g_autoptr(GPtrArray) modules = stunt_census_new_modules(before, now);

    for (guint i = 0; i < modules->len; i++) {
        if (!unload_one(guest, modules->pdata[i], findings, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* All that there is, but of the tasks only those that came since. */
static char *take_again(StuntGuest *guest, const char *before, GError **error)
{
    g_autofree char *now = stunt_census_take(guest, STUNT_CENSUS_REST, after(guest, LOOK_NS), error), *tasks = NULL;
    g_auto(GStrv) paths = now ? stunt_census_new_tasks(before, now) : NULL;

    if (!paths) {
        return g_steal_pointer(&now);
    }
    tasks = stunt_guest_look(guest, (const char *const *)paths, after(guest, LOOK_NS), error);
    return tasks ? g_strconcat(now, tasks, NULL) : NULL;
}

/* What is freed only after a while gets that while, once. */
static gboolean compare(StuntGuest *guest, const char *before, GPtrArray *findings, GError **error)
{
    for (guint try = 0; try < 2; try++) {
        g_autofree char *now = take_again(guest, before, error);
        g_autoptr(GPtrArray) left = stunt_findings_new();

        if (!now) {
            return FALSE;
        }
        stunt_census_compare(before, now, left);
        if (!left->len) {
            return TRUE;
        }
        if (try) {
            g_ptr_array_extend_and_steal(findings, g_steal_pointer(&left));
        } else if (!stunt_guest_sleep(guest, SETTLE_NS, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_unload(StuntGuest *guest, const char *before, GPtrArray *findings, GError **error)
{
    g_autofree char *now = NULL;
    g_autoptr(GError) why = NULL;
    gboolean quiet;

    if (!stunt_guest_quiet(guest, after(guest, QUIET_NS), &quiet, error) ||
        !(now = stunt_census_take(guest, STUNT_CENSUS_TASKS, after(guest, LOOK_NS), error)) ||
        !find_stuck(guest, now, quiet, findings, error)) {
        return FALSE;
    }
    if (findings->len) { /* a module that is in use to this depth is not touched */
        return TRUE;
    }
    if (unload_all(guest, before, now, findings, &why) && !findings->len) {
        return compare(guest, before, findings, error);
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}
