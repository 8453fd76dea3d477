/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/guest/kmsg.h"
#include "lib/oracle/expect.h"
#include "stunt/error.h"

typedef struct {
    char *kind;    /* NULL: any */
    GRegex *regex; /* NULL: any text */
    gint64 count;  /* -1: any number but none */
    gint64 seen;
} Expectation;

struct StuntExpectations {
    GPtrArray *allowed; /* GRegex * */
    GPtrArray *wanted;  /* Expectation * */
    GHashTable *counted; /* StuntKmsg *: heads of expected reports */
};

static void expectation_free(gpointer data)
{
    Expectation *expectation = data;

    g_free(expectation->kind);
    g_clear_pointer(&expectation->regex, g_regex_unref);
    g_free(expectation);
}

StuntExpectations *stunt_expectations_new(void)
{
    StuntExpectations *expectations = g_new0(StuntExpectations, 1);

    expectations->allowed = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    expectations->wanted = g_ptr_array_new_with_free_func(expectation_free);
    expectations->counted = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)stunt_kmsg_unref, NULL);
    return expectations;
}

void stunt_expectations_free(StuntExpectations *expectations)
{
    if (expectations) {
        g_ptr_array_unref(expectations->allowed);
        g_ptr_array_unref(expectations->wanted);
        g_hash_table_unref(expectations->counted);
        g_free(expectations);
    }
}

static GRegex *compile(const char *pattern, GError **error)
{
    g_autoptr(GError) inner = NULL;
    GRegex *regex = g_regex_new(pattern, G_REGEX_RAW, 0, &inner);

    if (!regex) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "pattern '%s': %s", pattern, inner->message);
    }
    return regex;
}

gboolean stunt_expectations_allow(StuntExpectations *expectations, const char *pattern, GError **error)
{
    GRegex *regex = compile(pattern, error);

    if (regex) {
        g_ptr_array_add(expectations->allowed, regex);
    }
    return regex != NULL;
}

gboolean stunt_expectations_add(StuntExpectations *expectations, const char *kind, const char *pattern,
                                gint64 count, GError **error)
{
    GRegex *regex = pattern ? compile(pattern, error) : NULL;
    Expectation *expectation;

    if (pattern && !regex) {
        return FALSE;
    }
    expectation = g_new0(Expectation, 1);
    expectation->kind = g_strdup(kind);
    expectation->regex = regex;
    expectation->count = count;
    g_ptr_array_add(expectations->wanted, expectation);
    return TRUE;
}

/* ---- judging ------------------------------------------------------------------------------------- */

static gboolean has_match(GRegex *regex, const StuntFinding *finding)
{
    for (guint i = 0; i < finding->report->len; i++) {
        if (g_regex_match(regex, finding->report->pdata[i], 0, NULL)) {
            return TRUE;
        }
    }
    return g_regex_match(regex, finding->text, 0, NULL);
}

static gboolean fits(const Expectation *expectation, const StuntFinding *finding)
{
    return (!expectation->kind || g_str_equal(expectation->kind, finding->kind)) &&
           (!expectation->regex || has_match(expectation->regex, finding));
}

gboolean stunt_expectations_has(const StuntExpectations *expectations, const char *kind)
{
    for (guint i = 0; i < expectations->wanted->len; i++) {
        const Expectation *expectation = expectations->wanted->pdata[i];

        if (expectation->kind && g_str_equal(expectation->kind, kind)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean stunt_expectations_allows(const StuntExpectations *expectations, const StuntFinding *finding)
{
    for (guint i = 0; i < expectations->allowed->len; i++) {
        if (has_match(expectations->allowed->pdata[i], finding)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean stunt_expectations_take(StuntExpectations *expectations, StuntFinding *finding, StuntKmsg *head)
{
    if (head && g_hash_table_contains(expectations->counted, head)) {
        return FALSE;
    }
    for (guint i = 0; i < expectations->wanted->len && !finding->expected; i++) {
        Expectation *expectation = expectations->wanted->pdata[i];

        if (fits(expectation, finding) && (expectation->count < 0 || expectation->seen < expectation->count)) {
            expectation->seen++;
            finding->expected = TRUE;
        }
    }
    if (head && finding->expected) {
        g_hash_table_add(expectations->counted, stunt_kmsg_ref(head));
    }
    return TRUE;
}

static gboolean is_full(const Expectation *expectation)
{
    return expectation->count < 0 ? expectation->seen > 0 : expectation->seen >= expectation->count;
}

static char *describe(const Expectation *expectation)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (expectation->kind) {
        g_string_append_printf(text, "kind %s", expectation->kind);
    }
    if (expectation->regex) {
        g_string_append_printf(text, "%spattern '%s'", text->len ? ", " : "",
                               g_regex_get_pattern(expectation->regex));
    }
    return g_strdup(text->str);
}

char *stunt_expectations_missing(const StuntExpectations *expectations)
{
    for (guint i = 0; i < expectations->wanted->len; i++) {
        const Expectation *expectation = expectations->wanted->pdata[i];
        g_autofree char *what = NULL;

        if (!is_full(expectation)) {
            what = describe(expectation);
            return g_strdup_printf("%" G_GINT64_FORMAT " finding%s expected (%s), there %s %" G_GINT64_FORMAT,
                                   MAX(expectation->count, 1), expectation->count > 1 ? "s were" : " was", what,
                                   expectation->seen == 1 ? "was" : "were", expectation->seen);
        }
    }
    return NULL;
}
