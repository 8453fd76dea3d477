// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma-hostile: a user of /dev/stunt-dmaN who means no good. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hostile.h"

#define WORKERS 3
#define NOBODY 65534

struct options {
	const char *device, *pci;
	uint64_t seconds, seed, pace_us;
};

struct counts *counts;

uint64_t random_word(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t random_below(uint64_t *state, uint64_t n)
{
	return random_word(state) % n;
}

bool chance(uint64_t *state, unsigned int percent)
{
	return random_below(state, 100) < percent;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

/* Anybody may use the file, as an administrator might have it. The file is new with each bind. */
static void open_up(const struct options *opts)
{
	if (chmod(opts->device, 0666))
		printf("hostile device=%s error=%s\n", opts->device, strerrorname_np(errno));
}

/* The ground is pulled from under the workers' feet. */
static void disturb(const struct options *opts, uint64_t *rng)
{
	char path[128];

	if (!opts->pci)
		return;
	if (chance(rng, 60)) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", opts->pci);
		if (write_file(path, "1"))
			count(&counts->resets);
		return;
	}
	if (!write_file("/sys/bus/pci/drivers/stunt_dma/unbind", opts->pci))
		return;
	usleep(random_below(rng, 20000));
	if (write_file("/sys/bus/pci/drivers/stunt_dma/bind", opts->pci))
		count(&counts->binds);
	open_up(opts);
}

static pid_t start_worker(const struct options *opts, uint64_t *rng)
{
	bool privileged = chance(rng, 30);
	uint64_t seed = random_word(rng);
	pid_t pid = fork();

	if (pid == 0) {
		if (!privileged && (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
			_exit(1);
		worker_run(opts->device, privileged, seed, opts->pace_us);
	}
	count(&counts->workers);
	return pid;
}

/* All that have ended. Workers' own children come to us, too, and do not count. */
static void reap(pid_t workers[WORKERS], int flags)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, flags)) > 0)
		for (unsigned int i = 0; i < WORKERS; i++) {
			if (workers[i] != pid)
				continue;
			workers[i] = 0;
			if (WIFSIGNALED(status))
				count(WTERMSIG(status) == SIGKILL ? &counts->killed
								  : &counts->crashed);
		}
}

static void supervise(const struct options *opts)
{
	int64_t end = now_ms() + opts->seconds * 1000;
	uint64_t rng = opts->seed;
	pid_t workers[WORKERS] = {0};

	while (now_ms() < end) {
		for (unsigned int i = 0; i < WORKERS; i++)
			if (!workers[i])
				workers[i] = start_worker(opts, &rng);
		usleep(random_below(&rng, 100000));
		if (chance(&rng, 10) && workers[0])
			kill(workers[0], SIGKILL);
		if (chance(&rng, 10))
			disturb(opts, &rng);
		reap(workers, WNOHANG);
	}
	/* Their own children are ours then, and end by themselves. */
	for (unsigned int i = 0; i < WORKERS; i++)
		if (workers[i])
			kill(workers[i], SIGKILL);
	reap(workers, 0);
}

static void report(const struct options *opts)
{
	printf("hostile seconds=%llu seed=%llu calls=%llu answered=%llu refused=%llu maps=%llu "
	       "mapped=%llu faults=%llu forks=%llu signals=%llu workers=%llu killed=%llu "
	       "crashed=%llu binds=%llu resets=%llu\n",
	       (unsigned long long)opts->seconds, (unsigned long long)opts->seed,
	       (unsigned long long)counts->calls, (unsigned long long)counts->answered,
	       (unsigned long long)counts->refused, (unsigned long long)counts->maps,
	       (unsigned long long)counts->mapped, (unsigned long long)counts->faults,
	       (unsigned long long)counts->forks, (unsigned long long)counts->signals,
	       (unsigned long long)counts->workers, (unsigned long long)counts->killed,
	       (unsigned long long)counts->crashed, (unsigned long long)counts->binds,
	       (unsigned long long)counts->resets);
}

static bool parse(int argc, char **argv, struct options *opts)
{
	static const struct option longs[] = {
		{"device", 1, NULL, 'd'}, {"pci", 1, NULL, 'p'},     {"seconds", 1, NULL, 's'},
		{"seed", 1, NULL, 'r'},	  {"pace-us", 1, NULL, 'u'}, {0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'd')
			opts->device = optarg;
		else if (c == 'p')
			opts->pci = optarg;
		else if (c == 's')
			opts->seconds = strtoull(optarg, NULL, 0);
		else if (c == 'r')
			opts->seed = strtoull(optarg, NULL, 0);
		else if (c == 'u')
			opts->pace_us = strtoull(optarg, NULL, 0);
		else
			return false;
	}
	return optind == argc && opts->seconds;
}

int main(int argc, char **argv)
{
	struct options opts = {.device = "/dev/stunt-dma0", .seconds = 60, .seed = 1, .pace_us = 20000};

	if (!parse(argc, argv, &opts)) {
		fprintf(stderr, "usage: stunt-dma-hostile [--device PATH] [--pci ADDRESS] [--seconds N] "
				"[--seed N] [--pace-us N]\n");
		return 64;
	}
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror("stunt-dma-hostile");
		return 2;
	}
	open_up(&opts);
	supervise(&opts);
	report(&opts);
	return 0;
}
