/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory BAR: plain RAM that belongs to the device. The guest's processor and other devices reach it
 * without the device's doing, so accesses are no events; its content is a RAM block of the machine, and so is
 * in every snapshot.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "core/pci.h"

#define SIZE_MIN 4096u
#define SIZE_MAX_LOG2 30 /* so that there is room for it below 4 GiB */

static const struct stunt_device_spec *spec_of(StuntPCI *dev)
{
    return STUNT_PCI_GET_CLASS(dev)->spec;
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_size(v, name, &STUNT_PCI(obj)->memory_size, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(obj);
    uint64_t value;

    if (DEVICE(dev)->realized) {
        error_setg(errp, "%s can only be set when the device is made", name);
        return;
    }
    if (visit_type_size(v, name, &value, errp)) {
        dev->memory_size = value;
    }
}

void stunt_pci_memory_init(StuntPCI *dev)
{
    const struct stunt_device_spec *spec = spec_of(dev);
    g_autofree char *name = NULL;

    if (!spec->memory_name) {
        return;
    }
    name = g_strdup_printf("%s-size", spec->memory_name);
    dev->memory_size = spec->memory_size;
    object_property_add(OBJECT(dev), name, "size", get_size, set_size, NULL, NULL);
    object_property_set_description(OBJECT(dev), name, "Bytes of the memory BAR, a power of two; 0: no such BAR");
}

static bool size_ok(uint64_t size)
{
    return size == 0 || (is_power_of_2(size) && size >= SIZE_MIN && size <= UINT64_C(1) << SIZE_MAX_LOG2);
}

bool stunt_pci_memory_add(StuntPCI *dev, Error **errp)
{
    const struct stunt_device_spec *spec = spec_of(dev);
    ERRP_GUARD();

    if (!size_ok(dev->memory_size)) {
        error_setg(errp, "%s-size is %" PRIu64 ", neither 0 nor a power of two from %u to %" PRIu64,
                   spec->memory_name, dev->memory_size, SIZE_MIN, UINT64_C(1) << SIZE_MAX_LOG2);
        return false;
    }
    if (dev->memory_size == 0) {
        return true;
    }
    memory_region_init_ram(&dev->memory, OBJECT(dev), spec->memory_name, dev->memory_size, errp);
    if (*errp) {
        return false;
    }
    dev->has_memory = true;
    pci_register_bar(PCI_DEVICE(dev), spec->memory_bar,
                     PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_PREFETCH |
                         (stunt_pci_has_flaw(dev, STUNT_FLAW_MEMORY_32) ? 0 : PCI_BASE_ADDRESS_MEM_TYPE_64),
                     &dev->memory);
    return true;
}

void stunt_pci_memory_remove(StuntPCI *dev)
{
    if (dev->has_memory) {
        vmstate_unregister_ram(&dev->memory, DEVICE(dev));
        dev->has_memory = false;
    }
}

/* By splitmix64, seeded by how often there was no power: another content each time, and the same in each run. */
void stunt_pci_memory_scramble(StuntPCI *dev)
{
    uint64_t *word = dev->has_memory ? memory_region_get_ram_ptr(&dev->memory) : NULL;
    uint64_t state = dev->power_count[STUNT_D3COLD] << 32;

    for (uint64_t i = 0; word && i < dev->memory_size / sizeof(*word); i++) {
        uint64_t mix = state += UINT64_C(0x9e3779b97f4a7c15);

        mix = (mix ^ mix >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        mix = (mix ^ mix >> 27) * UINT64_C(0x94d049bb133111eb);
        word[i] = mix ^ mix >> 31;
    }
    if (word) {
        memory_region_set_dirty(&dev->memory, 0, dev->memory_size);
    }
}

/* Written behind the back of the dirty log, which must hear of it. */
void stunt_pci_memory_clear(StuntPCI *dev)
{
    if (dev->has_memory) {
        memset(memory_region_get_ram_ptr(&dev->memory), 0, dev->memory_size);
        memory_region_set_dirty(&dev->memory, 0, dev->memory_size);
    }
}
