/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scripting interface: which bindings there are. */
#ifndef STUNT_LIB_BINDINGS_H
#define STUNT_LIB_BINDINGS_H

#include "lib/scenario/bridge.h"

/* How long a script may compute without letting the machine go on. */
#define STUNT_SCRIPT_WALL_LIMIT_MS 60000

extern const StuntBinding stunt_binding_scenario; /* scenario, skip, fail, ns */
extern const StuntBinding stunt_binding_vm;
extern const StuntBinding stunt_binding_command;
extern const StuntBinding stunt_binding_device;
extern const StuntBinding stunt_binding_rule;
extern const StuntBinding stunt_binding_expect;

/* NULL at the end. */
extern const StuntBinding *const stunt_bindings[];

void stunt_bindings_register(lua_State *L);

#endif
