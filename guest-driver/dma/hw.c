// SPDX-License-Identifier: GPL-2.0-or-later
/* The registers: what the device can do, and how a channel is stopped and started. */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>

#include "dma.h"

#define STUNT_RESET_TRIES	3	/* a write may be lost on its way */
#define STUNT_RESET_POLLS	10
#define STUNT_RESET_POLL_US	10

/* A device that is frozen is left alone, whoever comes. */
u32 stunt_chan_read(const struct stunt_dma_chan *ch, u32 reg)
{
	if (stunt_dma_frozen(ch->sd))
		return STUNT_ALL_ONES;
	return stunt_read(&ch->sd->pci, reg + ch->nr * STUNT_DMA_CH_CTRL_STRIDE);
}

void stunt_chan_write(const struct stunt_dma_chan *ch, u32 reg, u32 value)
{
	if (!stunt_dma_frozen(ch->sd))
		stunt_write(&ch->sd->pci, reg + ch->nr * STUNT_DMA_CH_CTRL_STRIDE, value);
}

/*
 * A device that was left running, by a crash kernel's predecessor say, may hold addresses of
 * memory that is ours.
 */
int stunt_dma_hw_probe(struct stunt_dma *sd)
{
	u32 caps;

	stunt_dma_hw_disable(sd);
	if (stunt_read_live(&sd->pci, STUNT_DMA_CAPS, &caps) ||
	    stunt_read_live(&sd->pci, STUNT_DMA_MAX_LEN, &sd->max_len))
		return -ENODEV;

	sd->channels = min_t(u32, FIELD_GET(STUNT_DMA_CAPS_CHANNELS, caps), STUNT_DMA_CHANNELS);
	sd->width = FIELD_GET(STUNT_DMA_CAPS_WIDTH, caps);
	sd->wired = caps & STUNT_DMA_CAPS_PEER;
	sd->ops = FIELD_GET(STUNT_DMA_CAPS_OPS, caps);
	sd->ring_log2 = min_t(u32, sd->ring_log2, FIELD_GET(STUNT_DMA_CAPS_RING_LOG2, caps));
	if (!sd->channels || !sd->ring_log2 || !sd->max_len || sd->width < 1 || sd->width > 64) {
		dev_err(sd->dev, "senseless capabilities %#010x, MAX_LEN %#x\n", caps, sd->max_len);
		return -EPROTO;
	}
	return 0;
}

void stunt_dma_hw_enable(struct stunt_dma *sd)
{
	stunt_write(&sd->pci, STUNT_DMA_INT_MASK, 0);
	stunt_write(&sd->pci, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
}

void stunt_dma_hw_disable(struct stunt_dma *sd)
{
	if (stunt_dma_frozen(sd))
		return;
	stunt_write(&sd->pci, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
	stunt_gone(&sd->pci);	/* any read: the write has arrived when it returns */
}

void stunt_dma_hw_silence(struct stunt_dma *sd)
{
	unsigned int n;

	for (n = 0; stunt_bug(loop_on_dead) && stunt_gone(&sd->pci) && n < 1000; n++)
		udelay(STUNT_RESET_POLL_US);
	if (stunt_dma_frozen(sd))
		return;
	stunt_write(&sd->pci, STUNT_DMA_CTRL, 0);
	stunt_gone(&sd->pci);	/* the read pushes before it what the device has sent */
}

static bool stunt_chan_still(const struct stunt_dma_chan *ch)
{
	u32 busy = STUNT_DMA_CH_STATUS_RUNNING | STUNT_DMA_CH_STATUS_HALTED;

	return !(stunt_chan_read(ch, STUNT_DMA_CH_STATUS) & busy) &&
	       !(stunt_chan_read(ch, STUNT_DMA_CH_CTRL) & STUNT_DMA_CH_CTRL_ENABLE);
}

bool stunt_chan_hw_reset(struct stunt_dma_chan *ch)
{
	unsigned int i;

	if (stunt_dma_frozen(ch->sd))
		return false;
	for (i = 0; i < STUNT_RESET_TRIES * STUNT_RESET_POLLS; i++) {
		if (i % STUNT_RESET_POLLS == 0)
			stunt_chan_write(ch, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_RESET);
		if (stunt_chan_still(ch))
			return true;
		if (stunt_gone(&ch->sd->pci))
			return false;
		udelay(STUNT_RESET_POLL_US);
	}
	return false;
}

static void stunt_chan_write_addr(struct stunt_dma_chan *ch, u32 lo, u32 hi, dma_addr_t addr)
{
	u32 at = ch->nr * STUNT_DMA_CH_CTRL_STRIDE;

	stunt_write_addr(&ch->sd->pci, lo + at, hi + at, addr);
}

void stunt_chan_hw_start(struct stunt_dma_chan *ch)
{
	struct stunt_dma *sd = ch->sd;
	u32 moderate = READ_ONCE(sd->moderate);

	ch->head = 0;
	ch->tail = 0;
	ch->held_back = false;
	ch->periods = 0;
	/* No entry has a phase that is waited for. */
	memset(ch->comps, 0, stunt_dma_entries(sd) * sizeof(*ch->comps));
	dma_wmb();

	/*
	 * Also after a reset of the whole device that we did not ask for, so these are made sure
	 * of.
	 */
	stunt_dma_hw_enable(sd);
	stunt_chan_write_addr(ch, STUNT_DMA_CH_RING_LO, STUNT_DMA_CH_RING_HI, ch->ring_bus);
	stunt_chan_write_addr(ch, STUNT_DMA_CH_COMP_LO, STUNT_DMA_CH_COMP_HI, ch->comps_bus);
	stunt_chan_write(ch, STUNT_DMA_CH_RING_SIZE,
			 FIELD_PREP(STUNT_DMA_CH_RING_SIZE_LOG2, sd->ring_log2));
	if (moderate)
		stunt_chan_write(ch, STUNT_DMA_CH_MODERATE, moderate);
	stunt_chan_write(ch, STUNT_DMA_CH_CTRL, STUNT_DMA_CH_CTRL_ENABLE);
	stunt_chan_hw_run(ch);
}

void stunt_chan_hw_run(struct stunt_dma_chan *ch)
{
	stunt_chan_write(ch, STUNT_DMA_CH_CTRL,
			 STUNT_DMA_CH_CTRL_ENABLE | (ch->paused ? STUNT_DMA_CH_CTRL_PAUSE : 0));
}
