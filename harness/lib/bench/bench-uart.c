/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a KiB over a serial line costs, by our card and by one of QEMU's own in the same machine: accesses of its registers, by
 * QEMU's own trace of them; interrupts, as the guest counts them; and wall time, with neither trace nor events.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "lib/bench/bench.h"
#include "stunt/error.h"

#define FULL     8
#define QUICK    1
#define MS_PER_S 1000

typedef struct {
    StuntRig rig;
    char *log; /* that QEMU writes its trace to */
} Bench;

static void bench_clear(Bench *bench)
{
    stunt_rig_clear(&bench->rig);
    if (bench->log) {
        g_unlink(bench->log);
    }
    g_free(bench->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

typedef struct {
    StuntFigure *accesses, *interrupts, *throughput;
} Figures;

typedef struct {
    double accesses, interrupts;
} Count;

static gboolean make_log(Bench *bench, GError **error)
{
    int fd = g_file_open_tmp("stunt-bench-XXXXXX", &bench->log, error);

    return fd >= 0 && g_close(fd, error);
}

static gboolean start(Bench *bench, const StuntMeasuring *measuring, GError **error)
{
    StuntMachine *machine = stunt_rig_machine(measuring, NULL, error);

    if (machine) {
        machine->cmdline = g_strdup(stunt_lines.cmdline);
        for (gsize i = 0; i < stunt_lines.n_devices; i++) {
            const StuntLineDevice *device = &stunt_lines.device[i];

            stunt_device_defs_add(machine->device, device->name, device->type, NULL)->isa = device->isa;
        }
        g_ptr_array_add(machine->option, g_strdup("-D"));
        g_ptr_array_add(machine->option, g_strdup(bench->log));
        for (const char *const *option = stunt_lines.option; *option; option++) {
            g_ptr_array_add(machine->option, g_strdup(*option));
        }
    }
    if (!stunt_rig_boot(&bench->rig, machine, error) ||
        !stunt_guest_insmod(bench->rig.guest, stunt_lines.module, "", 0, error)) {
        return FALSE;
    }
    stunt_vm_listen(bench->rig.vm, FALSE);
    return stunt_guest_spawn(bench->rig.guest, stunt_lines.holder, error) != NULL;
}

/* ---- counting --------------------------------------------------------------------------------------- */

static gboolean trace(Bench *bench, gboolean on, GError **error)
{
    JsonBuilder *builder = json_builder_new();
    JsonNode *arguments;

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "name");
    json_builder_add_string_value(builder, "memory_region_ops_*");
    json_builder_set_member_name(builder, "enable");
    json_builder_add_boolean_value(builder, on);
    json_builder_end_object(builder);
    arguments = json_builder_get_root(builder);
    g_object_unref(builder);
    return stunt_vm_qmp(bench->rig.vm, "trace-event-set-state", arguments, NULL, error);
}

static gboolean count_accesses(Bench *bench, const StuntLine *line, double *ret_n, GError **error)
{
    g_autofree char *name = g_strdup_printf(" name '%s'\n", line->region);
    g_autofree char *text = NULL;

    *ret_n = 0;
    if (!g_file_get_contents(bench->log, &text, NULL, error)) {
        return FALSE;
    }
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
        *ret_n += 1;
    }
    return TRUE;
}

static gboolean count_interrupts(Bench *bench, const StuntLine *line, double *ret_n, GError **error)
{
    g_autoptr(GBytes) bytes = stunt_guest_get(bench->rig.guest, "/proc/interrupts", 0, error);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    *ret_n = 0;
    if (!bytes) {
        return FALSE;
    }
    text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    lines = g_strsplit(text, "\n", -1);
    for (char **one = lines; *one; one++) {
        const char *number = strstr(*one, line->interrupts) ? strchr(*one, ':') : NULL;

        *ret_n += number ? g_ascii_strtod(number + 1, NULL) : 0;
    }
    return TRUE;
}

