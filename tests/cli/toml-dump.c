/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints each file given as one line: its TOML as JSON with types, or "ERROR" and the message. */
#include <stdio.h>
#include "lib/plan/toml.h"

static void dump(const StuntToml *toml);

static void dump_string(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if ((guchar)*text < ' ' || *text == '"' || *text == '\\') {
            printf("\\u%04x", (guchar)*text);
        } else {
            putchar(*text);
        }
    }
    putchar('"');
}

static void dump_items(const StuntToml *toml)
{
    gboolean is_table = toml->type == STUNT_TOML_TABLE;

    putchar(is_table ? '{' : '[');
    for (guint i = 0; i < toml->item->len; i++) {
        const StuntTomlEntry *entry = toml->item->pdata[i];

        fputs(i ? ", " : "", stdout);
        if (is_table) {
            dump_string(entry->key);
            fputs(": ", stdout);
        }
        dump(is_table ? entry->value : toml->item->pdata[i]);
    }
    putchar(is_table ? '}' : ']');
}

static void dump(const StuntToml *toml)
{
    switch (toml->type) {
    case STUNT_TOML_STRING:
        dump_string(toml->string);
        break;
    case STUNT_TOML_INTEGER:
        printf("{\"<int>\": \"%s%" G_GUINT64_FORMAT "\"}", toml->negative ? "-" : "", toml->integer);
        break;
    case STUNT_TOML_FLOAT:
        printf("{\"<float>\": \"%a\"}", toml->number);
        break;
    case STUNT_TOML_BOOLEAN:
        fputs(toml->boolean ? "true" : "false", stdout);
        break;
    case STUNT_TOML_ARRAY:
    case STUNT_TOML_TABLE:
        dump_items(toml);
        break;
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(StuntToml) toml = NULL;
        g_autofree char *text = NULL;
        gsize len;

        if (!g_file_get_contents(argv[i], &text, &len, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 1;
        }
        toml = stunt_toml_parse("it", text, len, &error);
        if (toml) {
            dump(toml);
            putchar('\n');
        } else {
            printf("ERROR %s\n", error->message);
        }
    }
    return 0;
}
