/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pci.h"

#include <linux/pci_regs.h>

#define ECAM UINT64_C(0xb0000000)
#define ECAM_SIZE UINT64_C(0x10000000)

static uint64_t config_addr(const Pci *pci, unsigned offset)
{
    return ECAM | (uint64_t)pci->bus << 20 | (uint64_t)pci->devfn << 12 | offset;
}

uint32_t pci_read(const Pci *pci, unsigned offset, unsigned size)
{
    return (uint32_t)machine_read_sized(pci->machine, config_addr(pci, offset), size);
}

void pci_write(const Pci *pci, unsigned offset, unsigned size, uint32_t value)
{
    machine_write_sized(pci->machine, config_addr(pci, offset), size, value);
}

void pci_start(Machine *machine)
{
    Pci host = { .machine = machine };

    /* PCIEXBAR of the host bridge: 256 MiB, enabled; then through the window itself. */
    machine_outl(machine, 0xcf8, 0x80000064);
    machine_outl(machine, 0xcfc, 0);
    machine_outl(machine, 0xcf8, 0x80000060);
    machine_outl(machine, 0xcfc, (uint32_t)ECAM | 1);
    g_assert_cmphex(pci_read(&host, PCI_VENDOR_ID, 4), ==, 0x29c08086);
}

void pci_open_port(Machine *machine, unsigned slot, uint8_t bus, uint64_t window)
{
    Pci port = { .machine = machine, .devfn = (uint8_t)PCI_DEVFN_OF(slot, 0) };

    pci_write(&port, PCI_PRIMARY_BUS, 1, 0);
    pci_write(&port, PCI_SECONDARY_BUS, 1, bus);
    pci_write(&port, PCI_SUBORDINATE_BUS, 1, bus);
    pci_write(&port, PCI_MEMORY_BASE, 2, window >> 16);
    pci_write(&port, PCI_MEMORY_LIMIT, 2, window >> 16);
    pci_write(&port, PCI_PREF_MEMORY_BASE, 2, 0xfff0); /* closed */
    pci_write(&port, PCI_PREF_MEMORY_LIMIT, 2, 0);
    pci_write(&port, PCI_IO_BASE, 1, PCI_IO_WINDOW(bus) >> 8);
    pci_write(&port, PCI_IO_LIMIT, 1, PCI_IO_WINDOW(bus) >> 8);
    pci_write(&port, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

void pci_map_bar(Pci *pci, unsigned index, uint64_t addr)
{
    unsigned offset = PCI_BASE_ADDRESS_0 + 4 * index;
    uint32_t low, size_bits;

    pci_write(pci, offset, 4, 0xffffffff);
    low = pci_read(pci, offset, 4);
    size_bits = low & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK;
    g_assert_cmphex(low & PCI_BASE_ADDRESS_SPACE, ==, PCI_BASE_ADDRESS_SPACE_MEMORY);
    g_assert_cmphex(size_bits, !=, 0);
    pci->bar = addr;
    pci->bar_size = (uint64_t)(~size_bits) + 1;
    pci_write(pci, offset, 4, (uint32_t)addr);
    if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64) {
        pci_write(pci, offset + 4, 4, (uint32_t)(addr >> 32));
    }
    pci_write(pci, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

unsigned pci_find_cap(const Pci *pci, uint8_t id)
{
    unsigned at = pci_read(pci, PCI_CAPABILITY_LIST, 1);

    g_assert_true(pci_read(pci, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
    for (unsigned steps = 0; at; steps++) {
        g_assert_cmpuint(steps, <, 48);
        g_assert_cmphex(at, >=, 0x40);
        g_assert_cmpuint(at % 4, ==, 0);
        if (pci_read(pci, at, 1) == id) {
            return at;
        }
        at = pci_read(pci, at + PCI_CAP_LIST_NEXT, 1);
    }
    return 0;
}

unsigned pci_find_ext_cap(const Pci *pci, uint16_t id)
{
    unsigned at = 0x100;

    for (unsigned steps = 0; at; steps++) {
        uint32_t header = pci_read(pci, at, 4);

        g_assert_cmpuint(steps, <, 960);
        g_assert_cmphex(at, >=, 0x100);
        if (PCI_EXT_CAP_ID(header) == id) {
            return at;
        }
        at = PCI_EXT_CAP_NEXT(header);
    }
    return 0;
}

uint32_t pci_reg_read(const Pci *pci, uint64_t offset)
{
    return machine_read32(pci->machine, pci->bar + offset);
}

void pci_reg_write(const Pci *pci, uint64_t offset, uint32_t value)
{
    machine_write32(pci->machine, pci->bar + offset, value);
}

static unsigned need_cap(const Pci *pci, uint8_t id)
{
    unsigned at = pci_find_cap(pci, id);

    g_assert_cmphex(at, !=, 0);
    return at;
}

/* With one vector the message is 1; with more, its low bits are the vector. */
void pci_enable_msi(const Pci *pci, uint64_t addr, unsigned log2_vectors)
{
    unsigned at = need_cap(pci, PCI_CAP_ID_MSI);
    uint32_t flags = pci_read(pci, at + PCI_MSI_FLAGS, 2);
    bool wide = flags & PCI_MSI_FLAGS_64BIT;

    pci_write(pci, at + PCI_MSI_ADDRESS_LO, 4, (uint32_t)addr);
    if (wide) {
        pci_write(pci, at + PCI_MSI_ADDRESS_HI, 4, (uint32_t)(addr >> 32));
    }
    pci_write(pci, at + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), 2, 0x4400);
    flags &= ~(uint32_t)PCI_MSI_FLAGS_QSIZE;
    pci_write(pci, at + PCI_MSI_FLAGS, 2, flags | PCI_MSI_FLAGS_ENABLE | log2_vectors << 4);
}

static uint64_t msix_entry(const Pci *pci, unsigned vector)
{
    uint32_t table = pci_read(pci, need_cap(pci, PCI_CAP_ID_MSIX) + PCI_MSIX_TABLE, 4);

    return pci->bar + (table & PCI_MSIX_TABLE_OFFSET) + (uint64_t)vector * PCI_MSIX_ENTRY_SIZE;
}

void pci_set_msix(const Pci *pci, unsigned vector, uint64_t addr, uint32_t data)
{
    uint64_t entry = msix_entry(pci, vector);

    machine_write32(pci->machine, entry + PCI_MSIX_ENTRY_LOWER_ADDR, (uint32_t)addr);
    machine_write32(pci->machine, entry + PCI_MSIX_ENTRY_UPPER_ADDR, (uint32_t)(addr >> 32));
    machine_write32(pci->machine, entry + PCI_MSIX_ENTRY_DATA, data);
    machine_write32(pci->machine, entry + PCI_MSIX_ENTRY_VECTOR_CTRL, 0);
}

void pci_enable_msix(const Pci *pci, uint64_t addr, unsigned vectors)
{
    unsigned at = need_cap(pci, PCI_CAP_ID_MSIX);

    for (unsigned v = 0; v < vectors; v++) {
        pci_set_msix(pci, v, addr + 4 * (uint64_t)v, v + 1);
    }
    pci_write(pci, at + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE);
}

void pci_mask_msix(const Pci *pci, unsigned vector, bool masked)
{
    machine_write32(pci->machine, msix_entry(pci, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL, masked);
}

void pci_mask_msix_function(const Pci *pci, bool masked)
{
    pci_write(pci, need_cap(pci, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS, 2,
              PCI_MSIX_FLAGS_ENABLE | (masked ? PCI_MSIX_FLAGS_MASKALL : 0));
}

bool pci_msix_pending(const Pci *pci, unsigned vector)
{
    uint32_t pba = pci_read(pci, need_cap(pci, PCI_CAP_ID_MSIX) + PCI_MSIX_PBA, 4);
    uint64_t word = pci->bar + (pba & PCI_MSIX_PBA_OFFSET) + vector / 32 * 4;

    return machine_read32(pci->machine, word) >> (vector % 32) & 1;
}

unsigned pci_ask_power_state(const Pci *pci, unsigned state)
{
    unsigned at = need_cap(pci, PCI_CAP_ID_PM) + PCI_PM_CTRL;
    uint32_t control = pci_read(pci, at, 2);

    pci_write(pci, at, 2, (control & ~(uint32_t)PCI_PM_CTRL_STATE_MASK) | state);
    return control & PCI_PM_CTRL_STATE_MASK;
}

void pci_set_power_state(const Pci *pci, unsigned state)
{
    unsigned from = pci_ask_power_state(pci, state), deeper = MAX(from, state);

    if (deeper >= 2) {
        machine_step(pci->machine, deeper == 3 ? 10000000 : 200000);
    }
}

void pci_flr(const Pci *pci)
{
    unsigned at = need_cap(pci, PCI_CAP_ID_EXP);

    g_assert_true(pci_read(pci, at + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR);
    pci_write(pci, at + PCI_EXP_DEVCTL, 2, pci_read(pci, at + PCI_EXP_DEVCTL, 2) | PCI_EXP_DEVCTL_BCR_FLR);
}
