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
#include "exec/ramblock.h"
#include "exec/ramlist.h"
#include "core/snapshot-parts.h"

#define PAGE 4096u
#define WATCH_FROM (4 * MiB)
#define WORD_BYTES ((uint64_t)BITS_PER_LONG * PAGE) /* of RAM behind a word of a bitmap */

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
    return copy->len / PAGE;
}

/* ---- watching -------------------------------------------------------------------------------------- */

static unsigned long take_dirty_word(ram_addr_t addr)
{
    DirtyMemoryBlocks *blocks = qatomic_rcu_read(&ram_list.dirty_memory[DIRTY_MEMORY_VGA]);
    uint64_t page = addr / PAGE;
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

/*
 * A word per page from /proc/self/pagemap; NULL when that cannot be told. Pages of anonymous memory that were
 * never touched are zero, and reading them would populate them.
 */
static uint64_t *pages_in_use(const RAMBlock *block, uint64_t len)
{
    int fd = block->fd < 0 && qemu_real_host_page_size() == PAGE ? open("/proc/self/pagemap", O_RDONLY) : -1;
    size_t size = len / PAGE * sizeof(uint64_t);
    uint64_t *map = NULL;

    if (fd >= 0) {
        map = g_malloc(size);
        if (pread(fd, map, size, (uintptr_t)block->host / PAGE * sizeof(uint64_t)) != (ssize_t)size) {
            g_clear_pointer(&map, g_free);
        }
        close(fd);
    }
    return map;
}

static bool in_use(const uint64_t *map, uint64_t page)
{
    return !map || map[page] >> 62; /* present or swapped */
}

static bool copy_block(BlockCopy *copy, RAMBlock *block)
{
    g_autofree uint64_t *map = NULL;

    g_strlcpy(copy->name, block->idstr, sizeof(copy->name));
    copy->block = block;
    copy->len = block->used_length;
    copy->data =
        mmap(NULL, copy->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (copy->data == MAP_FAILED) {
        copy->data = NULL;
        return false;
    }
    map = pages_in_use(block, copy->len);
    for (uint64_t page = 0; page < n_pages(copy); page++) {
        const uint8_t *from = block->host + page * PAGE;

        if (in_use(map, page) && !buffer_is_zero(from, PAGE)) {
            memcpy(copy->data + page * PAGE, from, PAGE);
        }
    }
    if (copy->len >= WATCH_FROM && copy->len % WORD_BYTES == 0) {
        copy->dirty = bitmap_new(n_pages(copy));
        memory_region_set_log(block->mr, true, DIRTY_MEMORY_VGA);
        collect_dirty(block, copy->len);
    }
    return true;
}

StuntRamCopy *stunt_ram_copy(void)
{
    StuntRamCopy *copy = g_new0(StuntRamCopy, 1);
    RAMBlock *block;

    if (!copies) {
        copies = g_ptr_array_new();
    }
    QLIST_FOREACH(block, &ram_list.blocks, next) {
        if (qemu_ram_is_migratable(block)) {
            copy->block = g_renew(BlockCopy, copy->block, copy->n_blocks + 1);
            memset(&copy->block[copy->n_blocks], 0, sizeof(BlockCopy));
            if (!copy_block(&copy->block[copy->n_blocks++], block)) {
                stunt_ram_copy_free(copy);
                return NULL;
            }
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
    uint8_t *to = copy->block->host + page * PAGE;
    const uint8_t *from = copy->data + page * PAGE;

    if (memcmp(to, from, PAGE) != 0) {
        stunt_cpu_forget_code(copy->block->offset + page * PAGE, PAGE);
        memcpy(to, from, PAGE);
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

char *stunt_ram_compare(const StuntRamCopy *copy)
{
    for (unsigned i = 0; i < copy->n_blocks; i++) {
        const BlockCopy *block = &copy->block[i];

        for (uint64_t at = 0; at < block->len; at++) {
            if (at % PAGE == 0 && memcmp(block->block->host + at, block->data + at, PAGE) == 0) {
                at += PAGE - 1;
            } else if (block->block->host[at] != block->data[at]) {
                return g_strdup_printf("%s: address 0x%" PRIx64, block->name, at);
            }
        }
    }
    return g_strdup("");
}
