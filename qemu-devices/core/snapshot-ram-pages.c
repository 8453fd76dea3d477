/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Main memory as what differs from a RAM file that is there already: most of what a kernel has in memory after a boot
 * does not depend on the machine's devices, so many templates can share one file.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "core/snapshot-parts.h"

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

static void leave_out_same(const RAMBlock *block, const uint8_t *file, unsigned long *wanted)
{
    uint64_t pages = block->used_length / STUNT_PAGE;

    for (uint64_t page = find_first_bit(wanted, pages); page < pages; page = find_next_bit(wanted, pages, page + 1)) {
        if (memcmp(block->host + page * STUNT_PAGE, file + page * STUNT_PAGE, STUNT_PAGE) == 0) {
            clear_bit(page, wanted);
        }
    }
}

static void add_numbers(GByteArray *numbers, const unsigned long *wanted, uint64_t pages)
{
    for (uint64_t page = find_first_bit(wanted, pages); page < pages; page = find_next_bit(wanted, pages, page + 1)) {
        uint8_t number[STUNT_STATE_PAGE_BYTES];

        stunt_state_put_page(number, page);
        g_byte_array_append(numbers, number, sizeof(number));
    }
}

bool stunt_ram_pages_write(int ram_fd, int pages_fd, GByteArray *numbers, Error **errp)
{
    const RAMBlock *block = stunt_main_ram(errp);
    uint8_t *file = block ? map_ram_file(ram_fd, block, errp) : NULL;
    g_autofree unsigned long *wanted = NULL;

    if (!file) {
        return false;
    }
    wanted = stunt_pages_in_use(block, block->used_length);
    stunt_pages_add_file(wanted, ram_fd, block->used_length);
    leave_out_same(block, file, wanted);
    munmap(file, block->used_length);
    add_numbers(numbers, wanted, block->used_length / STUNT_PAGE);
    return stunt_ram_write_pages(pages_fd, block, wanted, true, errp);
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
