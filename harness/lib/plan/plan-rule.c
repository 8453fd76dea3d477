/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of a plan for a device: names become numbers, times nanoseconds, and the whole a line of words. */
#include "lib/plan/plan-parts.h"
#include "lib/scenario/resolve.h"
#include "stunt/error.h"
#include "stunt/scenario.h"

#define MESSAGE_LEN 256

typedef struct {
    const StuntPlan *plan;
    const StuntPlanRule *rule;
    const StuntSpecDevice *device;
    GString *text;
    GError **error;
} Writer;

static gboolean fail(const Writer *writer, const StuntToml *toml, const char *what)
{
    return stunt_plan_fail(writer->plan, toml->line, toml->column, writer->error, "%s", what);
}

static gboolean whole(const Writer *writer, const StuntToml *toml, guint64 *ret_value)
{
    if (toml->type != STUNT_TOML_INTEGER || toml->negative) {
        return fail(writer, toml, "a whole number that is not negative is needed here");
    }
    *ret_value = toml->integer;
    return TRUE;
}

/* A number, or its name. */
static gboolean field_value(const Writer *writer, const char *field, const StuntToml *toml, guint64 *ret_value)
{
    GError *cause = NULL;

    if (toml->type != STUNT_TOML_STRING) {
        return whole(writer, toml, ret_value);
    }
    if (!stunt_resolve_value(writer->device, writer->rule->class_info, field, toml->string, ret_value, &cause)) {
        fail(writer, toml, cause->message);
        g_error_free(cause);
        return FALSE;
    }
    return TRUE;
}

/* { value = …, mask = … } */
static gboolean masked_value(const Writer *writer, const char *field, const StuntToml *table, guint64 *ret_value,
                             guint64 *ret_mask)
{
    const StuntToml *value = stunt_toml_get(table, "value"), *mask = stunt_toml_get(table, "mask");

    if (!value || !mask || table->item->len != 2) {
        return fail(writer, table, "{ value = …, mask = … } is needed here, or a number, or a name");
    }
    return field_value(writer, field, value, ret_value) && field_value(writer, field, mask, ret_mask);
}

static gboolean write_match(const Writer *writer)
{
    const StuntToml *match = stunt_toml_get(writer->rule->table, "match");

    for (guint i = 0; match && i < match->item->len; i++) {
        const StuntTomlEntry *entry = match->item->pdata[i];
        guint64 value = 0, mask = G_MAXUINT64;

        if (entry->value->type == STUNT_TOML_TABLE ? !masked_value(writer, entry->key, entry->value, &value, &mask)
                                                   : !field_value(writer, entry->key, entry->value, &value)) {
            return FALSE;
        }
        g_string_append_printf(writer->text, " match.%s=%" G_GUINT64_FORMAT, entry->key, value);
        if (mask != G_MAXUINT64) {
            g_string_append_printf(writer->text, "/0x%" G_GINT64_MODIFIER "x", mask);
        }
    }
    return TRUE;
}

static gboolean write_numbers(const Writer *writer)
{
    static const char *const keys[] = { "nth", "every", "times" };

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        const StuntToml *toml = stunt_toml_get(writer->rule->table, keys[i]);
        guint64 value = 0;

        if (toml && !whole(writer, toml, &value)) {
            return FALSE;
        }
        if (toml) {
            g_string_append_printf(writer->text, " %s=%" G_GUINT64_FORMAT, keys[i], value);
        }
    }
    return TRUE;
}

/* "5ms", or nanoseconds. */
static gboolean time_value(const Writer *writer, const StuntToml *toml, guint64 *ret_ns)
{
    GError *cause = NULL;

    if (toml->type != STUNT_TOML_STRING) {
        return whole(writer, toml, ret_ns);
    }
    if (!stunt_time_parse(toml->string, ret_ns, &cause)) {
        fail(writer, toml, cause->message);
        g_error_free(cause);
        return FALSE;
    }
    return TRUE;
}

static gboolean write_between(const Writer *writer, guint64 now_ns)
{
    const StuntToml *toml = stunt_toml_get(writer->rule->table, "between");
    guint64 end[2] = { 0, 0 };

    if (!toml) {
        return TRUE;
    }
    if (toml->type != STUNT_TOML_ARRAY || toml->item->len != 2) {
        return fail(writer, toml, "two times are needed here, [\"1ms\", \"5ms\"], counted from the scenario's start");
    }
    for (guint i = 0; i < 2; i++) {
        if (!time_value(writer, toml->item->pdata[i], &end[i])) {
            return FALSE;
        }
        if (end[i] > G_MAXUINT64 - now_ns) {
            return fail(writer, toml->item->pdata[i], "that is beyond all time");
        }
    }
    g_string_append_printf(writer->text, " between=%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, now_ns + end[0],
                           now_ns + end[1]);
    return TRUE;
}

