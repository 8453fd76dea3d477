/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Health oracle: says after a scenario whether kernel and driver stayed healthy. It looks at the kernel log,
 * at the kernel's taint and at what the devices saw the driver do wrong.
 */
#ifndef STUNT_ORACLE_H
#define STUNT_ORACLE_H

#include <glib.h>
#include "stunt/finding.h"
#include "stunt/guest.h"

typedef struct StuntOracle StuntOracle;

StuntOracle *stunt_oracle_new(void);
void stunt_oracle_free(StuntOracle *oracle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntOracle, stunt_oracle_free)

/*
 * Where the modules of the guest's kernel were built: traces then tell source lines. variants: with planted bugs.
 */
void stunt_oracle_set_modules(StuntOracle *oracle, const char *folder, gboolean variants);

/* Kernel reports with a line that matches this Perl-compatible regular expression are no finding. Errors: INPUT. */
gboolean stunt_oracle_allow(StuntOracle *oracle, const char *pattern, GError **error);

/*
 * Findings of this kind (NULL: any) with a line that matches the pattern (NULL: any) are expected, `count` of them;
 * -1: any number but none. Those beyond that number are not, and stunt_oracle_missing() tells of those that did not
 * come. Errors: INPUT.
 */
gboolean stunt_oracle_expect(StuntOracle *oracle, const char *kind, const char *pattern, gint64 count,
                             GError **error);
/* Whether findings of this kind are expected by name. */
gboolean stunt_oracle_expects(const StuntOracle *oracle, const char *kind);

/* So many misuse events of this device are expected, neither more nor fewer; -1: any number. */
void stunt_oracle_allow_misuse(StuntOracle *oracle, const char *device, gint64 count);

/* What counts as healthy: how the guest was before the driver was loaded. */
typedef struct {
    guint64 taint;
    guint lines;  /* of the kernel's log */
    char *census; /* what there was of modules, interrupts, nodes, …: see lib/oracle/census.h; NULL: not looked */
} StuntBaseline;

void stunt_baseline_copy(StuntBaseline *to, const StuntBaseline *from); /* `to` is cleared before */
void stunt_baseline_clear(StuntBaseline *baseline);

/* Looks now: call after boot. Errors as in guest.h; FAILED when something that is to be compared is not there. */
gboolean stunt_oracle_look(StuntGuest *guest, guint64 deadline_ns, StuntBaseline *ret_baseline, GError **error);
void stunt_oracle_set_baseline(StuntOracle *oracle, const StuntBaseline *baseline);

/*
 * Looks now. ret_findings gets all that was found, expected or not: a GPtrArray of StuntFinding.
 * FALSE: it could not look, which is no bill of health.
 */
gboolean stunt_oracle_judge(StuntOracle *oracle, StuntGuest *guest, StuntVm *vm, const GPtrArray *devices,
                            guint64 deadline_ns, GPtrArray **ret_findings, GError **error);

/* The same without the guest's help, from the log as it is known: for a machine that answers no more. */
GPtrArray *stunt_oracle_judge_log(StuntOracle *oracle, StuntGuest *guest);

/*
 * Ends all processes, unloads the modules that were loaded since the baseline, the newest first, and compares what is
 * left with the baseline. No rule may be armed that could keep a driver from going. ret_findings as above; what the
 * kernel's log and the devices say of it is for another stunt_oracle_judge(). FALSE: it could not look.
 */
gboolean stunt_oracle_unload(StuntOracle *oracle, StuntGuest *guest, GPtrArray **ret_findings, GError **error);

/*
 * Where everything stands in a guest that hangs, in lines for people: the tasks that wait, or what the processor runs
 * when not even the agent does, which a guest does not survive. All stacks are in the kernel's log then. Lets the guest
 * go on.
 */
char *stunt_oracle_stacks(StuntOracle *oracle, StuntGuest *guest);

/* What was expected and not found by any judgement so far, as text; NULL: nothing. */
char *stunt_oracle_missing(const StuntOracle *oracle);

/* What kind of trouble a kernel line reports ("oops", "hung-task"), NULL for none. Static. */
const char *stunt_oracle_classify(const char *line);

/* "W, D (a warning, …)" for the bits of `now` that `before` has not and that no out-of-tree module explains;
 * NULL: none. */
char *stunt_oracle_new_taint(guint64 before, guint64 now);

#endif
