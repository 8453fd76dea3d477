/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "migration/migration.h"
#include "qapi/qapi-commands-run-state.h"
#include "sysemu/qtest.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/runstate-action.h"
#include "sysemu/sysemu.h"
#include "sysemu/tcg.h"
#include "core/snapshot.h"
#include "core/snapshot-parts.h"

static GHashTable *snapshots;
static StuntSnapshot *latest; /* taken or rewound to */
static unsigned population;

/* ---- taking ---------------------------------------------------------------------------------------- */

static void snapshot_free(gpointer data)
{
    StuntSnapshot *snapshot = data;

    if (!snapshot) {
        return;
    }
    if (latest == snapshot) {
        latest = NULL;
    }
    stunt_shared_clear(&snapshot->shared);
    g_clear_pointer(&snapshot->state, g_byte_array_unref);
    stunt_ram_copy_free(snapshot->ram);
    g_free(snapshot->name);
    g_free(snapshot);
}

static void came_or_went(DeviceListener *listener, DeviceState *dev)
{
    population++;
}

static void set_up(void)
{
    static DeviceListener listener = { .realize = came_or_went, .unrealize = came_or_went };

    if (!snapshots) {
        snapshots = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, snapshot_free);
        device_listener_register(&listener);
    }
    stunt_cpu_adopt();
}

static bool stands_still(const char *what, Error **errp)
{
    if (runstate_is_running()) {
        error_setg(errp, "%s: the machine runs; stop it first", what);
        return false;
    }
    return true;
}

static bool can_be_saved(const char *what, Error **errp)
{
    if (!stands_still(what, errp)) {
        return false;
    }
    if (!runstate_check(RUN_STATE_PAUSED) && !runstate_check(RUN_STATE_PRELAUNCH)) {
        g_autoptr(StatusInfo) status = qmp_query_status(NULL);

        error_setg(errp, "%s: the machine must be paused, it is in the state '%s'", what,
                   RunState_str(status->status));
        return false;
    }
    return !migration_is_blocked(errp);
}

static bool can_be_kept(const char *what, const char *name, Error **errp)
{
    if (!*name) {
        error_setg(errp, "a snapshot needs a name");
        return false;
    }
    if (!tcg_enabled() && !qtest_enabled()) {
        error_setg(errp, "%s: works with the accelerator tcg only", what);
        return false;
    }
    return true;
}

/* All but the RAM; NULL with an error. */
static StuntSnapshot *new_snapshot(const char *name, Error **errp)
{
    StuntSnapshot *snapshot = g_new0(StuntSnapshot, 1);

    snapshot->name = g_strdup(name);
    snapshot->run_state = runstate_check(RUN_STATE_PRELAUNCH) ? RUN_STATE_PRELAUNCH : RUN_STATE_PAUSED;
    snapshot->population = population;
    snapshot->clocks = stunt_clocks_save();
    stunt_shared_save(&snapshot->shared);
    snapshot->state = stunt_state_save(errp);
    if (!snapshot->state) {
        g_clear_pointer(&snapshot, snapshot_free);
    }
    return snapshot;
}

static void keep(StuntSnapshot *snapshot)
{
    g_hash_table_replace(snapshots, snapshot->name, snapshot);
    latest = snapshot;
}

bool stunt_snapshot_take(const char *name, Error **errp)
{
    StuntSnapshot *snapshot;

    if (!can_be_kept("snapshot", name, errp) || !can_be_saved("snapshot", errp)) {
        return false;
    }
    set_up();
    snapshot = new_snapshot(name, errp);
    if (!snapshot) {
        return false;
    }
    snapshot->ram = stunt_ram_copy();
    if (!snapshot->ram) {
        error_setg_errno(errp, errno, "snapshot: no memory for a copy of the RAM");
        snapshot_free(snapshot);
        return false;
    }
    stunt_cpu_flush_tlbs();
    keep(snapshot);
    return true;
}

bool stunt_snapshot_drop(const char *name, Error **errp)
{
    if (!snapshots || !g_hash_table_remove(snapshots, name)) {
        error_setg(errp, "there is no snapshot '%s'", name);
        return false;
    }
    return true;
}

/* ---- going back ------------------------------------------------------------------------------------ */

/* To a run state that may become any that is needed here: out of most others that would abort. */
static void mend_run_state(void)
{
    if (runstate_check(RUN_STATE_SUSPENDED)) { /* its clocks still tick, nobody was told of a stop */
        runstate_set(RUN_STATE_RUNNING);
        vm_stop(RUN_STATE_PAUSED);
    }
    if (!runstate_check(RUN_STATE_PRELAUNCH)) {
        runstate_set(RUN_STATE_PRELAUNCH);
    }
}

/*
 * Devices expect to be loaded when freshly reset, and what a snapshot leaves out stays as the reset made it.
 * A machine that waits for its state does not copy kernel and firmware into RAM again at a reset: that would
 * cost milliseconds and the code translated from them.
 */
