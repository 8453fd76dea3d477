/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory in a template: main memory in the RAM file, as it is but with holes for pages of zeros, the other
 * blocks in the state file.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "exec/memory.h"
#include "exec/ramlist.h"
#include "hw/boards.h"
#include "core/snapshot-parts.h"

RAMBlock *stunt_main_ram(Error **errp)
{
    RAMBlock *block = current_machine->ram ? current_machine->ram->ram_block : NULL;

    if (!block || !qemu_ram_is_migratable(block) || block->used_length % STUNT_PAGE) {
        error_setg(errp, "the machine's main memory is not one block of whole pages");
        return NULL;
    }
    return block;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static bool write_run(int fd, off_t at, const uint8_t *from, size_t left, Error **errp)
{
    while (left) {
        ssize_t done = pwrite(fd, from, left, at);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            error_setg_errno(errp, done < 0 ? errno : ENOSPC, "cannot write main memory");
            return false;
        }
        from += done;
        at += done;
        left -= done;
    }
    return true;
}

bool stunt_ram_write_pages(int fd, const RAMBlock *block, const unsigned long *wanted, bool packed, Error **errp)
{
    uint64_t pages = block->used_length / STUNT_PAGE, end;
    off_t at = 0;

    for (uint64_t page = find_first_bit(wanted, pages); page < pages; page = find_next_bit(wanted, pages, end)) {
        end = find_next_zero_bit(wanted, pages, page);
        if (!write_run(fd, packed ? at : (off_t)(page * STUNT_PAGE), block->host + page * STUNT_PAGE,
                       (end - page) * STUNT_PAGE, errp)) {
            return false;
        }
        at += (end - page) * STUNT_PAGE;
    }
    return true;
}

static void leave_out_zeros(const RAMBlock *block, unsigned long *wanted)
{
    uint64_t pages = block->used_length / STUNT_PAGE;

    for (uint64_t page = find_first_bit(wanted, pages); page < pages; page = find_next_bit(wanted, pages, page + 1)) {
        if (buffer_is_zero(block->host + page * STUNT_PAGE, STUNT_PAGE)) {
            clear_bit(page, wanted);
        }
    }
}

bool stunt_ram_file_write(int fd, Error **errp)
{
    const RAMBlock *block = stunt_main_ram(errp);
    g_autofree unsigned long *wanted = NULL;

    if (!block) {
        return false;
    }
    if (ftruncate(fd, block->used_length) < 0) {
        error_setg_errno(errp, errno, "cannot give the RAM file its size");
        return false;
    }
    wanted = stunt_pages_in_use(block, block->used_length);
    leave_out_zeros(block, wanted);
    return stunt_ram_write_pages(fd, block, wanted, false, errp);
}

/* ---- does it fit? ---------------------------------------------------------------------------------- */

const struct stunt_state_block *stunt_saved_block(const struct stunt_state_file *file, const char *name)
{
    for (uint32_t i = 0; i < file->n_blocks; i++) {
        if (strcmp(file->block[i].name, name) == 0) {
            return &file->block[i];
        }
    }
    return NULL;
}

static bool same_file(int a, int b)
{
    struct stat a_stat, b_stat;

    return fstat(a, &a_stat) == 0 && fstat(b, &b_stat) == 0 && a_stat.st_dev == b_stat.st_dev &&
           a_stat.st_ino == b_stat.st_ino;
}

static bool main_ram_fits(const struct stunt_state_file *file, const RAMBlock *block, int ram_fd,
                          Error **errp)
{
    struct stat st;

    if (strcmp(block->idstr, file->ram_name) != 0 || block->used_length != file->ram_size) {
        error_setg(errp,
                   "the main memory here is '%s' with " RAM_ADDR_FMT
                   " bytes, in the template '%s' with 0x%" PRIx64,
                   block->idstr, block->used_length, file->ram_name, file->ram_size);
    } else if (fstat(ram_fd, &st) < 0 || (uint64_t)st.st_size != file->ram_size) {
        error_setg(errp, "the RAM file has %" PRIi64 " bytes, not %" PRIu64, (int64_t)st.st_size,
                   file->ram_size);
    } else if (block->fd < 0 || (block->flags & RAM_SHARED) || !same_file(block->fd, ram_fd)) {
        error_setg(errp, "the main memory here is no private mapping of the RAM file");
    } else {
        return true;
    }
    return false;
}

static bool block_fits(const struct stunt_state_file *file, const RAMBlock *block, Error **errp)
{
    const struct stunt_state_block *saved = stunt_saved_block(file, block->idstr);

    if (!saved) {
        error_setg(errp, "the memory '%s' is not in the template", block->idstr);
    } else if (saved->size == 0 || saved->size > block->max_length ||
               ROUND_UP(saved->size, STUNT_PAGE) != saved->content.len ||
               (saved->content.len != block->used_length && !(block->flags & RAM_RESIZEABLE))) {
        error_setg(errp,
                   "the memory '%s' has %" PRIu64 " bytes in the template, here it has " RAM_ADDR_FMT,
                   block->idstr, saved->size, block->used_length);
    } else {
        return true;
    }
    return false;
}

bool stunt_ram_fits_template(const struct stunt_state_file *file, int ram_fd, Error **errp)
{
    const RAMBlock *main_ram = stunt_main_ram(errp);
    RAMBlock *block;
    uint32_t n = 0;

    if (!main_ram || !main_ram_fits(file, main_ram, ram_fd, errp)) {
        return false;
    }
    QLIST_FOREACH(block, &ram_list.blocks, next) {
        if (qemu_ram_is_migratable(block) && block != main_ram) {
            if (!block_fits(file, block, errp)) {
                return false;
            }
            n++;
        }
    }
    if (n != file->n_blocks) {
        error_setg(errp, "there are %u small memories here, and %u in the template", n, file->n_blocks);
        return false;
    }
    return true;
}