static gboolean write_probability(const Writer *writer)
{
    const StuntToml *toml = stunt_toml_get(writer->rule->table, "probability");
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (!toml) {
        return TRUE;
    }
    if (toml->type == STUNT_TOML_FLOAT && toml->number > 0 && toml->number <= 1) {
        g_string_append_printf(writer->text, " probability=%s", g_ascii_formatd(number, sizeof(number), "%.9f", toml->number));
    } else if (toml->type == STUNT_TOML_INTEGER && toml->integer == 1 && !toml->negative) {
        g_string_append(writer->text, " probability=1");
    } else {
        return fail(writer, toml, "a probability is a number of more than 0 and at most 1");
    }
    return TRUE;
}

/* A number, a time, or the name of a vector. */
static gboolean param_value(const Writer *writer, const StuntTomlEntry *entry, guint64 *ret_value)
{
    const StuntSpecName *vector = NULL;

    if (entry->value->type == STUNT_TOML_STRING && g_str_equal(entry->key, "vector")) {
        vector = stunt_spec_name(writer->device->vector, entry->value->string);
    }
    if (vector) {
        *ret_value = vector->value;
        return TRUE;
    }
    return time_value(writer, entry->value, ret_value);
}

static gboolean write_params(const Writer *writer)
{
    const StuntToml *params = stunt_toml_get(writer->rule->table, "params");

    for (guint i = 0; params && i < params->item->len; i++) {
        const StuntTomlEntry *entry = params->item->pdata[i];
        guint64 value = 0;

        if (!param_value(writer, entry, &value)) {
            return FALSE;
        }
        g_string_append_printf(writer->text, " param.%s=%" G_GUINT64_FORMAT, entry->key, value);
    }
    return TRUE;
}

char *stunt_plan_rule_text(const StuntPlan *plan, const StuntPlanRule *rule, const StuntSpecDevice *device,
                           guint64 now_ns, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const Writer writer = { plan, rule, device, text, error };
    const StuntToml *after = stunt_toml_get(rule->table, "after");

    g_string_printf(text, "at=%s", rule->class_info->name);
    if (!write_match(&writer) || !write_numbers(&writer) || !write_between(&writer, now_ns) ||
        !write_probability(&writer)) {
        return NULL;
    }
    if (after) {
        g_string_append_printf(text, " after=%s", after->string);
    }
    g_string_append_printf(text, " action=%s", rule->action->name);
    return write_params(&writer) ? g_strdup(text->str) : NULL;
}

/* ---- checking before there is a machine ---------------------------------------------------------- */

static const StuntDeviceDef *find_device(const GPtrArray *devices, const char *name)
{
    for (guint i = 0; i < devices->len; i++) {
        if (g_str_equal(((StuntDeviceDef *)devices->pdata[i])->name, name)) {
            return devices->pdata[i];
        }
    }
    return NULL;
}

/* As stunt_device_lookup; opaque: the device's definition. */
static int look_up(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    const StuntDeviceDef *device = opaque;

    (void)name;
    *ret_events = stunt_events_by_type(device->type);
    return 0;
}

gboolean stunt_plan_check(const StuntPlan *plan, const GPtrArray *devices, const StuntSpec *spec, GError **error)
{
    g_autofree struct stunt_fault_engine *engine = g_new0(struct stunt_fault_engine, 1);
    char message[MESSAGE_LEN];

    stunt_fault_init(engine, 0);
    for (guint i = 0; i < plan->rule->len; i++) {
        const StuntPlanRule *rule = plan->rule->pdata[i];
        const StuntDeviceDef *device = find_device(devices, rule->device);
        g_autofree char *text =
            stunt_plan_rule_text(plan, rule, stunt_spec_device(spec, device->type), 0, error);
        g_autofree char *line = text ? g_strdup_printf("id=%s device=%s %s", rule->id, rule->device, text) : NULL;

        if (!line) {
            return FALSE;
        }
        if (!stunt_fault_arm(engine, line, 0, look_up, (gpointer)device, message, sizeof(message))) {
            return stunt_plan_fail(plan, rule->line, rule->column, error, "%s", message);
        }
    }
    return TRUE;
}
