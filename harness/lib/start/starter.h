/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of a StuntStarter: machines that came from templates. */
#ifndef STUNT_START_STARTER_H
#define STUNT_START_STARTER_H

#include "lib/start/template.h"

/* A machine from a template. */
typedef struct {
    char *key;
    StuntVm *vm;
    StuntGuest *guest;
    StuntGuestMark *mark; /* at the ready point */
    StuntBaseline baseline;
    guint rewinds;
    guint64 first_bytes; /* of QEMU's memory after its first scenario, 0 before */
    gboolean keep; /* after its scenario */
    gboolean busy; /* with a scenario */
} StuntWarm;

struct StuntStarter {
    char *folder;
    guint verify_every;
    gboolean no_spare;
    GHashTable *sums;      /* StuntSums */
    GHashTable *templates; /* key to StuntTemplate: open, and checked when they were opened */
    GPtrArray *warm;       /* StuntWarm *, the one used last at the end */
    StuntWarm *spare;      /* started ahead of the next strict start, not yet loaded; or NULL */
};

/* Starts its process, without waiting for it. Errors: as stunt_vm_spawn(). */
StuntWarm *stunt_warm_spawn(const char *key, const StuntMachine *machine, const StuntTemplate *template,
                            GError **error);
void stunt_warm_free(StuntWarm *warm); /* NULL is fine */

/* Connects and takes the template's state over: now it stands at the ready point. Errors: QEMU, INPUT. */
gboolean stunt_warm_load(StuntWarm *warm, const StuntTemplate *template, GError **error);

/*
 * Puts it back to the ready point. Each verify_every-th time, compares all state: ret_difference (free with
 * g_free) is then "" or where it differs. Errors: QEMU.
 */
gboolean stunt_warm_rewind(StuntWarm *warm, guint verify_every, char **ret_difference, GError **error);

/* ---- those of a starter -------------------------------------------------------------------------- */

/* One of this definition that is free; NULL: none. Borrowed. */
StuntWarm *stunt_starter_find_warm(StuntStarter *starter, const char *key);

/* The spare if it is of this definition, else NULL; the caller's. A spare of another is ended. */
StuntWarm *stunt_starter_take_spare(StuntStarter *starter, const char *key);

/* From now on it is the starter's; keep: also after its scenario. */
void stunt_starter_adopt(StuntStarter *starter, StuntWarm *warm, gboolean keep);

/* Its scenario is over: kept if it is to be kept, whole, and not used up; else ended. */
void stunt_starter_take_back(StuntStarter *starter, StuntWarm *warm);

#endif
