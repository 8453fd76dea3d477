/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lua values as people read them. */
#ifndef STUNT_LIB_SHELL_PRETTY_H
#define STUNT_LIB_SHELL_PRETTY_H

#include <glib.h>
#include <lua.h>

/*
 * The value at idx, without a newline behind it: text as it is, a whole number also in hexadecimal when that is longer
 * than a digit, a table with its fields in order (on one line when it fits), and no address of anything. Calls
 * no function of the script. Free with g_free.
 */
char *stunt_pretty(lua_State *L, int idx);

#endif
