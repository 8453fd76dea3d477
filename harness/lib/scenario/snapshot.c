/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/health.h"
#include "lib/scenario/rules.h"
#include "lib/scenario/snapshot.h"
#include "lib/vm/cmdline.h"

struct StuntScenarioSnapshot {
    char *name;   /* the script's */
    char *handle; /* QEMU's; no script can hit a name that others use there */
    guint64 time_ns;
    gsize events;  /* how many were on the timeline when it was taken */
    gsize arrived; /* how many when it was taken or last gone back to */
    StuntGuestMark *guest;
    StuntRulesMark *rules;
    GRand *rand;
};

void stunt_scenario_snapshot_free(StuntScenarioSnapshot *snapshot)
{
    if (snapshot) {
        g_free(snapshot->name);
        g_free(snapshot->handle);
        stunt_guest_mark_free(snapshot->guest);
        stunt_rules_mark_free(snapshot->rules);
        g_clear_pointer(&snapshot->rand, g_rand_free);
        g_free(snapshot);
    }
}

static void note(StuntRuntime *runtime, const char *kind, const StuntScenarioSnapshot *snapshot)
{
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), kind, snapshot->name);
    stunt_runtime_progress(runtime, kind);
}

StuntScenarioSnapshot *stunt_snapshot_find(const StuntRuntime *runtime, const char *name)
{
    for (guint i = 0; i < runtime->snapshot->len; i++) {
        StuntScenarioSnapshot *snapshot = runtime->snapshot->pdata[i];

        if (g_str_equal(snapshot->name, name)) {
            return snapshot;
        }
    }
    return NULL;
}

guint64 stunt_snapshot_time_ns(const StuntScenarioSnapshot *snapshot)
{
    return snapshot->time_ns;
}

GPtrArray *stunt_snapshot_names(const StuntRuntime *runtime)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < runtime->snapshot->len; i++) {
        g_ptr_array_add(names, ((StuntScenarioSnapshot *)runtime->snapshot->pdata[i])->name);
    }
    return names;
}

/* ---- taking -------------------------------------------------------------------------------------- */

/* Those that were forgotten stay in QEMU under their handles, until these are used again or all are dropped.
 */
static char *free_handle(const StuntRuntime *runtime)
{
    guint n = runtime->snapshot->len;

    for (guint i = 0; i < n; i++) {
        g_autofree char *handle = g_strdup_printf("scenario-%u", i);
        gboolean used = FALSE;

        for (guint k = 0; k < n; k++) {
            used |= g_str_equal(((StuntScenarioSnapshot *)runtime->snapshot->pdata[k])->handle, handle);
        }
        if (!used) {
            return g_steal_pointer(&handle);
        }
    }
    return g_strdup_printf("scenario-%u", n);
}

gboolean stunt_snapshot_take(StuntRuntime *runtime, const char *name, GError **error)
{
    StuntScenarioSnapshot *old = stunt_snapshot_find(runtime, name), *snapshot;
    g_autofree char *handle = old ? g_strdup(old->handle) : free_handle(runtime);

    if (!stunt_vm_snapshot(runtime->vm, handle, error)) {
        return FALSE;
    }
    snapshot = g_new0(StuntScenarioSnapshot, 1);
    snapshot->name = g_strdup(name);
    snapshot->handle = g_steal_pointer(&handle);
    snapshot->time_ns = stunt_vm_now_ns(runtime->vm);
    snapshot->events = snapshot->arrived = stunt_timeline_events(runtime->timeline);
    snapshot->guest = stunt_guest_mark(runtime->guest);
    snapshot->rules = stunt_rules_mark(runtime);
    snapshot->rand = g_rand_copy(runtime->rand);
    if (old) {
        g_ptr_array_remove(runtime->snapshot, old);
    }
    g_ptr_array_add(runtime->snapshot, snapshot);
    runtime->handles = MAX(runtime->handles, runtime->snapshot->len);
    runtime->at = snapshot;
    note(runtime, "snapshot", snapshot);
    return TRUE;
}

/* ---- going back ---------------------------------------------------------------------------------- */

gboolean stunt_snapshot_is_here(const StuntRuntime *runtime, const StuntScenarioSnapshot *snapshot)
{
    return runtime->at == snapshot && snapshot->time_ns == stunt_vm_now_ns(runtime->vm) &&
           snapshot->arrived == stunt_timeline_events(runtime->timeline);
}

/* As at the end of a run, the rules last. */
gboolean stunt_snapshot_judge(StuntRuntime *runtime, const StuntScenarioSnapshot *target, GError **error)
{
    gboolean fallen = runtime->judged, still = stunt_snapshot_is_here(runtime, target);

    if (runtime->request->session) {
        return stunt_rules_leave(runtime, G_MAXUINT, error);
    }
    /* From a snapshot to itself nothing is given up but rules: the older ones may fire yet. */
    if (!fallen && !still) {
        stunt_health_judge(runtime);
    }
    if (!stunt_rules_leave(runtime, still ? stunt_rules_marked(target->rules) : 0, error)) {
        return FALSE;
    }
    if (runtime->judged && !fallen) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "before going back: %s", runtime->reason);
        return FALSE;
    }
    return TRUE;
}

static void forget_later(StuntRuntime *runtime, const StuntScenarioSnapshot *snapshot)
{
    guint index;

    if (g_ptr_array_find(runtime->snapshot, snapshot, &index)) {
        g_ptr_array_set_size(runtime->snapshot, (gint)index + 1);
    }
}

/* The event to stop at is one of a certain branch. */
static gboolean set_stop(StuntRuntime *runtime, GError **error)
{
    const StuntRunRequest *request = runtime->request;
    const gboolean here = runtime->rewinds == request->stop_after_rewinds;
    JsonNode *value;

    if (!request->stop_at_event) {
        return TRUE;
    }
    value = json_node_init_int(json_node_alloc(), here ? (gint64)request->stop_at_event : 0);
    return stunt_vm_qom_set(runtime->vm, STUNT_LINK_ID, "stop-at-event", value, error);
}

gboolean stunt_snapshot_put_back(StuntRuntime *runtime, StuntScenarioSnapshot *snapshot, GError **error)
{
    if (!stunt_vm_rewind(runtime->vm, snapshot->handle, error)) {
        return FALSE;
    }
    stunt_timeline_hide(runtime->timeline, snapshot->events);
    stunt_guest_rewind(runtime->guest, snapshot->guest);
    stunt_rules_rewind(runtime, snapshot->rules);
    g_rand_free(runtime->rand);
    runtime->rand = g_rand_copy(snapshot->rand);
    snapshot->arrived = stunt_timeline_events(runtime->timeline);
    runtime->at = snapshot;
    forget_later(runtime, snapshot);
    note(runtime, "rewind", snapshot);
    runtime->rewinds++;
    return set_stop(runtime, error);
}

gboolean stunt_snapshot_rewind(StuntRuntime *runtime, StuntScenarioSnapshot *snapshot, GError **error)
{
    return stunt_snapshot_judge(runtime, snapshot, error) && stunt_snapshot_put_back(runtime, snapshot, error);
}

gboolean stunt_snapshot_drop_all(StuntRuntime *runtime, GError **error)
{
    runtime->at = NULL;
    g_ptr_array_set_size(runtime->snapshot, 0);
    for (; runtime->handles; runtime->handles--) {
        g_autofree char *handle = g_strdup_printf("scenario-%u", runtime->handles - 1);

        if (!stunt_vm_drop(runtime->vm, handle, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
