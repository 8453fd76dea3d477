/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "lib/start/sum.h"
#include "stunt/error.h"

#define PAGE 4096

static gboolean is_zero(const guint8 *page, gsize len)
{
    return !page[0] && memcmp(page, page + 1, len - 1) == 0;
}

/* Each page with something in it, under its number. */
static void add_pages(XXH3_state_t *state, const guint8 *data, gsize from, gsize to)
{
    for (gsize at = from; at < to; at += PAGE) {
        gsize len = MIN(PAGE, to - at);
        guint64 number = at / PAGE;

        if (!is_zero(data + at, len)) {
            XXH3_128bits_update(state, &number, sizeof(number));
            XXH3_128bits_update(state, data + at, len);
        }
    }
}

/* Holes are skipped where the file system tells of them: reading them would fill the page cache with zeros. */
static void add_data(XXH3_state_t *state, int fd, const guint8 *data, gsize size)
{
    off_t at = lseek(fd, 0, SEEK_DATA);

    if (at < 0 && errno != ENXIO) {
        add_pages(state, data, 0, size);
        return;
    }
    while (at >= 0 && (gsize)at < size) {
        off_t end = lseek(fd, at, SEEK_HOLE);
        gsize from = (gsize)at / PAGE * PAGE, to = end < 0 ? size : MIN((gsize)end, size);

        add_pages(state, data, from, to);
        at = end < 0 ? -1 : lseek(fd, end, SEEK_DATA);
    }
}

static void fail(GError **error, const char *name)
{
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_MISSING, "%s cannot be read: %s", name, g_strerror(errno));
}

char *stunt_sum_fd(int fd, const char *name, GError **error)
{
    XXH3_state_t *state;
    XXH128_canonical_t sum;
    GString *text;
    struct stat st;
    guint64 size;
    void *data;

    if (fstat(fd, &st) < 0) {
        fail(error, name);
        return NULL;
    }
    size = (guint64)st.st_size;
    data = size ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : NULL;
    if (data == MAP_FAILED) {
        fail(error, name);
        return NULL;
    }
    state = XXH3_createState();
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, &size, sizeof(size));
    if (data) {
        madvise(data, size, MADV_WILLNEED);
        add_data(state, fd, data, size);
        munmap(data, size);
    }
    XXH128_canonicalFromHash(&sum, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    text = g_string_new(NULL);
    for (gsize i = 0; i < sizeof(sum.digest); i++) {
        g_string_append_printf(text, "%02x", sum.digest[i]);
    }
    return g_string_free(text, FALSE);
}

char *stunt_sum_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *sum;

    if (fd < 0) {
        fail(error, path);
        return NULL;
    }
    sum = stunt_sum_fd(fd, path, error);
    close(fd);
    return sum;
}
