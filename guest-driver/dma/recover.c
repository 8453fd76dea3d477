// SPDX-License-Identifier: GPL-2.0-or-later
/* What to do when the device halts, hangs, forgets to interrupt, is reset or goes away. */
#include <linux/bitfield.h>

#include "dma.h"

#define STUNT_IDLE_HALTS	8

bool stunt_dma_is(const struct stunt_dma *sd, enum stunt_dma_state state)
{
	return READ_ONCE(sd->state) == state;
}

/*
 * A device that has forgotten to decode its memory, or to be bus master, is not lost, and no job on it can be judged
 * before it is itself again.
 */
static bool stunt_dma_mend(struct stunt_dma *sd)
{
	return !stunt_bug(command_untended) && stunt_pci_mend(&sd->pci);
}

void stunt_dma_lost(struct stunt_dma *sd)
{
	if (stunt_dma_mend(sd))
		return;
	if (cmpxchg(&sd->state, STUNT_DMA_RUNNING, STUNT_DMA_GONE) == STUNT_DMA_RUNNING)
		stunt_state_changed(sd);
}

void stunt_dma_set_state(struct stunt_dma *sd, enum stunt_dma_state state)
{
	if (xchg(&sd->state, state) != state)
		stunt_state_changed(sd);
}

/* What is on the ring goes back to the head of the queue, as if it had never been begun. */
static void stunt_chan_rewind(struct stunt_dma_chan *ch)
{
	struct stunt_dma_job *job, *tmp;

	list_for_each_entry_safe_reverse(job, tmp, &ch->active, node) {
		job->state = STUNT_JOB_QUEUED;
		job->posted = 0;
		job->finished = stunt_bug(restart_halfway) ? job->finished : 0;
		job->status = 0;
		job->bytes = 0;
		job->lap = job->periods;
		list_move(&job->node, &ch->queued);
	}
	ch->head = 0;
	ch->tail = 0;
}

void stunt_chan_restart(struct stunt_dma_chan *ch, struct stunt_dma_job *victim, int error)
{
	atomic64_inc(&ch->sd->count.resets);
	stunt_dma_mend(ch->sd);
	/*
	 * A channel that cannot be stopped may write anywhere at any time: it is treated like one
	 * that is gone.
	 */
	if (!stunt_chan_hw_reset(ch)) {
		stunt_dma_lost(ch->sd);
		return;
	}
	if (victim)
		stunt_chan_finish(ch, victim, error);
	stunt_chan_rewind(ch);
	stunt_chan_hw_start(ch);
	stunt_chan_post(ch);
}

/* The job that holds up the channel. */
static struct stunt_dma_job *stunt_chan_first(struct stunt_dma_chan *ch)
{
	return list_first_entry_or_null(&ch->active, struct stunt_dma_job, node);
}

static struct stunt_dma_job *stunt_chan_last_done(struct stunt_dma_chan *ch)
{
	if (list_empty(&ch->done))
		return NULL;
	return list_last_entry(&ch->done, struct stunt_dma_job, node);
}

static void stunt_chan_describe(struct stunt_dma_job *job, u32 status, u32 index)
{
	if (!job || !job->status)
		return;
	job->ch_status = status;
	job->err_index = index;
}

/*
 * A channel that halts with nothing to do has lost or refuses its setting, and restarting it may halt it again at once.
 * Return: whether it has done so often enough to be taken for broken.
 */
static bool stunt_chan_halts_idle(struct stunt_dma_chan *ch)
{
	if (++ch->idle_halts < STUNT_IDLE_HALTS)
		return false;
	dev_err_ratelimited(ch->sd->dev, "channel %u: halts with nothing to do\n", ch->nr);
	return true;
}

/*
 * The descriptor that halted the channel has ended its job, unless it was the last one of the
 * job: then that was found complete, and the first job on the ring has nothing to do with it. A
 * descriptor whose completion could not be written is known by its index alone.
 */
