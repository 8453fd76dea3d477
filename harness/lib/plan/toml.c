/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree. */
#include "lib/plan/toml-parser.h"

static const char *const type_names[] = {
    [STUNT_TOML_STRING] = "a string",   [STUNT_TOML_INTEGER] = "a whole number",
    [STUNT_TOML_FLOAT] = "a number",    [STUNT_TOML_BOOLEAN] = "true or false",
    [STUNT_TOML_ARRAY] = "an array",    [STUNT_TOML_TABLE] = "a table",
};

const char *stunt_toml_type_name(StuntTomlType type)
{
    return type_names[type];
}

static void item_free(gpointer data)
{
    stunt_toml_free(data);
}

static void entry_free(gpointer data)
{
    StuntTomlEntry *entry = data;

    g_free(entry->key);
    stunt_toml_free(entry->value);
    g_free(entry);
}

StuntToml *stunt_toml_new(StuntTomlType type)
{
    StuntToml *toml = g_new0(StuntToml, 1);

    toml->type = type;
    if (type == STUNT_TOML_ARRAY || type == STUNT_TOML_TABLE) {
        toml->item = g_ptr_array_new_with_free_func(type == STUNT_TOML_TABLE ? entry_free : item_free);
    }
    return toml;
}

void stunt_toml_free(StuntToml *toml)
{
    if (toml) {
        g_free(toml->string);
        g_clear_pointer(&toml->item, g_ptr_array_unref);
        g_free(toml);
    }
}

StuntTomlEntry *stunt_toml_entry(const StuntToml *table, const char *key)
{
    for (guint i = 0; i < table->item->len; i++) {
        StuntTomlEntry *entry = table->item->pdata[i];

        if (g_str_equal(entry->key, key)) {
            return entry;
        }
    }
    return NULL;
}

StuntToml *stunt_toml_get(const StuntToml *table, const char *key)
{
    StuntTomlEntry *entry = stunt_toml_entry(table, key);

    return entry ? entry->value : NULL;
}

void stunt_toml_add(StuntToml *table, const StuntTomlKey *key, StuntToml *value)
{
    StuntTomlEntry *entry = g_new0(StuntTomlEntry, 1);

    entry->key = g_strdup(key->text);
    entry->line = key->line;
    entry->column = key->column;
    entry->value = value;
    g_ptr_array_add(table->item, entry);
}
