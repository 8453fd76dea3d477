/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "outcome.h"

#define WORD   "outcome "
#define ORACLE "health oracle: "

static const struct {
    const char *name, *doc;
} outcomes[] = {
    [STUNT_NOT_ACTIVATED] = { "not-activated", "no rule fired" },
    [STUNT_MASKED] = { "masked", "a rule fired, and nothing came of it" },
    [STUNT_RECOVERED] = { "recovered", "the driver noticed and made up for it" },
    [STUNT_DUE] = { "DUE", "the driver noticed, and the work was lost" },
    [STUNT_SDC] = { "SDC", "nobody noticed, and the data are wrong" },
    [STUNT_HANG] = { "hang", "the work never ended" },
    [STUNT_CRASH] = { "crash", "the kernel panicked, or complained of itself" },
    [STUNT_LATENT] = { "latent", "the work is right, but harm is left behind" },
    [STUNT_SIMULATOR_FAULT] = { "simulator-fault", "the bench broke" },
};

const char *stunt_outcome_name(StuntOutcomeKind kind)
{
    return outcomes[kind].name;
}

const char *stunt_outcome_doc(StuntOutcomeKind kind)
{
    return outcomes[kind].doc;
}

static gboolean any_fired(const StuntResult *result)
{
    for (guint i = 0; i < result->rule->len; i++) {
        if (((StuntRuleResult *)result->rule->pdata[i])->fired) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean begins_with_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (g_str_has_prefix(text, *words)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What the oracle found: "KIND: …". */
static StuntOutcomeKind by_finding(const char *finding)
{
    static const char *const hangs[] = { "hung-task", "soft-lockup", "hard-lockup", "rcu-stall", "workqueue-stall",
                                         "stuck-task", NULL };
    static const char *const harm[] = { "misuse", "taint", "memory-leak", "module-in-use", "left-", "dma-api", "iommu",
                                        "stray-irq", "out-of-memory", NULL };

    if (begins_with_one_of(finding, hangs)) {
        return STUNT_HANG;
    }
    return begins_with_one_of(finding, harm) ? STUNT_LATENT : STUNT_CRASH;
}

/* The workload's word behind the mark; FALSE: there is none. */
static gboolean by_word(const char *text, StuntOutcomeKind *ret_kind)
{
    const char *at = text ? g_strrstr(text, WORD) : NULL;

    for (guint i = 0; at && i < STUNT_N_OUTCOMES; i++) {
        gsize len = strlen(outcomes[i].name);

        if (g_str_has_prefix(at + strlen(WORD), outcomes[i].name) && !g_ascii_isalnum(at[strlen(WORD) + len])) {
            *ret_kind = i;
            return TRUE;
        }
    }
    return FALSE;
}

static StuntOutcomeKind by_failure(const StuntResult *result)
{
    const char *oracle = strstr(result->reason, ORACLE);
    StuntOutcomeKind kind;

    if (oracle) {
        return by_finding(oracle + strlen(ORACLE));
    }
    if (by_word(result->reason, &kind)) {
        return kind;
    }
    if (strstr(result->reason, "hang: ")) {
        return STUNT_HANG;
    }
    return strstr(result->reason, "the guest panicked") || strstr(result->reason, "the guest went off") ? STUNT_CRASH
                                                                                                         : STUNT_DUE;
}

StuntOutcomeKind stunt_outcome_of(const StuntResult *result, const char *log)
{
    StuntOutcomeKind kind;

    if (result->status == STUNT_BROKEN || result->status == STUNT_INVALID || result->status == STUNT_SKIP) {
        return STUNT_SIMULATOR_FAULT;
    }
    if (!any_fired(result)) {
        /* a workload that fails by itself says nothing of faults */
        return result->status == STUNT_PASS ? STUNT_NOT_ACTIVATED : STUNT_SIMULATOR_FAULT;
    }
    if (result->status == STUNT_FAIL) {
        return by_failure(result);
    }
    return by_word(log, &kind) ? kind : STUNT_MASKED;
}
