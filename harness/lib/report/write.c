/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a file so that it is there whole or not at all, even when the program is killed: it is written
 * without a name (O_TMPFILE) and linked in when complete. File systems without O_TMPFILE get a temporary name
 * and a rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stunt/error.h"
#include "stunt/report.h"

#define FILE_MODE 0644

static gboolean fail(const char *file, GError **error)
{
    int code = errno;

    g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot write %s: %s", file, g_strerror(code));
    return FALSE;
}

static gboolean write_all(int fd, const char *text, gsize len)
{
    while (len) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            text += n;
            len -= n;
        }
    }
    return TRUE;
}

/* Gives the nameless file its name. linkat() never replaces, so an old file goes first. */
static gboolean link_in(int fd, const char *file)
{
    g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", fd);

    if (linkat(AT_FDCWD, self, AT_FDCWD, file, AT_SYMLINK_FOLLOW) == 0) {
        return TRUE;
    }
    return errno == EEXIST && unlink(file) == 0 &&
           linkat(AT_FDCWD, self, AT_FDCWD, file, AT_SYMLINK_FOLLOW) == 0;
}

static gboolean write_renamed(const char *file, const char *text, gsize len, GError **error)
{
    g_autofree char *temporary = g_strconcat(file, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, FILE_MODE);
    gboolean good;

    if (fd < 0) {
        return fail(file, error);
    }
    good = write_all(fd, text, len);
    good = close(fd) == 0 && good && rename(temporary, file) == 0;
    if (!good) {
        fail(file, error);
        unlink(temporary);
    }
    return good;
}

static gboolean write_stdout(const char *text, gsize len, GError **error)
{
    if (fflush(stdout) || !write_all(STDOUT_FILENO, text, len)) {
        return fail("standard output", error);
    }
    return TRUE;
}

/* A pipe or device given by the user is written to, not replaced. */
static gboolean is_special(const char *file)
{
    struct stat st;

    return stat(file, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static gboolean write_special(const char *file, const char *text, gsize len, GError **error)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    gboolean good = fd >= 0 && write_all(fd, text, len);

    if (!good) {
        fail(file, error);
    }
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

gboolean stunt_report_write(const char *file, const char *text, gsize len, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(file);
    gboolean good;
    int fd;

    if (g_str_equal(file, "-")) {
        return write_stdout(text, len, error);
    }
    if (is_special(file)) {
        return write_special(file, text, len, error);
    }
    fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        return write_renamed(file, text, len, error);
    }
    good = (write_all(fd, text, len) && link_in(fd, file)) || fail(file, error);
    close(fd);
    return good;
}
