/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results to JSON and back. */
#include "stunt/error.h"
#include "stunt/grid.h"
#include "stunt/result.h"

static void put_string(JsonBuilder *builder, const char *key, const char *value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_string_value(builder, value);
}

static void put_number(JsonBuilder *builder, const char *key, guint64 value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, (gint64)value);
}

static void put_rule(JsonBuilder *builder, const StuntRuleResult *rule)
{
    json_builder_begin_object(builder);
    put_string(builder, "id", rule->id);
    put_string(builder, "at", rule->at);
    put_string(builder, "action", rule->action);
    json_builder_set_member_name(builder, "armed");
    json_builder_add_boolean_value(builder, rule->armed);
    put_number(builder, "matched", rule->matched);
    put_number(builder, "fired", rule->fired);
    put_number(builder, "first_ns", rule->first_ns);
    put_number(builder, "first_seq", rule->first_seq);
    json_builder_end_object(builder);
}

static void put_lines(JsonBuilder *builder, const char *key, const GPtrArray *lines)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
    for (guint i = 0; i < lines->len; i++) {
        json_builder_add_string_value(builder, lines->pdata[i]);
    }
    json_builder_end_array(builder);
}

static void put_finding(JsonBuilder *builder, const StuntFinding *finding)
{
    json_builder_begin_object(builder);
    put_string(builder, "kind", finding->kind);
    put_string(builder, "text", finding->text);
    put_string(builder, "where", finding->where);
    json_builder_set_member_name(builder, "expected");
    json_builder_add_boolean_value(builder, finding->expected);
    put_lines(builder, "trace", finding->trace);
    put_lines(builder, "report", finding->report);
    json_builder_end_object(builder);
}

static void put_result(JsonBuilder *builder, const StuntResult *result)
{
    put_string(builder, "name", result->name);
    put_string(builder, "status", stunt_status_name(result->status));
    put_string(builder, "reason", result->reason);
    put_number(builder, "seed", result->seed);
    put_number(builder, "wall_ms", result->wall_ms);
    put_number(builder, "virtual_ns", result->virtual_ns);
    put_string(builder, "mode", result->mode);
    put_string(builder, "kernel", result->kernel);
    json_builder_set_member_name(builder, "rules");
    json_builder_begin_array(builder);
    for (guint i = 0; i < result->rule->len; i++) {
        put_rule(builder, result->rule->pdata[i]);
    }
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (guint i = 0; i < result->finding->len; i++) {
        put_finding(builder, result->finding->pdata[i]);
    }
    json_builder_end_array(builder);
    put_string(builder, "events", result->events);
    put_string(builder, "replay", result->replay);
}

static JsonNode *build(const StuntResult *result, gboolean full)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();

    json_builder_begin_object(builder);
    put_result(builder, result);
    if (full) {
        put_string(builder, "file", result->file);
        put_string(builder, "detail", result->detail);
        put_string(builder, "release", result->release);
        put_string(builder, "plan", result->plan);
        put_string(builder, "plan_name", result->plan_name);
        put_string(builder, "plan_text", result->plan_text);
        put_number(builder, "last_event", result->last_event);
        put_string(builder, "start", result->start);
        put_string(builder, "start_note", result->start_note);
        put_string(builder, "start_warning", result->start_warning);
        put_string(builder, "bug", result->bug);
        put_string(builder, "not_unloaded", result->not_unloaded);
        put_number(builder, "rewinds", result->rewinds);
        put_string(builder, "grid", result->cells ? STUNT_GRID_FILE : "");
        put_number(builder, "cells", result->cells);
        put_number(builder, "bad_cells", result->bad_cells);
        put_string(builder, "iommu", stunt_switch_name(result->iommu));
        put_string(builder, "stunt", stunt_version);
    }
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

JsonNode *stunt_result_to_json(const StuntResult *result)
{
    return build(result, FALSE);
}