static void stunt_chan_halted(struct stunt_dma_chan *ch, u32 status)
{
	struct stunt_dma_job *job = stunt_chan_first(ch);
	u32 index = stunt_chan_read(ch, STUNT_DMA_CH_ERR_INDEX);
	bool ended = (s32)(index - ch->head) < 0;

	if (job && !job->status && !ended) {
		job->status = FIELD_GET(STUNT_DMA_CH_STATUS_ERROR, status) ?:
			      STUNT_DMA_STATUS_INTERNAL;
		job->at = job->finished;
	} else if (job && !job->status) {
		job = NULL;
	}
	/* Whether on the ring or ended before, the job is told how it left the channel. */
	stunt_chan_describe(job ?: stunt_chan_last_done(ch), status, index);
	if (!job && stunt_chan_halts_idle(ch))
		stunt_dma_lost(ch->sd);
	else
		stunt_chan_restart(ch, job, 0);
}

static void stunt_chan_check_halt(struct stunt_dma_chan *ch)
{
	u32 offset = STUNT_DMA_CH_STATUS + ch->nr * STUNT_DMA_CH_STATUS_STRIDE;
	u32 status;

	if (stunt_read_live(&ch->sd->pci, offset, &status))
		stunt_dma_lost(ch->sd);
	else if (status & STUNT_DMA_CH_STATUS_HALTED)
		stunt_chan_halted(ch, status);
}

/* Deals with what stunt_chan_harvest() found. */
static void stunt_chan_handle(struct stunt_dma_chan *ch, unsigned int found, bool error)
{
	if (found & STUNT_HARVEST_GARBLED) {
		dev_warn(ch->sd->dev, "channel %u: completion %u makes no sense\n", ch->nr,
			 ch->head);
		stunt_chan_restart(ch, stunt_chan_first(ch), -EIO);
	} else if (error || found & STUNT_HARVEST_FAILED) {
		stunt_chan_check_halt(ch);
	}
	stunt_chan_post(ch);
}

void stunt_chan_service(struct stunt_dma_chan *ch, bool error)
{
	unsigned long flags = stunt_chan_lock(ch);

	if (stunt_dma_is(ch->sd, STUNT_DMA_RUNNING))
		stunt_chan_handle(ch, stunt_chan_harvest(ch), error);
	stunt_chan_unlock(ch, flags);
}

/*
 * With moderation the device holds an interrupt back until enough completions ask for it, or its time is over, which
 * runs at the latest from when we first saw them. With no limit by time it may never come, and nobody but the
 * watchdog takes what is there.
 */
static bool stunt_chan_held_back(struct stunt_dma_chan *ch, u32 asked)
{
	u32 moderate = READ_ONCE(ch->sd->moderate);
	u32 jobs = FIELD_GET(STUNT_DMA_CH_MODERATE_JOBS, moderate);
	u32 time_us = FIELD_GET(STUNT_DMA_CH_MODERATE_TIME_US, moderate);

	if (!asked || !moderate || (jobs && asked >= jobs))
		return false;
	if (!ch->held_back)
		ch->held_since = jiffies;
	return !time_us || time_before_eq(jiffies, ch->held_since + usecs_to_jiffies(time_us));
}

/*
 * Was there an interrupt that should have come, and did not? What it was due for is noted first;
 * reading a register then pushes an interrupt that is still on its way to us, and its handler gets
 * the time to run. If no handler ran and all is as before, nobody else will look. The cause still
 * stands in the device, so it is acknowledged and served here in place of the handler. That a bit
 * of CH_DONE stands is no proof by itself: completions that were not to interrupt set it too.
 */
static void stunt_chan_check_irq(struct stunt_dma_chan *ch)
{
	u64 count = stunt_chan_irq_count(ch);
	unsigned long flags = stunt_chan_lock(ch);
	bool quiet, missing, lost;
	u32 head = ch->head;
	u32 due, asked, late, causes;

	due = stunt_chan_peek(ch, &asked);
	late = stunt_chan_unseen(ch);
	stunt_chan_unlock(ch, flags);
	causes = stunt_chan_irq_sync(ch);
	quiet = stunt_chan_irq_count(ch) == count;
	flags = stunt_chan_lock(ch);
	missing = quiet && due != head && ch->head == head;
	ch->held_back = missing && stunt_chan_held_back(ch, asked);
	lost = (missing && !ch->held_back) || (quiet && late && stunt_chan_unseen(ch) >= late);
	stunt_chan_unlock(ch, flags);
	if (!quiet)
		return;
	if (!lost)
		causes &= STUNT_DMA_INT_STATUS_ERROR;
	if (stunt_chan_irq_replay(ch, causes) || lost)
		atomic64_inc(&ch->sd->count.lost_irqs);
}

