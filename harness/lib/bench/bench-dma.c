/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large transfer through the model. Pause rules stop the machine where the job starts and where it is done;
 * in between the guest is idle, so the wall time holds the model's work, its timer events, the recording of
 * its events, and one resume and stop of the machine. What the latter cost is measured with a job of next to
 * nothing.
 */
#include <string.h>
#include <sys/mman.h>

#include "lib/bench/bench.h"
#include "stunt/error.h"

#define FULL          20
#define QUICK         5
#define BYTES_PER_MIB 1048576.0
#define MS_PER_S      1000
#define FILL          0x5a
#define CHUNK         65536 /* as the models move data */

typedef struct {
    guint stops;
    double begin_ms, end_ms;
} Watch;

static gboolean on_pause(StuntGuest *guest, guint rule_number, gpointer data, GError **error)
{
    Watch *watch = data;
    double now_ms = stunt_measuring_now_ms();

    (void)guest;
    (void)rule_number;
    (void)error;
    if (watch->stops++) {
        watch->end_ms = now_ms;
    } else {
        watch->begin_ms = stunt_measuring_now_ms();
    }
    return TRUE;
}

static gboolean time_job(StuntRig *rig, const char *const *argv, double *ret_ms, GError **error)
{
    Watch watch = { 0 };

    stunt_guest_on_pause(rig->guest, on_pause, &watch);
    if (!stunt_rig_run(rig, argv, error)) {
        return FALSE;
    }
    if (watch.stops != 2) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "the job stopped %u times, not at start and end",
                    watch.stops);
        return FALSE;
    }
    *ret_ms = watch.end_ms - watch.begin_ms;
    return TRUE;
}

/* ---- the comparator ------------------------------------------------------------------------------ */

typedef struct {
    gsize len;
    guint8 *src, *dst;
} Buffers;

/* Huge pages where there are some, as QEMU asks for the guest's memory; written, so that they are there. */
static guint8 *map_buffer(gsize len, GError **error)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "no memory for %" G_GSIZE_FORMAT " bytes", len);
        return NULL;
    }
    madvise(p, len, MADV_HUGEPAGE);
    memset(p, FILL, len);
    return p;
}

static gboolean buffers_init(Buffers *buffers, gsize len, GError **error)
{
    buffers->len = len;
    buffers->src = map_buffer(len, error);
    buffers->dst = buffers->src ? map_buffer(len, error) : NULL;
    return buffers->dst != NULL;
}

static void buffers_clear(Buffers *buffers)
{
    if (buffers->src) {
        munmap(buffers->src, buffers->len);
    }
    if (buffers->dst) {
        munmap(buffers->dst, buffers->len);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Buffers, buffers_clear)

static double time_memcpy(const Buffers *buffers, gsize chunk)
{
    double start_ms = stunt_measuring_now_ms();

    for (gsize at = 0; at < buffers->len; at += chunk) {
        memcpy(buffers->dst + at, buffers->src + at, chunk);
        __asm__ __volatile__("" ::"r"(buffers->dst) : "memory"); /* the compiler must not leave it out */
    }
    return stunt_measuring_now_ms() - start_ms;
}

/* ---- both ---------------------------------------------------------------------------------------- */

static double mib_per_s(double bytes, double ms)
{
    return bytes / BYTES_PER_MIB / ms * MS_PER_S;
}

typedef struct {
    StuntFigure *large, *job;
    StuntSeries *whole, *chunks, *stock;
} Figures;

static gboolean sample(StuntRig *rig, const Buffers *buffers, const Figures *figures, GError **error)
{
    const StuntWorkload *work = &stunt_workload;
    double bytes = (double)work->large_bytes, large_ms, nothing_ms;
    StuntCost stock;

    if (!time_job(rig, work->large, &large_ms, error) || !time_job(rig, work->nothing, &nothing_ms, error) ||
        !stunt_rig_time_more(rig, &work->stock.large, &stock, error)) {
        return FALSE;
    }
    stunt_series_add(figures->large->series, mib_per_s(bytes, large_ms));
    stunt_series_add(figures->whole, mib_per_s(bytes, time_memcpy(buffers, buffers->len)));
    stunt_series_add(figures->chunks, mib_per_s(bytes, time_memcpy(buffers, CHUNK)));
    stunt_series_add(figures->stock, mib_per_s((double)work->stock.large_bytes, stock.wall_ms));
    stunt_series_add(figures->job->series, nothing_ms * MS_PER_S);
    return TRUE;
}

static gboolean prepare(StuntRig *rig, GError **error)
{
    const StuntWorkload *work = &stunt_workload;

    return stunt_rig_run(rig, work->prepare, error) && stunt_rig_run(rig, work->large, error) &&
           stunt_vm_arm(rig->vm, work->device, "id=begin at=job.start action=pause", error) &&
           stunt_vm_arm(rig->vm, work->device, "id=end at=job.done action=pause", error);
}

gboolean stunt_bench_dma(StuntMeasuring *measuring, GError **error)
{
    g_auto(StuntRig) rig = { 0 };
    g_auto(Buffers) buffers = { 0 };
    g_autoptr(StuntFigure) large = stunt_figure_new(
        "dma.large", "MiB/s", "one 16 MiB copy by the model, from start to end of its job, events recorded");
    g_autoptr(StuntFigure) job = stunt_figure_new(
        "dma.job", "us", "a 64 byte job in the same way: what measuring and one job cost without data");
    Figures figures = {
        large,
        job,
        stunt_figure_against(large, "memcpy", "16 MiB by one memcpy in this process"),
        stunt_figure_against(large, "memcpy-64k", "the same in chunks of 64 KiB, as the model moves data"),
        stunt_figure_against(large, stunt_workload.stock.name,
                             "the guest reads 1 MiB at a time from QEMU's own device, past the cache"),
    };

    if (!buffers_init(&buffers, stunt_workload.large_bytes, error) ||
        !stunt_rig_boot_stock(&rig, measuring, stunt_workload.idle_first, error) || !prepare(&rig, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        if (!sample(&rig, &buffers, &figures, error)) {
            return FALSE;
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&large));
    stunt_measuring_keep(measuring, g_steal_pointer(&job));
    return TRUE;
}