static void reset_machine(RunState then)
{
    runstate_set(RUN_STATE_INMIGRATE);
    qemu_system_reset(SHUTDOWN_CAUSE_SNAPSHOT_LOAD);
    runstate_set(then);
}

/* There is no call to take a request back, but one "for no cause" does. */
static void drop_requests(void)
{
    RebootAction action = reboot_action;

    qemu_system_shutdown_request(SHUTDOWN_CAUSE_NONE);
    reboot_action = REBOOT_ACTION_RESET;
    qemu_system_reset_request(SHUTDOWN_CAUSE_NONE);
    reboot_action = action;
}

static bool put_parts_back(const StuntSnapshot *snapshot, Error **errp)
{
    bool ok;

    memory_region_transaction_begin();
    reset_machine(snapshot->run_state);
    stunt_clocks_restore(&snapshot->clocks);
    stunt_ram_restore(snapshot->ram);
    ok = stunt_state_load(snapshot->state, errp);
    memory_region_transaction_commit();
    stunt_clocks_restore(&snapshot->clocks); /* a reset or load may have looked at the time */
    return ok;
}

/* Neither what it was nor what it should be: QEMU refuses to let such a machine go on. */
static void make_unfit(void)
{
    mend_run_state();
    runstate_set(RUN_STATE_INMIGRATE);
    runstate_set(RUN_STATE_INTERNAL_ERROR);
}

static bool put_back(StuntSnapshot *snapshot, Error **errp)
{
    bool ok;

    mend_run_state();
    stunt_trace_mute(true);
    stunt_cpu_keep_code(true);
    ok = put_parts_back(snapshot, errp);
    stunt_cpu_keep_code(false);
    drop_requests();
    stunt_trace_mute(false);
    latest = ok ? snapshot : NULL;
    if (!ok) {
        make_unfit();
        error_prepend(errp, "the machine cannot go on until it is put back to another snapshot: ");
        return false;
    }
    stunt_shared_restore(&snapshot->shared);
    return true;
}

static StuntSnapshot *find(const char *name, Error **errp)
{
    StuntSnapshot *snapshot = snapshots ? g_hash_table_lookup(snapshots, name) : NULL;

    if (!snapshot) {
        error_setg(errp, "there is no snapshot '%s'", name);
    } else if (snapshot->population != population) {
        error_setg(errp, "devices came or went since the snapshot '%s': it does not fit any more", name);
        snapshot = NULL;
    } else if (!stunt_ram_fits(snapshot->ram, errp)) {
        snapshot = NULL;
    }
    return snapshot;
}

bool stunt_snapshot_rewind(const char *name, Error **errp)
{
    StuntSnapshot *snapshot;

    if (!stands_still("rewind", errp)) {
        return false;
    }
    snapshot = find(name, errp);
    return snapshot && put_back(snapshot, errp);
}

bool stunt_begin(uint64_t seed, Error **errp)
{
    if (!stands_still("begin", errp)) {
        return false;
    }
    if (stunt_trace.engine.n_rules) {
        error_setg(errp, "begin: a rule is armed already");
        return false;
    }
    stunt_trace.engine.seed = seed;
    stunt_cpu_flush_tlbs();
    return true;
}

/* ---- in files -------------------------------------------------------------------------------------- */

bool stunt_template_save(const StuntTemplatePaths *paths, Error **errp)
{
    StuntSnapshot *snapshot;
    bool ok;

    if (!can_be_saved("template-save", errp)) {
        return false;
    }
    set_up(); /* as where it will be loaded: sections are numbered alike then */
    snapshot = new_snapshot("", errp);
    ok = snapshot && stunt_template_write(snapshot, paths, errp);
    snapshot_free(snapshot);
    stunt_cpu_flush_tlbs();
    return ok;
}

bool stunt_template_load(const char *name, const StuntTemplatePaths *paths, Error **errp)
{
    StuntSnapshot *snapshot;

    if (!can_be_kept("template-load", name, errp) || !stands_still("template-load", errp)) {
        return false;
    }
    set_up();
    snapshot = g_new0(StuntSnapshot, 1);
    snapshot->name = g_strdup(name);
    snapshot->population = population;
    if (!stunt_template_read(snapshot, paths, errp) || !put_back(snapshot, errp)) {
        snapshot_free(snapshot);
        return false;
    }
    keep(snapshot);
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------------- */

char *stunt_snapshot_check(Error **errp)
{
    g_autoptr(GByteArray) state = NULL;
    char *difference;

    if (!stands_still("snapshot-check", errp)) {
        return NULL;
    }
    if (!latest) {
        error_setg(errp, "snapshot-check: there is no snapshot to compare with");
        return NULL;
    }
    if (!find(latest->name, errp)) {
        return NULL;
    }
    state = stunt_state_save(errp);
    if (!state) {
        return NULL;
    }
    difference = stunt_state_compare(latest->state, state);
    if (!*difference) {
        g_free(difference);
        difference = stunt_ram_compare(latest->ram);
    }
    return difference;
}
