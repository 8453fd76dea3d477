/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every PCI device shows of itself through QOM: reg.NAME, reg.NAME[i], misuse-count. */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "core/pci.h"

static void get_register(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint32_t value = STUNT_PCI(obj)->value[(uintptr_t)opaque];

    visit_type_uint32(v, name, &value, errp);
}

static void add_register(Object *obj, const struct stunt_reg_info *info, unsigned index)
{
    g_autofree char *name = info->count == 1 ? g_strdup_printf("reg.%s", info->name)
                                             : g_strdup_printf("reg.%s[%u]", info->name, index);

    object_property_add(obj, name, "uint32", get_register, NULL, NULL,
                        (void *)(uintptr_t)(info->first + index));
}

void stunt_pci_add_properties(StuntPCI *dev, const struct stunt_device_spec *spec)
{
    for (size_t i = 0; i < spec->n_regs; i++) {
        for (unsigned k = 0; k < spec->regs[i].count; k++) {
            add_register(OBJECT(dev), &spec->regs[i], k);
        }
    }
    object_property_add_uint64_ptr(OBJECT(dev), "misuse-count", &dev->misuse_count, OBJ_PROP_FLAG_READ);
}
