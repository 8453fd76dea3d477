// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the PCI core tells of: errors of the bus, and resets of the function.
 *
 * From error_detected on the device is frozen: its registers are left alone, jobs stay where they
 * are, and nobody gets memory back that it may be writing to. When it may be touched again, because
 * the error was not fatal or the link was reset, the channels are stopped: what was on their rings
 * fails, what was queued runs after resume. A recovery that does not come to an end is given up.
 */
#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include "dma.h"

#define STUNT_RESCUE_MS		120000	/* longer than the PCI core waits for any device */
#define STUNT_MARK_ID_SHIFT	16

bool stunt_dma_frozen(const struct stunt_dma *sd)
{
	return READ_ONCE(sd->frozen);
}

static void stunt_mark_call(const struct stunt_dma *sd, u32 call)
{
	stunt_mark(call + (sd->id << STUNT_MARK_ID_SHIFT));
}

/* When it returns nobody is on his way to the device. */
static void stunt_dma_freeze(struct stunt_dma *sd)
{
	unsigned long flags;
	unsigned int i;

	stunt_health_stop(sd);
	WRITE_ONCE(sd->frozen, true);
	stunt_dma_set_state(sd, STUNT_DMA_STOPPED);
	stunt_dma_irq_quiesce(sd);
	for (i = 0; i < sd->channels; i++) {
		flags = stunt_chan_lock(&sd->chan[i]);
		stunt_chan_unlock(&sd->chan[i], flags);
		cancel_delayed_work_sync(&sd->chan[i].watchdog);
	}
	queue_delayed_work(sd->wq, &sd->rescue, msecs_to_jiffies(STUNT_RESCUE_MS));
}

/* Until its end the device stays awake; whoever is about to send it to sleep, or to wake it, has done so. */
static void stunt_dma_recovery_begin(struct stunt_dma *sd)
{
	if (!xchg(&sd->recovering, true))
		pm_runtime_get_sync(sd->dev);
}

/* Also from the rescue itself, which then is the end. */
static void stunt_dma_recovered(struct stunt_dma *sd)
{
	if (xchg(&sd->recovering, false))
		stunt_power_put(sd);
}

void stunt_dma_recovery_end(struct stunt_dma *sd)
{
	cancel_delayed_work_sync(&sd->rescue);
	stunt_dma_recovered(sd);
}

/* Nobody brings it back. */
static void stunt_dma_give_up(struct stunt_dma *sd)
{
	pci_clear_master(sd->pci.pdev);
	set_bit(0, &sd->swept);
	stunt_dma_set_state(sd, STUNT_DMA_GONE);
	stunt_dma_fail_all(sd, -ENODEV);
	stunt_dma_recovered(sd);
}

void stunt_dma_rescue(struct work_struct *work)
{
	struct stunt_dma *sd = container_of(work, struct stunt_dma, rescue.work);

	dev_err(sd->dev, "no end of the recovery, giving up\n");
	stunt_dma_give_up(sd);
}

/* The device may be touched. Return: whether it answers; then its channels stand still. */
static bool stunt_dma_thaw(struct stunt_dma *sd)
{
	WRITE_ONCE(sd->frozen, false);
	if (stunt_pci_check(&sd->pci, &stunt_dma_info)) {
		WRITE_ONCE(sd->frozen, true);
		return false;
	}
	stunt_dma_stop_channels(sd, -EIO);
	return true;
}

/* While the system sleeps there is nothing to stop, and it is set up anew when it wakes. */
static pci_ers_result_t stunt_dma_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	stunt_mark_call(sd, STUNT_DMA_MARK_DETECTED + (__force u32)state);
	stunt_dma_recovery_begin(sd);
	if (sd->asleep)
		stunt_dma_recovered(sd);
	else if (!stunt_bug(no_error_detected))
		stunt_dma_freeze(sd);
	if (state == pci_channel_io_perm_failure) {
		stunt_dma_give_up(sd);
		return PCI_ERS_RESULT_DISCONNECT;
	}
	return state == pci_channel_io_normal ? PCI_ERS_RESULT_CAN_RECOVER : PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t stunt_dma_mmio_enabled(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	stunt_mark_call(sd, STUNT_DMA_MARK_MMIO_ENABLED);
	if (sd->asleep || stunt_dma_thaw(sd))
		return PCI_ERS_RESULT_RECOVERED;
	return PCI_ERS_RESULT_NEED_RESET;
}

/* Configuration space is as after power-on; interrupts and bus mastering are in what was saved. */
static pci_ers_result_t stunt_dma_slot_reset(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	stunt_mark_call(sd, STUNT_DMA_MARK_SLOT_RESET);
	cancel_delayed_work_sync(&sd->rescue);
	if (!stunt_bug(no_restore)) {
		pci_load_saved_state(pdev, sd->config);
		pci_restore_state(pdev);
	}
	if (sd->asleep || stunt_dma_thaw(sd))
		return PCI_ERS_RESULT_RECOVERED;
	stunt_dma_give_up(sd);
	return PCI_ERS_RESULT_DISCONNECT;
}

static void stunt_dma_error_resume(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	stunt_mark_call(sd, STUNT_DMA_MARK_RESUME);
	cancel_delayed_work_sync(&sd->rescue);
	if (!sd->asleep)
		stunt_dma_revive(sd);
	stunt_dma_recovered(sd);
}

/*
 * What is on the rings is lost to whoever reset the function; what was still queued runs
 * afterwards. It is awake, and stays so: not all who reset it see to that.
 */
static void stunt_dma_reset_prepare(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	pm_runtime_get_sync(&pdev->dev);
	stunt_map_freeze(sd);
	stunt_dma_quiesce(sd, -EIO);
}

static void stunt_dma_reset_done(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	if (stunt_bug(touch_in_reset) && !pci_save_state(pdev))
		pcie_capability_set_word(pdev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR),
		pci_restore_state(pdev);
	stunt_dma_revive(sd);
	stunt_map_thaw(sd);
	stunt_power_put(sd);
}

const struct pci_error_handlers stunt_dma_err_handlers = {
	.error_detected = stunt_dma_error_detected,
	.mmio_enabled = stunt_dma_mmio_enabled,
	.slot_reset = stunt_dma_slot_reset,
	.resume = stunt_dma_error_resume,
	.reset_prepare = stunt_dma_reset_prepare,
	.reset_done = stunt_dma_reset_done,
};
