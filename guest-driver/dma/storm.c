// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupt storms. A vector that interrupts again and again, and nothing comes of it, keeps the processor from all
 * else. It is masked then, and its channels are polled by a timer. After a while it is tried again: while it still
 * storms it is masked for twice as long.
 */
#include "dma.h"

#define STUNT_STORM_WINDOW_MS	10
#define STUNT_STORM_LIMIT	256	/* fruitless interrupts in a window; more than a ring can cause */
#define STUNT_STORM_TRIAL_LIMIT	16	/* when it is tried again */
/* On a line we are called for others, too: more often than any of them has work. */
#define STUNT_STORM_LINE_FACTOR	8
#define STUNT_STORM_POLL_NS	(200 * NSEC_PER_USEC)
#define STUNT_STORM_HOLD_MS	10
#define STUNT_STORM_HOLD_MAX_MS	1000

/* Changes with every completion that is taken from a channel of this vector, with every ring, and with every reset. */
static u32 stunt_vec_progress(const struct stunt_dma_vec *vec)
{
	struct stunt_dma *sd = vec->sd;
	bool all = vec->causes & STUNT_DMA_INT_STATUS_ERROR;
	u32 sum = atomic64_read(&sd->count.resets);
	unsigned int i;

	for (i = 0; i < sd->channels; i++)
		if (all || vec->causes & BIT(i))
			sum += READ_ONCE(sd->chan[i].head);
	if (vec->causes & STUNT_DMA_INT_STATUS_PEER)
		sum += atomic_read(&sd->client.rings);
	return sum;
}

static unsigned int stunt_storm_limit(const struct stunt_dma_vec *vec)
{
	unsigned int limit = vec->storm.state == STUNT_STORM_TRIAL ? STUNT_STORM_TRIAL_LIMIT :
								     STUNT_STORM_LIMIT;

	return vec->sd->pci.irq_mode == STUNT_IRQ_INTX ? limit * STUNT_STORM_LINE_FACTOR : limit;
}

static void stunt_storm_mask(struct stunt_dma_vec *vec)
{
	struct stunt_dma_storm *storm = &vec->storm;

	if (storm->state == STUNT_STORM_NONE) {
		atomic64_inc(&vec->sd->count.storms);
		dev_warn_ratelimited(vec->sd->dev, "%s: interrupt storm, polling\n", vec->name);
		storm->hold_ms = STUNT_STORM_HOLD_MS;
		hrtimer_start(&storm->poll, ns_to_ktime(STUNT_STORM_POLL_NS),
			      HRTIMER_MODE_REL_SOFT);
	} else {
		storm->hold_ms = min(storm->hold_ms * 2, STUNT_STORM_HOLD_MAX_MS);
	}
	storm->state = STUNT_STORM_MASKED;
	storm->until = ktime_add_ms(ktime_get(), storm->hold_ms);
	stunt_vec_mask(vec);
}

void stunt_storm_note(struct stunt_dma_vec *vec)
{
	struct stunt_dma_storm *storm = &vec->storm;
	u32 progress = stunt_vec_progress(vec);

	spin_lock(&storm->lock);
	if (progress != storm->progress ||
	    time_after(jiffies, storm->since + msecs_to_jiffies(STUNT_STORM_WINDOW_MS))) {
		storm->progress = progress;
		storm->since = jiffies;
		storm->fruitless = 0;
	}
	if (++storm->fruitless > stunt_storm_limit(vec) && storm->state != STUNT_STORM_MASKED)
		stunt_storm_mask(vec);
	spin_unlock(&storm->lock);
}

/* With the lock held. Return: whether the storm is over. */
static bool stunt_storm_step(struct stunt_dma_vec *vec)
{
	struct stunt_dma_storm *storm = &vec->storm;

	if (ktime_before(ktime_get(), storm->until))
		return false;
	if (storm->state == STUNT_STORM_TRIAL) {
		storm->state = STUNT_STORM_NONE;
		return true;
	}
	storm->state = STUNT_STORM_TRIAL;
	storm->until = ktime_add_ms(ktime_get(), STUNT_STORM_WINDOW_MS);
	storm->fruitless = 0;
	stunt_vec_unmask(vec);
	return false;
}

static enum hrtimer_restart stunt_storm_poll(struct hrtimer *timer)
{
	struct stunt_dma_vec *vec = container_of(timer, struct stunt_dma_vec, storm.poll);
	unsigned long flags;
	bool over;

	if (!stunt_dma_is(vec->sd, STUNT_DMA_RUNNING))
		return HRTIMER_NORESTART;
	stunt_vec_serve(vec, stunt_vec_take(vec));
	spin_lock_irqsave(&vec->storm.lock, flags);
	over = stunt_storm_step(vec);
	spin_unlock_irqrestore(&vec->storm.lock, flags);
	if (over)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(STUNT_STORM_POLL_NS));
	return HRTIMER_RESTART;
}

bool stunt_storm_masked(const struct stunt_dma_vec *vec)
{
	return READ_ONCE(vec->storm.state) == STUNT_STORM_MASKED;
}

void stunt_storm_init(struct stunt_dma_vec *vec)
{
	spin_lock_init(&vec->storm.lock);
	hrtimer_init(&vec->storm.poll, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	vec->storm.poll.function = stunt_storm_poll;
}

void stunt_storm_end(struct stunt_dma_vec *vec)
{
	hrtimer_cancel(&vec->storm.poll);
	if (stunt_storm_masked(vec))
		stunt_vec_unmask(vec);
	vec->storm.state = STUNT_STORM_NONE;
	vec->storm.fruitless = 0;
}
