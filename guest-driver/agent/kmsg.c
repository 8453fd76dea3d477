// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's log: /dev/kmsg gives one record with each read, and EAGAIN when there are no more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define KMSG_RECORD	8192	/* the kernel's own limit of a record with its fields */
#define TAIL_LINES	12
#define TAIL_WIDTH	150	/* so that all of them fit an explanation */

/* One record; its length, or 0 when there is none. */
static size_t read_record(int fd, char *record, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, record, size - 1);
		/* EPIPE: the kernel's ring overtook us. The rest follows; the gap shows in the numbers. */
	} while (n < 0 && (errno == EPIPE || errno == EINTR));
	if (n <= 0)
		return 0;
	record[n] = '\0';
	return n;
}

void kmsg_open(struct agent *agent)
{
	agent->kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (agent->kmsg_fd < 0)
		agent_log("cannot read /dev/kmsg: %s", strerror(errno));
}

void kmsg_send(struct agent *agent)
{
	static char record[KMSG_RECORD];
	size_t len;

	if (agent->kmsg_fd < 0)
		return;
	while ((len = read_record(agent->kmsg_fd, record, sizeof(record))))
		link_send(agent, STUNT_REC_KMSG, 0, 0, record, len);
}

int kmsg_mark(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

void kmsg_tail(int mark, int fd)
{
	static char record[KMSG_RECORD];
	char line[TAIL_LINES][TAIL_WIDTH];
	unsigned int count = 0, i;

	if (mark < 0)
		return;
	while (read_record(mark, record, sizeof(record))) {
		/* "priority,number,time,flags;text", then lines with fields. */
		const char *text = strchr(record, ';');

		if (!text)
			continue;
		text++;
		snprintf(line[count++ % TAIL_LINES], TAIL_WIDTH, "%.*s", (int)strcspn(text, "\n"), text);
	}
	for (i = count > TAIL_LINES ? count - TAIL_LINES : 0; i < count; i++)
		dprintf(fd, "  kernel: %s\n", line[i % TAIL_LINES]);
	close(mark);
}
