/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines from templates, and how long they are kept. */
#include <stdio.h>
#include <unistd.h>

#include "lib/start/starter.h"

#define READY "start" /* QEMU's name of the snapshot at the ready point */
#define KEPT_MAX 4    /* free machines of a process: each has memory of its own, and translated code */
#define REWINDS_MAX 2000
#define GROWTH_MAX (G_GUINT64_CONSTANT(256) << 20) /* bytes since its first scenario */

StuntWarm *stunt_warm_spawn(const char *key, const StuntMachine *machine, const StuntTemplate *template,
                            GError **error)
{
    StuntWarm *warm = g_new0(StuntWarm, 1);

    warm->key = g_strdup(key);
    warm->vm = stunt_vm_spawn(machine, &template->file, NULL, error);
    if (!warm->vm) {
        g_clear_pointer(&warm, stunt_warm_free);
    }
    return warm;
}

void stunt_warm_free(StuntWarm *warm)
{
    if (!warm) {
        return;
    }
    g_clear_pointer(&warm->mark, stunt_guest_mark_free);
    stunt_guest_free(warm->guest);
    stunt_vm_free(warm->vm);
    stunt_baseline_clear(&warm->baseline);
    g_free(warm->key);
    g_free(warm);
}

gboolean stunt_warm_load(StuntWarm *warm, const StuntTemplate *template, GError **error)
{
    if (!stunt_vm_connect(warm->vm, error) ||
        !stunt_vm_load(warm->vm, READY, &template->file, error)) {
        return FALSE;
    }
    warm->guest = stunt_guest_new(warm->vm);
    stunt_baseline_copy(&warm->baseline, &template->baseline);
    if (!stunt_guest_from_json(warm->guest, template->guest, error)) {
        return FALSE;
    }
    warm->mark = stunt_guest_mark(warm->guest);
    return TRUE;
}

gboolean stunt_warm_rewind(StuntWarm *warm, guint verify_every, char **ret_difference, GError **error)
{
    if (!stunt_vm_rewind(warm->vm, READY, error)) {
        return FALSE;
    }
    stunt_guest_rewind(warm->guest, warm->mark);
    stunt_guest_drop_forgotten(warm->guest);
    warm->rewinds++;
    return !verify_every || warm->rewinds % verify_every || stunt_vm_check(warm->vm, ret_difference, error);
}

/* ---- those of a starter -------------------------------------------------------------------------- */

StuntWarm *stunt_starter_find_warm(StuntStarter *starter, const char *key)
{
    for (guint i = starter->warm->len; i-- > 0;) {
        StuntWarm *warm = starter->warm->pdata[i];

        if (!warm->busy && g_str_equal(warm->key, key)) {
            return warm;
        }
    }
    return NULL;
}

StuntWarm *stunt_starter_take_spare(StuntStarter *starter, const char *key)
{
    StuntWarm *spare = g_steal_pointer(&starter->spare);

    if (spare && !g_str_equal(spare->key, key)) {
        g_clear_pointer(&spare, stunt_warm_free);
    }
    return spare;
}

void stunt_starter_adopt(StuntStarter *starter, StuntWarm *warm, gboolean keep)
{
    warm->keep = keep;
    g_ptr_array_add(starter->warm, warm);
}

/* Resident bytes of a process; 0 when it is gone. */
static guint64 memory_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/statm", (int)pid);
    g_autofree char *text = NULL;
    guint64 pages = 0;

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        sscanf(text, "%*u %" G_GUINT64_FORMAT, &pages);
    }
    return pages * (guint64)sysconf(_SC_PAGESIZE);
}

static gboolean is_used_up(StuntWarm *warm)
{
    guint64 bytes = memory_of(stunt_vm_pid(warm->vm));

    if (!warm->first_bytes) {
        warm->first_bytes = bytes;
    }
    return warm->rewinds >= REWINDS_MAX || bytes > warm->first_bytes + GROWTH_MAX;
}

static void move_to_end(StuntStarter *starter, StuntWarm *warm)
{
    guint i;

    if (g_ptr_array_find(starter->warm, warm, &i)) {
        g_ptr_array_add(starter->warm, g_ptr_array_steal_index(starter->warm, i));
    }
}

/* The free one that was not used for longest goes. */
static void keep_few(StuntStarter *starter)
{
    for (guint i = 0; starter->warm->len > KEPT_MAX && i < starter->warm->len; i++) {
        if (!((StuntWarm *)starter->warm->pdata[i])->busy) {
            g_ptr_array_remove_index(starter->warm, i);
            return;
        }
    }
}

void stunt_starter_take_back(StuntStarter *starter, StuntWarm *warm)
{
    warm->busy = FALSE;
    if (!warm->keep || !stunt_vm_is_intact(warm->vm) || is_used_up(warm)) {
        g_ptr_array_remove(starter->warm, warm);
        return;
    }
    stunt_vm_set_timeline(warm->vm, NULL);
    move_to_end(starter, warm);
    keep_few(starter);
}
