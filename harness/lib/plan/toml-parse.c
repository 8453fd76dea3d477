/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How TOML's words make tables and arrays, and which may be added to. */
#include <string.h>

#include "lib/plan/toml-parser.h"
#include "stunt/error.h"

#define DEPTH_MAX 32 /* of values in values */

typedef struct {
    StuntTomlParser words;
    StuntToml *root, *table; /* the section that is being read */
    guint section;
} Parser;

static StuntToml *read_value(Parser *parser);

static gboolean fail_key(Parser *parser, const StuntTomlKey *key, const char *what)
{
    g_set_error(parser->words.error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s:%u:%u: %s '%s'", parser->words.name,
                key->line, key->column, what, key->text);
    return FALSE;
}

static StuntToml *add_table(StuntToml *table, const StuntTomlKey *key)
{
    StuntToml *made = stunt_toml_new(STUNT_TOML_TABLE);

    made->line = key->line;
    made->column = key->column;
    stunt_toml_add(table, key, made);
    return made;
}

/* ---- values -------------------------------------------------------------------------------------- */

/* The table that a dotted key's part leads to: made here, or by keys of the same section. */
static StuntToml *step_dotted(Parser *parser, StuntToml *table, const StuntTomlKey *key)
{
    StuntToml *next = stunt_toml_get(table, key->text);

    if (!next) {
        next = add_table(table, key);
    } else if (next->type != STUNT_TOML_TABLE || next->closed) {
        fail_key(parser, key, "already has a value:");
        return NULL;
    } else if (next->declared || (next->section && next->section != parser->section)) {
        fail_key(parser, key, "already is a table of its own:");
        return NULL;
    }
    next->section = parser->section;
    return next;
}

/* KEY = VALUE into the table. */
static gboolean read_pair(Parser *parser, StuntToml *table)
{
    g_autoptr(GPtrArray) keys = stunt_toml_read_key(&parser->words);
    const StuntTomlKey *last;
    StuntToml *value;

    for (guint i = 0; keys && table && i + 1 < keys->len; i++) {
        table = step_dotted(parser, table, keys->pdata[i]);
    }
    if (!keys || !table) {
        return FALSE;
    }
    last = keys->pdata[keys->len - 1];
    if (stunt_toml_entry(table, last->text)) {
        return fail_key(parser, last, "already has a value:");
    }
    if (*parser->words.at != '=') {
        return stunt_toml_fail(&parser->words, parser->words.at, "'=' is missing behind the key '%s'", last->text);
    }
    parser->words.at++;
    stunt_toml_skip_blanks(&parser->words);
    value = read_value(parser);
    if (value) {
        stunt_toml_add(table, last, value);
    }
    return value != NULL;
}

/* Behind '['. */
static gboolean read_array(Parser *parser, StuntToml *array)
{
    StuntTomlParser *words = &parser->words;

    for (;;) {
        StuntToml *item;

        if (!stunt_toml_skip_lines(words)) {
            return FALSE;
        }
        if (*words->at == ']') {
            words->at++;
            return TRUE;
        }
        item = read_value(parser);
        if (!item) {
            return FALSE;
        }
        g_ptr_array_add(array->item, item);
        if (!stunt_toml_skip_lines(words)) {
            return FALSE;
        }
        if (*words->at == ',') {
            words->at++;
        } else if (*words->at != ']') {
            return stunt_toml_fail(words, words->at, "',' or ']' is missing");
        }
    }
}

static void close_table(StuntToml *table)
{
    table->closed = TRUE;
    for (guint i = 0; i < table->item->len; i++) {
        StuntToml *value = ((StuntTomlEntry *)table->item->pdata[i])->value;

        if (value->type == STUNT_TOML_TABLE && !value->closed) {
            close_table(value);
        }
    }
}

/* Behind '{': on one line, and without a comma at the end. */
static gboolean read_inline_table(Parser *parser, StuntToml *table)
{
    StuntTomlParser *words = &parser->words;

    stunt_toml_skip_blanks(words);
    if (*words->at == '}') {
        words->at++;
        return TRUE;
    }
    for (;;) {
        if (!read_pair(parser, table)) {
            return FALSE;
        }
        stunt_toml_skip_blanks(words);
        if (*words->at == '}') {
            words->at++;
            return TRUE;
        }
        if (*words->at != ',') {
            return stunt_toml_fail(words, words->at, "',' or '}' is missing; a table in braces stands on one line");
        }
        words->at++;
    }
}

static StuntToml *read_nested(Parser *parser)
{
    gboolean is_array = *parser->words.at == '[';
    g_autoptr(StuntToml) toml = stunt_toml_new(is_array ? STUNT_TOML_ARRAY : STUNT_TOML_TABLE);
    gboolean good;

    if (parser->words.depth == DEPTH_MAX) {
        stunt_toml_fail(&parser->words, parser->words.at, "more than %d values are nested", DEPTH_MAX);
        return NULL;
    }
    parser->words.depth++;
    parser->words.at++;
    good = is_array ? read_array(parser, toml) : read_inline_table(parser, toml);
    parser->words.depth--;
    if (!is_array) {
        close_table(toml);
    }
    toml->closed = TRUE;
    return good ? g_steal_pointer(&toml) : NULL;
}

