/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "hw/pci/pci.h"
#include "core/dma.h"
#include "core/ring.h"

#define MAP_MIN 4096u /* below this a copy costs less than a mapping */
#define OWN_BAR_PAGE 4096u
#define PIECES_MAX 64u /* translations looked at ahead; the transfer itself checks each byte again */

static MemTxAttrs attrs_of(PCIDevice *pci)
{
    /* .memory: memory only, no device registers */
    return (MemTxAttrs){ .memory = 1, .requester_id = pci_requester_id(pci) };
}

/* True when a byte of the range is answered by the device itself. */
static bool meets_own_bar(PCIDevice *pci, uint64_t addr, uint64_t len)
{
    AddressSpace *as = pci_get_address_space(pci);

    RCU_READ_LOCK_GUARD();
    for (unsigned i = 0; i < PIECES_MAX && len; i++) {
        hwaddr offset, piece = len;
        MemoryRegion *mr = address_space_translate(as, addr, &offset, &piece, false, attrs_of(pci));

        if (memory_region_owner(mr) == OBJECT(pci)) {
            return true;
        }
        if (!memory_region_is_ram(mr)) {
            /* the translation does not end where a region that is no memory does; BARs are whole pages */
            piece = MIN(piece, OWN_BAR_PAGE - addr % OWN_BAR_PAGE);
        }
        addr += piece;
        len -= piece;
    }
    return false;
}

StuntDmaResult stunt_dma_check(StuntPCI *dev, uint64_t addr, uint64_t len)
{
    if (!stunt_addr_fits(addr, len, dev->dma_width)) {
        return STUNT_XFER_TOO_WIDE;
    }
    return meets_own_bar(PCI_DEVICE(dev), addr, len) ? STUNT_XFER_OWN_BAR : STUNT_XFER_OK;
}

static bool may_master(StuntPCI *dev, uint64_t addr, uint64_t len)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (dev->power) {
        stunt_pci_misuse(dev, STUNT_MISUSE_WRONG_POWER_STATE, addr, len);
        return false;
    }
    if (!(pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_MASTER)) {
        stunt_pci_misuse(dev, STUNT_MISUSE_NO_BUS_MASTER, addr, len);
        return false;
    }
    return true;
}

static StuntDmaResult transfer(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len, DMADirection dir)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (!stunt_addr_fits(addr, len, dev->dma_width)) {
        return STUNT_XFER_TOO_WIDE;
    }
    if (dma_memory_rw(pci_get_address_space(pci), addr, buf, len, dir, attrs_of(pci)) == MEMTX_OK) {
        return STUNT_XFER_OK;
    }
    return meets_own_bar(pci, addr, len) ? STUNT_XFER_OWN_BAR : STUNT_XFER_BUS_ERROR;
}

static void corrupt(uint8_t *buf, uint32_t len, const struct stunt_rule *rule)
{
    uint64_t offset = rule->param[STUNT_ACT_CORRUPT_OFFSET];

    if (offset < len) {
        buf[offset] ^= rule->param[STUNT_ACT_CORRUPT_XOR];
    }
}

static StuntDmaResult read_ruled(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len,
                                 const struct stunt_rule *rule)
{
    StuntDmaResult result;
    uint64_t keep;

    if (stunt_rule_is(rule, STUNT_ACT_ERROR)) {
        return STUNT_XFER_BUS_ERROR;
    }
    result = transfer(dev, addr, buf, len, DMA_DIRECTION_TO_DEVICE);
    if (result == STUNT_XFER_OK && stunt_rule_is(rule, STUNT_ACT_CORRUPT)) {
        corrupt(buf, len, rule);
    } else if (result == STUNT_XFER_OK && stunt_rule_is(rule, STUNT_ACT_TRUNCATE)) {
        keep = MIN(rule->param[STUNT_ACT_TRUNCATE_LEN], len);
        memset((uint8_t *)buf + keep, 0, len - keep);
    }
    return result;
}

StuntDmaResult stunt_dma_read(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len)
{
    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    return read_ruled(dev, addr, buf, len,
                      stunt_event(dev->trace_id, STUNT_EV_DMA_READ, addr, len, tag.channel, tag.what));
}

static StuntDmaResult write_faulty(StuntPCI *dev, uint64_t addr, const void *buf, uint32_t len,
                                   const struct stunt_rule *rule)
{
    g_autofree uint8_t *copy = g_memdup2(buf, len);
    uint64_t other;

    switch (rule->action) {
    case STUNT_ACT_DROP:
        return STUNT_XFER_OK;
    case STUNT_ACT_ERROR:
        return STUNT_XFER_BUS_ERROR;
    case STUNT_ACT_TRUNCATE:
        len = MIN(rule->param[STUNT_ACT_TRUNCATE_LEN], len);
        return len ? transfer(dev, addr, copy, len, DMA_DIRECTION_FROM_DEVICE) : STUNT_XFER_OK;
    case STUNT_ACT_MISDIRECT:
        /* the sender does not notice, not even when nothing is there */
        other = addr + rule->param[STUNT_ACT_MISDIRECT_OFFSET];
        (void)transfer(dev, other, copy, len, DMA_DIRECTION_FROM_DEVICE);
        return STUNT_XFER_OK;
    case STUNT_ACT_CORRUPT:
        corrupt(copy, len, rule);
        break;
    }
    return transfer(dev, addr, copy, len, DMA_DIRECTION_FROM_DEVICE);
}

StuntDmaResult stunt_dma_write(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, const void *buf, uint32_t len)
{
    const struct stunt_rule *rule;

    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_DMA_WRITE, addr, len, tag.channel, tag.what);
    if (rule) {
        return write_faulty(dev, addr, buf, len, rule);
    }
    return transfer(dev, addr, (void *)buf, len, DMA_DIRECTION_FROM_DEVICE);
}

/*
 * Maps all of the range or nothing. A mapping may come short, be refused, or be QEMU's bounce buffer for what
 * is not memory: then the caller copies.
 */
static bool map_memory(PCIDevice *pci, uint64_t addr, uint32_t len, StuntDmaView *view)
{
    AddressSpace *as = pci_get_address_space(pci);
    dma_addr_t got = len;
    ram_addr_t offset;
    void *ptr = dma_memory_map(as, addr, &got, DMA_DIRECTION_TO_DEVICE, attrs_of(pci));

    if (!ptr) {
        return false;
    }
    if (got < len || !memory_region_from_host(ptr, &offset)) {
        dma_memory_unmap(as, ptr, got, DMA_DIRECTION_TO_DEVICE, 0);
        return false;
    }
    view->data = view->mapped = ptr;
    view->mapped_len = got;
    return true;
}

StuntDmaResult stunt_dma_view(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, uint32_t len, void *scratch,
                              StuntDmaView *ret_view)
{
    const struct stunt_rule *rule;

    *ret_view = (StuntDmaView){ .data = scratch };
    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_DMA_READ, addr, len, tag.channel, tag.what);
    if (!rule && len >= MAP_MIN && stunt_addr_fits(addr, len, dev->dma_width) &&
        map_memory(PCI_DEVICE(dev), addr, len, ret_view)) {
        return STUNT_XFER_OK;
    }
    return read_ruled(dev, addr, scratch, len, rule);
}

void stunt_dma_view_close(StuntPCI *dev, StuntDmaView *view)
{
    if (view->mapped) {
        dma_memory_unmap(pci_get_address_space(PCI_DEVICE(dev)), view->mapped, view->mapped_len,
                         DMA_DIRECTION_TO_DEVICE, view->mapped_len);
        view->mapped = NULL;
    }
}
