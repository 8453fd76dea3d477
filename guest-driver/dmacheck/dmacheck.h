/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the parts of stunt_dmacheck: who is told of what (main.c), the DMA API (api.c), being
 * called (hook.c).
 */
#ifndef STUNT_DMACHECK_H
#define STUNT_DMACHECK_H

#include <linux/types.h>

/* A function of the kernel's, and the one of ours that is called in its place. */
struct stunt_hook {
	unsigned long function;
	unsigned long substitute;
};

/* api.c: all that give or take memory that a device may use. */
extern const struct stunt_hook stunt_check_hooks[];
extern const unsigned int stunt_check_n_hooks;

/* hook.c: from now on, or no longer, the substitutes are called. May sleep. */
int stunt_hooks_set(void);
/* After it returns no substitute runs. */
void stunt_hooks_clear(void);

/* Around each substitute; hook.c waits for those that are inside. */
void stunt_hook_enter(void);
void stunt_hook_leave(void);

#endif
