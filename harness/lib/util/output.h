/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last output of a child process, for error messages. */
#ifndef STUNT_UTIL_OUTPUT_H
#define STUNT_UTIL_OUTPUT_H

#include <glib.h>

#define STUNT_OUTPUT_MAX (16 * 1024) /* bytes kept */

typedef struct StuntOutput StuntOutput;

/* Follows fd from the default main context. Takes fd, makes it non-blocking, closes it at the end. */
StuntOutput *stunt_output_new(int fd);
void stunt_output_free(StuntOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntOutput, stunt_output_free)

/* Takes in what is there now; does not block. */
void stunt_output_drain(StuntOutput *output);

/* What was written last, whole lines, without trailing white space, valid UTF-8. Free with g_free. */
char *stunt_output_tail(StuntOutput *output);

#endif
