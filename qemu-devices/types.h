/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the device types known to QEMU. */
#ifndef STUNT_TYPES_H
#define STUNT_TYPES_H

#include "device-list.h"

/* All of them, and the trace that they report to. Once. */
void stunt_register_types(void);

/* One per device of the spec, in its folder; called by stunt_register_types(). */
void stunt_pci_register_types(void);
void stunt_port_register_types(void);
void stunt_isa_register_types(void);
#define STUNT_DECLARE(name) void stunt_##name##_register_types(void);
STUNT_DEVICES(STUNT_DECLARE)
#undef STUNT_DECLARE

#endif
