/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doorbells between two of these devices, as those of a non-transparent bridge. Bits that are written to PEER_RING of one
 * stand in PEER_STATUS of the other until its driver clears them. While any stand they are a cause: of an interrupt when
 * they ring and when the device wakes, of a PME when they ring in its sleep and when it has fallen asleep.
 *
 * The wire is one of the machine and has no length: the bits are there within the write.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "qom/object.h"
#include "dma/dma.h"

/* ---- the wire -------------------------------------------------------------------------------------------- */

static StuntDma *find(const char *id)
{
    Object *devices = container_get(qdev_get_machine(), "/peripheral");
    Object *found = object_resolve_path_component(devices, id);

    return (StuntDma *)object_dynamic_cast(found, TYPE_STUNT_DMA);
}

bool stunt_dma_peer_wire(StuntDma *dma, Error **errp)
{
    StuntDma *peer;

    if (!dma->peer_id) {
        return true;
    }
    peer = find(dma->peer_id);
    if (peer == dma) {
        error_setg(errp, "peer is '%s', which is the device itself", dma->peer_id);
    } else if (!peer || !DEVICE(peer)->realized) {
        error_setg(errp, "peer is '%s', but no stunt-dma of this id comes before this one; only the later of two names the other",
                   dma->peer_id);
    } else if (peer->wired) {
        error_setg(errp, "peer is '%s', which has a peer already", dma->peer_id);
    } else {
        dma->peer = peer;
        peer->peer = dma;
        dma->wired = peer->wired = true;
        stunt_dma_show_caps(peer);
        return true;
    }
    return false;
}

void stunt_dma_peer_unwire(StuntDma *dma)
{
    if (dma->peer) {
        dma->peer->peer = NULL;
        dma->peer = NULL;
    }
}

/* ---- what rings ------------------------------------------------------------------------------------------ */

static void set_status(StuntDma *dma, uint32_t bits)
{
    dma->rung = bits;
    stunt_pci_set_reg(STUNT_PCI(dma), STUNT_DMA_PEER_STATUS, 0, bits);
}

void stunt_dma_peer_remind(StuntDma *dma)
{
    if (dma->rung && stunt_pci_is_awake(STUNT_PCI(dma))) {
        stunt_dma_cause(dma, STUNT_DMA_INT_STATUS_PEER, true);
    } else if (dma->rung) {
        stunt_pci_pme(STUNT_PCI(dma));
    }
}

static bool claims(const StuntPCI *dev, StuntPower state)
{
    return dev->pme_states & 1u << state;
}

/* Auxiliary power is for this, too. */
static bool hears(const StuntPCI *dev)
{
    bool powered = !dev->gone || (dev->power == STUNT_D3COLD && claims(dev, STUNT_D3COLD));

    return powered && !stunt_pci_in_reset(dev) && !stunt_pci_is_away(dev);
}

/* A message of its own may have led here, by the other device: then it is guarded already, and stays so. */
static void be_rung(StuntDma *dma, uint32_t bits)
{
    StuntPCI *dev = STUNT_PCI(dma);
    bool *guard = &DEVICE(dma)->mem_reentrancy_guard.engaged_in_io, engaged = *guard;

    if (!hears(dev)) {
        return;
    }
    stunt_pci_enter(dev);
    set_status(dma, dma->rung | bits);
    stunt_dma_peer_remind(dma);
    stunt_dma_signal(dma);
    stunt_pci_leave(dev);
    *guard = engaged;
}

void stunt_dma_peer_ring(StuntDma *dma, const struct stunt_reg_access *access)
{
    if (!dma->wired) {
        stunt_pci_misuse(STUNT_PCI(dma), STUNT_DMA_MISUSE_NO_PEER, access->info->offset, access->requested);
    } else if (dma->peer && access->requested) {
        be_rung(dma->peer, access->requested);
    }
}

void stunt_dma_peer_cleared(StuntDma *dma, uint32_t left)
{
    dma->rung = left;
}

/*
 * PEER_STATUS is part of what asks to be woken. It stays where PME_Status does (PCI-PM 3.2.4, 5.4.1): from D3hot to D0, and
 * with auxiliary power always. A driver that resets the device by its register wants to be rid of it.
 */
static bool stays(const StuntPCI *dev, StuntReset kind)
{
    if (kind == STUNT_RESET_POWER && claims(dev, STUNT_D3HOT)) {
        return true;
    }
    return kind != STUNT_RESET_SOFT && claims(dev, STUNT_D3COLD);
}

void stunt_dma_peer_reset(StuntDma *dma, StuntReset kind)
{
    set_status(dma, stays(STUNT_PCI(dma), kind) ? dma->rung : 0);
    stunt_dma_peer_remind(dma);
    stunt_dma_signal(dma);
}
