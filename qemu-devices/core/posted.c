/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/clock.h"
#include "core/pci.h"

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/* Each leaves the queue before it lands, as it may reset the device. */
static void land_until(StuntPCI *dev, int64_t ns)
{
    StuntPosted *posted = &dev->posted;

    while (posted->n && posted->write[0].due_ns <= ns) {
        StuntPostedWrite write = posted->write[0];

        posted->n--;
        memmove(&posted->write[0], &posted->write[1], posted->n * sizeof(posted->write[0]));
        stunt_pci_bar_land(dev, write.addr, write.value, write.size);
    }
    if (posted->n) {
        timer_mod_ns(&posted->timer, posted->write[0].due_ns);
    } else {
        timer_del(&posted->timer);
    }
}

static void land_due(void *opaque)
{
    StuntPCI *dev = opaque;

    stunt_pci_enter(dev);
    land_until(dev, now_ns());
    stunt_pci_leave(dev);
}

void stunt_posted_write(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size, uint64_t delay_ns)
{
    StuntPosted *posted = &dev->posted;
    int64_t due;

    if (posted->n == STUNT_POSTED_MAX) {
        land_until(dev, INT64_MAX);
    }
    if (likely(posted->n == 0 && delay_ns == 0)) {
        stunt_pci_bar_land(dev, addr, value, size);
        return;
    }
    due = now_ns() + (int64_t)MIN(delay_ns, STUNT_CLOCK_PASS_MAX_NS);
    if (posted->n) {
        due = MAX(due, posted->write[posted->n - 1].due_ns);
    }
    posted->write[posted->n++] =
        (StuntPostedWrite){ .due_ns = due, .addr = addr, .value = value, .size = size };
    timer_mod_ns(&posted->timer, posted->write[0].due_ns);
}

void stunt_posted_push(StuntPCI *dev)
{
    StuntPosted *posted = &dev->posted;
    int64_t wait;

    if (likely(posted->n == 0)) {
        return;
    }
    wait = posted->write[posted->n - 1].due_ns - now_ns();
    if (wait > 0) {
        stunt_clock_pass(wait);
    }
    land_until(dev, INT64_MAX);
}

void stunt_posted_drop(StuntPCI *dev)
{
    dev->posted.n = 0;
    timer_del(&dev->posted.timer);
}

void stunt_posted_init(StuntPCI *dev)
{
    timer_init_ns(&dev->posted.timer, QEMU_CLOCK_VIRTUAL, land_due, dev);
}

static bool is_needed(void *opaque)
{
    return STUNT_PCI(opaque)->posted.n != 0;
}

static bool sane(void *opaque, int version_id)
{
    StuntPosted *posted = opaque;

    return posted->n <= STUNT_POSTED_MAX && (posted->n == 0) != timer_pending(&posted->timer);
}

static const VMStateDescription vmstate_write = {
    .name = "stunt-posted-write",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT64(due_ns, StuntPostedWrite),
        VMSTATE_UINT64(addr, StuntPostedWrite),
        VMSTATE_UINT64(value, StuntPostedWrite),
        VMSTATE_UINT32(size, StuntPostedWrite),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_posted = {
    .name = "stunt-posted-writes",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER(timer, StuntPosted),
        VMSTATE_UINT32(n, StuntPosted),
        VMSTATE_STRUCT_ARRAY(write, StuntPosted, STUNT_POSTED_MAX, 0, vmstate_write, StuntPostedWrite),
        VMSTATE_VALIDATE("writes that can be under way", sane),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_stunt_posted = {
    .name = "stunt-pci/posted",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = is_needed,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(posted, StuntPCI, 0, vmstate_posted, StuntPosted),
        VMSTATE_END_OF_LIST()
    }
};
