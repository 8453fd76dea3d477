// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last lines of a dying kernel. It runs wherever the kernel came to grief, so it takes no sleeping lock,
 * allocates nothing and waits for no interrupt: a copy into a ready buffer and a few register writes.
 */
#include <linux/kmsg_dump.h>
#include <linux/version.h>

#include "link.h"

/* What an exchange had put into the TX registers, in case the dump came in the middle of one. */
struct stunt_link_tx {
	u32 lo, hi, len;
};

static void stunt_link_tx_get(struct stunt_pci *spci, struct stunt_link_tx *tx)
{
	tx->lo = stunt_read(spci, STUNT_LINK_TX_ADDR_LO);
	tx->hi = stunt_read(spci, STUNT_LINK_TX_ADDR_HI);
	tx->len = stunt_read(spci, STUNT_LINK_TX_LEN);
}

static void stunt_link_tx_set(struct stunt_pci *spci, const struct stunt_link_tx *tx)
{
	stunt_write(spci, STUNT_LINK_TX_ADDR_HI, tx->hi);
	stunt_write(spci, STUNT_LINK_TX_ADDR_LO, tx->lo);
	stunt_write(spci, STUNT_LINK_TX_LEN, tx->len);
}

static void stunt_link_dump_send(struct stunt_link *link, size_t len)
{
	struct stunt_link_tx dump = {
		.lo = lower_32_bits(link->dump_addr),
		.hi = upper_32_bits(link->dump_addr),
		.len = len,
	};
	struct stunt_link_tx saved;

	stunt_link_tx_get(&link->spci, &saved);
	stunt_link_tx_set(&link->spci, &dump);
	stunt_write(&link->spci, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_DUMP);
	stunt_link_tx_set(&link->spci, &saved);
}

static void stunt_link_dump_write(struct stunt_link *link, enum kmsg_dump_reason reason)
{
	struct kmsg_dump_iter iter;
	size_t head, len = 0;

	head = scnprintf(link->dump, STUNT_LINK_DUMP_MAX, "stunt: kernel log at %s\n",
			 kmsg_dump_reason_str(reason));
	kmsg_dump_rewind(&iter);
	/* One call gives the newest lines that fit. */
	kmsg_dump_get_buffer(&iter, false, link->dump + head, STUNT_LINK_DUMP_MAX - head, &len);
	stunt_link_dump_send(link, head + len);
}

static void stunt_link_dump_reason(struct kmsg_dumper *dumper, enum kmsg_dump_reason reason)
{
	struct stunt_link *link = container_of(dumper, struct stunt_link, dumper);
	unsigned long flags;

	if (stunt_gone(&link->spci))
		return;
	if (raw_spin_trylock_irqsave(&link->doorbell_lock, flags)) {
		stunt_link_dump_write(link, reason);
		raw_spin_unlock_irqrestore(&link->doorbell_lock, flags);
	} else if (reason == KMSG_DUMP_PANIC) {
		/* The holder does not run any more; after an oops its work would be spoilt. */
		stunt_link_dump_write(link, reason);
	}
}

#if KERNEL_VERSION(6, 11, 0) <= LINUX_VERSION_CODE
static void stunt_link_dump(struct kmsg_dumper *dumper, struct kmsg_dump_detail *detail)
{
	stunt_link_dump_reason(dumper, detail->reason);
}
#else
static void stunt_link_dump(struct kmsg_dumper *dumper, enum kmsg_dump_reason reason)
{
	stunt_link_dump_reason(dumper, reason);
}
#endif

int stunt_link_dump_add(struct stunt_link *link)
{
	link->dumper.dump = stunt_link_dump;
	link->dumper.max_reason = KMSG_DUMP_OOPS;
	return kmsg_dump_register(&link->dumper);
}

void stunt_link_dump_del(struct stunt_link *link)
{
	/* Dumpers run under rcu_read_lock(); this waits for them. */
	kmsg_dump_unregister(&link->dumper);
}
