/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both views for people, one screen of them, and as JSON. */
#include "lib/live/view.h"
#include "stunt/scenario.h"

#define WHAT_COLUMNS  16
#define GUEST_COLUMNS 34

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static const StuntLiveFact *fact_of(const StuntLiveFunction *function, const char *what)
{
    for (guint i = 0; i < function->fact->len; i++) {
        const StuntLiveFact *fact = function->fact->pdata[i];

        if (g_str_equal(fact->what, what)) {
            return fact;
        }
    }
    return NULL;
}

/* "1234:5d02 class 0801", as the side that knows it says. */
static char *kind_of(const StuntLiveFunction *function)
{
    const StuntLiveFact *ids = fact_of(function, "ids"), *class = fact_of(function, "class");

    if (!ids || !class) {
        return g_strdup("");
    }
    return g_strdup_printf("%s  class %s", ids->model ? ids->model : ids->guest,
                           class->model ? class->model : class->guest);
}

/* QEMU's own functions are told of in a line, unless there is a difference; the headline has ids and class. */
static gboolean is_shown(const StuntLiveFunction *function, const StuntLiveFact *fact)
{
    if (fact->differs) {
        return TRUE;
    }
    if (g_str_equal(fact->what, "ids") || g_str_equal(fact->what, "class") || g_str_equal(fact->what, "there")) {
        return FALSE;
    }
    return function->name || g_str_equal(fact->what, "leads to bus");
}

static void add_function(GString *text, const StuntLiveFunction *function)
{
    g_autofree char *kind = kind_of(function);
    int indent = (int)function->depth * 2;

    g_string_append_printf(text, "%*s%s  %s%s%s\n", indent, "", function->address,
                           function->name ? function->name : "", function->name ? "  " : "", kind);
    for (guint i = 0; i < function->fact->len; i++) {
        const StuntLiveFact *fact = function->fact->pdata[i];

        if (is_shown(function, fact)) {
            g_string_append_printf(text, "%c %*s%-*s  %-*s  %s\n", fact->differs ? '!' : ' ', indent, "",
                                   WHAT_COLUMNS, fact->what, GUEST_COLUMNS - indent, or_dash(fact->guest),
                                   or_dash(fact->model));
        }
    }
}

char *stunt_live_text(const StuntLive *live)
{
    g_autofree char *now = stunt_time_format(live->virtual_ns);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s, kernel %s, at %s\n\n  %-*s  %-*s  %s\n", live->title, live->release, now,
                           WHAT_COLUMNS, "", GUEST_COLUMNS, "guest", "model");
    for (guint i = 0; i < live->function->len; i++) {
        add_function(text, live->function->pdata[i]);
    }
    if (live->differences) {
        g_string_append_printf(text, "\n%u difference%s, marked with !\n", live->differences,
                               live->differences == 1 ? "" : "s");
    } else {
        g_string_append(text, "\nguest and model agree\n");
    }
    return g_string_free(text, FALSE);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value) {
        json_builder_add_string_value(builder, value);
    } else {
        json_builder_add_null_value(builder);
    }
}

static void add_facts(JsonBuilder *builder, const StuntLiveFunction *function)
{
    json_builder_set_member_name(builder, "facts");
    json_builder_begin_array(builder);
    for (guint i = 0; i < function->fact->len; i++) {
        const StuntLiveFact *fact = function->fact->pdata[i];

        json_builder_begin_object(builder);
        add_text(builder, "what", fact->what);
        add_text(builder, "guest", fact->guest);
        add_text(builder, "model", fact->model);
        json_builder_set_member_name(builder, "differs");
        json_builder_add_boolean_value(builder, fact->differs);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_json_function(JsonBuilder *builder, const StuntLiveFunction *function)
{
    json_builder_begin_object(builder);
    add_text(builder, "address", function->address);
    add_text(builder, "name", function->name);
    json_builder_set_member_name(builder, "depth");
    json_builder_add_int_value(builder, function->depth);
    add_facts(builder, function);
    if (function->registers) {
        JsonNode *node = json_node_alloc();

        json_node_init_object(node, function->registers);
        json_builder_set_member_name(builder, "registers");
        json_builder_add_value(builder, node);
    }
    json_builder_end_object(builder);
}

char *stunt_live_json(const StuntLive *live)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    add_text(builder, "title", live->title);
    add_text(builder, "kernel", live->release);
    json_builder_set_member_name(builder, "virtual_ns");
    json_builder_add_int_value(builder, (gint64)live->virtual_ns);
    json_builder_set_member_name(builder, "differences");
    json_builder_add_int_value(builder, live->differences);
    json_builder_set_member_name(builder, "functions");
    json_builder_begin_array(builder);
    for (guint i = 0; i < live->function->len; i++) {
        add_json_function(builder, live->function->pdata[i]);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = json_to_string(root, TRUE);
    return g_strconcat(text, "\n", NULL);
}
