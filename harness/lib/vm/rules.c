/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault rules: armed and asked about through properties of the link device. */
#include <string.h>

#include "lib/vm/cmdline.h"
#include "lib/vm/vm.h"
#include "stunt/error.h"

/* What the fault engine does not take is wrong input, and its own words say how. */
static gboolean set_string(StuntVm *vm, const char *property, const char *text, GError **error)
{
    JsonNode *value = json_node_init_string(json_node_alloc(), text);
    g_autoptr(GError) why = NULL;

    if (stunt_vm_command(vm, "qom-set", stunt_vm_qom_arguments(STUNT_LINK_ID, property, value), NULL, &why)) {
        return TRUE;
    }
    if (!stunt_qmp_broken(vm->qmp)) {
        why->code = STUNT_ERROR_INPUT;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

gboolean stunt_vm_arm(StuntVm *vm, const char *device, const char *rule, GError **error)
{
    g_autofree char *text = g_strdup_printf("%s device=%s", rule, device);

    return set_string(vm, "fault-arm", text, error);
}

gboolean stunt_vm_change(StuntVm *vm, const char *change, GError **error)
{
    return set_string(vm, "fault-change", change, error);
}

gboolean stunt_vm_disarm(StuntVm *vm, const char *rule_id, GError **error)
{
    return set_string(vm, "fault-disarm", rule_id, error);
}

void stunt_rule_status_free(StuntRuleStatus *status)
{
    if (status) {
        g_free(status->id);
        g_free(status);
    }
}

/* Where a number of the report goes; NULL: a word of a later version, passed over. */
static guint64 *place_of(StuntRuleStatus *status, const char *name, guint64 *number, guint64 *armed)
{
    const struct {
        const char *name;
        guint64 *place;
    } places[] = {
        { "number", number },
        { "armed", armed },
        { "matched", &status->matched },
        { "fired", &status->fired },
        { "first_ns", &status->first_ns },
        { "first_seq", &status->first_seq },
    };

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        if (strcmp(places[i].name, name) == 0) {
            return places[i].place;
        }
    }
    return NULL;
}

/* One word NAME=VALUE. FALSE when it is none, or has a bad value. */
static gboolean parse_word(StuntRuleStatus *status, const char *word)
{
    g_auto(GStrv) pair = g_strsplit(word, "=", 2);
    guint64 number = status->number, armed = status->armed;
    guint64 *place;

    if (!pair[0] || !pair[1]) {
        return FALSE;
    }
    if (strcmp(pair[0], "id") == 0) {
        g_free(status->id);
        status->id = g_strdup(pair[1]);
        return TRUE;
    }
    place = place_of(status, pair[0], &number, &armed);
    if (place && !g_ascii_string_to_unsigned(pair[1], 10, 0, G_MAXUINT64, place, NULL)) {
        return FALSE;
    }
    status->number = (guint)number;
    status->armed = armed != 0;
    return TRUE;
}

static StuntRuleStatus *parse_line(const char *line)
{
    StuntRuleStatus *status = g_new0(StuntRuleStatus, 1);
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    gboolean ok = TRUE;

    for (char **word = words; *word; word++) {
        ok = ok && (**word == '\0' || parse_word(status, *word));
    }
    if (ok && status->id && status->number) {
        return status;
    }
    stunt_rule_status_free(status);
    return NULL;
}

static GPtrArray *parse_status(const char *text, GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_rule_status_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        StuntRuleStatus *status = **line ? parse_line(*line) : NULL;

        if (status) {
            g_ptr_array_add(rules, status);
        } else if (**line) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                        "the fault engine's report is not understood: %s", *line);
            return NULL;
        }
    }
    return g_steal_pointer(&rules);
}

GPtrArray *stunt_vm_rules(StuntVm *vm, GError **error)
{
    g_autoptr(JsonNode) status = stunt_vm_qom_get(vm, STUNT_LINK_ID, "fault-status", error);

    if (!status) {
        return NULL;
    }
    if (json_node_get_value_type(status) != G_TYPE_STRING) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "the fault engine's report is no text");
        return NULL;
    }
    return parse_status(json_node_get_string(status), error);
}
