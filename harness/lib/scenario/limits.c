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

/* Waits in pieces: a piece ends when the next sign is due. FALSE with the error DEADLINE: a sign, or the end, is late. */
static gboolean wait_for_signs(StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits,
                               gboolean *ret_no_sign, GError **error)
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
        note_signs(runtime->timeline, &limits->sign, &seen, &last_ns);
        *ret_no_sign = last_ns + limits->within_ns <= due_ns;
    } while (g_error_matches(*error, STUNT_ERROR, STUNT_ERROR_DEADLINE) && !*ret_no_sign);
    return FALSE;
}

void stunt_limits_wait(lua_State *L, StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits)
{
    GError *error = NULL;
    gboolean no_sign = FALSE;
    gboolean done = limits->within_ns ? wait_for_signs(runtime, command, limits, &no_sign, &error)
                                      : stunt_guest_wait(runtime->guest, command, limits->deadline_ns, &error);

    if (done) {
        return;
    }
    if (no_sign && g_error_matches(error, STUNT_ERROR, STUNT_ERROR_DEADLINE)) {
        g_clear_error(&error);
        stunt_match_push_text(L, runtime, &limits->sign);
        g_set_error(&error, STUNT_ERROR, STUNT_ERROR_DEADLINE, "no progress: no %s for %.9f s of virtual time",
                    lua_tostring(L, -1), limits->within_ns / 1e9);
    }
    stunt_runtime_raise(runtime, L, error);
}
