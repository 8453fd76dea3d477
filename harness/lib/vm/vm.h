/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of a StuntVm, shared by its life (vm.c), its stops (stop.c), its rules (rules.c), its ways back
 * (back.c). */
#ifndef STUNT_LIB_VM_H
#define STUNT_LIB_VM_H

#include "lib/link/shm.h"
#include "lib/qmp/qmp.h"
#include "lib/vm/process.h"
#include "stunt/vm.h"

struct StuntVm {
    StuntTimeline *timeline; /* borrowed */
    StuntProcess *process;
    StuntQmp *qmp;
    StuntShm *shm;
    guint64 wall_limit_ms;
    gboolean realtime;
    gboolean debugged; /* gdb is attached: it stops and starts the machine as it likes */

    /* what QMP's events said */
    gboolean stopped; /* STOP, since the last cont */
    gboolean off;     /* SHUTDOWN: power-off or reset; it cannot go on */
    gboolean running; /* inside of run() */
    gboolean breaking; /* stunt_vm_break(), not told yet */
    GError *failed;   /* a command sent along the way was refused, or the ring broke */

    /* the stop that it stands at */
    StuntStopped why;
    guint64 now_ns;
    guint64 deadline_ns; /* as QEMU has it, 0 none, or STUNT_DEADLINE_UNKNOWN */
    gsize since;         /* index of the first event since it last went back */
};

#define STUNT_DEADLINE_UNKNOWN G_MAXUINT64 /* the next go tells QEMU again */

/* In stop.c: QMP event. */
void stunt_vm_handle_event(const char *name, JsonNode *event_data, gpointer data);

/* In stop.c: takes over the stop that the shared memory tells of, after the machine was put there. */
void stunt_vm_stand(StuntVm *vm);

/*
 * In back.c: the machine was put to where the shared memory says that it stopped; all that was learned since
 * does not hold there. Events before that were drained.
 */
void stunt_vm_moved(StuntVm *vm);

/* As stunt_vm_qmp(), but the error of a refused command is QMP's text alone. */
gboolean stunt_vm_command(StuntVm *vm, const char *command, JsonNode *arguments, JsonNode **ret_result,
                          GError **error);

/* The arguments of qom-get, or with a value (taken) those of qom-set. */
JsonNode *stunt_vm_qom_arguments(const char *device, const char *property, JsonNode *value);

/* "QEMU died: …; its last output: …", in place of an error that was only a symptom of it. */
void stunt_vm_explain(StuntVm *vm, GError **error);

#endif
