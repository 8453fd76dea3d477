// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Children: commands, and requests that could hang or kill the process they run in. Each has a process group
 * and a pipe for stdout and one for stderr; its end is reported when all it wrote has been sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define TASK_READ	(64 * 1024)
/* As a shell has it: the program is there but cannot be run, and it is not there. */
#define STATUS_CANNOT	126
#define STATUS_MISSING	127
#define STATUS_SIGNAL	256

void task_done(struct agent *agent, uint32_t id, int value, const char *text)
{
	kmsg_send(agent);
	link_send(agent, STUNT_REC_DONE, id, value, text, strlen(text));
}

static struct task *find_task(struct agent *agent, uint32_t id)
{
	int i;

	for (i = 0; i < TASKS_MAX; i++)
		if (agent->task[i].used && agent->task[i].id == id)
			return &agent->task[i];
	return NULL;
}

static struct task *free_task(struct agent *agent)
{
	int i;

	for (i = 0; i < TASKS_MAX; i++)
		if (!agent->task[i].used)
			return &agent->task[i];
	return NULL;
}

/* Pipes for stdout and stderr; -1 with errno and nothing left behind. */
static int open_pipes(int out[2], int err[2])
{
	if (pipe2(out, O_CLOEXEC))
		return -1;
	if (pipe2(err, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return -1;
	}
	return 0;
}

/* The child has its ends of the pipes, or there is none when @pid is negative: then errno stays. */
static pid_t keep_task(struct task *task, pid_t pid, const int out[2], const int err[2])
{
	int why = errno;

	close(out[1]);
	close(err[1]);
	if (pid < 0) {
		close(out[0]);
		close(err[0]);
		errno = why;
		return -1;
	}
	/* Only our ends: the child's are its own open file descriptions. */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	*task = (struct task){ .used = true, .pid = pid, .fd = { out[0], err[0] } };
	return pid;
}

/* In the child: away from what process 1 has set up for itself. */
static void become_child(int out, int err)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
}

/* For work of our own. Return: as fork(), with the task's fields set in the parent; -1 with errno. */
static pid_t fork_task(struct task *task)
{
	int out[2], err[2];
	pid_t pid;

	if (open_pipes(out, err))
		return -1;
	pid = fork();
	if (!pid) {
		become_child(out[1], err[1]);
		return 0;
	}
	/* Both sides do it: a signal for the group may come before the child has run. */
	if (pid > 0)
		setpgid(pid, pid);
	return keep_task(task, pid, out, err);
}

/* become_child() for posix_spawn(), which does not copy our memory only to throw it away. */
static int spawn(pid_t *ret_pid, const struct request *request, int out, int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t set;
	int ret;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attr, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &set);
	/* It does not write to what argv points to. */
	ret = posix_spawnp(ret_pid, request->argv[0], &files, &attr, (char *const *)request->argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return ret;
}

/* Starts the program; -1 with errno, which is also that of its exec. */
static pid_t spawn_task(struct task *task, const struct request *request)
{
	int out[2], err[2];
	pid_t pid = -1;

	if (open_pipes(out, err))
		return -1;
	errno = spawn(&pid, request, out[1], err[1]);
	return keep_task(task, errno ? -1 : pid, out, err);
}

/* A command that could not be started ends like one whose shell says so. */
static void refuse_run(struct agent *agent, const struct request *request, const char *why, int status)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "stunt-agent: %.100s: %s\n", request->argv[0], why);

	link_send(agent, STUNT_REC_OUTPUT, request->id, STDERR_FILENO, text, len);
	link_send(agent, STUNT_REC_EXIT, request->id, status, NULL, 0);
}

void task_run(struct agent *agent, const struct request *request)
{
	struct task *task = free_task(agent);

	if (find_task(agent, request->id)) {
		task_done(agent, request->id, -EINVAL, "RUN: the id is in use");
	} else if (!task) {
		refuse_run(agent, request, "too many processes at one time", STATUS_CANNOT);
	} else if (spawn_task(task, request) < 0) {
		refuse_run(agent, request, strerror(errno), errno == ENOENT ? STATUS_MISSING : STATUS_CANNOT);
	} else {
		task->kind = TASK_COMMAND;
		task->id = request->id;
	}
}

