/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state file of a template: all of a machine that stands still, but for its main memory. Our own format,
 * made to be read by the very build that wrote it: magic, version, build, then the fields of struct
 * stunt_state_file in their order; numbers little-endian, texts and bytes behind their length. Nothing in it
 * is trusted. Knows nothing of QEMU.
 */
#ifndef STUNT_CORE_STATE_FILE_H
#define STUNT_CORE_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUNT_STATE_FILE_VERSION 2
#define STUNT_STATE_PAGE         4096u
#define STUNT_STATE_BLOCKS_MAX   64
#define STUNT_STATE_NAME_MAX     256 /* with the NUL */

struct stunt_bytes {
    const uint8_t *data; /* borrowed */
    uint64_t len;
};

struct stunt_state_block {
    char name[STUNT_STATE_NAME_MAX];
    uint64_t size; /* of the region; `content` is whole pages */
    struct stunt_bytes content;
};

struct stunt_state_file {
    struct stunt_bytes machine; /* text: what it is made of */
    bool prelaunch;             /* it never ran */

    int64_t ticks_prev, qtest_ns; /* clocks */

    uint32_t reason, arg; /* stop that is being reported */
    uint32_t stop_reason, stop_arg;
    uint64_t stop_time_ns;
    struct stunt_bytes message[3]; /* by area */

    char ram_name[STUNT_STATE_NAME_MAX]; /* the memory that is in the RAM file */
    uint64_t ram_size;
    struct stunt_bytes pages;   /* numbers of those that are not as in the RAM file, stunt_state_page() */
    struct stunt_bytes devices; /* migration stream */
    uint32_t n_blocks;
    struct stunt_state_block block[STUNT_STATE_BLOCKS_MAX];
};

/* How many pages there are, and the number of one of them: ascending, and within main memory. */
uint64_t stunt_state_n_pages(const struct stunt_state_file *file);
uint32_t stunt_state_page(const struct stunt_state_file *file, uint64_t i);

/* Writes a number into to[0..4), as `pages` has them. */
#define STUNT_STATE_PAGE_BYTES 4u
void stunt_state_put_page(uint8_t *to, uint32_t number);

/*
 * Writes the file's content, made by `build`, into to[0..size). Returns the full length, as snprintf does:
 * nothing is written when that is more than `size`.
 */
size_t stunt_state_file_write(const struct stunt_state_file *file, const char *build, uint8_t *to,
                              size_t size);

/*
 * Reads data[0..size), which must stay as long as *ret_file: that borrows its bytes. False with one line of
 * text (at most err_len bytes) that says what is wrong: cut short, not a state file, of another build.
 */
bool stunt_state_file_read(const uint8_t *data, size_t size, const char *build,
                           struct stunt_state_file *ret_file, char *err, size_t err_len);

#endif
