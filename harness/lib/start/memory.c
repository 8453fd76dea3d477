/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that templates share. The first template of a kernel offers its RAM file under the name FOLDER/KEY.ram, by a link
 * of the file system; those that come later have a link to it, and beside it only what differs. The file is there as
 * long as one of them is.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/start/template.h"

static char *offered(const char *folder, const char *memory)
{
    return g_strconcat(folder, "/", memory, STUNT_MEMORY_SUFFIX, NULL);
}

static int open_whole(const char *path, guint64 bytes)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat st;

    if (fd >= 0 && (fstat(fd, &st) < 0 || (guint64)st.st_size != bytes)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int stunt_memory_take(const char *folder, const StuntMemory *memory, const char *place)
{
    g_autofree char *from = offered(folder, memory->key);
    g_autofree char *to = g_build_filename(place, "ram", NULL);
    int fd = link(from, to) < 0 ? -1 : open_whole(to, memory->bytes);

    if (fd < 0) {
        unlink(to);
        unlink(from); /* damaged, or not there */
    }
    return fd;
}

void stunt_memory_offer(const char *folder, const StuntMemory *memory, const char *place)
{
    g_autofree char *from = g_build_filename(place, "ram", NULL);
    g_autofree char *to = offered(folder, memory->key);

    (void)!link(from, to); /* there may be one by now, or no links on this file system */
}

void stunt_memory_remove_unused(const char *path)
{
    struct stat st;

    if (g_str_has_suffix(path, STUNT_MEMORY_SUFFIX) && stat(path, &st) == 0 && st.st_nlink == 1) {
        unlink(path);
    }
}
