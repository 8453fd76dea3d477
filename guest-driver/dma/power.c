// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Power management: the device sleeps with the system, and by itself (runtime PM) when nobody needs it.
 *
 * Who needs it has a reference: each channel that has work or a client, each mapping of it, a reset or recovery under
 * way, a call that works on its memory or on a register at once. Work may come from where nobody can sleep: it is queued then like
 * any that comes while the device is stopped, and begun when it has woken. Nobody else wakes it, and nobody touches it
 * asleep: registers are accessed in the state STUNT_DMA_RUNNING only, which ends before it sleeps.
 */
#include <linux/pci.h>
#include <linux/pm_qos.h>
#include <linux/pm_runtime.h>

#include "dma.h"

#define STUNT_AUTOSUSPEND_MS	100

int stunt_power_get(struct stunt_dma *sd)
{
	return pm_runtime_resume_and_get(sd->dev);
}

void stunt_power_put(struct stunt_dma *sd)
{
	pm_runtime_mark_last_busy(sd->dev);
	pm_runtime_put_autosuspend(sd->dev);
}

void stunt_power_follow(struct stunt_dma_chan *ch)
{
	bool busy = !list_empty(&ch->queued) || !list_empty(&ch->active);

	if (busy == ch->busy || stunt_bug(power_unheld))
		return;
	ch->busy = busy;
	if (busy && stunt_bug(lost_wake_up) && !pm_runtime_suspended(ch->sd->dev))
		pm_runtime_get_noresume(ch->sd->dev);
	else if (busy)
		pm_runtime_get(ch->sd->dev);
	else
		stunt_power_put(ch->sd);
}

/* ---- before and after --------------------------------------------------------------------------------- */

int stunt_dma_quiesce(struct stunt_dma *sd, int error)
{
	if (!(stunt_bug(touch_in_d3) && !error))
		stunt_health_stop(sd);
	return stunt_dma_stop(sd, STUNT_DMA_STOPPED, error);
}

int stunt_dma_revive(struct stunt_dma *sd)
{
	int ret = stunt_dma_start(sd, &stunt_dma_info);

	return ret ?: stunt_health_start(sd);
}

/* ---- with the system ---------------------------------------------------------------------------------- */

/*
 * Jobs start over after sleep: all operations can be done twice. While one cannot be stopped, or the device is being
 * recovered, the system stays awake, and all goes on; a device that is gone keeps nobody awake.
 */
static int stunt_dma_suspend(struct device *dev)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);
	bool gone = stunt_dma_is(sd, STUNT_DMA_GONE);

	if (stunt_dma_frozen(sd) && !gone)
		return -EBUSY;
	if (stunt_dma_quiesce(sd, gone ? -ENODEV : 0)) {
		dev_notice(dev, "a channel cannot be stopped: no sleep now\n");
		if (!stunt_dma_revive(sd))
			return -EBUSY;
	}
	sd->asleep = true;
	return 0;
}

static int stunt_dma_resume(struct device *dev)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);

	sd->asleep = false;
	return stunt_dma_revive(sd);
}

/*
 * What rings while the system sleeps is not lost with a device that may not wake it, and that slept by itself already: the
 * PCI core leaves such a device asleep, and clears its PME_Status.
 */
static void stunt_dma_complete(struct device *dev)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);

	if (sd->wired)
		pm_request_resume(dev);
}

/* ---- by itself ---------------------------------------------------------------------------------------- */

/* Whether somebody cannot wait as long as it takes at least to wake. */
static bool stunt_power_limited(const struct stunt_dma *sd)
{
	return READ_ONCE(sd->limit_us) < sd->pci.pdev->d3hot_delay * USEC_PER_MSEC;
}

/* The health thread stays: it sees the state. */
static int stunt_dma_runtime_suspend(struct device *dev)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);

	if (!stunt_dma_is(sd, STUNT_DMA_RUNNING) || stunt_power_limited(sd))
		return -EBUSY;
	if (stunt_dma_stop(sd, STUNT_DMA_STOPPED, 0)) {
		stunt_dma_start(sd, &stunt_dma_info);
		return -EBUSY;
	}
	sd->asleep = true;
	if (stunt_bug(d3_unsaved))
		pci_set_power_state(sd->pci.pdev, PCI_D3hot);
	return 0;
}

/* One that does not wake is gone until it is reset, as its state tells: no error of power management's. */
static int stunt_dma_runtime_resume(struct device *dev)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);

	sd->asleep = false;
	if (stunt_bug(irq_before_setup))
		stunt_dma_set_state(sd, STUNT_DMA_RUNNING), stunt_dma_irq_enable(sd);
	stunt_dma_start(sd, &stunt_dma_info);
	return 0;
}

const struct dev_pm_ops stunt_dma_pm = {
	.complete = pm_sleep_ptr(stunt_dma_complete),
	SYSTEM_SLEEP_PM_OPS(stunt_dma_suspend, stunt_dma_resume)
	RUNTIME_PM_OPS(stunt_dma_runtime_suspend, stunt_dma_runtime_resume, NULL)
};

/* Power management itself knows a limit of 0, and asks for it when the device is to sleep, not when it changes. */
static int stunt_power_limit(struct notifier_block *latency, unsigned long limit_us, void *unused)
{
	struct stunt_dma *sd = container_of(latency, struct stunt_dma, latency);

	WRITE_ONCE(sd->limit_us, (s32)limit_us);
	if (stunt_power_limited(sd))
		pm_request_resume(sd->dev);
	else
		pm_request_autosuspend(sd->dev);
	return NOTIFY_OK;
}

int stunt_power_allow(struct stunt_dma *sd)
{
	struct device *dev = sd->dev;
	int ret;

	ret = dev_pm_qos_expose_latency_limit(dev, PM_QOS_RESUME_LATENCY_NO_CONSTRAINT);
	if (ret)
		return ret;
	sd->limit_us = PM_QOS_RESUME_LATENCY_NO_CONSTRAINT;
	sd->latency.notifier_call = stunt_power_limit;
	ret = dev_pm_qos_add_notifier(dev, &sd->latency, DEV_PM_QOS_RESUME_LATENCY);
	if (ret) {
		dev_pm_qos_hide_latency_limit(dev);
		return ret;
	}
	if (stunt_bug(d3_delay_skipped))
		sd->pci.pdev->d3hot_delay = 0;
	pm_runtime_set_autosuspend_delay(dev, STUNT_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_put_noidle(dev);
	return 0;
}

void stunt_power_forbid(struct stunt_dma *sd)
{
	struct device *dev = sd->dev;

	pm_runtime_get_sync(dev);
	pm_runtime_dont_use_autosuspend(dev);
	dev_pm_qos_remove_notifier(dev, &sd->latency, DEV_PM_QOS_RESUME_LATENCY);
	dev_pm_qos_hide_latency_limit(dev);
}
