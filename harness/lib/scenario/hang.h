/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked at when a guest hangs or has panicked. */
#ifndef STUNT_LIB_HANG_H
#define STUNT_LIB_HANG_H

#include "lib/scenario/runtime.h"

/*
 * After a verdict: the guest's memory where the run asks for it, and of a hang the stacks and registers, added to what
 * explains the verdict. Lets the guest go on, so nothing else may be expected of it.
 */
void stunt_hang_examine(StuntRuntime *runtime);

#endif
