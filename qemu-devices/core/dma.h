/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access of a PCI device to guest memory: the only way there is. Every transfer is checked (power state, bus
 * mastering, address width, own BAR), is an event, and is where the faults of dma.read and dma.write act.
 *
 * Only memory can be reached, that of other devices' memory BARs included: a transfer to or from another
 * device's registers fails as on a bus error, so no transfer ever runs device code.
 */
#ifndef STUNT_CORE_DMA_H
#define STUNT_CORE_DMA_H

#include "core/pci.h"

/* Largest transfer that is one event; longer ones are the caller's to divide. */
#define STUNT_DMA_CHUNK (64u * 1024)

typedef enum StuntDmaResult {
    STUNT_XFER_OK = 0,
    STUNT_XFER_TOO_WIDE, /* not all of it lies in the address bits that the device drives */
    STUNT_XFER_OWN_BAR,  /* it touches the device's own registers or memory */
    STUNT_XFER_BUS_ERROR, /* no memory there, bus mastering off, or device asleep */
} StuntDmaResult;

/* Field `what` of the events dma.read and dma.write. */
typedef enum StuntDmaWhat {
    STUNT_XFER_DESC = 1, /* a descriptor */
    STUNT_XFER_DATA = 2, /* payload */
    STUNT_XFER_COMP = 3, /* a completion record */
} StuntDmaWhat;

/* Who transfers what, as the events tell it. */
typedef struct StuntDmaTag {
    unsigned channel;
    StuntDmaWhat what;
} StuntDmaTag;

/* For realize: dma_width is 24 to 64, else false with an error that says so. */
bool stunt_dma_width_valid(StuntPCI *dev, Error **errp);

/* May the device go there at all? Looks, transfers nothing, is no event. len is at least 1. */
StuntDmaResult stunt_dma_check(StuntPCI *dev, uint64_t addr, uint64_t len);

/* Guest memory to buf, or back: 1 to STUNT_DMA_CHUNK bytes. After a failure buf is undefined. */
StuntDmaResult stunt_dma_read(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len);
StuntDmaResult stunt_dma_write(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, const void *buf, uint32_t len);

/*
 * By how many nanoseconds of virtual time reads since the last call were answered late. A device asks after each step
 * that reads, and goes on that much later.
 */
uint64_t stunt_dma_late(StuntPCI *dev);

/*
 * Looks at guest memory for a check of the model's own: no event, no fault, no misuse. False when the device could
 * not read there now; then there is nothing to be said. To be used where the device has been, or is about to go:
 * an IOMMU that refuses it notes that as for any access.
 */
bool stunt_dma_peek(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len);

/* Guest memory looked at in place, or copied to the scratch buffer where that cannot be. */
typedef struct StuntDmaView {
    const uint8_t *data;
    void *mapped;
    uint64_t mapped_len;
} StuntDmaView;

/*
 * As stunt_dma_read(), but without a copy when all of it is plain memory and no fault wants to change it.
 * `scratch` has room for len bytes. After STUNT_XFER_OK the view must be closed, soon: the guest does not run
 * in between.
 */
StuntDmaResult stunt_dma_view(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, uint32_t len, void *scratch,
                              StuntDmaView *ret_view);
void stunt_dma_view_close(StuntPCI *dev, StuntDmaView *view);

/*
 * From guest memory to guest memory, 1 byte or more: as stunt_dma_read() and stunt_dma_write() of one chunk of
 * STUNT_DMA_CHUNK bytes after the other, the last shorter, each chunk two events. Where all of it is plain
 * memory and no rule wants a say it is one move. `scratch` has room for a chunk. *ret_done: bytes of the chunks
 * before the one that failed.
 */
StuntDmaResult stunt_dma_copy(StuntPCI *dev, StuntDmaTag tag, uint64_t dst, uint64_t src, uint32_t len,
                              void *scratch, uint32_t *ret_done);

/* For held.c. A write that was held back lands, unless the device may not write there now. */
void stunt_dma_land(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *data, uint32_t len);
/* Memory gets back what it held before a write of this instant. */
void stunt_dma_undo(StuntPCI *dev, uint64_t addr, void *data, uint32_t len);

#endif
