/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Something to signal, and what comes of it: messages in guest memory, inputs of the IOAPIC. */
#ifndef STUNT_QTEST_IRQ_H
#define STUNT_QTEST_IRQ_H

#include "dma.h"

/* A NOP with the IRQ flag; a descriptor that is refused. Each runs to its end. */
void signal_done(Channel *channel);
void signal_error(Channel *channel);

/* The device interrupts at all; no message was sent so far. */
void enable_irqs(Bench *bench);

/* The message that came to the v-th word at RAM_MSI since the last call, 0: none. */
uint32_t message(Bench *bench, unsigned v);

/* Inputs of the IOAPIC that are high, after machine_intercept_irqs(). */
unsigned lines_up(const Machine *machine);

#endif
