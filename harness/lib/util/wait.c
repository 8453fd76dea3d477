/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/util/wait.h"

static gboolean on_timeout(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean stunt_wait_until(StuntDoneFunc *done, gpointer data, guint64 timeout_ms)
{
    gboolean late = FALSE;
    guint timer = 0;

    if (done(data)) {
        return TRUE;
    }
    if (timeout_ms) {
        timer = g_timeout_add(MIN(timeout_ms, G_MAXUINT), on_timeout, &late);
    }
    do {
        g_main_context_iteration(NULL, TRUE);
    } while (!done(data) && !late);

    if (timer && !late) {
        g_source_remove(timer);
    }
    return done(data);
}