static StuntToml *read_text(Parser *parser)
{
    char *text = stunt_toml_read_string(&parser->words, TRUE);
    StuntToml *toml = text ? stunt_toml_new(STUNT_TOML_STRING) : NULL;

    if (toml) {
        toml->string = text;
    }
    return toml;
}

static StuntToml *read_value(Parser *parser)
{
    StuntToml *toml;
    guint line, column;

    stunt_toml_locate(&parser->words, parser->words.at, &line, &column);
    switch (*parser->words.at) {
    case '"':
    case '\'':
        toml = read_text(parser);
        break;
    case '[':
    case '{':
        toml = read_nested(parser);
        break;
    default:
        toml = stunt_toml_read_word(&parser->words);
    }
    if (toml) {
        toml->line = line;
        toml->column = column;
    }
    return toml;
}

/* ---- sections ------------------------------------------------------------------------------------ */

/* The table that a part of a header leads to, before the last. */
static StuntToml *step_header(Parser *parser, StuntToml *table, const StuntTomlKey *key)
{
    StuntToml *next = stunt_toml_get(table, key->text);

    if (!next) {
        return add_table(table, key);
    }
    if (next->type == STUNT_TOML_ARRAY && next->of_tables) {
        return next->item->pdata[next->item->len - 1];
    }
    if (next->type != STUNT_TOML_TABLE || next->closed) {
        fail_key(parser, key, "already has a value:");
        return NULL;
    }
    return next;
}

static StuntToml *open_table(Parser *parser, StuntToml *table, const StuntTomlKey *key)
{
    StuntToml *made = stunt_toml_get(table, key->text);

    if (made && made->type != STUNT_TOML_TABLE) {
        fail_key(parser, key, "already has a value:");
        return NULL;
    }
    if (made && (made->closed || made->declared || made->section)) {
        fail_key(parser, key, "already is a table of its own:");
        return NULL;
    }
    made = made ? made : add_table(table, key);
    made->declared = TRUE;
    return made;
}

static StuntToml *open_table_of_array(Parser *parser, StuntToml *table, const StuntTomlKey *key)
{
    StuntToml *array = stunt_toml_get(table, key->text), *made;

    if (array && !array->of_tables) {
        fail_key(parser, key, "already has a value:");
        return NULL;
    }
    if (!array) {
        array = stunt_toml_new(STUNT_TOML_ARRAY);
        array->of_tables = TRUE;
        array->line = key->line;
        array->column = key->column;
        stunt_toml_add(table, key, array);
    }
    made = stunt_toml_new(STUNT_TOML_TABLE);
    made->declared = TRUE;
    made->line = key->line;
    made->column = key->column;
    g_ptr_array_add(array->item, made);
    return made;
}

/* [a.b] or [[a.b]], at its bracket. */
static gboolean read_header(Parser *parser)
{
    StuntTomlParser *words = &parser->words;
    gboolean of_array = words->at[1] == '[';
    const char *end = of_array ? "]]" : "]";
    g_autoptr(GPtrArray) keys = NULL;
    StuntToml *table = parser->root;

    parser->section++;
    words->at += strlen(end);
    keys = stunt_toml_read_key(words);
    if (!keys) {
        return FALSE;
    }
    if (!g_str_has_prefix(words->at, end)) {
        return stunt_toml_fail(words, words->at, "'%s' is missing", end);
    }
    words->at += strlen(end);
    for (guint i = 0; table && i + 1 < keys->len; i++) {
        table = step_header(parser, table, keys->pdata[i]);
    }
    if (table) {
        parser->table = (of_array ? open_table_of_array : open_table)(parser, table, keys->pdata[keys->len - 1]);
    }
    return table && parser->table && stunt_toml_end_line(words);
}

static gboolean read_document(Parser *parser)
{
    for (;;) {
        if (!stunt_toml_skip_lines(&parser->words)) {
            return FALSE;
        }
        if (!*parser->words.at) {
            return TRUE;
        }
        if (*parser->words.at == '[' ? !read_header(parser)
                                     : !read_pair(parser, parser->table) || !stunt_toml_end_line(&parser->words)) {
            return FALSE;
        }
    }
}

/* As UTF-8 without zero bytes, with line ends of one sign. NULL: it is something else. */
static char *clean(const char *name, const char *text, gsize len, GError **error)
{
    const char *end;
    GString *copy;

    if (!g_utf8_validate_len(text, len, &end)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: byte %zu is no part of a UTF-8 text", name,
                    (gsize)(end - text) + 1);
        return NULL;
    }
    copy = g_string_new_len(text, (gssize)len);
    g_string_replace(copy, "\r\n", "\n", 0);
    return g_string_free(copy, FALSE);
}

StuntToml *stunt_toml_parse(const char *name, const char *text, gsize len, GError **error)
{
    g_autofree char *copy = clean(name, text, len, error);
    g_autoptr(StuntToml) root = stunt_toml_new(STUNT_TOML_TABLE);
    GError *own = NULL;
    Parser parser = {
        .words = { .name = name, .text = copy, .at = copy, .counted = copy, .line_start = copy, .line = 1, .error = &own },
        .root = root,
        .table = root,
        .section = 1,
    };

    if (!copy) {
        return NULL;
    }
    root->line = root->column = 1;
    if (!read_document(&parser)) {
        g_propagate_error(error, own);
        return NULL;
    }
    return g_steal_pointer(&root);
}
