// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings, as words separated by commas: "4000000,8n1,rtscts". What is not said is raw and without flow control. */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "serial.h"

struct flag {
	const char *name;
	size_t at;
	tcflag_t bits;
};

#define IFLAG offsetof(struct termios2, c_iflag)
#define CFLAG offsetof(struct termios2, c_cflag)

/* clang-format off */
static const struct flag flags[] = {
	{"rtscts", CFLAG, CRTSCTS}, {"hupcl", CFLAG, HUPCL}, {"modem", CFLAG, CLOCAL}, {"nocread", CFLAG, CREAD},
	{"ixon", IFLAG, IXON}, {"ixoff", IFLAG, IXOFF}, {"ixany", IFLAG, IXANY},
	{"inpck", IFLAG, INPCK}, {"parmrk", IFLAG, PARMRK}, {"ignpar", IFLAG, IGNPAR},
	{"ignbrk", IFLAG, IGNBRK}, {"brkint", IFLAG, BRKINT}, {"istrip", IFLAG, ISTRIP},
};
/* clang-format on */

#define N_FLAGS (sizeof(flags) / sizeof(flags[0]))
#define INVERTED (CLOCAL | CREAD) /* the word takes it away */

static bool set_flag(struct termios2 *t, const char *word)
{
	for (size_t i = 0; i < N_FLAGS; i++) {
		tcflag_t *place = (tcflag_t *)((char *)t + flags[i].at);

		if (strcmp(word, flags[i].name) != 0)
			continue;
		if (flags[i].at == CFLAG && flags[i].bits & INVERTED)
			*place &= ~flags[i].bits;
		else
			*place |= flags[i].bits;
		return true;
	}
	return false;
}

/* "8n1" and the like: bits, parity n, o, e, m (mark) or s (space), stop bits. */
static bool set_format(struct termios2 *t, const char *word)
{
	static const tcflag_t sizes[] = {CS5, CS6, CS7, CS8};
	static const char parities[] = "noems";
	static const tcflag_t parity_flags[] = {0, PARENB | PARODD, PARENB, PARENB | PARODD | CMSPAR, PARENB | CMSPAR};
	const char *parity;

	if (strlen(word) != 3 || word[0] < '5' || word[0] > '8' || (word[2] != '1' && word[2] != '2'))
		return false;
	parity = strchr(parities, word[1]);
	if (!parity)
		return false;
	t->c_cflag &= ~(CSIZE | CSTOPB | PARENB | PARODD | CMSPAR);
	t->c_cflag |= sizes[word[0] - '5'] | parity_flags[parity - parities];
	if (word[2] == '2')
		t->c_cflag |= CSTOPB;
	return true;
}

static bool set_speed(struct termios2 *t, const char *word)
{
	char *end;
	unsigned long baud = strtoul(word, &end, 10);

	if (*end || end == word)
		return false;
	t->c_cflag &= ~(CBAUD | CBAUD << IBSHIFT);
	t->c_cflag |= baud ? BOTHER : B0;
	t->c_ospeed = baud;
	t->c_ispeed = baud;
	return true;
}

static void set_raw(struct termios2 *t)
{
	t->c_iflag = 0;
	t->c_oflag = 0;
	t->c_lflag = 0;
	t->c_cflag = (t->c_cflag & (CBAUD | CBAUD << IBSHIFT)) | CS8 | CREAD | CLOCAL;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
	t->c_cc[VSTART] = 17;
	t->c_cc[VSTOP] = 19;
}

/* False with errno: EINVAL for a word that is none. */
bool line_set(int fd, const char *settings)
{
	struct termios2 t;
	char words[128];

	if (ioctl(fd, TCGETS2, &t) < 0)
		return false;
	set_raw(&t);
	snprintf(words, sizeof(words), "%s", settings);
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ",")) {
		if (!set_flag(&t, word) && !set_format(&t, word) && !set_speed(&t, word)) {
			fprintf(stderr, "stunt-serial: no such setting: %s\n", word);
			errno = EINVAL;
			return false;
		}
	}
	return ioctl(fd, TCSETS2, &t) == 0;
}

void line_print(int fd)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t) < 0) {
		failed("line");
		return;
	}
	printf("line baud=%u bits=%d parity=%s stop=%d", t.c_ospeed, 5 + ((t.c_cflag & CSIZE) >> 4),
	       !(t.c_cflag & PARENB) ? "none"
	       : t.c_cflag & CMSPAR  ? (t.c_cflag & PARODD ? "mark" : "space")
				     : (t.c_cflag & PARODD ? "odd" : "even"),
	       t.c_cflag & CSTOPB ? 2 : 1);
	for (size_t i = 0; i < N_FLAGS; i++)
		printf(" %s=%d", flags[i].name, !!(*(tcflag_t *)((char *)&t + flags[i].at) & flags[i].bits) ^
						    (flags[i].at == CFLAG && flags[i].bits & INVERTED ? 1 : 0));
	printf("\n");
}

int run_set(int fd, const struct options *opts)
{
	(void)opts;
	line_print(fd);
	return EXIT_OK;
}
