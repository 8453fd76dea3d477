/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between C and Lua, knowing nothing of scenarios: registering tables of functions, checked arguments,
 * errors. A binding is one file bind-NAME.c with one StuntBinding, listed in bindings.c; the reference is
 * made from it.
 */
#ifndef STUNT_LIB_BRIDGE_H
#define STUNT_LIB_BRIDGE_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <lauxlib.h>
#include <lua.h>

typedef struct {
    const char *name;
    lua_CFunction call;
    const char *usage; /* "vm:run(command [, options]) -> result" */
    const char *doc;   /* Markdown, one paragraph */
} StuntFunction;

typedef struct {
    const char *name;     /* "vm": what scripts call it; "" for global functions */
    const char *type;     /* name of the metatable for a kind of object; NULL: a table, or globals */
    const char *doc;      /* Markdown */
    const StuntFunction *function; /* up to one without a name */
    lua_CFunction fallback; /* (object, key) for keys that are no method; NULL: an error with a suggestion */
} StuntBinding;

/* Makes the globals, the global table, or the metatable. */
void stunt_bridge_register(lua_State *L, const StuntBinding *binding);

/* Pushes a userdata of the binding's kind. The object holds `len` zeroed bytes. */
gpointer stunt_bridge_push_object(lua_State *L, const StuntBinding *binding, gsize len);
gpointer stunt_bridge_check_object(lua_State *L, int idx, const StuntBinding *binding);

/* Raises "FILE:LINE: message" and frees the error. Never returns. */
int stunt_bridge_raise(lua_State *L, GError *error);

/* "FILE:LINE" of the innermost Lua function that runs, with the scenario's own line when that is in another
 * file. */
char *stunt_bridge_where(lua_State *L);

/* An error, with a suggestion, when the table at idx has a string key that is not among `allowed`
 * (NULL-terminated). */
void stunt_bridge_check_keys(lua_State *L, int idx, const char *what, const char *const *allowed);

/*
 * Fields of the table at idx: the default when absent, a Lua error with the field's name when of another
 * type. Strings are borrowed from the table.
 */
const char *stunt_bridge_get_string(lua_State *L, int idx, const char *key, const char *def);
guint64 stunt_bridge_get_integer(lua_State *L, int idx, const char *key, guint64 def);
gboolean stunt_bridge_get_boolean(lua_State *L, int idx, const char *key, gboolean def);
guint64 stunt_bridge_get_ns(lua_State *L, int idx, const char *key, guint64 def);

/* A time: "100ms", or a whole number of nanoseconds. `what` names it in errors. */
guint64 stunt_bridge_to_ns(lua_State *L, int idx, const char *what);

/* Does the text have the Lua pattern at index `pattern`? A bad pattern is a Lua error. */
gboolean stunt_bridge_has_pattern(lua_State *L, const char *text, int pattern);

/* JSON to Lua: objects and arrays become tables. Lua to JSON: booleans, numbers and strings, else a Lua
 * error. */
void stunt_bridge_push_json(lua_State *L, JsonNode *node);
JsonNode *stunt_bridge_to_json(lua_State *L, int idx);

/* Sets field `key` of the table on top of the stack. */
void stunt_bridge_set_integer(lua_State *L, const char *key, guint64 value);
void stunt_bridge_set_string(lua_State *L, const char *key, const char *text, gsize len);

#endif
