/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a run. */
#include "lib/scenario/bindings.h"
#include "lib/scenario/rules.h"
#include "stunt/events.h"

#define ERROR_LEN 256

/* The number of the device is QEMU's; its type says what a rule can ask for. opaque: the runtime. */
static int look_up(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    const StuntDeviceDef *device = stunt_runtime_device(opaque, name);

    *ret_events = stunt_events_by_type(device ? device->type : name);
    return 0;
}

/* The same code that QEMU will run says what is wrong with a rule, without the detour. */
static gboolean check(StuntRuntime *runtime, const char *device, const char *text, GError **error)
{
    g_autofree char *full = g_strdup_printf("%s device=%s", text, device);
    char message[ERROR_LEN];

    if (!stunt_fault_arm(&runtime->engine, full, stunt_vm_now_ns(runtime->vm), look_up, runtime, message,
                         sizeof(message))) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "fault: %s", message);
        return FALSE;
    }
    return TRUE;
}

static StuntRuleStatus *copy_status(const StuntRuleStatus *status)
{
    StuntRuleStatus *copy = g_memdup2(status, sizeof(*status));

    copy->id = g_strdup(status->id);
    return copy;
}

/* Takes its last status. */
static void end_life(StuntRule *rule, StuntRuleStatus *last)
{
    last->armed = FALSE;
    rule->last = last;
    rule->shown |= last->fired > 0;
}

static StuntRuleStatus *find_status(StuntRuntime *runtime, const char *id, GError **error)
{
    g_autoptr(GPtrArray) all = stunt_vm_rules(runtime->vm, error);

    for (guint i = 0; all && i < all->len; i++) {
        StuntRuleStatus *status = all->pdata[i];

        if (g_str_equal(status->id, id)) {
            return copy_status(status);
        }
    }
    if (all) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "the fault engine does not know rule '%s'", id);
    }
    return NULL;
}

static struct stunt_rule *engine_rule(StuntRuntime *runtime, const char *id)
{
    for (guint i = 0; i < runtime->engine.n_rules; i++) {
        if (g_str_equal(runtime->engine.rule[i].id, id)) {
            return &runtime->engine.rule[i];
        }
    }
    return NULL;
}

/* A rule as QEMU has it from now on; text: what is said of it. */
static StuntRule *add_rule(StuntRuntime *runtime, const char *id, guint number, const StuntSpecDevice *device,
                           const char *text)
{
    const struct stunt_rule *armed = engine_rule(runtime, id);
    StuntRule *rule = g_new0(StuntRule, 1);

    rule->id = g_strdup(id);
    rule->number = number;
    rule->device = device;
    rule->class_info = stunt_class_by_id(armed->class_id);
    rule->action = stunt_action_by_id(armed->action);
    rule->on_pause = LUA_NOREF;
    rule->text = g_strdup(text);
    g_ptr_array_add(runtime->all_rules, rule);
    g_ptr_array_add(runtime->rule, rule);
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "rule", text);
    return rule;
}

StuntRule *stunt_rules_arm(StuntRuntime *runtime, const StuntDevice *device, const char *id, GError **error)
{
    g_autofree char *text = g_strdup_printf("id=%s %s", id, runtime->text->str);
    g_autofree char *note = g_strdup_printf("%s device=%s", text, device->name);
    StuntRuleStatus *status;
    StuntRule *rule;

    if (!check(runtime, device->name, text, error) || !stunt_vm_arm(runtime->vm, device->name, text, error)) {
        return NULL;
    }
    status = find_status(runtime, id, error);
    if (!status) {
        return NULL;
    }
    rule = add_rule(runtime, id, status->number, device->spec, note);
    stunt_rule_status_free(status);
    return rule;
}

static gboolean change(StuntRuntime *runtime, const char *text, GError **error)
{
    char message[ERROR_LEN];

    if (!stunt_fault_change(&runtime->engine, text, stunt_vm_now_ns(runtime->vm), message, sizeof(message))) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "change: %s", message);
        return FALSE;
    }
    return stunt_vm_change(runtime->vm, text, error);
}

