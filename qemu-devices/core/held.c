/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/clock.h"
#include "core/dma.h"

static void forget(StuntHeldWrite *write)
{
    timer_del(&write->timer);
    g_free(write->data);
    write->data = NULL;
    write->len = 0;
    write->until = STUNT_HELD_FREE;
    write->dev->held.n--;
}

static void land(StuntHeldWrite *write)
{
    StuntDmaTag tag = { .channel = write->channel, .what = write->what };

    stunt_dma_land(write->dev, tag, write->addr, write->data, write->len);
    forget(write);
}

static void time_has_come(void *opaque)
{
    StuntHeldWrite *write = opaque;

    stunt_pci_enter(write->dev);
    land(write);
    stunt_pci_leave(write->dev);
}

static void wait_for_time(StuntHeldWrite *write)
{
    timer_mod_ns(&write->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                    (int64_t)MIN(write->ns, STUNT_CLOCK_PASS_MAX_NS));
}

static StuntHeldWrite *free_place(StuntPCI *dev)
{
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        if (dev->held.write[i].until == STUNT_HELD_FREE) {
            return &dev->held.write[i];
        }
    }
    return NULL;
}

bool stunt_held_add(StuntPCI *dev, const StuntHeldWrite *write, const void *buf)
{
    StuntHeldWrite *place = free_place(dev);

    if (!place) {
        return false;
    }
    place->until = write->until;
    place->channel = write->channel;
    place->what = write->what;
    place->addr = write->addr;
    place->ns = write->ns;
    place->len = write->len;
    place->data = g_memdup2(buf, write->len);
    dev->held.n++;
    if (place->until != STUNT_HELD_DONE) {
        wait_for_time(place);
    }
    return true;
}

void stunt_held_next(StuntPCI *dev, unsigned channel)
{
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        StuntHeldWrite *write = &dev->held.write[i];

        if (write->until == STUNT_HELD_NEXT && write->channel == channel) {
            land(write);
        }
    }
}

void stunt_held_done(StuntPCI *dev, unsigned channel)
{
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        StuntHeldWrite *write = &dev->held.write[i];

        if (write->until == STUNT_HELD_DONE && write->channel == channel) {
            write->until = STUNT_HELD_TIME;
            wait_for_time(write);
        }
    }
}

void stunt_held_note_record(StuntPCI *dev, unsigned channel, uint64_t addr, const void *buf, uint32_t len)
{
    StuntHeldRecord *record = &dev->held.record;

    record->len = 0;
    if (len <= STUNT_HELD_RECORD_MAX && stunt_dma_peek(dev, addr, record->before, len)) {
        record->time_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        record->channel = channel;
        record->addr = addr;
        record->len = len;
        memcpy(record->data, buf, len);
    }
}

void stunt_held_take_back(StuntPCI *dev, uint64_t ns)
{
    StuntHeldRecord *record = &dev->held.record;
    StuntHeldWrite write = {
        .until = STUNT_HELD_TIME,
        .channel = record->channel,
        .what = STUNT_XFER_COMP,
        .addr = record->addr,
        .len = record->len,
        .ns = ns,
    };

    if (record->len && record->time_ns == qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) &&
        stunt_held_add(dev, &write, record->data)) {
        stunt_dma_undo(dev, record->addr, record->before, record->len);
    }
    record->len = 0;
}

void stunt_held_drop(StuntPCI *dev, unsigned channel)
{
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        StuntHeldWrite *write = &dev->held.write[i];

        if (write->until != STUNT_HELD_FREE && (write->channel == channel || channel == STUNT_HELD_ALL)) {
            forget(write);
        }
    }
    dev->held.record.len = 0;
}

void stunt_held_init(StuntPCI *dev)
{
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        StuntHeldWrite *write = &dev->held.write[i];

        write->dev = dev;
        timer_init_ns(&write->timer, QEMU_CLOCK_VIRTUAL, time_has_come, write);
    }
}

/* ---- state ------------------------------------------------------------------------------------------- */

static bool is_needed(void *opaque)
{
    return STUNT_PCI(opaque)->held.n != 0;
}

/* The data is allocated while it is loaded. */
static int held_pre_load(void *opaque)
{
    stunt_held_drop(opaque, STUNT_HELD_ALL);
    return 0;
}

static bool write_sane(void *opaque, int version_id)
{
    StuntHeldWrite *write = opaque;
    bool waits_for_time = write->until == STUNT_HELD_TIME || write->until == STUNT_HELD_NEXT;

    return write->until <= STUNT_HELD_DONE && write->len <= STUNT_DMA_CHUNK &&
           (write->len == 0) == (write->until == STUNT_HELD_FREE) &&
           timer_pending(&write->timer) == waits_for_time;
}

static const VMStateDescription vmstate_write = {
    .name = "stunt-held-write",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER(timer, StuntHeldWrite),
        VMSTATE_UINT32(until, StuntHeldWrite),
        VMSTATE_UINT32(channel, StuntHeldWrite),
        VMSTATE_UINT32(what, StuntHeldWrite),
        VMSTATE_UINT64(addr, StuntHeldWrite),
        VMSTATE_UINT64(ns, StuntHeldWrite),
        VMSTATE_UINT32(len, StuntHeldWrite),
        VMSTATE_VALIDATE("a write that can be held back", write_sane),
        VMSTATE_VBUFFER_ALLOC_UINT32(data, StuntHeldWrite, 0, NULL, len),
        VMSTATE_END_OF_LIST()
    }
};

static int held_post_load(void *opaque, int version_id)
{
    StuntHeld *held = &STUNT_PCI(opaque)->held;

    held->n = 0;
    for (unsigned i = 0; i < STUNT_HELD_MAX; i++) {
        held->n += held->write[i].until != STUNT_HELD_FREE;
    }
    return 0;
}

const VMStateDescription vmstate_stunt_held = {
    .name = "stunt-pci/held",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = is_needed,
    .pre_load = held_pre_load,
    .post_load = held_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(held.write, StuntPCI, STUNT_HELD_MAX, 0, vmstate_write, StuntHeldWrite),
        VMSTATE_END_OF_LIST()
    }
};
