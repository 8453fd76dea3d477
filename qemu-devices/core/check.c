/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"
#include "core/pci.h"

static QLIST_HEAD(, StuntCheck) all = QLIST_HEAD_INITIALIZER(all);

static StuntPCI *device_of(StuntCheck *check)
{
    return container_of(check, StuntPCI, check);
}

void stunt_check_init(StuntPCI *dev)
{
    QLIST_INSERT_HEAD(&all, &dev->check, next);
}

void stunt_check_exit(StuntPCI *dev)
{
    QLIST_REMOVE(&dev->check, next);
    stunt_mappings_clear(&dev->check.mappings);
    dev->check.state = STUNT_CHECK_OFF;
}

StuntPCI *stunt_check_device(uint16_t bdf)
{
    StuntCheck *check;

    QLIST_FOREACH(check, &all, next) {
        if (pci_get_bdf(PCI_DEVICE(device_of(check))) == bdf) {
            return device_of(check);
        }
    }
    return NULL;
}

static void enter(StuntPCI *dev, StuntCheckState state)
{
    uint32_t left = dev->check.mappings.n;

    if (state != STUNT_CHECK_ON) {
        stunt_mappings_clear(&dev->check.mappings);
    }
    if (dev->check.state != state) {
        dev->check.state = state;
        (void)stunt_event(dev->trace_id, STUNT_EV_DMA_CHECK, state, left);
    }
}

/* What a driver leaves mapped when it lets go is nobody's any more. */
static void tell_left(StuntPCI *dev)
{
    struct stunt_mappings *mappings = &dev->check.mappings;

    if (mappings->n) {
        stunt_pci_misuse(dev, STUNT_MISUSE_LEFT_MAPPED, mappings->mapping[0].addr, mappings->n);
    }
    stunt_mappings_drop(mappings);
}

/* A probe that failed comes here without an unbind before the next one. */
void stunt_check_bind(StuntPCI *dev)
{
    tell_left(dev);
    stunt_mappings_clear(&dev->check.mappings);
    enter(dev, STUNT_CHECK_ON);
}

void stunt_check_unbind(StuntPCI *dev)
{
    tell_left(dev);
}

void stunt_check_map(StuntPCI *dev, const struct stunt_mapping *mapping, bool coherent)
{
    StuntCheck *check = &dev->check;
    uint64_t phys;

    if (check->state != STUNT_CHECK_ON) {
        return;
    }
    if (mapping->len) {
        (void)stunt_event(dev->trace_id, STUNT_EV_DMA_MAP, mapping->addr, mapping->len, mapping->phys,
                          mapping->direction, coherent);
    }
    if (stunt_mappings_twice(&check->mappings, mapping, &phys)) {
        stunt_pci_misuse(dev, STUNT_MISUSE_MAPPED_TWICE, phys, mapping->phys_len);
    }
    if (!stunt_mappings_add(&check->mappings, mapping)) {
        enter(dev, STUNT_CHECK_BLIND);
    }
}

/* One that nobody has mapped is the kernel's to complain about. */
void stunt_check_unmap(StuntPCI *dev, const struct stunt_mapping *mapping)
{
    if (dev->check.state != STUNT_CHECK_ON) {
        return;
    }
    if (mapping->len) {
        (void)stunt_event(dev->trace_id, STUNT_EV_DMA_UNMAP, mapping->addr, mapping->len, mapping->direction);
    }
    if (stunt_mappings_remove(&dev->check.mappings, mapping) == STUNT_UNMAPPED_FULL) {
        enter(dev, STUNT_CHECK_BLIND);
    }
}

void stunt_check_blind_all(void)
{
    StuntCheck *check;

    QLIST_FOREACH(check, &all, next) {
        if (check->state == STUNT_CHECK_ON) {
            enter(device_of(check), STUNT_CHECK_BLIND);
        }
    }
}

void stunt_check_off_all(void)
{
    StuntCheck *check;

    QLIST_FOREACH(check, &all, next) {
        enter(device_of(check), STUNT_CHECK_OFF);
    }
}

void stunt_check_transfer(StuntPCI *dev, uint64_t addr, uint32_t len, bool write)
{
    static const unsigned misuse[] = {
        [STUNT_ACCESS_UNMAPPED] = STUNT_MISUSE_DMA_UNMAPPED,
        [STUNT_ACCESS_AFTER_UNMAP] = STUNT_MISUSE_DMA_AFTER_UNMAP,
        [STUNT_ACCESS_DIRECTION] = STUNT_MISUSE_DMA_DIRECTION,
    };
    enum stunt_access access;
    uint64_t at;

    if (len == 0 || addr + len - 1 < addr) {
        return; /* refused as it is */
    }
    access = stunt_mappings_access(&dev->check.mappings, addr, len, write, &at);
    if (access != STUNT_ACCESS_OK) {
        stunt_pci_misuse(dev, misuse[access], at, len - (at - addr));
    }
}

static const VMStateDescription vmstate_mapping = {
    .name = "stunt-mapping",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(addr, struct stunt_mapping),
        VMSTATE_UINT64(phys, struct stunt_mapping),
        VMSTATE_UINT32(len, struct stunt_mapping),
        VMSTATE_UINT32(phys_len, struct stunt_mapping),
        VMSTATE_UINT8(direction, struct stunt_mapping),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_recent = {
    .name = "stunt-recent-mapping",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(start, struct stunt_recent),
        VMSTATE_UINT64(last, struct stunt_recent),
        VMSTATE_BOOL(used, struct stunt_recent),
        VMSTATE_END_OF_LIST()
    }
};

static bool needed(void *opaque)
{
    const StuntPCI *dev = opaque;

    return dev->check.state != STUNT_CHECK_OFF;
}

static int pre_load(void *opaque)
{
    StuntPCI *dev = opaque;

    stunt_mappings_clear(&dev->check.mappings);
    return 0;
}

static bool fits(void *opaque, int version_id)
{
    const StuntPCI *dev = opaque;

    return dev->check.state <= STUNT_CHECK_BLIND && dev->check.mappings.n >= 0 &&
           dev->check.mappings.n <= STUNT_MAPPINGS_MAX;
}

static int post_load(void *opaque, int version_id)
{
    StuntPCI *dev = opaque;

    return stunt_mappings_rebuild(&dev->check.mappings) ? 0 : -EINVAL;
}

const VMStateDescription vmstate_stunt_check = {
    .name = "stunt-pci/check",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = needed,
    .pre_load = pre_load,
    .post_load = post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(check.state, StuntPCI),
        VMSTATE_INT32(check.mappings.n, StuntPCI),
        VMSTATE_VALIDATE("no more mappings than there is room for", fits),
        VMSTATE_STRUCT_VARRAY_ALLOC(check.mappings.mapping, StuntPCI, check.mappings.n, 0, vmstate_mapping,
                                    struct stunt_mapping),
        VMSTATE_STRUCT_ARRAY(check.mappings.recent, StuntPCI, STUNT_MAPPINGS_RECENT, 0, vmstate_recent,
                             struct stunt_recent),
        VMSTATE_UINT32(check.mappings.next_recent, StuntPCI),
        VMSTATE_END_OF_LIST()
    }
};
