/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of figures, and their measuring one after the other. */
#include <time.h>

#include "lib/bench/bench.h"
#include "stunt/error.h"

#define QUICK_US (40 * G_USEC_PER_SEC) /* a quick run older than this takes no second samples */

static const struct {
    const char *name;
    StuntGroupFunc run;
    const char *what;
    gboolean slow; /* not in a quick run, unless it is asked for by name */
} groups[] = {
    { "boot", stunt_bench_boot, "cold boot to the agent's hello, each kernel", FALSE },
    { "warm", stunt_bench_warm, "a booted machine by each way there is, and its first answer", FALSE },
    { "scenario", stunt_bench_scenario, "a small scenario, whole", FALSE },
    { "rendezvous", stunt_bench_rendezvous, "a question to the agent and its answer", FALSE },
    { "idle", stunt_bench_idle, "30 s of guest idle", FALSE },
    { "sleep", stunt_bench_sleep, "a round of S3", FALSE },
    { "dma", stunt_bench_dma, "a large transfer through the model", FALSE },
    { "irq", stunt_bench_irq, "a smallest job through driver, model and interrupt", FALSE },
    { "events", stunt_bench_events, "driver traffic with events recorded and not", FALSE },
    { "faults", stunt_bench_faults, "driver traffic with no rule and with one", FALSE },
    { "uart", stunt_bench_uart, "a serial line by our card and by QEMU's own", FALSE },
    { "experiments", stunt_bench_experiments, "small scenarios a second", FALSE },
    { "suite", stunt_bench_suite, "all scenarios; slow: with --quick only by --only", TRUE },
};

gboolean stunt_measure_check(const char *only, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GString) list = g_string_new(NULL);
    g_autofree char *near_name = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (!only || g_str_equal(groups[i].name, only)) {
            return TRUE;
        }
        g_ptr_array_add(names, (char *)groups[i].name);
        g_string_append_printf(list, "%s%s", i ? ", " : "", groups[i].name);
    }
    near_name = stunt_did_you_mean(only, names);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no figures are called '%s'%s; there are: %s", only,
                near_name, list->str);
    return FALSE;
}

char *stunt_measure_groups(void)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_string_append_printf(text, "%s  %-12s %s", i ? "\n" : "", groups[i].name, groups[i].what);
    }
    return g_string_free(text, FALSE);
}

void stunt_measuring_keep(StuntMeasuring *measuring, StuntFigure *figure)
{
    const StuntMeasureRequest *request = measuring->request;

    g_ptr_array_add(measuring->figure, figure);
    if (request->measured) {
        request->measured(figure, request->data);
    }
}

gboolean stunt_measuring_more(const StuntMeasuring *measuring, guint taken, guint full, guint quick)
{
    if (!measuring->request->quick) {
        return taken < full;
    }
    return taken < quick && (!taken || g_get_monotonic_time() - measuring->start_us < QUICK_US);
}

double stunt_measuring_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static gboolean is_due(const StuntMeasureRequest *request, guint group)
{
    return request->only ? g_str_equal(request->only, groups[group].name)
                         : !request->quick || !groups[group].slow;
}

GPtrArray *stunt_measure(const StuntMeasureRequest *request, GError **error)
{
    g_autoptr(GPtrArray) figures = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_figure_free);
    g_autoptr(StuntStarter) starter = stunt_starter_new(&(StuntStarterOptions){ .no_spare = TRUE });
    StuntMeasuring measuring = { request, figures, g_get_monotonic_time(), starter };

    if (!stunt_measure_check(request->only, error)) {
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (!is_due(request, i)) {
            continue;
        }
        if (request->begin) {
            request->begin(groups[i].name, request->data);
        }
        if (!groups[i].run(&measuring, error)) {
            g_prefix_error(error, "%s: ", groups[i].name);
            return NULL;
        }
    }
    return g_steal_pointer(&figures);
}
