// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma raw: a descriptor as the caller wants it. */
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

/* Where the bounce buffer is, by a descriptor that does nothing. */
static int find_bounce(struct stunt_dma *dma, const struct options *opts, uint64_t *ret_addr)
{
	struct stunt_dma_raw nop = {
		.channel = opts->how.channel,
		.desc_op = STUNT_DMA_OP_NOP,
		.desc_flags = STUNT_DMA_DESC_IRQ,
	};
	int ret = stunt_dma_raw(dma, &nop);

	if (ret == 0)
		*ret_addr = nop.bounce_addr;
	return ret;
}

/* Descriptors for the bounce buffer: LINKs in a circle, or NOPs to an END. */
static struct stunt_dma_desc *make_chain(const struct options *opts, uint64_t at)
{
	size_t n = opts->loop ? opts->loop : opts->chain;
	struct stunt_dma_desc *chain = calloc(n, sizeof(*chain));

	for (size_t i = 0; chain && i < n; i++) {
		if (opts->loop) {
			chain[i].op = STUNT_DMA_OP_LINK;
			chain[i].src = at + (i + 1) % n * sizeof(*chain);
		} else {
			chain[i].op = STUNT_DMA_OP_NOP;
			chain[i].flags = i + 1 == n ? STUNT_DMA_DESC_END : 0;
		}
	}
	return chain;
}

static struct stunt_dma_raw to_raw(const struct options *opts)
{
	return (struct stunt_dma_raw){
		.channel = opts->how.channel,
		.timeout_ns = opts->how.timeout_ns,
		.src_base = opts->src_base,
		.dst_base = opts->dst_base,
		.desc_src = opts->src,
		.desc_dst = opts->dst,
		.desc_len = opts->len,
		.desc_op = opts->op,
		.desc_flags = opts->flags,
		.desc_id = opts->id,
		.desc_arg = opts->arg,
		.desc_reserved = {opts->reserved},
	};
}

static int run_with_chain(struct stunt_dma *dma, const struct options *opts,
			  struct stunt_dma_raw *raw)
{
	struct stunt_dma_desc *chain;
	uint64_t at = 0;
	int ret = find_bounce(dma, opts, &at);

	if (ret < 0)
		return ret;
	chain = make_chain(opts, at);
	raw->in = (uintptr_t)chain;
	raw->in_len = (opts->loop ? opts->loop : opts->chain) * sizeof(*chain);
	ret = stunt_dma_raw(dma, raw);
	free(chain);
	return ret;
}

/* So often as asked, or until one fails. */
static int run_often(struct stunt_dma *dma, const struct options *opts, struct stunt_dma_raw *raw)
{
	int ret = 0;

	for (uint64_t n = 0; n < opts->count && ret == 0 && raw->status == STUNT_DMA_STATUS_OK;
	     n++) {
		*raw = to_raw(opts);
		ret = opts->loop || opts->chain ? run_with_chain(dma, opts, raw)
						: stunt_dma_raw(dma, raw);
	}
	return ret;
}

/* Tells of the last one only, so that many cost no more than their transfers. */
int run_raw(struct stunt_dma *dma, const struct options *opts)
{
	struct stunt_dma_raw raw = to_raw(opts);
	char buf[48];
	int ret = run_often(dma, opts, &raw);

	if (ret < 0) {
		printf("raw op=%u %s\n", raw.desc_op, verdict(ret, 0, buf));
		return exit_status(ret, 0);
	}
	printf("raw op=%u channel=%u %s code=%u result=%#x bytes=%u id=%u halted=%d ch_status=%#x "
	       "err_index=%u\n",
	       raw.desc_op, raw.channel, verdict(0, raw.status, buf), raw.status, raw.result,
	       raw.bytes, raw.id, (raw.ch_status & STUNT_DMA_CH_STATUS_HALTED) != 0, raw.ch_status,
	       raw.err_index);
	return exit_status(0, raw.status);
}
