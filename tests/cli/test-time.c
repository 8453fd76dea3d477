/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations as people write them. */
#include "common.h"
#include "stunt/scenario.h"

static void good_times(void)
{
    static const struct {
        const char *text;
        guint64 ns;
    } rows[] = {
        { "10ns", 10 },
        { "5us", 5000 },
        { "100ms", 100000000 },
        { "2s", 2000000000 },
        { "2.5s", 2500000000 },
        { "0.000000001s", 1 },
        { "1 min", 60000000000 },
        { "2h", 7200000000000 },
        { "0s", 0 },
        { ".5ms", 500000 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 ns = 1234567;

        g_assert_true(stunt_time_parse(rows[i].text, &ns, NULL));
        g_assert_cmpuint(ns, ==, rows[i].ns);
    }
}

static void bad_times(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "is no time" },           { "5", "is no time" },
        { "ms", "is no time" },         { "-5ms", "is no time" },
        { "5 parsecs", "is no time" },  { "1.2.3s", "is no time" },
        { "5ms ", "is no time" },       { "1e3s", "is no time" },
        { "0.5ns", "no whole number" }, { "1.0000000001s", "no whole number" },
        { "99999999h", "too long" },    { "9223372036854775807ns", "is no time" },
        { "0x10ms", "is no time" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        guint64 ns = 42;

        g_assert_false(stunt_time_parse(rows[i].text, &ns, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
        g_assert_cmpuint(ns, ==, 42);
    }
}

static void shown_times(void)
{
    static const struct {
        guint64 ns;
        const char *text;
    } rows[] = {
        { 0, "0 ns" },           { 999, "999 ns" },           { 1500, "1.500 us" },
        { 100000000, "100 ms" }, { 34932000000, "34.932 s" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = stunt_time_format(rows[i].ns);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/time/good", good_times);
    g_test_add_func("/time/bad", bad_times);
    g_test_add_func("/time/shown", shown_times);
    return g_test_run();
}
