// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Illegal instruction or operand: what the processor refuses, and what C leaves undefined. The second
 * kind is the worse one: a shift that is too wide gives some number, and all goes on with it.
 *
 * Right: check what came from hardware or user space before it becomes a divisor, a shift or an index.
 */
#include <linux/bug.h>
#include <linux/kernel.h>

#include "gallery.h"

static u32 illegal_from_device(u32 value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

/* What BUG() does, and a jump into data. */
static int illegal_instruction(struct stunt_pci *spci)
{
	BUG_ON(illegal_from_device(1));
	return 0;
}

static int illegal_divide(struct stunt_pci *spci)
{
	return 4096 / illegal_from_device(0) == 1 ? -EIO : 0;
}

static int illegal_shift(struct stunt_pci *spci)
{
	int mask = 1 << illegal_from_device(40);

	return mask == 0 ? -EIO : 0;
}

static int illegal_index(struct stunt_pci *spci)
{
	static const u16 rate[4] = { 1, 2, 4, 8 };

	return rate[illegal_from_device(4)] == 16 ? -EIO : 0;
}

const struct gallery_bug gallery_illegal[] = {
	{ "illegal-instruction", illegal_instruction },
	{ "illegal-divide", illegal_divide },
	{ "illegal-shift", illegal_shift },
	{ "illegal-index", illegal_index },
	{ }
};
