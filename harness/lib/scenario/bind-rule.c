/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault rules: from a table to the fault engine's text, armed, asked, disarmed. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/device.h"
#include "lib/scenario/match.h"
#include "lib/scenario/resolve.h"
#include "lib/scenario/rules.h"
#include "stunt/events.h"

static const char *const keys[] = {
    "id",     "at",     "match", "nth",      "every",    "times", "between", "after", "probability",
    "action", "params", "optional", "on_pause", NULL,
};

static const char *const change_keys[] = {
    "match", "nth", "every", "times", "between", "after", "probability", "action", "params", "optional", "on_pause", NULL,
};

StuntRule *stunt_rule_check(lua_State *L, int idx)
{
    StuntRule **object = stunt_bridge_check_object(L, idx, &stunt_binding_rule);

    if ((*object)->given_up) {
        luaL_error(L, "rule '%s' was armed after the snapshot that the machine went back to", (*object)->id);
    }
    return stunt_rules_current(*object);
}

/* ---- reading the table at index 2 into runtime->text --------------------------------------------- */

static const char *required(lua_State *L, const char *key)
{
    const char *text = stunt_bridge_get_string(L, 2, key, NULL);

    if (!text) {
        luaL_error(L, "fault: '%s' is missing", key);
    }
    return text;
}

/* A rule's id is a word of the rule's text: what would cut it in two is refused here. */
static const char *check_id(lua_State *L, const char *id)
{
    if (!*id || strpbrk(id, " \t\n=")) {
        luaL_error(L, "fault: '%s' is no id of a rule (letters, digits, '_', '.', '-')", id);
    }
    return id;
}

static void append_match(lua_State *L, GString *text, const StuntSpecDevice *device,
                         const struct stunt_class_info *class_info)
{
    StuntMatch match = { .device = device, .class_info = class_info };

    if (lua_getfield(L, 2, "match") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        stunt_match_add_table(L, -1, &match);
    }
    lua_pop(L, 1);
    for (guint i = 0; i < class_info->n_fields; i++) {
        if (match.used & (1u << i)) {
            g_string_append_printf(text, " match.%s=%" G_GUINT64_FORMAT, class_info->field[i],
                                   match.value[i]);
            if (match.mask[i] != G_MAXUINT64) {
                g_string_append_printf(text, "/0x%" G_GINT64_MODIFIER "x", match.mask[i]);
            }
        }
    }
}

static void append_number(lua_State *L, GString *text, const char *key)
{
    if (lua_getfield(L, 2, key) != LUA_TNIL) {
        g_string_append_printf(text, " %s=%" G_GUINT64_FORMAT, key, stunt_bridge_get_integer(L, 2, key, 0));
    }
    lua_pop(L, 1);
}

static void append_between(lua_State *L, GString *text, guint64 now_ns)
{
    guint64 end[2];

    if (lua_getfield(L, 2, "between") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        for (int i = 0; i < 2; i++) {
            lua_rawgeti(L, -1, i + 1);
            end[i] = now_ns + stunt_bridge_to_ns(L, -1, "between");
            lua_pop(L, 1);
        }
        g_string_append_printf(text, " between=%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, end[0], end[1]);
    }
    lua_pop(L, 1);
}

/* A rule, or its id. */
static void append_after(lua_State *L, GString *text)
{
    if (lua_getfield(L, 2, "after") == LUA_TUSERDATA) {
        g_string_append_printf(text, " after=%s", stunt_rule_check(L, -1)->id);
    } else if (!lua_isnil(L, -1)) {
        g_string_append_printf(text, " after=%s", check_id(L, luaL_checkstring(L, -1)));
    }
    lua_pop(L, 1);
}

static void append_probability(lua_State *L, GString *text)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (lua_getfield(L, 2, "probability") != LUA_TNIL) {
        lua_Number value = luaL_checknumber(L, -1);

        if (!(value > 0 && value <= 1)) {
            luaL_error(L, "fault: probability is more than 0 and at most 1");
        }
        g_string_append_printf(text, " probability=%s",
                               g_ascii_formatd(number, sizeof(number), "%.9f", value));
    }
    lua_pop(L, 1);
}

