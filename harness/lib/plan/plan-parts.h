/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the plan reader. */
#ifndef STUNT_LIB_PLAN_PARTS_H
#define STUNT_LIB_PLAN_PARTS_H

#include "lib/plan/plan.h"

/* Sets the error "NAME:LINE:COLUMN: …"; gives FALSE. */
gboolean stunt_plan_fail(const StuntPlan *plan, guint line, guint column, GError **error, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

#endif
