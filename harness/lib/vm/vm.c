/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util/wait.h"
#include "lib/vm/cmdline.h"
#include "lib/vm/vm.h"
#include "stunt/error.h"

#define DEATH_MS 1000 /* from the closed connection to the end of the process */

static gboolean process_done(gpointer data)
{
    return stunt_process_exited(data);
}

void stunt_vm_explain(StuntVm *vm, GError **error)
{
    g_autofree char *state = NULL, *output = NULL;

    if (!error || !*error || !stunt_qmp_broken(vm->qmp)) {
        return;
    }
    stunt_wait_until(process_done, vm->process, DEATH_MS);
    output = stunt_process_output(vm->process);
    if (stunt_process_exited(vm->process)) {
        state = stunt_process_state_text(vm->process);
        g_clear_error(error);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU %s%s%s", state,
                    *output ? "; its last output:\n" : "", output);
    } else if (*output) {
        g_prefix_error(error, "%s\n", output);
    }
}

static gboolean start(StuntVm *vm, const StuntMachine *machine, const StuntVmTemplate *template,
                      GError **error)
{
    g_auto(GStrv) argv = stunt_machine_argv(machine, template != NULL);
    int fds[STUNT_FD_COUNT], pair[2];
    guint n = STUNT_FD_STATE;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "no socket for QMP: %s", g_strerror(errno));
        return FALSE;
    }
    fds[STUNT_FD_QMP] = pair[1];
    fds[STUNT_FD_SHM] = stunt_shm_fd(vm->shm);
    if (template) {
        fds[STUNT_FD_STATE] = template->state;
        fds[STUNT_FD_RAM] = template->ram;
        fds[STUNT_FD_PAGES] = template->pages;
        n = template->pages < 0 ? STUNT_FD_PAGES : STUNT_FD_COUNT;
    }
    vm->process = stunt_process_new((const char *const *)argv, fds, n, error);
    close(pair[1]);
    vm->qmp = stunt_qmp_new(pair[0], stunt_vm_handle_event, vm);
    return vm->process != NULL;
}

StuntVm *stunt_vm_spawn(const StuntMachine *machine, const StuntVmTemplate *template, StuntTimeline *timeline,
                        GError **error)
{
    g_autoptr(StuntVm) vm = NULL;

    if (!stunt_machine_check(machine, error)) {
        return NULL;
    }
    vm = g_new0(StuntVm, 1);
    vm->timeline = timeline;
    vm->wall_limit_ms = machine->wall_limit_ms;
    vm->realtime = machine->realtime;
    vm->debugged = machine->gdb != NULL;
    vm->stopped = TRUE; /* -S */
    vm->shm = stunt_shm_new(error);
    if (!vm->shm || !start(vm, machine, template, error)) {
        return NULL;
    }
    return g_steal_pointer(&vm);
}

gboolean stunt_vm_connect(StuntVm *vm, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (stunt_qmp_connect(vm->qmp, vm->wall_limit_ms, &why)) {
        return stunt_shm_drain(vm->shm, vm->timeline, error);
    }
    stunt_vm_explain(vm, &why);
    g_propagate_prefixed_error(error, g_steal_pointer(&why), "QEMU did not start: ");
    return FALSE;
}

StuntVm *stunt_vm_new(const StuntMachine *machine, StuntTimeline *timeline, GError **error)
{
    g_autoptr(StuntVm) vm = stunt_vm_spawn(machine, NULL, timeline, error);

    return vm && stunt_vm_connect(vm, error) ? g_steal_pointer(&vm) : NULL;
}

gboolean stunt_vm_is_intact(const StuntVm *vm)
{
    return vm->stopped && !vm->failed && !stunt_qmp_broken(vm->qmp) && !stunt_process_exited(vm->process);
}

void stunt_vm_free(StuntVm *vm)
{
    if (!vm) {
        return;
    }
    stunt_process_free(vm->process);
    stunt_qmp_free(vm->qmp);
    stunt_shm_free(vm->shm);
    g_clear_error(&vm->failed);
    g_free(vm);
}

