/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/util/text.h"

static void test_decimal(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    stunt_text_dec(out, 0, 1, ' ');
    stunt_text_dec(out, 42, 6, '0');
    stunt_text_dec(out, G_MAXUINT64, 3, ' ');
    g_assert_cmpstr(out->str, ==, "000004218446744073709551615");
}

static void test_hexadecimal(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    stunt_text_hex(out, 0);
    stunt_text_hex(out, 0xdeadbeefcafe1234);
    g_assert_cmpstr(out->str, ==, "0x00xdeadbeefcafe1234");
}

static void check_time(guint64 ns, const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    stunt_text_time(out, ns);
    g_assert_cmpstr(out->str, ==, text);
}

static void test_time(void)
{
    check_time(0, "     0.000000000");
    check_time(1234567890, "     1.234567890");
    check_time(G_GUINT64_CONSTANT(86400000000001), " 86400.000000001");
    check_time(G_MAXUINT64, "18446744073.709551615");
}

static void check_line(const char *text, gsize len, const char *line)
{
    g_autoptr(GString) out = g_string_new(NULL);

    stunt_text_line(out, text, len);
    g_assert_cmpstr(out->str, ==, line);
}

static void test_line_stays_one_line(void)
{
    check_line("plain, grün", strlen("plain, grün"), "plain, grün");
    check_line("a\tb", 3, "a b");
    check_line("a\nb\rc", 5, "a\\x0ab\\x0dc");
    check_line("back\\slash", 10, "back\\slash");
    check_line("nul\0end", 7, "nul\\x00end");
    check_line("\xff\xc3", 2, "\\xff\\xc3");
    check_line("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8"); /* the line separator */
    check_line("", 0, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/decimal", test_decimal);
    g_test_add_func("/text/hexadecimal", test_hexadecimal);
    g_test_add_func("/text/time", test_time);
    g_test_add_func("/text/line-stays-one-line", test_line_stays_one_line);
    return g_test_run();
}
