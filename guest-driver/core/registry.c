// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registry of bound devices, and /dev/stunt-registry. A state may change in any context, so
 * everything that a reader is told fits memory that it got when the file was opened.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <stunt/uapi/registry.h>

#include "stunt_registry.h"

/* What a record of the first version has: a reader must take at least that. */
#define STUNT_REGISTRY_MIN	offsetofend(struct stunt_registry_event, device)

struct stunt_registered {
	struct device dev;		/* in the class */
	struct list_head node;
	struct work_struct changed;	/* sends the uevent */
	u64 since_ns;
	u32 id;
	u32 state;
	char driver[STUNT_REGISTRY_NAME_MAX];
};

struct stunt_reader {
	struct list_head node;
	wait_queue_head_t wait;
	u32 head;			/* where the next record goes, running freely */
	u32 tail;			/* the oldest that was not read */
	u32 lost;			/* directly before it */
	u32 entries;			/* a power of two */
	struct stunt_registry_event ring[];
};

/* Guards all below, and the rings of all readers. */
static DEFINE_SPINLOCK(stunt_registry_lock);
static LIST_HEAD(stunt_registry_devices);
static LIST_HEAD(stunt_registry_readers);
static unsigned int stunt_registry_count;
static u32 stunt_registry_last_id;
static u64 stunt_registry_seq;

static const char *const stunt_registry_states[] = {
	[STUNT_REGISTRY_STOPPED] = "stopped",
	[STUNT_REGISTRY_RUNNING] = "running",
	[STUNT_REGISTRY_GONE] = "gone",
};

/* Called with the lock held, as are all up to stunt_registry_tell(). */
static void stunt_reader_put(struct stunt_reader *reader, const struct stunt_registry_event *event)
{
	if (reader->head - reader->tail == reader->entries) {
		reader->tail++;
		reader->lost++;
	}
	reader->ring[reader->head++ & (reader->entries - 1)] = *event;
	wake_up_interruptible(&reader->wait);
}

static void stunt_registry_describe(const struct stunt_registered *reg, u32 what, u64 now_ns,
				    struct stunt_registry_event *event)
{
	memset(event, 0, sizeof(*event));
	event->size = sizeof(*event);
	event->event = what;
	event->state = reg->state;
	event->seq = stunt_registry_seq;
	event->time_ns = now_ns;
	event->id = reg->id;
	strscpy(event->name, dev_name(&reg->dev), sizeof(event->name));
	strscpy(event->driver, reg->driver, sizeof(event->driver));
	strscpy(event->device, dev_name(reg->dev.parent), sizeof(event->device));
}

static void stunt_registry_tell(const struct stunt_registered *reg, u32 what, u64 now_ns)
{
	struct stunt_registry_event event;
	struct stunt_reader *reader;

	stunt_registry_seq++;
	stunt_registry_describe(reg, what, now_ns, &event);
	list_for_each_entry(reader, &stunt_registry_readers, node)
		stunt_reader_put(reader, &event);
}

/* ---- the class --------------------------------------------------------------------------------- */

static struct stunt_registered *stunt_registered_of(const struct device *dev)
{
	return container_of(dev, struct stunt_registered, dev);
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u32 state = READ_ONCE(stunt_registered_of(dev)->state);

	return sysfs_emit(buf, "%s\n", stunt_registry_states[state]);
}
static DEVICE_ATTR_RO(state);

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", stunt_registered_of(dev)->id);
}
static DEVICE_ATTR_RO(id);

static struct attribute *stunt_registry_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_id.attr,
	NULL
};
ATTRIBUTE_GROUPS(stunt_registry);

#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
static int stunt_registry_uevent(const struct device *dev, struct kobj_uevent_env *env)
#else
static int stunt_registry_uevent(struct device *dev, struct kobj_uevent_env *env)
#endif
{
	const struct stunt_registered *reg = stunt_registered_of(dev);

	return add_uevent_var(env, "STUNT_ID=%u", reg->id) ?:
	       add_uevent_var(env, "STUNT_DRIVER=%s", reg->driver) ?:
	       add_uevent_var(env, "STUNT_STATE=%s",
			      stunt_registry_states[READ_ONCE(reg->state)]);
}