StuntRule *stunt_rules_change(StuntRuntime *runtime, StuntRule *rule, GError **error)
{
    g_autofree char *text = g_strdup_printf("id=%s%s", rule->id, runtime->text->str);
    g_autofree char *note = g_strdup_printf("change %s", text);
    StuntRuleStatus *last;

    if (rule->last) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "change: rule '%s' is disarmed", rule->id);
        return NULL;
    }
    last = find_status(runtime, rule->id, error);
    if (!last || !change(runtime, text, error)) {
        stunt_rule_status_free(last);
        return NULL;
    }
    end_life(rule, last);
    rule->next = add_rule(runtime, rule->id, rule->number, rule->device, note);
    return rule->next;
}

StuntRule *stunt_rules_current(StuntRule *rule)
{
    while (rule->next && !rule->next->given_up) {
        rule = rule->next;
    }
    return rule;
}

StuntRuleStatus *stunt_rules_status(StuntRuntime *runtime, const StuntRule *rule, GError **error)
{
    return rule->last ? copy_status(rule->last) : find_status(runtime, rule->id, error);
}

gboolean stunt_rules_disarm(StuntRuntime *runtime, StuntRule *rule, GError **error)
{
    g_autofree char *note = g_strdup_printf("disarmed %s", rule->id);
    StuntRuleStatus *last;

    if (rule->last) {
        return TRUE;
    }
    last = find_status(runtime, rule->id, error);
    if (!last || !stunt_vm_disarm(runtime->vm, rule->id, error)) {
        stunt_rule_status_free(last);
        return FALSE;
    }
    stunt_fault_disarm(&runtime->engine, rule->id);
    end_life(rule, last);
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "rule", note);
    return TRUE;
}

/* ---- judging ------------------------------------------------------------------------------------- */

static gboolean must_fire(const StuntRule *rule)
{
    return !rule->optional && rule->action->id != STUNT_ACT_FORBID;
}

/* After another verdict it is told beside it: a run that did not go as planned is read differently. */
static void judge_one(StuntRuntime *runtime, StuntRule *rule, const StuntRuleStatus *status)
{
    g_autofree char *reason = NULL;

    if (status->fired || !must_fire(rule) || rule->told) {
        return;
    }
    rule->told = TRUE;
    reason = g_strdup_printf("rule '%s' never fired (matched %" G_GUINT64_FORMAT " times): %s", rule->id,
                             status->matched, rule->text);
    if (runtime->judged) {
        stunt_runtime_add_detail(runtime, "and", reason);
    } else {
        stunt_runtime_judge(runtime, STUNT_INVALID, reason);
    }
}

static void add_result(StuntResult *result, const StuntRule *rule, const StuntRuleStatus *status)
{
    StuntRuleResult row = {
        .id = rule->id,
        .at = (char *)rule->class_info->name,
        .action = (char *)rule->action->name,
    };

    if (status) {
        row.armed = status->armed;
        row.matched = status->matched;
        row.fired = status->fired;
        row.first_ns = status->first_ns;
        row.first_seq = status->first_seq;
    }
    stunt_result_add_rule(result, &row);
}

