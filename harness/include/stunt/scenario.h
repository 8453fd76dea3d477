/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenario files: reading what they declare, and running them. */
#ifndef STUNT_SCENARIO_H
#define STUNT_SCENARIO_H

#include <glib.h>
#include "stunt/machine.h"
#include "stunt/result.h"
#include "stunt/setup.h"
#include "stunt/start.h"
#include "stunt/timeline.h"

#define STUNT_GOOD_OUTCOME "ok" /* of a cell, unless a scenario says so */
#define STUNT_DEFAULT_DEADLINE_NS (60 * G_GUINT64_CONSTANT(1000000000))

/* ---- time ---------------------------------------------------------------------------------------- */

/* "100ms", "2.5s", "5us", "10ns", "3min" to nanoseconds. Errors: INPUT. */
gboolean stunt_time_parse(const char *text, guint64 *ret_ns, GError **error);
char *stunt_time_format(guint64 ns); /* "2.5 s"; free with g_free */

/* ---- declaration --------------------------------------------------------------------------------- */

typedef struct {
    char *device;
    gint64 count; /* -1: any */
} StuntMisuseAllowance;

/* A rule of this class and action fires in each run of the scenario. */
typedef struct {
    const struct stunt_class_info *class_info;
    const struct stunt_action_info *action;
    char *what; /* the driver then does, in a line */
} StuntProof;

/* A finding that the health oracle must make. */
typedef struct {
    char *kind, *pattern; /* NULL: any */
    gint64 count;         /* -1: any number but none */
} StuntExpectedFinding;

typedef struct {
    char *name, *file;
    char *summary;
    GPtrArray *device; /* StuntDeviceDef *, by name */
    guint memory_mib;
    guint vcpus;
    gboolean realtime;
    StuntSwitch iommu; /* as the scenario needs it */
    char *kernel;  /* NULL: the default */
    char *cmdline; /* NULL: none */
    GPtrArray *chardev; /* char *, QEMU's character devices; only with realtime */
    GPtrArray *module; /* StuntModule * */
    GPtrArray *catches; /* char *, planted bugs that make it fail */
    GPtrArray *outcome; /* char *, of cells that are good; empty: STUNT_GOOD_OUTCOME */
    GPtrArray *proof;   /* StuntProof *, by class and action */
    guint64 deadline_ns;
    StuntStatus verdict;  /* the verdict that counts as a pass */
    GPtrArray *allow;     /* char *, patterns for the oracle */
    GPtrArray *misuse;    /* StuntMisuseAllowance * */
    GPtrArray *expect;    /* StuntExpectedFinding * */
    char *leave_loaded;   /* why the modules stay at the end; NULL: they are unloaded */
} StuntScenario;

/*
 * Reads what a scenario declares; runs nothing but the file's own top level, in the sandbox.
 * Errors: MISSING (the file), INPUT (syntax or declaration; the message begins with FILE:LINE:).
 */
StuntScenario *stunt_scenario_load(const StuntSetup *setup, const StuntSpec *spec, const char *name,
                                   const char *file, GError **error);
StuntScenario *stunt_scenario_new(const char *name, const char *file); /* empty: no devices, the defaults */
/* No file: one device of each type but the link, which every machine has, called TYPE0, and its driver. */
StuntScenario *stunt_scenario_one_of_each(const StuntSpec *spec);
void stunt_scenario_free(StuntScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntScenario, stunt_scenario_free)

/* Gives a machine the shape that the scenario asks for: memory, processors, devices, kernel command line. */
void stunt_scenario_shape(const StuntScenario *scenario, StuntMachine *machine);

/* ---- running ------------------------------------------------------------------------------------- */

struct StuntRuntime; /* lib/scenario/runtime.h */

/* Called now and then while a scenario runs, with what it does and the log so far. */
typedef void (*StuntProgressFunc)(const char *what, guint64 virtual_ns, StuntTimeline *timeline,
                                  gpointer data);

typedef struct {
    const StuntSetup *setup;
    const StuntSpec *spec;
    const char *name, *file; /* file NULL: the machine of stunt_scenario_one_of_each(), for a session */
    StuntStarter *starter; /* NULL: a machine of its own, which boots */
    StuntStartKind start;
    const char *kernel;   /* name or path, NULL: the scenario's, else the default */
    StuntSwitch iommu;    /* a scenario that needs it otherwise is skipped; unsaid: as it needs, else none */
    const char *bug;      /* planted in the driver: its variant is loaded in place of the module; or NULL */
    const char *plan_name; /* of a plan of fault rules beside the scenario's own, or NULL */
    const char *plan_text; /* its TOML; a scenario that lacks one of its devices is skipped */
    guint64 seed;
    guint64 wall_limit_ms; /* 0: the machine's default */
    const char *dump;      /* folder for the memory of a guest that hangs or panics, or NULL */
    const char *console;   /* file that gets the serial console, or NULL: the guest has none */
    const char *gdb;       /* -gdb argument, or NULL */
    guint64 stop_at_event; /* 0: run to the end */
    guint64 stop_after_rewinds; /* the event of that number after the script has gone back so often */
    StuntProgressFunc progress; /* or NULL */
    void (*stopped)(StuntTimeline *timeline,
                    gpointer data); /* the machine stands at stop_at_event; or NULL */
    /* The script has ended, well or not, and is not judged yet: the machine may be looked at; or NULL. */
    void (*ended)(StuntGuest *guest, StuntVm *vm, gpointer data);
    /* In place of the scenario's steps, at its ready point. What happens in it is judged by nobody; or NULL. */
    void (*session)(struct StuntRuntime *runtime, gpointer data);
    gpointer data;
} StuntRunRequest;

/*
 * Runs one scenario on a machine of its own, or one that the starter has warm, and judges it. Always gives a result; what breaks is an ERROR in
 * it. ret_events and ret_kernel_log get the logs (maybe empty). Blocks until the run ends; wall time is
 * bounded by the machine's backstop.
 */
StuntResult *stunt_scenario_run(const StuntRunRequest *request, GBytes **ret_events, GBytes **ret_kernel_log);

/* The scripting reference in Markdown, from the tables that register the functions. Free with g_free. */
char *stunt_lua_reference(void);

/* One function of the scripting interface ("vm:run"), as text; NULL when there is none. Free with g_free. */
char *stunt_lua_describe(const char *name);
GPtrArray *stunt_lua_names(void); /* char *, all of them; free function set */

#endif
