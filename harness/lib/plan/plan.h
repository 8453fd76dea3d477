/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan: fault rules in a TOML file, for any scenario (docs/howto/write-a-plan.md). What does not depend on the machine is
 * checked when it is read: keys, classes, actions, fields, parameters, ids. Values and their names belong to a device.
 */
#ifndef STUNT_LIB_PLAN_H
#define STUNT_LIB_PLAN_H

#include "core/fault.h"
#include "lib/plan/toml.h"
#include "stunt/setup.h"

typedef struct {
    guint line, column;
    char *id; /* "plan-2" when the file gives none */
    const char *device; /* borrowed from the tree, as all below */
    const struct stunt_class_info *class_info;
    const struct stunt_action_info *action;
    gboolean optional;
    const StuntToml *table;
} StuntPlanRule;

typedef struct {
    char *name; /* what messages begin with */
    StuntToml *root;
    GPtrArray *rule; /* StuntPlanRule * */
} StuntPlan;

/* Errors: INPUT, "NAME:LINE:COLUMN: …". */
StuntPlan *stunt_plan_parse(const char *name, const char *text, GError **error);
void stunt_plan_free(StuntPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntPlan, stunt_plan_free)

/*
 * The rule as the fault engine takes it, "at=… match.…=… action=…", without id and device; times count from now_ns.
 * device: what its device is. Free with g_free. Errors: INPUT, with the place.
 */
char *stunt_plan_rule_text(const StuntPlan *plan, const StuntPlanRule *rule, const StuntSpecDevice *device,
                           guint64 now_ns, GError **error);

/* The first of its devices that is not among these (StuntDeviceDef *); NULL: all are there. Borrowed. */
const char *stunt_plan_lacks(const StuntPlan *plan, const GPtrArray *devices);

/* Are all rules ones that these devices can have? Errors: INPUT, with the place. */
gboolean stunt_plan_check(const StuntPlan *plan, const GPtrArray *devices, const StuntSpec *spec, GError **error);

#endif
