// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deadlock: two locks, taken in one order here and in the other there. As long as both ways are never
 * gone at once all is well, so tests pass; the two that meet wait for each other for good.
 *
 * Right: one order, written down, and followed everywhere.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "gallery.h"

static DEFINE_MUTEX(deadlock_ring);
static DEFINE_MUTEX(deadlock_state);
static DEFINE_SPINLOCK(deadlock_count);

static int deadlock_one_way(void *has_first)
{
	mutex_lock(&deadlock_ring);
	if (has_first)
		wait_for_completion(has_first);
	mutex_lock(&deadlock_state);
	mutex_unlock(&deadlock_state);
	mutex_unlock(&deadlock_ring);
	return 0;
}

static void deadlock_other_way(struct completion *has_first)
{
	mutex_lock(&deadlock_state);
	if (has_first)
		complete(has_first);
	mutex_lock(&deadlock_ring);
	mutex_unlock(&deadlock_ring);
	mutex_unlock(&deadlock_state);
}

/* One after the other: nothing happens, and yet the bug is there. */
static int deadlock_order(struct stunt_pci *spci)
{
	deadlock_one_way(NULL);
	deadlock_other_way(NULL);
	return 0;
}

/* At once: each has what the other wants. */
static int deadlock_meet(struct stunt_pci *spci)
{
	static DECLARE_COMPLETION(has_first);
	struct task_struct *other = kthread_run(deadlock_one_way, &has_first, "gallery");

	if (IS_ERR(other))
		return PTR_ERR(other);
	while (!mutex_is_locked(&deadlock_ring))
		cond_resched();
	deadlock_other_way(&has_first);
	return 0;
}

static void deadlock_count_up(void)
{
	spin_lock(&deadlock_count);
	spin_unlock(&deadlock_count);
}

/*
 * The same with one lock: a process has it when the interrupt handler wants it. Right: in the process
 * spin_lock_irqsave().
 */
static int deadlock_interrupt(struct stunt_pci *spci)
{
	unsigned long flags;

	deadlock_count_up();
	local_irq_save(flags);
	lockdep_hardirq_enter();
	deadlock_count_up();
	lockdep_hardirq_exit();
	local_irq_restore(flags);
	return 0;
}

const struct gallery_bug gallery_deadlock[] = {
	{ "deadlock-order", deadlock_order },
	{ "deadlock-meet", deadlock_meet },
	{ "deadlock-interrupt", deadlock_interrupt },
	{ }
};
