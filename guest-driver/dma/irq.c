// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts. The hard handler acknowledges the causes; the channels are served by the vector's thread, or, with
 * threaded=0, by the hard handler itself. A vector may serve one cause or several, see stunt_pci_irq().
 */
#include <linux/delay.h>

#include "dma.h"

#define STUNT_CAUSE_LOOK	BIT(31)	/* not of the device: see whether it is still there */

u32 stunt_vec_take(struct stunt_dma_vec *vec)
{
	struct stunt_dma *sd = vec->sd;
	u32 status;

	if (stunt_bug(no_ones_check))
		status = stunt_read(&sd->pci, STUNT_DMA_INT_STATUS);
	else if (stunt_read_live(&sd->pci, STUNT_DMA_INT_STATUS, &status))
		return STUNT_CAUSE_LOOK | vec->causes;
	status &= vec->causes;
	if (status)
		stunt_write(&sd->pci, STUNT_DMA_INT_STATUS, status);
	return status;
}

void stunt_vec_serve(struct stunt_dma_vec *vec, u32 causes)
{
	bool error = causes & (STUNT_DMA_INT_STATUS_ERROR | STUNT_CAUSE_LOOK);
	struct stunt_dma *sd = vec->sd;
	unsigned int i;

	for (i = 0; i < sd->channels; i++)
		if (error || causes & BIT(i))
			stunt_chan_service(&sd->chan[i], error);
	if (causes & STUNT_DMA_INT_STATUS_PEER)
		stunt_bell_answer(sd);
}

/*
 * Both hard handlers. While the device is reset or asleep it must not be touched, and on a line that is shared we
 * are called all the same. An interrupt without a cause is spurious, or, on such a line, somebody else's.
 */
static u32 stunt_vec_interrupt(struct stunt_dma_vec *vec)
{
	struct stunt_dma *sd = vec->sd;
	u32 causes;

	if (stunt_bug(sleep_in_primary))
		msleep(1);
	if (!stunt_dma_is(sd, STUNT_DMA_RUNNING) && !stunt_bug(no_irq_sync))
		return 0;
	causes = stunt_vec_take(vec);
	if (causes || sd->pci.irq_mode != STUNT_IRQ_INTX)
		atomic64_inc(&vec->count);
	if (!causes && sd->pci.irq_mode != STUNT_IRQ_INTX)
		atomic64_inc(&sd->count.spurious_irqs);
	stunt_storm_note(vec);
	return causes;
}

static irqreturn_t stunt_vec_primary(int irq, void *data)
{
	u32 causes = stunt_vec_interrupt(data);

	if (!causes)
		return IRQ_NONE;
	stunt_vec_serve(data, causes);
	return IRQ_HANDLED;
}

static irqreturn_t stunt_vec_hard(int irq, void *data)
{
	struct stunt_dma_vec *vec = data;
	u32 causes = stunt_vec_interrupt(vec);

	if (!causes)
		return IRQ_NONE;
	atomic_or(causes, &vec->pending);
	return IRQ_WAKE_THREAD;
}

/* Done functions, which are softirqs, then run at the end of this and not some time later. */
static irqreturn_t stunt_vec_thread(int irq, void *data)
{
	struct stunt_dma_vec *vec = data;
	u32 causes = stunt_bug(ack_after_service) ? atomic_read(&vec->pending) :
						    atomic_xchg(&vec->pending, 0);

	local_bh_disable();
	stunt_vec_serve(vec, causes);
	local_bh_enable();
	if (stunt_bug(ack_after_service))
		atomic_set(&vec->pending, 0);
	return IRQ_HANDLED;
}

/* As stunt_pci_irq() has it. */
static struct stunt_dma_vec *stunt_dma_vec_of(struct stunt_dma *sd, unsigned int cause)
{
	return &sd->vec[cause % sd->pci.vectors];
}

u64 stunt_chan_irq_count(const struct stunt_dma_chan *ch)
{
	return atomic64_read(&stunt_dma_vec_of(ch->sd, ch->nr)->count) +
	       atomic64_read(&stunt_dma_vec_of(ch->sd, STUNT_DMA_VEC_ERROR)->count);
}

