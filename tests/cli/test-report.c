/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Report formats against golden files; STUNT_UPDATE_GOLDEN=1 writes them anew. */
#include "common.h"
#include "stunt/report.h"

static void add(GPtrArray *results, const char *name, StuntStatus status, const char *reason,
                const char *detail)
{
    StuntResult *result = stunt_result_new(name, "/scenarios/file.lua");
    g_autofree char *replay = g_strdup_printf("stunt replay /results/%s", name);

    result->status = status;
    result->seed = 42;
    result->wall_ms = 1234;
    result->virtual_ns = G_GUINT64_CONSTANT(34932000001);
    stunt_result_set(&result->reason, reason);
    stunt_result_set(&result->detail, detail);
    stunt_result_set(&result->mode, "deterministic");
    stunt_result_set(&result->kernel, "6.1");
    stunt_result_set(&result->events, "/results/events.log");
    stunt_result_set(&result->replay, replay);
    g_ptr_array_add(results, result);
}

static void add_finding(StuntResult *result)
{
    StuntFinding *finding = stunt_finding_new("warn", "WARNING: CPU: 0 PID: 1 at toy.c:1 toy_one+0x1/0x10 [toy]");

    finding->expected = TRUE;
    stunt_result_set(&finding->where, "toy: toy_one+0x1/0x10 (toy.c:1)");
    g_ptr_array_add(finding->trace, g_strdup("toy: toy_one+0x1/0x10 (toy.c:1)"));
    g_ptr_array_add(finding->report, g_strdup(finding->text));
    g_ptr_array_add(result->finding, finding);
}

/* One of each status, with everything that a format must not stumble over. */
static GPtrArray *sample(void)
{
    GPtrArray *results = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_result_free);

    add(results, "toy/pass", STUNT_PASS, "", "");
    stunt_result_add_rule(results->pdata[0],
                          &(StuntRuleResult){ "lost", "irq.raise", "drop", TRUE, 3, 1, 123456789, 4711 });
    stunt_result_add_rule(results->pdata[0], &(StuntRuleResult){ "spare", "mmio.read", "ones", 0, 0, 0, 0, 0 });
    add_finding(results->pdata[0]);
    add(results, "toy/fail", STUNT_FAIL, "scenarios/toy/fail.lua:7: expected \"<a> & 'b'\", got ]]>",
        "last events:\n     1.000000000  #000001  toy0  reset  kind=0\n\x01 control \x7f \xff bytes, "
        "\xc3\xa4 letter\n");
    add(results, "toy/skip # TODO", STUNT_SKIP, "no such <kernel> # here", "");
    add(results, "toy/invalid", STUNT_INVALID, "rule 'lost' never fired", "");
    add(results, "alone", STUNT_BROKEN, "QEMU died",
        "QEMU's last output:\n# not a directive\nok 1 not a result\n");
    return results;
}

/* The version is the only thing in a report that changes by itself. */
static void check_golden(const char *format, const char *text)
{
    g_autofree char *name = g_strdup_printf("golden/report.%s", format);
    g_autofree char *file = data_file(name);
    g_autofree char *expected = NULL;
    g_auto(GStrv) parts = g_strsplit(text, stunt_version, -1);
    g_autofree char *shown = g_strjoinv("VERSION", parts);

    if (g_getenv("STUNT_UPDATE_GOLDEN")) {
        g_assert_true(g_file_set_contents(file, shown, -1, NULL));
    }
    g_assert_true(g_file_get_contents(file, &expected, NULL, NULL));
    g_assert_cmpstr(shown, ==, expected);
}

static void formats_are_golden(void)
{
    for (const StuntReportFormat *format = stunt_report_formats; format->name; format++) {
        g_autoptr(GPtrArray) results = sample();
        g_autofree char *text = format->write(results);

        check_golden(format->name, text);
    }
    g_assert_null(stunt_report_format("papyrus"));
}

static void no_results_are_fine(void)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *ktap = stunt_report_format("ktap")(none);
    g_autofree char *junit = stunt_report_format("junit")(none);

    g_assert_cmpstr(ktap, ==, "KTAP version 1\n1..0\n");
    assert_has(junit, "tests=\"0\" failures=\"0\"");
}

static void xml_is_escaped(void)
{
    static const struct {
        const char *text, *escaped;
    } rows[] = {
        { "", "" },
        { "<a b=\"c\" d='e'>&</a>", "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&lt;/a&gt;" },
        { "tab\tand\nline", "tab\tand\nline" },
        { "\x01\x1b[31m", "\\x01\\x1B[31m" },
        { "\xff\xc3", "\\xFF\\xC3" },
        { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
        { "\xef\xbf\xbe", "\\xFFFE" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *escaped = stunt_xml_escape(rows[i].text);

        g_assert_cmpstr(escaped, ==, rows[i].escaped);
        g_assert_true(g_utf8_validate(escaped, -1, NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/formats-are-golden", formats_are_golden);
    g_test_add_func("/report/no-results-are-fine", no_results_are_fine);
    g_test_add_func("/report/xml-is-escaped", xml_is_escaped);
    return g_test_run();
}
