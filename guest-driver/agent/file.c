// SPDX-License-Identifier: GPL-2.0-or-later
/* Files from and to the harness. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "agent.h"

#define PUT_APPEND	0x80000000u
#define GET_PIECE	(64 * 1024)

/* Explains on stderr; the errno, negative. */
static int explain(const char *what, const char *path, int error)
{
	dprintf(STDERR_FILENO, "%s %s: %s\n", what, path, strerror(error));
	return -error;
}

/* *ret_what: the step that failed. */
static int put(const struct request *request, const char **ret_what)
{
	bool append = (uint32_t)request->value & PUT_APPEND;
	mode_t mode = request->value & 07777;
	int fd, ret;

	*ret_what = "open";
	fd = open(request->name, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0600);
	if (fd < 0)
		return -errno;
	*ret_what = "write";
	ret = write_all(fd, request->data, request->data_len);
	/* A file of a driver may refuse a mode, and needs none. */
	if (!append && !ret)
		fchmod(fd, mode);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

static int put_in_child(const struct request *request)
{
	const char *what;
	int ret = put(request, &what);

	return ret ? explain(what, request->name, -ret) : 0;
}

static bool in_memory(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (fs.f_type == RAMFS_MAGIC || fs.f_type == TMPFS_MAGIC);
}

/* A regular file in memory, or none yet: no driver has a say in writing it. */
static bool is_harmless(const char *path)
{
	char copy[REQUEST_PATH_MAX];
	struct stat st;

	if (!stat(path, &st))
		return S_ISREG(st.st_mode) && in_memory(path);
	snprintf(copy, sizeof(copy), "%s", path);
	return in_memory(dirname(copy));
}

void file_put(struct agent *agent, const struct request *request)
{
	char text[REQUEST_PATH_MAX + 128] = "";
	const char *what;
	int ret;

	if (!is_harmless(request->name)) {
		task_call(agent, request, put_in_child);
		return;
	}
	ret = put(request, &what);
	if (ret)
		snprintf(text, sizeof(text), "%s %s: %s\n", what, request->name, strerror(-ret));
	task_done(agent, request->id, ret, text);
}

int file_get(const struct request *request)
{
	static char piece[GET_PIECE];
	int fd = open(request->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return explain("open", request->name, errno);
	while ((n = read(fd, piece, sizeof(piece)))) {
		int ret;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return explain("read", request->name, errno);
		ret = write_all(STDOUT_FILENO, piece, n);
		if (ret)
			return explain("hand over", request->name, -ret);
	}
	return 0;
}
