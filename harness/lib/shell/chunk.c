/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/shell/chunk.h"

#include <lauxlib.h>
#include <string.h>

/* How Lua's messages end when the text ended too early. */
#define EOF_MARK "<eof>"

/* Behind blanks and comments of one line. */
static const char *skip_nothing(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (strncmp(text, "--", 2) != 0 || strncmp(text, "--[", 3) == 0) {
            return text;
        }
        text += strcspn(text, "\n");
    }
}

static gboolean is_word(const char *text, const char *word)
{
    gsize len = strlen(word);

    return strncmp(text, word, len) == 0 && !g_ascii_isalnum(text[len]) && text[len] != '_';
}

/* Whether it begins with a local that can be a global: one without an attribute, and with a value or a function. */
static gboolean is_local(const char *text)
{
    const char *rest = text + strlen("local");

    if (!is_word(text, "local")) {
        return FALSE;
    }
    rest += strspn(rest, " \t\r\n");
    if (is_word(rest, "function")) {
        return TRUE;
    }
    rest += strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_, \t\r\n");
    return rest[0] == '=' && rest[1] != '=';
}

static gboolean load(lua_State *L, const char *before, const char *text, const char *source, guint line)
{
    g_autofree char *name = g_strconcat("@", source, NULL);
    GString *full = g_string_new(NULL);
    gboolean good;

    for (guint i = 1; i < line; i++) {
        g_string_append_c(full, '\n');
    }
    g_string_append(full, before);
    g_string_append(full, text);
    good = luaL_loadbufferx(L, full->str, full->len, name, "t") == LUA_OK;
    g_string_free(full, TRUE);
    return good;
}

/* Takes the message off the stack when it says that the text ended too early. */
static gboolean ended_early(lua_State *L)
{
    gboolean early = g_str_has_suffix(lua_tostring(L, -1), EOF_MARK);

    if (early) {
        lua_pop(L, 1);
    }
    return early;
}

StuntChunk stunt_chunk_load(lua_State *L, const char *text, const char *source, guint line)
{
    const char *start = skip_nothing(text);
    g_autofree char *shared = g_strdup(text);

    if (!*start) {
        return STUNT_CHUNK_EMPTY;
    }
    if (load(L, "return ", text, source, line)) {
        return STUNT_CHUNK_WHOLE;
    }
    if (ended_early(L)) {
        /* "return f(" wants more, but "x = 1" is none of its kind: the second try decides, unless it is no statement */
        if (!load(L, "", text, source, line)) {
            lua_pop(L, 1);
            return STUNT_CHUNK_INCOMPLETE;
        }
        return STUNT_CHUNK_WHOLE;
    }
    lua_pop(L, 1);
    if (is_local(start)) {
        memset(shared + (start - text), ' ', strlen("local"));
    }
    if (load(L, "", shared, source, line)) {
        return STUNT_CHUNK_WHOLE;
    }
    return ended_early(L) ? STUNT_CHUNK_INCOMPLETE : STUNT_CHUNK_BROKEN;
}
