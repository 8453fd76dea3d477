// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slave and cyclic transfers: between memory and a window, the registers or memory of another
 * device. Both are chains behind one descriptor of the ring.
 */
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "engine.h"

/* Memory on one side, the window on the other; with no chain it only counts. */
struct stunt_walk {
	struct stunt_dma_chain *chain;
	u32 n;			/* descriptors so far */
	bool to_device;
	u32 max_len;
	dma_addr_t window;
	size_t window_len;	/* it is run through over and over; 0: from its start in each segment */
	size_t at;		/* in the window */
};

static void stunt_walk_put(struct stunt_walk *walk, dma_addr_t mem, size_t len, u8 flags)
{
	struct stunt_dma_desc *desc = walk->chain ? stunt_chain_at(walk->chain, walk->n) : NULL;
	dma_addr_t device = walk->window + walk->at;

	walk->n++;
	if (!desc)
		return;
	desc->op = STUNT_DMA_OP_COPY;
	desc->src = walk->to_device ? mem : device;
	desc->dst = walk->to_device ? device : mem;
	desc->len = len;
	desc->flags = flags;
}

/* A segment; the last of its descriptors has these flags. */
static void stunt_walk_segment(struct stunt_walk *walk, dma_addr_t mem, size_t len, u8 flags)
{
	if (!walk->window_len)
		walk->at = 0;
	while (len) {
		size_t part = min_t(size_t, len, walk->max_len);

		if (walk->window_len)
			part = min(part, walk->window_len - walk->at);
		len -= part;
		stunt_walk_put(walk, mem, part, len ? 0 : flags);
		mem += part;
		walk->at += part;
		if (walk->at == walk->window_len)
			walk->at = 0;
	}
}

static phys_addr_t stunt_slave_addr(const struct dma_slave_config *config, bool to_device)
{
	return to_device ? config->dst_addr : config->src_addr;
}

static size_t stunt_slave_window(const struct dma_slave_config *config, bool to_device)
{
	if (to_device)
		return (size_t)config->dst_port_window_size * config->dst_addr_width;
	return (size_t)config->src_port_window_size * config->src_addr_width;
}

static int stunt_window_map(struct stunt_dma *sd, struct stunt_dma_window *window,
			    phys_addr_t addr, size_t len, bool to_device)
{
	window->dir = to_device ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
	window->bus = dma_map_resource(sd->dev, addr, len, window->dir, 0);
	if (dma_mapping_error(sd->dev, window->bus))
		return -EIO;
	window->len = len;
	return 0;
}

void stunt_slave_release(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx)
{
	if (!(stunt_bug(pool_leak) && (tx->job.error || tx->job.status)))
		stunt_chain_free(tx->chain);
	tx->chain = NULL;
	if (tx->window.len)
		dma_unmap_resource(ch->sd->dev, tx->window.bus, tx->window.len, tx->window.dir, 0);
	tx->window.len = 0;
}

/* What of the hardware a tx needs. With the lock held, so that the binding does not end meanwhile. */
static int stunt_slave_acquire(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx,
			       struct stunt_walk *walk, size_t longest)
{
	size_t len = walk->window_len ?: longest;
	phys_addr_t addr = stunt_slave_addr(&ch->slave, walk->to_device);
	int ret;

	if (stunt_dma_is(ch->sd, STUNT_DMA_GONE) || stunt_dma_is(ch->sd, STUNT_DMA_REMOVED))
		return -ENODEV;
	ret = stunt_window_map(ch->sd, &tx->window, addr, len, walk->to_device);
	if (ret)
		return ret;
	tx->chain = stunt_chain_new(ch->sd, walk->n, GFP_NOWAIT);
	if (!tx->chain) {
		stunt_slave_release(ch, tx);
		return -ENOMEM;
	}
	walk->chain = tx->chain;
	walk->window = tx->window.bus;
	walk->n = 0;
	walk->at = 0;
	return 0;
}

static bool stunt_slave_begin(struct stunt_dma_chan *ch, struct stunt_walk *walk,
			      enum dma_transfer_direction dir)
{
	if (dir != DMA_MEM_TO_DEV && dir != DMA_DEV_TO_MEM)
		return false;
	*walk = (struct stunt_walk){
		.to_device = dir == DMA_MEM_TO_DEV,
		.max_len = ch->sd->max_len,
	};
	walk->window_len = stunt_slave_window(&ch->slave, walk->to_device);
	return stunt_slave_addr(&ch->slave, walk->to_device);
}

static void stunt_walk_sg(struct stunt_walk *walk, struct scatterlist *sgl, unsigned int sg_len)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(sgl, sg, sg_len, i)
		stunt_walk_segment(walk, sg_dma_address(sg), sg_dma_len(sg), 0);
}

static void stunt_slave_measure(struct scatterlist *sgl, unsigned int sg_len, size_t *ret_total,
				size_t *ret_longest)
{
	struct scatterlist *sg;
	unsigned int i;

	*ret_total = 0;
	*ret_longest = 0;
	for_each_sg(sgl, sg, sg_len, i) {
		*ret_total += sg_dma_len(sg);
		*ret_longest = max_t(size_t, *ret_longest, sg_dma_len(sg));
	}
}

