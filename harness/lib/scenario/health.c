/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/health.h"

#define S_NS             G_GUINT64_CONSTANT(1000000000)
#define ORACLE_LIMIT_NS  (10 * S_NS) /* virtual */
#define AUTOPSY_LIMIT_NS (2 * S_NS)  /* the same after a FAIL: the guest may be stuck */

static char *join_lines(const GPtrArray *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++) {
        g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
    }
    return g_strdup(text->str);
}

static gboolean look(StuntRuntime *runtime, guint64 limit_ns, GPtrArray **ret_findings, GError **error)
{
    return stunt_oracle_judge(runtime->oracle, runtime->guest, runtime->vm, runtime->scenario->device,
                              stunt_vm_now_ns(runtime->vm) + limit_ns, ret_findings, error);
}

void stunt_health_autopsy(StuntRuntime *runtime)
{
    g_autoptr(GPtrArray) findings = NULL;
    StuntStopped why = stunt_vm_stopped(runtime->vm);

    if (why != STUNT_STOPPED_ASK && why != STUNT_STOPPED_DEADLINE) {
        return;
    }
    if (look(runtime, AUTOPSY_LIMIT_NS, &findings, NULL) && findings->len) {
        g_autofree char *text = join_lines(findings);

        stunt_runtime_add_detail(runtime, "the health oracle found", text);
    }
}

static void judge_findings(StuntRuntime *runtime, const GPtrArray *findings)
{
    g_autofree char *reason = NULL, *all = NULL;

    if (findings->len) {
        reason = g_strdup_printf("health oracle: %s", (const char *)findings->pdata[0]);
        all = join_lines(findings);
        stunt_runtime_judge(runtime, STUNT_FAIL, reason);
        stunt_runtime_add_detail(runtime, "the health oracle found", all);
    }
}

void stunt_health_judge(StuntRuntime *runtime)
{
    g_autoptr(GPtrArray) findings = NULL;
    g_autofree char *reason = NULL;
    GError *error = NULL;
    StuntStopped why;

    if (look(runtime, ORACLE_LIMIT_NS, &findings, &error)) {
        judge_findings(runtime, findings);
        return;
    }
    why = stunt_vm_stopped(runtime->vm);
    if (why == STUNT_STOPPED_PANIC || why == STUNT_STOPPED_FORBID ||
        g_error_matches(error, STUNT_ERROR, STUNT_ERROR_QEMU)) {
        stunt_runtime_judge_error(runtime, NULL, error);
        return;
    }
    reason = g_strdup_printf("the health oracle could not look: %s", error->message);
    stunt_runtime_judge(runtime, STUNT_INVALID, reason);
    g_error_free(error);
}
