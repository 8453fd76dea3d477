/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting the guest to sleep, and hearing of its end. */
#include "lib/guest/guest.h"
#include "stunt/error.h"

#define KERNEL_LEVEL_ERROR 3
#define SYNC_NS            G_GUINT64_CONSTANT(1000000000) /* for the kernel's last words; it is awake */

static gboolean asleep_or_done(gpointer data)
{
    const StuntGuest *guest = data;

    return guest->sleep.asleep || guest->sleep.command->done;
}

/* What its kernel complained of since then, one line. */
static char *complaints(const StuntGuest *guest, guint from)
{
    GString *text = g_string_new(NULL);

    for (guint i = from; i < guest->log->len; i++) {
        const StuntKmsg *line = guest->log->pdata[i];

        if (line->level <= KERNEL_LEVEL_ERROR) {
            g_string_append_printf(text, "%s%s", text->len ? "; " : "", line->text);
        }
    }
    return g_string_free(text, FALSE);
}

static gboolean refused(StuntGuest *guest, const StuntCommand *command, guint from, GError **error)
{
    g_autofree char *said = g_strstrip(g_strdup(command->err->str)), *logged = NULL;

    if (!stunt_guest_sync(guest, stunt_vm_now_ns(guest->vm) + SYNC_NS, error)) {
        return FALSE;
    }
    logged = complaints(guest, from);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the guest did not fall asleep: %s%s%s",
                *said ? said : "its command ended without a word", *logged ? "; its kernel: " : "", logged);
    return FALSE;
}

gboolean stunt_guest_suspend(StuntGuest *guest, const char *const *argv, guint64 deadline_ns, GError **error)
{
    const guint from = guest->log->len;
    StuntCommand *command = stunt_guest_spawn(guest, argv, error);

    if (!command) {
        return FALSE;
    }
    guest->sleep = (StuntGuestSleep){ .command = command };
    if (!stunt_guest_converse(guest, asleep_or_done, guest, deadline_ns, NULL, error)) {
        return FALSE;
    }
    if (!guest->sleep.asleep) {
        stunt_guest_awake(guest);
        return refused(guest, command, from, error);
    }
    return TRUE;
}

const StuntGuestSleep *stunt_guest_sleeping(const StuntGuest *guest)
{
    return guest->sleep.command ? &guest->sleep : NULL;
}

void stunt_guest_awake(StuntGuest *guest)
{
    guest->sleep = (StuntGuestSleep){ 0 };
}

void stunt_guest_slept(StuntGuest *guest)
{
    if (!guest->sleep.asleep) {
        guest->sleep.asleep = TRUE;
        guest->sleep.asleep_ns = stunt_vm_now_ns(guest->vm);
    }
}
