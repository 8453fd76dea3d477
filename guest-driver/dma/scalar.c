// SPDX-License-Identifier: GPL-2.0-or-later
/* Scalar calls: a selector and some numbers, in and out. */
#include <linux/nospec.h>

#include "dma.h"

static u32 stunt_scalar_depth(struct stunt_dma_chan *ch)
{
	unsigned long flags = stunt_chan_lock(ch);
	u32 depth = ch->tail - ch->head;

	stunt_chan_unlock(ch, flags);
	return depth;
}

/* Return: 0 and the channel's number, fit for an index; -ECHRNG. */
static int stunt_scalar_chan(const struct stunt_file *sf, u64 nr, unsigned int *ret_nr)
{
	if (nr >= sf->sd->channels)
		return -ECHRNG;
	*ret_nr = array_index_nospec(nr, STUNT_DMA_CHANNELS);
	return 0;
}

static int stunt_scalar_echo(struct stunt_file *sf, struct stunt_dma_scalar *call)
{
	if (call->n_in != call->n_out)
		return -EINVAL;
	memcpy(call->out, call->in, sizeof(call->out));
	return 0;
}

static int stunt_scalar_state(struct stunt_file *sf, struct stunt_dma_scalar *call)
{
	/* In this order: should the state change in between, it is told once more. */
	call->out[1] = stunt_state_seen(sf);
	call->out[0] = stunt_state_told(sf->sd);
	return 0;
}

static int stunt_scalar_get(struct stunt_file *sf, struct stunt_dma_scalar *call)
{
	unsigned int nr;
	int ret = stunt_scalar_chan(sf, call->in[0], &nr);

	if (ret)
		return ret;
	switch (call->in[1]) {
	case STUNT_DMA_PARAM_TIMEOUT_NS:
		call->out[0] = READ_ONCE(sf->timeout_ns[nr]);
		return 0;
	case STUNT_DMA_PARAM_JOBS:
		call->out[0] = READ_ONCE(sf->n_by_chan[nr]);
		return 0;
	case STUNT_DMA_PARAM_DEPTH:
		call->out[0] = stunt_scalar_depth(&sf->sd->chan[nr]);
		return 0;
	default:
		return -ENOENT;
	}
}

static int stunt_scalar_set(struct stunt_file *sf, struct stunt_dma_scalar *call)
{
	unsigned int nr;
	int ret = stunt_scalar_chan(sf, call->in[0], &nr);

	if (ret)
		return ret;
	switch (call->in[1]) {
	case STUNT_DMA_PARAM_TIMEOUT_NS:
		if (call->in[2] > KTIME_MAX)
			return -ERANGE;
		WRITE_ONCE(sf->timeout_ns[nr], call->in[2]);
		return 0;
	case STUNT_DMA_PARAM_JOBS:
	case STUNT_DMA_PARAM_DEPTH:
		return -EACCES;
	default:
		return -ENOENT;
	}
}

#define STUNT_SCALAR_ANY	0xffffffffu	/* so many as the caller likes */

static const struct stunt_scalar_call {
	u32 n_in;
	u32 n_out;
	int (*fn)(struct stunt_file *sf, struct stunt_dma_scalar *call);
} stunt_scalar_calls[] = {
	[STUNT_DMA_SCALAR_ECHO] = { STUNT_SCALAR_ANY, STUNT_SCALAR_ANY, stunt_scalar_echo },
	[STUNT_DMA_SCALAR_STATE] = { 0, 2, stunt_scalar_state },
	[STUNT_DMA_SCALAR_GET] = { 2, 1, stunt_scalar_get },
	[STUNT_DMA_SCALAR_SET] = { 3, 0, stunt_scalar_set },
};

static bool stunt_scalar_counts(const struct stunt_scalar_call *row,
				const struct stunt_dma_scalar *call)
{
	if (call->n_in > STUNT_DMA_SCALARS || call->n_out > STUNT_DMA_SCALARS)
		return false;
	if (row->n_in != STUNT_SCALAR_ANY && row->n_in != call->n_in)
		return false;
	return row->n_out == STUNT_SCALAR_ANY || row->n_out == call->n_out;
}

int stunt_scalar(struct stunt_file *sf, struct stunt_dma_scalar *call)
{
	const struct stunt_scalar_call *row;
	u32 selector = call->selector;

	if (call->flags || call->reserved)
		return -EINVAL;
	if (selector >= ARRAY_SIZE(stunt_scalar_calls))
		return -EOPNOTSUPP;
	row = &stunt_scalar_calls[array_index_nospec(selector, ARRAY_SIZE(stunt_scalar_calls))];
	if (!stunt_scalar_counts(row, call))
		return -EINVAL;
	if (memchr_inv(call->in + call->n_in, 0,
		       (STUNT_DMA_SCALARS - call->n_in) * sizeof(call->in[0])))
		return -EINVAL;
	memset(call->out, 0, sizeof(call->out));
	return row->fn(sf, call);
}
