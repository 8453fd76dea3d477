// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the DMA checker has to tell goes through the link, whose driver says here where. As with
 * marks, whoever tells only needs the core.
 */
#include <linux/export.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "stunt_core.h"
#include "stunt/regs/link.h"

/* Of all below; records come from any context. */
static DEFINE_RAW_SPINLOCK(tell_lock);
static const struct stunt_tell_sink *tell_sink;
static bool tell_enabled;

static void stunt_tell_control(void)
{
	if (tell_sink)
		writel(tell_enabled ? STUNT_LINK_CHECK_CTRL_ENABLE : 0,
		       tell_sink->regs + STUNT_LINK_CHECK_CTRL);
}

bool stunt_tell(const struct stunt_link_tell *tell, unsigned int n)
{
	const struct stunt_tell_sink *sink;
	unsigned long flags;

	raw_spin_lock_irqsave(&tell_lock, flags);
	sink = tell_sink;
	if (sink) {
		memcpy(sink->buf, tell, n * sizeof(*tell));
		/* writel() orders the records before it. */
		writel(n, sink->regs + STUNT_LINK_CHECK_COUNT);
	}
	raw_spin_unlock_irqrestore(&tell_lock, flags);
	return sink;
}
EXPORT_SYMBOL_GPL(stunt_tell);

void stunt_tell_enable(bool enable)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tell_lock, flags);
	tell_enabled = enable;
	stunt_tell_control();
	raw_spin_unlock_irqrestore(&tell_lock, flags);
}
EXPORT_SYMBOL_GPL(stunt_tell_enable);

int stunt_tell_attach(const struct stunt_tell_sink *sink)
{
	unsigned long flags;
	int ret = -EBUSY;

	raw_spin_lock_irqsave(&tell_lock, flags);
	if (!tell_sink || tell_sink == sink) {
		tell_sink = sink;
		stunt_tell_control();
		ret = 0;
	}
	raw_spin_unlock_irqrestore(&tell_lock, flags);
	return ret;
}
EXPORT_SYMBOL_GPL(stunt_tell_attach);

void stunt_tell_detach(const struct stunt_tell_sink *sink)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tell_lock, flags);
	if (tell_sink == sink) {
		writel(0, sink->regs + STUNT_LINK_CHECK_CTRL);
		tell_sink = NULL;
	}
	raw_spin_unlock_irqrestore(&tell_lock, flags);
}
EXPORT_SYMBOL_GPL(stunt_tell_detach);