StuntTimeline *stunt_vm_timeline(const StuntVm *vm)
{
    return vm->timeline;
}

void stunt_vm_listen(StuntVm *vm, gboolean on)
{
    stunt_shm_header(vm->shm)->listening = on;
}

gconstpointer stunt_vm_message(const StuntVm *vm, gsize *ret_len)
{
    return stunt_shm_message(vm->shm, ret_len);
}

gboolean stunt_vm_answer(StuntVm *vm, gconstpointer data, gsize len, GError **error)
{
    if (!stunt_shm_answer(vm->shm, data, len)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED,
                    "an answer of %" G_GSIZE_FORMAT " bytes does not fit", len);
        return FALSE;
    }
    return TRUE;
}

gboolean stunt_vm_answer_pending(const StuntVm *vm)
{
    return stunt_shm_header(vm->shm)->rx_len != 0;
}

gboolean stunt_vm_is_exact(const StuntVm *vm)
{
    return !vm->realtime;
}

const char *stunt_vm_dump(const StuntVm *vm, gsize *ret_len)
{
    return stunt_shm_dump(vm->shm, ret_len);
}

guint64 stunt_vm_events_lost(const StuntVm *vm)
{
    return stunt_shm_header(vm->shm)->lost;
}

char *stunt_vm_qemu_output(StuntVm *vm)
{
    return stunt_process_output(vm->process);
}

pid_t stunt_vm_pid(const StuntVm *vm)
{
    return stunt_process_pid(vm->process);
}

gboolean stunt_vm_command(StuntVm *vm, const char *command, JsonNode *arguments, JsonNode **ret_result,
                          GError **error)
{
    g_autoptr(GError) why = NULL;

    if (stunt_qmp_call(vm->qmp, command, arguments, vm->wall_limit_ms, ret_result, &why)) {
        return TRUE;
    }
    stunt_vm_explain(vm, &why);
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

gboolean stunt_vm_qmp(StuntVm *vm, const char *command, JsonNode *arguments, JsonNode **ret_result,
                      GError **error)
{
    if (stunt_vm_command(vm, command, arguments, ret_result, error)) {
        return TRUE;
    }
    if (!stunt_qmp_broken(vm->qmp)) {
        g_prefix_error(error, "QEMU refused %s: ", command);
    }
    return FALSE;
}

JsonNode *stunt_vm_qom_arguments(const char *device, const char *property, JsonNode *value)
{
    g_autofree char *path = g_strconcat("/machine/peripheral/", device, NULL);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "path", path);
    json_object_set_string_member(object, "property", property);
    if (value) {
        json_object_set_member(object, "value", value);
    }
    json_node_take_object(node, object);
    return node;
}

gboolean stunt_vm_qom_set(StuntVm *vm, const char *device, const char *property, JsonNode *value,
                          GError **error)
{
    return stunt_vm_qmp(vm, "qom-set", stunt_vm_qom_arguments(device, property, value), NULL, error);
}

JsonNode *stunt_vm_qom_get(StuntVm *vm, const char *device, const char *property, GError **error)
{
    JsonNode *result = NULL;

    stunt_vm_qmp(vm, "qom-get", stunt_vm_qom_arguments(device, property, NULL), &result, error);
    return result;
}

const char *const stunt_power_states[STUNT_POWER_STATES] = { "D0", "D1", "D2", "D3hot", "D3cold" };

static gboolean pull(StuntVm *vm, const char *property, GError **error)
{
    JsonNode *value = json_node_init_boolean(json_node_alloc(), TRUE);

    return stunt_vm_qom_set(vm, STUNT_LINK_ID, property, value, error);
}

gboolean stunt_vm_attention(StuntVm *vm, GError **error)
{
    return pull(vm, "attention", error);
}

gboolean stunt_vm_press_power_button(StuntVm *vm, GError **error)
{
    return pull(vm, "power-button", error);
}
