/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The power state that a function is in, and the account of the time that it has spent in each. */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "core/pci.h"

static uint64_t since_entered(const StuntPCI *dev)
{
    return MAX(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - dev->power_since_ns, 0);
}

void stunt_pci_set_state(StuntPCI *dev, StuntPower state)
{
    StuntPower from = dev->power;
    uint64_t spent = since_entered(dev);

    if (state == from) {
        return;
    }
    dev->power_ns[from] += spent;
    dev->power_count[state]++;
    dev->power_since_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    dev->power = state;
    stunt_pci_show_memory(dev);
    (void)stunt_event(dev->trace_id, STUNT_EV_POWER_EXIT, from, state, spent);
}

void stunt_pci_states_init(StuntPCI *dev)
{
    dev->power_since_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static void get_ns(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    const StuntPCI *dev = STUNT_PCI(obj);
    uintptr_t state = (uintptr_t)opaque;
    uint64_t ns = dev->power_ns[state] + (state == dev->power ? since_entered(dev) : 0);

    visit_type_uint64(v, name, &ns, errp);
}

void stunt_pci_add_state_properties(StuntPCI *dev)
{
    object_property_add_uint8_ptr(OBJECT(dev), "power-state", &dev->power, OBJ_PROP_FLAG_READ);
    for (unsigned i = 0; i < STUNT_POWER_STATES; i++) {
        g_autofree char *ns = g_strdup_printf("power-ns[%u]", i);
        g_autofree char *count = g_strdup_printf("power-count[%u]", i);

        object_property_add(OBJECT(dev), ns, "uint64", get_ns, NULL, NULL, (void *)(uintptr_t)i);
        object_property_add_uint64_ptr(OBJECT(dev), count, &dev->power_count[i], OBJ_PROP_FLAG_READ);
    }
}

static bool state_valid(void *opaque, int version_id)
{
    return ((const StuntPCI *)opaque)->power < STUNT_POWER_STATES;
}

const VMStateDescription vmstate_stunt_states = {
    .name = "stunt-pci/states",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(power, StuntPCI),
        VMSTATE_VALIDATE("a power state that exists", state_valid),
        VMSTATE_UINT64_ARRAY(power_ns, StuntPCI, STUNT_POWER_STATES),
        VMSTATE_UINT64_ARRAY(power_count, StuntPCI, STUNT_POWER_STATES),
        VMSTATE_INT64(power_since_ns, StuntPCI),
        VMSTATE_END_OF_LIST()
    }
};
