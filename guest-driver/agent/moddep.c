// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "moddep.h"

#define MODDEP_NAME_MAX	64	/* the kernel's limit is 56 */
#define MODDEP_DEPTH	32

bool moddep_name(const struct moddep_path *path, char *ret, size_t size)
{
	const char *base = memrchr(path->text, '/', path->len);
	const char *end = path->text + path->len;
	const char *dot;
	size_t i, len;

	base = base ? base + 1 : path->text;
	dot = memchr(base, '.', end - base);
	len = (dot ? dot : end) - base;
	if (len >= size)
		return false;
	for (i = 0; i < len; i++)
		ret[i] = base[i] == '-' ? '_' : base[i];
	ret[len] = '\0';
	return true;
}

static bool path_is(const struct moddep_path *path, const char *name)
{
	size_t len = strlen(name);

	return (size_t)path->len > len && !memcmp(path->text, name, len) && path->text[len] == '.';
}

bool moddep_is(const struct moddep_path *path, const char *name)
{
	struct moddep_path other = { name, strlen(name) };
	char a[MODDEP_NAME_MAX], b[MODDEP_NAME_MAX];

	if (strchr(name, '/'))
		return path_is(path, name);
	return moddep_name(path, a, sizeof(a)) && moddep_name(&other, b, sizeof(b)) && !strcmp(a, b);
}

/* The path before the colon of the line at @line. */
static struct moddep_path line_path(const char *line)
{
	return (struct moddep_path){ line, strcspn(line, ":\n") };
}

static const char *find_line(const char *text, const char *name)
{
	const char *line = text;

	while (*line) {
		struct moddep_path path = line_path(line);

		if (line[path.len] == ':' && moddep_is(&path, name))
			return line;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

static bool listed(const struct moddep_order *order, const struct moddep_path *path)
{
	int i;

	for (i = 0; i < order->count; i++)
		if (order->path[i].text == path->text)
			return true;
	return false;
}

/* Takes the last word off the list from @start to *@end. False if there is none left. */
static bool take_last(const char *start, const char **end, struct moddep_path *ret)
{
	const char *at = *end;

	while (at > start && at[-1] == ' ')
		at--;
	*end = at;
	while (at > start && at[-1] != ' ')
		at--;
	*ret = (struct moddep_path){ at, *end - at };
	*end = at;
	return ret->len > 0;
}

static int visit(const char *text, const char *name, struct moddep_order *order, int depth);

/*
 * depmod lists all that a module needs, the nearest first; lists made by hand may have only the direct ones.
 * Going from the last to the first, and into each, gives the right order for both.
 */
static int visit_needed(const char *text, const char *list, struct moddep_order *order, int depth)
{
	const char *end = list + strcspn(list, "\n");
	struct moddep_path needed;
	char name[MODDEP_NAME_MAX];

	while (take_last(list, &end, &needed)) {
		int ret;

		if (!moddep_name(&needed, name, sizeof(name)))
			return -ENOENT;
		ret = visit(text, name, order, depth + 1);
		if (ret)
			return ret;
	}
	return 0;
}

static int visit(const char *text, const char *name, struct moddep_order *order, int depth)
{
	const char *line = find_line(text, name);
	struct moddep_path self;
	int ret;

	if (!line)
		return -ENOENT;
	if (depth > MODDEP_DEPTH)
		return -ELOOP;
	self = line_path(line);
	if (listed(order, &self))
		return 0;
	ret = visit_needed(text, line + self.len + 1, order, depth);
	if (ret)
		return ret;
	if (order->count == MODDEP_MAX)
		return -E2BIG;
	order->path[order->count++] = self;
	return 0;
}

int moddep_resolve(const char *text, const char *name, struct moddep_order *ret)
{
	ret->count = 0;
	return visit(text, name, ret, 0);
}
