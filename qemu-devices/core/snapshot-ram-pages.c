/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Main memory as what differs from a RAM file that is there already: most of what a kernel has in memory after a boot
 * does not depend on the machine's devices, so many templates can share one file.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/units.h"
#include "core/snapshot-parts.h"

#define RUN_MAX (256 * KiB / STUNT_PAGE)

/* ---- writing --------------------------------------------------------------------------------------- */

/* For reading; NULL with an error. */
static uint8_t *map_ram_file(int fd, const RAMBlock *block, Error **errp)
{
    struct stat st;
    void *data;

    if (fstat(fd, &st) < 0 || (uint64_t)st.st_size != block->used_length) {
        error_setg(errp, "the RAM file has %" PRIi64 " bytes, main memory has " RAM_ADDR_FMT, (int64_t)st.st_size,
                   block->used_length);
        return NULL;
    }
    data = mmap(NULL, block->used_length, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) {
        error_setg_errno(errp, errno, "cannot map the RAM file");
        return NULL;
    }
    return data;
}

static bool differs(const RAMBlock *block, const uint8_t *file, const unsigned long *in_use, uint64_t page)
{
    return test_bit(page, in_use) &&
           memcmp(block->host + page * STUNT_PAGE, file + page * STUNT_PAGE, STUNT_PAGE) != 0;
}

static void add_numbers(GByteArray *numbers, uint64_t page, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        uint8_t number[STUNT_STATE_PAGE_BYTES];

        stunt_state_put_page(number, page + i);
        g_byte_array_append(numbers, number, sizeof(number));
    }
}

static bool write_different(const RAMBlock *block, const uint8_t *file, const unsigned long *in_use, int pages_fd,
                            GByteArray *numbers, Error **errp)
{
    uint64_t pages = block->used_length / STUNT_PAGE;
    off_t at = 0;

    for (uint64_t page = find_first_bit(in_use, pages); page < pages; page = find_next_bit(in_use, pages, page)) {
        uint64_t n = 0;

        while (n < RUN_MAX && page + n < pages && differs(block, file, in_use, page + n)) {
            n++;
        }
        if (n && !stunt_ram_write_run(pages_fd, at, block, page, n, errp)) {
            return false;
        }
        add_numbers(numbers, page, n);
        at += n * STUNT_PAGE;
        page += n ?: 1;
    }
    return true;
}

bool stunt_ram_pages_write(int ram_fd, int pages_fd, GByteArray *numbers, Error **errp)
{
    const RAMBlock *block = stunt_main_ram(errp);
    uint8_t *file = block ? map_ram_file(ram_fd, block, errp) : NULL;
    g_autofree unsigned long *in_use = NULL;
    bool ok;

    if (!file) {
        return false;
    }
    in_use = stunt_pages_in_use(block, block->used_length);
    stunt_pages_add_file(in_use, ram_fd, block->used_length);
    ok = write_different(block, file, in_use, pages_fd, numbers, errp);
    munmap(file, block->used_length);
    return ok;
}

/* ---- reading --------------------------------------------------------------------------------------- */

bool stunt_ram_pages_fit(const struct stunt_state_file *file, int pages_fd, Error **errp)
{
    uint64_t n = stunt_state_n_pages(file);
    struct stat st = {.st_size = 0};

    if (pages_fd < 0 && n) {
        error_setg(errp, "%" PRIu64 " pages of the template are not in its RAM file, and no pages file is given", n);
        return false;
    }
    if (pages_fd >= 0 && (fstat(pages_fd, &st) < 0 || (uint64_t)st.st_size != n * STUNT_PAGE)) {
        error_setg(errp, "the pages file has %" PRIi64 " bytes, not %" PRIu64, (int64_t)st.st_size, n * STUNT_PAGE);
        return false;
    }
    return true;
}

bool stunt_ram_pages_map(const struct stunt_state_file *file, int pages_fd, uint8_t *data)
{
    uint64_t pages = stunt_state_n_pages(file), n;

    for (uint64_t i = 0; i < pages; i += n) {
        uint32_t page = stunt_state_page(file, i);

        for (n = 1; i + n < pages && stunt_state_page(file, i + n) == page + n; n++) {
        }
        if (mmap(data + (uint64_t)page * STUNT_PAGE, n * STUNT_PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, pages_fd,
                 i * STUNT_PAGE) == MAP_FAILED) {
            return false;
        }
    }
    return true;
}
