// SPDX-License-Identifier: GPL-2.0-or-later
/* Driver for Stunt's PCIe scatter-gather DMA engine: probe, remove. */
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <stunt/uapi/registry.h>

#include "dma.h"

unsigned int stunt_dma_watchdog_ms = 100;
module_param_named(watchdog_ms, stunt_dma_watchdog_ms, uint, 0644);
MODULE_PARM_DESC(watchdog_ms, "how often a busy channel is looked at, in milliseconds (100)");

unsigned int stunt_dma_job_timeout_ms = 1000;
module_param_named(job_timeout_ms, stunt_dma_job_timeout_ms, uint, 0644);
MODULE_PARM_DESC(job_timeout_ms, "a job that makes no progress for so long is given up, in milliseconds (1000)");

static unsigned int ring_log2 = 8;
module_param(ring_log2, uint, 0444);
MODULE_PARM_DESC(ring_log2, "log2 of the number of descriptors in a channel's ring, 2 to 16 (8)");

static enum stunt_irq_mode irq_mode;
module_param_cb(irq_mode, &stunt_irq_mode_param_ops, &irq_mode, 0444);
MODULE_PARM_DESC(irq_mode, "how the device signals: auto, msix, msi or intx (auto)");

static bool threaded = true;
module_param(threaded, bool, 0444);
MODULE_PARM_DESC(threaded, "channels are served by interrupt threads, not in the hard handler (1)");

static DEFINE_IDA(stunt_dma_ida);

struct stunt_pci_info stunt_dma_info __ro_after_init = {
	.id = STUNT_DMA_ID_VALUE,
	.major = STUNT_DMA_VERSION_MAJOR_VALUE,
	.minor = STUNT_DMA_VERSION_MINOR_VALUE,
	.vectors = STUNT_DMA_VECTORS,
	.bar_len = STUNT_DMA_BAR_SIZE,
};

/* Where devices are freed; flushed before the module goes. */
static struct workqueue_struct *stunt_dma_reaper;

static bool stunt_dma_no_chan(struct dma_chan *chan, void *param)
{
	return false;
}

/*
 * dmaengine drops its last reference in the middle of giving a channel back, and looks at the
 * channel once more before it leaves its mutex. Asking for a channel goes through that mutex:
 * after that it is done with ours.
 */
static void stunt_dma_reap(struct work_struct *work)
{
	struct stunt_dma *sd = container_of(work, struct stunt_dma, reap);
	dma_cap_mask_t mask;
	unsigned int i;

	dma_cap_zero(mask);
	dma_request_channel(mask, stunt_dma_no_chan, NULL);
	for (i = 0; i < STUNT_DMA_CHANNELS; i++)
		tasklet_kill(&sd->chan[i].task);
	put_device(sd->dev);
	kfree(sd);
}

static void stunt_dma_release(struct kref *ref)
{
	struct stunt_dma *sd = container_of(ref, struct stunt_dma, ref);

	queue_work(stunt_dma_reaper, &sd->reap);
}

void stunt_dma_put(struct stunt_dma *sd)
{
	kref_put(&sd->ref, stunt_dma_release);
}

/* The binding's own reference. Whoever has files of it open does not keep the next one from its name. */
static void stunt_dma_let_go(struct stunt_dma *sd)
{
	ida_free(&stunt_dma_ida, sd->id);
	stunt_dma_put(sd);
}

static struct stunt_dma *stunt_dma_new(struct pci_dev *pdev)
{
	struct stunt_dma *sd = kzalloc(sizeof(*sd), GFP_KERNEL);
	unsigned int i;

