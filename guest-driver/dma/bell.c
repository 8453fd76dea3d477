// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Doorbells between the device and its peer. What has rung is taken out of the device at once, by the interrupt or, when
 * that could not be heard, by whoever starts the device; it stands here until a program takes it.
 *
 * A device that sleeps is woken by its PME, which the PCI core and the root port's driver see to. What rings between the
 * last interrupt and sleep stands in PEER_STATUS, and the device asks to be woken as soon as it sleeps.
 */
#include <linux/ktime.h>

#include "dma.h"

/* A channel's lock, as for every register; also, of two that answer at once one finds nothing. */
void stunt_bell_answer(struct stunt_dma *sd)
{
	struct stunt_dma_chan *ch = &sd->chan[0];
	unsigned long flags = stunt_chan_lock(ch);
	u32 rung = 0;

	if (!stunt_dma_frozen(sd) && stunt_read_live(&sd->pci, STUNT_DMA_PEER_STATUS, &rung))
		rung = 0;
	if (rung && !stunt_bug(pme_uncleared))
		stunt_write(&sd->pci, STUNT_DMA_PEER_STATUS, rung);
	stunt_chan_unlock(ch, flags);
	if (!rung)
		return;
	atomic_or(rung, &sd->client.rung);
	atomic_inc(&sd->client.rings);
	wake_up_interruptible(&sd->client.state_wait);
}

void stunt_bell_start(struct stunt_dma *sd)
{
	if (!sd->wired)
		return;
	if (stunt_bug(ring_lost_in_sleep))
		stunt_write(&sd->pci, STUNT_DMA_PEER_STATUS, U32_MAX);
	stunt_bell_answer(sd);
}

/* The read pushes the write before it. */
static int stunt_bell_pull(struct stunt_dma *sd, u32 mask)
{
	struct stunt_dma_chan *ch = &sd->chan[0];
	unsigned long flags = stunt_chan_lock(ch);
	int ret = 0;

	if (stunt_dma_is(sd, STUNT_DMA_STOPPED) || stunt_dma_frozen(sd)) {
		ret = -EAGAIN;
	} else if (!stunt_dma_is(sd, STUNT_DMA_RUNNING)) {
		ret = -ENODEV;
	} else {
		stunt_write(&sd->pci, STUNT_DMA_PEER_RING, mask);
		ret = stunt_gone(&sd->pci) ? -ENODEV : 0;
	}
	stunt_chan_unlock(ch, flags);
	return ret;
}

int stunt_bell_ring(struct stunt_dma *sd, const struct stunt_dma_ring *call)
{
	int ret;

	if (call->flags || call->reserved || !call->mask)
		return -EINVAL;
	if (!sd->wired)
		return -ENXIO;
	ret = stunt_power_get(sd);
	if (ret)
		return ret;
	ret = stunt_bell_pull(sd, call->mask);
	stunt_power_put(sd);
	return ret;
}

static u32 stunt_bell_take(struct stunt_dma *sd, u32 mask)
{
	return atomic_fetch_andnot(mask, &sd->client.rung) & mask;
}

int stunt_bell_await(struct stunt_dma *sd, struct stunt_dma_await_ring *call)
{
	ktime_t timeout = KTIME_MAX;
	u32 rung = 0;
	int ret;

	if (call->flags || !call->mask)
		return -EINVAL;
	if (!sd->wired)
		return -ENXIO;
	if (call->timeout_ns && call->timeout_ns < KTIME_MAX)
		timeout = ns_to_ktime(call->timeout_ns);
	ret = wait_event_interruptible_hrtimeout(sd->client.state_wait,
						 (rung = stunt_bell_take(sd, call->mask)) ||
						 stunt_dma_is(sd, STUNT_DMA_REMOVED), timeout);
	if (!ret && !rung)
		return -ENODEV;
	call->rung = rung;
	return ret == -ETIME ? -ETIMEDOUT : ret;
}