/* The value on top of the stack: a number, the name of a vector, or a time. */
static guint64 param_value(lua_State *L, const StuntSpecDevice *device, const char *name)
{
    const StuntSpecName *vector = NULL;

    if (g_str_equal(name, "vector") && lua_type(L, -1) == LUA_TSTRING) {
        vector = stunt_spec_name(device->vector, lua_tostring(L, -1));
        if (!vector) {
            luaL_error(L, "fault: %s has no vector '%s'", device->name, lua_tostring(L, -1));
        }
        return vector->value;
    }
    return stunt_bridge_to_ns(L, -1, name); /* also plain numbers */
}

static const char *push_near_param(lua_State *L, const struct stunt_action_info *action, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL, *all = NULL;

    for (guint i = 0; i < action->n_params; i++) {
        g_ptr_array_add(names, (char *)action->param[i]);
    }
    near_name = stunt_did_you_mean(name, names);
    if (*near_name || !action->n_params) {
        return lua_pushstring(L, near_name);
    }
    g_ptr_array_add(names, NULL);
    all = g_strjoinv(", ", (char **)names->pdata);
    return lua_pushfstring(L, " (it has: %s)", all);
}

/* Every key of the table on top must be a parameter. */
static void check_params(lua_State *L, const struct stunt_action_info *action)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        gboolean known = FALSE;

        for (guint i = 0; i < action->n_params; i++) {
            known |= g_str_equal(action->param[i], name);
        }
        if (!known) {
            luaL_error(L, "fault: action %s has no parameter '%s'%s", action->name, name,
                       push_near_param(L, action, name));
        }
    }
}

