/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/limits.h"
#include "lib/scenario/match.h"

/* The table { device = …, class = …, FIELD = …, within = time } on top of the stack. */
static void read_progress(lua_State *L, StuntRuntime *runtime, StuntLimits *limits)
{
    static const char *const others[] = { "within", NULL };

    luaL_checktype(L, -1, LUA_TTABLE);
    limits->sign = stunt_match_query(L, -1, runtime, others);
    limits->within_ns = stunt_bridge_get_ns(L, -1, "within", 0);
    if (limits->sign.class_id < 0) {
        luaL_error(L, "progress: it needs the class of the events that show it");
    }
    if (!limits->within_ns) {
        luaL_error(L, "progress: it needs 'within', the longest time from one such event to the next");
    }
}

StuntLimits stunt_limits_read(lua_State *L, int idx, StuntRuntime *runtime)
{
    static const char *const keys[] = { "timeout", "progress", NULL };
    StuntLimits limits = { .deadline_ns = runtime->deadline_ns };
    guint64 timeout;

    if (lua_isnoneornil(L, idx)) {
        return limits;
    }
    luaL_checktype(L, idx, LUA_TTABLE);
    stunt_bridge_check_keys(L, idx, "options", keys);
    timeout = stunt_bridge_get_ns(L, idx, "timeout", G_MAXUINT64);
    if (timeout < G_MAXUINT64) {
        timeout += stunt_vm_now_ns(runtime->vm);
        limits.deadline_ns = limits.deadline_ns ? MIN(limits.deadline_ns, timeout) : timeout;
    }
    if (lua_getfield(L, idx, "progress") != LUA_TNIL) {
        read_progress(L, runtime, &limits);
    }
    lua_pop(L, 1);
    return limits;
}

/* Moves *last_ns to the latest sign among the events from *seen on, and *seen behind them. */
static void note_signs(const StuntTimeline *timeline, const StuntEventQuery *sign, gsize *seen, guint64 *last_ns)
{
    for (; stunt_timeline_next(timeline, sign, seen); (*seen)++) {
        *last_ns = stunt_timeline_event(timeline, *seen)->time_ns;
    }
}

/* Waits in pieces: a piece ends when the next sign is due. sign: what the query asks for, for the error. */
static gboolean wait_for_signs(StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits,
                               const char *sign, GError **error)
{
    guint64 last_ns = stunt_vm_now_ns(runtime->vm), due_ns;
    gsize seen = stunt_timeline_events(runtime->timeline);

    do {
        g_clear_error(error);
        due_ns = last_ns + limits->within_ns;
        if (limits->deadline_ns && limits->deadline_ns <= due_ns) {
            return stunt_guest_wait(runtime->guest, command, limits->deadline_ns, error);
        }
        if (stunt_guest_wait(runtime->guest, command, due_ns, error)) {
            return TRUE;
        }
        if (!g_error_matches(*error, STUNT_ERROR, STUNT_ERROR_DEADLINE)) {
            return FALSE;
        }
        note_signs(runtime->timeline, &limits->sign, &seen, &last_ns);
    } while (last_ns + limits->within_ns > due_ns);
    g_clear_error(error);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_DEADLINE, "no progress: no %s for %.9f s of virtual time", sign,
                limits->within_ns / 1e9);
    return FALSE;
}

void stunt_limits_wait(lua_State *L, StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits)
{
    GError *error = NULL;
    gboolean done;

    if (limits->within_ns) {
        stunt_match_push_text(L, runtime, &limits->sign);
        done = wait_for_signs(runtime, command, limits, lua_tostring(L, -1), &error);
        lua_pop(L, 1);
    } else {
        done = stunt_guest_wait(runtime->guest, command, limits->deadline_ns, &error);
    }
    if (!done) {
        stunt_runtime_raise(runtime, L, error);
    }
}
