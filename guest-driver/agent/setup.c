// SPDX-License-Identifier: GPL-2.0-or-later
/* What the guest needs before anything else: file systems, environment, entropy. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent.h"

static const struct mount_row {
	const char *type, *target, *options;
} mounts[] = {
	{ "devtmpfs", "/dev", "mode=0755" },
	{ "proc", "/proc", NULL },
	{ "sysfs", "/sys", NULL },
	{ "tmpfs", "/tmp", "mode=1777" },
	{ "tmpfs", "/run", "mode=0755" },
	{ "devpts", "/dev/pts", "mode=0620" },
	{ "tmpfs", "/dev/shm", "mode=1777" },
	{ "debugfs", "/sys/kernel/debug", NULL },
};

static void mount_all(void)
{
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct mount_row *row = &mounts[i];

		mkdir(row->target, 0755);
		/* EBUSY: the kernel has mounted it. A kernel without one of them can still be talked to. */
		if (mount(row->type, row->target, row->type, 0, row->options) && errno != EBUSY)
			agent_log("cannot mount %s on %s: %s", row->type, row->target, strerror(errno));
	}
}

/* Without a console the kernel starts us with no files open, and pipes would become 0, 1 and 2. */
static void open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void set_environment(void)
{
	mkdir("/root", 0700);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("LANG", "C", 1);
	setenv("TMPDIR", "/tmp", 1);
	umask(022);
	if (chdir("/"))
		agent_log("cannot go to /: %s", strerror(errno));
	/* Writing to a pipe whose reader has gone must not end process 1. Children get the default back. */
	signal(SIGPIPE, SIG_IGN);
}

/* The value of stunt.seed=N on the kernel's command line. */
static bool seed_of_cmdline(uint64_t *ret)
{
	static const char key[] = "stunt.seed=";
	char *text = read_text("/proc/cmdline");
	char *at, *save = NULL;
	bool found = false;

	for (at = text ? strtok_r(text, " \n", &save) : NULL; at; at = strtok_r(NULL, " \n", &save)) {
		if (strncmp(at, key, strlen(key)))
			continue;
		*ret = strtoull(at + strlen(key), NULL, 0);
		found = true;
	}
	free(text);
	return found;
}

/* splitmix64: spreads a small seed over as many words as are asked for. */
static uint64_t next_word(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/*
 * The seed goes into the kernel's pool and is taken at face value, so that getrandom() neither waits nor
 * depends on anything but the run.
 */
void seed_entropy(uint64_t seed)
{
	struct {
		struct rand_pool_info info;
		uint64_t word[8];
	} pool = { .info = { .entropy_count = 512, .buf_size = sizeof(pool.word) } };
	int fd;
	size_t i;

	for (i = 0; i < sizeof(pool.word) / sizeof(pool.word[0]); i++)
		pool.word[i] = next_word(&seed);
	fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) || ioctl(fd, RNDRESEEDCRNG))
		agent_log("cannot seed /dev/urandom: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

void setup_system(void)
{
	uint64_t seed;

	mount_all();
	open_standard();
	set_environment();
	if (seed_of_cmdline(&seed))
		seed_entropy(seed);
}
