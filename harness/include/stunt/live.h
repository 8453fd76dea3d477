/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's PCI functions as guest and model each see them, side by side. The guest tells from sysfs,
 * /proc/interrupts and /proc/iomem, the model through QMP; where both know a thing they have to agree.
 */
#ifndef STUNT_LIVE_H
#define STUNT_LIVE_H

#include <json-glib/json-glib.h>
#include "stunt/guest.h"
#include "stunt/setup.h"

typedef struct {
    const char *what;    /* "bus master" */
    char *guest, *model; /* in words that can be compared; NULL: that side has nothing to say of it */
    gboolean compared;   /* both have to say the same */
    gboolean differs;
} StuntLiveFact;

typedef struct {
    char *address; /* "0000:01:00.0" */
    char *name;    /* of one of our devices, "dma0"; NULL: QEMU's */
    guint depth;   /* behind so many bridges */
    GPtrArray *fact;         /* StuntLiveFact * */
    JsonObject *registers;   /* of one of our devices: name to value; NULL without */
} StuntLiveFunction;

typedef struct {
    char *title;
    char *release; /* of the guest's kernel */
    guint64 virtual_ns;
    GPtrArray *function; /* StuntLiveFunction *, each behind the bridge that leads to it */
    guint differences;
} StuntLive;

/*
 * Looks now, which lets the guest run for a moment. title says what machine it is. Errors: as in guest.h and
 * vm.h, PROTOCOL (the guest's answer makes no sense).
 */
StuntLive *stunt_live_look(StuntGuest *guest, StuntVm *vm, const StuntSpec *spec, const GPtrArray *devices,
                           const char *title, guint64 deadline_ns, GError **error);
void stunt_live_free(StuntLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntLive, stunt_live_free)

/* For people, and as one JSON object; each ends with a newline. Free with g_free. */
char *stunt_live_text(const StuntLive *live);
char *stunt_live_json(const StuntLive *live);

#endif
