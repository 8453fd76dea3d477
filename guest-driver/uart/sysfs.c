// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings and counters of a port, as attributes of its tty. */
#include <linux/sysfs.h>
#include <linux/tty_port.h>

#include "uart.h"

/* With the port's mutex, without which it may go away. NULL: it has. */
static struct stunt_port *stunt_sysfs_get(struct device *dev)
{
	struct tty_port *tport = dev_get_drvdata(dev);
	struct uart_state *state = container_of(tport, struct uart_state, port);

	mutex_lock(&tport->mutex);
	if (state->uart_port)
		return to_stunt_port(state->uart_port);
	mutex_unlock(&tport->mutex);
	return NULL;
}

static void stunt_sysfs_put(struct device *dev)
{
	struct tty_port *tport = dev_get_drvdata(dev);

	mutex_unlock(&tport->mutex);
}

struct stunt_port_counter {
	struct device_attribute attr;
	size_t offset;		/* in struct stunt_port_counters */
};

static ssize_t stunt_port_counter_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	size_t offset = container_of(attr, struct stunt_port_counter, attr)->offset;
	struct stunt_port *sp = stunt_sysfs_get(dev);
	u64 count;

	if (!sp)
		return -ENODEV;
	count = READ_ONCE(*(u64 *)((void *)&sp->count + offset));
	stunt_sysfs_put(dev);
	return sysfs_emit(buf, "%llu\n", count);
}

#define STUNT_PORT_COUNTER(_name)						\
	static struct stunt_port_counter stunt_port_##_name = {			\
		.attr = __ATTR(_name, 0444, stunt_port_counter_show, NULL),	\
		.offset = offsetof(struct stunt_port_counters, _name),		\
	}

STUNT_PORT_COUNTER(interrupts);
STUNT_PORT_COUNTER(lost_irqs);
STUNT_PORT_COUNTER(fallbacks);
STUNT_PORT_COUNTER(rx_paused);

/* "ring", or "fifo": how the open port moves its data. */
static ssize_t transfer_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct stunt_port *sp = stunt_sysfs_get(dev);
	bool ring;

	if (!sp)
		return -ENODEV;
	ring = sp->rx.on;
	stunt_sysfs_put(dev);
	return sysfs_emit(buf, "%s\n", ring ? "ring" : "fifo");
}
static DEVICE_ATTR_RO(transfer);

struct stunt_port_setting {
	struct device_attribute attr;
	size_t offset;		/* in struct stunt_port */
	u32 min;
	u32 max;
};

static ssize_t stunt_port_setting_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	size_t offset = container_of(attr, struct stunt_port_setting, attr)->offset;
	struct stunt_port *sp = stunt_sysfs_get(dev);
	u32 value;

	if (!sp)
		return -ENODEV;
	value = *(u32 *)((void *)sp + offset);
	stunt_sysfs_put(dev);
	return sysfs_emit(buf, "%u\n", value);
}

static ssize_t stunt_port_setting_store(struct device *dev, struct device_attribute *attr,
					const char *buf, size_t len)
{
	struct stunt_port_setting *setting = container_of(attr, struct stunt_port_setting, attr);
	struct stunt_port *sp;
	unsigned long flags;
	u32 value;

	if (kstrtou32(buf, 0, &value) || value < setting->min || value > setting->max) {
		dev_notice(dev, "%s is a number from %u to %u\n", attr->attr.name, setting->min,
			   setting->max);
		return -EINVAL;
	}
	sp = stunt_sysfs_get(dev);
	if (!sp)
		return -ENODEV;
	uart_port_lock_irqsave(&sp->port, &flags);
	*(u32 *)((void *)sp + setting->offset) = value;
	if (sp->started)
		stunt_port_levels(sp);
	uart_port_unlock_irqrestore(&sp->port, flags);
	stunt_sysfs_put(dev);
	return len;
}

#define STUNT_PORT_SETTING(_name, _min, _max)					\
	static struct stunt_port_setting stunt_port_##_name = {			\
		.attr = __ATTR(_name, 0644, stunt_port_setting_show, stunt_port_setting_store), \
		.offset = offsetof(struct stunt_port, _name),			\
		.min = _min,							\
		.max = _max,							\
	}

/* Characters in the FIFO that ask for service, as 8250 calls it; and silence in bit times that does. */
STUNT_PORT_SETTING(rx_trig_bytes, 1, STUNT_UART_FIFO);
STUNT_PORT_SETTING(rx_timeout_bits, 1, STUNT_UART_P_RX_TIMEOUT_BITS);

/* Microseconds: fewer interrupts, and up to so much later. */
STUNT_PORT_SETTING(irq_gap_us, 0, STUNT_UART_P_MODERATION_US);

static struct attribute *stunt_port_attrs[] = {
	&stunt_port_interrupts.attr.attr,
	&stunt_port_lost_irqs.attr.attr,
	&stunt_port_fallbacks.attr.attr,
	&stunt_port_rx_paused.attr.attr,
	&stunt_port_rx_trig_bytes.attr.attr,
	&stunt_port_rx_timeout_bits.attr.attr,
	&stunt_port_irq_gap_us.attr.attr,
	&dev_attr_transfer.attr,
	NULL
};

struct attribute_group stunt_port_group = {
	.attrs = stunt_port_attrs,
};
