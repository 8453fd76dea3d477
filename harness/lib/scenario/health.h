/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the health oracle says, as a part of the verdict. Lets the guest run on: only when nothing else comes.
 */
#ifndef STUNT_LIB_HEALTH_H
#define STUNT_LIB_HEALTH_H

#include "lib/scenario/runtime.h"

/* No verdict has fallen. A finding is a FAIL; an oracle that cannot look is no bill of health. */
void stunt_health_judge(StuntRuntime *runtime);

/*
 * After it, when no verdict has fallen and the rules are judged: disarms those, ends what the script left running,
 * unloads the modules, and judges again. What is left of the driver is a FAIL. Where that cannot be done,
 * runtime->not_unloaded says why.
 */
void stunt_health_unload(StuntRuntime *runtime);

/* At the very end: what the scenario expects and nothing has found is a FAIL. */
void stunt_health_judge_expected(StuntRuntime *runtime);

/* A verdict has fallen: what the oracle sees is only added to it. */
void stunt_health_autopsy(StuntRuntime *runtime);

#endif
