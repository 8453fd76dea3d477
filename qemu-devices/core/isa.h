/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base of every board on the ISA bus: the bytes of its spec's window as I/O ports, one edge-triggered interrupt,
 * reset, events and faults of these. Properties: iobase, irq; for the harness reg.NAME, misuse-count, inject-irq.
 */
#ifndef STUNT_CORE_ISA_H
#define STUNT_CORE_ISA_H

#include "hw/isa/isa.h"
#include "core/repeat.h"
#include "core/spec.h"
#include "core/trace.h"

#define TYPE_STUNT_ISA "stunt-isa"
OBJECT_DECLARE_TYPE(StuntISA, StuntISAClass, STUNT_ISA)

struct StuntISAClass {
    ISADeviceClass parent_class;

    const struct stunt_device_spec *spec;
    /* Last step of realize. */
    void (*realize)(StuntISA *dev, Error **errp);
    void (*unrealize)(StuntISA *dev);
    void (*reset)(StuntISA *dev);
    /* A byte of the window; a peek has no effect. */
    uint8_t (*read)(StuntISA *dev, unsigned at, bool peek);
    void (*written)(StuntISA *dev, unsigned at, uint8_t value);
};

struct StuntISA {
    ISADevice parent_obj;

    MemoryRegion io;
    qemu_irq line;
    uint32_t iobase, irq;
    int trace_id; /* index into the device table, -1 before realize */
    uint64_t misuse_count;
    bool raised;         /* what the device wants of its line */
    StuntRepeat later;   /* a signal that a fault has put off, or more of them */
};

/* For a device type's class_init. `vmsd` has STUNT_ISA_VMSTATE() among its fields. */
void stunt_isa_class_setup(ObjectClass *klass, const struct stunt_device_spec *spec, const VMStateDescription *vmsd);

extern const VMStateDescription vmstate_stunt_isa;
#define STUNT_ISA_VMSTATE(_state, _field) VMSTATE_STRUCT(_field, _state, 0, vmstate_stunt_isa, StuntISA)

/* The device's interrupt; an event when it changes. */
void stunt_isa_set_irq(StuntISA *dev, bool on);
/* Puts a misuse by the driver on the timeline and counts it. */
void stunt_isa_misuse(StuntISA *dev, unsigned kind, uint64_t arg0, uint64_t arg1);

#endif
