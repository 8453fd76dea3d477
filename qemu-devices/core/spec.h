/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's description as the generator emits it for the models (build directory, <dev>-spec.c). */
#ifndef STUNT_CORE_SPEC_H
#define STUNT_CORE_SPEC_H

#include "regs.h"

struct stunt_vector_info {
    const char *name; /* "CH0_DONE" */
    const char *doc;
};

/*
 * A window: bytes among the registers whose meaning is the model's own, `count` times `size` of them. An I/O BAR may
 * be another way to them, where the elements lie one behind the other.
 */
struct stunt_window_info {
    uint32_t offset; /* of element 0, in the register BAR */
    uint16_t size, count, stride;
    const char *const *names; /* of its bytes, "W_LSR" */
    const char *bar_name;     /* of the I/O BAR, NULL: there is none */
    uint8_t bar;
};

struct stunt_device_spec {
    const char *name;  /* "dma" */
    const char *title;
    uint16_t vendor_id, device_id, subsystem_vendor_id, subsystem_id;
    uint32_t class_code; /* 24 bits: base class, sub class, programming interface */
    uint8_t revision;
    uint8_t msi;  /* MSI vectors offered, 0: no MSI */
    uint16_t msix; /* MSI-X vectors offered, 0: no MSI-X */
    bool wake;     /* signals PME, by default from D1 to D3hot */
    uint16_t isa_iobase; /* of a board on the ISA bus, which has none of the rest but the window */
    uint8_t isa_irq;
    uint8_t bar;  /* index of the register BAR */
    uint32_t bar_size, msix_table, msix_pba; /* bytes; offsets in the register BAR */
    const char *memory_name; /* of the BAR with memory, NULL: there is none */
    uint8_t memory_bar;
    uint32_t memory_size; /* by default */
    const struct stunt_window_info *window; /* NULL: there is none */
    const struct stunt_reg_info *regs;
    size_t n_regs, n_values;
    const struct stunt_vector_info *vectors;
    size_t n_vectors;
};

/* One per spec/devices/<dev>.toml: stunt_<dev>_spec. */

#endif
