/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as PCI Express reports them (Base Specification 6.2, section 6.2): the registers of the function that has
 * found one, and its message to the root port. QEMU's own error injection lets no correctable error through.
 */
#ifndef STUNT_CORE_AER_H
#define STUNT_CORE_AER_H

#include "hw/pci/pci.h"

typedef struct StuntPCI StuntPCI;

/* Field `severity` of the event aer. */
typedef enum StuntSeverity {
    STUNT_AER_CORRECTABLE = 0,
    STUNT_AER_NONFATAL = 1,
    STUNT_AER_FATAL = 2,
} StuntSeverity;

/* Field `source` of the event aer: who has found the error. */
typedef enum StuntAerSource {
    STUNT_AER_DEVICE = 0,
    STUNT_AER_PORT = 1,
} StuntAerSource;

typedef struct StuntError {
    bool correctable;
    uint32_t status;    /* one bit of the correctable or the uncorrectable error status register */
    bool has_header;
    uint32_t header[4]; /* of the TLP that it is about */
} StuntError;

/* Makes QEMU's capability what it should be: masks can be written, logs saved. After pcie_aer_init(). */
void stunt_aer_init(PCIDevice *pci);
/* As after power-on; other resets leave the registers alone, as they are sticky. */
void stunt_aer_reset(PCIDevice *pci);

/* Reports an error found by the device, or by the port above it. Nothing but an event when there is no port. */
void stunt_aer_raise(StuntPCI *dev, StuntAerSource source, const StuntError *error);

/* What the guest has set for such an error in the function. */
StuntSeverity stunt_aer_severity(PCIDevice *pci, const StuntError *error);

/*
 * From words: SEVERITY, and perhaps a name as in Linux' aer-inject (DLP, POISON_TLP, …), and perhaps up to four
 * words of a TLP's header. False with an error that says what is wrong.
 */
bool stunt_aer_parse(const char *text, PCIDevice *pci, StuntError *ret_error, Error **errp);

/* By severity and number of the status bit; a bit of 32 or more is the usual one of that severity. */
StuntError stunt_aer_usual(StuntSeverity severity, uint64_t bit);

#endif
