/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Letting the machine run for a piece: to an event, or for a time. */
#include <stdio.h>

#include "lib/scenario/match.h"
#include "lib/shell/shell.h"
#include "lib/vm/cmdline.h"
#include "stunt/events.h"

#define STEP_LIMIT_NS (10 * G_GUINT64_CONSTANT(1000000000)) /* virtual; without a timeout */
#define ID_PREFIX     "shell-step-"

/* What is waited for: one rule for each device that may have it. */
typedef struct {
    StuntRuntime *runtime;
    StuntEventQuery query;
    const char *device; /* name, or NULL: any but the link */
    const struct stunt_class_info *class_info; /* NULL: any class */
    guint64 deadline_ns;
    gsize from; /* first event of the step */
    guint armed;
} Step;

/* ---- events of one class: rules that pause --------------------------------------------------------- */

static char *rule_text(const Step *step, guint number)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "id=" ID_PREFIX "%u at=%s nth=1 times=1 action=pause", number, step->class_info->name);
    for (guint i = 0; i < step->class_info->n_fields; i++) {
        if (step->query.used & (1u << i)) {
            g_string_append_printf(text, " match.%s=%" G_GUINT64_FORMAT, step->class_info->field[i],
                                   step->query.value[i]);
            if (step->query.mask[i] != G_MAXUINT64) {
                g_string_append_printf(text, "/0x%" G_GINT64_MODIFIER "x", step->query.mask[i]);
            }
        }
    }
    return g_string_free(text, FALSE);
}

static void disarm(Step *step)
{
    for (; step->armed; step->armed--) {
        g_autofree char *id = g_strdup_printf(ID_PREFIX "%u", step->armed);

        stunt_vm_disarm(step->runtime->vm, id, NULL); /* of a QEMU that is gone nothing is left to disarm */
    }
}

static gboolean arm_one(Step *step, const char *device, GError **error)
{
    g_autofree char *text = rule_text(step, step->armed + 1);

    if (!stunt_vm_arm(step->runtime->vm, device, text, error)) {
        return FALSE;
    }
    step->armed++;
    return TRUE;
}

/* Not every device has every class; one that can have the event is enough. */
static gboolean arm(Step *step, GError **error)
{
    const GPtrArray *devices = step->runtime->scenario->device;
    g_autoptr(GError) refusal = NULL;

    if (step->device) {
        return arm_one(step, step->device, error);
    }
    for (guint i = 0; i < devices->len; i++) {
        g_clear_error(&refusal);
        arm_one(step, ((StuntDeviceDef *)devices->pdata[i])->name, &refusal);
    }
    if (!step->armed && refusal) {
        g_propagate_error(error, g_steal_pointer(&refusal));
    }
    return step->armed > 0;
}

/* Whether the pause is one of ours, and not of a rule with a function of its own. */
static gboolean is_mine(const Step *step)
{
    g_autoptr(GPtrArray) rules = stunt_vm_rules(step->runtime->vm, NULL);

    for (guint i = 0; rules && i < rules->len; i++) {
        const StuntRuleStatus *rule = rules->pdata[i];

        if (rule->number == stunt_vm_stop_arg(step->runtime->vm)) {
            return g_str_has_prefix(rule->id, ID_PREFIX);
        }
    }
    return FALSE;
}

static gboolean run_to_class(Step *step, StuntStopped *ret_why, GError **error)
{
    gboolean good = arm(step, error);

    while (good) {
        good = stunt_guest_go(step->runtime->guest, step->deadline_ns, ret_why, error);
        if (good && (*ret_why != STUNT_STOPPED_PAUSE || is_mine(step))) {
            break;
        }
    }
    disarm(step);
    return good;
}

/* ---- any event: one after the other ---------------------------------------------------------------- */

static gboolean stop_at(const Step *step, guint64 seq, GError **error)
{
    JsonNode *value = json_node_init_int(json_node_alloc(), (gint64)seq);

    return stunt_vm_qom_set(step->runtime->vm, STUNT_LINK_ID, "stop-at-event", value, error);
}

