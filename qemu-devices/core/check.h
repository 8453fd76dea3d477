/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds a device's transfers against the memory that its driver has handed over, as a checker in the guest tells
 * it through the link. What does not agree is misuse by the driver; the transfer itself is made all the same, as
 * without an IOMMU it would be.
 *
 * A device is checked from the moment a driver is bound to it while a checker is there: what was mapped before
 * that nobody has told. When something gets lost the check goes blind and says so (event dma.check), until the
 * next driver is bound.
 */
#ifndef STUNT_CORE_CHECK_H
#define STUNT_CORE_CHECK_H

#include "core/mappings.h"
#include "qemu/queue.h"

typedef struct StuntPCI StuntPCI;

/* Field `check` of the event dma.check. */
typedef enum StuntCheckState {
    STUNT_CHECK_OFF = 0,   /* nobody tells what is mapped */
    STUNT_CHECK_ON = 1,
    STUNT_CHECK_BLIND = 2, /* something was not told, or there is no room for it */
} StuntCheckState;

typedef struct StuntCheck {
    uint8_t state;
    struct stunt_mappings mappings;
    QLIST_ENTRY(StuntCheck) next;
} StuntCheck;

/* With the device's life. */
void stunt_check_init(StuntPCI *dev);
void stunt_check_exit(StuntPCI *dev);

/* The device of ours at this bus, device and function; NULL if there is none. */
StuntPCI *stunt_check_device(uint16_t bdf);

/* What the guest tells. A mapping must be valid. */
void stunt_check_bind(StuntPCI *dev);
void stunt_check_unbind(StuntPCI *dev);
void stunt_check_map(StuntPCI *dev, const struct stunt_mapping *mapping, bool coherent);
void stunt_check_unmap(StuntPCI *dev, const struct stunt_mapping *mapping);
void stunt_check_blind_all(void);
/* There is no checker any more, of any device: everything told is forgotten. */
void stunt_check_off_all(void);

/* The device moves data; to be called while its state is ON. */
void stunt_check_transfer(StuntPCI *dev, uint64_t addr, uint32_t len, bool write);

/* A part of the device's own. */
extern const VMStateDescription vmstate_stunt_check;

#endif
