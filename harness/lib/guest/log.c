/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/guest/guest.h"
#include "lib/guest/kmsg.h"

#define US_PER_S 1000000

/* Takes kmsg. */
static void add(StuntGuest *guest, StuntKmsg *kmsg)
{
    stunt_guest_note(guest, "kernel", "<%u>[%5" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "] %s", kmsg->level,
                     kmsg->time_us / US_PER_S, kmsg->time_us % US_PER_S, kmsg->text);
    g_ptr_array_add(guest->log, kmsg);
}

gboolean stunt_guest_log_record(StuntGuest *guest, const char *record, gsize len)
{
    StuntKmsg *kmsg = stunt_kmsg_parse(record, len);

    if (!kmsg) {
        return FALSE;
    }
    add(guest, kmsg);
    return TRUE;
}

/* Whether the log has the line already: the kernel's clock only goes forward, so the end of the log tells. */
static gboolean is_known(const StuntGuest *guest, guint from, const StuntKmsg *kmsg)
{
    for (guint i = from; i-- > 0;) {
        const StuntKmsg *old = g_ptr_array_index(guest->log, i);

        if (old->time_us < kmsg->time_us) {
            return FALSE;
        }
        if (old->time_us == kmsg->time_us && strcmp(old->text, kmsg->text) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void add_dumped(StuntGuest *guest, guint from, const char *line)
{
    g_autoptr(StuntKmsg) kmsg = stunt_kmsg_parse_line(line);
    const StuntKmsg *last = from ? g_ptr_array_index(guest->log, from - 1) : NULL;
    const StuntKmsg *newest = guest->log->len ? g_ptr_array_index(guest->log, guest->log->len - 1) : NULL;

    if (!kmsg || (last && kmsg->time_us < last->time_us) || is_known(guest, from, kmsg)) {
        return;
    }
    kmsg->seq = newest ? newest->seq + 1 : 0;
    add(guest, g_steal_pointer(&kmsg));
}

void stunt_guest_log_dump(StuntGuest *guest)
{
    const guint from = guest->log->len; /* lines of the dump itself may be equal */
    gsize len;
    const char *dump = stunt_vm_dump(guest->vm, &len);
    g_autofree char *text = g_strndup(dump, len);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        add_dumped(guest, from, *line);
    }
}

const GPtrArray *stunt_guest_kernel_log(const StuntGuest *guest)
{
    return guest->log;
}
