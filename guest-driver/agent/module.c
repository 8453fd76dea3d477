// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel modules: loaded with all that they need, and an explanation if the kernel does not want them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"
#include "moddep.h"

/* linux/module.h of newer kernels; older ones refuse it */
#define INIT_COMPRESSED	4

static int explain(const char *name, const char *what, int error)
{
	dprintf(STDERR_FILENO, "%s: %s: %s\n", name, what, strerror(error));
	return -error;
}

/* In the words of the matter where the C library's mislead. */
static int explain_load(const char *path, int error)
{
	if (error == EEXIST)
		dprintf(STDERR_FILENO, "%s: is loaded already\n", path);
	else
		explain(path, "the kernel does not load it", error);
	return -error;
}

static int explain_resolve(const char *name, const char *list, int error)
{
	if (error == ENOENT)
		dprintf(STDERR_FILENO, "%s: it, or a module that it needs, is not in %s\n", name, list);
	else
		explain(name, list, error);
	return -error;
}

static int explain_remove(const char *name, int error)
{
	if (error == ENOENT)
		dprintf(STDERR_FILENO, "%s: is not loaded\n", name);
	else if (error == EWOULDBLOCK)
		dprintf(STDERR_FILENO, "%s: is in use\n", name);
	else
		explain(name, "the kernel does not remove it", error);
	return -error;
}

/* Loads one file. @again: what to return if the module is there already. */
static int load_file(const char *path, const char *params, int again)
{
	size_t len = strlen(path);
	int flags = len > 3 && !strcmp(path + len - 3, ".ko") ? 0 : INIT_COMPRESSED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int mark, ret = 0;

	if (fd < 0)
		return explain(path, "open", errno);
	mark = kmsg_mark();
	if (syscall(SYS_finit_module, fd, params, flags))
		ret = errno == EEXIST ? again : -errno;
	close(fd);
	if (ret) {
		explain_load(path, -ret);
		kmsg_tail(mark, STDERR_FILENO);
	} else if (mark >= 0) {
		close(mark);
	}
	return ret;
}

static int load_order(const char *folder, const struct moddep_order *order, const char *params)
{
	char path[PATH_MAX];
	int i, ret = 0;

	for (i = 0; i < order->count && !ret; i++) {
		bool last = i == order->count - 1;
		const struct moddep_path *file = &order->path[i];
		int len = snprintf(path, sizeof(path), "%s/%.*s", folder, file->len, file->text);

		if (len >= (int)sizeof(path))
			return explain(folder, "a path in modules.dep", ENAMETOOLONG);
		/* What a module needs may be loaded; the module itself would not get the parameters. */
		ret = load_file(path, last ? params : "", last ? -EEXIST : 0);
	}
	return ret;
}

int module_insert(const char *name, const char *params)
{
	struct moddep_order order;
	struct utsname uts;
	char folder[PATH_MAX], path[PATH_MAX];
	char *text;
	int ret;

	if (*name == '/')
		return load_file(name, params, -EEXIST);

	uname(&uts);
	snprintf(folder, sizeof(folder), "/lib/modules/%s", uts.release);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", uts.release);
	text = read_text(path);
	if (!text)
		return explain(name, path, errno);
	ret = moddep_resolve(text, name, &order);
	if (ret)
		explain_resolve(name, path, -ret);
	else
		ret = load_order(folder, &order, params);
	free(text);
	return ret;
}

/* Who keeps a module: other modules by name, or open files and the like by their number. */
static void explain_use(const char *name)
{
	char path[PATH_MAX];
	struct dirent *entry;
	char *count;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%s/holders", name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			dprintf(STDERR_FILENO, "  used by module %s\n", entry->d_name);
	if (dir)
		closedir(dir);
	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	count = read_text(path);
	if (count)
		dprintf(STDERR_FILENO, "  reference count %s", count);
	free(count);
}

int module_remove(const char *name)
{
	struct moddep_path given = { name, strlen(name) };
	char kernel_name[64];
	int mark, ret;

	if (!moddep_name(&given, kernel_name, sizeof(kernel_name)))
		return explain(name, "no module has such a name", ENOENT);
	mark = kmsg_mark();
	if (!syscall(SYS_delete_module, kernel_name, O_NONBLOCK))
		return 0;
	ret = explain_remove(kernel_name, errno);
	if (ret == -EWOULDBLOCK || ret == -EBUSY)
		explain_use(kernel_name);
	kmsg_tail(mark, STDERR_FILENO);
	return ret;
}
