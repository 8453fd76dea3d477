// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma map: what can be mapped, and what becomes of it. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tool.h"

static sigjmp_buf landing;

static void on_sigbus(int sig)
{
	siglongjmp(landing, sig);
}

/* One access to the word, or what became of it: SIGBUS or SIGSEGV, 0 when it was done. */
static int touch(volatile uint32_t *word, const struct options *opts, bool write,
		 uint32_t *ret_value)
{
	int sig = sigsetjmp(landing, 1);

	if (sig)
		return sig;
	if (write)
		*word = opts->value;
	*ret_value = *word;
	return 0;
}

static uint64_t place(const struct options *opts)
{
	uint64_t channel = opts->how.channel == STUNT_DMA_CHANNEL_ANY ? 0 : opts->how.channel;

	switch (opts->what) {
	case STUNT_DMA_MAP_RING:
	case STUNT_DMA_MAP_COMPS:
		return opts->what + channel * STUNT_DMA_MAP_STRIDE + opts->offset;
	default:
		return opts->what + opts->offset;
	}
}

static int map_it(struct stunt_dma *dma, const struct options *opts, void **ret_map)
{
	void *map = mmap(NULL, opts->size, opts->prot, opts->private ? MAP_PRIVATE : MAP_SHARED,
			 stunt_dma_fd(dma), place(opts));

	if (map == MAP_FAILED)
		return -errno;
	*ret_map = map;
	return 0;
}

static const char *signal_word(int sig)
{
	return sig == SIGBUS ? "SIGBUS" : sig == SIGSEGV ? "SIGSEGV" : "none";
}

static void print_touch(const char *word, volatile uint32_t *at, const struct options *opts,
			bool write)
{
	uint32_t value = 0;
	int sig = touch(at, opts, write, &value);

	if (sig)
		printf("%s signal=%s\n", word, signal_word(sig));
	else
		printf("%s signal=none word=%#x\n", word, value);
}

/* Until the device's state changes, at the most so long. */
static void hold(struct stunt_dma *dma, const struct options *opts)
{
	struct pollfd poll_fd = {.fd = stunt_dma_fd(dma), .events = POLLPRI};

	poll(&poll_fd, 1, opts->hold_ms);
	/* The driver takes mappings back right behind the news. */
	poll(NULL, 0, 100);
}

/* What became of it, and whether there is another to be had. */
static void look_again(struct stunt_dma *dma, const struct options *opts, void *map)
{
	char buf[48];
	void *again;
	int ret;

	hold(dma, opts);
	print_touch("after", map, opts, false);
	ret = map_it(dma, opts, &again);
	printf("again %s\n", verdict(ret, 0, buf));
	if (ret == 0)
		munmap(again, opts->size);
}

int run_map(struct stunt_dma *dma, const struct options *opts)
{
	struct sigaction action = {.sa_handler = on_sigbus};
	char buf[48];
	void *map;
	int ret;

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	ret = opts->what == STUNT_DMA_MAP_QUEUE ? stunt_dma_queue_open(dma, opts->entries) : 0;
	if (ret == 0)
		ret = map_it(dma, opts, &map);
	printf("map offset=%#llx size=%llu %s\n", (unsigned long long)place(opts),
	       (unsigned long long)opts->size, verdict(ret, 0, buf));
	if (ret < 0)
		return EXIT_DEVICE;
	print_touch("touch", map, opts, opts->has_value);
	/* What was mapped to be read does not become writable. */
	if (!(opts->prot & PROT_WRITE)) {
		ret = mprotect(map, opts->size, opts->prot | PROT_WRITE) < 0 ? -errno : 0;
		printf("mprotect %s\n", verdict(ret, 0, buf));
	}
	if (opts->hold_ms)
		look_again(dma, opts, map);
	munmap(map, opts->size);
	return EXIT_OK;
}
