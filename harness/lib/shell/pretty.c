/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/shell/pretty.h"

#include <lauxlib.h>
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/device.h"
#include "lib/scenario/runtime.h"

#define LINE_MAX_LEN 100
#define DEPTH_MAX 8
#define INDENT 2
#define HEX_FROM 10

static void add_value(lua_State *L, GString *out, guint depth);

static void add_quoted(GString *out, const char *text, gsize len)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)text[i];

        if (c == '"' || c == '\\') {
            g_string_append_printf(out, "\\%c", c);
        } else if (c == '\n') {
            g_string_append(out, "\\n");
        } else if (c < ' ' || c == 0x7f) {
            g_string_append_printf(out, "\\%03u", c);
        } else {
            g_string_append_c(out, (char)c);
        }
    }
    g_string_append_c(out, '"');
}

static void add_number(lua_State *L, GString *out)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (lua_isinteger(L, -1)) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, (gint64)lua_tointeger(L, -1));
    } else {
        g_string_append(out, g_ascii_formatd(text, sizeof(text), "%.14g", lua_tonumber(L, -1)));
    }
}

/* What the objects of the scripting interface are. */
static void add_object(lua_State *L, GString *out)
{
    const StuntDevice *device = luaL_testudata(L, -1, stunt_binding_device.type);
    StuntRule *const *rule = luaL_testudata(L, -1, stunt_binding_rule.type);

    if (device) {
        g_string_append_printf(out, "device %s (%s)", device->name, device->spec->title);
    } else if (rule) {
        g_string_append_printf(out, "rule %s: %s", (*rule)->id, (*rule)->text);
    } else if (luaL_testudata(L, -1, stunt_binding_vm.type)) {
        g_string_append(out, "the machine");
    } else if (luaL_testudata(L, -1, stunt_binding_command.type)) {
        g_string_append(out, "a command in the guest");
    } else {
        g_string_append(out, lua_typename(L, lua_type(L, -1)));
    }
}

/* ---- tables -------------------------------------------------------------------------------------- */

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean is_name(const char *text)
{
    if (!g_ascii_isalpha(*text) && *text != '_') {
        return FALSE;
    }
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

/* Text of several lines stands below its key as it is. */
static char *block(const char *text)
{
    g_autofree char *trimmed = g_strndup(text, strlen(text) - g_str_has_suffix(text, "\n"));
    g_auto(GStrv) lines = g_strsplit(trimmed, "\n", -1);
    g_autofree char *joined = g_strjoinv("\n| ", lines);

    return g_strconcat("\n| ", joined, NULL);
}

/* The value on top as a row "key = value". */
static char *row(lua_State *L, const char *key, guint depth)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    g_autofree char *lines = NULL;

    if (key) {
        g_string_append(out, key);
        g_string_append(out, " =");
    }
    if (text && strchr(text, '\n') && g_utf8_validate(text, lua_rawlen(L, -1), NULL)) {
        lines = block(text);
        g_string_append(out, lines);
    } else {
        if (key) {
            g_string_append_c(out, ' ');
        }
        add_value(L, out, depth + 1);
    }
    return g_strdup(out->str);
}

/* Rows of the table on top: those of a list, then those with a text as key, then all others. */
static GPtrArray *rows_of(lua_State *L, guint depth)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) named = g_ptr_array_new();
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1), index;
    g_autoptr(GString) key = g_string_new(NULL);

    for (index = 1; index <= n; index++) {
        lua_rawgeti(L, -1, index);
        g_ptr_array_add(rows, row(L, NULL, depth));
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n) {
            continue;
        }
        g_string_truncate(key, 0);
        if (lua_type(L, -2) == LUA_TSTRING && is_name(lua_tostring(L, -2))) {
            g_string_append(key, lua_tostring(L, -2));
        } else {
            lua_pushvalue(L, -2);
            g_string_append_c(key, '[');
            add_value(L, key, DEPTH_MAX);
            g_string_append_c(key, ']');
            lua_pop(L, 1);
        }
        g_ptr_array_add(named, row(L, key->str, depth));
    }
    g_ptr_array_sort(named, by_text);
    for (guint i = 0; i < named->len; i++) {
        g_ptr_array_add(rows, named->pdata[i]);
    }
    return rows;
}

static void add_indented(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        g_string_append_printf(out, "%s%*s%s", i ? "\n" : "", INDENT, "", lines[i]);
    }
}

static gboolean fits(const GPtrArray *rows)
{
    gsize len = 4;

    for (guint i = 0; i < rows->len; i++) {
        if (strchr(rows->pdata[i], '\n')) {
            return FALSE;
        }
        len += strlen(rows->pdata[i]) + 2;
    }
    return len <= LINE_MAX_LEN;
}

static void add_table(lua_State *L, GString *out, guint depth)
{
    g_autoptr(GPtrArray) rows = NULL;

    if (depth >= DEPTH_MAX || !lua_checkstack(L, 8)) {
        g_string_append(out, "{ … }");
        return;
    }
    rows = rows_of(L, depth);
    if (!rows->len) {
        g_string_append(out, "{}");
        return;
    }
    if (fits(rows)) {
        g_ptr_array_add(rows, NULL);
        g_autofree char *joined = g_strjoinv(", ", (char **)rows->pdata);

        g_string_append_printf(out, "{ %s }", joined);
        return;
    }
    g_string_append(out, "{\n");
    for (guint i = 0; i < rows->len; i++) {
        add_indented(out, rows->pdata[i]);
        g_string_append(out, ",\n");
    }
    g_string_append_c(out, '}');
}

static void add_value(lua_State *L, GString *out, guint depth)
{
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        g_string_append(out, "nil");
        break;
    case LUA_TBOOLEAN:
        g_string_append(out, lua_toboolean(L, -1) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        add_number(L, out);
        break;
    case LUA_TSTRING:
        add_quoted(out, lua_tostring(L, -1), lua_rawlen(L, -1));
        break;
    case LUA_TTABLE:
        add_table(L, out, depth);
        break;
    default:
        add_object(L, out);
    }
}

char *stunt_pretty(lua_State *L, int idx)
{
    GString *out = g_string_new(NULL);

    lua_pushvalue(L, idx);
    if (lua_type(L, -1) == LUA_TSTRING) {
        g_string_append_len(out, lua_tostring(L, -1), lua_rawlen(L, -1));
    } else {
        add_value(L, out, 0);
        if (lua_isinteger(L, -1) && (lua_tointeger(L, -1) >= HEX_FROM || lua_tointeger(L, -1) < 0)) {
            g_string_append_printf(out, "  0x%" G_GINT64_MODIFIER "x", (guint64)lua_tointeger(L, -1));
        }
    }
    lua_pop(L, 1);
    return g_string_free(out, FALSE);
}
