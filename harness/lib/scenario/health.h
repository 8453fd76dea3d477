/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the health oracle says, as a part of the verdict. Lets the guest run on: only when nothing else comes.
 */
#ifndef STUNT_LIB_HEALTH_H
#define STUNT_LIB_HEALTH_H

#include "lib/scenario/runtime.h"

/* No verdict has fallen. A finding is a FAIL; an oracle that cannot look is no bill of health. */
void stunt_health_judge(StuntRuntime *runtime);

/* At the very end: what the scenario expects and nothing has found is a FAIL. */
void stunt_health_judge_expected(StuntRuntime *runtime);

/* A verdict has fallen: what the oracle sees is only added to it. */
void stunt_health_autopsy(StuntRuntime *runtime);

#endif
