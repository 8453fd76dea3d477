// SPDX-License-Identifier: GPL-2.0-or-later
/* A channel at work: jobs go onto the descriptor ring, completions come off the other one. */
#include <linux/dma-mapping.h>
#include <linux/sched.h>

#include "dma.h"

static struct stunt_dma_job *stunt_chan_pop(struct stunt_dma_chan *ch)
{
	struct stunt_dma_job *job;
	unsigned long flags;

	spin_lock_irqsave(&ch->lock, flags);
	job = list_first_entry_or_null(&ch->done, struct stunt_dma_job, node);
	if (job) {
		list_del_init(&job->node);
		job->state = STUNT_JOB_IDLE;
	}
	spin_unlock_irqrestore(&ch->lock, flags);
	return job;
}

/* One by one: a done function may take back others that wait here. */
static void stunt_chan_task(struct tasklet_struct *task)
{
	struct stunt_dma_chan *ch = from_tasklet(ch, task, task);
	struct stunt_dma_job *job;

	while ((job = stunt_chan_pop(ch)))
		job->done(job);
	while (stunt_engine_tell(ch))
		;
}

void stunt_chan_setup(struct stunt_dma *sd, unsigned int nr)
{
	struct stunt_dma_chan *ch = &sd->chan[nr];

	ch->sd = sd;
	ch->nr = nr;
	spin_lock_init(&ch->lock);
	INIT_LIST_HEAD(&ch->queued);
	INIT_LIST_HEAD(&ch->active);
	INIT_LIST_HEAD(&ch->done);
	INIT_DELAYED_WORK(&ch->watchdog, stunt_chan_watchdog);
	tasklet_setup(&ch->task, stunt_chan_task);
	stunt_engine_chan_init(ch);
}

int stunt_chan_alloc(struct stunt_dma_chan *ch)
{
	u32 entries = stunt_dma_entries(ch->sd);
	struct device *dev = ch->sd->dev;

	ch->ring = dmam_alloc_coherent(dev, entries * sizeof(*ch->ring), &ch->ring_bus,
				       GFP_KERNEL);
	ch->comps = dmam_alloc_coherent(dev, entries * sizeof(*ch->comps), &ch->comps_bus,
					GFP_KERNEL);
	return ch->ring && ch->comps ? 0 : -ENOMEM;
}

unsigned long stunt_chan_lock(struct stunt_dma_chan *ch)
	__acquires(ch->lock)
{
	unsigned long flags;

	spin_lock_irqsave(&ch->lock, flags);
	return flags;
}

void stunt_chan_unlock(struct stunt_dma_chan *ch, unsigned long flags)
	__releases(ch->lock)
{
	struct stunt_dma *sd = ch->sd;

	if (!list_empty(&ch->done) || ch->untold)
		tasklet_schedule(&ch->task);
	stunt_power_follow(ch);
	spin_unlock_irqrestore(&ch->lock, flags);

	/* Whoever found out holds one channel's lock, and all of them are needed. */
	if (unlikely(stunt_dma_is(sd, STUNT_DMA_GONE)) && !test_and_set_bit(0, &sd->swept)) {
		dev_err(sd->dev, "the device does not answer any more\n");
		pci_clear_master(sd->pci.pdev);
		stunt_dma_fail_all(sd, -ENODEV);
	}
}

void stunt_chan_finish(struct stunt_dma_chan *ch, struct stunt_dma_job *job, int error)
{
	job->error = error;
	job->state = STUNT_JOB_DONE;
	list_move_tail(&job->node, &ch->done);
	atomic64_inc(&ch->sd->count.jobs);
	if (job->status)
		atomic64_inc(&ch->sd->count.errors);
	if (ch->endless == job)
		ch->endless = NULL;
	if (job->client)
		stunt_engine_finish(ch, job);
}

void stunt_chan_queue(struct stunt_dma_chan *ch, struct stunt_dma_job *job)
{
	job->state = STUNT_JOB_QUEUED;
	list_add_tail(&job->node, &ch->queued);
	if (job->cyclic && !ch->endless)
		ch->endless = job;
}

/* The job whose next descriptor is the next on the ring. */
static struct stunt_dma_job *stunt_chan_next(struct stunt_dma_chan *ch)
{
	struct stunt_dma_job *job;