/* The first event of the step that counts; FALSE: none yet. */
static gboolean find(const Step *step, gsize *ret_index)
{
    const StuntTimeline *timeline = step->runtime->timeline;

    for (gsize i = step->from; stunt_timeline_next(timeline, &step->query, &i); i++) {
        const struct stunt_event *event = stunt_timeline_event(timeline, i);

        /* without a class: what happens to a step's own rules is no event of the device */
        if ((step->class_info || event->class_id != STUNT_EV_FAULT) &&
            (step->device || !stunt_shell_is_noise(step->runtime, event))) {
            *ret_index = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean run_to_any(Step *step, StuntStopped *ret_why, GError **error)
{
    gboolean good;
    gsize index;

    do {
        good = stop_at(step, stunt_timeline_last_seq(step->runtime->timeline) + 1, error) &&
               stunt_guest_go(step->runtime->guest, step->deadline_ns, ret_why, error);
    } while (good && (*ret_why == STUNT_STOPPED_EVENT || *ret_why == STUNT_STOPPED_PAUSE) && !find(step, &index));
    stop_at(step, 0, NULL);
    return good;
}

/* ---- both ---------------------------------------------------------------------------------------- */

/*
 * Behind the event told last. What a device does in one go it does before the machine can stand still, so there may be
 * events behind that one already.
 */
static gsize begin_at(const StuntShell *shell, const StuntTimeline *timeline)
{
    gsize n = stunt_timeline_events(timeline);

    return n == shell->events ? shell->told_event + 1 : n;
}

/* Argument: nothing, a class, or a query with a timeout. */
static void read_arguments(lua_State *L, Step *step)
{
    static const char *const others[] = { "timeout", NULL };
    guint64 timeout;

    lua_settop(L, 1);
    if (lua_type(L, 1) != LUA_TTABLE) {
        const char *name = luaL_optstring(L, 1, NULL);

        lua_newtable(L);
        if (name) {
            lua_pushstring(L, name);
            lua_setfield(L, -2, "class");
        }
        lua_replace(L, 1);
    }
    step->query = stunt_match_query(L, 1, step->runtime, others);
    step->device = stunt_bridge_get_string(L, 1, "device", NULL);
    step->class_info = step->query.class_id < 0 ? NULL : stunt_class_by_id((guint16)step->query.class_id);
    stunt_vm_drain(step->runtime->vm, NULL); /* what is in the ring already is no next event */
    step->from = begin_at(stunt_shell_of(L), step->runtime->timeline);
    timeout = stunt_bridge_get_ns(L, 1, "timeout", STEP_LIMIT_NS);
    step->deadline_ns = stunt_vm_now_ns(step->runtime->vm) + timeout;
}

static int tell(lua_State *L, const Step *step, StuntStopped why)
{
    const StuntRuntime *runtime = step->runtime;
    StuntShell *shell = stunt_shell_of(L);
    g_autofree char *text = NULL;
    gsize index;

    if ((why == STUNT_STOPPED_PAUSE || why == STUNT_STOPPED_EVENT) && find(step, &index)) {
        shell->told_event = index;
        shell->events = stunt_timeline_events(runtime->timeline);
        text = stunt_timeline_format_event(runtime->timeline, stunt_timeline_event(runtime->timeline, index));
        lua_pushstring(L, text);
        return 1;
    }
    lua_pushfstring(L, "no such event until %f s", (lua_Number)stunt_vm_now_ns(runtime->vm) / 1e9);
    return 1;
}

static int raise_break(lua_State *L, const StuntRuntime *runtime)
{
    return luaL_error(L, "stopped by hand at %f s; the machine can go on from here",
                      (lua_Number)stunt_vm_now_ns(runtime->vm) / 1e9);
}

int stunt_shell_step(lua_State *L)
{
    Step step = { .runtime = stunt_runtime_ready(L) };
    StuntStopped why = STUNT_STOPPED_DEADLINE;
    GError *error = NULL;
    gboolean good;
    gsize index;

    read_arguments(L, &step);
    if (find(&step, &index)) {
        return tell(L, &step, STUNT_STOPPED_EVENT);
    }
    good = step.class_info ? run_to_class(&step, &why, &error) : run_to_any(&step, &why, &error);
    if (!good) {
        return stunt_runtime_raise(step.runtime, L, error);
    }
    return why == STUNT_STOPPED_BREAK ? raise_break(L, step.runtime) : tell(L, &step, why);
}

int stunt_shell_go(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    guint64 until_ns = stunt_vm_now_ns(runtime->vm) + stunt_bridge_to_ns(L, 1, "the time to go on for");
    StuntStopped why;
    GError *error = NULL;

    do {
        if (!stunt_guest_go(runtime->guest, until_ns, &why, &error)) {
            return stunt_runtime_raise(runtime, L, error);
        }
    } while (why == STUNT_STOPPED_PAUSE);
    return why == STUNT_STOPPED_BREAK ? raise_break(L, runtime) : 0;
}
