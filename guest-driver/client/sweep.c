// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma sweep: one small copy after the other, from each alignment to each, of many lengths. */
#include <stdio.h>

#include "tool.h"

#define ALIGNMENTS 8u

static const size_t lengths[] = {1,  2,	 3,  4,	 5,   6,   7,	 8,    9,    15,
				 16, 17, 31, 63, 64,  65,  127,  4095, 4096, 4097};
#define N_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

struct sweep {
	struct stunt_dma *dma;
	const struct options *opts;
	unsigned int copies, bad, harmed;
	uint64_t bytes;
};

/* Offsets in a page such that short ones cross into the next as well. */
static uint64_t place(unsigned int alignment)
{
	return 4096 - 16 + alignment;
}

static int sweep_copy(struct sweep *sweep, unsigned int from, unsigned int to, size_t len)
{
	struct stunt_dma_result result = {0};
	struct buffer src = {0}, dst = {0};
	int ret = -1;

	if (buffer_init(&src, place(from), len) && buffer_init(&dst, place(to), len)) {
		buffer_blank(&src);
		buffer_blank(&dst);
		fill_random(src.data, len, sweep->opts->seed + sweep->copies);
		ret = stunt_dma_copy(sweep->dma, &sweep->opts->how, dst.data, src.data, len, &result);
		sweep->copies++;
		sweep->bytes += result.bytes;
		sweep->bad += first_difference(dst.data, src.data, len) >= 0;
		sweep->harmed += !buffer_guarded(&dst) || !buffer_guarded(&src);
	}
	buffer_clear(&src);
	buffer_clear(&dst);
	return exit_status(ret, result.status);
}

int run_sweep(struct stunt_dma *dma, const struct options *opts)
{
	struct sweep sweep = {.dma = dma, .opts = opts};
	int exit = EXIT_OK;

	for (size_t i = 0; i < N_LENGTHS && exit == EXIT_OK; i++) {
		for (unsigned int at = 0; at < ALIGNMENTS * ALIGNMENTS && exit == EXIT_OK; at++)
			exit = sweep_copy(&sweep, at / ALIGNMENTS, at % ALIGNMENTS, lengths[i]);
	}
	if (exit == EXIT_OK && (sweep.bad || sweep.harmed))
		exit = EXIT_DATA;
	printf("sweep alignments=%u lengths=%zu copies=%u bytes=%llu bad=%u harmed=%u exit=%d\n",
	       ALIGNMENTS, N_LENGTHS, sweep.copies, (unsigned long long)sweep.bytes, sweep.bad,
	       sweep.harmed, exit);
	return exit;
}
