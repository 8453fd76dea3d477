/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt-dma inside: options, test data, results.
 *
 * Each command prints one line of key=value words for each result and returns the exit status.
 */
#ifndef STUNT_DMA_TOOL_H
#define STUNT_DMA_TOOL_H

#include <stdbool.h>

#include "stunt_dma.h"

enum {
	EXIT_OK = 0,
	EXIT_DATA = 1,	 /* the data is wrong, or the device says that it is */
	EXIT_DEVICE = 2, /* the device or the driver reported an error */
	EXIT_USAGE = 64,
};

struct options {
	const char *device;
	struct stunt_dma_how how;
	uint64_t size, src_offset, dst_offset, seed, count, threads;
	uint64_t pattern, piece;
	bool crc;	 /* copy: sum the destination, too */
	bool has_expect; /* crc */
	uint64_t expect;
	bool has_differ; /* compare: make this byte differ */
	uint64_t differ;
	const char *file, *output;
	const char *peer;
	uint64_t mask;
	/* raw */
	uint32_t src_base, dst_base;
	uint64_t src, dst, arg, reserved;
	uint64_t len, op, flags, id;
	uint64_t loop, chain;
	/* submit, fork, pass */
	uint64_t entries, files, cancel;
	bool eventfd, has_cancel, cancel_all, keep, leave;
	uint64_t hold_ms;
	/* scalar */
	uint64_t selector, outs, n_in;
	bool has_n_in;
	uint64_t scalars[STUNT_DMA_SCALARS];
	size_t n_scalars;
	/* map */
	uint64_t what, offset, value;
	int prot;
	bool private, has_value;
	bool uevents;
	bool has_uid;
	uint64_t uid;
};

struct command {
	const char *name;
	const char *operands; /* for the usage text */
	const char *options;  /* names of the options that it knows, each between spaces */
	int (*run)(struct stunt_dma *dma, const struct options *opts);
	bool needs_file, needs_channel;
	uint64_t op; /* what --op is at first */
};

extern const struct command commands[];
extern const size_t n_commands;

/* Fills *opts and *ret_command. False when the command line makes no sense; stderr says why. */
bool parse_args(int argc, char **argv, struct options *opts, const struct command **ret_command);
void print_usage(void);

/* Test data: `len` bytes at `offset` from the start of a page, with guards around. */
struct buffer {
	uint8_t *map;
	size_t map_len;
	uint8_t *data;
	size_t len;
};

bool buffer_init(struct buffer *buf, uint64_t offset, uint64_t len);
void buffer_clear(struct buffer *buf);
/* All of it, guards too, gets the byte that marks what nobody has written. */
void buffer_blank(struct buffer *buf);
/* The guards are as buffer_blank() left them. */
bool buffer_guarded(const struct buffer *buf);
void fill_random(uint8_t *data, size_t len, uint64_t seed);
void fill_pattern(uint8_t *data, size_t len, uint64_t pattern);
/* Offset of the first byte that differs; -1 without one. */
ptrdiff_t first_difference(const uint8_t *a, const uint8_t *b, size_t len);

/* CRC-32C as the device computes it, `crc` being that of what came before, 0 at the start. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

/* Exit status for a negative errno, or the device's status. */
int exit_status(int ret, unsigned int status);
/* What to say of data after a command that ends with this exit status: "ok", "wrong", "none". */
const char *data_word(int exit);
/* "status=NAME", or "error=NAME" for a negative errno. */
const char *verdict(int ret, unsigned int status, char buf[48]);

/* "running", "stopped", "gone". */
const char *state_name(uint32_t state);

int run_info(struct stunt_dma *dma, const struct options *opts);
int run_copy(struct stunt_dma *dma, const struct options *opts);
int run_fill(struct stunt_dma *dma, const struct options *opts);
int run_crc(struct stunt_dma *dma, const struct options *opts);
int run_compare(struct stunt_dma *dma, const struct options *opts);
int run_file(struct stunt_dma *dma, const struct options *opts);
int run_raw(struct stunt_dma *dma, const struct options *opts);
int run_peer(struct stunt_dma *dma, const struct options *opts);
int run_ring(struct stunt_dma *dma, const struct options *opts);
int run_await_ring(struct stunt_dma *dma, const struct options *opts);
int run_sweep(struct stunt_dma *dma, const struct options *opts);
int run_reset(struct stunt_dma *dma, const struct options *opts);
int run_submit(struct stunt_dma *dma, const struct options *opts);
int run_scalar(struct stunt_dma *dma, const struct options *opts);
int run_map(struct stunt_dma *dma, const struct options *opts);
int run_watch(struct stunt_dma *dma, const struct options *opts);
int run_fork(struct stunt_dma *dma, const struct options *opts);
int run_race(struct stunt_dma *dma, const struct options *opts);
int run_pass(struct stunt_dma *dma, const struct options *opts);

#endif
