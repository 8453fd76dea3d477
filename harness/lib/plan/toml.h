/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads TOML 1.0 into a tree. All of it but dates, times, infinite numbers, integers beyond 64 bits and the character
 * U+0000, which are refused as such: nothing in a plan is one. docs/decisions tells why this is no library.
 */
#ifndef STUNT_LIB_TOML_H
#define STUNT_LIB_TOML_H

#include <glib.h>

typedef enum {
    STUNT_TOML_STRING,
    STUNT_TOML_INTEGER,
    STUNT_TOML_FLOAT,
    STUNT_TOML_BOOLEAN,
    STUNT_TOML_ARRAY,
    STUNT_TOML_TABLE,
} StuntTomlType;

typedef struct StuntToml {
    StuntTomlType type;
    guint line, column; /* from 1, in characters */
    char *string;
    guint64 integer; /* its amount; `negative` is its sign */
    gboolean negative;
    double number;
    gboolean boolean;
    GPtrArray *item; /* of an array: StuntToml *; of a table: StuntTomlEntry *, in the order of the text */

    /* what may still be added while the text is read */
    gboolean closed;   /* written as a value */
    gboolean declared; /* has had its [header] */
    guint section;     /* number of the section whose dotted keys made it, 0: none */
    gboolean of_tables; /* made by [[header]] */
} StuntToml;

typedef struct {
    char *key;
    guint line, column;
    StuntToml *value;
} StuntTomlEntry;

/*
 * Parses a whole document; gives its root table. `name` is what errors begin with, "NAME:LINE:COLUMN: …". Errors:
 * INPUT. Free with stunt_toml_free().
 */
StuntToml *stunt_toml_parse(const char *name, const char *text, gsize len, GError **error);
void stunt_toml_free(StuntToml *toml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntToml, stunt_toml_free)

/* The entry of a table, NULL when there is none. */
StuntTomlEntry *stunt_toml_entry(const StuntToml *table, const char *key);
StuntToml *stunt_toml_get(const StuntToml *table, const char *key);

const char *stunt_toml_type_name(StuntTomlType type); /* "a string" */

#endif
