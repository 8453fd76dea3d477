/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a scenario begins: a machine that has booted, whose agent stands at a question, and whose modules are
 * loaded (the ready point). Three ways lead there, and from there on a run is the same to the instruction:
 *
 *   boot    the machine boots, each time
 *   strict  a fresh QEMU takes over a template, the state of a machine of the same definition that booted before
 *   turbo   the QEMU of an earlier scenario of the same definition is put back inside its process
 *
 * Templates are kept in a folder of the cache, under a name that holds a hash of all that shaped them.
 */
#ifndef STUNT_START_H
#define STUNT_START_H

#include <glib.h>
#include "stunt/guest.h"
#include "stunt/machine.h"
#include "stunt/oracle.h"

typedef enum { STUNT_START_BOOT, STUNT_START_STRICT, STUNT_START_TURBO } StuntStartKind;

const char *stunt_start_kind_name(StuntStartKind kind); /* "boot", "strict", "turbo" */
/* Errors: INPUT; lists them, suggests a near one. */
gboolean stunt_start_kind_parse(const char *name, StuntStartKind *ret_kind, GError **error);

/* ---- a machine's definition ---------------------------------------------------------------------- */

typedef struct {
    char *name;
    char *params; /* "" when there are none */
} StuntModule;

/* A list of StuntModule * that owns them. */
GPtrArray *stunt_modules_new(void);
void stunt_modules_add(GPtrArray *modules, const char *name, const char *params); /* params may be NULL */

/* A machine at the ready point, or how far it came. Give it back with stunt_starter_release(). */
typedef struct {
    StuntStartKind kind;     /* how it was really started */
    char *note;              /* why not as was asked for; NULL: as it was */
    char *warning;           /* what is wrong with templates or machines and was got around; NULL: nothing */
    StuntTimeline *timeline; /* of this run; with kind boot it begins with the boot, which no query sees */
    StuntVm *vm;
    StuntGuest *guest;
    StuntBaseline baseline;
    void *warm; /* the starter's */
} StuntReady;

/* ---- starter ------------------------------------------------------------------------------------- */

/* What outlives a scenario: hashes of files, machines that are kept warm. For one process and one thread. */
typedef struct StuntStarter StuntStarter;

typedef struct {
    const char *folder; /* of templates; NULL: ${XDG_CACHE_HOME:-~/.cache}/stunt/templates */
    guint verify_every; /* so many rewinds after the last, all state is compared; 0: never */
    gboolean no_spare;  /* no process is started ahead of the next strict start */
} StuntStarterOptions;

StuntStarter *stunt_starter_new(const StuntStarterOptions *options);
void stunt_starter_free(StuntStarter *starter); /* ends all its machines */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntStarter, stunt_starter_free)

typedef struct {
    StuntStartKind kind;
    const StuntMachine *machine;
    const GPtrArray *module; /* StuntModule *, loaded in this order */
    guint64 seed;            /* of the scenario; the machine itself always boots with its own */
    void (*progress)(const char *what, gpointer data); /* called now and then; or NULL */
    gpointer data;
} StuntStartRequest;

/*
 * Brings a machine to the ready point and begins: rules and the guest's random numbers follow the seed. A
 * kind that cannot be had gives way to a slower one, and note or warning says why. Makes the template when
 * there is none, which takes a boot; when another process is at it, waits for that, at most a minute.
 * Errors: as stunt_vm_new() and stunt_guest_boot(); FAILED when a machine was not put back as it was. Fills
 * ret_ready also when it fails.
 */
gboolean stunt_starter_start(StuntStarter *starter, const StuntStartRequest *request, StuntReady *ret_ready,
                             GError **error);

/* The scenario is over. Keeps the machine for another, or ends it. ready may be empty. */
void stunt_starter_release(StuntStarter *starter, StuntReady *ready);

/* ---- templates ----------------------------------------------------------------------------------- */

typedef struct {
    guint count;
    guint64 bytes, limit_bytes; /* on disk */
} StuntTemplateUse;

/* The cache's folder of templates. Free with g_free. */
char *stunt_templates_folder(void);

/* How much they may take: STUNT_TEMPLATES_MIB of the environment. Errors: INPUT (it is no number). */
gboolean stunt_templates_limit(guint64 *ret_bytes, GError **error);

/* What a folder of templates (NULL: the cache's) holds. */
void stunt_templates_measure(const char *folder, StuntTemplateUse *ret_use);

#endif
