// SPDX-License-Identifier: GPL-2.0-or-later
/* Many small files and folders at once, for whoever compares what there was with what there is. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* Its names, one a line, to be freed; NULL with errno. */
static char *read_folder(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (!dir)
		return NULL;
	out = open_memstream(&text, &len);
	while (out && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			fprintf(out, "%s\n", entry->d_name);
	if (out)
		fclose(out);
	closedir(dir);
	return text;
}

static void look_at_one(const char *path, bool from_pattern)
{
	bool folder = path[strlen(path) - 1] == '/';
	char *text = folder ? read_folder(path) : read_text(path);

	if (text)
		printf("=%zu %s\n%s\n", strlen(text), path, text);
	else if (!from_pattern)
		printf("!%d %s\n", errno, path);
	free(text);
}

static void look_at_all(const char *pattern)
{
	glob_t found;
	size_t i;

	if (!glob(pattern, 0, NULL, &found))
		for (i = 0; i < found.gl_pathc; i++)
			look_at_one(found.gl_pathv[i], true);
	globfree(&found);
}

int look_at(const struct request *request)
{
	static char buffer[64 * 1024]; /* each write wakes the agent, which stops the machine to tell it */
	int i;

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (i = 0; i < request->argc; i++) {
		if (strpbrk(request->argv[i], "*?["))
			look_at_all(request->argv[i]);
		else
			look_at_one(request->argv[i], false);
	}
	return fflush(stdout) ? -EIO : 0;
}
