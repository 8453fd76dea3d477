/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/monitor.h"
#include "core/trace.h"
#include "core/warp.h"
#include "types.h"

#define REGISTER(name) stunt_##name##_register_types();

void stunt_register_types(void)
{
    stunt_trace_init();
    stunt_monitor_init();
    stunt_warp_init();
    stunt_pci_register_types();
    stunt_port_register_types();
    stunt_isa_register_types();
    STUNT_DEVICES(REGISTER)
}
