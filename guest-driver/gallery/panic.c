// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deliberate panic: a driver that takes the machine down with it, because its device said something
 * that it had not expected.
 *
 * Right: stop the device, fail the request, say so in the log. The machine is not the driver's to end.
 */
#include <linux/panic.h>

#include "gallery.h"

static int panic_run(struct stunt_pci *spci)
{
	panic("stunt_gallery: status %#x makes no sense", 0xdead);
}

const struct gallery_bug gallery_panic[] = {
	{ "panic", panic_run },
	{ }
};
