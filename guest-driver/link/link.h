/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of stunt_link: bus glue (pci.c), /dev/stunt-link (chardev.c), panic dump (dump.c), sleep (sleep.c). */
#ifndef STUNT_LINK_DRIVER_H
#define STUNT_LINK_DRIVER_H

#include <linux/kmsg_dump.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "stunt_core.h"
#include "stunt/proto.h"
#include "stunt/regs/link.h"

/* Kernel log that is handed over when the guest dies. */
#define STUNT_LINK_DUMP_MAX	(64u * 1024)

struct stunt_link {
	struct stunt_pci spci;
	struct kref ref;		/* an open file outlives the device */
	struct miscdevice misc;

	struct mutex lock;		/* of opened, gone and the message buffers */
	bool opened;
	bool gone;
	void *tx, *rx;			/* STUNT_MESSAGE_MAX bytes each */
	dma_addr_t tx_addr, rx_addr;

	/* Held from setting TX_* to taking the answer, so that a dump does not come between. */
	raw_spinlock_t doorbell_lock;

	wait_queue_head_t wait;
	bool attention;

	struct stunt_tell_sink tells;
	dma_addr_t tells_addr;

	struct kmsg_dumper dumper;
	void *dump;			/* STUNT_LINK_DUMP_MAX bytes */
	dma_addr_t dump_addr;
};

int stunt_link_chardev_add(struct stunt_link *link);
/* No new exchange begins and none is running when it returns; open files stay, and get ENODEV. */
void stunt_link_chardev_del(struct stunt_link *link);

/* Wakes who polls. Any context. */
void stunt_link_attention(struct stunt_link *link);

int stunt_link_dump_add(struct stunt_link *link);
void stunt_link_dump_del(struct stunt_link *link);

int stunt_link_sleep_add(struct stunt_link *link);
void stunt_link_sleep_del(struct stunt_link *link);

void stunt_link_put(struct stunt_link *link);

#endif
