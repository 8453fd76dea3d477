/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gallery of driver bugs, one file a class. Each is as small as it can be and does real harm: they
 * are there to show what a bug looks like, and what catches it (docs/howto/eight-bugs.md).
 */
#ifndef STUNT_GALLERY_H
#define STUNT_GALLERY_H

#include "stunt_core.h"

/**
 * struct gallery_bug - something that can be done wrong
 * @name: file in /sys/kernel/debug/stunt_gallery; a write to it does it
 * @run: does it, in the writing process; an error is what the write then gives
 */
struct gallery_bug {
	const char *name;
	int (*run)(struct stunt_pci *spci);
};

/* Of each file, ended by one without a name. */
extern const struct gallery_bug gallery_race[];
extern const struct gallery_bug gallery_deadlock[];
extern const struct gallery_bug gallery_contention[];
extern const struct gallery_bug gallery_memory[];
extern const struct gallery_bug gallery_leak[];
extern const struct gallery_bug gallery_illegal[];
extern const struct gallery_bug gallery_sleep[];
extern const struct gallery_bug gallery_panic[];

#endif
