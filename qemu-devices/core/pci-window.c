/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window of a spec: bytes among the registers that the model gives their meaning, and perhaps an I/O BAR that is
 * another way to them. An access to it is one to the register BAR, so that rules and timelines know only one.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "core/access.h"
#include "core/pci.h"

static const struct stunt_window_info *window_of(const StuntPCI *dev)
{
    return STUNT_PCI_GET_CLASS(dev)->spec->window;
}

bool stunt_pci_find_window(const StuntPCI *dev, uint64_t addr, unsigned size, unsigned *ret_index, unsigned *ret_at)
{
    const struct stunt_window_info *window = window_of(dev);
    uint64_t distance;

    if (size != 1 || !window || addr < window->offset) {
        return false;
    }
    distance = addr - window->offset;
    *ret_index = window->count > 1 ? distance / window->stride : 0;
    *ret_at = distance - *ret_index * window->stride;
    return *ret_index < window->count && *ret_at < window->size;
}

/* ---- the I/O BAR ----------------------------------------------------------------------------------- */

static uint64_t in_register_bar(const struct stunt_window_info *window, hwaddr addr)
{
    return window->offset + addr / window->size * window->stride + addr % window->size;
}

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    return stunt_pci_bar_read(opaque, in_register_bar(window_of(opaque), addr), size);
}

static void io_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    stunt_pci_bar_write(opaque, in_register_bar(window_of(opaque), addr), value, size);
}

/* Wide accesses come through as they are, and are as wrong as they would be there. */
static const MemoryRegionOps io_ops = {
    .read = io_read,
    .write = io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 4, .unaligned = true },
};

void stunt_pci_add_window(StuntPCI *dev, unsigned elements)
{
    const struct stunt_window_info *window = window_of(dev);

    memory_region_init_io(&dev->window, OBJECT(dev), &io_ops, dev, window->bar_name, elements * window->size);
    pci_register_bar(PCI_DEVICE(dev), window->bar, PCI_BASE_ADDRESS_SPACE_IO, &dev->window);
}

/* ---- properties ------------------------------------------------------------------------------------ */

/* The opaque of a property: which byte of which element. */
static unsigned at_of(const StuntPCI *dev, void *opaque)
{
    return (uintptr_t)opaque % window_of(dev)->size;
}

static unsigned index_of(const StuntPCI *dev, void *opaque)
{
    return (uintptr_t)opaque / window_of(dev)->size;
}

static void get_byte(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(obj);
    uint8_t value = STUNT_PCI_GET_CLASS(dev)->window_read(dev, index_of(dev, opaque), at_of(dev, opaque), true);

    visit_type_uint8(v, name, &value, errp);
}

static void set_byte(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(obj);
    uint8_t value;

    if (visit_type_uint8(v, name, &value, errp)) {
        stunt_access_poke(&dev->bar, in_register_bar(window_of(dev), (uintptr_t)opaque), value, MO_8, name, errp);
    }
}

void stunt_pci_add_window_properties(StuntPCI *dev)
{
    const struct stunt_window_info *window = window_of(dev);

    for (unsigned i = 0; window && i < window->count * window->size; i++) {
        const char *byte = window->names[i % window->size];
        g_autofree char *name = window->count == 1 ? g_strdup_printf("reg.%s", byte)
                                                   : g_strdup_printf("reg.%s[%u]", byte, i / window->size);

        object_property_add(OBJECT(dev), name, "uint8", get_byte, set_byte, NULL, (void *)(uintptr_t)i);
    }
}
