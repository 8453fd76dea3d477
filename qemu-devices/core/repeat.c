/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/clock.h"
#include "core/repeat.h"

void stunt_repeat_init(StuntRepeat *repeat, QEMUTimerCB *due, void *opaque)
{
    timer_init_ns(&repeat->timer, QEMU_CLOCK_VIRTUAL, due, opaque);
}

static void begin(StuntRepeat *repeat, uint32_t count, uint64_t first_ns, uint64_t period_ns)
{
    repeat->left = count;
    repeat->period_ns = period_ns;
    timer_mod_ns(&repeat->timer, stunt_clock_after(first_ns));
}

void stunt_repeat_delay(StuntRepeat *repeat, uint64_t ns)
{
    begin(repeat, 1, ns, 0);
}

void stunt_repeat_once(StuntRepeat *repeat, uint64_t ns)
{
    ns = MAX(ns, 1);
    begin(repeat, 1, ns, ns);
}

void stunt_repeat_storm(StuntRepeat *repeat, uint64_t count, uint64_t ns)
{
    ns = MAX(ns, STUNT_STORM_PERIOD_MIN_NS);
    if (count > 1) {
        begin(repeat, MIN(count - 1, STUNT_STORM_COUNT_MAX), ns, ns);
    } else {
        stunt_repeat_forget(repeat);
    }
}

bool stunt_repeat_next(StuntRepeat *repeat)
{
    repeat->left--;
    if (repeat->left) {
        timer_mod_ns(&repeat->timer, stunt_clock_after(repeat->period_ns));
    }
    return repeat->period_ns == 0;
}

void stunt_repeat_forget(StuntRepeat *repeat)
{
    repeat->left = 0;
    timer_del(&repeat->timer);
}

/* A timer without a signal, or the other way round, is not what we saved. */
static bool is_sane(void *opaque, int version_id)
{
    StuntRepeat *repeat = opaque;

    return (repeat->left == 0) != timer_pending(&repeat->timer) && repeat->left <= STUNT_STORM_COUNT_MAX;
}

const VMStateDescription vmstate_stunt_repeat = {
    .name = "stunt-repeat",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER(timer, StuntRepeat),
        VMSTATE_UINT32(left, StuntRepeat),
        VMSTATE_UINT64(period_ns, StuntRepeat),
        VMSTATE_VALIDATE("a signal for each timer", is_sane),
        VMSTATE_END_OF_LIST()
    }
};
