/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of the machine, from Lua. */
#ifndef STUNT_LIB_DEVICE_H
#define STUNT_LIB_DEVICE_H

#include "lib/scenario/runtime.h"

/* What a device's userdata holds; all borrowed. */
typedef struct {
    const char *name;            /* "dma0" */
    const StuntSpecDevice *spec;
} StuntDevice;

/* Pushes the device of this name; raises an error with a suggestion when the machine has none. Returns 1. */
int stunt_device_push(lua_State *L, StuntRuntime *runtime, const char *name);
StuntDevice *stunt_device_check(lua_State *L, int idx);

/* What happens to its slot and its link, see bind-port.c. */
int stunt_device_unplug(lua_State *L);
int stunt_device_remove(lua_State *L);
int stunt_device_plug(lua_State *L);
int stunt_device_button(lua_State *L);
int stunt_device_link(lua_State *L);
int stunt_device_slot(lua_State *L);
int stunt_device_aer(lua_State *L);
int stunt_device_is_there(lua_State *L);

/* See bind-sleep.c. */
int stunt_device_power(lua_State *L);

/* device:fault{ … }, see bind-rule.c. */
int stunt_device_fault(lua_State *L);
/* A rule that device:fault{ … } has made, in the life that it is in. */
StuntRule *stunt_rule_check(lua_State *L, int idx);

#endif