	if (!sd)
		return NULL;
	sd->id = ida_alloc(&stunt_dma_ida, GFP_KERNEL);
	if (sd->id < 0) {
		kfree(sd);
		return NULL;
	}
	kref_init(&sd->ref);
	INIT_WORK(&sd->reap, stunt_dma_reap);
	INIT_DELAYED_WORK(&sd->rescue, stunt_dma_rescue);
	sd->dev = get_device(&pdev->dev);
	snprintf(sd->name, sizeof(sd->name), "stunt-dma%d", sd->id);
	sd->ring_log2 = clamp(ring_log2, 2U, 16U);
	sd->threaded = threaded;
	init_waitqueue_head(&sd->health_wait);
	mutex_init(&sd->settings);
	init_rwsem(&sd->calls);
	mutex_init(&sd->raw_lock);
	stunt_client_init(sd);
	stunt_peer_init(sd);
	for (i = 0; i < STUNT_DMA_CHANNELS; i++)
		stunt_chan_setup(sd, i);
	return sd;
}

static void stunt_dma_forget_config(void *config)
{
	kfree(config);
}

/* For after a reset of the link. The PCI core has a copy, too, but only until it has used it. */
static int stunt_dma_save_config(struct stunt_dma *sd)
{
	pci_save_state(sd->pci.pdev);
	sd->config = pci_store_saved_state(sd->pci.pdev);
	if (!sd->config)
		return -ENOMEM;
	return devm_add_action_or_reset(sd->dev, stunt_dma_forget_config, sd->config);
}

/* Everything that the device core undoes for us. */
static int stunt_dma_claim(struct stunt_dma *sd)
{
	struct pci_dev *pdev = to_pci_dev(sd->dev);
	unsigned int i;
	int ret;

	ret = stunt_pci_probe(pdev, &stunt_dma_info, &sd->pci);
	if (ret)
		return ret;
	ret = stunt_dma_hw_probe(sd);
	if (ret)
		return ret;
	ret = dma_set_mask_and_coherent(sd->dev, DMA_BIT_MASK(sd->width));
	if (ret)
		return dev_err_probe(sd->dev, ret, "no memory within %u address bits\n", sd->width);
	dma_set_max_seg_size(sd->dev, sd->max_len);
	if (dma_addressing_limited(sd->dev))
		dev_notice(sd->dev, "%u address bits do not reach all memory: it is bounced, if at all\n",
			   sd->width);

	sd->bounce = dmam_alloc_coherent(sd->dev, STUNT_DMA_BOUNCE_SIZE, &sd->bounce_bus,
					 GFP_KERNEL);
	if (!sd->bounce)
		return -ENOMEM;
	ret = stunt_chain_pool(sd);
	if (!ret)
		ret = stunt_peer_claim(sd);
	if (ret)
		return ret;
	for (i = 0; i < sd->channels; i++) {
		ret = stunt_chan_alloc(&sd->chan[i]);
		if (ret)
			return ret;
	}
	return stunt_dma_save_config(sd);
}

/*
 * Undoes all that needs the device. The callers are woken by the failure of their jobs and unmap
 * their memory while the device is still ours; whoever comes later, by an open file or a
 * dmaengine channel, gets -ENODEV.
 */
static void stunt_dma_down(struct stunt_dma *sd)
{
	stunt_health_stop(sd);
	stunt_dma_recovery_end(sd);
	if (pci_channel_offline(sd->pci.pdev))
		WRITE_ONCE(sd->frozen, true);
	if (stunt_bug(irq_freed_early))
		stunt_dma_irq_free(sd);
	stunt_dma_stop(sd, STUNT_DMA_REMOVED, -ENODEV);
	stunt_dma_fail_all(sd, -ENODEV);
	stunt_engine_let_go(sd);
	stunt_peer_evict(sd);
	stunt_dma_hw_disable(sd);
	down_write(&sd->calls);
	up_write(&sd->calls);
	stunt_client_drain(sd);
	if (!stunt_bug(irq_freed_early))
		stunt_dma_irq_free(sd);
	destroy_workqueue(sd->wq);
	pci_clear_master(sd->pci.pdev);
}

