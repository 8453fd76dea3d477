/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/qmp/message.h"
#include "stunt/error.h"

#define DEPTH_MAX 64 /* json-glib recurses; QMP itself stays below ten */

static gboolean refuse(GError **error, const char *line, gsize len, const char *why)
{
    g_autofree char *shown = g_utf8_make_valid(line, MIN(len, 120));

    g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU sent something that is not QMP (%s): %s", why,
                shown);
    return FALSE;
}

/*
 * What json-glib is lax about, seen from outside of strings: it follows brackets down without limit, and
 * takes
 * comments, single quotes and a second value after the first.
 */
static gboolean is_one_sane_object(const char *line, gsize len)
{
    guint depth = 0;
    gboolean quoted = FALSE, ended = FALSE;

    for (gsize i = 0; i < len; i++) {
        const char c = line[i];

        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (ended ? !g_ascii_isspace(c) : strchr("/#'", c) != NULL) {
            return FALSE;
        } else if (c == '"') {
            quoted = TRUE;
        } else if ((c == '{' || c == '[') && ++depth > DEPTH_MAX) {
            return FALSE;
        } else if (c == '}' || c == ']') {
            ended = depth-- <= 1;
        }
    }
    return ended && !quoted;
}

static const char *string_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    if (!node || json_node_get_value_type(node) != G_TYPE_STRING) {
        return NULL;
    }
    return json_node_get_string(node);
}

static JsonObject *object_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static gint64 id_member(JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "id");

    return node && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node) : -1;
}

/* Sorts the object into ret; FALSE when it is none of the four kinds. */
static gboolean classify(JsonObject *object, StuntQmpMessage *ret)
{
    const char *event = string_member(object, "event");
    JsonObject *failure = object_member(object, "error");
    JsonNode *value = NULL;

    if (json_object_has_member(object, "return")) {
        ret->kind = STUNT_QMP_RETURN;
        value = json_object_get_member(object, "return");
    } else if (failure && string_member(failure, "class") && string_member(failure, "desc")) {
        ret->kind = STUNT_QMP_ERROR;
        ret->name = g_strdup(string_member(failure, "class"));
        ret->text = g_strdup(string_member(failure, "desc"));
    } else if (event) {
        ret->kind = STUNT_QMP_EVENT;
        ret->name = g_strdup(event);
        value = json_object_get_member(object, "data");
    } else if (object_member(object, "QMP")) {
        ret->kind = STUNT_QMP_GREETING;
    } else {
        return FALSE;
    }
    ret->id = id_member(object);
    ret->value = value ? json_node_copy(value) : NULL;
    return TRUE;
}

gboolean stunt_qmp_message_parse(const char *line, gsize len, StuntQmpMessage *ret_message, GError **error)
{
    g_autoptr(JsonParser) parser = NULL;
    StuntQmpMessage message = { .id = -1 };
    JsonNode *root;

    if (!g_utf8_validate_len(line, len, NULL) || !is_one_sane_object(line, len)) {
        return refuse(error, line, len, "not one object");
    }
    parser = json_parser_new_immutable();
    if (!json_parser_load_from_data(parser, line, len, NULL)) {
        return refuse(error, line, len, "no JSON");
    }
    root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root) || !classify(json_node_get_object(root), &message)) {
        return refuse(error, line, len, "no message");
    }
    *ret_message = message;
    return TRUE;
}

void stunt_qmp_message_clear(StuntQmpMessage *message)
{
    g_clear_pointer(&message->name, g_free);
    g_clear_pointer(&message->text, g_free);
    g_clear_pointer(&message->value, json_node_unref);
}

char *stunt_qmp_command_text(const char *command, JsonNode *arguments, gint64 id)
{
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    g_autofree char *text = NULL;
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "execute", command);
    if (arguments) {
        json_object_set_member(object, "arguments", json_node_copy(arguments));
    }
    json_object_set_int_member(object, "id", id);
    json_node_take_object(root, object);
    text = json_to_string(root, FALSE);
    return g_strconcat(text, "\n", NULL);
}
