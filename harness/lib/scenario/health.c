/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/health.h"
#include "lib/scenario/rules.h"

#define S_NS             G_GUINT64_CONSTANT(1000000000)
#define ORACLE_LIMIT_NS  (10 * S_NS) /* virtual */
#define AUTOPSY_LIMIT_NS (2 * S_NS)  /* the same after a FAIL: the guest may be stuck */
#define REPORT_LINES     12          /* of a finding, beside a verdict: all of them are in the result */
#define TRACE_LINES      8

static gboolean look(StuntRuntime *runtime, guint64 limit_ns, GPtrArray **ret_findings, GError **error)
{
    const StuntGuestSleep *sleep = stunt_guest_sleeping(runtime->guest);

    if (sleep && sleep->asleep) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the guest sleeps: vm:wake() it first");
        return FALSE;
    }
    return stunt_oracle_judge(runtime->oracle, runtime->guest, runtime->vm, runtime->scenario->device,
                              stunt_vm_now_ns(runtime->vm) + limit_ns, ret_findings, error);
}

/* ---- findings as text ---------------------------------------------------------------------------- */

static void append_lines(GString *text, const GPtrArray *lines, guint max)
{
    for (guint i = 0; i < MIN(lines->len, max); i++) {
        g_string_append_printf(text, "    %s\n", (const char *)lines->pdata[i]);
    }
    if (lines->len > max) {
        g_string_append_printf(text, "    (%u lines more)\n", lines->len - max);
    }
}

static void append_finding(GString *text, const StuntFinding *finding)
{
    g_string_append_printf(text, "%s: %s\n", finding->kind, finding->text);
    if (*finding->where) {
        g_string_append_printf(text, "  in %s\n", finding->where);
    }
    if (finding->trace->len) {
        append_lines(text, finding->trace, TRACE_LINES);
    } else if (finding->report->len > 1) {
        append_lines(text, finding->report, REPORT_LINES);
    }
}

/* Those that the scenario did not expect; NULL: there are none. The first of them goes to ret_first. */
static char *describe(const GPtrArray *findings, const StuntFinding **ret_first)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < findings->len; i++) {
        const StuntFinding *finding = findings->pdata[i];

        if (!finding->expected) {
            *ret_first = *ret_first ? *ret_first : finding;
            append_finding(text, finding);
        }
    }
    return text->len ? g_strdup(text->str) : NULL;
}

/* ---- verdicts ------------------------------------------------------------------------------------ */

/* Takes them. */
static void keep(StuntRuntime *runtime, GPtrArray *findings)
{
    g_ptr_array_extend_and_steal(runtime->finding, findings);
}

static void judge_findings(StuntRuntime *runtime, GPtrArray *findings)
{
    const StuntFinding *first = NULL;
    g_autofree char *all = describe(findings, &first), *reason = NULL;

    if (all) {
        reason = g_strdup_printf("health oracle: %s: %s", first->kind, first->text);
        stunt_runtime_judge(runtime, STUNT_FAIL, reason);
        stunt_runtime_add_detail(runtime, "the health oracle found", all);
    }
    keep(runtime, findings);
}

void stunt_health_autopsy(StuntRuntime *runtime)
{
    StuntStopped why = stunt_vm_stopped(runtime->vm);
    const gboolean alive = why == STUNT_STOPPED_ASK || why == STUNT_STOPPED_DEADLINE;
    const StuntFinding *first = NULL;
    g_autofree char *text = NULL;
    GPtrArray *findings = NULL;

    if (!alive || !look(runtime, AUTOPSY_LIMIT_NS, &findings, NULL)) {
        findings = stunt_oracle_judge_log(runtime->oracle, runtime->guest);
    }
    text = describe(findings, &first);
    if (text) {
        stunt_runtime_add_detail(runtime, "the health oracle found", text);
    }
    keep(runtime, findings);
}

static void judge_blind(StuntRuntime *runtime, GError *error)
{
    StuntStopped why = stunt_vm_stopped(runtime->vm);
    g_autofree char *reason = NULL;

    if (why == STUNT_STOPPED_PANIC || why == STUNT_STOPPED_FORBID ||
        g_error_matches(error, STUNT_ERROR, STUNT_ERROR_QEMU)) {
        stunt_runtime_judge_error(runtime, NULL, error);
        return;
    }
    reason = g_strdup_printf("the health oracle could not look: %s", error->message);
    stunt_runtime_judge(runtime, STUNT_INVALID, reason);
    g_error_free(error);
}

void stunt_health_judge(StuntRuntime *runtime)
{
    GPtrArray *findings = NULL;
    GError *error = NULL;

    if (!runtime->died && look(runtime, ORACLE_LIMIT_NS, &findings, &error)) {
        judge_findings(runtime, findings);
    } else if (error) {
        judge_blind(runtime, error);
    }
    if (runtime->died) {
        judge_findings(runtime, stunt_oracle_judge_log(runtime->oracle, runtime->guest));
    }
}

/* ---- unloading ----------------------------------------------------------------------------------- */

/* After these a task may have ended, or wait forever, with locks and references that a module waits for. */
static gboolean has_stopped_a_task(const GPtrArray *findings)
{
    static const char *const kinds[] = { "oops", "bug", "list", "hung-task", NULL };

    for (guint i = 0; i < findings->len; i++) {
        if (g_strv_contains(kinds, ((const StuntFinding *)findings->pdata[i])->kind)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Why it cannot be done; NULL: it can. */
static const char *why_not(const StuntRuntime *runtime)
{
    StuntStopped why = stunt_vm_stopped(runtime->vm);

    if (runtime->scenario->leave_loaded) {
        return runtime->scenario->leave_loaded;
    }
    if (runtime->died || why == STUNT_STOPPED_PANIC) {
        return "the guest panicked";
    }
    if (why == STUNT_STOPPED_OFF) {
        return "the guest is off";
    }
    if (runtime->judged) {
        return "the verdict had fallen";
    }
    return has_stopped_a_task(runtime->finding) ? "what was found before may keep the driver from going" : NULL;
}

/* A rule would break the driver's last steps, too, and it has been judged. */
static gboolean disarm_all(StuntRuntime *runtime, GError **error)
{
    for (guint i = 0; i < runtime->rule->len; i++) {
        if (!stunt_rules_disarm(runtime, runtime->rule->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean unload(StuntRuntime *runtime, GPtrArray **ret_findings, GError **error)
{
    return disarm_all(runtime, error) &&
           stunt_oracle_unload(runtime->oracle, runtime->guest, ret_findings, error);
}

void stunt_health_unload(StuntRuntime *runtime)
{
    const char *reason = why_not(runtime);
    GPtrArray *findings = NULL;
    GError *error = NULL;

    if (reason) {
        g_free(runtime->not_unloaded);
        runtime->not_unloaded = g_strdup(reason);
        return;
    }
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "health", "unloading");
    if (!unload(runtime, &findings, &error)) {
        judge_blind(runtime, error);
        return;
    }
    judge_findings(runtime, findings);
    if (!runtime->judged) {
        stunt_health_judge(runtime);
    }
}

void stunt_health_judge_expected(StuntRuntime *runtime)
{
    g_autofree char *missing = stunt_oracle_missing(runtime->oracle), *reason = NULL;

    if (missing) {
        reason = g_strdup_printf("health oracle: %s", missing);
        stunt_runtime_judge(runtime, STUNT_FAIL, reason);
    }
}
