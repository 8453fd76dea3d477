/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's log: records of /dev/kmsg, and the plain lines of a dump. */
#ifndef STUNT_GUEST_KMSG_H
#define STUNT_GUEST_KMSG_H

#include "stunt/guest.h"

/* "6,339,5140900,-;text\n KEY=value\n" as read from /dev/kmsg. NULL when it is nothing of the kind. */
StuntKmsg *stunt_kmsg_parse(const char *record, gsize len);

/* "[    5.140900] text" as in a dump, "<6>" before it where the dump has levels. NULL for anything else. */
StuntKmsg *stunt_kmsg_parse_line(const char *line);

/* Takes text. Lines never change, so logs share them: stunt_kmsg_ref(). */
StuntKmsg *stunt_kmsg_new(guint level, guint64 seq, guint64 time_us, char *text);
#define stunt_kmsg_ref(kmsg) g_rc_box_acquire(kmsg)
void stunt_kmsg_unref(StuntKmsg *kmsg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntKmsg, stunt_kmsg_unref)

#endif
