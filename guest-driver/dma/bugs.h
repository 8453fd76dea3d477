/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Planted bugs: what a driver can get wrong, and a scenario must catch.
 *
 * The driver's sources are built twice. In stunt_dma itself stunt_bug() is a constant false, and
 * nothing of a bug is left in the object code. In the variant of it, a module of the same name, the
 * parameter bug=NAME chooses one of the table.
 *
 * BUG(name, class, what it does): alphabetical, each planted with stunt_bug(name) in at most two
 * lines. The table is read by bugs.py, too, so a row holds a name and two plain strings.
 */
#ifndef STUNT_DMA_BUGS_H
#define STUNT_DMA_BUGS_H

#include <linux/compiler.h>

#define STUNT_DMA_BUGS(BUG)								\
	BUG(lost_watchdog, "no time-out",						\
	    "the watchdog is never armed: a lost interrupt hangs its caller")

#define STUNT_DMA_BUG_ID(_name, _class, _what) STUNT_DMA_BUG_##_name,

enum stunt_dma_bug {
	STUNT_DMA_BUG_NONE = 0,
	STUNT_DMA_BUGS(STUNT_DMA_BUG_ID)
};

#ifdef STUNT_VARIANT
extern enum stunt_dma_bug stunt_dma_bug;
#define stunt_bug(_name)	unlikely(stunt_dma_bug == STUNT_DMA_BUG_##_name)
#else
#define stunt_bug(_name)	(STUNT_DMA_BUG_##_name == STUNT_DMA_BUG_NONE)
#endif

#endif
