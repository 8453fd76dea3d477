/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the table that a script gives to scenario{}. */
#ifndef STUNT_LIB_DECLARE_H
#define STUNT_LIB_DECLARE_H

#include "lib/scenario/runtime.h"

/* The whole table at idx; raises Lua errors. */
void stunt_declare_scenario(lua_State *L, int idx, StuntRuntime *runtime);

/* Its machine = { … }, on top of the stack. */
void stunt_declare_machine(lua_State *L, StuntRuntime *runtime);

/* The proves = { … } of the table at idx; the machine's devices are known already. */
void stunt_declare_proofs(lua_State *L, int idx, StuntRuntime *runtime);

/* Its oracle = { … }, in the table at idx. */
void stunt_declare_oracle(lua_State *L, int idx, StuntRuntime *runtime);

/* Calls `each` for every element, on top of the stack, of the list in field `key` of the table at idx. */
void stunt_declare_list(lua_State *L, int idx, const char *key, StuntRuntime *runtime,
                        void (*each)(lua_State *, StuntRuntime *));

#endif
