/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tell.h"

void tell(Bench *bench, const struct stunt_link_tell *record, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct stunt_link_tell copy = record[i];

        copy.kind = copy.kind ? copy.kind : STUNT_LINK_TELL_MAP;
        copy.function = bench->dma.bus << 8 | bench->dma.devfn;
        machine_write(bench->machine, RAM_TELL + i * sizeof(copy), &copy, sizeof(copy));
    }
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_COUNT, n);
}

void tell_kind(Bench *bench, uint8_t kind)
{
    tell(bench, &(struct stunt_link_tell){ .kind = kind }, 1);
}

void tell_start(Bench *bench)
{
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_ADDR_HI, RAM_TELL >> 32);
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_ADDR_LO, (uint32_t)RAM_TELL);
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_CTRL, STUNT_LINK_CHECK_CTRL_ENABLE);
    tell_kind(bench, STUNT_LINK_TELL_BIND);
}

static void tell_one(Bench *bench, uint8_t kind, uint64_t addr, uint32_t len, uint8_t direction)
{
    tell(bench, &(struct stunt_link_tell){ .kind = kind, .addr = addr, .phys = addr, .len = len,
                                           .phys_len = len, .direction = direction }, 1);
}

void tell_map(Bench *bench, uint64_t addr, uint32_t len, uint8_t direction)
{
    tell_one(bench, STUNT_LINK_TELL_MAP, addr, len, direction);
}

void tell_unmap(Bench *bench, uint64_t addr, uint32_t len, uint8_t direction)
{
    tell_one(bench, STUNT_LINK_TELL_UNMAP, addr, len, direction);
}
