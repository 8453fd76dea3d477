// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma scalar: numbers in, numbers out. */
#include <errno.h>
#include <stdio.h>

#include "tool.h"

/* As the options say it, sense or not: what the driver refuses is to be seen. */
int run_scalar(struct stunt_dma *dma, const struct options *opts)
{
	struct stunt_dma_scalar call = {
		.size = sizeof(call),
		.selector = opts->selector,
		.n_in = opts->has_n_in ? opts->n_in : opts->n_scalars,
		.n_out = opts->outs,
	};
	char buf[48];
	int ret;

	for (size_t i = 0; i < opts->n_scalars; i++)
		call.in[i] = opts->scalars[i];
	ret = ioctl(stunt_dma_fd(dma), STUNT_DMA_SCALAR, &call) < 0 ? -errno : 0;
	printf("scalar selector=%u in=%u out=%u %s", call.selector, call.n_in, call.n_out,
	       verdict(ret, 0, buf));
	for (size_t i = 0; ret == 0 && i < call.n_out && i < STUNT_DMA_SCALARS; i++)
		printf(" out%zu=%llu", i, (unsigned long long)call.out[i]);
	printf("\n");
	return exit_status(ret, 0);
}
