/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between guest memory and the areas that are shared with the harness. */
#include "qemu/osdep.h"
#include "core/dma.h"
#include "link/link.h"

#define RX_FAILED 0xffffffffu

static const StuntDmaTag tag = { .channel = 0, .what = STUNT_XFER_DATA };

static uint64_t address(StuntLink *link, uint32_t lo, uint32_t hi)
{
    StuntPCI *dev = STUNT_PCI(link);

    return stunt_pci_reg(dev, lo, 0) | (uint64_t)stunt_pci_reg(dev, hi, 0) << 32;
}

static bool fetch(StuntLink *link, uint64_t addr, uint8_t *to, uint32_t len)
{
    while (len) {
        uint32_t piece = MIN(len, STUNT_DMA_CHUNK);

        if (stunt_dma_read(STUNT_PCI(link), tag, addr, to, piece) != STUNT_XFER_OK) {
            return false;
        }
        addr += piece;
        to += piece;
        len -= piece;
    }
    return true;
}

static bool store(StuntLink *link, uint64_t addr, const uint8_t *from, uint32_t len)
{
    while (len) {
        uint32_t piece = MIN(len, STUNT_DMA_CHUNK);

        if (stunt_dma_write(STUNT_PCI(link), tag, addr, from, piece) != STUNT_XFER_OK) {
            return false;
        }
        addr += piece;
        from += piece;
        len -= piece;
    }
    return true;
}

/* The guest's message goes to the tx area, and the machine stops until the harness lets it go on. */
void stunt_link_ask(StuntLink *link)
{
    StuntPCI *dev = STUNT_PCI(link);
    StuntTrace *trace = link->trace;
    uint64_t addr = address(link, STUNT_LINK_TX_ADDR_LO, STUNT_LINK_TX_ADDR_HI);
    uint32_t len = stunt_pci_reg(dev, STUNT_LINK_TX_LEN, 0);

    link->ask_failed = false;
    if (!trace->shm) {
        return;
    }
    if (len > trace->area_capacity[STUNT_AREA_TX] || !fetch(link, addr, trace->area[STUNT_AREA_TX], len)) {
        stunt_pci_misuse(dev, STUNT_MISUSE_BAD_ACCESS, addr, len);
        link->ask_failed = true;
        return;
    }
    trace->shm->tx_len = len;
    (void)stunt_event(dev->trace_id, STUNT_EV_LINK_ASK, len);
    stunt_stop_request(STUNT_STOP_ASK, 0);
}

/* A dying guest's last words: as much of them as there is room for. */
void stunt_link_dump(StuntLink *link)
{
    StuntTrace *trace = link->trace;
    uint64_t addr = address(link, STUNT_LINK_TX_ADDR_LO, STUNT_LINK_TX_ADDR_HI);
    uint32_t len = stunt_pci_reg(STUNT_PCI(link), STUNT_LINK_TX_LEN, 0);
    uint32_t used;

    if (!trace->shm) {
        return;
    }
    used = MIN(trace->shm->dump_len, trace->area_capacity[STUNT_AREA_DUMP]);
    len = MIN(len, trace->area_capacity[STUNT_AREA_DUMP] - used);
    if (fetch(link, addr, trace->area[STUNT_AREA_DUMP] + used, len)) {
        trace->shm->dump_len = used + len;
    } else {
        stunt_pci_misuse(STUNT_PCI(link), STUNT_MISUSE_BAD_ACCESS, addr, len);
    }
}

uint32_t stunt_link_take_answer(StuntLink *link)
{
    StuntPCI *dev = STUNT_PCI(link);
    StuntTrace *trace = link->trace;
    uint64_t addr = address(link, STUNT_LINK_RX_ADDR_LO, STUNT_LINK_RX_ADDR_HI);
    uint32_t len;

    if (link->ask_failed) {
        return RX_FAILED;
    }
    len = trace->shm ? trace->shm->rx_len : 0;
    if (len == 0) {
        return 0;
    }
    if (len > trace->area_capacity[STUNT_AREA_RX] || len > stunt_pci_reg(dev, STUNT_LINK_RX_CAP, 0) ||
        !store(link, addr, trace->area[STUNT_AREA_RX], len)) {
        return RX_FAILED;
    }
    trace->shm->rx_len = 0;
    return len;
}
