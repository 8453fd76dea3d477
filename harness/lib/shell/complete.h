/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand at a place in a line: a pure function of the text and of the names that there are. */
#ifndef STUNT_LIB_SHELL_COMPLETE_H
#define STUNT_LIB_SHELL_COMPLETE_H

#include <glib.h>
#include "stunt/setup.h"

/* All borrowed. */
typedef struct {
    const StuntSpec *spec;
    const GPtrArray *device;   /* StuntDeviceDef *, of the machine */
    const GPtrArray *function; /* char *: "vm:run", "device:peek", "step" */
    const GPtrArray *global;   /* char *, other names that stand alone */
    const GPtrArray *bookmark; /* char * */
} StuntNames;

/*
 * The names that may take the place of text[*ret_start … cursor), in order: char *, each once, with free function.
 * Inside of quotes the place is all of the string up to the cursor.
 */
GPtrArray *stunt_complete(const StuntNames *names, const char *text, gsize cursor, gsize *ret_start);

#endif
