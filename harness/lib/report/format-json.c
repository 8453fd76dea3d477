/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Report format "json": one object with the version and all results. */
#include "stunt/report.h"

char *stunt_format_json(const GPtrArray *results);

char *stunt_format_json(const GPtrArray *results)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
    g_autoptr(JsonNode) root = NULL;

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "stunt");
    json_builder_add_string_value(builder, stunt_version);
    json_builder_set_member_name(builder, "results");
    json_builder_begin_array(builder);
    for (guint i = 0; i < results->len; i++) {
        json_builder_add_value(builder, stunt_result_to_json(results->pdata[i]));
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    return stunt_json_to_text(root);
}
