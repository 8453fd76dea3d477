// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thread that asks from time to time whether a device which has nothing to do still answers. A busy one is looked
 * at by the watchdogs of its channels.
 */
#include <linux/kthread.h>

#include "dma.h"

static unsigned int health_ms;
module_param(health_ms, uint, 0444);
MODULE_PARM_DESC(health_ms, "how often an idle device is asked whether it is there, in milliseconds; 0: never (0)");

static bool stunt_dma_idle(const struct stunt_dma *sd)
{
	unsigned int i;

	for (i = 0; i < sd->channels; i++)
		if (READ_ONCE(sd->chan[i].head) != READ_ONCE(sd->chan[i].tail))
			return false;
	return true;
}

static void stunt_health_look(struct stunt_dma *sd)
{
	struct stunt_dma_chan *ch = &sd->chan[0];
	unsigned long flags = stunt_chan_lock(ch);

	if ((stunt_dma_is(sd, STUNT_DMA_RUNNING) || stunt_bug(touch_in_d3)) &&
	    stunt_dma_idle(sd) && stunt_gone(&sd->pci))
		stunt_dma_lost(sd);
	stunt_chan_unlock(ch, flags);
}

/* It stays until it is stopped, also when there is nothing left to look at: kthread_stop() needs it. */
static int stunt_health_thread(void *data)
{
	struct stunt_dma *sd = data;

	while (!kthread_should_stop()) {
		wait_event_interruptible_timeout(sd->health_wait, kthread_should_stop(),
						 msecs_to_jiffies(health_ms));
		if (!kthread_should_stop())
			stunt_health_look(sd);
	}
	return 0;
}

int stunt_health_start(struct stunt_dma *sd)
{
	struct task_struct *task;

	if (!health_ms)
		return 0;
	task = kthread_run(stunt_health_thread, sd, "%s-health", sd->name);
	if (IS_ERR(task))
		return PTR_ERR(task);
	sd->health = task;
	return 0;
}

void stunt_health_stop(struct stunt_dma *sd)
{
	if (sd->health)
		kthread_stop(sd->health);
	sd->health = NULL;
}
