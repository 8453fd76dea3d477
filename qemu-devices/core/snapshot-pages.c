/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "exec/memory.h"
#include "core/snapshot-parts.h"

/* /proc/self/pagemap has a word per page; these are its bits. */
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define OF_FILE (UINT64_C(1) << 61)

/* NULL when it cannot be told. */
static uint64_t *read_pagemap(const void *host, uint64_t len)
{
    int fd = qemu_real_host_page_size() == STUNT_PAGE ? open("/proc/self/pagemap", O_RDONLY) : -1;
    size_t size = len / STUNT_PAGE * sizeof(uint64_t);
    uint64_t *map = NULL;

    if (fd >= 0) {
        map = g_malloc(size);
        if (pread(fd, map, size, (uintptr_t)host / STUNT_PAGE * sizeof(uint64_t)) != (ssize_t)size) {
            g_clear_pointer(&map, g_free);
        }
        close(fd);
    }
    return map;
}

unsigned long *stunt_pages_own(const void *host, uint64_t len)
{
    g_autofree uint64_t *map = read_pagemap(host, len);
    unsigned long *pages = bitmap_new(len / STUNT_PAGE);

    for (uint64_t page = 0; page < len / STUNT_PAGE; page++) {
        if (!map || (map[page] & SWAPPED) || (map[page] & (PRESENT | OF_FILE)) == PRESENT) {
            set_bit(page, pages);
        }
    }
    return pages;
}

/* False when the file system cannot say where its holes are. */
static bool add_pages_of_file(unsigned long *pages, int fd, uint64_t len)
{
    off_t start = lseek(fd, 0, SEEK_DATA), end;

    for (; start >= 0 && start < (off_t)len; start = lseek(fd, end, SEEK_DATA)) {
        end = lseek(fd, start, SEEK_HOLE);
        if (end < start) {
            return false;
        }
        end = MIN(end, (off_t)len);
        bitmap_set(pages, start / STUNT_PAGE, DIV_ROUND_UP(end, STUNT_PAGE) - start / STUNT_PAGE);
    }
    return start >= 0 || errno == ENXIO;
}

void stunt_pages_add_file(unsigned long *pages, int fd, uint64_t len)
{
    if (!add_pages_of_file(pages, fd, len)) {
        bitmap_fill(pages, len / STUNT_PAGE);
    }
}

unsigned long *stunt_pages_in_use(const RAMBlock *block, uint64_t len)
{
    unsigned long *pages = stunt_pages_own(block->host, len);

    if (block->flags & RAM_SHARED) {
        bitmap_fill(pages, len / STUNT_PAGE);
    } else if (block->fd >= 0) {
        stunt_pages_add_file(pages, block->fd, len);
    }
    return pages;
}
