// SPDX-License-Identifier: GPL-2.0-or-later
/* Booted by hand: a shell on the console in place of a harness. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

static noreturn void run_shell(const char *why)
{
	sigset_t none;
	int fd;

	setsid();
	fd = open("/dev/console", O_RDWR);
	if (fd >= 0) {
		ioctl(fd, TIOCSCTTY, 0);
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	printf("\nstunt-agent: %s. This is a shell; the machine powers off when it ends.\n", why);
	fflush(stdout);
	execl("/bin/sh", "-sh", (char *)NULL);
	agent_log("cannot run /bin/sh: %s", strerror(errno));
	_exit(127);
}

void shell(const char *why)
{
	pid_t pid = fork();

	if (!pid)
		run_shell(why);
	/* Until the shell ends; others that end meanwhile are only orphans. */
	while (pid > 0) {
		pid_t ended = wait(NULL);

		if (ended == pid || (ended < 0 && errno != EINTR))
			break;
	}
	sync();
	reboot(RB_POWER_OFF);
	agent_die("the machine does not power off: %s", strerror(errno));
}
