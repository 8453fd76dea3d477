/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt-serial inside: a serial line as programs see it, with settings of any speed, test data, modem lines
 * and counters. Each command prints one line of key=value words for each result and returns the exit status.
 */
#ifndef STUNT_SERIAL_H
#define STUNT_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXIT_OK = 0,
	EXIT_DATA = 1, /* the data is wrong, or not all came */
	EXIT_CALL = 2, /* a call failed */
	EXIT_USAGE = 64,
};

struct options {
	const char *device;
	const char *line;     /* settings; NULL: as they are */
	const char *text;     /* data to send; NULL: made from the seed */
	const char *words;    /* of lines, wait and rs485 */
	uint64_t size, seed, expect_seed, chunk;
	uint64_t timeout_ms, pause_ms, gap_ms, hold_ms;
	bool has_expect_seed; /* what is received is not what is sent */
	bool hex;	      /* print what was received */
	bool no_controls;     /* nothing that is sent is XON or XOFF */
	bool drain;	      /* wait until all of it has left */
	uint64_t begun;	      /* put it on the timeline when the port is set up; 0: do not */
	uint64_t mark;	      /* and this when something was read */
};

/* Where numbers are put on the timeline. */
#define MARK_PATH "/sys/class/misc/stunt-link/mark"

/* line.c: settings */
bool line_set(int fd, const char *settings);
void line_print(int fd);

/* data.c: test data */
struct stream {
	uint64_t seed;
	uint64_t always; /* bits that are set in each eight bytes */
};

#define NO_CONTROLS 0x4040404040404040ull

/* Byte `at` of a stream and those behind it, and where a buffer first differs from them (-1: nowhere). */
void data_fill(uint8_t *buf, size_t len, const struct stream *stream, uint64_t at);
ptrdiff_t data_check(const uint8_t *buf, size_t len, const struct stream *stream, uint64_t at);
uint32_t data_sum(uint32_t sum, const uint8_t *buf, size_t len);

/* Prints "COMMAND error=NAME" for errno; gives EXIT_CALL. */
int failed(const char *command);

int run_set(int fd, const struct options *opts);
int run_send(int fd, const struct options *opts);
int run_receive(int fd, const struct options *opts);
int run_duplex(int fd, const struct options *opts);
int run_lines(int fd, const struct options *opts);
int run_wait(int fd, const struct options *opts);
int run_counts(int fd, const struct options *opts);
int run_break(int fd, const struct options *opts);
int run_rs485(int fd, const struct options *opts);
int run_flush(int fd, const struct options *opts);
int run_hold(int fd, const struct options *opts);

#endif
