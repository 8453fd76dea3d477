// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-registry: the devices that Stunt's drivers have bound, and what becomes of them. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stunt/uapi/registry.h>

#define EXIT_OK	     0
#define EXIT_EARLY   1 /* fewer events came than were waited for */
#define EXIT_REFUSED 2
#define EXIT_USAGE   64

struct options {
	const char *device;
	uint64_t count;	     /* 0: no end */
	uint64_t timeout_ms; /* 0: none */
	uint64_t delay_ms;
	bool new_only;
};

static const char *name_of(const char *const *names, size_t n, uint32_t value)
{
	return value < n && names[value] ? names[value] : "unknown";
}

static void print_event(const struct stunt_registry_event *event)
{
	static const char *const events[] = {NULL, "arrived", "removed", "changed"};
	static const char *const states[] = {"stopped", "running", "gone"};

	printf("event=%s present=%d seq=%" PRIu64 " time_ns=%" PRIu64
	       " id=%u name=%s driver=%s device=%s state=%s lost=%u\n",
	       name_of(events, 4, event->event), !!(event->flags & STUNT_REGISTRY_PRESENT),
	       event->seq, event->time_ns, event->id, event->name, event->driver, event->device,
	       name_of(states, 3, event->state), event->lost);
}

static int refuse(const char *path, int error)
{
	printf("registry device=%s error=%s\n", path, strerrorname_np(error));
	return EXIT_REFUSED;
}

/* One record. Return: 1, 0 when there is none (the file does not block), negative errno. */
static int next_event(int fd, struct stunt_registry_event *event)
{
	ssize_t got = read(fd, event, sizeof(*event));

	if (got < 0)
		return errno == EAGAIN ? 0 : -errno;
	return got == sizeof(*event) ? 1 : -EPROTO;
}

static int list(const struct options *opts)
{
	int fd = open(opts->device, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stunt_registry_event event;
	unsigned int devices = 0;
	int ret;

	if (fd < 0)
		return refuse(opts->device, errno);
	while ((ret = next_event(fd, &event)) > 0 && event.flags & STUNT_REGISTRY_PRESENT) {
		print_event(&event);
		devices++;
	}
	close(fd);
	if (ret < 0)
		return refuse(opts->device, -ret);
	printf("total devices=%u\n", devices);
	return EXIT_OK;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

/* Return: whether a record waits; false when the time is over. */
static bool await_event(int fd, uint64_t deadline_ms)
{
	struct pollfd wanted = {.fd = fd, .events = POLLIN};
	uint64_t now = now_ms();

	if (!deadline_ms)
		return poll(&wanted, 1, -1) > 0;
	return now < deadline_ms && poll(&wanted, 1, (int)(deadline_ms - now)) > 0;
}

static int watch_file(int fd, const struct options *opts)
{
	uint64_t deadline_ms = opts->timeout_ms ? now_ms() + opts->timeout_ms : 0;
	struct stunt_registry_event event;
	uint64_t seen = 0;
	int ret;

	while (!opts->count || seen < opts->count) {
		ret = next_event(fd, &event);
		if (ret < 0)
			return refuse(opts->device, -ret);
		if (ret == 0 && !await_event(fd, deadline_ms))
			return opts->count ? EXIT_EARLY : EXIT_OK;
		if (ret == 0 || (opts->new_only && event.flags & STUNT_REGISTRY_PRESENT))
			continue;
		print_event(&event);
		seen++;
	}
	return EXIT_OK;
}

static int watch(const struct options *opts)
{
	int fd = open(opts->device, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int status;

	if (fd < 0)
		return refuse(opts->device, errno);
	printf("watching device=%s\n", opts->device);
	usleep(opts->delay_ms * 1000);
	status = watch_file(fd, opts);
	close(fd);
	return status;
}

static void usage(FILE *to)
{
	fprintf(to, "usage: stunt-registry list [--device PATH]\n"
		    "       stunt-registry watch [OPTION ...]\n\n"
		    "  list     the devices that are there now, a line each, and their number\n"
		    "  watch    a line for each event, with those that were there at the beginning\n\n"
		    "  --count N        end after so many lines\n"
		    "  --timeout-ms N   end after this time\n"
		    "  --delay-ms N     do not read before this time\n"
		    "  --new            leave out what was there at the beginning\n"
		    "  --device PATH    /dev/stunt-registry if not given\n\n"
		    "exit status: 0 ok, 1 the time was over before --count, 2 an error, 64 usage\n");
}

static bool parse_number(const char *text, uint64_t max, uint64_t *ret_value)
{
	char *end;

	errno = 0;
	*ret_value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !errno && !*end && *ret_value && *ret_value <= max;
}

static bool parse_options(int argc, char **argv, struct options *opts)
{
	static const struct option longs[] = {
		{"device", required_argument, NULL, 'd'}, {"count", required_argument, NULL, 'c'},
		{"timeout-ms", required_argument, NULL, 't'}, {"delay-ms", required_argument, NULL, 'w'},
		{"new", no_argument, NULL, 'n'}, {0},
	};
	bool good = true;
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (option == 'd')
			opts->device = optarg;
		else if (option == 'c')
			good &= parse_number(optarg, UINT64_MAX, &opts->count);
		else if (option == 't')
			good &= parse_number(optarg, INT32_MAX, &opts->timeout_ms);
		else if (option == 'w')
			good &= parse_number(optarg, 1000000, &opts->delay_ms);
		else if (option == 'n')
			opts->new_only = true;
		else
			return false;
	}
	return good && optind == argc;
}

int main(int argc, char **argv)
{
	struct options opts = {.device = "/dev/stunt-registry"};
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "--help") == 0) {
		usage(stdout);
		return EXIT_OK;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && parse_options(argc - 1, argv + 1, &opts)) {
		if (strcmp(command, "watch") == 0)
			return watch(&opts);
		if (strcmp(command, "list") == 0)
			return list(&opts);
	}
	usage(stderr);
	return EXIT_USAGE;
}
