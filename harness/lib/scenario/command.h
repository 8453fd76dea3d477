/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands in the guest, from Lua. All raise Lua errors. */
#ifndef STUNT_LIB_COMMAND_H
#define STUNT_LIB_COMMAND_H

#include "lib/scenario/limits.h"

/* Starts the command at idx: a string, split as a shell does, or a table of words. */
StuntCommand *stunt_command_start(lua_State *L, int idx, StuntRuntime *runtime);

/* Pushes the object for a started command; returns 1. */
int stunt_command_push(lua_State *L, StuntCommand *command);
StuntCommand *stunt_command_get(lua_State *L, int idx);

/* Waits for its end and pushes the result; returns 1. */
int stunt_command_finish(lua_State *L, StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits);

#endif
