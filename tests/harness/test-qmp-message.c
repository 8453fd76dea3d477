/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/qmp/message.h"
#include "stunt/error.h"

static StuntQmpMessage message;

static void parse(const char *line)
{
    g_autoptr(GError) error = NULL;

    stunt_qmp_message_clear(&message);
    stunt_qmp_message_parse(line, strlen(line), &message, &error);
    g_assert_no_error(error);
}

static void test_kinds(void)
{
    parse("{\"QMP\": {\"version\": {}, \"capabilities\": []}}");
    g_assert_cmpint(message.kind, ==, STUNT_QMP_GREETING);

    parse("{\"return\": {\"status\": \"running\"}, \"id\": 7}");
    g_assert_cmpint(message.kind, ==, STUNT_QMP_RETURN);
    g_assert_cmpint(message.id, ==, 7);
    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(message.value), "status"), ==,
                    "running");

    parse("{\"id\": 8, \"error\": {\"class\": \"GenericError\", \"desc\": \"no \\\"such\\\" thing\"}}");
    g_assert_cmpint(message.kind, ==, STUNT_QMP_ERROR);
    g_assert_cmpint(message.id, ==, 8);
    g_assert_cmpstr(message.name, ==, "GenericError");
    g_assert_cmpstr(message.text, ==, "no \"such\" thing");

    parse("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");
    g_assert_cmpint(message.kind, ==, STUNT_QMP_EVENT);
    g_assert_cmpstr(message.name, ==, "STOP");
    g_assert_null(message.value);
    g_assert_cmpint(message.id, ==, -1);
    stunt_qmp_message_clear(&message);
}

static void check_refused(const char *line, gsize len)
{
    g_autoptr(GError) error = NULL;
    StuntQmpMessage untouched = { .id = 55 };

    g_assert_false(stunt_qmp_message_parse(line, len, &untouched, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_QEMU);
    g_assert_cmpint(untouched.id, ==, 55);
}

static void test_refused(void)
{
    static const char *const bad[] = {
        "x",
        "{",
        "}",
        "[]",
        "7",
        "null",
        "\"event\"",
        "{}",
        "{\"event\": 7}",
        "{\"error\": {}}",
        "{\"error\": \"x\"}",
        "{\"error\": {\"class\": 1, \"desc\": 2}}",
        "{\"QMP\": 1}",
        "{\"event\": \"A\"} {\"event\": \"B\"}",
        "/*\"*/{\"event\": \"STOP\"}",
        "\xff",
        "{\"event\": \"\xff\"}",
        "qemu: fatal: oops",
        "{\"event\": \"STOP\"",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        check_refused(bad[i], strlen(bad[i]));
    }
    check_refused("{\"event\": \"A\0B\"}", 16);
}

static void test_deep_nesting_is_refused(void)
{
    g_autofree char *open = g_strnfill(1000000, '[');

    check_refused(open, 1000000);
}

static void test_command_text(void)
{
    g_autoptr(JsonNode) arguments = json_from_string("{\"a\": \"x\\ny\"}", NULL);
    g_autofree char *with = stunt_qmp_command_text("qom-get", arguments, 3);
    g_autofree char *without = stunt_qmp_command_text("cont", NULL, 4);

    g_assert_cmpstr(with, ==, "{\"execute\":\"qom-get\",\"arguments\":{\"a\":\"x\\ny\"},\"id\":3}\n");
    g_assert_cmpstr(without, ==, "{\"execute\":\"cont\",\"id\":4}\n");
}

/* Bytes turned over, cut out and doubled in real messages: accepted or refused, never a crash. */
static void test_noise(void)
{
    static const char *const real[] = {
        "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22}, \"package\": \"\"}, \"capabilities\": "
        "[\"oob\"]}}",
        "{\"return\": [1, 2.5, true, null, \"\\u00e4\\ud83d\\ude00\"], \"id\": 1}",
        "{\"id\": 8, \"error\": {\"class\": \"GenericError\", \"desc\": \"text\"}}",
        "{\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"run\"}}",
    };

    for (guint round = 0; round < 20000; round++) {
        g_autoptr(GString) line = g_string_new(real[round % G_N_ELEMENTS(real)]);
        StuntQmpMessage any;

        for (gint n = g_test_rand_int_range(1, 5); n; n--) {
            const gint at = g_test_rand_int_range(0, line->len);

            switch (g_test_rand_int_range(0, 3)) {
            case 0:
                line->str[at] = g_test_rand_int_range(1, 256);
                break;
            case 1:
                g_string_erase(line, at, 1);
                break;
            default:
                g_string_insert_len(line, at, line->str + at / 2, 1);
            }
        }
        if (stunt_qmp_message_parse(line->str, line->len, &any, NULL)) {
            stunt_qmp_message_clear(&any);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qmp-message/kinds", test_kinds);
    g_test_add_func("/qmp-message/refused", test_refused);
    g_test_add_func("/qmp-message/deep-nesting-is-refused", test_deep_nesting_is_refused);
    g_test_add_func("/qmp-message/command-text", test_command_text);
    g_test_add_func("/qmp-message/noise", test_noise);
    return g_test_run();
}
