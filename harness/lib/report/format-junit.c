/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Report format "junit": the XML that continuous-integration servers read. FAIL is a failure, INVALID and
 * ERROR are errors. */
#include "stunt/report.h"

char *stunt_format_junit(const GPtrArray *results);

#define MS_PER_S 1000

static void append_time(GString *text, guint64 ms)
{
    g_string_append_printf(text, " time=\"%" G_GUINT64_FORMAT ".%03u\"", ms / MS_PER_S,
                           (guint)(ms % MS_PER_S));
}

/* "dma/lost" is test "lost" of class "dma". */
static void append_name(GString *text, const char *name)
{
    g_autofree char *folder = g_path_get_dirname(name);
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *class_name = stunt_xml_escape(g_str_equal(folder, ".") ? "stunt" : folder);
    g_autofree char *test_name = stunt_xml_escape(base);

    g_string_append_printf(text, "    <testcase classname=\"%s\" name=\"%s\"", class_name, test_name);
}

static void append_outcome(GString *text, const char *element, const StuntResult *result)
{
    g_autofree char *reason = stunt_xml_escape(result->reason);
    g_autofree char *detail = stunt_xml_escape(result->detail);
    g_autofree char *replay = stunt_xml_escape(result->replay);

    g_string_append_printf(text,
                           ">\n      <%s type=\"%s\" message=\"%s\">%s\nreplay: %s</%s>\n    </testcase>\n",
                           element, stunt_status_name(result->status), reason, detail, replay, element);
}

static void append_case(GString *text, const StuntResult *result)
{
    g_autofree char *reason = stunt_xml_escape(result->reason);

    append_name(text, result->name);
    append_time(text, result->wall_ms);
    switch (result->status) {
    case STUNT_PASS:
        g_string_append(text, "/>\n");
        break;
    case STUNT_SKIP:
        g_string_append_printf(text, ">\n      <skipped message=\"%s\"/>\n    </testcase>\n", reason);
        break;
    case STUNT_FAIL:
        append_outcome(text, "failure", result);
        break;
    case STUNT_INVALID:
    case STUNT_BROKEN:
        append_outcome(text, "error", result);
        break;
    }
}

char *stunt_format_junit(const GPtrArray *results)
{
    GString *text = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    guint failures = 0, errors = 0, skipped = 0;
    guint64 wall_ms = 0;

    for (guint i = 0; i < results->len; i++) {
        const StuntResult *result = results->pdata[i];

        failures += result->status == STUNT_FAIL;
        errors += result->status == STUNT_INVALID || result->status == STUNT_BROKEN;
        skipped += result->status == STUNT_SKIP;
        wall_ms += result->wall_ms;
    }
    g_string_append_printf(
        text, "  <testsuite name=\"stunt\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
        results->len, failures, errors, skipped);
    append_time(text, wall_ms);
    g_string_append(text, ">\n");
    for (guint i = 0; i < results->len; i++) {
        append_case(text, results->pdata[i]);
    }
    g_string_append(text, "  </testsuite>\n</testsuites>\n");
    return g_string_free(text, FALSE);
}
