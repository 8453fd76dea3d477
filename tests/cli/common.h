/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the upper half share. */
#ifndef STUNT_TESTS_CLI_COMMON_H
#define STUNT_TESTS_CLI_COMMON_H

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include "stunt/error.h"

/* The error's message has the text. */
static inline void assert_has(const char *message, const char *text)
{
    if (!message || !strstr(message, text)) {
        g_error("'%s' is not in '%s'", text, message ? message : "(nothing)");
    }
}

/* A file of tests/cli. Free with g_free. */
static inline char *data_file(const char *name)
{
    return g_test_build_filename(G_TEST_DIST, name, NULL);
}

/* A new folder for the test; remove with remove_folder(). */
static inline char *new_folder(void)
{
    char *folder = g_dir_make_tmp("stunt-test-XXXXXX", NULL);

    g_assert_nonnull(folder);
    return folder;
}

static inline void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, entry, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            remove_folder(path);
        } else {
            g_unlink(path);
        }
    }
    g_rmdir(folder);
}

/* Writes folder/name, with its folders. Returns the path; free with g_free. */
static inline char *write_file(const char *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

#endif
