/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planted bugs of stunt_dma, see stunt_bug.h.
 *
 * BUG(name, class, what it does): alphabetical, each planted with stunt_bug(name) in at most two
 * lines. The table is read by bugs.py, too, so a row holds a name and two plain strings.
 */
#ifndef STUNT_DMA_BUGS_H
#define STUNT_DMA_BUGS_H

#include <linux/mutex.h>

#define STUNT_BUGS(BUG)								\
	BUG(ack_after_service, "acknowledged too late",					\
	    "the thread clears what it was woken for only after it has served: what came meanwhile is lost")	\
	BUG(check_then_sleep, "race",							\
	    "an interrupt between the look at 'done' and the sleep wakes nobody")	\
	BUG(close_forgets_jobs, "object lifetime",					\
	    "closing a file neither calls off its requests nor waits for them")		\
	BUG(command_untended, "lost setting",						\
	    "bus mastering that the device has forgotten is never switched on again")	\
	BUG(d3_delay_skipped, "too early",						\
	    "registers are accessed before the device has had its time to wake")	\
	BUG(d3_unsaved, "configuration not saved",					\
	    "the device is sent to D3hot before its configuration space is saved")	\
	BUG(desc_rewrite, "descriptor of the device's",					\
	    "the last descriptor is changed after the doorbell")			\
	BUG(double_put, "double free",							\
	    "a queue that is refused drops what closing its file drops again")		\
	BUG(empty_doorbell, "doorbell for nothing",					\
	    "the doorbell is rung at each look at the channel, work or not")		\
	BUG(irq_before_setup, "interrupt before setup",					\
	    "interrupts are served from the first moment of waking on")			\
	BUG(irq_freed_early, "freed in use",						\
	    "remove frees the interrupts while the device is at work")			\
	BUG(leak_on_error, "leak",							\
	    "a transfer that fails leaves its destination mapped")			\
	BUG(length_overrun, "beyond the mapping",					\
	    "descriptors are four bytes longer than what is mapped for them")		\
	BUG(lock_inversion, "lock order",						\
	    "RAW and CANCEL take the same two mutexes in opposite order")		\
	BUG(loop_on_dead, "loop on a dead device",					\
	    "who lets go of a device that was pulled out waits for its answer")			\
	BUG(lost_wake_up, "race",							\
	    "work that comes while the device is about to sleep does not wake it")	\
	BUG(lost_watchdog, "no time-out",						\
	    "the watchdog is never armed: a lost interrupt hangs its caller")		\
	BUG(map_not_zapped, "use after removal",					\
	    "mappings of a device that was let go of stay in the address space")	\
	BUG(map_twice, "mapped twice",							\
	    "the first page of a buffer is mapped once more, for the device to write")	\
	BUG(no_error_detected, "works on through errors",				\
	    "an error of the bus is heard of, and the device used all the same")	\
	BUG(no_irq_sync, "missing synchronize_irq",					\
	    "a reset does not hold off the handlers: they touch the device in reset")	\
	BUG(no_ones_check, "no all-ones check",						\
	    "INT_STATUS of all ones is taken at face value")				\
	BUG(no_restore, "configuration not restored",					\
	    "after a reset of the link configuration space is left as it is")		\
	BUG(pme_uncleared, "PME not cleared",						\
	    "what has rung stays in PEER_STATUS: the device asks to be woken as soon as it sleeps")	\
	BUG(pool_leak, "leak on error path",						\
	    "a chain of a transfer that failed is not given back to its pool")		\
	BUG(power_leaked, "leak",							\
	    "the reset of a channel keeps the device awake for ever")			\
	BUG(power_unheld, "asleep in use",						\
	    "work does not keep the device awake")					\
	BUG(restart_halfway, "counted twice",						\
	    "a job that starts over counts what it had done before")			\
	BUG(reuse_stale, "use after completion",					\
	    "from the second round on, slots of the ring are handed over as they are")	\
	BUG(ring_lost_in_sleep, "lost event",						\
	    "what has rung while the device slept is cleared unseen when it wakes")	\
	BUG(sleep_in_primary, "sleeps in atomic context",				\
	    "the hard handler sleeps")							\
	BUG(touch_in_d3, "access in D3",						\
	    "the health thread goes on asking while the device sleeps")			\
	BUG(touch_in_reset, "access during a reset",					\
	    "a reset of the function is done once more, and not waited for")		\
	BUG(truncate_32, "address truncation",						\
	    "source addresses lose all but their lower 32 bits")			\
	BUG(truncate_40, "address truncation",						\
	    "source addresses lose all but their lower 40 bits")			\
	BUG(unmap_early, "use after unmap",						\
	    "the destination is unmapped before the transfer is begun")			\
	BUG(wrong_direction, "wrong direction",						\
	    "destinations are mapped for the device to read")				\
	BUG(wrong_period, "lost count",							\
	    "after a late interrupt a cyclic transfer is a period short")

#include "stunt_bug.h"

/* For a path that takes a lock which it has no business with. */
static inline void stunt_bug_visit(struct mutex *lock)
{
	mutex_lock(lock);
	mutex_unlock(lock);
}

#endif
