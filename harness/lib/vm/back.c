/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways back: snapshots inside of QEMU, a state in files, and what this side must forget or take over with it.
 */
#include <string.h>
#include <unistd.h>

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

/* Words that name the files, for a process in which they are open so. Free with g_free. */
static char *file_words(const char *process, int state, int ram, int pages)
{
    g_autofree char *more = pages < 0 ? NULL : g_strdup_printf(" pages=/proc/%s/fd/%d", process, pages);

    return g_strdup_printf("state=/proc/%s/fd/%d ram=/proc/%s/fd/%d%s", process, state, process, ram,
                           more ? more : "");
}

gboolean stunt_vm_save(StuntVm *vm, const StuntVmTemplate *template, GError **error)
{
    g_autofree char *process = g_strdup_printf("%d", (int)getpid());
    g_autofree char *text = file_words(process, template->state, template->ram, template->pages);

    return set_text(vm, "template-save", text, error);
}

gboolean stunt_vm_load(StuntVm *vm, const char *name, const StuntVmTemplate *template, GError **error)
{
    g_autofree char *files = file_words("self", STUNT_FD_FIRST + STUNT_FD_STATE, STUNT_FD_FIRST + STUNT_FD_RAM,
                                        template->pages < 0 ? -1 : STUNT_FD_FIRST + STUNT_FD_PAGES);
    g_autofree char *text = g_strdup_printf("name=%s %s", name, files);

    if (!*name || strpbrk(name, " \t\n")) { /* in the property's text a space ends a word */
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "'%s' cannot be the name of a snapshot: it is empty or has a space", name);
        return FALSE;
    }
    return put(vm, "template-load", text, error);
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
