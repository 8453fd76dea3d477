// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts: the hard handlers acknowledge the cause, the threads serve the channels. */
#include "dma.h"

#define STUNT_CAUSE_LOOK	BIT(31)	/* not of the device: see whether it is still there */

static irqreturn_t stunt_dma_hard(int irq, void *data)
{
	struct stunt_dma_vec *vec = data;
	struct stunt_dma *sd = vec->sd;
	u32 status;

	if (!stunt_dma_is(sd, STUNT_DMA_RUNNING))
		return IRQ_NONE;
	if (stunt_read_live(&sd->pci, STUNT_DMA_INT_STATUS, &status)) {
		atomic_or(STUNT_CAUSE_LOOK | vec->causes, &vec->pending);
		return IRQ_WAKE_THREAD;
	}

	status &= vec->causes;
	if (!status) {
		/* On a line that is shared this was for somebody else. */
		if (!stunt_pci_irq_flags(&sd->pci)) {
			atomic64_inc(&vec->count);
			atomic64_inc(&sd->count.spurious_irqs);
		}
		return IRQ_NONE;
	}
	atomic64_inc(&vec->count);
	stunt_write(&sd->pci, STUNT_DMA_INT_STATUS, status);
	atomic_or(status, &vec->pending);
	return IRQ_WAKE_THREAD;
}

/* Done functions, which are softirqs, then run at the end of this and not some time later. */
static irqreturn_t stunt_dma_thread(int irq, void *data)
{
	struct stunt_dma_vec *vec = data;
	u32 causes = atomic_xchg(&vec->pending, 0);
	struct stunt_dma *sd = vec->sd;
	bool error = causes & (STUNT_DMA_INT_STATUS_ERROR | STUNT_CAUSE_LOOK);
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < sd->channels; i++)
		if (error || causes & BIT(i))
			stunt_chan_service(&sd->chan[i], error);
	local_bh_enable();
	return IRQ_HANDLED;
}

/* The last vector is that of errors; with only one, it is for everything. */
static struct stunt_dma_vec *stunt_dma_vec_of(struct stunt_dma *sd, unsigned int nr)
{
	return &sd->vec[sd->pci.vectors > 1 ? nr : 0];
}

u64 stunt_chan_irq_count(const struct stunt_dma_chan *ch)
{
	return atomic64_read(&stunt_dma_vec_of(ch->sd, ch->nr)->count) +
	       atomic64_read(&stunt_dma_vec_of(ch->sd, STUNT_DMA_VEC_ERROR)->count);
}

u32 stunt_chan_irq_sync(struct stunt_dma_chan *ch)
{
	u32 status = stunt_read(&ch->sd->pci, STUNT_DMA_INT_STATUS);

	synchronize_irq(stunt_dma_vec_of(ch->sd, ch->nr)->irq);
	synchronize_irq(stunt_dma_vec_of(ch->sd, STUNT_DMA_VEC_ERROR)->irq);
	return status == STUNT_ALL_ONES ? 0 : status & (BIT(ch->nr) | STUNT_DMA_INT_STATUS_ERROR);
}

static void stunt_vec_replay(struct stunt_dma_vec *vec, u32 causes)
{
	if (!causes)
		return;
	stunt_write(&vec->sd->pci, STUNT_DMA_INT_STATUS, causes);
	atomic_or(causes, &vec->pending);
	irq_wake_thread(vec->irq, vec);
}

u32 stunt_chan_irq_replay(struct stunt_dma_chan *ch, u32 causes)
{
	struct stunt_dma *sd = ch->sd;

	if (causes)
		causes &= stunt_read(&sd->pci, STUNT_DMA_INT_STATUS);
	stunt_vec_replay(stunt_dma_vec_of(sd, ch->nr), causes & BIT(ch->nr));
	stunt_vec_replay(stunt_dma_vec_of(sd, STUNT_DMA_VEC_ERROR),
			 causes & STUNT_DMA_INT_STATUS_ERROR);
	return causes;
}

static int stunt_dma_vec_request(struct stunt_dma *sd, unsigned int i)
{
	struct stunt_dma_vec *vec = &sd->vec[i];

	vec->sd = sd;
	vec->irq = stunt_pci_irq(&sd->pci, i);
	vec->causes = BIT(i);
	if (sd->pci.vectors == 1) {
		vec->causes = STUNT_DMA_INT_STATUS_CH_DONE | STUNT_DMA_INT_STATUS_ERROR;
		snprintf(vec->name, sizeof(vec->name), "%s", sd->name);
	} else if (i == STUNT_DMA_VEC_ERROR) {
		snprintf(vec->name, sizeof(vec->name), "%s-error", sd->name);
	} else {
		snprintf(vec->name, sizeof(vec->name), "%s-ch%u", sd->name, i);
	}
	return request_threaded_irq(vec->irq, stunt_dma_hard, stunt_dma_thread,
				    stunt_pci_irq_flags(&sd->pci), vec->name, vec);
}

int stunt_dma_irq_request(struct stunt_dma *sd)
{
	unsigned int i;
	int ret;

	for (i = 0; i < sd->pci.vectors; i++) {
		ret = stunt_dma_vec_request(sd, i);
		if (ret)
			goto err_free;
	}
	return 0;

err_free:
	while (i--)
		free_irq(sd->vec[i].irq, &sd->vec[i]);
	return ret;
}

void stunt_dma_irq_free(struct stunt_dma *sd)
{
	unsigned int i;

	for (i = 0; i < sd->pci.vectors; i++)
		free_irq(sd->vec[i].irq, &sd->vec[i]);
}

/* Returns when no handler runs, thread or not. */
void stunt_dma_irq_disable(struct stunt_dma *sd)
{
	unsigned int i;

	for (i = 0; i < sd->pci.vectors; i++)
		disable_irq(sd->vec[i].irq);
}

void stunt_dma_irq_enable(struct stunt_dma *sd)
{
	unsigned int i;

	for (i = 0; i < sd->pci.vectors; i++)
		enable_irq(sd->vec[i].irq);
}
