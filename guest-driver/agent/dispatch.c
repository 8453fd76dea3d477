// SPDX-License-Identifier: GPL-2.0-or-later
/* From a record of the harness to the function that does it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "agent.h"

static int insert_in_child(const struct request *request)
{
	/* The name that the kernel's messages show. */
	prctl(PR_SET_NAME, "insmod");
	return module_insert(request->name, request->params);
}

static int remove_in_child(const struct request *request)
{
	prctl(PR_SET_NAME, "rmmod");
	return module_remove(request->name);
}

static int get_in_child(const struct request *request)
{
	prctl(PR_SET_NAME, "get");
	return file_get(request);
}

static int look_in_child(const struct request *request)
{
	prctl(PR_SET_NAME, STUNT_LOOK_NAME);
	return look_at(request);
}

static noreturn void power_off(struct agent *agent, bool again)
{
	/* What was said before must still arrive; an answer would come too late. */
	kmsg_send(agent);
	if (agent->out.len)
		link_ask(agent);
	sync();
	reboot(again ? RB_AUTOBOOT : RB_POWER_OFF);
	agent_die("the machine does not power off: %s", strerror(errno));
}

/* What a driver did to the kernel: its messages and its taint. Neither file is a driver's, so no child reads it. */
static void tell_health(struct agent *agent, uint32_t id)
{
	char *taint = read_text("/proc/sys/kernel/tainted");

	if (taint)
		taint[strcspn(taint, "\n")] = '\0';
	task_done(agent, id, taint ? 0 : -errno, taint ? taint : "no /proc/sys/kernel/tainted");
	free(taint);
}

static uint64_t seed_of(const struct request *request)
{
	uint64_t seed;

	memcpy(&seed, request->data, sizeof(seed));
	return seed;
}

static void serve(struct agent *agent, const struct request *request)
{
	switch (request->type) {
	case STUNT_REC_RUN:
		task_run(agent, request);
		break;
	case STUNT_REC_KILL:
		task_kill(agent, request);
		break;
	case STUNT_REC_PUT:
		file_put(agent, request);
		break;
	case STUNT_REC_GET:
		task_call(agent, request, get_in_child);
		break;
	case STUNT_REC_INSMOD:
		task_call(agent, request, insert_in_child);
		break;
	case STUNT_REC_RMMOD:
		task_call(agent, request, remove_in_child);
		break;
	case STUNT_REC_SYNC:
		tell_health(agent, request->id);
		break;
	case STUNT_REC_LOOK:
		task_call(agent, request, look_in_child);
		break;
	case STUNT_REC_QUIET:
		task_quiet(agent, request);
		break;
	case STUNT_REC_SEED:
		seed_entropy(seed_of(request));
		break;
	case STUNT_REC_POWEROFF:
		power_off(agent, request->value == 1);
	}
}

void dispatch(struct agent *agent)
{
	struct inbox *message = agent->inbox;
	enum record_result result;
	struct request request;
	struct record record;
	const char *wrong;
	size_t pos = 0;

	/* Answers that come while this one is worked on queue up behind it. */
	while ((result = record_next(message->data, message->len, &pos, &record)) == RECORD_OK) {
		wrong = request_parse(&record, &request);
		if (wrong)
			task_done(agent, record.id, -EINVAL, wrong);
		else
			serve(agent, &request);
	}
	if (result == RECORD_CUT)
		task_done(agent, record.id, -EINVAL, "the message ends inside a record");
	agent->inbox = message->next;
	free(message);
}
