/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways back: snapshots inside of QEMU, a state in files, and what this side must forget or take over with it.
 */
#include <string.h>

#include "lib/vm/cmdline.h"
#include "lib/vm/vm.h"
#include "stunt/error.h"

static gboolean set_text(StuntVm *vm, const char *property, const char *text, GError **error)
{
    JsonNode *value = json_node_init_string(json_node_alloc(), text);

    return stunt_vm_qom_set(vm, STUNT_LINK_ID, property, value, error);
}

void stunt_vm_moved(StuntVm *vm)
{
    g_clear_error(&vm->failed);
    vm->stopped = TRUE;
    vm->off = FALSE;
    vm->since = vm->timeline ? stunt_timeline_events(vm->timeline) : 0;
    stunt_shm_renumber(vm->shm);
    stunt_vm_stand(vm);
}

/* Writes a property that puts the machine somewhere else. */
static gboolean put(StuntVm *vm, const char *property, const char *text, GError **error)
{
    if (!stunt_shm_drain(vm->shm, vm->timeline, error) || !set_text(vm, property, text, error)) {
        return FALSE;
    }
    stunt_vm_moved(vm);
    return TRUE;
}

gboolean stunt_vm_snapshot(StuntVm *vm, const char *name, GError **error)
{
    return set_text(vm, "snapshot", name, error);
}

gboolean stunt_vm_rewind(StuntVm *vm, const char *name, GError **error)
{
    return put(vm, "rewind", name, error);
}

gboolean stunt_vm_drop(StuntVm *vm, const char *name, GError **error)
{
    return set_text(vm, "snapshot-drop", name, error);
}

gboolean stunt_vm_check(StuntVm *vm, char **ret_difference, GError **error)
{
    g_autoptr(JsonNode) answer = stunt_vm_qom_get(vm, STUNT_LINK_ID, "snapshot-check", error);

    if (!answer) {
        return FALSE;
    }
    if (json_node_get_value_type(answer) != G_TYPE_STRING) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "snapshot-check is no text");
        return FALSE;
    }
    *ret_difference = json_node_dup_string(answer);
    return TRUE;
}

/* ---- a state in files ---------------------------------------------------------------------------- */

/* In the properties' text a space ends a word. */
static gboolean check_words(const char *const *words, GError **error)
{
    for (; *words; words++) {
        if (!**words || strpbrk(*words, " \t\n")) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                        "'%s' cannot be used for a machine's state: it is empty or has a space", *words);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_vm_save(StuntVm *vm, const char *state, const char *ram, GError **error)
{
    const char *const words[] = { state, ram, NULL };
    g_autofree char *text = g_strdup_printf("state=%s ram=%s", state, ram);

    return check_words(words, error) && set_text(vm, "template-save", text, error);
}

gboolean stunt_vm_load(StuntVm *vm, const char *name, const char *state, const char *ram, GError **error)
{
    const char *const words[] = { name, state, ram, NULL };
    g_autofree char *text = g_strdup_printf("name=%s state=%s ram=%s", name, state, ram);

    return check_words(words, error) && put(vm, "template-load", text, error);
}

/* ---- a run from there ---------------------------------------------------------------------------- */

gboolean stunt_vm_begin(StuntVm *vm, guint64 seed, GError **error)
{
    JsonNode *value = json_node_init_int(json_node_alloc(), (gint64)seed);

    return stunt_vm_qom_set(vm, STUNT_LINK_ID, "begin", value, error);
}

void stunt_vm_set_timeline(StuntVm *vm, StuntTimeline *timeline)
{
    vm->timeline = timeline;
    vm->since = 0;
    stunt_shm_start_anew(vm->shm, timeline);
}
