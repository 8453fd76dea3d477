/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk over the fields serves both directions, so that they cannot disagree. */
#include "state-file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAGIC        "stuntvm"
#define STOP_REASONS 8u

struct walk {
    bool reading;
    const uint8_t *from;
    uint8_t *to; /* NULL: measuring */
    size_t size, at;
    bool failed;
    char *err;
    size_t err_len;
};

static void fail(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct walk *walk, const char *format, ...)
{
    va_list args;

    if (walk->failed) {
        return;
    }
    walk->failed = true;
    va_start(args, format);
    vsnprintf(walk->err, walk->err_len, format, args);
    va_end(args);
}

/* The next `len` bytes to read, or NULL. */
static const uint8_t *next(struct walk *walk, const char *what, uint64_t len)
{
    const uint8_t *here = walk->from + walk->at;

    if (walk->failed) {
        return NULL;
    }
    if (len > walk->size - walk->at) {
        fail(walk, "it ends in the middle of the %s", what);
        return NULL;
    }
    walk->at += len;
    return here;
}

static void put(struct walk *walk, const void *data, uint64_t len)
{
    if (walk->to && len) {
        memcpy(walk->to + walk->at, data, len);
    }
    walk->at += len;
}

/* ---- kinds of field -------------------------------------------------------------------------------- */

/* *value is untouched when there is nothing to read. */
static void number(struct walk *walk, const char *what, uint64_t *value, unsigned len)
{
    uint8_t byte[8];
    const uint8_t *in;

    if (!walk->reading) {
        for (unsigned i = 0; i < len; i++) {
            byte[i] = (uint8_t)(*value >> (8 * i));
        }
        put(walk, byte, len);
        return;
    }
    in = next(walk, what, len);
    if (in) {
        *value = 0;
        for (unsigned i = 0; i < len; i++) {
            *value |= (uint64_t)in[i] << (8 * i);
        }
    }
}

static void number64(struct walk *walk, const char *what, uint64_t *value)
{
    number(walk, what, value, 8);
}

static void signed64(struct walk *walk, const char *what, int64_t *value)
{
    uint64_t bits = (uint64_t)*value;

    number(walk, what, &bits, 8);
    *value = (int64_t)bits;
}

static void number32(struct walk *walk, const char *what, uint32_t *value)
{
    uint64_t wide = *value;

    number(walk, what, &wide, 4);
    *value = (uint32_t)wide;
}

static void bytes(struct walk *walk, const char *what, struct stunt_bytes *value)
{
    number64(walk, what, &value->len);
    if (walk->reading) {
        value->data = next(walk, what, value->len);
    } else {
        put(walk, value->data, value->len);
    }
}

static bool is_name(const struct stunt_bytes *text)
{
    for (uint64_t i = 0; i < text->len; i++) {
        if (text->data[i] < ' ' || text->data[i] > '~') {
            return false;
        }
    }
    return text->len > 0 && text->len < STUNT_STATE_NAME_MAX;
}

static void name(struct walk *walk, const char *what, char value[STUNT_STATE_NAME_MAX])
{
    struct stunt_bytes text = {(const uint8_t *)value, walk->reading ? 0 : strlen(value)};

    bytes(walk, what, &text);
    if (!walk->reading || walk->failed) {
        return;
    }
    if (is_name(&text)) {
        memcpy(value, text.data, text.len);
        value[text.len] = '\0';
    } else {
        fail(walk, "the %s is not a name", what);
    }
}

static void below(struct walk *walk, const char *what, uint32_t value, uint32_t limit)
{
    if (value >= limit) {
        fail(walk, "the %s is %u, and must be below %u", what, value, limit);
    }
}

/* ---- pages --------------------------------------------------------------------------------------- */

uint64_t stunt_state_n_pages(const struct stunt_state_file *file)
{
    return file->pages.len / STUNT_STATE_PAGE_BYTES;
}