void task_call(struct agent *agent, const struct request *request, task_work *work)
{
	struct task *task = free_task(agent);
	pid_t pid;

	if (find_task(agent, request->id)) {
		task_done(agent, request->id, -EINVAL, "the id is in use");
		return;
	}
	if (!task) {
		task_done(agent, request->id, -EAGAIN, "too many processes at one time");
		return;
	}
	pid = fork_task(task);
	if (!pid)
		_exit(-work(request));
	if (pid < 0) {
		task_done(agent, request->id, -errno, "cannot start a process");
		return;
	}
	task->kind = TASK_REQUEST;
	task->id = request->id;
}

void task_kill(struct agent *agent, const struct request *request)
{
	struct task *task = find_task(agent, request->id);

	if (!task)
		task_done(agent, request->id, -ESRCH, "KILL: no such command is running");
	else if (kill(-task->pid, request->value) && !task->reported)
		task_done(agent, request->id, -errno, "KILL: the signal cannot be sent");
	else if (task->reported)
		task_done(agent, request->id, 0, "");
	/* Else its EXIT or DONE is the answer. */
}

void task_quiet(struct agent *agent, const struct request *request)
{
	agent->quiet_id = request->id;
	/* From process 1 this reaches all others, kernel threads excepted. There may be none. */
	kill(-1, SIGKILL);
}

/* Orphans are ours, so no child is no process. */
static bool is_alone(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) && errno == ECHILD;
}

static void take_output(struct agent *agent, struct task *task, int stream, const void *data, size_t len)
{
	size_t room = sizeof(task->text) - 1 - task->text_len;

	/* A process that was left behind writes to nobody, but it must not get a SIGPIPE for it. */
	if (task->reported)
		return;
	if (task->kind == TASK_COMMAND) {
		link_send(agent, STUNT_REC_OUTPUT, task->id, stream + 1, data, len);
	} else if (stream == 0) {
		link_send(agent, STUNT_REC_DATA, task->id, 0, data, len);
	} else {
		memcpy(task->text + task->text_len, data, len < room ? len : room);
		task->text_len += len < room ? len : room;
	}
}

/* One read of a stream. True if there was something, be it the end. */
static bool pump_stream(struct agent *agent, struct task *task, int stream)
{
	static char data[TASK_READ];
	ssize_t n;

	if (task->fd[stream] < 0)
		return false;
	n = read(task->fd[stream], data, sizeof(data));
	if (n > 0) {
		take_output(agent, task, stream, data, n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	close(task->fd[stream]);
	task->fd[stream] = -1;
	return true;
}

static void report(struct agent *agent, struct task *task)
{
	bool signalled = WIFSIGNALED(task->status);

	task->reported = true;
	if (task->kind == TASK_COMMAND) {
		kmsg_send(agent);
		link_send(agent, STUNT_REC_EXIT, task->id,
			  signalled ? STATUS_SIGNAL + WTERMSIG(task->status) : WEXITSTATUS(task->status),
			  NULL, 0);
	} else if (signalled) {
		snprintf(task->text, sizeof(task->text), "ended by signal %d, see the kernel log",
			 WTERMSIG(task->status));
		task_done(agent, task->id, -EINTR, task->text);
	} else {
		task_done(agent, task->id, -WEXITSTATUS(task->status), task->text);
	}
}

static bool pump_task(struct agent *agent, struct task *task)
{
	/* Both, not the first that has something: neither stream holds the other up. */
	bool busy = pump_stream(agent, task, 0) | pump_stream(agent, task, 1);

	if (busy || !task->exited)
		return busy;
	if (!task->reported)
		report(agent, task);
	task->used = task->fd[0] >= 0 || task->fd[1] >= 0;
	return false;
}

/* Also takes processes that lost their parent, which are ours now. */
static void reap(struct agent *agent)
{
	int i, status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < TASKS_MAX; i++) {
			struct task *task = &agent->task[i];

			if (task->used && task->pid == pid && !task->exited) {
				task->exited = true;
				task->status = status;
			}
		}
}

void task_collect(struct agent *agent)
{
	bool busy;
	int i;

	do {
		busy = false;
		reap(agent);
		for (i = 0; i < TASKS_MAX; i++)
			if (agent->task[i].used)
				busy |= pump_task(agent, &agent->task[i]);
	} while (busy && !agent->inbox);
	if (agent->quiet_id && !busy && is_alone()) {
		task_done(agent, agent->quiet_id, 0, "");
		agent->quiet_id = 0;
	}
}
