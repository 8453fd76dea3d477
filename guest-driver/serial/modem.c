// SPDX-License-Identifier: GPL-2.0-or-later
/* Everything that is not data: modem lines, their changes, counters, break, RS-485. */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "serial.h"

#ifndef TIOCM_LOOP /* in a header that cannot stand beside sys/ioctl.h */
#define TIOCM_LOOP 0x8000
#endif

static const struct {
	const char *name;
	int bit;
} lines[] = {
	{"dtr", TIOCM_DTR}, {"rts", TIOCM_RTS}, {"cts", TIOCM_CTS}, {"dsr", TIOCM_DSR},
	{"ri", TIOCM_RI},   {"dcd", TIOCM_CAR}, {"loop", TIOCM_LOOP},
};

#define N_LINES (sizeof(lines) / sizeof(lines[0]))

static int line_bit(const char *name)
{
	for (size_t i = 0; i < N_LINES; i++) {
		if (strcmp(name, lines[i].name) == 0)
			return lines[i].bit;
	}
	fprintf(stderr, "stunt-serial: no such line: %s\n", name);
	return -1;
}

/* "+rts", "-dtr": one line on or off. */
static bool set_line(int fd, const char *word)
{
	int bit = line_bit(word + 1);

	if (bit < 0 || (*word != '+' && *word != '-')) {
		errno = EINVAL;
		return false;
	}
	return ioctl(fd, *word == '+' ? TIOCMBIS : TIOCMBIC, &bit) == 0;
}

int run_lines(int fd, const struct options *opts)
{
	char words[64];
	int status;

	snprintf(words, sizeof(words), "%s", opts->words ? opts->words : "");
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		if (!set_line(fd, word))
			return failed("lines");
	}
	if (ioctl(fd, TIOCMGET, &status) < 0)
		return failed("lines");
	printf("lines");
	for (size_t i = 0; i < N_LINES; i++)
		printf(" %s=%d", lines[i].name, !!(status & lines[i].bit));
	printf("\n");
	return EXIT_OK;
}

/* Sleeps until one of the lines has changed. */
int run_wait(int fd, const struct options *opts)
{
	char words[64];
	int mask = 0;

	snprintf(words, sizeof(words), "%s", opts->words ? opts->words : "cts,dsr,ri,dcd");
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		int bit = line_bit(word);

		if (bit < 0)
			return EXIT_USAGE;
		mask |= bit;
	}
	printf("wait begins=1\n");
	fflush(stdout);
	if (ioctl(fd, TIOCMIWAIT, mask) < 0)
		return failed("wait");
	printf("wait changed=1\n");
	return EXIT_OK;
}

int run_counts(int fd, const struct options *opts)
{
	struct serial_icounter_struct c;

	(void)opts;
	if (ioctl(fd, TIOCGICOUNT, &c) < 0)
		return failed("counts");
	printf("counts rx=%d tx=%d frame=%d parity=%d overrun=%d brk=%d buf_overrun=%d cts=%d dsr=%d rng=%d dcd=%d\n",
	       c.rx, c.tx, c.frame, c.parity, c.overrun, c.brk, c.buf_overrun, c.cts, c.dsr, c.rng, c.dcd);
	return EXIT_OK;
}

int run_break(int fd, const struct options *opts)
{
	struct timespec time = {opts->hold_ms / 1000, opts->hold_ms % 1000 * 1000000};

	if (ioctl(fd, TIOCSBRK) < 0)
		return failed("break");
	nanosleep(&time, NULL);
	if (ioctl(fd, TIOCCBRK) < 0)
		return failed("break");
	printf("break ms=%u\n", (unsigned int)opts->hold_ms);
	return EXIT_OK;
}

static bool rs485_word(struct serial_rs485 *rs, char *word)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} names[] = {
		{"enabled", SER_RS485_ENABLED},	      {"on-send", SER_RS485_RTS_ON_SEND},
		{"after-send", SER_RS485_RTS_AFTER_SEND}, {"rx-during-tx", SER_RS485_RX_DURING_TX},
		{"terminate", SER_RS485_TERMINATE_BUS},   {"addrb", SER_RS485_ADDRB},
		{"recv", SER_RS485_ADDR_RECV},	      {"dest", SER_RS485_ADDR_DEST},
	};
	char *value = strchr(word, '=');
	unsigned long number = value ? strtoul(value + 1, NULL, 0) : 0;

	if (value)
		*value = '\0';
	if (strcmp(word, "before") == 0) {
		rs->delay_rts_before_send = number;
		return true;
	}
	if (strcmp(word, "after") == 0) {
		rs->delay_rts_after_send = number;
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(word, names[i].name) != 0)
			continue;
		rs->flags |= names[i].flag;
		if (names[i].flag == SER_RS485_ADDR_RECV)
			rs->addr_recv = number;
		if (names[i].flag == SER_RS485_ADDR_DEST)
			rs->addr_dest = number;
		return true;
	}
	fprintf(stderr, "stunt-serial: no such word of RS-485: %s\n", word);
	errno = EINVAL;
	return false;
}

int run_rs485(int fd, const struct options *opts)
{
	struct serial_rs485 rs = {0};
	char words[128];

	snprintf(words, sizeof(words), "%s", opts->words ? opts->words : "");
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		if (!rs485_word(&rs, word))
			return failed("rs485");
	}
	if (opts->words && ioctl(fd, TIOCSRS485, &rs) < 0)
		return failed("rs485");
	if (ioctl(fd, TIOCGRS485, &rs) < 0)
		return failed("rs485");
	printf("rs485 flags=%#x before=%u after=%u recv=%u dest=%u\n", rs.flags, rs.delay_rts_before_send,
	       rs.delay_rts_after_send, rs.addr_recv, rs.addr_dest);
	return EXIT_OK;
}