uint32_t stunt_state_page(const struct stunt_state_file *file, uint64_t i)
{
    const uint8_t *at = file->pages.data + i * STUNT_STATE_PAGE_BYTES;

    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

void stunt_state_put_page(uint8_t *to, uint32_t number)
{
    for (unsigned i = 0; i < STUNT_STATE_PAGE_BYTES; i++) {
        to[i] = (uint8_t)(number >> (8 * i));
    }
}

static bool are_pages(const struct stunt_state_file *file)
{
    uint64_t least = 0;

    for (uint64_t i = 0; i < stunt_state_n_pages(file); i++) {
        uint32_t page = stunt_state_page(file, i);

        if (page < least || page >= file->ram_size / STUNT_STATE_PAGE) {
            return false;
        }
        least = (uint64_t)page + 1;
    }
    return file->pages.len % STUNT_STATE_PAGE_BYTES == 0;
}

/* ---- the fields ------------------------------------------------------------------------------------ */

static void walk_header(struct walk *walk, const char *build)
{
    char magic[STUNT_STATE_NAME_MAX] = MAGIC, by[STUNT_STATE_NAME_MAX];
    uint32_t version = STUNT_STATE_FILE_VERSION;

    snprintf(by, sizeof(by), "%s", build);
    name(walk, "magic", magic);
    if (strcmp(magic, MAGIC) != 0) {
        fail(walk, "it is not a state file");
    }
    number32(walk, "version", &version);
    if (version != STUNT_STATE_FILE_VERSION) {
        fail(walk, "it has version %u of the format, this is version %u", version, STUNT_STATE_FILE_VERSION);
    }
    name(walk, "build", by);
    if (strcmp(by, build) != 0) {
        fail(walk, "it was made by another build (%s), this is %s", by, build);
    }
}

static void walk_machine(struct walk *walk, struct stunt_state_file *file)
{
    uint32_t prelaunch = file->prelaunch;

    bytes(walk, "description of the machine", &file->machine);
    number32(walk, "run state", &prelaunch);
    below(walk, "run state", prelaunch, 2);
    file->prelaunch = prelaunch;
    signed64(walk, "clocks", &file->ticks_prev);
    signed64(walk, "clocks", &file->qtest_ns);
}

static void walk_stop(struct walk *walk, struct stunt_state_file *file)
{
    number32(walk, "stop", &file->reason);
    number32(walk, "stop", &file->arg);
    number32(walk, "stop", &file->stop_reason);
    number32(walk, "stop", &file->stop_arg);
    number64(walk, "stop", &file->stop_time_ns);
    below(walk, "reason of the stop", file->reason, STOP_REASONS);
    below(walk, "reason of the stop", file->stop_reason, STOP_REASONS);
    for (unsigned area = 0; area < 3; area++) {
        bytes(walk, "messages", &file->message[area]);
    }
}

static void walk_memory(struct walk *walk, struct stunt_state_file *file)
{
    name(walk, "main memory's name", file->ram_name);
    number64(walk, "main memory's size", &file->ram_size);
    bytes(walk, "numbers of pages", &file->pages);
    if (walk->reading && !walk->failed && !are_pages(file)) {
        fail(walk, "the numbers of pages are not in order, or beyond main memory");
    }
    bytes(walk, "devices' state", &file->devices);
    number32(walk, "number of memory blocks", &file->n_blocks);
    below(walk, "number of memory blocks", file->n_blocks, STUNT_STATE_BLOCKS_MAX + 1);
    for (uint32_t i = 0; i < file->n_blocks && !walk->failed; i++) {
        struct stunt_state_block *block = &file->block[i];

        name(walk, "name of a memory block", block->name);
        number64(walk, "size of a memory block", &block->size);
        bytes(walk, "content of a memory block", &block->content);
    }
}

static void walk_file(struct walk *walk, struct stunt_state_file *file, const char *build)
{
    walk_header(walk, build);
    walk_machine(walk, file);
    walk_stop(walk, file);
    walk_memory(walk, file);
}

size_t stunt_state_file_write(const struct stunt_state_file *file, const char *build, uint8_t *to,
                              size_t size)
{
    struct stunt_state_file *fields = (struct stunt_state_file *)file; /* only read in this direction */
    struct walk measure = {.to = NULL};
    struct walk write = {.to = to, .size = size};

    walk_file(&measure, fields, build);
    if (measure.at <= size) {
        walk_file(&write, fields, build);
    }
    return measure.at;
}

bool stunt_state_file_read(const uint8_t *data, size_t size, const char *build,
                           struct stunt_state_file *ret_file, char *err, size_t err_len)
{
    struct walk walk = {.reading = true, .from = data, .size = size, .err = err, .err_len = err_len};

    memset(ret_file, 0, sizeof(*ret_file));
    walk_file(&walk, ret_file, build);
    if (!walk.failed && walk.at < size) {
        fail(&walk, "there are %zu bytes too many behind its end", size - walk.at);
    }
    return !walk.failed;
}
