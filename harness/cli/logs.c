/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing event logs. */
#include <string.h>

#include "logs.h"

#define START_NOTE "  -------  start  " /* as the timeline writes it behind the time */
#define AT_END     "(the log ends)"

static gboolean is_start(const char *line)
{
    line += strspn(line, " ");
    line += strspn(line, "0123456789.");
    return g_str_has_prefix(line, START_NOTE);
}

const char *stunt_log_start(const char *log)
{
    while (*log && !is_start(log)) {
        log = strchrnul(log, '\n');
        log += *log != '\0';
    }
    return *log ? log : NULL;
}

void stunt_log_comparison_clear(StuntLogComparison *comparison)
{
    g_clear_pointer(&comparison->first, g_free);
    g_clear_pointer(&comparison->other, g_free);
}

static char *text_of(GBytes *bytes)
{
    gsize len = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;

    return g_strndup(data ? data : "", len);
}

static guint count_lines(const char *from, const char *to)
{
    guint lines = 0;

    for (; from < to; from++) {
        lines += *from == '\n';
    }
    return lines;
}

/* The line that the place is in; at the end of the log another text. */
static char *line_at(const char *log, const char *place)
{
    while (place > log && place[-1] != '\n') {
        place--;
    }
    return *place ? g_strndup(place, (gsize)(strchrnul(place, '\n') - place)) : g_strdup(AT_END);
}

gboolean stunt_logs_compare(GBytes *first, GBytes *other, StuntLogComparison *ret_comparison)
{
    g_autofree char *first_text = text_of(first), *other_text = text_of(other);
    const char *a = stunt_log_start(first_text), *b = stunt_log_start(other_text);
    gsize same = 0;

    if (!a || !b) {
        a = first_text;
        b = other_text;
    }
    while (a[same] && a[same] == b[same]) {
        same++;
    }
    *ret_comparison = (StuntLogComparison){ .equal_len = same };
    if (!a[same] && !b[same]) {
        return TRUE;
    }
    ret_comparison->line = count_lines(first_text, a + same) + 1;
    ret_comparison->first = line_at(first_text, a + same);
    ret_comparison->other = line_at(other_text, b + same);
    return FALSE;
}
