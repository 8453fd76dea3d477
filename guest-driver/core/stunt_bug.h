/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Planted bugs: what a driver can get wrong, and a scenario must catch. A driver's bugs.h defines
 * its table as STUNT_BUGS and includes this.
 *
 * The driver's sources are built twice. In the driver itself stunt_bug() is a constant false, and
 * nothing of a bug is left in the object code. In the variant of it, a module of the same name, the
 * parameter bug=NAME, of stunt_bug_param.h, chooses one of the table.
 */
#ifndef STUNT_BUG_H
#define STUNT_BUG_H

#include <linux/compiler.h>

#define STUNT_BUG_ID(_name, _class, _what) STUNT_BUG_##_name,

enum stunt_bug {
	STUNT_BUG_NONE = 0,
	STUNT_BUGS(STUNT_BUG_ID)
};

#ifdef STUNT_VARIANT
extern enum stunt_bug stunt_planted_bug;
#define stunt_bug(_name)	unlikely(stunt_planted_bug == STUNT_BUG_##_name)
#else
#define stunt_bug(_name)	(STUNT_BUG_##_name == STUNT_BUG_NONE)
#endif

#endif
