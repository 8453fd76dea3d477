// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma watch: tells each change of the device's state, by poll() or by uevents. */
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One line a change. False when there will be no more. */
static bool tell(struct stunt_dma *dma, short events)
{
	uint64_t state[2];
	char buf[48];
	int ret = stunt_dma_scalar(dma, STUNT_DMA_SCALAR_STATE, NULL, 0, state, 2);

	if (ret < 0) {
		printf("watch %s hup=%d pri=%d\n", verdict(ret, 0, buf), !!(events & POLLHUP),
		       !!(events & POLLPRI));
		return false;
	}
	printf("watch state=%s generation=%llu\n", state_name(state[0]),
	       (unsigned long long)state[1]);
	return true;
}

static int watch_file(struct stunt_dma *dma, const struct options *opts)
{
	struct pollfd poll_fd = {.fd = stunt_dma_fd(dma), .events = POLLPRI};
	int64_t end = now_ms() + opts->hold_ms;
	uint64_t n = 0;
	bool more = tell(dma, 0);

	while (more && n < opts->count && now_ms() < end)
		if (poll(&poll_fd, 1, end - now_ms()) == 1) {
			more = tell(dma, poll_fd.revents);
			n++;
		}
	printf("watched changes=%llu\n", (unsigned long long)n);
	return n == opts->count ? EXIT_OK : EXIT_DEVICE;
}

/* The value of `key`, which ends with '=', in a message of strings that end with 0; "-" without. */
static const char *field(const char *message, size_t len, const char *key)
{
	for (const char *at = message; at < message + len; at += strlen(at) + 1)
		if (strncmp(at, key, strlen(key)) == 0)
			return at + strlen(key);
	return "-";
}

static int open_uevents(void)
{
	struct sockaddr_nl all = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&all, sizeof(all)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Those that speak of a state, or of a device file of ours. */
static bool tell_uevent(const char *message, size_t len)
{
	const char *state = field(message, len, "STUNT_STATE=");
	const char *node = field(message, len, "DEVNAME=");

	if (strcmp(node, "-") == 0)
		node = field(message, len, "STUNT_NODE=");
	if (strncmp(node, "stunt-dma", 9) != 0)
		return false;
	printf("uevent action=%s node=%s state=%s\n", field(message, len, "ACTION="), node, state);
	return true;
}

static int watch_uevents(const struct options *opts)
{
	struct pollfd poll_fd = {.fd = open_uevents(), .events = POLLIN};
	int64_t end = now_ms() + opts->hold_ms;
	char message[4096];
	uint64_t n = 0;
	char buf[48];

	if (poll_fd.fd < 0) {
		printf("watch %s\n", verdict(-errno, 0, buf));
		return EXIT_DEVICE;
	}
	printf("watch uevents=yes\n");
	while (n < opts->count && now_ms() < end)
		if (poll(&poll_fd, 1, end - now_ms()) == 1) {
			ssize_t len = recv(poll_fd.fd, message, sizeof(message) - 1, 0);

			message[len > 0 ? len : 0] = 0;
			n += len > 0 && tell_uevent(message, len);
		}
	close(poll_fd.fd);
	printf("watched changes=%llu\n", (unsigned long long)n);
	return n == opts->count ? EXIT_OK : EXIT_DEVICE;
}

int run_watch(struct stunt_dma *dma, const struct options *opts)
{
	return opts->uevents ? watch_uevents(opts) : watch_file(dma, opts);
}
