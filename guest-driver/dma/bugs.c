// SPDX-License-Identifier: GPL-2.0-or-later
/* Only in the variant: the parameter that chooses a planted bug. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/sysfs.h>

#include "bugs.h"

#define STUNT_DMA_BUG_NAME(_name, _class, _what) [STUNT_DMA_BUG_##_name] = #_name,

static const char * const stunt_dma_bug_names[] = {
	[STUNT_DMA_BUG_NONE] = "none",
	STUNT_DMA_BUGS(STUNT_DMA_BUG_NAME)
};

enum stunt_dma_bug stunt_dma_bug;

static int stunt_dma_bug_set(const char *value, const struct kernel_param *param)
{
	int nr = sysfs_match_string(stunt_dma_bug_names, value);
	unsigned int i;

	if (nr >= 0) {
		stunt_dma_bug = nr;
		return 0;
	}
	pr_err("no such bug '%s'; there are:\n", value);
	for (i = 0; i < ARRAY_SIZE(stunt_dma_bug_names); i++)
		pr_err("  %s\n", stunt_dma_bug_names[i]);
	return -EINVAL;
}

static int stunt_dma_bug_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", stunt_dma_bug_names[stunt_dma_bug]);
}

static const struct kernel_param_ops stunt_dma_bug_ops = {
	.set = stunt_dma_bug_set,
	.get = stunt_dma_bug_get,
};

module_param_cb(bug, &stunt_dma_bug_ops, NULL, 0444);
MODULE_PARM_DESC(bug, "what this variant of the driver does wrong (none)");