static bool stunt_chan_late(const struct stunt_dma_chan *ch)
{
	return time_after_eq(jiffies, ch->progress + msecs_to_jiffies(stunt_dma_job_timeout_ms));
}

/*
 * A channel that was reset without our doing has forgotten its rings: all on them starts over, within the time that it
 * had anyway. Return: whether it was so.
 */
static bool stunt_chan_remind(struct stunt_dma_chan *ch)
{
	u32 control = stunt_chan_read(ch, STUNT_DMA_CH_CTRL);
	unsigned long progress = ch->progress;

	if (control == STUNT_ALL_ONES || control & STUNT_DMA_CH_CTRL_ENABLE || stunt_chan_late(ch))
		return false;
	stunt_chan_restart(ch, NULL, 0);
	ch->progress = progress;
	return true;
}

/* Nothing came in since the last look. Return: whether the job that should move is given up. */
static bool stunt_chan_stuck(struct stunt_dma_chan *ch)
{
	u32 tail;

	stunt_dma_mend(ch->sd);
	if (stunt_chan_remind(ch))
		return false;
	tail = stunt_chan_read(ch, STUNT_DMA_CH_TAIL);
	if (tail != ch->tail && tail != STUNT_ALL_ONES) {
		atomic64_inc(&ch->sd->count.doorbells);
		stunt_chan_write(ch, STUNT_DMA_CH_TAIL, ch->tail);
	}
	return stunt_chan_late(ch);
}

static void stunt_chan_look(struct stunt_dma_chan *ch)
{
	struct stunt_dma *sd = ch->sd;
	u32 head = ch->head;

	/* What is held back for a time comes by itself; when it does not, it is missed next time. */
	if (ch->held_back && READ_ONCE(sd->moderate) & STUNT_DMA_CH_MODERATE_TIME_US)
		return;
	stunt_chan_handle(ch, stunt_chan_harvest(ch), true);
	if (ch->head != head || ch->head == ch->tail || !stunt_dma_is(sd, STUNT_DMA_RUNNING))
		return;
	if (ch->paused)
		ch->progress = jiffies;
	if (!stunt_chan_stuck(ch))
		return;
	dev_warn(sd->dev, "channel %u: no progress for %u ms, giving up a job\n", ch->nr,
		 stunt_dma_job_timeout_ms);
	atomic64_inc(&sd->count.timeouts);
	stunt_chan_restart(ch, stunt_chan_first(ch), -ETIMEDOUT);
}

void stunt_chan_watchdog(struct work_struct *work)
{
	struct stunt_dma_chan *ch = container_of(work, struct stunt_dma_chan, watchdog.work);
	struct stunt_dma *sd = ch->sd;
	unsigned long flags;

	if (!stunt_dma_is(sd, STUNT_DMA_RUNNING))
		return;
	if (!stunt_chan_irq_masked(ch))
		stunt_chan_check_irq(ch);
	flags = stunt_chan_lock(ch);
	if (stunt_dma_is(sd, STUNT_DMA_RUNNING) && ch->head != ch->tail)
		stunt_chan_look(ch);
	if (stunt_dma_is(sd, STUNT_DMA_RUNNING) && ch->head != ch->tail)
		queue_delayed_work(sd->wq, &ch->watchdog, msecs_to_jiffies(stunt_dma_watchdog_ms));
	stunt_chan_unlock(ch, flags);
}

void stunt_chan_cancel(struct stunt_dma_chan *ch, struct stunt_dma_job *job, int error)
{
	unsigned long flags = stunt_chan_lock(ch);

	if (job->state == STUNT_JOB_ACTIVE)
		stunt_chan_harvest(ch);
	if (job->state == STUNT_JOB_QUEUED)
		stunt_chan_finish(ch, job, error);
	else if (job->state == STUNT_JOB_ACTIVE && !stunt_dma_frozen(ch->sd))
		stunt_chan_restart(ch, job, error);
	/* What is on the ring of a device that is frozen ends with its recovery. */
	stunt_chan_unlock(ch, flags);
}

