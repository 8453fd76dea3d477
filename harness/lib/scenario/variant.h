/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading the variant of a driver, which has a planted bug, wherever a scenario loads the driver. */
#ifndef STUNT_LIB_VARIANT_H
#define STUNT_LIB_VARIANT_H

#include "lib/scenario/runtime.h"

/*
 * Appends to the list what is to be loaded when the scenario asks for this module: itself, or the variant with the
 * run's bug, which is then noted as loaded. params may be NULL.
 */
void stunt_variant_add(StuntRuntime *runtime, GPtrArray *modules, const char *name, const char *params);

/* A run whose variant was never loaded has shown nothing. */
void stunt_variant_judge(StuntRuntime *runtime);

#endif
