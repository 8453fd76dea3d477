/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Report formats, and the results folder. A format is one file, report/format-NAME.c, with one function
 * from all results to text, and one word in report/meson.build.
 */
#ifndef STUNT_REPORT_H
#define STUNT_REPORT_H

#include <glib.h>
#include "stunt/grid.h"
#include "stunt/result.h"

/* results: StuntResult *, in order. Free with g_free. */
typedef char *(*StuntReportFunc)(const GPtrArray *results);

typedef struct {
    const char *name; /* "junit" */
    StuntReportFunc write;
} StuntReportFormat;

/* NULL-terminated (name NULL). */
extern const StuntReportFormat stunt_report_formats[];
/* By name; NULL when there is none. */
StuntReportFunc stunt_report_format(const char *name);

/* Text that XML 1.0 can carry: markup escaped, characters it has no way to write shown as \xNN. Free with
 * g_free. */
char *stunt_xml_escape(const char *text);

/* A word for a shell, without quotes where none are needed. Free with g_free. */
char *stunt_report_quote(const char *path);

/* Writes to a file, or to standard output for "-". The file appears whole or not at all. Errors: FAILED. */
gboolean stunt_report_write(const char *file, const char *text, gsize len, GError **error);

/* ---- results folder ------------------------------------------------------------------------------ */

/* ${XDG_STATE_HOME:-~/.local/state}/stunt/results. Free with g_free. */
char *stunt_results_root(void);

/*
 * Makes the folder in which a run under `root` keeps its results: root/<time>-<seed>, with a number appended
 * when that is taken, be it at the same moment. Free with g_free. Errors: FAILED.
 */
char *stunt_results_new_run(const char *root, guint64 seed, GDateTime *time, GError **error);

/* Logs beside a result; NULL is an empty one. */
typedef struct {
    GBytes *events, *kernel;
    GBytes *events_strict; /* of a strict run that did not agree with the turbo run; NULL: there is none */
} StuntResultLogs;

/*
 * Puts result.json, events.log and kernel.log of one result in run/<name>/, and events-strict.log and grid.tsv if there are
 * such; each whole or not at all, result.json last. Sets result->events and result->replay. Errors: FAILED (a
 * full disk, say, and which file).
 */
gboolean stunt_results_save(const char *run, StuntResult *result, const StuntResultLogs *logs,
                            GError **error);

/* The grid beside a result in its folder. Errors: INPUT (it has none; the file is damaged, and where). */
StuntGrid *stunt_results_grid(const StuntResult *result, const char *folder, GError **error);

/* The same, and its cell of that number, owned by the grid. Errors: the same; INPUT (no such cell). */
StuntGrid *stunt_results_cell(const StuntResult *result, const char *folder, guint64 number, const StuntCell **ret_cell,
                              GError **error);

/* Points root/latest to the run's folder. Errors: FAILED. */
gboolean stunt_results_set_latest(const char *root, const char *run, GError **error);

/*
 * Finds a result: a results folder, its result.json, or the name of a scenario in root/latest; and reads it.
 * ret_folder gets the folder, free with g_free. Errors: INPUT (nothing there; suggests a near one).
 */
StuntResult *stunt_results_find(const char *root, const char *word, char **ret_folder, GError **error);

#endif
