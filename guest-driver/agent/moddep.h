/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules.dep: which files to load, and in which order, for a module. Pure. */
#ifndef STUNT_AGENT_MODDEP_H
#define STUNT_AGENT_MODDEP_H

#include <stdbool.h>
#include <stddef.h>

#define MODDEP_MAX	64	/* modules that one needs, itself included */

/* Paths as in the file: relative to its folder. They point into its text and have no NUL. */
struct moddep_order {
	int count;
	struct moddep_path {
		const char *text;
		int len;
	} path[MODDEP_MAX];
};

/*
 * Fills @ret with what must be loaded for module @name, dependencies first, the module itself last. With a slash
 * @name is a path of the file without its ending ("variants/a"); else the first file of that name is meant.
 * @text is the content of modules.dep, NUL-terminated; each line is a file, a colon, and the files it needs.
 * Return: 0, -ENOENT (the module or one that it needs is not listed), -E2BIG, -ELOOP.
 */
int moddep_resolve(const char *text, const char *name, struct moddep_order *ret);

/*
 * Is @path the file of module @name? "-" and "_" are the same, unless @name has a slash, and what follows ".ko" does
 * not count.
 */
bool moddep_is(const struct moddep_path *path, const char *name);

/* The module's name as the kernel has it, into @ret; @path may be a plain name. False: it is too long. */
bool moddep_name(const struct moddep_path *path, char *ret, size_t size);

#endif
