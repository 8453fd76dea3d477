/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums of files, against damage, not against malice. */
#ifndef STUNT_START_SUM_H
#define STUNT_START_SUM_H

#include <glib.h>

/*
 * 128 bits of the file's length and content (XXH3) in hexadecimal; whether pages of zeros are holes in it
 * makes no difference. Reads at memory speed what is in the page cache. Free with g_free. Errors: MISSING.
 */
char *stunt_sum_fd(int fd, const char *name, GError **error);
char *stunt_sum_file(const char *path, GError **error);

#endif
