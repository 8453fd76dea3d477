/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of the RAM, and which pages differ from it. Large blocks are watched with QEMU's dirty log for
 * displays, which nothing else uses on main memory: a migration meanwhile has a log of its own. Small blocks
 * (firmware, tables; written behind the log's back by a reset) are compared whole.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/rcu.h"
#include "qemu/units.h"
#include "exec/memory.h"
#include "exec/ramlist.h"
#include "core/snapshot-parts.h"

#define WATCH_FROM (4 * MiB)
#define WORD_BYTES ((uint64_t)BITS_PER_LONG * STUNT_PAGE) /* of RAM behind a word of a bitmap */

typedef struct BlockCopy {
    char name[256];
    RAMBlock *block; /* as it was; looked up again before it is used */
    uint64_t len;
    uint8_t *data;        /* mapped; pages of zeros are not populated */
    unsigned long *dirty; /* pages written since; NULL: not watched */
} BlockCopy;

struct StuntRamCopy {
    BlockCopy *block;
    unsigned n_blocks;
};

/* Every copy hears of every page that was written. */
static GPtrArray *copies;

static uint64_t n_pages(const BlockCopy *copy)
{
    return copy->len / STUNT_PAGE;
}

/* ---- watching -------------------------------------------------------------------------------------- */

static unsigned long take_dirty_word(ram_addr_t addr)
{
    DirtyMemoryBlocks *blocks = qatomic_rcu_read(&ram_list.dirty_memory[DIRTY_MEMORY_VGA]);
    uint64_t page = addr / STUNT_PAGE;
    unsigned long *bits = blocks->blocks[page / DIRTY_MEMORY_BLOCK_SIZE];
    unsigned long *word = &bits[page % DIRTY_MEMORY_BLOCK_SIZE / BITS_PER_LONG];

    return *word ? qatomic_xchg(word, 0) : 0;
}

static void note_dirty(const RAMBlock *block, uint64_t word, unsigned long bits)
{
    for (unsigned i = 0; i < copies->len; i++) {
        StuntRamCopy *copy = g_ptr_array_index(copies, i);

        for (unsigned k = 0; k < copy->n_blocks; k++) {
            if (copy->block[k].block == block && copy->block[k].dirty) {
                copy->block[k].dirty[word] |= bits;
            }
        }
    }
}

/* Moves what was written from QEMU's log into those of all copies. The TLBs must be flushed before the guest
 * runs. */
static void collect_dirty(RAMBlock *block, uint64_t len)
{
    RCU_READ_LOCK_GUARD();

    for (uint64_t word = 0; word < len / WORD_BYTES; word++) {
        unsigned long bits = take_dirty_word(block->offset + word * WORD_BYTES);

        if (bits) {
            note_dirty(block, word, bits);
        }
    }
}

/* ---- copying --------------------------------------------------------------------------------------- */

static BlockCopy *add_block(StuntRamCopy *copy, RAMBlock *block)
{
    BlockCopy *added;

    copy->block = g_renew(BlockCopy, copy->block, copy->n_blocks + 1);
    added = &copy->block[copy->n_blocks++];
    memset(added, 0, sizeof(*added));
    g_strlcpy(added->name, block->idstr, sizeof(added->name));
    added->block = block;
    added->len = block->used_length;
    return added;
}

static bool map_data(BlockCopy *copy, int prot, int flags, int fd)
{
    copy->data = mmap(NULL, copy->len, prot, flags, fd, 0);
    if (copy->data == MAP_FAILED) {
        copy->data = NULL;
    }
    return copy->data;
}

static bool map_own_data(BlockCopy *copy)
{
    return map_data(copy, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

static void watch(BlockCopy *copy)
{
    if (copy->len >= WATCH_FROM && copy->len % WORD_BYTES == 0) {
        copy->dirty = bitmap_new(n_pages(copy));
        memory_region_set_log(copy->block->mr, true, DIRTY_MEMORY_VGA);
        collect_dirty(copy->block, copy->len);
    }
}

static bool copy_block(BlockCopy *copy)
{
    g_autofree unsigned long *in_use = stunt_pages_in_use(copy->block, copy->len);
    uint64_t pages = n_pages(copy);

    if (!map_own_data(copy)) {
        return false;
    }
    for (uint64_t page = find_first_bit(in_use, pages); page < pages;
         page = find_next_bit(in_use, pages, page + 1)) {
        const uint8_t *from = copy->block->host + page * STUNT_PAGE;

        if (!buffer_is_zero(from, STUNT_PAGE)) {
            memcpy(copy->data + page * STUNT_PAGE, from, STUNT_PAGE);
        }
    }
    watch(copy);
    return true;
}

static StuntRamCopy *new_copy(void)
{
    if (!copies) {
        copies = g_ptr_array_new();
    }
    return g_new0(StuntRamCopy, 1);
}

StuntRamCopy *stunt_ram_copy(void)
{
    StuntRamCopy *copy = new_copy();
    RAMBlock *block;

    QLIST_FOREACH(block, &ram_list.blocks, next) {
        if (qemu_ram_is_migratable(block) && !copy_block(add_block(copy, block))) {
            stunt_ram_copy_free(copy);
            return NULL;
        }
    }
    g_ptr_array_add(copies, copy);
    return copy;
}

void stunt_ram_copy_free(StuntRamCopy *copy)
{
    if (!copy) {
        return;
    }
    g_ptr_array_remove(copies, copy);
    for (unsigned i = 0; i < copy->n_blocks; i++) {
        BlockCopy *block = &copy->block[i];

        if (block->data) {
            munmap(block->data, block->len);
        }
        if (block->dirty && qemu_ram_block_by_name(block->name) == block->block) {
            memory_region_set_log(block->block->mr, false, DIRTY_MEMORY_VGA);
        }
        g_free(block->dirty);
    }
    g_free(copy->block);
    g_free(copy);
}

/* ---- from a template ------------------------------------------------------------------------------- */

/* What this process wrote into the mapping differs from the RAM file, and so do the pages that a template has beside it. */
static void note_different(BlockCopy *copy, const struct stunt_state_file *file)
{
    g_free(copy->dirty);
    copy->dirty = stunt_pages_own(copy->block->host, copy->len);
    for (uint64_t i = 0; i < stunt_state_n_pages(file); i++) {
        set_bit(stunt_state_page(file, i), copy->dirty);
    }
}

static bool adopt_main(BlockCopy *copy, const struct stunt_state_file *file, int ram_fd, int pages_fd)
{
    if (!map_data(copy, PROT_READ, MAP_SHARED, ram_fd) || !stunt_ram_pages_map(file, pages_fd, copy->data)) {
        return false;
    }
    watch(copy);
    if (copy->dirty) {
        note_different(copy, file);
    }
    return true;
}

static bool adopt_small(BlockCopy *copy, const struct stunt_state_block *saved)
{
    copy->len = saved->content.len;
    if (!map_own_data(copy)) {
        return false;
    }
    memcpy(copy->data, saved->content.data, copy->len);
    watch(copy);
    if (copy->dirty) {
        bitmap_fill(copy->dirty, n_pages(copy));
    }
    return true;
}

/* A table that firmware asks for may have grown when it did. This is as a migration does it. */
static void take_sizes(const struct stunt_state_file *file)
{
    for (uint32_t i = 0; i < file->n_blocks; i++) {
        RAMBlock *block = qemu_ram_block_by_name(file->block[i].name);

        memory_region_ram_resize(block->mr, file->block[i].size, &error_abort);
    }
}

StuntRamCopy *stunt_ram_copy_of_template(const struct stunt_state_file *file, int ram_fd, int pages_fd,
                                         Error **errp)
{
    StuntRamCopy *copy;
    RAMBlock *block;

    if (!stunt_ram_fits_template(file, ram_fd, errp) || !stunt_ram_pages_fit(file, pages_fd, errp)) {
        return NULL;
    }
    copy = new_copy();
    QLIST_FOREACH(block, &ram_list.blocks, next) {
        const struct stunt_state_block *saved = stunt_saved_block(file, block->idstr);

        if (qemu_ram_is_migratable(block) && !(saved ? adopt_small(add_block(copy, block), saved)
                                                     : adopt_main(add_block(copy, block), file, ram_fd, pages_fd))) {
            error_setg_errno(errp, errno, "no memory for a copy of '%s'", block->idstr);
            stunt_ram_copy_free(copy);
            return NULL;
        }
    }
    take_sizes(file);
    g_ptr_array_add(copies, copy);
    return copy;
}

/* ---- going back ------------------------------------------------------------------------------------ */

bool stunt_ram_fits(const StuntRamCopy *copy, Error **errp)
{
    for (unsigned i = 0; i < copy->n_blocks; i++) {
        const BlockCopy *block = &copy->block[i];

        if (qemu_ram_block_by_name(block->name) != block->block || block->block->used_length != block->len) {
            error_setg(errp, "the memory '%s' is not what it was at the snapshot", block->name);
            return false;
        }
    }
    return true;
}

static void restore_page(const BlockCopy *copy, uint64_t page)
{
    uint8_t *to = copy->block->host + page * STUNT_PAGE;
    const uint8_t *from = copy->data + page * STUNT_PAGE;

    if (memcmp(to, from, STUNT_PAGE) != 0) {
        stunt_cpu_forget_code(copy->block->offset + page * STUNT_PAGE, STUNT_PAGE);
        memcpy(to, from, STUNT_PAGE);
    }
}

static void restore_watched(BlockCopy *copy)
{
    uint64_t pages = n_pages(copy);

    collect_dirty(copy->block, copy->len);
    for (uint64_t page = find_first_bit(copy->dirty, pages); page < pages;
         page = find_next_bit(copy->dirty, pages, page + 1)) {
        restore_page(copy, page);
    }
    /* For the other copies these pages were written just now. */
    for (uint64_t word = 0; word < pages / BITS_PER_LONG; word++) {
        unsigned long bits = copy->dirty[word];

        if (bits) {
            note_dirty(copy->block, word, bits);
            copy->dirty[word] = 0;
        }
    }
}

void stunt_ram_restore(StuntRamCopy *copy)
{
    for (unsigned i = 0; i < copy->n_blocks; i++) {
        BlockCopy *block = &copy->block[i];

        if (block->dirty) {
            restore_watched(block);
            continue;
        }
        for (uint64_t page = 0; page < n_pages(block); page++) {
            restore_page(block, page);
        }
    }
}

/* NULL, or where the block differs: only where one of the two may hold something. */
static const uint8_t *find_difference(const BlockCopy *copy)
{
    g_autofree unsigned long *in_use = stunt_pages_in_use(copy->block, copy->len);
    g_autofree unsigned long *in_copy = stunt_pages_own(copy->data, copy->len);
    uint64_t pages = n_pages(copy);

    bitmap_or(in_use, in_use, in_copy, pages);
    for (uint64_t page = find_first_bit(in_use, pages); page < pages;
         page = find_next_bit(in_use, pages, page + 1)) {
        const uint8_t *here = copy->block->host + page * STUNT_PAGE;
        const uint8_t *there = copy->data + page * STUNT_PAGE;

        if (memcmp(here, there, STUNT_PAGE) != 0) {
            while (*here == *there) {
                here++;
                there++;
            }
            return here;
        }
    }
    return NULL;
}

char *stunt_ram_compare(const StuntRamCopy *copy)
{
    for (unsigned i = 0; i < copy->n_blocks; i++) {
        const BlockCopy *block = &copy->block[i];
        const uint8_t *at = find_difference(block);

        if (at) {
            return g_strdup_printf("%s: address 0x%tx", block->name, at - block->block->host);
        }
    }
    return g_strdup("");
}
