/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A double behind a stunt-port: rp0, in slot 3, with dma0 behind it. */
#ifndef STUNT_QTEST_PORT_H
#define STUNT_QTEST_PORT_H

#include "irq.h"

#define LINK_NS INT64_C(10000000) /* what the link takes to come up */
#define HOT 4u                    /* kind of reset: by the link */

/* A traced bench behind a port with these properties, all of its interrupts and reports on. */
Bench *port_new(const char *port_props);
/* The last step of it. */
void port_enable(Bench *bench);

Pci port_of(Bench *bench);
/* Words of its Express capability; registers of somebody's AER capability. */
uint32_t port_express_read(Bench *bench, unsigned reg);
void port_express_write(Bench *bench, unsigned reg, uint16_t value);
uint32_t port_aer_read(const Pci *pci, unsigned reg);
void port_aer_write(const Pci *pci, unsigned reg, uint32_t value);
bool port_link_is_up(Bench *bench);

/* The message of a cause since the last call, cause + 1; 0: none. */
uint32_t port_message(Bench *bench, unsigned cause);

/* A property of the port, which takes it, or refuses with these words. */
void port_set(Bench *bench, const char *property, const char *value);
void port_refuses(Bench *bench, const char *property, const char *value, const char *words);

/* A rule r for dma0. */
void port_arm(Bench *bench, const char *rule);

/* Nobody answers. */
void port_check_gone(Bench *bench);
/* From now on the link trains; it is up in time and not before, and the device fresh by this kind of reset. */
void port_check_return(Bench *bench, unsigned reset_kind);

#endif
