// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma ring and await: doorbells between two devices. */
#include <stdio.h>

#include "tool.h"

static bool fits(const struct options *opts)
{
	if (opts->mask <= UINT32_MAX)
		return true;
	fprintf(stderr, "stunt-dma: --mask: the doorbell has 32 bits\n");
	return false;
}

int run_ring(struct stunt_dma *dma, const struct options *opts)
{
	uint64_t n = 0;
	char buf[48];
	int ret = 0;

	if (!fits(opts))
		return EXIT_USAGE;
	while (ret == 0 && n < opts->count) {
		ret = stunt_dma_ring(dma, opts->mask);
		n += ret == 0;
	}
	printf("ring mask=0x%x rings=%llu %s\n", (uint32_t)opts->mask, (unsigned long long)n,
	       verdict(ret, 0, buf));
	return exit_status(ret, 0);
}

/* One line each time. */
int run_await_ring(struct stunt_dma *dma, const struct options *opts)
{
	char buf[48];
	int ret = 0;

	if (!fits(opts))
		return EXIT_USAGE;
	for (uint64_t n = 0; ret == 0 && n < opts->count; n++) {
		uint32_t rung = 0;

		ret = stunt_dma_await_ring(dma, opts->mask, opts->how.timeout_ns, &rung);
		printf("await mask=0x%x rung=0x%x %s\n", (uint32_t)opts->mask, rung,
		       verdict(ret, 0, buf));
	}
	return exit_status(ret, 0);
}
