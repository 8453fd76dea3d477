/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Report format "ktap": the kernel's Test Anything Protocol (Documentation/dev-tools/ktap.rst). */
#include "stunt/report.h"

char *stunt_format_ktap(const GPtrArray *results);

/* Lines of the text as diagnostics. */
static void append_comment(GString *text, const char *comment)
{
    g_auto(GStrv) lines = g_strsplit(comment, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        if (*lines[i]) {
            g_string_append_printf(text, "# %s\n", lines[i]);
        }
    }
}

/* A '#' would begin a directive. */
static char *clean(const char *line)
{
    char *copy = g_strdup(line);

    return g_strdelimit(copy, "#\n\r", ' ');
}

static void append_result(GString *text, guint number, const StuntResult *result)
{
    gboolean ok = result->status == STUNT_PASS || result->status == STUNT_SKIP;
    g_autofree char *name = clean(result->name);

    if (!ok) {
        g_autofree char *reason =
            g_strdup_printf("%s: %s", stunt_status_name(result->status), result->reason);
        g_autofree char *replay = g_strdup_printf("replay: %s", result->replay);

        append_comment(text, reason);
        append_comment(text, result->detail);
        append_comment(text, replay);
    }
    g_string_append_printf(text, "%s %u %s", ok ? "ok" : "not ok", number, name);
    if (result->status == STUNT_SKIP) {
        g_autofree char *reason = clean(result->reason);

        g_string_append_printf(text, " # SKIP %s", reason);
    }
    g_string_append_c(text, '\n');
}

char *stunt_format_ktap(const GPtrArray *results)
{
    GString *text = g_string_new("KTAP version 1\n");

    g_string_append_printf(text, "1..%u\n", results->len);
    for (guint i = 0; i < results->len; i++) {
        append_result(text, i + 1, results->pdata[i]);
    }
    return g_string_free(text, FALSE);
}
