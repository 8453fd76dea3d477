/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stopping the machine with a reason. A stop asked for by a vCPU's access or by a virtual-clock timer takes
 * effect before the guest runs another instruction. One reason is reported at a stop; a reason that comes
 * while another is being reported waits, and stops the machine again before the guest has run on.
 */
#ifndef STUNT_CORE_STOP_H
#define STUNT_CORE_STOP_H

#include "qemu/timer.h"
#include "stunt/proto.h"

#define STUNT_STOP_REASONS 8

typedef struct StuntStop {
    uint32_t reason; /* enum stunt_stop that is being reported; NONE while the machine runs */
    uint32_t arg;
    uint32_t waiting; /* bit per reason that has its turn after the next start */
    uint32_t waiting_arg[STUNT_STOP_REASONS];
    QEMUTimer *again;    /* stops once more, for a waiting reason */
    QEMUTimer *deadline; /* stunt_trace.deadline_ns */
    bool off; /* QEMU has taken note of a power-off or reset by the guest */
} StuntStop;

extern const VMStateDescription vmstate_stunt_stop;

/* Stops the machine; one that stands still already, as soon as it is started again. */
void stunt_stop_request(enum stunt_stop reason, uint32_t arg);

/*
 * Whether the guest has switched itself off. QEMU only asks its main loop to stop such a machine, so how far it
 * still comes depends on the host: nothing of that is an event or a reason to stop.
 */
bool stunt_stop_is_off(void);

/* Puts the deadline timer where stunt_trace.deadline_ns says. */
void stunt_stop_arm_deadline(void);

/* Forgets what was asked for, before state is loaded. */
void stunt_stop_clear(void);

void stunt_stop_init(void);

#endif
