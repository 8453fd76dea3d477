// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Invalid memory access: behind the end, after the free, through a pointer that was never set. The
 * first two seldom crash where they happen: they change what belongs to somebody else.
 *
 * Right: lengths that travel with the buffer; pointers cleared, or reference counted, when the
 * memory goes.
 */
#include <linux/slab.h>

#include "gallery.h"

#define MEMORY_BYTES	40

static int memory_out_of_bounds(struct stunt_pci *spci)
{
	u8 *status = kzalloc(MEMORY_BYTES, GFP_KERNEL);
	size_t len = MEMORY_BYTES;

	if (!status)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(len);
	status[len] = 1;		/* "len", and the last one is len - 1 */
	kfree(status);
	return 0;
}

static int memory_use_after_free(struct stunt_pci *spci)
{
	u32 *job = kzalloc(MEMORY_BYTES, GFP_KERNEL);
	u32 *seen_by_handler = job;

	if (!job)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(seen_by_handler);
	kfree(job);
	WRITE_ONCE(seen_by_handler[1], 1);	/* the late completion */
	return 0;
}

static int memory_null(struct stunt_pci *spci)
{
	struct stunt_pci *device = NULL;

	OPTIMIZER_HIDE_VAR(device);
	return READ_ONCE(device->vectors) ? 0 : -EIO;
}

const struct gallery_bug gallery_memory[] = {
	{ "out-of-bounds", memory_out_of_bounds },
	{ "use-after-free", memory_use_after_free },
	{ "null-pointer", memory_null },
	{ }
};