int stunt_chan_user_reset(struct stunt_dma_chan *ch)
{
	unsigned long flags = stunt_chan_lock(ch);
	int ret = 0;

	if (stunt_dma_is(ch->sd, STUNT_DMA_RUNNING)) {
		stunt_chan_harvest(ch);
		stunt_chan_restart(ch, stunt_chan_first(ch), -ECANCELED);
	} else {
		ret = stunt_dma_is(ch->sd, STUNT_DMA_STOPPED) ? -EAGAIN : -ENODEV;
	}
	stunt_chan_unlock(ch, flags);
	return ret;
}

static void stunt_chan_fail(struct stunt_dma_chan *ch, struct list_head *jobs, int error)
{
	struct stunt_dma_job *job, *tmp;

	list_for_each_entry_safe(job, tmp, jobs, node)
		stunt_chan_finish(ch, job, error);
}

void stunt_dma_fail_all(struct stunt_dma *sd, int error)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < sd->channels; i++) {
		struct stunt_dma_chan *ch = &sd->chan[i];

		flags = stunt_chan_lock(ch);
		stunt_chan_fail(ch, &ch->active, error);
		stunt_chan_fail(ch, &ch->queued, error);
		ch->head = 0;
		ch->tail = 0;
		stunt_chan_unlock(ch, flags);
	}
}

/* Return: whether it stands still. One that does not has its jobs fail, or goes on if they were not to. */
static bool stunt_chan_stop(struct stunt_dma_chan *ch, int error)
{
	unsigned long flags = stunt_chan_lock(ch);
	bool still;

	stunt_chan_harvest(ch);
	still = stunt_chan_hw_reset(ch);
	ch->stuck = !still && !error;
	if (!still && error) {
		pci_clear_master(ch->sd->pci.pdev);
		error = -ENODEV;
	}
	if (error)
		stunt_chan_fail(ch, &ch->active, error);
	if (!ch->stuck)
		stunt_chan_rewind(ch);
	stunt_chan_unlock(ch, flags);
	/* Whoever takes the lock from now on sees the state and does not start it again. */
	cancel_delayed_work_sync(&ch->watchdog);
	return still;
}

int stunt_dma_stop_channels(struct stunt_dma *sd, int error)
{
	int ret = 0;
	unsigned int i;

	for (i = 0; i < sd->channels; i++)
		if (!stunt_chan_stop(&sd->chan[i], error) && !error)
			ret = -EBUSY;
	return ret;
}

int stunt_dma_stop(struct stunt_dma *sd, enum stunt_dma_state state, int error)
{
	stunt_dma_set_state(sd, state);
	stunt_dma_hw_silence(sd);
	stunt_dma_irq_quiesce(sd);
	return stunt_dma_stop_channels(sd, error);
}

/* One that could not be stopped has its rings, and is at work. */
static void stunt_chan_begin(struct stunt_dma_chan *ch)
{
	unsigned long flags = stunt_chan_lock(ch);

	ch->idle_halts = 0;
	if (ch->stuck) {
		stunt_dma_hw_enable(ch->sd);
		queue_delayed_work(ch->sd->wq, &ch->watchdog, msecs_to_jiffies(stunt_dma_watchdog_ms));
	} else {
		stunt_chan_hw_start(ch);
	}
	ch->stuck = false;
	stunt_chan_unlock(ch, flags);
}

int stunt_dma_start(struct stunt_dma *sd, const struct stunt_pci_info *info)
{
	unsigned long flags;
	unsigned int i;

	WRITE_ONCE(sd->frozen, false);
	if (stunt_pci_check(&sd->pci, info)) {
		set_bit(0, &sd->swept);
		stunt_dma_set_state(sd, STUNT_DMA_GONE);
		stunt_dma_fail_all(sd, -ENODEV);
		return -ENODEV;
	}

	pci_set_master(sd->pci.pdev);
	mutex_lock(&sd->settings);
	for (i = 0; i < sd->channels; i++)
		stunt_chan_begin(&sd->chan[i]);
	clear_bit(0, &sd->swept);
	stunt_bell_start(sd);
	stunt_dma_set_state(sd, STUNT_DMA_RUNNING);
	mutex_unlock(&sd->settings);
	stunt_dma_irq_enable(sd);
	for (i = 0; i < sd->channels; i++) {
		flags = stunt_chan_lock(&sd->chan[i]);
		stunt_chan_post(&sd->chan[i]);
		stunt_chan_unlock(&sd->chan[i], flags);
	}
	return 0;
}