static gboolean is_shown(const StuntRuntime *runtime, const StuntProof *proof)
{
    for (guint i = 0; i < runtime->all_rules->len; i++) {
        const StuntRule *rule = runtime->all_rules->pdata[i];

        if (rule->shown && rule->class_info == proof->class_info && rule->action == proof->action) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A FAIL that the scenario expects is no excuse: apply_expected() in run.c asks for `unproved`. */
static void judge_proofs(StuntRuntime *runtime)
{
    const GPtrArray *proofs = runtime->scenario->proof;

    for (guint i = 0; i < proofs->len && !runtime->unproved; i++) {
        const StuntProof *proof = proofs->pdata[i];

        if (!is_shown(runtime, proof)) {
            runtime->unproved = g_strdup_printf("it proves '%s %s', but no such rule fired",
                                                proof->class_info->name, proof->action->name);
        }
    }
    if (runtime->unproved && !runtime->judged) {
        stunt_runtime_judge(runtime, STUNT_INVALID, runtime->unproved);
    }
}

gboolean stunt_rules_judge(StuntRuntime *runtime, StuntResult *result, GError **error)
{
    gboolean good = TRUE;

    for (guint i = 0; i < runtime->all_rules->len; i++) {
        const StuntRule *rule = runtime->all_rules->pdata[i];

        if (rule->given_up) { /* judged when it was */
            add_result(result, rule, rule->left);
        }
    }
    for (guint i = 0; i < runtime->rule->len; i++) {
        StuntRule *rule = runtime->rule->pdata[i];
        StuntRuleStatus *status = good ? stunt_rules_status(runtime, rule, error) : NULL;

        add_result(result, rule, status);
        good = status != NULL;
        if (good) {
            rule->shown |= status->fired > 0;
            judge_one(runtime, rule, status);
            stunt_rule_status_free(status);
        }
    }
    if (good) {
        judge_proofs(runtime);
    }
    return good;
}

/* ---- going back ---------------------------------------------------------------------------------- */

struct StuntRulesMark {
    guint n;
    StuntRule **rule;
    StuntRuleStatus **last; /* of each, NULL while armed */
    struct stunt_fault_engine engine;
};

StuntRulesMark *stunt_rules_mark(const StuntRuntime *runtime)
{
    StuntRulesMark *mark = g_new0(StuntRulesMark, 1);

    mark->n = runtime->rule->len;
    mark->rule = g_new(StuntRule *, mark->n);
    mark->last = g_new(StuntRuleStatus *, mark->n);
    mark->engine = runtime->engine;
    for (guint i = 0; i < mark->n; i++) {
        mark->rule[i] = runtime->rule->pdata[i];
        mark->last[i] = mark->rule[i]->last ? copy_status(mark->rule[i]->last) : NULL;
    }
    return mark;
}

void stunt_rules_mark_free(StuntRulesMark *mark)
{
    for (guint i = 0; mark && i < mark->n; i++) {
        stunt_rule_status_free(mark->last[i]);
    }
    if (mark) {
        g_free(mark->rule);
        g_free(mark->last);
        g_free(mark);
    }
}

guint stunt_rules_marked(const StuntRulesMark *mark)
{
    return mark->n;
}

gboolean stunt_rules_leave(StuntRuntime *runtime, guint first, GError **error)
{
    for (guint i = 0; i < runtime->rule->len; i++) {
        StuntRule *rule = runtime->rule->pdata[i];

        stunt_rule_status_free(rule->left);
        rule->left = stunt_rules_status(runtime, rule, error);
        if (!rule->left) {
            return FALSE;
        }
        rule->shown |= rule->left->fired > 0;
        if (i >= first) {
            judge_one(runtime, rule, rule->left);
        }
    }
    return TRUE;
}

void stunt_rules_rewind(StuntRuntime *runtime, const StuntRulesMark *mark)
{
    for (guint i = 0; i < runtime->rule->len; i++) {
        ((StuntRule *)runtime->rule->pdata[i])->given_up = TRUE;
    }
    g_ptr_array_set_size(runtime->rule, 0);
    for (guint i = 0; i < mark->n; i++) {
        StuntRule *rule = mark->rule[i];

        rule->given_up = FALSE;
        stunt_rule_status_free(rule->last);
        rule->last = mark->last[i] ? copy_status(mark->last[i]) : NULL;
        g_ptr_array_add(runtime->rule, rule);
    }
    runtime->engine = mark->engine;
}

/* ---- pause --------------------------------------------------------------------------------------- */

static const StuntRule *rule_by_number(const StuntRuntime *runtime, guint number)
{
    for (guint i = 0; i < runtime->rule->len; i++) {
        const StuntRule *rule = runtime->rule->pdata[i];

        if (rule->number == number && !rule->last) {
            return rule;
        }
    }
    return NULL;
}

gboolean stunt_rules_on_pause(StuntGuest *guest, guint rule_number, gpointer data, GError **error)
{
    StuntRuntime *runtime = data;
    const StuntRule *rule = rule_by_number(runtime, rule_number);
    lua_State *L = runtime->waiting ? runtime->waiting : runtime->sandbox.L;
    gboolean good;

    (void)guest;
    if (!rule || rule->on_pause == LUA_NOREF || !lua_checkstack(L, 4)) {
        return TRUE;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, rule->on_pause);
    stunt_bridge_push_object(L, &stunt_binding_vm, 1);
    runtime->paused = TRUE;
    good = lua_pcall(L, 1, 0, 0) == LUA_OK;
    runtime->paused = FALSE;
    if (!good) {
        runtime->pause_error = luaL_ref(L, LUA_REGISTRYINDEX);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "on_pause raised an error");
    }
    return good;
}

gboolean stunt_rules_on_forbid(guint rule_number, gpointer data)
{
    StuntRuntime *runtime = data;

    if (!runtime->forbidden || runtime->forbidden->number != rule_number) {
        return FALSE;
    }
    runtime->forbidden_events++;
    return TRUE;
}
