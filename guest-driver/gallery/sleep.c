// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocking in the primary interrupt context: the handler takes a mutex. Most of the time nobody holds
 * it, and nothing happens; once somebody does, the handler sleeps in the place of whoever was
 * interrupted.
 *
 * Right: a spinlock, or a threaded handler (request_threaded_irq()).
 */
#include <linux/interrupt.h>
#include <linux/mutex.h>

#include "gallery.h"

static DEFINE_MUTEX(sleep_state);

static irqreturn_t sleep_handler(int irq, void *data)
{
	mutex_lock(&sleep_state);
	mutex_unlock(&sleep_state);
	return IRQ_HANDLED;
}

/* From now on; the device has to signal. */
static int sleep_arm(struct stunt_pci *spci)
{
	return devm_request_irq(&spci->pdev->dev, stunt_pci_irq(spci, 0), sleep_handler, 0,
				"stunt_gallery", spci);
}

const struct gallery_bug gallery_sleep[] = {
	{ "sleep-in-interrupt", sleep_arm },
	{ }
};
