// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Race: a process and an interrupt handler change the same list. "There is one processor, so nobody
 * else can be here" forgets the interrupt, which can come between any two instructions.
 *
 * Right: spin_lock_irqsave() in the process, spin_lock() in the handler.
 */
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/panic.h>

#include "gallery.h"

#define RACE_ROUNDS	20000
#define RACE_PERIOD	(50 * NSEC_PER_USEC)

static LIST_HEAD(race_jobs);
static LIST_HEAD(race_handler_job);
static struct hrtimer race_timer;	/* in place of a device that is busy */

/* One report tells enough: each of the many that would follow takes the kernel milliseconds. */
static bool race_was_reported(void)
{
	return test_taint(TAINT_WARN);
}

static enum hrtimer_restart race_interrupt(struct hrtimer *timer)
{
	if (race_was_reported())
		return HRTIMER_NORESTART;
	if (list_empty(&race_handler_job))
		list_add(&race_handler_job, &race_jobs);
	else
		list_del_init(&race_handler_job);
	hrtimer_forward_now(timer, RACE_PERIOD);
	return HRTIMER_RESTART;
}

static int race_run(struct stunt_pci *spci)
{
	struct list_head job = LIST_HEAD_INIT(job);
	int n;

	hrtimer_init(&race_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	race_timer.function = race_interrupt;
	hrtimer_start(&race_timer, RACE_PERIOD, HRTIMER_MODE_REL_HARD);
	for (n = 0; n < RACE_ROUNDS && !race_was_reported(); n++) {
		list_add(&job, &race_jobs);
		list_del_init(&job);
	}
	hrtimer_cancel(&race_timer);
	return 0;
}

const struct gallery_bug gallery_race[] = {
	{ "race", race_run },
	{ }
};
