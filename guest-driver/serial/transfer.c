// SPDX-License-Identifier: GPL-2.0-or-later
/* Data: sent, received, and both at once. */
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serial.h"

#define CHUNK_MAX 65536

static uint8_t buffer[CHUNK_MAX];

static void pause_ms(uint64_t ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	if (ms)
		nanosleep(&time, NULL);
}

static uint64_t now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000ull + time.tv_nsec / 1000;
}

static size_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct stream stream_of(const struct options *opts, uint64_t seed)
{
	return (struct stream){seed, opts->no_controls ? NO_CONTROLS : 0};
}

/* Blocks; false with errno. */
static bool write_all(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		len -= done;
	}
	return true;
}

int run_send(int fd, const struct options *opts)
{
	uint64_t size = opts->text ? strlen(opts->text) : opts->size;
	const struct stream stream = stream_of(opts, opts->seed);
	uint64_t begin = now_us(), at = 0;
	uint32_t sum = 1;

	while (at < size) {
		size_t len = smaller(opts->chunk, size - at);

		if (opts->text)
			memcpy(buffer, opts->text + at, len);
		else
			data_fill(buffer, len, &stream, at);
		if (!write_all(fd, buffer, len)) {
			printf("send bytes=%" PRIu64 " ", at);
			return failed("error");
		}
		sum = data_sum(sum, buffer, len);
		at += len;
		pause_ms(opts->gap_ms);
	}
	if (opts->drain && ioctl(fd, TCSBRK, 1) < 0)
		return failed("drain");
	printf("send bytes=%" PRIu64 " sum=%08x us=%" PRIu64 "\n", at, sum, now_us() - begin);
	return EXIT_OK;
}

struct receiver {
	uint64_t bytes, begin_us;
	uint32_t sum;
	int64_t wrong_at; /* first byte that is not what it should be; -1: none */
	int mark_fd;
};

static void take(struct receiver *rx, const struct options *opts, size_t len)
{
	const struct stream stream = stream_of(opts, opts->has_expect_seed ? opts->expect_seed : opts->seed);
	ptrdiff_t wrong = data_check(buffer, len, &stream, rx->bytes);

	if (rx->wrong_at < 0 && wrong >= 0)
		rx->wrong_at = rx->bytes + wrong;
	rx->sum = data_sum(rx->sum, buffer, len);
	rx->bytes += len;
	if (opts->hex) {
		for (size_t i = 0; i < len; i++)
			printf("%02x", buffer[i]);
	}
}

/* 1: something was read, 0: nothing came for as long as we wait, negative errno; -EPIPE: hung up. */
static int receive_some(int fd, struct receiver *rx, const struct options *opts)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	int ready = poll(&pfd, 1, opts->timeout_ms ? (int)opts->timeout_ms : -1);
	ssize_t got;

	if (ready <= 0)
		return ready < 0 ? -errno : 0;
	got = read(fd, buffer, smaller(opts->chunk, opts->size - rx->bytes));
	if (got <= 0)
		return got < 0 ? -errno : -EPIPE;
	if (rx->mark_fd >= 0)
		dprintf(rx->mark_fd, "%" PRIu64 "\n", opts->mark);
	take(rx, opts, got);
	return 1;
}

static int receive_report(const struct receiver *rx, const struct options *opts, int ret)
{
	bool all = rx->bytes == opts->size;

	printf("%sreceive bytes=%" PRIu64 " sum=%08x us=%" PRIu64 " data=%s", opts->hex ? "\n" : "", rx->bytes, rx->sum,
	       now_us() - rx->begin_us, rx->wrong_at >= 0 ? "wrong" : all ? "ok" : "short");
	if (rx->wrong_at >= 0)
		printf(" at=%" PRId64, rx->wrong_at);
	if (ret < 0)
		printf(" error=%s", ret == -EPIPE ? "HANGUP" : strerrorname_np(-ret));
	printf("\n");
	if (ret < 0)
		return EXIT_CALL;
	return all && rx->wrong_at < 0 ? EXIT_OK : EXIT_DATA;
}

int run_receive(int fd, const struct options *opts)
{
	struct receiver rx = {.sum = 1, .wrong_at = -1, .mark_fd = -1, .begin_us = now_us()};
	int ret = 1;

	if (opts->mark)
		rx.mark_fd = open(MARK_PATH, O_WRONLY | O_CLOEXEC);
	pause_ms(opts->hold_ms);
	while (ret > 0 && rx.bytes < opts->size) {
		ret = receive_some(fd, &rx, opts);
		pause_ms(opts->pause_ms);
	}
	return receive_report(&rx, opts, ret < 0 ? ret : 0);
}

/* The sender is a process of its own, as programs with one port are that use it both ways. */
int run_duplex(int fd, const struct options *opts)
{
	pid_t sender;
	int received, status = 0;

	fflush(stdout);
	sender = fork();
	if (sender < 0)
		return failed("fork");
	if (sender == 0) {
		int exit_status = run_send(fd, opts);

		fflush(stdout);
		_exit(exit_status);
	}
	received = run_receive(fd, opts);
	waitpid(sender, &status, 0);
	return received ? received : WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_CALL;
}

int run_flush(int fd, const struct options *opts)
{
	(void)opts;
	if (ioctl(fd, TCFLSH, 2 /* both ways */) < 0)
		return failed("flush");
	printf("flush\n");
	return EXIT_OK;
}

/* Keeps the port open. */
int run_hold(int fd, const struct options *opts)
{
	(void)fd;
	printf("hold open=1\n");
	fflush(stdout);
	pause_ms(opts->hold_ms);
	printf("hold open=0\n");
	return EXIT_OK;
}
