/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * S3: the guest has switched main power off, and something wakes it at an exact virtual time. To everybody here a machine
 * that sleeps is one that runs: time passes, timers fire, it can be stopped, looked at, kept and put back.
 *
 * Whoever loses main power then is told by stunt_sleep_add_notifier(); at the wake-up the whole system is reset, as by a cold
 * start.
 */
#ifndef STUNT_CORE_SLEEP_H
#define STUNT_CORE_SLEEP_H

#include "qemu/notify.h"
#include "qemu/typedefs.h"
#include "sysemu/runstate.h"

/* What has woken it; numbers are the timeline's. */
typedef enum StuntWake {
    STUNT_WAKE_OTHER = 0, /* QEMU's own */
    STUNT_WAKE_BUTTON = 1,
    STUNT_WAKE_RTC = 2,
    STUNT_WAKE_PME = 3,
} StuntWake;

typedef struct StuntSleep {
    bool asleep;
    bool held;     /* it fell asleep at a stop, and QEMU has yet to be told that it stands still */
    uint32_t wake; /* StuntWake that is under way, OTHER: none */
} StuntSleep;

/* Main power is off. */
bool stunt_sleep_is_asleep(void);

/* Called when main power goes off, and stunt_sleep_wake() works already; data is NULL. */
void stunt_sleep_add_notifier(Notifier *notifier);

/* Whether virtual time passes: it runs, or sleeps and is not stopped. */
bool stunt_sleep_or_running(void);

/* As vm_stop(RUN_STATE_PAUSED), also for a machine that sleeps. */
void stunt_sleep_stop(void);

/* Wakes a machine that sleeps, when its time passes next; another is left alone. */
void stunt_sleep_wake(StuntWake source);

/* The power button: wakes a machine that sleeps, and is a button to one that does not. */
void stunt_sleep_button(void);

/* In a wake-up notifier: who it was. */
StuntWake stunt_sleep_source(WakeupReason reason);

/* From stop.c: before the main loop waits; before it lets time leap; when a machine that sleeps goes on. */
void stunt_sleep_before_wait(void);
void stunt_sleep_before_leap(void);
void stunt_sleep_goes_on(void);

void stunt_sleep_init(void);

/* sleep-board.c, for sleep.c: the reset that wakes; the firmware's window, before a machine goes on, also one that was rewound. */
void stunt_sleep_board_init(void);
void stunt_sleep_keep_window(void);

#endif
