/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text made fast: the event log has millions of lines, and printf would be most of its cost. */
#ifndef STUNT_UTIL_TEXT_H
#define STUNT_UTIL_TEXT_H

#include <glib.h>

/* Appends value in decimal, at least `width` characters, filled with `fill` on the left. */
void stunt_text_dec(GString *out, guint64 value, guint width, char fill);

/* Appends value as 0x and lower-case hexadecimal digits. */
void stunt_text_hex(GString *out, guint64 value);

/* Appends virtual time in seconds with nine decimals, 16 characters wide. */
void stunt_text_time(GString *out, guint64 time_ns);

/*
 * Appends `len` bytes so that they stay one printable line: a tab becomes a space, other control characters
 * and what is not UTF-8 become \xNN.
 */
void stunt_text_line(GString *out, const char *text, gsize len);

#endif
