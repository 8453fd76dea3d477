/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include <glib.h>
#include <string.h>

#define UNTOUCHED UINT64_C(0xdeadbeefdeadbeef)

static void check(const char *text, enum stunt_number result, uint64_t expected)
{
    uint64_t value = UNTOUCHED;

    g_test_message("number '%s'", text);
    g_assert_cmpint(stunt_number_scan(text, strlen(text), &value), ==, result);
    g_assert_cmphex(value, ==, result == STUNT_NUMBER_OK ? expected : UNTOUCHED);
}

static void check_probability(const char *text, enum stunt_number result, uint64_t expected)
{
    uint64_t value = UNTOUCHED;

    g_test_message("probability '%s'", text);
    g_assert_cmpint(stunt_probability_scan(text, &value), ==, result);
    g_assert_cmphex(value, ==, result == STUNT_NUMBER_OK ? expected : UNTOUCHED);
}

static void test_decimal_and_hex(void)
{
    check("0", STUNT_NUMBER_OK, 0);
    check("42", STUNT_NUMBER_OK, 42);
    check("010", STUNT_NUMBER_OK, 10);
    check("0x10", STUNT_NUMBER_OK, 16);
    check("0XaBcD", STUNT_NUMBER_OK, 0xabcd);
}

static void test_limits(void)
{
    check("18446744073709551615", STUNT_NUMBER_OK, UINT64_MAX);
    check("18446744073709551616", STUNT_NUMBER_RANGE, 0);
    check("99999999999999999999999999", STUNT_NUMBER_RANGE, 0);
    check("0xffffffffffffffff", STUNT_NUMBER_OK, UINT64_MAX);
    check("0x10000000000000000", STUNT_NUMBER_RANGE, 0);
    check("0x00000000000000000000001", STUNT_NUMBER_OK, 1);
}

static void test_nothing_else_is_a_number(void)
{
    static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1k", "0x", "x1", "0xg", "1.0", "1e3",
                                       "ff", "0b1", "99999999999999999999999999x" };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        check(bad[i], STUNT_NUMBER_BAD, 0);
    }
}

static void test_only_the_given_length_is_read(void)
{
    uint64_t value = 0;

    g_assert_cmpint(stunt_number_scan("12/34", 2, &value), ==, STUNT_NUMBER_OK);
    g_assert_cmpuint(value, ==, 12);
}

static void test_fractions(void)
{
    check_probability("1", STUNT_NUMBER_OK, STUNT_ALWAYS);
    check_probability("1.0", STUNT_NUMBER_OK, STUNT_ALWAYS);
    check_probability("0.5", STUNT_NUMBER_OK, STUNT_ALWAYS / 2);
    check_probability("0.25", STUNT_NUMBER_OK, STUNT_ALWAYS / 4);
    check_probability("0.000000001", STUNT_NUMBER_OK, 4);
    check_probability("0.999999999", STUNT_NUMBER_OK, STUNT_ALWAYS - 5);
    check_probability("0", STUNT_NUMBER_OK, 0);
}

static void test_ratios(void)
{
    check_probability("1/4", STUNT_NUMBER_OK, STUNT_ALWAYS / 4);
    check_probability("1/3", STUNT_NUMBER_OK, 0x55555555);
    check_probability("7/7", STUNT_NUMBER_OK, STUNT_ALWAYS);
    check_probability("1/4294967296", STUNT_NUMBER_OK, 1);
    check_probability("1/18446744073709551615", STUNT_NUMBER_OK, 0);
    check_probability("9223372036854775808/18446744073709551615", STUNT_NUMBER_OK, STUNT_ALWAYS / 2);
    check_probability("18446744073709551615/18446744073709551615", STUNT_NUMBER_OK, STUNT_ALWAYS);
}

static void test_more_than_one(void)
{
    check_probability("1.000000001", STUNT_NUMBER_RANGE, 0);
    check_probability("2", STUNT_NUMBER_RANGE, 0);
    check_probability("18446744073709551615.5", STUNT_NUMBER_RANGE, 0);
    check_probability("5/4", STUNT_NUMBER_RANGE, 0);
    check_probability("1/99999999999999999999", STUNT_NUMBER_RANGE, 0);
}

static void test_no_probability(void)
{
    static const char *const bad[] = { "", ".", ".5", "1.", "1/", "/2", "1/0", "0/0", "0.5.5", "1/2/3",
                                       "0.0x1", "0.1234567890", "-0.5", "5%", "1e-3" };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        check_probability(bad[i], STUNT_NUMBER_BAD, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/number/decimal-and-hexadecimal", test_decimal_and_hex);
    g_test_add_func("/number/limits-of-64-bits", test_limits);
    g_test_add_func("/number/nothing-else-is-a-number", test_nothing_else_is_a_number);
    g_test_add_func("/number/only-the-given-length-is-read", test_only_the_given_length_is_read);
    g_test_add_func("/probability/fractions", test_fractions);
    g_test_add_func("/probability/ratios", test_ratios);
    g_test_add_func("/probability/more-than-one", test_more_than_one);
    g_test_add_func("/probability/nothing-else-is-one", test_no_probability);
    return g_test_run();
}
