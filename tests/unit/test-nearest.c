/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"

#include <glib.h>

static const char *const names[] = { "irq.raise", "irq.lower", "dma.read", "dma.write", "CH_CTRL", "nth" };

static const char *near_name(const char *name)
{
    return stunt_nearest(name, names, G_N_ELEMENTS(names));
}

static void test_finds_slips(void)
{
    g_assert_cmpstr(near_name("irq.rase"), ==, "irq.raise");   /* left out */
    g_assert_cmpstr(near_name("irq.raisse"), ==, "irq.raise"); /* once too often */
    g_assert_cmpstr(near_name("irq.raide"), ==, "irq.raise");  /* the key beside it */
    g_assert_cmpstr(near_name("irq.riase"), ==, "irq.raise");  /* swapped */
    g_assert_cmpstr(near_name("irq_raise"), ==, "irq.raise");
    g_assert_cmpstr(near_name("nht"), ==, "nth");
}

static void test_ignores_case(void)
{
    g_assert_cmpstr(near_name("ch_ctrl"), ==, "CH_CTRL");
    g_assert_cmpstr(near_name("DMA.READ"), ==, "dma.read");
}

static void test_exact_name_wins(void)
{
    static const char *const alike[] = { "dma1", "dma0", "dma2" };

    g_assert_cmpstr(stunt_nearest("dma0", alike, 3), ==, "dma0");
    g_assert_cmpstr(stunt_nearest("dma9", alike, 3), ==, "dma1");
}

static void test_far_names_are_not_meant(void)
{
    g_assert_null(near_name("power"));
    g_assert_null(near_name("x"));
    g_assert_null(near_name(""));
    g_assert_null(near_name("serial.tx"));
    g_assert_null(stunt_nearest("anything", NULL, 0));
}

static void test_long_names_are_refused(void)
{
    g_autofree char *name = g_strnfill(5000, 'a');
    const char *const candidates[] = { name, "aaaa", NULL };

    g_assert_null(stunt_nearest(name, candidates, 3));
    g_assert_cmpstr(stunt_nearest("aaab", candidates, 3), ==, "aaaa");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nearest/finds-slips-of-the-keyboard", test_finds_slips);
    g_test_add_func("/nearest/ignores-case", test_ignores_case);
    g_test_add_func("/nearest/exact-name-wins-then-the-first", test_exact_name_wins);
    g_test_add_func("/nearest/far-names-are-not-meant", test_far_names_are_not_meant);
    g_test_add_func("/nearest/long-names-are-refused", test_long_names_are_refused);
    return g_test_run();
}
