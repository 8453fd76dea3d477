/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt-link: the rendezvous of the guest's agent with the harness. Theory: docs/devices/link.md. */
#ifndef STUNT_LINK_H
#define STUNT_LINK_H

#include "core/pci.h"
#include "stunt/regs/link.h"

#define TYPE_STUNT_LINK "stunt-link"
OBJECT_DECLARE_SIMPLE_TYPE(StuntLink, STUNT_LINK)

extern const struct stunt_device_spec stunt_link_spec;

struct StuntLink {
    StuntPCI parent_obj;

    char *shm_path;
    StuntTrace *trace; /* the process's, saved and loaded with the link */
    Notifier suspend_notifier, wakeup_notifier;
    bool ask_failed;   /* the last message could not be fetched: RX_LEN says so */
};

/* message.c: what DOORBELL and RX_LEN do. */
void stunt_link_ask(StuntLink *link);
void stunt_link_dump(StuntLink *link);
uint32_t stunt_link_take_answer(StuntLink *link);

/* tell.c: what a write to CHECK_COUNT does. */
void stunt_link_take_tells(StuntLink *link, uint32_t count);

/* sleep.c: what a write to SLEEP does; S3. */
void stunt_link_sleep(StuntLink *link, uint32_t value);
void stunt_link_sleep_init(StuntLink *link);
void stunt_link_sleep_exit(StuntLink *link);

/* props.c */
void stunt_link_add_properties(ObjectClass *klass);

#endif
