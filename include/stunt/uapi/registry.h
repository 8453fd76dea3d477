/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * /dev/stunt-registry: which devices Stunt's drivers have, and what becomes of them. Reference:
 * docs/reference/registry.md.
 *
 * Each read() gives whole records, as many as there are and fit: at first one with STUNT_REGISTRY_PRESENT for each
 * device that was there when the file was opened, then one for each event, in order. Every open file gets all of
 * them. poll() says readable when a record waits; a read() waits for one, or fails with EAGAIN with O_NONBLOCK.
 * Fails with EINVAL when not even one record of version 1 fits, and with EINTR.
 *
 * A file that is not read keeps at least the newest STUNT_REGISTRY_KEPT records; older ones are lost, and `lost` of
 * the next record read says how many. Records may grow at their end: a program steps by `size`, and one whose buffer
 * is smaller than a record gets its beginning.
 *
 * This header stands alone: the includer has defined uint8_t … uint64_t.
 */
#ifndef STUNT_UAPI_REGISTRY_H
#define STUNT_UAPI_REGISTRY_H

#define STUNT_REGISTRY_NAME_MAX 32 /* bytes, the closing 0 among them; longer names are cut */
#define STUNT_REGISTRY_KEPT     64

/* stunt_registry_event.event */
#define STUNT_REGISTRY_ARRIVED 1u /* a driver has bound the device, it can be used */
#define STUNT_REGISTRY_REMOVED 2u /* the driver has let go of it; `state` is the last it was in */
#define STUNT_REGISTRY_CHANGED 3u /* it is in another state now */

/* stunt_registry_event.state */
#define STUNT_REGISTRY_STOPPED 0u /* being reset, or asleep */
#define STUNT_REGISTRY_RUNNING 1u
#define STUNT_REGISTRY_GONE    2u /* the device does not answer */

/* stunt_registry_event.flags */
#define STUNT_REGISTRY_PRESENT 1u /* ARRIVED: it was there when the file was opened */

struct stunt_registry_event {
    uint32_t size;    /* bytes of the record */
    uint32_t flags;   /* STUNT_REGISTRY_PRESENT, or 0 */
    uint32_t event;   /* STUNT_REGISTRY_ARRIVED, … */
    uint32_t state;   /* STUNT_REGISTRY_STOPPED, … */
    uint64_t seq;     /* events are counted from 1, alike for all readers; PRESENT: how many had been then */
    uint64_t time_ns; /* CLOCK_MONOTONIC, of the event; PRESENT: of the arrival */
    uint32_t id;      /* of the device; never given out twice */
    uint32_t lost;    /* records of this file that were lost directly before this one */
    char name[STUNT_REGISTRY_NAME_MAX];   /* "stunt-dma0", as in /sys/class/stunt */
    char driver[STUNT_REGISTRY_NAME_MAX]; /* "stunt_dma" */
    char device[STUNT_REGISTRY_NAME_MAX]; /* "0000:01:00.0", its name on the bus */
};

#ifdef __cplusplus
static_assert(sizeof(struct stunt_registry_event) == 136, "stunt_registry_event is 136 bytes");
#else
_Static_assert(sizeof(struct stunt_registry_event) == 136, "stunt_registry_event is 136 bytes");
#endif

#endif
