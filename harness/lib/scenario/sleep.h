/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sleep and power from Lua, see bind-sleep.c. */
#ifndef STUNT_LIB_SLEEP_H
#define STUNT_LIB_SLEEP_H

#include <lua.h>

#define STUNT_WAKEALARM "/sys/class/rtc/rtc0/wakealarm"

/* vm:suspend(), vm:wake(), vm:button(). */
int stunt_vm_suspend_call(lua_State *L);
int stunt_vm_wake_call(lua_State *L);
int stunt_vm_button_call(lua_State *L);

#endif
