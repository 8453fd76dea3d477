/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The root port that a double stands behind: a slot for hot plug, a link, and the place where errors are reported.
 * It never deletes a device. One that was taken out, has no power or no link is merely absent (StuntPCI.gone),
 * and is reset when its link comes back, so snapshots and rewinds work at any moment.
 *
 * What happens here is an event (slot, link, aer, port.irq) of the double behind the port, at the moment when it
 * happens. All functions may be called in the middle of whatever the device does.
 */
#ifndef STUNT_CORE_PORT_H
#define STUNT_CORE_PORT_H

#include "hw/pci/pcie_port.h"
#include "qemu/timer.h"
#include "core/aer.h"
#include "core/pci.h"

#define TYPE_STUNT_PORT "stunt-port"
OBJECT_DECLARE_TYPE(StuntPort, StuntPortClass, STUNT_PORT)

struct StuntPortClass {
    PCIERootPortClass parent_class;

    DeviceRealize parent_realize;
    DeviceReset parent_reset;
};

/* Causes of the port's interrupts, field `cause` of port.irq. Each has an MSI-X vector, hot plug and PME the same (6.1.6). */
typedef enum StuntPortCause {
    STUNT_PORT_HOTPLUG,
    STUNT_PORT_AER,
    STUNT_PORT_DPC,
    STUNT_PORT_PME,
    STUNT_PORT_CAUSES,
} StuntPortCause;

struct StuntPort {
    PCIESlot parent_obj;

    MemoryRegion unclaimed; /* what nobody behind the port answers */
    uint64_t link_ns;       /* what the link takes to come up */
    bool has_dpc;
    bool s3_power; /* the slot keeps main power in S3 */
    Notifier power_goes;
    uint16_t dpc_cap;

    bool present;    /* a card is in the slot */
    bool leaving;    /* and is taken out when the guest has switched the slot off */
    bool power_lost; /* the supply of the slot has failed */
    bool asleep;     /* it is off, as that of the whole port: the system is in S3 */
    bool link_held;  /* the link cannot come up */
    bool link_up;
    bool cold;       /* the card has been without power since the link was up */
    QEMUTimer train; /* the link comes up */
    QEMUTimer mend;  /* link_held ends */
    bool notified[STUNT_PORT_CAUSES];
};

/* The port above a device; NULL when it stands behind another kind of port, or none. */
StuntPort *stunt_port_above(StuntPCI *dev);

/* The card is pulled out in the middle of everything. False with an error when there is none. */
bool stunt_port_remove(StuntPort *port, Error **errp);
/* Somebody presses the attention button and takes the card out when the guest has switched the slot off. */
bool stunt_port_unplug(StuntPort *port, Error **errp);
/* A card is put in, and the button pressed. */
bool stunt_port_plug(StuntPort *port, Error **errp);
/* The attention button alone. */
bool stunt_port_press(StuntPort *port, Error **errp);
/* Link down, by itself up again after `ns`, 0: only by a second call; link up. */
bool stunt_port_link_down(StuntPort *port, uint64_t ns, Error **errp);
bool stunt_port_link_up(StuntPort *port, Error **errp);
/* The slot's supply fails, or is there again. */
bool stunt_port_power(StuntPort *port, bool on, Error **errp);

/* The card is in the slot and has lost its power with the system, in S3. */
bool stunt_port_sleeps(const StuntPort *port);

/* An error message from below, or of the port itself, arrives. */
void stunt_port_message(StuntPort *port, StuntSeverity severity, uint16_t source_id);

/* A PM_PME message from below arrives. */
void stunt_port_pme(StuntPort *port, uint16_t requester_id);
/* Whether somebody would see WAKE# of the card: it is there, and the system sleeps. */
bool stunt_port_hears_wake(const StuntPort *port);

/* The double behind the port, NULL without one. */
StuntPCI *stunt_port_double(StuntPort *port);

/* port-sleep.c */
void stunt_port_sleep_init(StuntPort *port);

/* port-slot.c */
void stunt_port_slot_init(StuntPort *port);
void stunt_port_slot_reset(StuntPort *port); /* and the link's */
void stunt_port_slot_written(StuntPort *port, uint16_t old_control);
bool stunt_port_is_on(StuntPort *port);
void stunt_port_tell_slot(StuntPort *port); /* the event slot */
bool stunt_port_hotplug_asks(StuntPort *port);

/* port-link.c: the state of slot and link after a change, told to registers, device and guest. */
void stunt_port_settle(StuntPort *port);
void stunt_port_link_init(StuntPort *port);
/* slept: from S3, main power is back. */
void stunt_port_link_reset(StuntPort *port, bool slept);
/* What is behind the port is where the link's state, just loaded, has it. */
void stunt_port_show_link(StuntPort *port);

/* port-dpc.c */
void stunt_port_dpc_init(StuntPort *port);
void stunt_port_dpc_reset(StuntPort *port);
void stunt_port_dpc_written(StuntPort *port, uint32_t addr, int len);
/* Contains an error, if the guest wants that: true, and it goes no further. */
bool stunt_port_dpc_contains(StuntPort *port, StuntSeverity severity, uint16_t source_id);
bool stunt_port_dpc_holds_link(StuntPort *port);
bool stunt_port_dpc_asks(StuntPort *port);

/* port-pme.c */
void stunt_port_pme_init(StuntPort *port);
void stunt_port_pme_reset(StuntPort *port);
/* After configuration space was written. */
void stunt_port_pme_written(StuntPort *port);
bool stunt_port_pme_asks(StuntPort *port);

/* port.c: signals causes that have come up, and lets the line fall when none is left. */
void stunt_port_update_irq(StuntPort *port);

/* port-props.c */
void stunt_port_add_class_properties(ObjectClass *klass);

#endif
