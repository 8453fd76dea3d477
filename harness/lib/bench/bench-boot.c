/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cold boot: from nothing to the agent's hello. */
#include "lib/bench/bench.h"

#define FULL  5
#define QUICK 1

typedef void (*ShapeFunc)(StuntMachine *machine, const char *bzimage);

static void as_it_is(StuntMachine *machine, const char *bzimage)
{
    (void)machine;
    (void)bzimage;
}

static void as_bzimage(StuntMachine *machine, const char *bzimage)
{
    g_free(machine->kernel);
    machine->kernel = g_strdup(bzimage);
}

static void in_real_time(StuntMachine *machine, const char *bzimage)
{
    (void)bzimage;
    machine->realtime = TRUE;
}

static gboolean boot_once(const StuntMeasuring *measuring, const char *kernel, const char *bzimage,
                          ShapeFunc shape, StuntSeries *series, GError **error)
{
    g_auto(StuntRig) rig = { 0 };
    StuntMachine *machine = stunt_rig_machine(measuring, kernel, error);
    double start_ms = stunt_measuring_now_ms();

    if (machine) {
        shape(machine, bzimage);
    }
    if (!stunt_rig_boot(&rig, machine, error)) {
        return FALSE;
    }
    stunt_series_add(series, stunt_measuring_now_ms() - start_ms);
    return TRUE;
}

/* Where the set-up leaves the image that it unpacked; NULL when it is not there. Free with g_free. */
static char *find_bzimage(const StuntKernel *kernel)
{
    g_autofree char *folder = g_path_get_dirname(kernel->kernel);
    g_autofree char *name = g_strconcat("vmlinuz-", kernel->release, NULL);
    g_autofree char *file = g_build_filename(folder, "root", "boot", name, NULL);

    return g_file_test(file, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&file) : NULL;
}

static gboolean boot_kernel(StuntMeasuring *measuring, const StuntKernel *kernel, GError **error)
{
    g_autofree char *name = g_strconcat("boot.", kernel->name, NULL);
    g_autofree char *bzimage = find_bzimage(kernel);
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        name, "ms", "wall time from starting QEMU to the agent's first message, deterministic machine");
    StuntSeries *packed = stunt_figure_against(figure, "bzimage", "the same with the kernel as a bzImage");
    StuntSeries *realtime =
        stunt_figure_against(figure, "realtime", "the same under TCG without icount, not replayable");

    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        if (!boot_once(measuring, kernel->name, bzimage, as_it_is, figure->series, error) ||
            (bzimage && !boot_once(measuring, kernel->name, bzimage, as_bzimage, packed, error)) ||
            !boot_once(measuring, kernel->name, bzimage, in_real_time, realtime, error)) {
            return FALSE;
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}

gboolean stunt_bench_boot(StuntMeasuring *measuring, GError **error)
{
    const StuntSetup *setup = measuring->request->setup;
    gboolean good = TRUE;

    for (guint i = 0; good && i < setup->kernel->len; i++) {
        const StuntKernel *kernel = setup->kernel->pdata[i];

        if (!measuring->request->quick || g_str_equal(kernel->name, setup->default_kernel)) {
            good = boot_kernel(measuring, kernel, error);
        }
    }
    return good;
}
