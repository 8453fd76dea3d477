/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the dmaengine side share: engine.c (framework) and slave.c. */
#ifndef STUNT_DMA_ENGINE_H
#define STUNT_DMA_ENGINE_H

#include "dma.h"

/* The registers or memory of another device, mapped for ours. */
struct stunt_dma_window {
	dma_addr_t bus;
	size_t len;			/* 0: not mapped */
	enum dma_data_direction dir;
};

/**
 * struct stunt_dma_tx - a descriptor of dmaengine's
 * @tx: as the client sees it
 * @job: as the channel sees it
 * @len: bytes of all of it
 * @period: cyclic: bytes of a period
 * @chain: descriptors behind @desc[0], a LINK; or NULL
 * @window: the device's side of a slave transfer
 * @desc: on the ring
 *
 * @chain and @window are of the hardware: they are let go of when the job ends or is called off,
 * or the driver is unbound, and not with the memory of this.
 */
struct stunt_dma_tx {
	struct dma_async_tx_descriptor tx;
	struct stunt_dma_job job;
	size_t len;
	size_t period;
	struct stunt_dma_chain *chain;
	struct stunt_dma_window window;
	struct stunt_dma_desc desc[];
};

static inline struct stunt_dma_chan *to_stunt_chan(struct dma_chan *chan)
{
	return container_of(chan, struct stunt_dma_chan, dma);
}

static inline struct stunt_dma_tx *to_stunt_tx(struct stunt_dma_job *job)
{
	return container_of(job, struct stunt_dma_tx, job);
}

/* A tx of @n descriptors on the ring, zeroed, the client's to see once it is kept. Any context. */
struct stunt_dma_tx *stunt_engine_new(struct dma_chan *chan, u32 n, size_t len,
				      unsigned long flags);
/* With the lock held: it is now among those that were prepared. */
void stunt_engine_keep(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx);

/* slave.c */
void stunt_slave_init(struct dma_device *engine);
/* With the lock held: gives chain and window back. The device no longer works on it. */
void stunt_slave_release(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx);
/* With the lock held: bytes of a tx that is not complete. */
u64 stunt_slave_done(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx);

#endif
