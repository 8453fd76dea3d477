/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a plan: what its tables may say, as far as no machine is needed for that. */
#include <string.h>

#include "lib/plan/plan-parts.h"
#include "lib/scenario/resolve.h"
#include "stunt/error.h"

static const char *const rule_keys[] = {
    "id", "device", "at", "match", "nth", "every", "after", "between", "probability", "times", "action", "params", "optional",
};

gboolean stunt_plan_fail(const StuntPlan *plan, guint line, guint column, GError **error, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s:%u:%u: %s", plan->name, line, column, what);
    return FALSE;
}

/* An error of resolve.h gets its place. */
static gboolean fail_at(const StuntPlan *plan, const StuntToml *toml, GError *cause, GError **error)
{
    stunt_plan_fail(plan, toml->line, toml->column, error, "%s", cause->message);
    g_error_free(cause);
    return FALSE;
}

static gboolean check_keys(const StuntPlan *plan, const StuntToml *table, const char *const *keys, guint n,
                           const char *what, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(names, (char *)keys[i]);
    }
    for (guint i = 0; i < table->item->len; i++) {
        const StuntTomlEntry *entry = table->item->pdata[i];
        g_autofree char *near_name = NULL;
        gboolean known = FALSE;

        for (guint k = 0; k < n; k++) {
            known |= g_str_equal(entry->key, keys[k]);
        }
        if (!known) {
            near_name = stunt_did_you_mean(entry->key, names);
            return stunt_plan_fail(plan, entry->line, entry->column, error, "%s has no '%s'%s", what, entry->key,
                                   near_name);
        }
    }
    return TRUE;
}

/* The value of this key if it is of this type; NULL without an error: it is not there. */
static const StuntToml *get_typed(const StuntPlan *plan, const StuntToml *table, const char *key, StuntTomlType type,
                                  GError **error)
{
    const StuntToml *value = stunt_toml_get(table, key);

    if (value && value->type != type) {
        stunt_plan_fail(plan, value->line, value->column, error, "'%s' must be %s, not %s", key,
                        stunt_toml_type_name(type), stunt_toml_type_name(value->type));
        return NULL;
    }
    return value;
}

static const StuntToml *need_string(const StuntPlan *plan, const StuntToml *table, const char *key, GError **error)
{
    const StuntToml *value = stunt_toml_get(table, key);

    if (!value) {
        stunt_plan_fail(plan, table->line, table->column, error, "the rule needs '%s'", key);
        return NULL;
    }
    return get_typed(plan, table, key, STUNT_TOML_STRING, error);
}

/* ---- a rule -------------------------------------------------------------------------------------- */

static gboolean read_class(const StuntPlan *plan, StuntPlanRule *rule, GError **error)
{
    const StuntToml *value = need_string(plan, rule->table, "at", error);
    GError *cause = NULL;

    if (!value) {
        return FALSE;
    }
    rule->class_info = stunt_resolve_class(value->string, &cause);
    return rule->class_info || fail_at(plan, value, cause, error);
}

static gboolean read_action(const StuntPlan *plan, StuntPlanRule *rule, GError **error)
{
    const StuntToml *value = need_string(plan, rule->table, "action", error);
    GError *cause = NULL;

    if (!value) {
        return FALSE;
    }
    rule->action = stunt_resolve_action(value->string, &cause);
    if (!rule->action) {
        return fail_at(plan, value, cause, error);
    }
    if (!((rule->action->classes >> rule->class_info->id) & 1)) {
        return stunt_plan_fail(plan, value->line, value->column, error, "action '%s' does not apply to %s",
                               rule->action->name, rule->class_info->name);
    }
    return TRUE;
}

static gboolean read_id(const StuntPlan *plan, StuntPlanRule *rule, GError **error)
{
    const StuntToml *value = stunt_toml_get(rule->table, "id");

    if (value && !get_typed(plan, rule->table, "id", STUNT_TOML_STRING, error)) {
        return FALSE;
    }
    if (value && (!*value->string || strpbrk(value->string, " \t\n="))) {
        return stunt_plan_fail(plan, value->line, value->column, error,
                               "'%s' is no id of a rule (letters, digits, '_', '.', '-')", value->string);
    }
    rule->id = value ? g_strdup(value->string) : g_strdup_printf("plan-%u", plan->rule->len);
    for (guint i = 0; i + 1 < plan->rule->len; i++) {
        if (g_str_equal(((StuntPlanRule *)plan->rule->pdata[i])->id, rule->id)) {
            return stunt_plan_fail(plan, rule->line, rule->column, error, "a rule '%s' is there already", rule->id);
        }
    }
    return TRUE;
}