JsonNode *stunt_result_to_full_json(const StuntResult *result)
{
    return build(result, TRUE);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static const char *get_string(JsonObject *object, const char *key)
{
    return json_object_get_string_member_with_default(object, key, "");
}

static guint64 get_number(JsonObject *object, const char *key)
{
    return (guint64)json_object_get_int_member_with_default(object, key, 0);
}

static void get_rule(StuntResult *result, JsonObject *object)
{
    StuntRuleResult rule = {
        .id = (char *)get_string(object, "id"),
        .at = (char *)get_string(object, "at"),
        .action = (char *)get_string(object, "action"),
        .armed = json_object_get_boolean_member_with_default(object, "armed", FALSE),
        .matched = get_number(object, "matched"),
        .fired = get_number(object, "fired"),
        .first_ns = get_number(object, "first_ns"),
        .first_seq = get_number(object, "first_seq"),
    };

    stunt_result_add_rule(result, &rule);
}

static JsonArray *get_array(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static void get_rules(StuntResult *result, JsonObject *object)
{
    JsonArray *rules = get_array(object, "rules");

    for (guint i = 0; rules && i < json_array_get_length(rules); i++) {
        JsonNode *element = json_array_get_element(rules, i);

        if (JSON_NODE_HOLDS_OBJECT(element)) {
            get_rule(result, json_node_get_object(element));
        }
    }
}

static void get_lines(GPtrArray *lines, JsonObject *object, const char *key)
{
    JsonArray *array = get_array(object, key);

    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        char *line = JSON_NODE_HOLDS_VALUE(node) ? json_node_dup_string(node) : NULL;

        if (line) {
            g_ptr_array_add(lines, line);
        }
    }
}

static void get_findings(StuntResult *result, JsonObject *object)
{
    JsonArray *findings = get_array(object, "findings");

    for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
        JsonNode *element = json_array_get_element(findings, i);
        JsonObject *from = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
        StuntFinding *finding;

        if (from) {
            finding = stunt_finding_new(get_string(from, "kind"), get_string(from, "text"));
            stunt_result_set(&finding->where, get_string(from, "where"));
            finding->expected = json_object_get_boolean_member_with_default(from, "expected", FALSE);
            get_lines(finding->trace, from, "trace");
            get_lines(finding->report, from, "report");
            g_ptr_array_add(result->finding, finding);
        }
    }
}

static void get_result(StuntResult *result, JsonObject *object)
{
    stunt_result_set(&result->reason, get_string(object, "reason"));
    stunt_result_set(&result->mode, get_string(object, "mode"));
    stunt_result_set(&result->kernel, get_string(object, "kernel"));
    stunt_result_set(&result->events, get_string(object, "events"));
    stunt_result_set(&result->replay, get_string(object, "replay"));
    stunt_result_set(&result->detail, get_string(object, "detail"));
    stunt_result_set(&result->release, get_string(object, "release"));
    stunt_result_set(&result->plan, get_string(object, "plan"));
    stunt_result_set(&result->plan_name, get_string(object, "plan_name"));
    stunt_result_set(&result->plan_text, get_string(object, "plan_text"));
    stunt_result_set(&result->start, get_string(object, "start"));
    stunt_result_set(&result->start_note, get_string(object, "start_note"));
    stunt_result_set(&result->start_warning, get_string(object, "start_warning"));
    stunt_switch_parse(get_string(object, "iommu"), &result->iommu);
    stunt_result_set(&result->bug, get_string(object, "bug"));
    stunt_result_set(&result->not_unloaded, get_string(object, "not_unloaded"));
    result->seed = get_number(object, "seed");
    result->wall_ms = get_number(object, "wall_ms");
    result->virtual_ns = get_number(object, "virtual_ns");
    result->last_event = get_number(object, "last_event");
    result->rewinds = get_number(object, "rewinds");
    result->cells = get_number(object, "cells");
    result->bad_cells = get_number(object, "bad_cells");
    get_rules(result, object);
    get_findings(result, object);
}

StuntResult *stunt_result_from_json(JsonNode *node, GError **error)
{
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    StuntStatus status;
    StuntResult *result;

    if (!object || !*get_string(object, "name") ||
        !stunt_status_parse(get_string(object, "status"), &status)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "not a result: no object with a name and a status");
        return NULL;
    }
    result = stunt_result_new(get_string(object, "name"), get_string(object, "file"));
    result->status = status;
    get_result(result, object);
    return result;
}

char *stunt_json_to_text(JsonNode *node)
{
    g_autofree char *text = json_to_string(node, TRUE);

    return g_strconcat(text, "\n", NULL);
}
