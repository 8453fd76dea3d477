// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Marks on the timeline. The register belongs to the link's driver; whoever marks only needs the core, so
 * that no driver depends on the link and all of them work on a machine without one.
 */
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "stunt_core.h"

static DEFINE_MUTEX(mark_lock);
/* Read under rcu_read_lock(): a mark may come from any context, so no lock can be taken there. */
static void __iomem *mark_reg;

bool stunt_mark(u32 value)
{
	void __iomem *reg;

	rcu_read_lock();
	reg = READ_ONCE(mark_reg);
	if (reg)
		writel(value, reg);
	rcu_read_unlock();
	return reg;
}
EXPORT_SYMBOL_GPL(stunt_mark);

int stunt_mark_attach(void __iomem *reg)
{
	int ret = -EBUSY;

	mutex_lock(&mark_lock);
	if (!mark_reg) {
		WRITE_ONCE(mark_reg, reg);
		ret = 0;
	}
	mutex_unlock(&mark_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(stunt_mark_attach);

void stunt_mark_detach(void __iomem *reg)
{
	mutex_lock(&mark_lock);
	if (mark_reg == reg)
		WRITE_ONCE(mark_reg, NULL);
	mutex_unlock(&mark_lock);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(stunt_mark_detach);
