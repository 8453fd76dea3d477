/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X in the register BAR. QEMU keeps table and pending bits; its access functions stand behind ours, which
 * make events of the accesses and refuse those that the device cannot answer.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "core/pci.h"

#define ENTRY_WORDS (PCI_MSIX_ENTRY_SIZE / 4)

/* Whether the access may pass; else that is noted. */
static bool passes(StuntPCI *dev, hwaddr offset, uint64_t arg)
{
    stunt_posted_push(dev);
    return stunt_pci_bar_answers(dev, offset, arg);
}

static uint64_t table_read(void *opaque, hwaddr addr, unsigned size)
{
    StuntPCI *dev = STUNT_PCI(opaque);
    hwaddr offset = STUNT_PCI_GET_CLASS(dev)->spec->msix_table + addr;
    uint64_t value = passes(dev, offset, size) ? dev->msix_table_ops->read(opaque, addr, size) : UINT32_MAX;

    (void)stunt_event(dev->trace_id, STUNT_EV_MSIX_READ, addr / PCI_MSIX_ENTRY_SIZE, addr / 4 % ENTRY_WORDS,
                      value);
    return value;
}

static void table_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    StuntPCI *dev = STUNT_PCI(opaque);

    (void)stunt_event(dev->trace_id, STUNT_EV_MSIX_WRITE, addr / PCI_MSIX_ENTRY_SIZE,
                      addr / 4 % ENTRY_WORDS, value);
    if (passes(dev, STUNT_PCI_GET_CLASS(dev)->spec->msix_table + addr, value)) {
        dev->msix_table_ops->write(opaque, addr, value, size);
    }
}

static uint64_t pba_read(void *opaque, hwaddr addr, unsigned size)
{
    StuntPCI *dev = STUNT_PCI(opaque);
    hwaddr offset = STUNT_PCI_GET_CLASS(dev)->spec->msix_pba + addr;
    uint64_t value = passes(dev, offset, size) ? dev->msix_pba_ops->read(opaque, addr, size) : UINT32_MAX;

    (void)stunt_event(dev->trace_id, STUNT_EV_PBA_READ, addr, size, value);
    return value;
}

static void pba_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    StuntPCI *dev = STUNT_PCI(opaque);

    (void)passes(dev, STUNT_PCI_GET_CLASS(dev)->spec->msix_pba + addr, value);
}

/* As QEMU's: whole words, and a quadword is two of them. */
static const MemoryRegionOps table_ops = {
    .read = table_read,
    .write = table_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static const MemoryRegionOps pba_ops = {
    .read = pba_read,
    .write = pba_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

bool stunt_pci_add_msix(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (msix_init(pci, dev->msix, &dev->bar, spec->bar, spec->msix_table, &dev->bar, spec->bar,
                  spec->msix_pba, 0, errp) < 0) {
        return false;
    }
    for (unsigned i = 0; i < dev->msix; i++) {
        msix_vector_use(pci, i);
    }
    dev->msix_table_ops = pci->msix_table_mmio.ops;
    dev->msix_pba_ops = pci->msix_pba_mmio.ops;
    pci->msix_table_mmio.ops = &table_ops;
    pci->msix_pba_mmio.ops = &pba_ops;
    return true;
}