/* Only of rules further up: a rule waits for one that is armed. */
static gboolean check_after(const StuntPlan *plan, const StuntPlanRule *rule, GError **error)
{
    const StuntToml *value = stunt_toml_get(rule->table, "after");
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    if (!value) {
        return TRUE;
    }
    if (!get_typed(plan, rule->table, "after", STUNT_TOML_STRING, error)) {
        return FALSE;
    }
    for (guint i = 0; i + 1 < plan->rule->len; i++) {
        g_ptr_array_add(ids, ((StuntPlanRule *)plan->rule->pdata[i])->id);
        if (g_str_equal(ids->pdata[i], value->string)) {
            return TRUE;
        }
    }
    near_name = stunt_did_you_mean(value->string, ids);
    return stunt_plan_fail(plan, value->line, value->column, error, "no rule '%s' stands before this one%s",
                           value->string, near_name);
}

static gboolean check_table(const StuntPlan *plan, const StuntPlanRule *rule, const char *key, const char *const *names,
                            guint n, const char *what, GError **error)
{
    const StuntToml *value = stunt_toml_get(rule->table, key);

    return !value || (get_typed(plan, rule->table, key, STUNT_TOML_TABLE, error) &&
                      check_keys(plan, value, names, n, what, error));
}

static gboolean check_tables(const StuntPlan *plan, const StuntPlanRule *rule, GError **error)
{
    g_autofree char *event = g_strdup_printf("event class %s", rule->class_info->name);
    g_autofree char *action = g_strdup_printf("action %s", rule->action->name);

    return check_table(plan, rule, "match", rule->class_info->field, rule->class_info->n_fields, event, error) &&
           check_table(plan, rule, "params", rule->action->param, rule->action->n_params, action, error);
}

static gboolean read_optional(const StuntPlan *plan, StuntPlanRule *rule, GError **error)
{
    const StuntToml *value = stunt_toml_get(rule->table, "optional");

    if (value && !get_typed(plan, rule->table, "optional", STUNT_TOML_BOOLEAN, error)) {
        return FALSE;
    }
    rule->optional = value && value->boolean;
    return TRUE;
}

static gboolean read_rule(const StuntPlan *plan, const StuntToml *table, GError **error)
{
    StuntPlanRule *rule = g_new0(StuntPlanRule, 1);
    const StuntToml *device;

    rule->table = table;
    rule->line = table->line;
    rule->column = table->column;
    g_ptr_array_add(plan->rule, rule);
    if (!check_keys(plan, table, rule_keys, G_N_ELEMENTS(rule_keys), "a rule", error)) {
        return FALSE;
    }
    device = need_string(plan, table, "device", error);
    if (!device || !read_id(plan, rule, error)) {
        return FALSE;
    }
    rule->device = device->string;
    return read_class(plan, rule, error) && read_action(plan, rule, error) && check_after(plan, rule, error) &&
           check_tables(plan, rule, error) && read_optional(plan, rule, error);
}

/* ---- the file ------------------------------------------------------------------------------------ */

static void rule_free(gpointer data)
{
    StuntPlanRule *rule = data;

    g_free(rule->id);
    g_free(rule);
}

static gboolean read_rules(const StuntPlan *plan, GError **error)
{
    static const char *const keys[] = { "rule", "summary" };
    const StuntToml *rules = stunt_toml_get(plan->root, "rule");

    if (!check_keys(plan, plan->root, keys, G_N_ELEMENTS(keys), "a plan", error)) {
        return FALSE;
    }
    if (!rules || rules->type != STUNT_TOML_ARRAY || !rules->item->len) {
        return stunt_plan_fail(plan, rules ? rules->line : 1, rules ? rules->column : 1, error,
                               "a plan has at least one [[rule]]");
    }
    for (guint i = 0; i < rules->item->len; i++) {
        const StuntToml *table = rules->item->pdata[i];

        if (table->type != STUNT_TOML_TABLE) {
            return stunt_plan_fail(plan, table->line, table->column, error, "a rule is a table, not %s",
                                   stunt_toml_type_name(table->type));
        }
        if (!read_rule(plan, table, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

StuntPlan *stunt_plan_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(StuntPlan) plan = g_new0(StuntPlan, 1);

    plan->name = g_strdup(name);
    plan->rule = g_ptr_array_new_with_free_func(rule_free);
    plan->root = stunt_toml_parse(name, text, strlen(text), error);
    if (!plan->root || !read_rules(plan, error)) {
        return NULL;
    }
    return g_steal_pointer(&plan);
}

void stunt_plan_free(StuntPlan *plan)
{
    if (plan) {
        g_free(plan->name);
        g_ptr_array_unref(plan->rule);
        stunt_toml_free(plan->root);
        g_free(plan);
    }
}

const char *stunt_plan_lacks(const StuntPlan *plan, const GPtrArray *devices)
{
    for (guint i = 0; i < plan->rule->len; i++) {
        const StuntPlanRule *rule = plan->rule->pdata[i];
        gboolean there = FALSE;

        for (guint k = 0; k < devices->len; k++) {
            there |= g_str_equal(((StuntDeviceDef *)devices->pdata[k])->name, rule->device);
        }
        if (!there) {
            return rule->device;
        }
    }
    return NULL;
}
