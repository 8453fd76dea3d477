// SPDX-License-Identifier: GPL-2.0-or-later
/* /dev/stunt-link: the agent's exchange with the harness, and the sysfs attribute for marks. */
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "link.h"
#include "stunt/uapi/link.h"

static struct stunt_link *stunt_link_of_misc(struct miscdevice *misc)
{
	return container_of(misc, struct stunt_link, misc);
}

void stunt_link_attention(struct stunt_link *link)
{
	WRITE_ONCE(link->attention, true);
	wake_up_interruptible(&link->wait);
}

/*
 * Rings, and takes the answer. The machine stands still inside the write to DOORBELL; the answer comes into
 * the buffer while RX_LEN is read.
 */
static u32 stunt_link_ask(struct stunt_link *link, u32 tx_len)
{
	unsigned long flags;
	u32 rx_len;

	raw_spin_lock_irqsave(&link->doorbell_lock, flags);
	stunt_write(&link->spci, STUNT_LINK_TX_LEN, tx_len);
	stunt_write(&link->spci, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_ASK);
	rx_len = stunt_read(&link->spci, STUNT_LINK_RX_LEN);
	raw_spin_unlock_irqrestore(&link->doorbell_lock, flags);
	return rx_len;
}

/* Is there a device, and a harness at the other end? Called with the lock held. */
static int stunt_link_host(struct stunt_link *link)
{
	u32 status;

	if (link->gone || stunt_read_live(&link->spci, STUNT_LINK_STATUS, &status))
		return -ENODEV;
	return status & STUNT_LINK_STATUS_HOST ? 0 : -ENOTCONN;
}

/* Called with the lock held and the arguments checked. */
static int stunt_link_exchange(struct stunt_link *link, struct stunt_link_exchange *x)
{
	int ret = stunt_link_host(link);
	u32 rx_len;

	if (ret)
		return ret;
	if (copy_from_user(link->tx, u64_to_user_ptr(x->tx), x->tx_len))
		return -EFAULT;

	/* Before asking: attention that is raised from here on wants another exchange. */
	WRITE_ONCE(link->attention, false);
	rx_len = stunt_link_ask(link, x->tx_len);
	if (rx_len > STUNT_MESSAGE_MAX)
		return stunt_gone(&link->spci) ? -ENODEV : -EIO;
	if (rx_len > x->rx_capacity)
		return -ENOSPC;
	if (copy_to_user(u64_to_user_ptr(x->rx), link->rx, rx_len))
		return -EFAULT;
	x->rx_len = rx_len;
	return 0;
}

static long stunt_link_ioctl_exchange(struct stunt_link *link, void __user *arg)
{
	struct stunt_link_exchange x;
	int ret;

	if (copy_from_user(&x, arg, sizeof(x)))
		return -EFAULT;
	if (x.size != sizeof(x) || x.flags || x.reserved)
		return -EINVAL;
	if (x.tx_len > STUNT_MESSAGE_MAX || x.rx_capacity > STUNT_MESSAGE_MAX)
		return -EMSGSIZE;

	mutex_lock(&link->lock);
	ret = stunt_link_exchange(link, &x);
	mutex_unlock(&link->lock);
	if (ret)
		return ret;
	return copy_to_user(arg, &x, sizeof(x)) ? -EFAULT : 0;
}

static long stunt_link_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct stunt_link *link = file->private_data;

	switch (cmd) {
	case STUNT_LINK_IOC_VERSION:
		return put_user((u32)STUNT_LINK_UAPI_VERSION, (u32 __user *)arg);
	case STUNT_LINK_IOC_EXCHANGE:
		return stunt_link_ioctl_exchange(link, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static __poll_t stunt_link_poll(struct file *file, poll_table *table)
{
	struct stunt_link *link = file->private_data;

	poll_wait(file, &link->wait, table);
	if (READ_ONCE(link->gone))
		return EPOLLERR | EPOLLHUP;
	return READ_ONCE(link->attention) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int stunt_link_claim(struct stunt_link *link)
{
	int ret = stunt_link_host(link);

	if (ret)
		return ret;
	if (link->opened)
		return -EBUSY;
	link->opened = true;
	kref_get(&link->ref);
	return 0;
}

static int stunt_link_open(struct inode *inode, struct file *file)
{
	struct stunt_link *link = stunt_link_of_misc(file->private_data);
	int ret;

	mutex_lock(&link->lock);
	ret = stunt_link_claim(link);
	mutex_unlock(&link->lock);
	if (ret)
		return ret;
	file->private_data = link;
	return nonseekable_open(inode, file);
}

static int stunt_link_release(struct inode *inode, struct file *file)
{
	struct stunt_link *link = file->private_data;

	mutex_lock(&link->lock);
	link->opened = false;
	mutex_unlock(&link->lock);
	stunt_link_put(link);
	return 0;
}

static const struct file_operations stunt_link_fops = {
	.owner = THIS_MODULE,
	.open = stunt_link_open,
	.release = stunt_link_release,
	.unlocked_ioctl = stunt_link_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = stunt_link_poll,
};

/* A mark goes through the core like everybody's. */
static ssize_t mark_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	u32 value;
	int ret = kstrtou32(buf, 0, &value);

	if (ret)
		return ret;
	return stunt_mark(value) ? count : -ENODEV;
}
static DEVICE_ATTR_WO(mark);

static struct attribute *stunt_link_attrs[] = {
	&dev_attr_mark.attr,
	NULL
};
ATTRIBUTE_GROUPS(stunt_link);

int stunt_link_chardev_add(struct stunt_link *link)
{
	link->misc.minor = MISC_DYNAMIC_MINOR;
	link->misc.name = "stunt-link";
	link->misc.fops = &stunt_link_fops;
	link->misc.mode = 0600;
	link->misc.groups = stunt_link_groups;
	link->misc.parent = &link->spci.pdev->dev;
	return misc_register(&link->misc);
}

void stunt_link_chardev_del(struct stunt_link *link)
{
	misc_deregister(&link->misc);
	mutex_lock(&link->lock);
	WRITE_ONCE(link->gone, true);
	mutex_unlock(&link->lock);
	wake_up_interruptible(&link->wait);
}