static void stunt_registry_release(struct device *dev)
{
	kfree(stunt_registered_of(dev));
}

static struct class stunt_registry_class = {
	.name = "stunt",
	.dev_groups = stunt_registry_groups,
	.dev_uevent = stunt_registry_uevent,
	.dev_release = stunt_registry_release,
};

static void stunt_registry_changed(struct work_struct *work)
{
	struct stunt_registered *reg = container_of(work, struct stunt_registered, changed);

	sysfs_notify(&reg->dev.kobj, NULL, dev_attr_state.attr.name);
	kobject_uevent(&reg->dev.kobj, KOBJ_CHANGE);
}

/* ---- for the drivers --------------------------------------------------------------------------- */

static struct stunt_registered *stunt_registry_new(struct device *dev, u32 state)
{
	struct stunt_registered *reg = kzalloc(sizeof(*reg), GFP_KERNEL);
	unsigned long flags;

	if (!reg)
		return NULL;
	device_initialize(&reg->dev);
	reg->dev.class = &stunt_registry_class;
	reg->dev.parent = dev;
	INIT_WORK(&reg->changed, stunt_registry_changed);
	reg->state = state;
	strscpy(reg->driver, dev_driver_string(dev), sizeof(reg->driver));
	spin_lock_irqsave(&stunt_registry_lock, flags);
	reg->id = ++stunt_registry_last_id;
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
	return reg;
}

/* Who is told of an arrival finds the device in sysfs, and who is told of a removal does not. */
static void stunt_registry_publish(struct stunt_registered *reg)
{
	unsigned long flags;

	spin_lock_irqsave(&stunt_registry_lock, flags);
	reg->since_ns = ktime_get_ns();
	list_add_tail(&reg->node, &stunt_registry_devices);
	stunt_registry_count++;
	stunt_registry_tell(reg, STUNT_REGISTRY_ARRIVED, reg->since_ns);
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
}

static void stunt_registry_remove(void *data)
{
	struct stunt_registered *reg = data;
	unsigned long flags;

	cancel_work_sync(&reg->changed);
	device_del(&reg->dev);
	spin_lock_irqsave(&stunt_registry_lock, flags);
	list_del(&reg->node);
	stunt_registry_count--;
	stunt_registry_tell(reg, STUNT_REGISTRY_REMOVED, ktime_get_ns());
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
	put_device(&reg->dev);
}

struct stunt_registered *stunt_registry_add(struct device *dev, const char *name, u32 state)
{
	struct stunt_registered *reg = stunt_registry_new(dev, state);
	int ret;

	if (!reg)
		return ERR_PTR(-ENOMEM);
	ret = dev_set_name(&reg->dev, "%s", name);
	if (!ret)
		ret = device_add(&reg->dev);
	if (ret) {
		put_device(&reg->dev);
		return ERR_PTR(ret);
	}
	stunt_registry_publish(reg);
	ret = devm_add_action_or_reset(dev, stunt_registry_remove, reg);
	return ret ? ERR_PTR(ret) : reg;
}
EXPORT_SYMBOL_GPL(stunt_registry_add);

void stunt_registry_state(struct stunt_registered *reg, u32 state)
{
	unsigned long flags;

	if (!reg)
		return;
	spin_lock_irqsave(&stunt_registry_lock, flags);
	if (reg->state != state) {
		WRITE_ONCE(reg->state, state);
		stunt_registry_tell(reg, STUNT_REGISTRY_CHANGED, ktime_get_ns());
		schedule_work(&reg->changed);
	}
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
}
EXPORT_SYMBOL_GPL(stunt_registry_state);

/* ---- /dev/stunt-registry ----------------------------------------------------------------------- */

static bool stunt_reader_waits(struct stunt_reader *reader)
{
	return READ_ONCE(reader->head) != READ_ONCE(reader->tail);
}

static bool stunt_reader_take(struct stunt_reader *reader, struct stunt_registry_event *event)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&stunt_registry_lock, flags);
	found = stunt_reader_waits(reader);
	if (found) {
		*event = reader->ring[reader->tail++ & (reader->entries - 1)];
		event->lost = reader->lost;
		reader->lost = 0;
	}
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
	return found;
}

