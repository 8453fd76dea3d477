/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI as firmware and a driver would do it: ECAM, bridges, BARs, capabilities, MSI and MSI-X. */
#ifndef STUNT_QTEST_PCI_H
#define STUNT_QTEST_PCI_H

#include "machine.h"

typedef struct Pci {
    Machine *machine;
    uint8_t bus, devfn;
    uint64_t bar;      /* bus address of the register BAR, once mapped */
    uint64_t bar_size;
} Pci;

#define PCI_DEVFN_OF(slot, fn) (((slot) << 3) | (fn))

/* Switches the host bridge's ECAM window on. Once per machine, before anything else here. */
void pci_start(Machine *machine);

#define PCI_WINDOW UINT64_C(0xfe000000)
#define PCI_IO_WINDOW(bus) (0xa000u + 0x1000u * (bus))

/* Puts a bus behind the root port in `slot` of bus 0, with a memory window of 1 MiB (PCI_WINDOW) for one BAR, and 4 KiB of I/O. */
void pci_open_port(Machine *machine, unsigned slot, uint8_t bus, uint64_t window);

uint32_t pci_read(const Pci *pci, unsigned offset, unsigned size);
void pci_write(const Pci *pci, unsigned offset, unsigned size, uint32_t value);

/* Finds out the size of BAR `index`, puts it at `addr`, switches memory and bus mastering on. */
void pci_map_bar(Pci *pci, unsigned index, uint64_t addr);

/* Offset of a capability, of an extended capability; 0 when there is none. A list with a loop fails. */
unsigned pci_find_cap(const Pci *pci, uint8_t id);
unsigned pci_find_ext_cap(const Pci *pci, uint16_t id);

/* Register of the device's BAR. */
uint32_t pci_reg_read(const Pci *pci, uint64_t offset);
void pci_reg_write(const Pci *pci, uint64_t offset, uint32_t value);

/* MSI and MSI-X messages go into guest memory: vector v writes v + 1 into the v-th word at `addr`. */
void pci_enable_msi(const Pci *pci, uint64_t addr, unsigned log2_vectors);
void pci_enable_msix(const Pci *pci, uint64_t addr, unsigned vectors);
/* One vector's message, unmasked. */
void pci_set_msix(const Pci *pci, unsigned vector, uint64_t addr, uint32_t data);
void pci_mask_msix(const Pci *pci, unsigned vector, bool masked);
void pci_mask_msix_function(const Pci *pci, bool masked);
bool pci_msix_pending(const Pci *pci, unsigned vector);

/* Power state 0 to 3, through the PM capability: waits for what the specification says. */
void pci_set_power_state(const Pci *pci, unsigned state);
/* The same without the wait; gives the state that it was in. */
unsigned pci_ask_power_state(const Pci *pci, unsigned state);
/* Function-level reset. */
void pci_flr(const Pci *pci);

#endif
