// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"

/* Ends of children are something to poll for. */
static void open_signals(struct agent *agent)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	agent->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (agent->signal_fd < 0)
		agent_die("no signalfd: %s", strerror(errno));
}

static void say_hello(struct agent *agent)
{
	struct utsname uts;

	uname(&uts);
	link_send(agent, STUNT_REC_HELLO, 0, STUNT_PROTO_VERSION, uts.release, strlen(uts.release));
}

/* Sleeps until a child has written or ended, or the harness wants to be asked: returns whether it does. */
static bool wait_for_something(struct agent *agent)
{
	struct pollfd fds[2 + 2 * TASKS_MAX];
	struct signalfd_siginfo info;
	nfds_t count = 2;
	int i;

	fds[0] = (struct pollfd){ .fd = agent->link_fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = agent->signal_fd, .events = POLLIN };
	for (i = 0; i < TASKS_MAX; i++) {
		const struct task *task = &agent->task[i];

		if (!task->used)
			continue;
		/* poll() passes over negative ones. */
		fds[count++] = (struct pollfd){ .fd = task->fd[0], .events = POLLIN };
		fds[count++] = (struct pollfd){ .fd = task->fd[1], .events = POLLIN };
	}
	poll(fds, count, -1);
	/* Several ends make one signal: task_collect() looks at all children anyway. */
	while (read(agent->signal_fd, &info, sizeof(info)) > 0)
		;
	return fds[0].revents;
}

static noreturn void serve_harness(struct agent *agent)
{
	bool wanted = false;

	say_hello(agent);
	for (;;) {
		task_collect(agent);
		if (!agent->inbox) {
			kmsg_send(agent);
			/* Each question stops the machine: none without a reason. */
			if (agent->out.len || wanted)
				link_ask(agent);
			wanted = false;
		}
		/* An empty answer: go on until something happens. */
		if (!agent->inbox)
			wanted = wait_for_something(agent);
		while (agent->inbox)
			dispatch(agent);
	}
}

int main(void)
{
	static struct agent agent;
	char why[128];
	int ret;

	if (getpid() != 1) {
		fprintf(stderr, "stunt-agent is the first process of a guest and nothing else\n");
		return 64;
	}
	setup_system();
	open_signals(&agent);
	ret = module_insert("stunt_link", "");
	if (ret)
		agent_log("stunt_link is not loaded: %s", strerror(-ret));
	ret = link_open(&agent);
	if (ret) {
		snprintf(why, sizeof(why), "no harness at /dev/stunt-link: %s", strerror(-ret));
		shell(why);
	}
	kmsg_open(&agent);
	serve_harness(&agent);
}
