/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a call may wait for the guest: by virtual time, and by signs that the driver gets on. */
#ifndef STUNT_LIB_LIMITS_H
#define STUNT_LIB_LIMITS_H

#include "lib/scenario/runtime.h"

typedef struct {
    guint64 deadline_ns; /* absolute; 0: none */
    guint64 within_ns;   /* from one sign to the next; 0: no signs are asked for */
    StuntEventQuery sign;
} StuntLimits;

/*
 * The scenario's deadline, or `timeout` of the options table at idx when that is earlier, and `progress` of that
 * table: a query for events with `within`. Raises Lua errors.
 */
StuntLimits stunt_limits_read(lua_State *L, int idx, StuntRuntime *runtime);

/*
 * Runs the machine until the command has ended. Raises what stunt_runtime_raise() says; a limit that is passed is a
 * FAIL (hang).
 */
void stunt_limits_wait(lua_State *L, StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits);

#endif