static int stunt_dma_up(struct stunt_dma *sd)
{
	int ret;

	sd->wq = alloc_workqueue("%s", WQ_MEM_RECLAIM | WQ_UNBOUND, 0, sd->name);
	if (!sd->wq)
		return -ENOMEM;
	ret = stunt_dma_irq_request(sd);
	if (ret) {
		destroy_workqueue(sd->wq);
		return ret;
	}
	ret = stunt_dma_start(sd, &stunt_dma_info);
	if (!ret)
		ret = stunt_health_start(sd);
	if (ret)
		stunt_dma_down(sd);
	return ret;
}

/* Taken out by the device core after stunt_dma_remove(), when nobody changes the state any more. */
static int stunt_dma_enter(struct stunt_dma *sd)
{
	struct stunt_registered *reg;

	reg = stunt_registry_add(sd->dev, sd->name, STUNT_REGISTRY_RUNNING);
	if (IS_ERR(reg))
		return PTR_ERR(reg);
	WRITE_ONCE(sd->registered, reg);
	stunt_state_register(sd);
	return 0;
}

static int stunt_dma_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct stunt_dma *sd = stunt_dma_new(pdev);
	int ret;

	if (!sd)
		return -ENOMEM;
	ret = stunt_dma_claim(sd);
	if (ret)
		goto err_put;
	ret = stunt_dma_up(sd);
	if (ret)
		goto err_put;
	ret = stunt_engine_register(sd);
	if (ret)
		goto err_down;
	ret = stunt_cdev_register(sd);
	if (ret)
		goto err_engine;
	pci_set_drvdata(pdev, sd);
	ret = stunt_dma_enter(sd);
	if (ret)
		goto err_cdev;
	ret = stunt_power_allow(sd);
	if (ret)
		goto err_cdev;
	dev_info(&pdev->dev, "%s: %u channels, %u address bits, %u interrupt vectors (%s)\n", sd->name,
		 sd->channels, sd->width, sd->pci.vectors,
		 stunt_pci_irq_mode_name(sd->pci.irq_mode));
	return 0;

err_cdev:
	stunt_cdev_unregister(sd);
err_engine:
	dma_async_device_unregister(&sd->engine);
err_down:
	stunt_dma_down(sd);
err_put:
	stunt_dma_let_go(sd);
	return ret;
}

static void stunt_dma_remove(struct pci_dev *pdev)
{
	struct stunt_dma *sd = pci_get_drvdata(pdev);

	stunt_power_forbid(sd);
	stunt_cdev_unregister(sd);
	stunt_dma_down(sd);
	dma_async_device_unregister(&sd->engine);
	stunt_dma_let_go(sd);
}

static const struct pci_device_id stunt_dma_ids[] = {
	{ PCI_DEVICE(STUNT_DMA_PCI_VENDOR, STUNT_DMA_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, stunt_dma_ids);

static struct pci_driver stunt_dma_driver = {
	.name = "stunt_dma",
	.id_table = stunt_dma_ids,
	.probe = stunt_dma_probe,
	.remove = stunt_dma_remove,
	.err_handler = &stunt_dma_err_handlers,
	.dev_groups = stunt_dma_groups,
	.driver.pm = pm_ptr(&stunt_dma_pm),
};

static int __init stunt_dma_init(void)
{
	int ret;

	stunt_dma_info.irq_mode = irq_mode;
	stunt_dma_reaper = alloc_workqueue("stunt-dma-reaper", 0, 0);
	if (!stunt_dma_reaper)
		return -ENOMEM;
	ret = pci_register_driver(&stunt_dma_driver);
	if (ret)
		destroy_workqueue(stunt_dma_reaper);
	return ret;
}
module_init(stunt_dma_init);

static void __exit stunt_dma_exit(void)
{
	pci_unregister_driver(&stunt_dma_driver);
	destroy_workqueue(stunt_dma_reaper);
}
module_exit(stunt_dma_exit);

MODULE_DESCRIPTION("Driver for Stunt's virtual PCIe scatter-gather DMA engine");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
