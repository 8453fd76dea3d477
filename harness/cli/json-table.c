/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "json-table.h"
#include "stunt/report.h"

JsonBuilder *stunt_json_table_new(const char *name)
{
    JsonBuilder *table = json_builder_new_immutable();

    json_builder_begin_object(table);
    stunt_json_table_put(table, "stunt", stunt_version);
    json_builder_set_member_name(table, name);
    json_builder_begin_array(table);
    return table;
}

void stunt_json_table_put(JsonBuilder *table, const char *key, const char *value)
{
    json_builder_set_member_name(table, key);
    json_builder_add_string_value(table, value);
}

gboolean stunt_json_table_write(JsonBuilder *table, const char *path)
{
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    json_builder_end_array(table);
    json_builder_end_object(table);
    node = json_builder_get_root(table);
    text = stunt_json_to_text(node);
    if (!stunt_report_write(path, text, strlen(text), &error)) {
        fprintf(stderr, "stunt: %s\n", error->message);
        return FALSE;
    }
    return TRUE;
}
