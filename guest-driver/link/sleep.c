// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tells the host when the system falls asleep and wakes up, as suspend to idle is nothing that hardware sees. The kernel
 * says it on its tracepoint: behind the last device, in front of the idle loop. Of deeper sleep the machine itself knows.
 */
#include <linux/string.h>
#include <linux/suspend.h>
#include <trace/events/power.h>

#include "link.h"

static void stunt_link_suspend_resume(void *data, const char *action, int state, bool start)
{
	struct stunt_link *link = data;

	if (state == (__force int)PM_SUSPEND_TO_IDLE && !strcmp(action, "machine_suspend"))
		stunt_write(&link->spci, STUNT_LINK_SLEEP, start ? STUNT_LINK_SLEEP_ASLEEP : 0);
}

int stunt_link_sleep_add(struct stunt_link *link)
{
	return register_trace_suspend_resume(stunt_link_suspend_resume, link);
}

void stunt_link_sleep_del(struct stunt_link *link)
{
	unregister_trace_suspend_resume(stunt_link_suspend_resume, link);
	tracepoint_synchronize_unregister();
}
