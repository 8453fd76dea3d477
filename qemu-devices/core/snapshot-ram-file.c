/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RAM file of a template: main memory as it is, with holes for pages of zeros. */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/units.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "core/snapshot-parts.h"

#define RUN_MAX (256 * KiB / STUNT_PAGE)

RAMBlock *stunt_main_ram(Error **errp)
{
    RAMBlock *block = current_machine->ram ? current_machine->ram->ram_block : NULL;

    if (!block || !qemu_ram_is_migratable(block) || block->used_length % STUNT_PAGE) {
        error_setg(errp, "the machine's main memory is not one block of whole pages");
        return NULL;
    }
    return block;
}

static bool write_run(int fd, const RAMBlock *block, uint64_t page, uint64_t n, Error **errp)
{
    const uint8_t *from = block->host + page * STUNT_PAGE;
    size_t left = n * STUNT_PAGE;
    off_t at = page * STUNT_PAGE;

    while (left) {
        ssize_t done = pwrite(fd, from, left, at);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            error_setg_errno(errp, done < 0 ? errno : ENOSPC, "cannot write the RAM file");
            return false;
        }
        from += done;
        at += done;
        left -= done;
    }
    return true;
}

static bool has_content(const RAMBlock *block, const unsigned long *in_use, uint64_t page)
{
    return test_bit(page, in_use) && !buffer_is_zero(block->host + page * STUNT_PAGE, STUNT_PAGE);
}

bool stunt_ram_file_write(int fd, Error **errp)
{
    const RAMBlock *block = stunt_main_ram(errp);
    g_autofree unsigned long *in_use = NULL;
    uint64_t pages;

    if (!block) {
        return false;
    }
    if (ftruncate(fd, block->used_length) < 0) {
        error_setg_errno(errp, errno, "cannot give the RAM file its size");
        return false;
    }
    pages = block->used_length / STUNT_PAGE;
    in_use = stunt_pages_in_use(block, block->used_length);
    for (uint64_t page = find_first_bit(in_use, pages); page < pages;
         page = find_next_bit(in_use, pages, page)) {
        uint64_t n = 0;

        while (n < RUN_MAX && page + n < pages && has_content(block, in_use, page + n)) {
            n++;
        }
        if (n && !write_run(fd, block, page, n, errp)) {
            return false;
        }
        page += n ?: 1;
    }
    return true;
}
