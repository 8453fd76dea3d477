/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/oracle/report.h"

#define LINES_MAX 400     /* of one report */
#define GAP_US    1000000 /* a report is written in one go */
#define LEAD_MAX  2       /* lines from a frame's beginning to the one that says what it is */

static gboolean is_rule(const char *line)
{
    return g_str_has_prefix(line, "=======");
}

static gboolean is_cut(const char *line)
{
    return strstr(line, "[ cut here ]") != NULL;
}

static gboolean ends(const StuntSign *sign, const char *line)
{
    switch (sign->shape) {
    case STUNT_REPORT_TRACE:
        return strstr(line, "</TASK>") != NULL;
    case STUNT_REPORT_FRAME:
        return strstr(line, "---[ end trace") != NULL;
    case STUNT_REPORT_RULE:
        return is_rule(line);
    default:
        return FALSE;
    }
}

typedef struct {
    const GPtrArray *log;
    GArray *found;
    StuntReport now; /* sign NULL: none is open */
    gint frame;      /* line of the last "cut here" or ===== that opens one; -1: none near */
} Search;

static const StuntKmsg *line_at(const Search *search, guint i)
{
    return search->log->pdata[i];
}

static void close_report(Search *search, guint end)
{
    if (search->now.sign) {
        search->now.end = end;
        g_array_append_val(search->found, search->now);
        search->now.sign = NULL;
    }
}

/* What stands between its beginning and line i would have closed it. */
static void open_report(Search *search, guint i, const StuntSign *sign)
{
    close_report(search, i);
    search->now = (StuntReport){ sign, i, i, 0 };
    if (search->frame >= 0 && i - (guint)search->frame <= LEAD_MAX) {
        search->now.first = (guint)search->frame;
    }
    search->frame = -1;
}

static void add_line(Search *search, guint i, const StuntSign *sign)
{
    StuntReport alone = { sign, i, i, i + 1 };

    g_array_append_val(search->found, alone);
}

/* Whether line i begins something else than what is open. */
static gboolean is_another(const Search *search, guint i)
{
    const StuntReport *now = &search->now;
    const char *text = line_at(search, i)->text;

    if (i - now->first >= LINES_MAX ||
        line_at(search, i)->time_us > line_at(search, i - 1)->time_us + GAP_US) {
        return TRUE;
    }
    if (is_cut(text)) {
        return !(now->sign->leads && i == now->head + 1);
    }
    return is_rule(text) && now->sign->shape != STUNT_REPORT_RULE;
}

static void take(Search *search, guint i)
{
    const char *text = line_at(search, i)->text;
    const StuntSign *sign = stunt_sign_of(text);

    if (search->now.sign && is_another(search, i)) {
        close_report(search, i);
    }
    if (sign && sign->shape == STUNT_REPORT_LINE) {
        add_line(search, i, sign);
    } else if (sign && (!search->now.sign || sign->shape == STUNT_REPORT_REST)) {
        open_report(search, i, sign);
    } else if (search->now.sign && ends(search->now.sign, text)) {
        close_report(search, i + 1);
    } else if (!search->now.sign && (is_cut(text) || is_rule(text))) {
        search->frame = (gint)i;
    }
}

static gint by_head(gconstpointer a, gconstpointer b)
{
    const StuntReport *left = a, *right = b;

    return left->head < right->head ? -1 : left->head > right->head;
}

GArray *stunt_reports_find(const GPtrArray *log, guint from)
{
    Search search = { log, g_array_new(FALSE, FALSE, sizeof(StuntReport)), { NULL, 0, 0, 0 }, -1 };

    for (guint i = from; i < log->len; i++) {
        take(&search, i);
    }
    close_report(&search, log->len);
    g_array_sort(search.found, by_head);
    return search.found;
}

GPtrArray *stunt_report_lines(const StuntReport *report, const GPtrArray *log)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = report->first; i < report->end; i++) {
        g_ptr_array_add(lines, g_strdup(((const StuntKmsg *)log->pdata[i])->text));
    }
    return lines;
}
