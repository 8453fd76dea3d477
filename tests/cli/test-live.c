/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What guest and model say, as recorded from a machine, side by side against golden files; STUNT_UPDATE_GOLDEN=1
 * writes them anew.
 */
#include "common.h"
#include "lib/live/view.h"

static char *read_file(const char *name)
{
    g_autofree char *file = data_file(name);
    char *text = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return text;
}

static GPtrArray *model_view(void)
{
    g_autofree char *text = read_file("data/live-model.json");
    g_autoptr(JsonNode) answer = json_from_string(text, NULL);
    GPtrArray *view = stunt_live_model_view(answer, NULL);

    g_assert_nonnull(view);
    return view;
}

/* The guest's words with one text in place of another. */
static StuntLive *look(const char *from, const char *to)
{
    g_autofree char *text = read_file("data/live-guest.txt");
    g_auto(GStrv) parts = g_strsplit(text, from ? from : "\1", 2);
    g_autofree char *changed = parts[1] ? g_strconcat(parts[0], to, parts[1], NULL) : g_strdup(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guest = stunt_live_guest_view(changed, &error), model = model_view();
    StuntLive *live;

    g_assert_no_error(error);
    g_assert_true(!from || parts[1]);
    live = stunt_live_compare(guest, model);
    live->title = g_strdup("machine of a test");
    live->release = g_strdup("6.1.0-test");
    live->virtual_ns = G_GUINT64_CONSTANT(4630000000);
    return live;
}

static void check_golden(const char *name, const char *text)
{
    g_autofree char *file = data_file(name);
    g_autofree char *expected = NULL;

    if (g_getenv("STUNT_UPDATE_GOLDEN")) {
        g_assert_true(g_file_set_contents(file, text, -1, NULL));
    }
    g_assert_true(g_file_get_contents(file, &expected, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void agreement(void)
{
    g_autoptr(StuntLive) live = look(NULL, NULL);
    g_autofree char *text = stunt_live_text(live), *json = stunt_live_json(live);

    g_assert_cmpuint(live->differences, ==, 0);
    check_golden("golden/live.txt", text);
    check_golden("golden/live.json", json);
}

/* Each line is another thing that may differ, and how many rows that makes. */
static void disagreements(void)
{
    static const struct {
        const char *from, *to, *row;
    } cases[] = {
        { "config 34 12 02 5d 07", "config 34 12 02 5d 05", "! +BAR 0 +off, 16 KiB +memory 0xfe600000, 16 KiB" },
        { "config 34 12 02 5d", "config 34 12 03 5d", "! +ids +1234:5d03.* 1234:5d02" },
        { "resource 0 0x00000000fe600000 0x00000000fe603fff", "resource 0 0x00000000fe604000 0x00000000fe607fff",
          "! +BAR 0 +fe604000-fe607fff is not in /proc/iomem" },
        { "function 0000:01:00.0", "function 0000:01:01.0", "! +there +- +yes" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(StuntLive) live = look(cases[i].from, cases[i].to);
        g_autofree char *text = stunt_live_text(live);
        g_autofree char *pattern = g_strconcat("(?m)^", cases[i].row, NULL);

        g_assert_cmpuint(live->differences, >, 0);
        if (!g_regex_match_simple(pattern, text, 0, 0)) {
            g_error("'%s' is not in\n%s", pattern, text);
        }
    }
}

static void nonsense_is_refused(void)
{
    static const char *const texts[] = { "config 00", "function 0000:00:00.0\nconfig 00 11", "what is this",
                                         "function 0000:00:00.0\nresource x" };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(stunt_live_guest_view(texts[i], &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/agreement-is-golden", agreement);
    g_test_add_func("/live/disagreements-are-marked", disagreements);
    g_test_add_func("/live/nonsense-is-refused", nonsense_is_refused);
    return g_test_run();
}