bool stunt_chan_irq_masked(const struct stunt_dma_chan *ch)
{
	return stunt_storm_masked(stunt_dma_vec_of(ch->sd, ch->nr)) ||
	       stunt_storm_masked(stunt_dma_vec_of(ch->sd, STUNT_DMA_VEC_ERROR));
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
	if (vec->sd->threaded) {
		atomic_or(causes, &vec->pending);
		irq_wake_thread(vec->irq, vec);
	} else {
		stunt_vec_serve(vec, causes);
	}
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

void stunt_dma_moderate(struct stunt_dma *sd, u32 field, u32 value)
{
	unsigned long flags;
	unsigned int i;

	mutex_lock(&sd->settings);
	WRITE_ONCE(sd->moderate, (sd->moderate & ~field) | value);
	for (i = 0; i < sd->channels; i++) {
		flags = stunt_chan_lock(&sd->chan[i]);
		if (stunt_dma_is(sd, STUNT_DMA_RUNNING))
			stunt_chan_write(&sd->chan[i], STUNT_DMA_CH_MODERATE, sd->moderate);
		stunt_chan_unlock(&sd->chan[i], flags);
	}
	mutex_unlock(&sd->settings);
}

/* On a line that others may have, too, only this function is silenced. */
void stunt_vec_mask(struct stunt_dma_vec *vec)
{
	struct stunt_pci *pci = &vec->sd->pci;

	if (pci->irq_mode == STUNT_IRQ_INTX)
		pci_intx(pci->pdev, 0);
	else
		disable_irq_nosync(vec->irq);
}

void stunt_vec_unmask(struct stunt_dma_vec *vec)
{
	struct stunt_pci *pci = &vec->sd->pci;

	if (pci->irq_mode == STUNT_IRQ_INTX)
		pci_intx(pci->pdev, 1);
	else
		enable_irq(vec->irq);
}

static void stunt_vec_name(struct stunt_dma_vec *vec, unsigned int i)
{
	struct stunt_dma *sd = vec->sd;

	if (sd->pci.vectors == 1)
		strscpy(vec->name, sd->name, sizeof(vec->name));
	else if (sd->pci.vectors < STUNT_DMA_VECTORS)
		snprintf(vec->name, sizeof(vec->name), "%s-%u", sd->name, i);
	else if (i == STUNT_DMA_VEC_ERROR)
		snprintf(vec->name, sizeof(vec->name), "%s-error", sd->name);
	else if (i == STUNT_DMA_VEC_PEER)
		snprintf(vec->name, sizeof(vec->name), "%s-peer", sd->name);
	else
		snprintf(vec->name, sizeof(vec->name), "%s-ch%u", sd->name, i);
}

static int stunt_vec_request(struct stunt_dma *sd, unsigned int i)
{
	struct stunt_dma_vec *vec = &sd->vec[i];
	unsigned long flags = stunt_pci_irq_flags(&sd->pci) ?: IRQF_NO_AUTOEN;
	unsigned int cause;

	vec->sd = sd;
	vec->irq = stunt_pci_irq(&sd->pci, i);
	for (cause = i; cause < STUNT_DMA_VECTORS; cause += sd->pci.vectors)
		vec->causes |= BIT(cause);
	stunt_vec_name(vec, i);
	stunt_storm_init(vec);
	if (!sd->threaded)
		return request_irq(vec->irq, stunt_vec_primary, flags, vec->name, vec);
	return request_threaded_irq(vec->irq, stunt_vec_hard, stunt_vec_thread, flags, vec->name,
				    vec);
}

int stunt_dma_irq_request(struct stunt_dma *sd)
{
	unsigned int i;
	int ret;

	/* What is shared cannot be requested disabled. */
	if (sd->pci.irq_mode == STUNT_IRQ_INTX)
		pci_intx(sd->pci.pdev, 0);
	sd->irqs_off = true;
	for (i = 0; i < sd->pci.vectors; i++) {
		ret = stunt_vec_request(sd, i);
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

/* The handlers see the state and leave the device alone: those that run now are waited for. */
void stunt_dma_irq_quiesce(struct stunt_dma *sd)
{
	unsigned int i;

	if (sd->irqs_off || stunt_bug(no_irq_sync))
		return;
	for (i = 0; i < sd->pci.vectors; i++) {
		synchronize_irq(sd->vec[i].irq);
		stunt_storm_end(&sd->vec[i]);
		stunt_vec_mask(&sd->vec[i]);
	}
	sd->irqs_off = true;
}

void stunt_dma_irq_enable(struct stunt_dma *sd)
{
	unsigned int i;

	if (!sd->irqs_off)
		return;
	sd->irqs_off = false;
	for (i = 0; i < sd->pci.vectors; i++)
		stunt_vec_unmask(&sd->vec[i]);
}
