/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planted bugs of stunt_uart, see stunt_bug.h.
 *
 * BUG(name, class, what it does): alphabetical, each planted with stunt_bug(name) in at most two
 * lines. The table is read by bugs.py, too, so a row holds a name and two plain strings.
 */
#ifndef STUNT_UART_BUGS_H
#define STUNT_UART_BUGS_H

#define STUNT_BUGS(BUG)								\
	BUG(flow_race, "flow-control race",						\
	    "a throttled port goes on reading, and drops what the tty has no room for")	\
	BUG(lost_wakeup, "lost wake-up",						\
	    "a writer who waits for room is not told that there is some")		\
	BUG(missed_overrun, "missed overrun",						\
	    "characters that the device has lost are neither counted nor told")

#include "stunt_bug.h"

#endif
