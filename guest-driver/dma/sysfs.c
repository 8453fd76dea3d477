// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters and settings, as attributes of the PCI device. */
#include <linux/pci.h>
#include <linux/sysfs.h>

#include "dma.h"

struct stunt_counter {
	struct device_attribute attr;
	size_t offset;		/* in struct stunt_dma_counters */
};

static ssize_t stunt_counter_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	size_t offset = container_of(attr, struct stunt_counter, attr)->offset;
	struct stunt_dma *sd = dev_get_drvdata(dev);
	atomic64_t *count = (void *)&sd->count + offset;

	return sysfs_emit(buf, "%lld\n", (long long)atomic64_read(count));
}

#define STUNT_COUNTER(_name)						\
	static struct stunt_counter stunt_counter_##_name = {		\
		.attr.attr = { .name = #_name, .mode = 0444 },		\
		.attr.show = stunt_counter_show,			\
		.offset = offsetof(struct stunt_dma_counters, _name),	\
	}

STUNT_COUNTER(lost_irqs);
STUNT_COUNTER(spurious_irqs);
STUNT_COUNTER(doorbells);
STUNT_COUNTER(timeouts);
STUNT_COUNTER(resets);
STUNT_COUNTER(errors);
STUNT_COUNTER(jobs);
STUNT_COUNTER(storms);

/* A field of CH_MODERATE. */
struct stunt_coalesce {
	struct device_attribute attr;
	u32 field;
};

static ssize_t stunt_coalesce_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u32 field = container_of(attr, struct stunt_coalesce, attr)->field;
	struct stunt_dma *sd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", (READ_ONCE(sd->moderate) & field) >> __ffs(field));
}

static ssize_t stunt_coalesce_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t len)
{
	u32 field = container_of(attr, struct stunt_coalesce, attr)->field;
	u32 max = field >> __ffs(field);
	u32 value;

	if (kstrtou32(buf, 0, &value) || value > max) {
		dev_notice(dev, "%s is a number from 0 to %u\n", attr->attr.name, max);
		return -EINVAL;
	}
	stunt_dma_moderate(dev_get_drvdata(dev), field, value << __ffs(field));
	return len;
}

#define STUNT_COALESCE(_name, _field)					\
	static struct stunt_coalesce stunt_coalesce_##_name = {		\
		.attr = __ATTR(coalesce_##_name, 0644, stunt_coalesce_show, stunt_coalesce_store), \
		.field = _field,					\
	}

STUNT_COALESCE(count, STUNT_DMA_CH_MODERATE_JOBS);
STUNT_COALESCE(usecs, STUNT_DMA_CH_MODERATE_TIME_US);

/* "CH0_DONE", or "CH0_DONE+CH2_DONE+ERROR" where these share a vector. */
static int stunt_vec_emit(const struct stunt_dma *sd, unsigned int vector, char *buf, int n)
{
	unsigned int cause;

	for (cause = vector; cause < STUNT_DMA_VECTORS; cause += sd->pci.vectors) {
		n += sysfs_emit_at(buf, n, cause == vector ? "" : "+");
		if (cause == STUNT_DMA_VEC_ERROR)
			n += sysfs_emit_at(buf, n, "ERROR");
		else if (cause == STUNT_DMA_VEC_PEER)
			n += sysfs_emit_at(buf, n, "PEER");
		else
			n += sysfs_emit_at(buf, n, "CH%u_DONE", cause);
	}
	return n;
}

/* "CH0_DONE=3 CH1_DONE=0 ... ERROR=0 PEER=0", or "ALL=3" where all causes share a vector. */
static ssize_t irq_counts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);
	unsigned int i;
	int n = 0;

	for (i = 0; i < sd->pci.vectors; i++) {
		if (sd->pci.vectors == 1)
			n = sysfs_emit(buf, "ALL");
		else
			n = stunt_vec_emit(sd, i, buf, n);
		n += sysfs_emit_at(buf, n, "=%lld%c", (long long)atomic64_read(&sd->vec[i].count),
				   i + 1 < sd->pci.vectors ? ' ' : '\n');
	}
	return n;
}
static DEVICE_ATTR_RO(irq_counts);

/* "msix 6": how it signals, and by how many vectors. */
static ssize_t irq_mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct stunt_dma *sd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s %u\n", stunt_pci_irq_mode_name(sd->pci.irq_mode),
			  sd->pci.vectors);
}
static DEVICE_ATTR_RO(irq_mode);

static struct attribute *stunt_dma_attrs[] = {
	&stunt_counter_lost_irqs.attr.attr,
	&stunt_counter_spurious_irqs.attr.attr,
	&stunt_counter_doorbells.attr.attr,
	&stunt_counter_timeouts.attr.attr,
	&stunt_counter_resets.attr.attr,
	&stunt_counter_errors.attr.attr,
	&stunt_counter_jobs.attr.attr,
	&stunt_counter_storms.attr.attr,
	&stunt_coalesce_count.attr.attr,
	&stunt_coalesce_usecs.attr.attr,
	&dev_attr_irq_counts.attr,
	&dev_attr_irq_mode.attr,
	NULL
};

static const struct attribute_group stunt_dma_group = {
	.attrs = stunt_dma_attrs,
};

const struct attribute_group *stunt_dma_groups[] = {
	&stunt_dma_group,
	NULL
};
