/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The agent: the guest's first process. One process, one loop, no threads; whatever can hang or bring down
 * its process (commands, module loading, files of drivers) runs in a child, so that the conversation goes on.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef STUNT_AGENT_H
#define STUNT_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include "record.h"
#include "request.h"

#define TASKS_MAX	64	/* children at one time */
#define TASK_TEXT	2048	/* explanation of an error */

/* What a child's output becomes. */
enum task_kind {
	TASK_COMMAND,	/* RUN: OUTPUT, then EXIT */
	TASK_REQUEST,	/* all others: stdout is DATA, stderr an explanation, the status an errno: DONE */
};

struct task {
	bool used;
	enum task_kind kind;
	uint32_t id;
	pid_t pid;		/* also its process group */
	int fd[2];		/* stdout and stderr, to be read; -1: at its end */
	bool exited;
	bool reported;		/* EXIT or DONE was sent; descendants may still hold the pipes */
	int status;		/* of wait */
	char text[TASK_TEXT];
	size_t text_len;
};

/* An answer of the harness that has not been worked on. */
struct inbox {
	struct inbox *next;
	size_t len;
	uint8_t data[];
};

struct agent {
	int link_fd;
	int signal_fd;
	int kmsg_fd;
	struct message out;
	struct inbox *inbox;	/* oldest first */
	struct task task[TASKS_MAX];
	uint32_t quiet_id;	/* of a QUIET that is not answered yet, 0: none */
};

/* util.c */
/* Writes a line to the kernel log. */
void agent_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For states that nothing can be made of: a line in the log, and the end of process 1 panics the kernel. */
noreturn void agent_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whole content of a file, NUL-terminated, to be freed; NULL with errno set. For small files. */
char *read_text(const char *path);
/* Writes all of it. */
int write_all(int fd, const void *data, size_t len);

/* setup.c */
void setup_system(void);
/* The kernel's random numbers follow from @seed, and from what happened so far, from now on. */
void seed_entropy(uint64_t seed);

/* link.c */
/* Opens /dev/stunt-link. -ENODEV: there is none, -ENOTCONN: nobody at the other end. */
int link_open(struct agent *agent);
/* Adds a record to the message; asks first if it does not fit. */
void link_send(struct agent *agent, uint32_t type, uint32_t id, int32_t value,
	       const void *payload, size_t len);
/* Sends the message and puts the answer, if there is one, at the end of the inbox. */
void link_ask(struct agent *agent);

/* kmsg.c */
void kmsg_open(struct agent *agent);
/* Sends all kernel messages so far. */
void kmsg_send(struct agent *agent);
/* The kernel's log from now on, to be given to kmsg_tail(). Negative: there is none. */
int kmsg_mark(void);
/* Writes the text of the last lines since kmsg_mark() to @fd and closes the mark. */
void kmsg_tail(int mark, int fd);

/* task.c */
/* Sends DONE, after all kernel messages so far. @value: 0 or negative errno, @text: explanation or "". */
void task_done(struct agent *agent, uint32_t id, int value, const char *text);
/* Starts a command. */
void task_run(struct agent *agent, const struct request *request);
/* What runs in a child: returns 0 or a negative errno, and explains an error on stderr. */
typedef int task_work(const struct request *request);
void task_call(struct agent *agent, const struct request *request, task_work *work);
void task_kill(struct agent *agent, const struct request *request);
/* Kills every process but this one; task_collect() answers when all have ended. */
void task_quiet(struct agent *agent, const struct request *request);
/* Takes what children wrote and how they ended, until nothing is ready or the harness has a request. */
void task_collect(struct agent *agent);

/* file.c */
void file_put(struct agent *agent, const struct request *request);
int file_get(const struct request *request);

/* look.c */
/* Files and folders as they are now, to stdout. */
int look_at(const struct request *request);

/* module.c; they write explanations to stderr */
int module_insert(const char *name, const char *params);
int module_remove(const char *name);

/* dispatch.c */
/* Works on the oldest message of the inbox and drops it. */
void dispatch(struct agent *agent);

/* shell.c */
/* For a machine without a harness: a shell on the console, and power off when it ends. */
noreturn void shell(const char *why);

#endif
