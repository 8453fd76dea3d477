/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people see while scenarios run. */
#include <sys/ioctl.h>
#include <unistd.h>

#include "show.h"
#include "stunt/report.h"

#define TICK_MS        500
#define DEFAULT_WIDTH  80
#define NAME_WIDTH_MIN 24
#define NAME_WIDTH_MAX 48
#define CLEAR_LINE     "\r\033[K"

typedef struct {
    gboolean running;
    gint64 start_us;
    char *what;
} Row;

struct StuntShow {
    FILE *out;
    gboolean terminal, colour;
    const GPtrArray *scenario;
    Row *row;
    guint done, tick;
    int name_width;
    const char *wanted_start; /* NULL: any */
    GHashTable *warned;       /* texts: each is told once */
    gint64 start_us;
};

static const char *name_of(const StuntShow *show, guint index)
{
    return ((StuntScenarioFile *)show->scenario->pdata[index])->name;
}

/* ---- the line of what goes on -------------------------------------------------------------------- */

static guint terminal_width(const StuntShow *show)
{
    struct winsize size;

    return ioctl(fileno(show->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : DEFAULT_WIDTH;
}

static void redraw(StuntShow *show)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *valid = NULL;
    gint64 now_us = g_get_monotonic_time();

    if (!show->terminal) {
        return;
    }
    g_string_printf(text, "[%u/%u]", show->done, show->scenario->len);
    for (guint i = 0; i < show->scenario->len; i++) {
        const Row *row = &show->row[i];

        if (row->running) {
            g_string_append_printf(text, "  %s: %s %.1f s", name_of(show, i),
                                   row->what ? row->what : "starting",
                                   (double)(now_us - row->start_us) / G_USEC_PER_SEC);
        }
    }
    g_string_truncate(text, MIN(text->len, terminal_width(show) - 1));
    valid = g_utf8_make_valid(text->str, (gssize)text->len); /* the cut may have split a letter */
    fprintf(show->out, CLEAR_LINE "%s", valid);
    fflush(show->out);
}

static gboolean on_tick(gpointer data)
{
    redraw(data);
    return G_SOURCE_CONTINUE;
}

/* ---- life ---------------------------------------------------------------------------------------- */

StuntShow *stunt_show_new(FILE *out, const GPtrArray *scenarios)
{
    StuntShow *show = g_new0(StuntShow, 1);
    const char *term = g_getenv("TERM"), *no_colour = g_getenv("NO_COLOR");

    show->out = out;
    show->scenario = scenarios;
    show->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    show->row = g_new0(Row, scenarios->len + 1);
    show->start_us = g_get_monotonic_time();
    show->terminal = isatty(fileno(out)) && term && !g_str_equal(term, "dumb");
    show->colour = show->terminal && !(no_colour && *no_colour);
    show->name_width = NAME_WIDTH_MIN;
    for (guint i = 0; i < scenarios->len; i++) {
        int width = (int)g_utf8_strlen(name_of(show, i), -1);

        show->name_width = CLAMP(width, show->name_width, NAME_WIDTH_MAX);
    }
    show->tick = show->terminal ? g_timeout_add(TICK_MS, on_tick, show) : 0;
    return show;
}

void stunt_show_free(StuntShow *show)
{
    if (show) {
        g_clear_handle_id(&show->tick, g_source_remove);
        for (guint i = 0; i < show->scenario->len; i++) {
            g_free(show->row[i].what);
        }
        g_free(show->row);
        g_hash_table_unref(show->warned);
        g_free(show);
    }
}

void stunt_show_wanted_start(StuntShow *show, const char *kind)
{
    show->wanted_start = kind;
}

void stunt_show_started(StuntShow *show, guint index)
{
    show->row[index].running = TRUE;
    show->row[index].start_us = g_get_monotonic_time();
    redraw(show);
}

void stunt_show_progress(StuntShow *show, guint index, const char *what, guint64 virtual_ns)
{
    (void)virtual_ns;
    g_free(show->row[index].what);
    show->row[index].what = g_strdup(what);
    redraw(show);
}

/* ---- results ------------------------------------------------------------------------------------- */

static const char *colour_of(StuntStatus status)
{
    switch (status) {
    case STUNT_PASS:
        return "\033[32m";
    case STUNT_SKIP:
        return "\033[33m";
    default:
        return "\033[31m";
    }
}

static void print_indented(StuntShow *show, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        if (*lines[i]) {
            fprintf(show->out, "         %s\n", lines[i]);
        }
    }
}

/* The same trouble meets many scenarios. */
static void print_warning(StuntShow *show, const char *text)
{
    if (*text && g_hash_table_add(show->warned, g_strdup(text))) {
        g_autofree char *line = g_strconcat("warning: ", text, NULL);

        print_indented(show, line);
    }
}

/* Where all cells are shown, of which the reason names a few. */
static void print_grid(StuntShow *show, const StuntResult *result)
{
    g_autofree char *folder = g_path_get_dirname(result->events), *quoted = stunt_report_quote(folder);
    g_autofree char *line = g_strconcat("stunt grid ", quoted, NULL);

    if (result->bad_cells && *result->events) {
        print_indented(show, line);
    }
}

static void print_result(StuntShow *show, const StuntResult *result)
{
    g_autofree char *virtual_time = stunt_time_format(result->virtual_ns / 1000000 * 1000000);
    const char *on = show->colour ? colour_of(result->status) : "", *off = show->colour ? "\033[0m" : "";

    fprintf(show->out, "%s%-7s%s  %-*s %7.2f s  (virtual %s)\n", on, stunt_status_name(result->status), off,
            show->name_width, result->name, (double)result->wall_ms / 1000, virtual_time);
    if (show->wanted_start && !g_str_equal(show->wanted_start, result->start)) {
        print_indented(show, result->start_note);
    }
    print_warning(show, result->start_warning);
    if (result->status == STUNT_PASS) {
        return;
    }
    print_indented(show, result->reason);
    if (result->status != STUNT_SKIP) {
        print_indented(show, result->detail);
        print_indented(show, result->replay);
        print_grid(show, result);
    }
}

void stunt_show_clear(StuntShow *show)
{
    if (show->terminal) {
        fputs(CLEAR_LINE, show->out);
        fflush(show->out);
    }
}

void stunt_show_ended(StuntShow *show, guint index)
{
    show->row[index].running = FALSE;
    show->done++;
    redraw(show);
}

void stunt_show_finished(StuntShow *show, guint index, const StuntResult *result)
{
    stunt_show_clear(show);
    print_result(show, result);
    fflush(show->out);
    stunt_show_ended(show, index);
}

void stunt_show_summary(StuntShow *show, const StuntTally *tally, const char *results)
{
    g_autofree char *counts = stunt_tally_text(tally);

    stunt_show_clear(show);
    if (results) {
        fprintf(show->out, "results in %s, after %.1f s\n", results,
                (double)(g_get_monotonic_time() - show->start_us) / G_USEC_PER_SEC);
    }
    fprintf(show->out, "%s\n", counts);
    fflush(show->out);
}
