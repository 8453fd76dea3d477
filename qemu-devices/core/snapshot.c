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

/* The harness's side: stop fields and messages in the shared memory. */
typedef struct SharedPart {
    uint32_t reason, arg; /* of StuntStop */
    uint32_t stop_reason, stop_arg;
    uint64_t stop_seq, stop_time_ns;
    uint32_t len[3]; /* of the messages, by StuntArea */
    uint8_t *message[3];
} SharedPart;

typedef struct Snapshot {
    char *name;
    GByteArray *state;
    StuntRamCopy *ram;
    StuntClocks clocks;
    SharedPart shared;
    RunState run_state;  /* PAUSED or PRELAUNCH */
    unsigned population; /* how often devices had come and gone */
} Snapshot;

static GHashTable *snapshots;
static Snapshot *latest; /* taken or rewound to */
static unsigned population;

/* ---- shared memory --------------------------------------------------------------------------------- */

static uint32_t *message_len(unsigned area)
{
    struct stunt_shm *shm = stunt_trace.shm;

    return area == STUNT_AREA_TX ? &shm->tx_len : area == STUNT_AREA_RX ? &shm->rx_len : &shm->dump_len;
}

static void keep_shared(SharedPart *part)
{
    const struct stunt_shm *shm = stunt_trace.shm;

    part->reason = stunt_trace.stop.reason;
    part->arg = stunt_trace.stop.arg;
    if (!shm) {
        return;
    }
    part->stop_reason = shm->stop_reason;
    part->stop_arg = shm->stop_arg;
    part->stop_seq = shm->stop_seq;
    part->stop_time_ns = shm->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(part->len); area++) {
        part->len[area] = MIN(*message_len(area), stunt_trace.area_capacity[area]);
        part->message[area] = g_memdup2(stunt_trace.area[area], part->len[area]);
    }
}

static void put_shared_back(const SharedPart *part)
{
    struct stunt_shm *shm = stunt_trace.shm;

    stunt_trace.stop.reason = part->reason;
    stunt_trace.stop.arg = part->arg;
    if (!shm) {
        return;
    }
    shm->stop_reason = part->stop_reason;
    shm->stop_arg = part->stop_arg;
    shm->stop_seq = part->stop_seq;
    shm->stop_time_ns = part->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(part->len); area++) {
        *message_len(area) = part->len[area];
        if (part->len[area]) {
            memcpy(stunt_trace.area[area], part->message[area], part->len[area]);
        }
    }
}

/* ---- taking ---------------------------------------------------------------------------------------- */

static void snapshot_free(gpointer data)
{
    Snapshot *snapshot = data;

    if (!snapshot) {
        return;
    }
    if (latest == snapshot) {
        latest = NULL;
    }
    for (unsigned area = 0; area < ARRAY_SIZE(snapshot->shared.message); area++) {
        g_free(snapshot->shared.message[area]);
    }
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

static bool can_be_taken(const char *name, Error **errp)
{
    if (!*name) {
        error_setg(errp, "a snapshot needs a name");
        return false;
    }
    if (!stands_still("snapshot", errp)) {
        return false;
    }
    if (!runstate_check(RUN_STATE_PAUSED) && !runstate_check(RUN_STATE_PRELAUNCH)) {
        g_autoptr(StatusInfo) status = qmp_query_status(NULL);

        error_setg(errp, "snapshot: the machine must be paused, it is in the state '%s'",
                   RunState_str(status->status));
        return false;
    }
    if (!tcg_enabled() && !qtest_enabled()) {
        error_setg(errp, "snapshot: works with the accelerator tcg only");
        return false;
    }
    return !migration_is_blocked(errp);
}

bool stunt_snapshot_take(const char *name, Error **errp)
{
    Snapshot *snapshot;

    if (!can_be_taken(name, errp)) {
        return false;
    }
    set_up();
    snapshot = g_new0(Snapshot, 1);
    snapshot->name = g_strdup(name);
    snapshot->run_state = runstate_check(RUN_STATE_PRELAUNCH) ? RUN_STATE_PRELAUNCH : RUN_STATE_PAUSED;
    snapshot->population = population;
    snapshot->clocks = stunt_clocks_save();
    keep_shared(&snapshot->shared);
    snapshot->state = stunt_state_save(errp);
    if (!snapshot->state) {
        snapshot_free(snapshot);
        return false;
    }
    snapshot->ram = stunt_ram_copy();
    if (!snapshot->ram) {
        error_setg_errno(errp, errno, "snapshot: no memory for a copy of the RAM");
        snapshot_free(snapshot);
        return false;
    }
    stunt_cpu_flush_tlbs();
    g_hash_table_replace(snapshots, snapshot->name, snapshot);
    latest = snapshot;
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

static bool put_back(Snapshot *snapshot, Error **errp)
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

static Snapshot *find(const char *name, Error **errp)
{
    Snapshot *snapshot = snapshots ? g_hash_table_lookup(snapshots, name) : NULL;

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
    Snapshot *snapshot;
    bool ok;

    if (!stands_still("rewind", errp)) {
        return false;
    }
    snapshot = find(name, errp);
    if (!snapshot) {
        return false;
    }
    mend_run_state();
    stunt_trace_mute(true);
    stunt_cpu_keep_code(true);
    ok = put_back(snapshot, errp);
    stunt_cpu_keep_code(false);
    drop_requests();
    stunt_trace_mute(false);
    put_shared_back(&snapshot->shared);
    latest = snapshot;
    return ok;
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
