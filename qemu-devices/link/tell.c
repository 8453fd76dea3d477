/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DMA checker in the guest tells of the devices' memory. */
#include "qemu/osdep.h"
#include "core/dma.h"
#include "link/link.h"

static struct stunt_mapping mapping_of(const struct stunt_link_tell *tell)
{
    return (struct stunt_mapping){
        .addr = le64_to_cpu(tell->addr),
        .phys = le64_to_cpu(tell->phys),
        .len = le32_to_cpu(tell->len),
        .phys_len = le32_to_cpu(tell->phys_len),
        .direction = tell->direction,
    };
}

static void take(const struct stunt_link_tell *tell)
{
    uint32_t function = le32_to_cpu(tell->function);
    StuntPCI *dev = function <= UINT16_MAX ? stunt_check_device(function) : NULL;
    struct stunt_mapping mapping = mapping_of(tell);

    if (!dev) {
        return; /* not one of ours */
    }
    switch (tell->kind) {
    case STUNT_LINK_TELL_BIND:
        stunt_check_bind(dev);
        break;
    case STUNT_LINK_TELL_UNBIND:
        stunt_check_unbind(dev);
        break;
    case STUNT_LINK_TELL_MAP:
        stunt_check_map(dev, &mapping, tell->coherent);
        break;
    case STUNT_LINK_TELL_UNMAP:
        stunt_check_unmap(dev, &mapping);
        break;
    }
}

static bool is_valid(const struct stunt_link_tell *tell)
{
    struct stunt_mapping mapping = mapping_of(tell);

    switch (tell->kind) {
    case STUNT_LINK_TELL_MAP:
    case STUNT_LINK_TELL_UNMAP:
        return stunt_mapping_valid(&mapping) && tell->coherent <= 1;
    case STUNT_LINK_TELL_BIND:
    case STUNT_LINK_TELL_UNBIND:
        return true;
    }
    return false;
}

/* Read quietly: the records are about the devices' work and no part of it. */
void stunt_link_take_tells(StuntLink *link, uint32_t count)
{
    StuntPCI *dev = STUNT_PCI(link);
    uint64_t addr = stunt_pci_reg(dev, STUNT_LINK_CHECK_ADDR_LO, 0) |
                    (uint64_t)stunt_pci_reg(dev, STUNT_LINK_CHECK_ADDR_HI, 0) << 32;
    struct stunt_link_tell tell[STUNT_LINK_LIMIT_TELLS];

    if (!(stunt_pci_reg(dev, STUNT_LINK_CHECK_CTRL, 0) & STUNT_LINK_CHECK_CTRL_ENABLE)) {
        return;
    }
    if (count == 0 || count > ARRAY_SIZE(tell) || !stunt_dma_peek(dev, addr, tell, count * sizeof(tell[0]))) {
        stunt_pci_misuse(dev, STUNT_MISUSE_BAD_ACCESS, addr, count);
        stunt_check_blind_all(); /* what was to be told is lost */
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (tell[i].kind == STUNT_LINK_TELL_BLIND) {
            stunt_check_blind_all();
        } else if (is_valid(&tell[i])) {
            take(&tell[i]);
        } else {
            stunt_pci_misuse(dev, STUNT_MISUSE_RESERVED_WRITE, STUNT_LINK_CHECK_COUNT, tell[i].kind);
        }
    }
}
