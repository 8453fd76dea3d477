// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of the kernel's functions come to ours, by the same means as live patching: ftrace calls us
 * at the entry of the function, and we say where to go on. The substitute calls the function
 * itself, and that call we let pass.
 *
 * Not kprobes: those miss a call that comes in an interrupt while another probe is at work, and a
 * mapping that was not seen would be a false finding. ftrace's recursion guard knows contexts
 * apart, and needs no instances.
 */
#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/wait_bit.h>

#include "dmacheck.h"

#ifndef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#error "the kernel must be able to change the way at a function's entry"
#endif

/* The call into ftrace comes within so many bytes of a function's first. */
#define STUNT_HOOK_ENTRY_BYTES	16

static atomic_t inside = ATOMIC_INIT(0);

void stunt_hook_enter(void)
{
	atomic_inc(&inside);
}

void stunt_hook_leave(void)
{
	if (atomic_dec_and_test(&inside))
		wake_up_var(&inside);
}

static unsigned long notrace stunt_hook_find(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < stunt_check_n_hooks; i++)
		if (ip - stunt_check_hooks[i].function < STUNT_HOOK_ENTRY_BYTES)
			return stunt_check_hooks[i].substitute;
	return 0;
}

static void notrace stunt_hook_call(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				    struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);
	unsigned long substitute;

	if (!regs || within_module(parent_ip, THIS_MODULE))
		return;
	substitute = stunt_hook_find(ip);
	if (substitute)
		instruction_pointer_set(regs, substitute);
}

static struct ftrace_ops stunt_hook_ops = {
	.func = stunt_hook_call,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION |
		 FTRACE_OPS_FL_PERMANENT,
};

int stunt_hooks_set(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < stunt_check_n_hooks; i++) {
		ret = ftrace_set_filter_ip(&stunt_hook_ops, stunt_check_hooks[i].function, 0, 0);
		if (ret) {
			pr_err("stunt_dmacheck: %ps cannot be watched\n",
			       (void *)stunt_check_hooks[i].function);
			return ret;
		}
	}
	return register_ftrace_function(&stunt_hook_ops);
}

void stunt_hooks_clear(void)
{
	unregister_ftrace_function(&stunt_hook_ops);
	/* Who was sent to a substitute before that, and has not come as far as to be counted; */
	synchronize_rcu_tasks();
	/* who is in one, maybe asleep; */
	wait_var_event(&inside, !atomic_read(&inside));
	/* and who has been counted out, and has not returned. */
	synchronize_rcu_tasks();
}
