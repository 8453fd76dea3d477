/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of a PCI device, by vector of its spec. Where they go depends on what the driver has set up:
 * MSI-X; MSI, where a driver that asked for fewer messages than there are vectors gets them folded (vector
 * modulo messages granted); otherwise the one INTx line, which is high while any vector is raised.
 *
 * A raise sends a message each time in MSI and MSI-X mode; in INTx mode raising what is raised changes
 * nothing. Lowering lets the line fall, and takes back a message that waits behind a mask. What is raised when
 * the driver changes the mode is signalled in the new one. A message may be anything, a write to a bridge that
 * resets this device included: raise last.
 */
#ifndef STUNT_CORE_IRQ_H
#define STUNT_CORE_IRQ_H

#include "core/repeat.h"

typedef struct StuntPCI StuntPCI;

/* Field `mode` of irq.raise. */
typedef enum StuntIRQMode {
    STUNT_IRQ_INTX = 0,
    STUNT_IRQ_MSI = 1,
    STUNT_IRQ_MSIX = 2,
} StuntIRQMode;

/* Deliveries that a fault has put off. When all places are taken, the next is delivered at once. */
#define STUNT_IRQ_LATER 16

typedef struct StuntIRQLater {
    StuntPCI *dev;
    uint32_t vector;
    StuntRepeat repeat; /* none to come: the place is free */
} StuntIRQLater;

typedef struct StuntIRQ {
    uint32_t raised; /* vectors whose cause was signalled and is still there: they hold the INTx line */
    StuntIRQLater later[STUNT_IRQ_LATER];
} StuntIRQ;

extern const VMStateDescription vmstate_stunt_irq;

void stunt_irq_raise(StuntPCI *dev, unsigned vector);
void stunt_irq_lower(StuntPCI *dev, unsigned vector);

StuntIRQMode stunt_irq_mode(StuntPCI *dev);

/* After the driver may have changed the mode, which was `from`, or the device slept or woke. */
void stunt_irq_update(StuntPCI *dev, StuntIRQMode from);

/*
 * A spurious signal now, in whatever mode is on: a message, or a glitch of a line that is low. Recorded, but
 * no rule is asked. False with an error when there is no such vector, or the device cannot signal.
 */
bool stunt_irq_inject(StuntPCI *dev, unsigned vector, Error **errp);

/* Nothing raised, nothing put off. */
void stunt_irq_reset(StuntPCI *dev);

void stunt_irq_init(StuntPCI *dev);
/* Before the device goes away. */
void stunt_irq_cancel(StuntPCI *dev);

#endif
