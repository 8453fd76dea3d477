/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's own ways to keep a machine: a snapshot in a qcow2 image (savevm, loadvm), and a migration stream.
 * Both files are memory. What the harness knows of the guest goes along, as with our own ways.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/bench/stock-state.h"
#include "lib/vm/vm.h"
#include "stunt/error.h"

struct StuntStockState {
    int disk, stream;    /* files */
    struct stunt_shm at; /* the stop at which it was saved; no other member counts */
    JsonNode *guest;
};

/* ---- QMP ------------------------------------------------------------------------------------------ */

static gboolean qmp(StuntVm *vm, JsonNode **ret_result, GError **error, const char *command,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);

/* format: of the arguments, as JSON. */
static gboolean qmp(StuntVm *vm, JsonNode **ret_result, GError **error, const char *command,
                    const char *format, ...)
{
    g_autofree char *text = NULL;
    JsonNode *arguments;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    arguments = json_from_string(text, error);
    return arguments && stunt_vm_qmp(vm, command, arguments, ret_result, error);
}

/* A command of QEMU's human monitor, which says something only when it fails. */
static gboolean hmp(StuntVm *vm, const char *line, GError **error)
{
    g_autoptr(JsonNode) result = NULL;
    const char *said;

    if (!qmp(vm, &result, error, "human-monitor-command", "{'command-line': '%s'}", line)) {
        return FALSE;
    }
    said = json_node_get_string(result);
    if (said && *said) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "%s: %s", line, said);
        return FALSE;
    }
    return TRUE;
}

/* Hands the file over under the name "stream", to be read or written from its beginning. */
static gboolean pass_stream(const StuntStockState *state, StuntVm *vm, GError **error)
{
    lseek(state->stream, 0, SEEK_SET);
    stunt_qmp_pass_fd(vm->qmp, state->stream);
    return qmp(vm, NULL, error, "getfd", "{'fdname': 'stream'}");
}

/* Asks until the migration, either way, has ended. */
static gboolean wait_migrated(StuntVm *vm, GError **error)
{
    for (;;) {
        g_autoptr(JsonNode) result = NULL;
        const char *status;

        if (!stunt_vm_qmp(vm, "query-migrate", NULL, &result, error)) {
            return FALSE;
        }
        status = json_object_get_string_member_with_default(json_node_get_object(result), "status", "none");
        if (g_str_equal(status, "completed")) {
            return TRUE;
        }
        if (g_str_equal(status, "failed") || g_str_equal(status, "cancelled")) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "the migration stream: %s", status);
            return FALSE;
        }
    }
}

/* ---- saving --------------------------------------------------------------------------------------- */

/* A job that has ended stays listed until it is dismissed, which fails before. */
static gboolean wait_job(StuntVm *vm, const char *id, GError **error)
{
    for (;;) {
        g_autoptr(JsonNode) result = NULL;
        JsonObject *job;

        if (!stunt_vm_qmp(vm, "query-jobs", NULL, &result, error)) {
            return FALSE;
        }
        job = json_array_get_object_element(json_node_get_array(result), 0);
        if (g_str_equal(json_object_get_string_member(job, "status"), "concluded")) {
            if (json_object_has_member(job, "error")) {
                g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "%s: %s", id,
                            json_object_get_string_member(job, "error"));
                return FALSE;
            }
            return qmp(vm, NULL, error, "job-dismiss", "{'id': '%s'}", id);
        }
    }
}

static gboolean save_to_disk(const StuntStockState *state, StuntVm *vm, GError **error)
{
    return qmp(vm, NULL, error, "blockdev-add",
               "{'driver': 'file', 'node-name': 'file', 'filename': '/proc/%d/fd/%d'}", (int)getpid(),
               state->disk) &&
           qmp(vm, NULL, error, "blockdev-create",
               "{'job-id': 'create', 'options': {'driver': 'qcow2', 'file': 'file', 'size': 65536}}") &&
           wait_job(vm, "create", error) &&
           qmp(vm, NULL, error, "blockdev-add", "{'driver': 'qcow2', 'node-name': 'disk', 'file': 'file'}") &&
           hmp(vm, "savevm ready", error);
}

static gboolean save_to_stream(const StuntStockState *state, StuntVm *vm, GError **error)
{
    return pass_stream(state, vm, error) &&
           qmp(vm, NULL, error, "migrate-set-parameters", "{'max-bandwidth': %d}", G_MAXINT) &&
           qmp(vm, NULL, error, "migrate", "{'uri': 'fd:stream'}") && wait_migrated(vm, error);
}

StuntStockState *stunt_stock_state_save(StuntRig *rig, GError **error)
{
    g_autoptr(StuntStockState) state = g_new0(StuntStockState, 1);

    state->disk = state->stream = -1;
    state->disk = memfd_create("disk", MFD_CLOEXEC);
    state->stream = memfd_create("stream", MFD_CLOEXEC);
    if (state->disk < 0 || state->stream < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "no file in memory: %s", g_strerror(errno));
        return NULL;
    }
    state->at = *stunt_shm_header(rig->vm->shm);
    state->guest = stunt_guest_to_json(rig->guest);
    /* the stream first: a migrated machine gives up the disks that it had */
    if (!save_to_stream(state, rig->vm, error) || !save_to_disk(state, rig->vm, error)) {
        return NULL;
    }
    return g_steal_pointer(&state);
}

static void close_file(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

void stunt_stock_state_free(StuntStockState *state)
{
    if (state) {
        close_file(state->disk);
        close_file(state->stream);
        g_clear_pointer(&state->guest, json_node_unref);
        g_free(state);
    }
}

/* ---- loading -------------------------------------------------------------------------------------- */

/* The machine stands where it was saved: so do the harness's part of the shared memory, and the guest. */
static gboolean take_over(const StuntStockState *state, StuntRig *rig, GError **error)
{
    struct stunt_shm *shm = stunt_shm_header(rig->vm->shm);

    shm->stop_reason = state->at.stop_reason;
    shm->stop_arg = state->at.stop_arg;
    shm->stop_seq = state->at.stop_seq;
    shm->stop_time_ns = state->at.stop_time_ns;
    shm->rx_len = 0;
    stunt_vm_moved(rig->vm);
    g_clear_pointer(&rig->guest, stunt_guest_free);
    rig->guest = stunt_guest_new(rig->vm);
    return stunt_guest_from_json(rig->guest, state->guest, error);
}

/* Loading resets the devices first, which is no part of what the machine does. */
static gboolean finish(const StuntStockState *state, StuntRig *rig, gboolean loaded, GError **error)
{
    stunt_vm_listen(rig->vm, TRUE);
    return loaded && take_over(state, rig, error);
}

gboolean stunt_stock_state_loadvm(const StuntStockState *state, StuntRig *rig, GError **error)
{
    stunt_vm_listen(rig->vm, FALSE);
    return finish(state, rig, hmp(rig->vm, "loadvm ready", error), error);
}

gboolean stunt_stock_state_incoming(const StuntStockState *state, StuntRig *rig, StuntMachine *machine,
                                    GError **error)
{
    if (machine) {
        g_ptr_array_add(machine->option, g_strdup("-incoming"));
        g_ptr_array_add(machine->option, g_strdup("defer"));
    }
    if (!stunt_rig_make(rig, machine, error)) {
        return FALSE;
    }
    stunt_vm_listen(rig->vm, FALSE);
    return finish(state, rig,
                  pass_stream(state, rig->vm, error) &&
                      qmp(rig->vm, NULL, error, "migrate-incoming", "{'uri': 'fd:stream'}") &&
                      wait_migrated(rig->vm, error),
                  error);
}