static struct dma_async_tx_descriptor *
stunt_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
	       enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	struct stunt_dma_tx *tx;
	struct stunt_walk walk;
	unsigned long irq_flags;
	size_t len, longest;
	int ret = -EINVAL;

	stunt_slave_measure(sgl, sg_len, &len, &longest);
	tx = stunt_engine_new(chan, 1, len, flags);
	if (!tx)
		return NULL;
	irq_flags = stunt_chan_lock(ch);
	if (len && stunt_slave_begin(ch, &walk, dir)) {
		stunt_walk_sg(&walk, sgl, sg_len);
		ret = stunt_slave_acquire(ch, tx, &walk, longest);
	}
	if (!ret) {
		stunt_walk_sg(&walk, sgl, sg_len);
		stunt_chain_end(tx->chain, &tx->desc[0]);
		stunt_engine_keep(ch, tx);
	}
	stunt_chan_unlock(ch, irq_flags);
	if (!ret)
		return &tx->tx;
	kfree(tx);
	return NULL;
}

static void stunt_walk_periods(struct stunt_walk *walk, dma_addr_t buf, size_t len, size_t period)
{
	size_t at;

	for (at = 0; at < len; at += period)
		stunt_walk_segment(walk, buf + at, period, STUNT_DMA_DESC_IRQ);
}

static struct dma_async_tx_descriptor *
stunt_slave_cyclic(struct dma_chan *chan, dma_addr_t buf, size_t len, size_t period,
		   enum dma_transfer_direction dir, unsigned long flags)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	struct stunt_dma_tx *tx;
	struct stunt_walk walk;
	unsigned long irq_flags;
	int ret = -EINVAL;

	if (!len || !period || len % period)
		return NULL;
	tx = stunt_engine_new(chan, 1, len, flags);
	if (!tx)
		return NULL;
	tx->period = period;
	tx->job.cyclic = true;
	irq_flags = stunt_chan_lock(ch);
	if (stunt_slave_begin(ch, &walk, dir)) {
		stunt_walk_periods(&walk, buf, len, period);
		ret = stunt_slave_acquire(ch, tx, &walk, period);
	}
	if (!ret) {
		stunt_walk_periods(&walk, buf, len, period);
		stunt_chain_loop(tx->chain, &tx->desc[0]);
		stunt_engine_keep(ch, tx);
	}
	stunt_chan_unlock(ch, irq_flags);
	if (!ret)
		return &tx->tx;
	kfree(tx);
	return NULL;
}

static int stunt_slave_config(struct dma_chan *chan, struct dma_slave_config *config)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	unsigned long flags = stunt_chan_lock(ch);

	ch->slave = *config;
	stunt_chan_unlock(ch, flags);
	return 0;
}

/* Of the job in work, if that is the one; what it has done when its completion is on its way. */
static u64 stunt_slave_in_work(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx)
{
	u32 bytes;

	if (tx->job.state != STUNT_JOB_ACTIVE || !list_is_first(&tx->job.node, &ch->active) ||
	    !stunt_dma_is(ch->sd, STUNT_DMA_RUNNING))
		return 0;
	bytes = stunt_chan_read(ch, STUNT_DMA_CH_BYTES);
	return stunt_chan_read(ch, STUNT_DMA_CH_HEAD) == ch->head ? bytes : tx->len;
}

u64 stunt_slave_done(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx)
{
	if (tx->job.cyclic)
		return (u64)(tx->job.periods - tx->job.lap) % (tx->len / tx->period) * tx->period;
	return tx->job.bytes + (tx->chain ? stunt_slave_in_work(ch, tx) : 0);
}

static int stunt_slave_set_pause(struct dma_chan *chan, bool pause)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	unsigned long flags = stunt_chan_lock(ch);

	ch->paused = pause;
	ch->progress = jiffies;
	if (stunt_dma_is(ch->sd, STUNT_DMA_RUNNING))
		stunt_chan_hw_run(ch);
	stunt_chan_unlock(ch, flags);
	return 0;
}

static int stunt_slave_pause(struct dma_chan *chan)
{
	return stunt_slave_set_pause(chan, true);
}

static int stunt_slave_resume(struct dma_chan *chan)
{
	return stunt_slave_set_pause(chan, false);
}

#define STUNT_SLAVE_WIDTHS	(BIT(DMA_SLAVE_BUSWIDTH_1_BYTE) | BIT(DMA_SLAVE_BUSWIDTH_2_BYTES) | \
				 BIT(DMA_SLAVE_BUSWIDTH_4_BYTES) | BIT(DMA_SLAVE_BUSWIDTH_8_BYTES))

void stunt_slave_init(struct dma_device *engine)
{
	dma_cap_set(DMA_SLAVE, engine->cap_mask);
	dma_cap_set(DMA_CYCLIC, engine->cap_mask);
	engine->directions |= BIT(DMA_MEM_TO_DEV) | BIT(DMA_DEV_TO_MEM);
	engine->src_addr_widths = STUNT_SLAVE_WIDTHS;
	engine->dst_addr_widths = STUNT_SLAVE_WIDTHS;
	engine->device_config = stunt_slave_config;
	engine->device_prep_slave_sg = stunt_slave_sg;
	engine->device_prep_dma_cyclic = stunt_slave_cyclic;
	engine->device_pause = stunt_slave_pause;
	engine->device_resume = stunt_slave_resume;
}
