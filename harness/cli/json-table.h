/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command writes with --json: {"stunt": VERSION, "NAME": [rows]}. */
#ifndef STUNT_CLI_JSON_TABLE_H
#define STUNT_CLI_JSON_TABLE_H

#include <json-glib/json-glib.h>

/* Up to the first row. The builder is the caller's. */
JsonBuilder *stunt_json_table_new(const char *name);
void stunt_json_table_put(JsonBuilder *table, const char *key, const char *value);
/* Ends the table and writes it; "-" is the standard output. Prints what went wrong. */
gboolean stunt_json_table_write(JsonBuilder *table, const char *path);

#endif
