/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest falls asleep and wakes up. Of S3 the machine itself knows; of suspend to idle only the guest does. */
#include "qemu/osdep.h"
#include "link/link.h"

QEMU_BUILD_BUG_ON(STUNT_WAKE_OTHER != STUNT_LINK_SOURCE_OTHER || STUNT_WAKE_BUTTON != STUNT_LINK_SOURCE_BUTTON ||
                  STUNT_WAKE_RTC != STUNT_LINK_SOURCE_RTC || STUNT_WAKE_PME != STUNT_LINK_SOURCE_PME);

static void sleeps(StuntLink *link, uint32_t state)
{
    (void)stunt_event(STUNT_PCI(link)->trace_id, STUNT_EV_LINK_SLEEP, state);
    stunt_stop_request(STUNT_STOP_SLEEP, state);
}

static void wakes(StuntLink *link, uint32_t state, StuntWake source)
{
    (void)stunt_event(STUNT_PCI(link)->trace_id, STUNT_EV_LINK_WAKE, state, source);
}

void stunt_link_sleep(StuntLink *link, uint32_t value)
{
    if (value & STUNT_LINK_SLEEP_ASLEEP) {
        sleeps(link, STUNT_LINK_STATE_IDLE);
    } else {
        wakes(link, STUNT_LINK_STATE_IDLE, STUNT_WAKE_OTHER);
    }
}

static void machine_sleeps(Notifier *notifier, void *data)
{
    sleeps(container_of(notifier, StuntLink, suspend_notifier), STUNT_LINK_STATE_S3);
}

static void machine_wakes(Notifier *notifier, void *data)
{
    const WakeupReason *reason = data;

    wakes(container_of(notifier, StuntLink, wakeup_notifier), STUNT_LINK_STATE_S3, stunt_sleep_source(*reason));
}

void stunt_link_sleep_init(StuntLink *link)
{
    link->suspend_notifier.notify = machine_sleeps;
    link->wakeup_notifier.notify = machine_wakes;
    qemu_register_suspend_notifier(&link->suspend_notifier);
    qemu_register_wakeup_notifier(&link->wakeup_notifier);
}

void stunt_link_sleep_exit(StuntLink *link)
{
    notifier_remove(&link->suspend_notifier);
    notifier_remove(&link->wakeup_notifier);
}
