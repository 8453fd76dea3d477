/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/guest/kmsg.h"

static void check(StuntKmsg *kmsg, guint level, guint64 seq, guint64 time_us, const char *text)
{
    g_assert_nonnull(kmsg);
    g_assert_cmpuint(kmsg->level, ==, level);
    g_assert_cmpuint(kmsg->seq, ==, seq);
    g_assert_cmpuint(kmsg->time_us, ==, time_us);
    g_assert_cmpstr(kmsg->text, ==, text);
    stunt_kmsg_unref(kmsg);
}

static StuntKmsg *parse(const char *record)
{
    return stunt_kmsg_parse(record, strlen(record));
}

static void test_record(void)
{
    check(parse("6,339,5140900,-;NET: Registered\n"), 6, 339, 5140900, "NET: Registered");
    check(parse("12,1,0,-;user\n"), 4, 1, 0, "user"); /* facility 1, level 4 */
    check(parse("4,7,99,c,caller=T1;cont\n SUBSYSTEM=pci\n DEVICE=+pci:0\n"), 4, 7, 99, "cont");
    check(parse("3,8,100,-;a;b, c"), 3, 8, 100, "a;b, c");
    check(parse("3,9,100;no flags"), 3, 9, 100, "no flags");
    check(parse("3,10,100,-;"), 3, 10, 100, "");
}

static void test_escapes(void)
{
    check(parse("6,1,2,-;tab\\x09 gr\\xc3\\xbcn\n"), 6, 1, 2, "tab\t grün");
    check(parse("6,1,2,-;half \\x4 and \\xzz"), 6, 1, 2, "half \\x4 and \\xzz");
    check(parse("6,1,2,-;bad \\xff"), 6, 1, 2, "bad \xef\xbf\xbd");
}

static void test_no_record(void)
{
    static const char *const bad[] = { "",        "6",        "6,",         "6,1",
                                       "6,1,2",   "6,1,2,-",  "x,1,2,-;t",  "6,,2,-;t",
                                       "6,1,-;t", ",1,2,-;t", "-6,1,2,-;t", "6 ,1,2,-;t" };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_null(parse(bad[i]));
    }
}

static void test_line_of_a_dump(void)
{
    check(stunt_kmsg_parse_line("[    5.140900] Kernel panic"), 4, 0, 5140900, "Kernel panic");
    check(stunt_kmsg_parse_line("<0>[12345.000001] x"), 0, 0, G_GUINT64_CONSTANT(12345000001), "x");
    check(stunt_kmsg_parse_line("[    0.000000]"), 4, 0, 0, "");
    g_assert_null(stunt_kmsg_parse_line(""));
    g_assert_null(stunt_kmsg_parse_line("stunt: kernel log at Panic"));
    g_assert_null(stunt_kmsg_parse_line("<6>text"));
    g_assert_null(stunt_kmsg_parse_line("[    5.1409"));
    g_assert_null(stunt_kmsg_parse_line("[ x.1409] y"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kmsg/record", test_record);
    g_test_add_func("/kmsg/escapes", test_escapes);
    g_test_add_func("/kmsg/no-record", test_no_record);
    g_test_add_func("/kmsg/line-of-a-dump", test_line_of_a_dump);
    return g_test_run();
}
