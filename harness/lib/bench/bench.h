/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the groups of figures share. A group is one file bench-NAME.c with one function, and one row in
 * measure.c. What a device is made to do is data, in bench/workload.c: nothing here knows a device.
 */
#ifndef STUNT_LIB_BENCH_H
#define STUNT_LIB_BENCH_H

#include "stunt/bench.h"
#include "stunt/guest.h"

typedef struct {
    const StuntMeasureRequest *request;
    GPtrArray *figure; /* StuntFigure *, measured so far */
    gint64 start_us;
    StuntStarter *starter; /* starts nothing ahead: no process runs beside what is measured */
} StuntMeasuring;

/* A group measures its figures and gives each to stunt_measuring_keep(). */
typedef gboolean (*StuntGroupFunc)(StuntMeasuring *measuring, GError **error);

gboolean stunt_bench_boot(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_scenario(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_rendezvous(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_idle(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_sleep(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_dma(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_warm(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_irq(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_events(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_faults(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_uart(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_experiments(StuntMeasuring *measuring, GError **error);
gboolean stunt_bench_suite(StuntMeasuring *measuring, GError **error);

/* Takes the figure. */
void stunt_measuring_keep(StuntMeasuring *measuring, StuntFigure *figure);

/*
 * Whether another sample is due: `full` of them, or `quick` in a quick run, where a machine that is slow or
 * busy gets by with one.
 */
gboolean stunt_measuring_more(const StuntMeasuring *measuring, guint taken, guint full, guint quick);

/* CLOCK_MONOTONIC in ms. */
double stunt_measuring_now_ms(void);

/* ---- what the device is made to do (bench/workload.c) ---------------------------------------------- */

/* A thing that is done once, and so many times more: the difference is free of what is around it. */
typedef struct {
    const char *const *once, *const *often;
    guint more;
} StuntLoop;

/* A device of QEMU's own that does the like, to compare with. */
typedef struct {
    const char *name;          /* of the comparators */
    const char *const *option; /* of QEMU's command line; its disk is the block node "stock" */
    const char *module;        /* Linux' driver of it */
    const char *const *ready;  /* a command that ends when it can be used */
    StuntLoop round_trip;      /* the smallest job */
    StuntLoop large;           /* one that moves large_bytes */
    guint64 large_bytes;
} StuntStock;

typedef struct {
    const char *device, *type; /* "NAME0", "NAME" */
    const char *idle_first;    /* properties with which a job begins when the guest has long gone idle */
    const char *cmdline;       /* of the guest's kernel, or NULL */
    const char *module;
    const char *const *traffic; /* a command with many events of every kind */
    const char *const *prepare; /* fills what `large` reads and what it writes */
    const char *const *large;   /* one job that moves large_bytes */
    const char *const *nothing; /* one job that moves next to nothing */
    guint64 large_bytes;
    StuntLoop round_trip; /* the smallest job through the driver */
    StuntStock stock;
    const char *never;    /* a rule on what `traffic` does, which matches nothing of it */
    const char *scenario; /* a small one: an experiment */
} StuntWorkload;

extern const StuntWorkload stunt_workload;

/* A way to move bytes over a serial line. */
typedef struct {
    const char *name, *what;
    StuntLoop loop;         /* out and in again; more: KiB */
    const char *region;     /* its registers, as QEMU calls their memory region */
    const char *interrupts; /* what its line of /proc/interrupts has */
} StuntLine;

typedef struct {
    const char *name, *type;
    gboolean isa; /* it is no PCI function */
} StuntLineDevice;

typedef struct {
    const StuntLineDevice *device; /* of ours */
    gsize n_devices;
    const char *module, *cmdline; /* as those of StuntWorkload */
    const char *const *option;                    /* of QEMU's command line: a card of its own */
    const char *const *holder; /* keeps that open all the time: its interrupt is counted as long as it is in use */
    const StuntLine *line;     /* the first is what the others are compared with */
    gsize n_lines;
} StuntLines;

extern const StuntLines stunt_lines;

/* ---- a machine to measure on (rig.c) -------------------------------------------------------------- */

typedef struct {
    StuntMachine *machine;
    StuntTimeline *timeline;
    StuntVm *vm;
    StuntGuest *guest;
    StuntStarter *starter; /* whose the last three are; NULL: they are the rig's */
    StuntReady ready;      /* lent by it */
} StuntRig;
void stunt_rig_clear(StuntRig *rig);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StuntRig, stunt_rig_clear)

/* A deterministic machine without devices for that kernel, NULL: the default. Errors: INPUT. */
StuntMachine *stunt_rig_machine(const StuntMeasuring *measuring, const char *kernel, GError **error);
/* The default machine with the workload's device. props: the device's, or NULL. Errors: INPUT. */
StuntMachine *stunt_rig_device_machine(const StuntMeasuring *measuring, const char *props, GError **error);
/*
 * Takes the machine, NULL passes an error on; the starter brings it to its ready point with that module (NULL:
 * none) loaded. A start of another kind than asked for is an error. Errors: as stunt_starter_start(), FAILED.
 */
gboolean stunt_rig_start(StuntRig *rig, StuntStarter *starter, StuntStartKind kind, StuntMachine *machine,
                         const char *module, GError **error);
/* The same from a template of the machine, in a process of its own: as good as booted, and sooner there. */
gboolean stunt_rig_start_fresh(StuntRig *rig, const StuntMeasuring *measuring, StuntMachine *machine,
                               const char *module, GError **error);
/* Takes the machine, NULL passes an error on; it stands before its first instruction. */
gboolean stunt_rig_make(StuntRig *rig, StuntMachine *machine, GError **error);
/* The same, and runs it until the agent says hello. */
gboolean stunt_rig_boot(StuntRig *rig, StuntMachine *machine, GError **error);
/* The machine with the device, booted, its driver loaded. */
gboolean stunt_rig_boot_device(StuntRig *rig, const StuntMeasuring *measuring, const char *props,
                               GError **error);
/* The same with the workload's stock device beside it, which holds a read-only disk. Driver loaded, ready. */
gboolean stunt_rig_boot_stock(StuntRig *rig, const StuntMeasuring *measuring, const char *props,
                              GError **error);
/* Runs a command of the guest to its end. Errors: GUEST when it fails, with what it said. */
gboolean stunt_rig_run(StuntRig *rig, const char *const *argv, GError **error);

typedef struct {
    double wall_ms, guest_ms; /* guest_ms: virtual time */
} StuntCost;
/* As stunt_rig_run(), timed. */
gboolean stunt_rig_time(StuntRig *rig, const char *const *argv, StuntCost *ret_cost, GError **error);
/* What a thing costs that is done once more. */
gboolean stunt_rig_time_more(StuntRig *rig, const StuntLoop *loop, StuntCost *ret_cost, GError **error);

#endif
