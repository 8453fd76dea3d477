// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

static void log_line(const char *prefix, const char *format, va_list args)
{
	char line[512];
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	size_t len;

	if (fd < 0)
		return;
	len = snprintf(line, sizeof(line), "%sstunt-agent: ", prefix);
	vsnprintf(line + len, sizeof(line) - len, format, args);
	write_all(fd, line, strlen(line));
	close(fd);
}

void agent_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("<6>", format, args);
	va_end(args);
}

void agent_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line("<0>", format, args);
	va_end(args);
	_exit(1);
}

char *read_text(const char *path)
{
	size_t len = 0, cap = 4096;
	char *text = malloc(cap);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	/* The size of a file in /proc is not known before its end. */
	while (text && fd >= 0 && (n = read(fd, text + len, cap - len - 1)) > 0) {
		len += n;
		if (len + 1 == cap) {
			char *more = realloc(text, cap *= 2);

			if (!more)
				free(text);
			text = more;
		}
	}
	if (fd >= 0)
		close(fd);
	if (!text || n < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}