	if (!list_empty(&ch->active)) {
		job = list_last_entry(&ch->active, struct stunt_dma_job, node);
		if (job->posted < job->n_desc)
			return job;
	}
	job = list_first_entry_or_null(&ch->queued, struct stunt_dma_job, node);
	if (job) {
		list_move_tail(&job->node, &ch->active);
		job->state = STUNT_JOB_ACTIVE;
	}
	return job;
}

/*
 * The last descriptor of a job interrupts, and one in each half of the ring: a job may be longer
 * than the ring and must be fed.
 */
static void stunt_chan_put(struct stunt_dma_chan *ch, struct stunt_dma_job *job)
{
	u32 entries = stunt_dma_entries(ch->sd);
	struct stunt_dma_desc *desc = &ch->ring[ch->tail & (entries - 1)];

	if (!stunt_bug(reuse_stale) || ch->tail < entries)
		*desc = job->desc[job->posted];
	job->posted++;
	if (stunt_bug(truncate_32) || stunt_bug(truncate_40))
		desc->src &= stunt_bug(truncate_32) ? DMA_BIT_MASK(32) : DMA_BIT_MASK(40);
	ch->tail++;
	if (job->verbatim)
		return;
	desc->id = ch->tail - 1;
	if (job->posted == job->n_desc || !(ch->tail & (entries / 2 - 1)))
		desc->flags |= STUNT_DMA_DESC_IRQ;
}

void stunt_chan_post(struct stunt_dma_chan *ch)
{
	struct stunt_dma *sd = ch->sd;
	bool idle = ch->head == ch->tail;
	u32 before = ch->tail;

	if (!stunt_dma_is(sd, STUNT_DMA_RUNNING))
		return;
	while (ch->tail - ch->head < stunt_dma_entries(sd)) {
		struct stunt_dma_job *job = stunt_chan_next(ch);

		if (!job)
			break;
		stunt_chan_put(ch, job);
	}
	if (ch->tail == before && !stunt_bug(empty_doorbell))
		return;
	if (idle)
		ch->progress = jiffies;
	/* writel() orders the descriptors before the doorbell. */
	stunt_chan_write(ch, STUNT_DMA_CH_TAIL, ch->tail);
	if (stunt_bug(desc_rewrite))
		ch->ring[(ch->tail - 1) & (stunt_dma_entries(sd) - 1)].arg ^= 1;
	if (!stunt_bug(lost_watchdog))
		queue_delayed_work(sd->wq, &ch->watchdog, msecs_to_jiffies(stunt_dma_watchdog_ms));
}

int stunt_chan_submit(struct stunt_dma_chan *ch, struct stunt_dma_job *job)
{
	unsigned long flags = stunt_chan_lock(ch);
	int ret = 0;

	if (stunt_dma_is(ch->sd, STUNT_DMA_GONE) || stunt_dma_is(ch->sd, STUNT_DMA_REMOVED)) {
		ret = -ENODEV;
	} else if (ch->endless || ch->paused) {
		ret = -EBUSY;
	} else {
		stunt_chan_queue(ch, job);
		stunt_chan_post(ch);
	}
	stunt_chan_unlock(ch, flags);
	return ret;
}

static void stunt_chan_wake(struct stunt_dma_job *job)
{
	complete(&container_of(job, struct stunt_dma_wait, job)->ended);
}

/* 0: to be called off; else as wait_for_completion_interruptible_timeout(). */
static long stunt_chan_sleep(struct stunt_dma_wait *wait, ktime_t deadline)
{
	s64 left = ktime_to_ns(ktime_sub(deadline, ktime_get()));
	unsigned long ticks;

	if (left <= 0)
		return 0;
	ticks = deadline == KTIME_MAX ? MAX_SCHEDULE_TIMEOUT : nsecs_to_jiffies(left) + 1;
	return wait_for_completion_interruptible_timeout(&wait->ended, ticks);
}

int stunt_chan_run(struct stunt_dma_chan *ch, struct stunt_dma_wait *wait, ktime_t deadline)
{
	long left;
	int ret;

	init_completion(&wait->ended);
	wait->job.done = stunt_chan_wake;
	ret = stunt_chan_submit(ch, &wait->job);
	if (ret)
		return ret;

	if (stunt_bug(check_then_sleep) && !completion_done(&wait->ended))
		reinit_completion(&wait->ended);
	left = stunt_chan_sleep(wait, deadline);
	if (left <= 0) {
		stunt_chan_cancel(ch, &wait->job, left ? -ERESTARTSYS : -ETIMEDOUT);
		wait_for_completion(&wait->ended);
	}
	return wait->job.error;
}