static void append_params(lua_State *L, GString *text, const StuntSpecDevice *device,
                          const struct stunt_action_info *action)
{
    if (lua_getfield(L, 2, "params") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        check_params(L, action);
        for (guint i = 0; i < action->n_params; i++) {
            if (lua_getfield(L, -1, action->param[i]) != LUA_TNIL) {
                g_string_append_printf(text, " param.%s=%" G_GUINT64_FORMAT, action->param[i],
                                       param_value(L, device, action->param[i]));
            }
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* hooked: there is a function already. */
static const struct stunt_action_info *resolve_action(lua_State *L, const char *name, gboolean hooked)
{
    GError *error = NULL;
    const struct stunt_action_info *action = stunt_resolve_action(name, &error);
    gboolean given = lua_getfield(L, 2, "on_pause") == LUA_TFUNCTION;
    gboolean pauses = action && action->id == STUNT_ACT_PAUSE;

    if (!action) {
        stunt_bridge_raise(L, error);
    }
    if (pauses ? !given && !hooked : given) {
        luaL_error(L, "fault: action pause and on_pause = function(vm) … belong together");
    }
    lua_pop(L, 1);
    return action;
}

static const struct stunt_class_info *check_class(lua_State *L)
{
    GError *error = NULL;
    const struct stunt_class_info *class_info = stunt_resolve_class(required(L, "at"), &error);

    if (!class_info) {
        stunt_bridge_raise(L, error);
    }
    return class_info;
}

/* All words but id, device and class. action: the rule's if the table has none. */
static void append_rest(lua_State *L, StuntRuntime *runtime, const StuntSpecDevice *device,
                        const struct stunt_class_info *class_info, const struct stunt_action_info *action)
{
    GString *text = runtime->text;

    append_match(L, text, device, class_info);
    append_number(L, text, "nth");
    append_number(L, text, "every");
    append_number(L, text, "times");
    append_between(L, text, stunt_vm_now_ns(runtime->vm));
    append_after(L, text);
    append_probability(L, text);
    if (lua_getfield(L, 2, "action") != LUA_TNIL) {
        g_string_append_printf(text, " action=%s", action->name);
    }
    lua_pop(L, 1);
    append_params(L, text, device, action);
}

/* Fills runtime->text with all but the id. */
static void read_rule(lua_State *L, StuntRuntime *runtime, const StuntDevice *device)
{
    const struct stunt_class_info *class_info = check_class(L);
    const struct stunt_action_info *action = resolve_action(L, required(L, "action"), FALSE);

    g_string_printf(runtime->text, "at=%s", class_info->name);
    append_rest(L, runtime, device->spec, class_info, action);
}

/* ---- arming -------------------------------------------------------------------------------------- */

/* What the fault engine does not know of. */
static void read_harness_side(lua_State *L, StuntRule *rule, gboolean optional)
{
    rule->optional = stunt_bridge_get_boolean(L, 2, "optional", optional);
    if (lua_getfield(L, 2, "on_pause") == LUA_TFUNCTION) {
        rule->on_pause = luaL_ref(L, LUA_REGISTRYINDEX);
    } else {
        lua_pop(L, 1);
    }
}

int stunt_device_fault(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    StuntRule *rule, **object;
    GError *error = NULL;
    const char *id;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    stunt_bridge_check_keys(L, 2, "fault", keys);
    read_rule(L, runtime, device);
    id = lua_pushfstring(L, "rule-%d", (int)runtime->rule->len + 1);
    id = check_id(L, stunt_bridge_get_string(L, 2, "id", id));
    rule = stunt_rules_arm(runtime, device, id, &error);
    if (!rule) {
        return stunt_runtime_raise(runtime, L, error);
    }
    read_harness_side(L, rule, FALSE);
    object = stunt_bridge_push_object(L, &stunt_binding_rule, sizeof(*object));
    *object = rule;
    return 1;
}

static int rule_status(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntRule *rule = stunt_rule_check(L, 1);
    GError *error = NULL;
    StuntRuleStatus *status = stunt_rules_status(runtime, rule, &error);

    if (!status) {
        return stunt_runtime_raise(runtime, L, error);
    }
    lua_createtable(L, 0, 6);
    lua_pushstring(L, rule->id);
    lua_setfield(L, -2, "id");
    lua_pushboolean(L, status->armed);
    lua_setfield(L, -2, "armed");
    stunt_bridge_set_integer(L, "matched", status->matched);
    stunt_bridge_set_integer(L, "fired", status->fired);
    stunt_bridge_set_integer(L, "first_ns", status->first_ns);
    stunt_bridge_set_integer(L, "first_seq", status->first_seq);
    stunt_rule_status_free(status);
    return 1;
}

static int rule_change(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntRule *rule = stunt_rule_check(L, 1), *changed;
    const struct stunt_action_info *action;
    GError *error = NULL;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    stunt_bridge_check_keys(L, 2, "change", change_keys);
    action = resolve_action(L, stunt_bridge_get_string(L, 2, "action", rule->action->name),
                            rule->on_pause != LUA_NOREF);
    g_string_truncate(runtime->text, 0);
    append_rest(L, runtime, rule->device, rule->class_info, action);
    changed = stunt_rules_change(runtime, rule, &error);
    if (!changed) {
        return stunt_runtime_raise(runtime, L, error);
    }
    read_harness_side(L, changed, rule->optional);
    if (changed->action->id == STUNT_ACT_PAUSE && changed->on_pause == LUA_NOREF) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, rule->on_pause);
        changed->on_pause = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    return 0;
}

static int rule_disarm(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    GError *error = NULL;

    if (!stunt_rules_disarm(runtime, stunt_rule_check(L, 1), &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    return 0;
}

static const StuntFunction functions[] = {
    { "status", rule_status, "rule:status() -> { id, armed, matched, fired, first_ns, first_seq }",
      "How often the rule matched and fired, and when first: virtual time and number of the event." },
    { "change", rule_change, "rule:change { match, nth, every, times, between, after, probability, action, params, optional, on_pause }",
      "Changes the rule while it is armed; what is left out stays. A new `match` takes the place of the\n"
      "old one as a whole, and so do `nth`, `every` and `times` together, and an action with its\n"
      "parameters. The rule keeps its id and its turn among the others, counts from 0 again, and must\n"
      "fire again; before the change it must have fired, too. Both show in the result." },
    { "disarm", rule_disarm, "rule:disarm()",
      "Takes the rule away. It keeps its counts, and must have fired all the same." },
    { NULL, NULL, NULL, NULL },
};

const StuntBinding stunt_binding_rule = {
    .name = "rule",
    .type = "stunt.rule",
    .doc = "An armed fault rule. A run with a rule that never fired is INVALID, unless the rule is\n"
           "optional or its action is `forbid`.",
    .function = functions,
};
