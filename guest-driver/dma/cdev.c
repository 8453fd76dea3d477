// SPDX-License-Identifier: GPL-2.0-or-later
/* Open files of /dev/stunt-dmaN. Documentation: docs/reference/uapi-dma.md. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dma.h"

int stunt_cdev_get(void *dst, size_t size, size_t first_size, void __user *arg, u32 *ret_size)
{
	u32 usize;

	if (get_user(usize, (u32 __user *)arg))
		return -EFAULT;
	if (usize < first_size || usize > PAGE_SIZE)
		return -EINVAL;
	*ret_size = usize;
	return copy_struct_from_user(dst, size, arg, usize);
}

int stunt_cdev_put(const void *src, size_t size, void __user *arg, u32 usize)
{
	return copy_to_user(arg, src, min_t(size_t, size, usize)) ? -EFAULT : 0;
}

struct stunt_dma_chan *stunt_cdev_chan(struct stunt_dma *sd, u32 nr)
{
	if (nr == STUNT_DMA_CHANNEL_ANY)
		nr = (u32)atomic_inc_return(&sd->next_chan) % sd->channels;
	if (nr >= sd->channels)
		return NULL;
	return &sd->chan[array_index_nospec(nr, STUNT_DMA_CHANNELS)];
}

ktime_t stunt_cdev_deadline(u64 timeout_ns)
{
	if (!timeout_ns || timeout_ns > KTIME_MAX)
		return KTIME_MAX;
	return ktime_add_safe(ktime_get(), ns_to_ktime(timeout_ns));
}

u64 stunt_file_timeout(const struct stunt_file *sf, const struct stunt_dma_chan *ch,
		       u64 timeout_ns)
{
	return timeout_ns ?: READ_ONCE(sf->timeout_ns[ch->nr]);
}

static long stunt_cdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct stunt_file *sf = file->private_data;
	struct stunt_dma *sd = sf->sd;
	long ret = -ENODEV;

	if (down_read_interruptible(&sd->calls))
		return -ERESTARTSYS;
	if (!stunt_dma_is(sd, STUNT_DMA_REMOVED))
		ret = stunt_call(sf, cmd, (void __user *)arg);
	up_read(&sd->calls);
	return ret;
}

static int stunt_cdev_mmap(struct file *file, struct vm_area_struct *vma)
{
	return stunt_map(file->private_data, vma);
}

static __poll_t stunt_cdev_poll(struct file *file, poll_table *wait)
{
	struct stunt_file *sf = file->private_data;
	__poll_t mask = stunt_state_poll(sf, file, wait);

	poll_wait(file, &sf->wait, wait);
	return stunt_queue_any(&sf->queue) ? mask | EPOLLIN | EPOLLRDNORM : mask;
}

static void stunt_file_init(struct stunt_file *sf, struct stunt_dma *sd, struct file *file)
{
	sf->sd = sd;
	sf->file = file;
	mutex_init(&sf->lock);
	INIT_LIST_HEAD(&sf->requests);
	init_waitqueue_head(&sf->wait);
	stunt_state_seen(sf);
}

/* The misc core holds its lock, so the device cannot be let go of meanwhile. */
static int stunt_cdev_open(struct inode *inode, struct file *file)
{
	struct stunt_dma *sd = container_of(file->private_data, struct stunt_dma, misc);
	struct stunt_file *sf = kzalloc(sizeof(*sf), GFP_KERNEL_ACCOUNT);

	if (!sf)
		return -ENOMEM;
	kref_get(&sd->ref);
	stunt_file_init(sf, sd, file);
	mutex_lock(&sd->client.files_lock);
	list_add(&sf->node, &sd->client.files);
	mutex_unlock(&sd->client.files_lock);
	file->private_data = sf;
	return stream_open(inode, file);
}

/* No call runs and nothing is mapped: both hold the file. */
static int stunt_cdev_release(struct inode *inode, struct file *file)
{
	struct stunt_file *sf = file->private_data;
	struct stunt_dma *sd = sf->sd;

	stunt_async_close(sf);
	mutex_lock(&sd->client.files_lock);
	list_del(&sf->node);
	mutex_unlock(&sd->client.files_lock);
	mutex_destroy(&sf->lock);
	kfree(sf);
	stunt_dma_put(sd);
	return 0;
}

static const struct file_operations stunt_cdev_fops = {
	.owner = THIS_MODULE,
	.open = stunt_cdev_open,
	.release = stunt_cdev_release,
	.unlocked_ioctl = stunt_cdev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = stunt_cdev_mmap,
	.poll = stunt_cdev_poll,
	.llseek = noop_llseek,
};

struct stunt_file *stunt_cdev_file(struct file *file)
{
	return file->f_op == &stunt_cdev_fops ? file->private_data : NULL;
}

void stunt_client_init(struct stunt_dma *sd)
{
	struct stunt_client *client = &sd->client;

	mutex_init(&client->files_lock);
	INIT_LIST_HEAD(&client->files);
	init_rwsem(&client->map_lock);
	init_waitqueue_head(&client->drained);
	stunt_state_init(sd);
}

void stunt_client_drain(struct stunt_dma *sd)
{
	stunt_map_zap(sd);
	wait_event(sd->client.drained, !atomic_read(&sd->client.mapped));
	cancel_work_sync(&sd->client.changed);
}

/* Root's group may use it; an administrator's rules say who is in it, or another. */
int stunt_cdev_register(struct stunt_dma *sd)
{
	sd->misc.minor = MISC_DYNAMIC_MINOR;
	sd->misc.name = sd->name;
	sd->misc.parent = sd->dev;
	sd->misc.fops = &stunt_cdev_fops;
	sd->misc.mode = 0660;
	return misc_register(&sd->misc);
}

void stunt_cdev_unregister(struct stunt_dma *sd)
{
	misc_deregister(&sd->misc);
}
