/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this installation has: programs, kernels, scenarios, planted bugs (from the configuration file) and the devices'
 * descriptions (from spec.lua). Read once, then constant.
 */
#ifndef STUNT_SETUP_H
#define STUNT_SETUP_H

#include <glib.h>
#include "stunt/machine.h"

typedef struct {
    char *name;    /* "6.1" */
    char *release; /* "6.1.0-56-amd64" */
    char *kernel;  /* bzImage, or the ELF image in it */
    char *initrd;
    char *headers; /* folder that the modules were built with, NULL when the file does not say */
    char *modules; /* folder that they were built in, NULL when the file does not say: source lines of their code */
    guint memory_mib;   /* that it wants beyond what a scenario says */
    guint icount_shift; /* StuntMachine.icount_shift: less for a kernel that needs more instructions for the same work */
} StuntKernel;

/* A bug that a variant of a kernel module has planted in it. */
typedef struct {
    char *name;    /* "lost_watchdog" */
    char *module;  /* "stunt_dma": its variant has the bug when it is loaded with bug=NAME */
    char *kind;    /* of bug, "no time-out" */
    char *summary; /* what it does */
} StuntBug;

typedef struct {
    char *file; /* the configuration file itself, absolute */
    char *qemu;
    GPtrArray *firmware; /* char * */
    char *devices;       /* stunt-devices.so */
    char *spec;          /* spec.lua */
    char *scenarios;     /* folder */
    GPtrArray *bug;      /* StuntBug *, in the list's order; empty without a list */
    GPtrArray *kernel;   /* StuntKernel *, order of the file */
    char *default_kernel;
} StuntSetup;

/*
 * Reads the configuration file: `file` when given, else $STUNT_CONFIG, else stunt.conf beside the program or
 * up to two folders above it, else stunt/stunt.conf in $XDG_DATA_DIRS. Relative paths in it start at its
 * folder. Checks the file's form, not that what it names exists. Errors: MISSING (no file), INPUT (with file
 * and key).
 */
StuntSetup *stunt_setup_load(const char *file, GError **error);
void stunt_setup_free(StuntSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntSetup, stunt_setup_free)

/*
 * Finds a kernel by name (NULL: the default), or by the path of a bzImage whose release is that of a prepared
 * kernel. Errors: INPUT (no such kernel; lists those there are), MISSING (nothing is prepared for that file;
 * says what to do).
 */
StuntKernel *stunt_setup_find_kernel(const StuntSetup *setup, const char *name, GError **error);
void stunt_kernel_free(StuntKernel *kernel);

/* ---- planted bugs -------------------------------------------------------------------------------- */

/* Reads the list that the build makes, into a new array of StuntBug *. Errors: MISSING, INPUT. */
GPtrArray *stunt_bugs_load(const char *file, GError **error);

/* By name; borrowed. Errors: INPUT (no such bug; suggests a near one). */
const StuntBug *stunt_setup_find_bug(const StuntSetup *setup, const char *name, GError **error);

/* A machine with the programs and files of this installation, without devices. */
StuntMachine *stunt_setup_machine(const StuntSetup *setup, const StuntKernel *kernel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntKernel, stunt_kernel_free)

/* The release in a bzImage's header. Errors: MISSING (cannot be read), INPUT (no bzImage). Free with g_free.
 */
char *stunt_setup_kernel_release(const char *file, GError **error);

/* ---- devices' descriptions ---------------------------------------------------------------------- */

typedef struct {
    char *name;
    guint64 value; /* number; of a field: mask in place */
    char *doc;     /* never NULL */
} StuntSpecName;

typedef struct {
    char *name;
    char *doc;
    guint32 offset, reset;
    guint count, stride; /* 1 and 0 for a single register */
    GPtrArray *field;    /* StuntSpecName *, value: mask in place */
} StuntSpecRegister;

typedef struct {
    char *name;
    char *doc;
    GPtrArray *value; /* StuntSpecName * */
} StuntSpecEnum;

typedef struct {
    char *name;  /* "dma" */
    char *title;
    gboolean isa; /* on the ISA bus, else behind a root port */
    GPtrArray *adjustable; /* char *, properties that may change while the machine runs */
    GPtrArray *reg;    /* StuntSpecRegister * */
    GPtrArray *vector; /* StuntSpecName *, value: index */
    GPtrArray *event;  /* char *, classes of its events */
    GPtrArray *enums;  /* StuntSpecEnum * */
} StuntSpecDevice;

typedef struct {
    GPtrArray *device; /* StuntSpecDevice * */
} StuntSpec;

/* Reads spec.lua. Errors: MISSING, INPUT (not what the generator writes). */
StuntSpec *stunt_spec_load(const char *file, GError **error);
void stunt_spec_free(StuntSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntSpec, stunt_spec_free)

/* By name; NULL when there is none. Borrowed. */
const StuntSpecDevice *stunt_spec_device(const StuntSpec *spec, const char *name);
const StuntSpecRegister *stunt_spec_register(const StuntSpecDevice *device, const char *name);
const StuntSpecEnum *stunt_spec_enum(const StuntSpecDevice *device, const char *name);
const StuntSpecName *stunt_spec_name(const GPtrArray *names, const char *name);
/* Has the device events of this class? */
gboolean stunt_spec_has_class(const StuntSpecDevice *device, const char *class_name);

/* The names of an array of any of the structs above (each begins with its name): char *, borrowed. */
GPtrArray *stunt_spec_names(const GPtrArray *things);

/* ", did you mean 'irq.raise'?", or "" when nothing is near. names: char *. Free with g_free. */
char *stunt_did_you_mean(const char *name, const GPtrArray *names);

/* ---- scenario files ------------------------------------------------------------------------------ */

typedef struct {
    char *name; /* "dma/lost-interrupt"; of a file outside the scenarios folder: its path without .lua */
    char *file; /* absolute */
} StuntScenarioFile;
void stunt_scenario_file_free(StuntScenarioFile *file);

/* All scenarios below a folder, by name; those in lib/ are not. Errors: MISSING. */
GPtrArray *stunt_catalog_all(const char *folder, GError **error);

/*
 * Scenarios named by the words: a name, a folder of names ("dma"), a path of a file or folder. No words: all.
 * Each once, in order. Errors: INPUT (no such scenario; suggests a near one).
 */
GPtrArray *stunt_catalog_select(const char *folder, const char *const *words, GError **error);

#endif