/* A record that could not be handed over is a lost one, and so are those it should have told of. */
static void stunt_reader_spill(struct stunt_reader *reader, const struct stunt_registry_event *event)
{
	unsigned long flags;

	spin_lock_irqsave(&stunt_registry_lock, flags);
	reader->lost += event->lost + 1;
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
}

static int stunt_reader_next(struct stunt_reader *reader, bool wait,
			     struct stunt_registry_event *event)
{
	int ret;

	while (!stunt_reader_take(reader, event)) {
		if (!wait)
			return -EAGAIN;
		ret = wait_event_interruptible(reader->wait, stunt_reader_waits(reader));
		if (ret)
			return ret;
	}
	return 0;
}

static ssize_t stunt_registry_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct stunt_reader *reader = file->private_data;
	bool wait = !(file->f_flags & O_NONBLOCK);
	struct stunt_registry_event event;
	size_t len = min(count, sizeof(event));
	size_t done = 0;
	int ret = 0;

	if (count < STUNT_REGISTRY_MIN)
		return -EINVAL;
	while (count - done >= len) {
		ret = stunt_reader_next(reader, wait && !done, &event);
		if (ret)
			break;
		if (copy_to_user(buf + done, &event, len)) {
			stunt_reader_spill(reader, &event);
			ret = -EFAULT;
			break;
		}
		done += len;
	}
	return done ?: ret;
}

static __poll_t stunt_registry_poll(struct file *file, poll_table *table)
{
	struct stunt_reader *reader = file->private_data;

	poll_wait(file, &reader->wait, table);
	return stunt_reader_waits(reader) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void stunt_reader_begin(struct stunt_reader *reader)
{
	struct stunt_registry_event event;
	struct stunt_registered *reg;
	unsigned long flags;

	spin_lock_irqsave(&stunt_registry_lock, flags);
	list_for_each_entry(reg, &stunt_registry_devices, node) {
		stunt_registry_describe(reg, STUNT_REGISTRY_ARRIVED, reg->since_ns, &event);
		event.flags = STUNT_REGISTRY_PRESENT;
		stunt_reader_put(reader, &event);
	}
	list_add_tail(&reader->node, &stunt_registry_readers);
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
}

static int stunt_registry_open(struct inode *inode, struct file *file)
{
	unsigned int present = READ_ONCE(stunt_registry_count);
	u32 entries = roundup_pow_of_two(STUNT_REGISTRY_KEPT + present);
	struct stunt_reader *reader;

	reader = kvzalloc(struct_size(reader, ring, entries), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return -ENOMEM;
	reader->entries = entries;
	init_waitqueue_head(&reader->wait);
	stunt_reader_begin(reader);
	file->private_data = reader;
	return stream_open(inode, file);
}

static int stunt_registry_close(struct inode *inode, struct file *file)
{
	struct stunt_reader *reader = file->private_data;
	unsigned long flags;

	spin_lock_irqsave(&stunt_registry_lock, flags);
	list_del(&reader->node);
	spin_unlock_irqrestore(&stunt_registry_lock, flags);
	kvfree(reader);
	return 0;
}

static const struct file_operations stunt_registry_fops = {
	.owner = THIS_MODULE,
	.open = stunt_registry_open,
	.release = stunt_registry_close,
	.read = stunt_registry_read,
	.poll = stunt_registry_poll,
	.llseek = noop_llseek,
};

static struct miscdevice stunt_registry_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "stunt-registry",
	.fops = &stunt_registry_fops,
	.mode = 0444,
};

static int __init stunt_registry_init(void)
{
	int ret = class_register(&stunt_registry_class);

	if (ret)
		return ret;
	ret = misc_register(&stunt_registry_misc);
	if (ret)
		class_unregister(&stunt_registry_class);
	return ret;
}
module_init(stunt_registry_init);

static void __exit stunt_registry_exit(void)
{
	misc_deregister(&stunt_registry_misc);
	class_unregister(&stunt_registry_class);
}
module_exit(stunt_registry_exit);