/* The completion of this index, or NULL if the device has not written it. */
static const struct stunt_dma_comp *stunt_chan_comp(const struct stunt_dma_chan *ch, u32 index)
{
	u32 log2 = ch->sd->ring_log2;
	const struct stunt_dma_comp *comp = &ch->comps[index & (BIT(log2) - 1)];
	u8 phase = index >> log2 & 1 ? 2 : 1;

	if (index == ch->tail || READ_ONCE(comp->phase) != phase)
		return NULL;
	/* The rest of the entry was written before its phase. */
	dma_rmb();
	return comp;
}

u32 stunt_chan_peek(const struct stunt_dma_chan *ch, u32 *ret_asked)
{
	u32 mask = stunt_dma_entries(ch->sd) - 1;
	u32 due = ch->head;
	u32 i;

	*ret_asked = 0;
	for (i = ch->head; stunt_chan_comp(ch, i); i++) {
		if (ch->ring[i & mask].flags & STUNT_DMA_DESC_IRQ) {
			due = i + 1;
			++*ret_asked;
		}
	}
	return due;
}

/* The completion `comp` answers the next unfinished descriptor of the first job. */
static void stunt_chan_account(struct stunt_dma_chan *ch, const struct stunt_dma_comp *comp)
{
	struct stunt_dma_job *job = list_first_entry(&ch->active, struct stunt_dma_job, node);

	if (job->comp)
		job->comp[job->finished] = *comp;
	if (comp->status && !job->status) {
		job->status = comp->status;
		job->at = job->finished;
	}
	job->bytes += comp->bytes;
	job->finished++;
	if (job->finished == job->n_desc)
		stunt_chan_finish(ch, job, 0);
}

static struct stunt_dma_job *stunt_chan_cyclic(struct stunt_dma_chan *ch)
{
	struct stunt_dma_job *job = list_first_entry_or_null(&ch->active, struct stunt_dma_job,
							     node);

	return job && job->cyclic ? job : NULL;
}

u32 stunt_chan_unseen(struct stunt_dma_chan *ch)
{
	u32 offset = STUNT_DMA_CH_PERIODS + ch->nr * STUNT_DMA_CH_PERIODS_STRIDE;
	u32 periods;

	if (!stunt_chan_cyclic(ch) || stunt_dma_frozen(ch->sd) ||
	    stunt_read_live(&ch->sd->pci, offset, &periods))
		return 0;
	return periods - ch->periods;
}

/* However many interrupts there were for them: the device counts, too. */
static void stunt_chan_periods(struct stunt_dma_chan *ch)
{
	u32 more = stunt_chan_unseen(ch);

	if (!more)
		return;
	ch->periods += more;
	stunt_chan_cyclic(ch)->periods += more - (stunt_bug(wrong_period) && more > 1);
	ch->progress = jiffies;
	ch->untold = true;
}

static unsigned int stunt_chan_reap(struct stunt_dma_chan *ch)
{
	u32 mask = stunt_dma_entries(ch->sd) - 1;
	const struct stunt_dma_comp *comp;
	unsigned int found = 0;

	while ((comp = stunt_chan_comp(ch, ch->head))) {
		if (comp->index != ch->head || comp->id != ch->ring[ch->head & mask].id)
			return found | STUNT_HARVEST_GARBLED;
		if (comp->status)
			found |= STUNT_HARVEST_FAILED;
		stunt_chan_account(ch, comp);
		ch->head++;
		ch->progress = jiffies;
		ch->held_back = false;
		ch->idle_halts = 0;
	}
	return found;
}

unsigned int stunt_chan_harvest(struct stunt_dma_chan *ch)
{
	struct stunt_dma_job *before = stunt_chan_cyclic(ch);
	unsigned int found;

	stunt_chan_periods(ch);
	found = stunt_chan_reap(ch);
	if (stunt_chan_cyclic(ch) != before)
		stunt_chan_periods(ch);
	return found;
}
