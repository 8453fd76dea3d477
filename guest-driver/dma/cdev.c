// SPDX-License-Identifier: GPL-2.0-or-later
/* /dev/stunt-dmaN: what programs may ask for. See docs/reference/uapi-dma.md. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "dma.h"

/*
 * Reads a structure that begins with its own size, which may be that of an older or a newer
 * program. It can never be shorter than in version 1.
 */
static int stunt_cdev_get(void *dst, size_t size, size_t first_size, void __user *arg,
			  u32 *ret_size)
{
	u32 usize;

	if (get_user(usize, (u32 __user *)arg))
		return -EFAULT;
	if (usize < first_size || usize > PAGE_SIZE)
		return -EINVAL;
	*ret_size = usize;
	return copy_struct_from_user(dst, size, arg, usize);
}

static int stunt_cdev_put(const void *src, size_t size, void __user *arg, u32 usize)
{
	return copy_to_user(arg, src, min_t(size_t, size, usize)) ? -EFAULT : 0;
}

struct stunt_dma_chan *stunt_cdev_chan(struct stunt_dma *sd, u32 nr)
{
	if (nr == STUNT_DMA_CHANNEL_ANY)
		nr = (u32)atomic_inc_return(&sd->next_chan) % sd->channels;
	return nr < sd->channels ? &sd->chan[nr] : NULL;
}

ktime_t stunt_cdev_deadline(u64 timeout_ns)
{
	if (!timeout_ns || timeout_ns > KTIME_MAX)
		return KTIME_MAX;
	return ktime_add_safe(ktime_get(), ns_to_ktime(timeout_ns));
}

static u32 stunt_cdev_state(const struct stunt_dma *sd)
{
	if (stunt_dma_is(sd, STUNT_DMA_STOPPED))
		return STUNT_DMA_INFO_STOPPED;
	return stunt_dma_is(sd, STUNT_DMA_RUNNING) ? STUNT_DMA_INFO_RUNNING : STUNT_DMA_INFO_GONE;
}

static void stunt_cdev_count(struct stunt_dma *sd, struct stunt_dma_info *info)
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

static long stunt_cdev_info(struct stunt_dma *sd, void __user *arg)
{
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
	info.state = stunt_cdev_state(sd);
	info.channels = sd->channels;
	info.width = sd->width;
	info.ring_entries = stunt_dma_entries(sd);
	info.max_len = sd->max_len;
	info.ops = sd->ops;
	info.vectors = sd->pci.vectors;
	stunt_cdev_count(sd, &info);
	return stunt_cdev_put(&info, sizeof(info), arg, usize);
}

static long stunt_cdev_transfer(struct stunt_dma *sd, void __user *arg)
{
	struct stunt_dma_transfer xfer;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&xfer, sizeof(xfer), sizeof(xfer), arg, &usize);
	if (ret)
		return ret;
	ret = stunt_transfer(sd, &xfer);
	if (ret)
		return ret;
	return stunt_cdev_put(&xfer, sizeof(xfer), arg, usize);
}

static long stunt_cdev_raw(struct stunt_dma *sd, void __user *arg)
{
	struct stunt_dma_raw raw;
	u32 usize;
	int ret;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	ret = stunt_cdev_get(&raw, sizeof(raw), sizeof(raw), arg, &usize);
	if (ret)
		return ret;
	ret = stunt_raw(sd, &raw);
	if (ret)
		return ret;
	return stunt_cdev_put(&raw, sizeof(raw), arg, usize);
}

static long stunt_cdev_reset(struct stunt_dma *sd, void __user *arg)
{
	struct stunt_dma_channel_reset reset;
	u32 usize;
	int ret;

	ret = stunt_cdev_get(&reset, sizeof(reset), sizeof(reset), arg, &usize);
	if (ret)
		return ret;
	if (reset.flags || reset.reserved || reset.channel >= sd->channels)
		return -EINVAL;
	return stunt_chan_user_reset(&sd->chan[reset.channel]);
}

/*
 * By number only: the size in the command is that of the program's structure, which says its size
 * itself.
 */
static long stunt_cdev_call(struct stunt_dma *sd, unsigned int cmd, void __user *arg)
{
	if (_IOC_TYPE(cmd) != _IOC_TYPE(STUNT_DMA_INFO) ||
	    _IOC_DIR(cmd) != _IOC_DIR(STUNT_DMA_INFO))
		return -ENOTTY;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(STUNT_DMA_INFO):
		return stunt_cdev_info(sd, arg);
	case _IOC_NR(STUNT_DMA_TRANSFER):
		return stunt_cdev_transfer(sd, arg);
	case _IOC_NR(STUNT_DMA_RAW):
		return stunt_cdev_raw(sd, arg);
	case _IOC_NR(STUNT_DMA_CHANNEL_RESET):
		return stunt_cdev_reset(sd, arg);
	default:
		return -ENOTTY;
	}
}

static long stunt_cdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct stunt_dma *sd = file->private_data;
	long ret = -ENODEV;

	if (down_read_killable(&sd->calls))
		return -EINTR;
	if (!stunt_dma_is(sd, STUNT_DMA_REMOVED))
		ret = stunt_cdev_call(sd, cmd, (void __user *)arg);
	up_read(&sd->calls);
	return ret;
}

/* The misc core holds its lock, so the device cannot be let go of meanwhile. */
static int stunt_cdev_open(struct inode *inode, struct file *file)
{
	struct stunt_dma *sd = container_of(file->private_data, struct stunt_dma, misc);

	kref_get(&sd->ref);
	file->private_data = sd;
	return stream_open(inode, file);
}

static int stunt_cdev_release(struct inode *inode, struct file *file)
{
	stunt_dma_put(file->private_data);
	return 0;
}

static const struct file_operations stunt_cdev_fops = {
	.owner = THIS_MODULE,
	.open = stunt_cdev_open,
	.release = stunt_cdev_release,
	.unlocked_ioctl = stunt_cdev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

int stunt_cdev_register(struct stunt_dma *sd)
{
	sd->misc.minor = MISC_DYNAMIC_MINOR;
	sd->misc.name = sd->name;
	sd->misc.parent = sd->dev;
	sd->misc.fops = &stunt_cdev_fops;
	return misc_register(&sd->misc);
}

void stunt_cdev_unregister(struct stunt_dma *sd)
{
	misc_deregister(&sd->misc);
}
