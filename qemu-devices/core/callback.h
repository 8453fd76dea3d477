/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around a callback of a device that is no access of the guest, a timer's say. An access to the device's own registers
 * that comes of it (a message address that points back) is refused, as QEMU does by itself within an access; and all of
 * it happens at one time, whatever timer it sets.
 */
#ifndef STUNT_CORE_CALLBACK_H
#define STUNT_CORE_CALLBACK_H

#include "hw/qdev-core.h"
#include "core/warp.h"

static inline void stunt_callback_begin(DeviceState *dev)
{
    dev->mem_reentrancy_guard.engaged_in_io = true;
    stunt_warp_hold();
}

static inline void stunt_callback_end(DeviceState *dev)
{
    stunt_warp_release();
    dev->mem_reentrancy_guard.engaged_in_io = false;
}

#endif
