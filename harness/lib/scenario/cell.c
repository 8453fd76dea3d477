/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/cell.h"
#include "lib/scenario/snapshot.h"

#define INVALID "invalid"

static gboolean is_good(const StuntRuntime *runtime, const char *outcome)
{
    const GPtrArray *good = runtime->scenario->outcome;

    if (!good->len) {
        return g_str_equal(outcome, STUNT_GOOD_OUTCOME);
    }
    return g_ptr_array_find_with_equal_func((GPtrArray *)good, outcome, g_str_equal, NULL);
}

static void note(StuntRuntime *runtime, const StuntCell *cell, const char *outcome)
{
    g_autofree char *place = stunt_cell_place(cell);
    g_autofree char *text = g_strdup_printf("#%u %s%s%s", runtime->grid->cell->len + 1, place, outcome ? ": " : "",
                                            outcome ? outcome : "");

    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "cell", text);
    stunt_runtime_progress(runtime, place);
}

void stunt_cell_begin(StuntRuntime *runtime, StuntCell *cell)
{
    cell->begin_ns = stunt_vm_now_ns(runtime->vm);
    cell->first_line = stunt_timeline_lines(runtime->timeline) + 1;
    note(runtime, cell, NULL);
}

/* ---- outcomes ------------------------------------------------------------------------------------ */

/* Of the first finding since that the scenario did not expect; NULL: there is none. */
static const char *kind_found(const StuntRuntime *runtime, guint since)
{
    for (guint i = since; i < runtime->finding->len; i++) {
        const StuntFinding *finding = runtime->finding->pdata[i];

        if (!finding->expected) {
            return finding->kind;
        }
    }
    return NULL;
}

/* What the verdict is called as an outcome; NULL: it is no matter of a cell. */
static const char *outcome_of_verdict(const StuntRuntime *runtime, guint findings)
{
    const char *kind = kind_found(runtime, findings);

    if (runtime->status == STUNT_INVALID) {
        return INVALID;
    }
    if (runtime->status != STUNT_FAIL) {
        return NULL;
    }
    switch (stunt_vm_stopped(runtime->vm)) {
    case STUNT_STOPPED_PANIC:
        return "panic";
    case STUNT_STOPPED_OFF:
        return "off";
    case STUNT_STOPPED_FORBID:
        return "forbidden event";
    default:
        return runtime->hung ? "hang" : kind ? kind : "failed";
    }
}

/* Judges the branch as any that is given up. TRUE: the verdict, if one fell, is the cell's. */
static gboolean judge_branch(StuntRuntime *runtime, const StuntScenarioSnapshot *from, GError **error)
{
    g_autoptr(GError) inner = NULL;

    if (stunt_snapshot_judge(runtime, from, &inner) || runtime->judged) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&inner));
    return FALSE;
}

/* Puts the verdict in place of what the script said; the caller frees *ret_detail. FALSE: it stays a verdict of the run. */
static gboolean take_verdict(StuntRuntime *runtime, guint findings, StuntCell *cell, char **ret_detail, GError **error)
{
    const char *outcome = runtime->judged ? outcome_of_verdict(runtime, findings) : cell->outcome;

    if (!outcome) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "%s", runtime->reason);
        return FALSE;
    }
    if (!runtime->judged) {
        *ret_detail = g_strdup(cell->detail);
    } else if (cell->outcome) {
        *ret_detail = g_strdup_printf("%s; %s%s%s", runtime->reason, cell->outcome, *cell->detail ? ": " : "", cell->detail);
    } else {
        *ret_detail = g_strdup(runtime->reason);
    }
    cell->outcome = (char *)outcome;
    cell->detail = *ret_detail;
    return TRUE;
}

const StuntCell *stunt_cell_end(StuntRuntime *runtime, const char *from, guint findings, StuntCell *cell, GError **error)
{
    StuntScenarioSnapshot *snapshot = stunt_snapshot_find(runtime, from);
    g_autofree char *detail = NULL;
    const StuntCell *made;

    if (!snapshot) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "the snapshot '%s' is gone: the cell went back behind it", from);
        return NULL;
    }
    cell->last_event = stunt_timeline_last_seq(runtime->timeline); /* of the script's doing, not of the oracle's looking */
    if (!judge_branch(runtime, snapshot, error) || !take_verdict(runtime, findings, cell, &detail, error)) {
        return NULL;
    }
    stunt_runtime_retract(runtime);
    cell->good = is_good(runtime, cell->outcome);
    cell->end_ns = stunt_vm_now_ns(runtime->vm);
    cell->rewinds = runtime->rewinds;
    note(runtime, cell, cell->outcome);
    cell->last_line = stunt_timeline_lines(runtime->timeline);
    made = stunt_grid_add(runtime->grid, cell);
    return stunt_snapshot_put_back(runtime, snapshot, error) ? made : NULL;
}

/* ---- at the end ---------------------------------------------------------------------------------- */

static const StuntCell *first_bad(const StuntGrid *grid)
{
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];

        if (!cell->good) {
            return cell;
        }
    }
    return NULL;
}

/* Cells that showed nothing are no fault of the driver. */
static gboolean all_bad_are_invalid(const StuntGrid *grid)
{
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];

        if (!cell->good && !g_str_equal(cell->outcome, INVALID)) {
            return FALSE;
        }
    }
    return TRUE;
}

void stunt_cells_judge(StuntRuntime *runtime)
{
    const StuntCell *bad = first_bad(runtime->grid);
    g_autofree char *reason = NULL;

    if (bad && !runtime->judged) {
        reason = stunt_grid_reason(runtime->grid);
        stunt_runtime_judge(runtime, all_bad_are_invalid(runtime->grid) ? STUNT_INVALID : STUNT_FAIL, reason);
        runtime->last_event = bad->last_event; /* where a replay under gdb stops */
        runtime->last_rewinds = bad->rewinds;
    }
}
