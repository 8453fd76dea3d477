/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a good state file with damage, or a raw one. What is read makes the same file again. */
#include "fuzz.h"
#include "state-file.h"

#include <string.h>

#define BUILD "0123abcd"

static struct stunt_bytes some(struct input *in)
{
    struct stunt_bytes bytes = {NULL, take8(in)};

    bytes.data = in->data;
    bytes.len = bytes.len < in->left ? bytes.len : in->left;
    in->data += bytes.len;
    in->left -= bytes.len;
    return bytes;
}

static void compose(struct input *in, struct stunt_state_file *file)
{
    memset(file, 0, sizeof(*file));
    file->machine = some(in);
    file->prelaunch = take8(in) & 1;
    file->ticks_prev = (int64_t)take(in, 8);
    file->reason = take8(in) & 7;
    file->stop_reason = take8(in) & 7;
    for (unsigned area = 0; area < 3; area++) {
        file->message[area] = some(in);
    }
    snprintf(file->ram_name, sizeof(file->ram_name), "ram%u", take8(in));
    file->ram_size = take(in, 8);
    file->pages = some(in);
    file->devices = some(in);
    file->n_blocks = take8(in) % 8u;
    for (uint32_t i = 0; i < file->n_blocks; i++) {
        snprintf(file->block[i].name, sizeof(file->block[i].name), "block%u", i);
        file->block[i].size = take(in, 3);
        file->block[i].content = some(in);
    }
}

/* Exactly as large as it is, so that the sanitizer sees a step outside. */
static uint8_t *write_exactly(const struct stunt_state_file *file, size_t *ret_size)
{
    uint8_t *data;

    *ret_size = stunt_state_file_write(file, BUILD, NULL, 0);
    data = malloc(*ret_size);
    CHECK(data);
    CHECK(stunt_state_file_write(file, BUILD, data, *ret_size) == *ret_size);
    return data;
}

static void damage(struct input *in, uint8_t *data, size_t *size)
{
    for (unsigned n = take8(in) & 3; n; n--) {
        size_t at = (size_t)take(in, 2) % *size;

        data[at] = take8(in);
    }
    if (take8(in) & 1) {
        *size = (size_t)take(in, 2) % *size;
    }
}

static void check_inside(const uint8_t *data, size_t size, struct stunt_bytes bytes)
{
    CHECK(bytes.data >= data && bytes.len <= size && bytes.data <= data + size - bytes.len);
}

static void check_read(const uint8_t *data, size_t size, const struct stunt_state_file *file)
{
    size_t again_size;
    uint8_t *again = write_exactly(file, &again_size);

    CHECK(again_size == size && memcmp(again, data, size) == 0);
    free(again);
    check_inside(data, size, file->machine);
    check_inside(data, size, file->devices);
    check_inside(data, size, file->pages);
    for (uint64_t i = 0; i < stunt_state_n_pages(file); i++) {
        CHECK(stunt_state_page(file, i) < file->ram_size / STUNT_STATE_PAGE);
    }
    CHECK(file->n_blocks <= STUNT_STATE_BLOCKS_MAX);
    for (uint32_t i = 0; i < file->n_blocks; i++) {
        check_inside(data, size, file->block[i].content);
        CHECK(file->block[i].name[0] && memchr(file->block[i].name, 0, STUNT_STATE_NAME_MAX));
    }
}

static void read_one(const uint8_t *data, size_t size)
{
    static struct stunt_state_file file;
    uint8_t *exact = malloc(size ? size : 1);
    char why[300] = "";

    CHECK(exact);
    memcpy(exact, data, size);
    if (stunt_state_file_read(exact, size, BUILD, &file, why, sizeof(why))) {
        check_read(exact, size, &file);
    } else {
        CHECK(why[0] && memchr(why, 0, sizeof(why)));
        for (const char *c = why; *c; c++) {
            CHECK(*c >= ' ' && *c <= '~');
        }
    }
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stunt_state_file file;
    struct input in = {data, size};
    uint8_t *written;
    size_t written_size;

    if (size == 0 || take8(&in) == 0) {
        read_one(in.data, in.left);
        return 0;
    }
    compose(&in, &file);
    written = write_exactly(&file, &written_size);
    damage(&in, written, &written_size);
    read_one(written, written_size);
    free(written);
    return 0;
}
