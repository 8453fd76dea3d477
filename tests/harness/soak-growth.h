/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this process and the machines that it started grow: memory and descriptors, as /proc tells them.
 * QEMU's translated code is told apart: code that a scenario brings is translated in each run, until the room
 * for it is full and is emptied.
 */
#ifndef STUNT_SOAK_GROWTH_H
#define STUNT_SOAK_GROWTH_H

#include <glib.h>

typedef struct Growth Growth;

Growth *growth_new(void);
void growth_free(Growth *growth); /* NULL is fine */

/*
 * Looks at all of them; the first looks at each are its warm-up. FALSE when one has grown since, which is
 * printed. To be called when no scenario runs.
 */
gboolean growth_look(Growth *growth);

/* How many machines there have been, and whether there were looks enough to tell growth. */
guint growth_machines(const Growth *growth);
gboolean growth_was_measured(const Growth *growth);

/* What is there now, several lines. Free with g_free. */
char *growth_text(const Growth *growth);

#endif
