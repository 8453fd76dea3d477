/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for something that the default main context brings about. */
#ifndef STUNT_UTIL_WAIT_H
#define STUNT_UTIL_WAIT_H

#include <glib.h>

typedef gboolean StuntDoneFunc(gpointer data);

/*
 * Runs the default main context until done(data) or until timeout_ms of wall time have passed (0: no limit).
 * Returns whether it was done. Asks before the first iteration, so something already done does not block.
 */
gboolean stunt_wait_until(StuntDoneFunc *done, gpointer data, guint64 timeout_ms);

#endif
