// SPDX-License-Identifier: GPL-2.0-or-later
/* The ioctls of /dev/stunt-dmaN. Documentation: docs/reference/uapi-dma.md. */
#include <linux/capability.h>
#include <linux/nospec.h>

#include "dma.h"

static void stunt_call_count(struct stunt_dma *sd, struct stunt_dma_info *info)
{
	unsigned int i;

	info->jobs = atomic64_read(&sd->count.jobs);
	info->errors = atomic64_read(&sd->count.errors);
	info->timeouts = atomic64_read(&sd->count.timeouts);
	info->resets = atomic64_read(&sd->count.resets);
	info->lost_irqs = atomic64_read(&sd->count.lost_irqs);
	info->spurious_irqs = atomic64_read(&sd->count.spurious_irqs);
	info->doorbells = atomic64_read(&sd->count.doorbells);
	for (i = 0; i < sd->pci.vectors; i++)
		info->irq_counts[i] = atomic64_read(&sd->vec[i].count);
}

static long stunt_call_info(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma *sd = sf->sd;
	struct stunt_dma_info info;
	u32 usize;
	int ret;

	BUILD_BUG_ON(STUNT_DMA_VECTORS > STUNT_DMA_INFO_VECTORS);
	ret = stunt_cdev_get(&info, sizeof(info), sizeof(info), arg, &usize);
	if (ret)
		return ret;
	if (info.flags)
		return -EINVAL;

	memset(&info, 0, sizeof(info));
	info.size = usize;
	info.version = STUNT_DMA_UAPI_VERSION;
	info.generation = stunt_state_seen(sf);
	info.state = stunt_state_told(sd);
	info.channels = sd->channels;
	info.width = sd->width;
	info.ring_entries = stunt_dma_entries(sd);
	info.max_len = sd->max_len;
	info.ops = sd->ops;
	info.vectors = sd->pci.vectors;
	stunt_call_count(sd, &info);
	return stunt_cdev_put(&info, sizeof(info), arg, usize);
}

static long stunt_call_transfer(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_transfer xfer;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&xfer, sizeof(xfer), sizeof(xfer), arg, &usize);
	if (!ret)
		ret = stunt_transfer(sf, &xfer);
	return ret ?: stunt_cdev_put(&xfer, sizeof(xfer), arg, usize);
}

static long stunt_call_raw(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_raw raw;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&raw, sizeof(raw), sizeof(raw), arg, &usize);
	if (!ret)
		ret = stunt_raw(sf, &raw);
	return ret ?: stunt_cdev_put(&raw, sizeof(raw), arg, usize);
}

static long stunt_call_reset(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_channel_reset reset;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&reset, sizeof(reset), sizeof(reset), arg, &usize);
	if (ret)
		return ret;
	if (reset.flags || reset.reserved || reset.channel >= sf->sd->channels)
		return -EINVAL;
	ret = stunt_power_get(sf->sd);
	if (ret)
		return ret;
	ret = stunt_chan_user_reset(stunt_cdev_chan(sf->sd, reset.channel));
	if (!stunt_bug(power_leaked))
		stunt_power_put(sf->sd);
	return ret;
}

static long stunt_call_scalar(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_scalar scalar;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&scalar, sizeof(scalar), sizeof(scalar), arg, &usize);
	if (!ret)
		ret = stunt_scalar(sf, &scalar);
	return ret ?: stunt_cdev_put(&scalar, sizeof(scalar), arg, usize);
}

/* What cannot be told to the program is not done: there is only one queue to have. */
static long stunt_call_queue(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_queue queue;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&queue, sizeof(queue), sizeof(queue), arg, &usize);
	if (ret)
		return ret;
	if (queue.flags)
		return -EINVAL;
	ret = stunt_async_start(sf, queue.entries);
	if (ret)
		return ret;
	queue.map_size = sf->queue.map_size;
	return stunt_cdev_put(&queue, sizeof(queue), arg, usize);
}

static long stunt_call_submit(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_submit submit;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&submit, sizeof(submit), sizeof(submit), arg, &usize);
	return ret ?: stunt_async_submit(sf, &submit, arg, usize);
}

static long stunt_call_peer(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_peer peer;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&peer, sizeof(peer), sizeof(peer), arg, &usize);
	if (!ret)
		ret = stunt_peer(sf, &peer);
	return ret ?: stunt_cdev_put(&peer, sizeof(peer), arg, usize);
}

static long stunt_call_ring(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_ring ring;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&ring, sizeof(ring), sizeof(ring), arg, &usize);
	return ret ?: stunt_bell_ring(sf->sd, &ring);
}

static long stunt_call_await_ring(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_await_ring call;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&call, sizeof(call), sizeof(call), arg, &usize);
	if (!ret)
		ret = stunt_bell_await(sf->sd, &call);
	return ret ?: stunt_cdev_put(&call, sizeof(call), arg, usize);
}

static long stunt_call_cancel(struct stunt_file *sf, void __user *arg)
{
	struct stunt_dma_cancel cancel;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&cancel, sizeof(cancel), sizeof(cancel), arg, &usize);
	if (!ret)
		ret = stunt_async_cancel(sf, &cancel);
	return ret ?: stunt_cdev_put(&cancel, sizeof(cancel), arg, usize);
}

#define STUNT_CALL_DRIVES	BIT(0)	/* makes the device work: the file is open for writing */
#define STUNT_CALL_RAWIO	BIT(1)	/* can reach what is not the caller's: CAP_SYS_RAWIO */

static const struct stunt_call {
	long (*fn)(struct stunt_file *sf, void __user *arg);
	unsigned int flags;
} stunt_calls[] = {
	[_IOC_NR(STUNT_DMA_INFO)] = { stunt_call_info },
	[_IOC_NR(STUNT_DMA_TRANSFER)] = { stunt_call_transfer, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_RAW)] = { stunt_call_raw, STUNT_CALL_DRIVES | STUNT_CALL_RAWIO },
	[_IOC_NR(STUNT_DMA_CHANNEL_RESET)] = { stunt_call_reset,
					       STUNT_CALL_DRIVES | STUNT_CALL_RAWIO },
	[_IOC_NR(STUNT_DMA_SCALAR)] = { stunt_call_scalar },
	[_IOC_NR(STUNT_DMA_QUEUE)] = { stunt_call_queue, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_SUBMIT)] = { stunt_call_submit, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_CANCEL)] = { stunt_call_cancel, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_PEER)] = { stunt_call_peer, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_RING)] = { stunt_call_ring, STUNT_CALL_DRIVES },
	[_IOC_NR(STUNT_DMA_AWAIT_RING)] = { stunt_call_await_ring, STUNT_CALL_DRIVES },
};

/*
 * By number only: the size in the command is that of the program's structure, which says its size
 * itself.
 */
long stunt_call(struct stunt_file *sf, unsigned int cmd, void __user *arg)
{
	unsigned int nr = _IOC_NR(cmd);
	const struct stunt_call *call;

	if (_IOC_TYPE(cmd) != _IOC_TYPE(STUNT_DMA_INFO) ||
	    _IOC_DIR(cmd) != _IOC_DIR(STUNT_DMA_INFO) || nr >= ARRAY_SIZE(stunt_calls))
		return -ENOTTY;
	call = &stunt_calls[array_index_nospec(nr, ARRAY_SIZE(stunt_calls))];
	if (!call->fn)
		return -ENOTTY;
	if (call->flags & STUNT_CALL_DRIVES && !(sf->file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (call->flags & STUNT_CALL_RAWIO && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	return call->fn(sf, arg);
}
