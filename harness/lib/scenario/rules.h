/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a run: armed in QEMU, checked before, judged at the end. No Lua but for on_pause. */
#ifndef STUNT_LIB_RULES_H
#define STUNT_LIB_RULES_H

#include "lib/scenario/device.h"
#include "lib/scenario/runtime.h"

/* Arms runtime->text under an id. Errors: INPUT (what is wrong with the rule), QEMU. The rule belongs to the
 * runtime. */
StuntRule *stunt_rules_arm(StuntRuntime *runtime, const StuntDevice *device, const char *id, GError **error);

/*
 * Changes the rule by the words in runtime->text. From here on it is a life of its own, with counts of its own, and
 * judged like a rule: both must fire. Returns that. Errors: as above.
 */
StuntRule *stunt_rules_change(StuntRuntime *runtime, StuntRule *rule, GError **error);

/* The life that a rule is in. */
StuntRule *stunt_rules_current(StuntRule *rule);

/* As the fault engine has it now, or as it was when disarmed. Free with stunt_rule_status_free(). Errors:
 * QEMU. */
StuntRuleStatus *stunt_rules_status(StuntRuntime *runtime, const StuntRule *rule, GError **error);
gboolean stunt_rules_disarm(StuntRuntime *runtime, StuntRule *rule, GError **error);

/*
 * What must be known of the rules when the machine is put back: those armed, what happened to those disarmed,
 * and the engine that checks new ones. Borrows the rules.
 */
typedef struct StuntRulesMark StuntRulesMark;
StuntRulesMark *stunt_rules_mark(const StuntRuntime *runtime);
void stunt_rules_mark_free(StuntRulesMark *mark);
guint stunt_rules_marked(const StuntRulesMark *mark); /* how many */

/*
 * Before the machine is put back: notes what happened to the rules, and lets the verdict INVALID fall for one
 * that should have fired, from the `first`-th on. Errors: QEMU.
 */
gboolean stunt_rules_leave(StuntRuntime *runtime, guint first, GError **error);
/* After it. */
void stunt_rules_rewind(StuntRuntime *runtime, const StuntRulesMark *mark);

/*
 * Puts all rules into the result, those of ways that were given up first, and lets the verdict INVALID fall
 * for one that should have fired, and for what the scenario proves by its own word when no rule showed it.
 * Errors: QEMU.
 */
gboolean stunt_rules_judge(StuntRuntime *runtime, StuntResult *result, GError **error);

/* StuntPauseFunc: calls the rule's on_pause. data: the runtime. */
gboolean stunt_rules_on_pause(StuntGuest *guest, guint rule_number, gpointer data, GError **error);

/* StuntForbidFunc: is this the rule of expect.forbidden()? data: the runtime. */
gboolean stunt_rules_on_forbid(guint rule_number, gpointer data);

#endif
