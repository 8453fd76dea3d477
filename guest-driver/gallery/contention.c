// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lock contention: a lock that is held while the hardware takes its time. It protects two words, and
 * everybody who wants to read one of them waits for the device.
 *
 * Right: take what is needed under the lock, wait without it.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "gallery.h"

#define CONTENTION_DEVICE_MS	800
#define CONTENTION_CHUNK	1000000
#define CONTENTION_BUSY_MS	3000

static DEFINE_MUTEX(contention_state);
static DEFINE_SPINLOCK(contention_registers);
static DECLARE_COMPLETION(contention_held);

static void contention_reset_device(struct work_struct *work)
{
	mutex_lock(&contention_state);
	complete(&contention_held);
	msleep(CONTENTION_DEVICE_MS);	/* until the device has come back */
	mutex_unlock(&contention_state);
}

static DECLARE_WORK(contention_reset, contention_reset_device);

/* "How many jobs?", asked in the middle of a reset. */
static int contention_mutex(struct stunt_pci *spci)
{
	schedule_work(&contention_reset);
	wait_for_completion(&contention_held);
	mutex_lock(&contention_state);
	mutex_unlock(&contention_state);
	return 0;
}

/* Who spins with a spinlock held keeps the processor from everybody. */
static int contention_spin(struct stunt_pci *spci)
{
	ktime_t end = ktime_add_ms(ktime_get(), CONTENTION_BUSY_MS);
	int n;

	spin_lock(&contention_registers);
	while (ktime_before(ktime_get(), end))
		for (n = 0; n < CONTENTION_CHUNK; n++)
			barrier();	/* quicker in a virtual machine than mdelay() */
	spin_unlock(&contention_registers);
	return 0;
}

const struct gallery_bug gallery_contention[] = {
	{ "contention-mutex", contention_mutex },
	{ "contention-spin", contention_spin },
	{ }
};
