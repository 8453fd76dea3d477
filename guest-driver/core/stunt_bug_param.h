/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For one source of a variant, behind its bugs.h: the parameter that chooses a planted bug. */
#ifndef STUNT_BUG_PARAM_H
#define STUNT_BUG_PARAM_H

#include <linux/module.h>
#include <linux/sysfs.h>

#define STUNT_BUG_NAME(_name, _class, _what) [STUNT_BUG_##_name] = #_name,

static const char * const stunt_bug_names[] = {
	[STUNT_BUG_NONE] = "none",
	STUNT_BUGS(STUNT_BUG_NAME)
};

enum stunt_bug stunt_planted_bug;

static int stunt_bug_set(const char *value, const struct kernel_param *param)
{
	int nr = sysfs_match_string(stunt_bug_names, value);
	unsigned int i;

	if (nr >= 0) {
		stunt_planted_bug = nr;
		return 0;
	}
	pr_err("no such bug '%s'; there are:\n", value);
	for (i = 0; i < ARRAY_SIZE(stunt_bug_names); i++)
		pr_err("  %s\n", stunt_bug_names[i]);
	return -EINVAL;
}

static int stunt_bug_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", stunt_bug_names[stunt_planted_bug]);
}

static const struct kernel_param_ops stunt_bug_ops = {
	.set = stunt_bug_set,
	.get = stunt_bug_get,
};

module_param_cb(bug, &stunt_bug_ops, NULL, 0444);
MODULE_PARM_DESC(bug, "what this variant of the driver does wrong (none)");

#endif