static gboolean count(Bench *bench, const StuntLine *line, Count *ret_count, GError **error)
{
    return count_accesses(bench, line, &ret_count->accesses, error) &&
           count_interrupts(bench, line, &ret_count->interrupts, error);
}

/* What a command adds to the counts. */
static gboolean count_run(Bench *bench, const StuntLine *line, const char *const *argv, Count *ret_count,
                          GError **error)
{
    Count before, after;

    if (!count(bench, line, &before, error) || !trace(bench, TRUE, error) ||
        !stunt_rig_run(&bench->rig, argv, error) || !trace(bench, FALSE, error) ||
        !count(bench, line, &after, error)) {
        return FALSE;
    }
    *ret_count = (Count){ after.accesses - before.accesses, after.interrupts - before.interrupts };
    return TRUE;
}

/* ---- samples ---------------------------------------------------------------------------------------- */

static StuntSeries *series_of(StuntFigure *figure, const StuntLine *line)
{
    for (guint i = 0; i < figure->against->len; i++) {
        StuntSeries *series = figure->against->pdata[i];

        if (g_str_equal(series->name, line->name)) {
            return series;
        }
    }
    return figure->series;
}

/* The counts are the same each time: one sample. */
static gboolean sample_counts(Bench *bench, const StuntLine *line, const Figures *figures, GError **error)
{
    Count once, often;

    if (!count_run(bench, line, line->loop.once, &once, error) ||
        !count_run(bench, line, line->loop.often, &often, error)) {
        return FALSE;
    }
    stunt_series_add(series_of(figures->accesses, line), (often.accesses - once.accesses) / line->loop.more);
    stunt_series_add(series_of(figures->interrupts, line),
                     (often.interrupts - once.interrupts) / line->loop.more);
    return TRUE;
}

static gboolean sample_throughput(Bench *bench, const StuntLine *line, const Figures *figures, GError **error)
{
    StuntCost cost;

    if (!stunt_rig_time_more(&bench->rig, &line->loop, &cost, error)) {
        return FALSE;
    }
    stunt_series_add(series_of(figures->throughput, line), MS_PER_S / cost.wall_ms);
    return TRUE;
}

static void add_comparators(StuntFigure *figure)
{
    for (gsize i = 1; i < stunt_lines.n_lines; i++) {
        stunt_figure_against(figure, stunt_lines.line[i].name, stunt_lines.line[i].what);
    }
}

static gboolean sample(Bench *bench, StuntMeasuring *measuring, const Figures *figures, GError **error)
{
    for (gsize i = 0; i < stunt_lines.n_lines; i++) {
        if (!sample_counts(bench, &stunt_lines.line[i], figures, error)) {
            return FALSE;
        }
    }
    for (guint n = 0; stunt_measuring_more(measuring, n, FULL, QUICK); n++) {
        for (gsize i = 0; i < stunt_lines.n_lines; i++) {
            if (!sample_throughput(bench, &stunt_lines.line[i], figures, error)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

gboolean stunt_bench_uart(StuntMeasuring *measuring, GError **error)
{
    g_auto(Bench) bench = { 0 };
    g_autoptr(StuntFigure) accesses =
        stunt_figure_new("uart.accesses", "1/KiB", "register accesses for a KiB out and in again, by rings at 4 Mbaud");
    g_autoptr(StuntFigure) interrupts =
        stunt_figure_new("uart.interrupts", "1/KiB", "interrupts that the guest has counted for it");
    g_autoptr(StuntFigure) throughput =
        stunt_figure_new("uart.throughput", "KiB/s", "KiB out and in again in a second of wall time, no event recorded");
    const Figures figures = { accesses, interrupts, throughput };

    add_comparators(accesses);
    add_comparators(interrupts);
    add_comparators(throughput);
    if (!make_log(&bench, error) || !start(&bench, measuring, error) || !sample(&bench, measuring, &figures, error)) {
        return FALSE;
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&accesses));
    stunt_measuring_keep(measuring, g_steal_pointer(&interrupts));
    stunt_measuring_keep(measuring, g_steal_pointer(&throughput));
    return TRUE;
}
