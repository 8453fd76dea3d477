// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The channels as dmaengine offers them to other drivers: memcpy, memset, interrupt; slave and cyclic
 * transfers are in slave.c.
 *
 * A descriptor of dmaengine's becomes a job when it is issued. Its cookie is completed when the
 * job ends; the callback follows from the tasklet. A client may spin until its cookie is complete
 * and keep the interrupt's thread from running, so asking for the status makes for progress, too.
 */
#include <linux/slab.h>

#include "engine.h"

/* Cookies count up from DMA_MIN_COOKIE and wrap around to it. */
static dma_cookie_t stunt_engine_assign(struct stunt_dma_tx *tx)
{
	struct dma_chan *chan = tx->tx.chan;

	chan->cookie = chan->cookie == INT_MAX ? DMA_MIN_COOKIE : chan->cookie + 1;
	tx->tx.cookie = chan->cookie;
	return chan->cookie;
}

static void stunt_engine_complete(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx, bool failed)
{
	ch->dma.completed_cookie = tx->tx.cookie;
	if (failed)
		ch->failed[ch->n_failed++ % STUNT_DMA_FAILED_COOKIES] = tx->tx.cookie;
}

static bool stunt_engine_failed(const struct stunt_dma_chan *ch, dma_cookie_t cookie)
{
	unsigned int i;

	for (i = 0; i < STUNT_DMA_FAILED_COOKIES; i++)
		if (ch->failed[i] == cookie)
			return true;
	return false;
}

/* Copied, as nothing keeps a cyclic tx while its callback runs. */
struct stunt_engine_call {
	dma_async_tx_callback plain;
	dma_async_tx_callback_result with_result;
	void *param;
	struct dmaengine_result result;
};

static struct stunt_engine_call stunt_engine_call_of(struct stunt_dma_tx *tx,
						     enum dmaengine_tx_result result, u32 residue)
{
	return (struct stunt_engine_call){
		.plain = tx->tx.callback,
		.with_result = tx->tx.callback_result,
		.param = tx->tx.callback_param,
		.result = { .result = result, .residue = residue },
	};
}

static void stunt_engine_callback(const struct stunt_engine_call *call)
{
	if (call->with_result)
		call->with_result(call->param, &call->result);
	else if (call->plain)
		call->plain(call->param);
}

/* The next period of a transfer that its client has not been told of. */
static bool stunt_engine_next_period(struct stunt_dma_job *job, struct stunt_engine_call *ret_call)
{
	if (job->told == job->periods)
		return false;
	job->told++;
	*ret_call = stunt_engine_call_of(to_stunt_tx(job), DMA_TRANS_NOERROR, 0);
	return true;
}

bool stunt_engine_tell(struct stunt_dma_chan *ch)
{
	unsigned long flags = stunt_chan_lock(ch);
	struct stunt_dma_job *job = list_first_entry_or_null(&ch->active, struct stunt_dma_job,
							     node);
	struct stunt_engine_call call;
	bool found = job && job->cyclic && stunt_engine_next_period(job, &call);

	ch->untold = false;	/* whoever finds another one sets it anew */
	stunt_chan_unlock(ch, flags);
	if (found)
		stunt_engine_callback(&call);
	return found;
}

void stunt_engine_finish(struct stunt_dma_chan *ch, struct stunt_dma_job *job)
{
	stunt_engine_complete(ch, to_stunt_tx(job), job->error || job->status);
	stunt_slave_release(ch, to_stunt_tx(job));
}

static void stunt_engine_done(struct stunt_dma_job *job)
{
	struct stunt_dma_tx *tx = to_stunt_tx(job);
	struct stunt_engine_call call;

	dma_descriptor_unmap(&tx->tx);
	while (stunt_engine_next_period(job, &call))
		stunt_engine_callback(&call);
	call = stunt_engine_call_of(tx, job->error || job->status ? DMA_TRANS_ABORTED :
								    DMA_TRANS_NOERROR,
				    tx->len - min_t(u64, job->bytes, tx->len));
	stunt_engine_callback(&call);
	dma_run_dependencies(&tx->tx);
	kfree(tx);
}

static dma_cookie_t stunt_engine_submit(struct dma_async_tx_descriptor *desc)
{
	struct stunt_dma_tx *tx = container_of(desc, struct stunt_dma_tx, tx);
	struct stunt_dma_chan *ch = to_stunt_chan(desc->chan);
	unsigned long flags = stunt_chan_lock(ch);
	dma_cookie_t cookie = stunt_engine_assign(tx);

	list_move_tail(&tx->job.node, &ch->submitted);
	stunt_chan_unlock(ch, flags);
	return cookie;
}

static void stunt_engine_issue_pending(struct dma_chan *chan)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	struct stunt_dma_job *job, *tmp;
	unsigned long flags = stunt_chan_lock(ch);
	bool dead = stunt_dma_is(ch->sd, STUNT_DMA_GONE) || stunt_dma_is(ch->sd, STUNT_DMA_REMOVED);

	list_for_each_entry_safe(job, tmp, &ch->submitted, node) {
		if (dead) {
			stunt_chan_finish(ch, job, -ENODEV);
			continue;
		}
		list_del(&job->node);
		stunt_chan_queue(ch, job);
	}
	stunt_chan_post(ch);
	stunt_chan_unlock(ch, flags);
}

struct stunt_dma_tx *stunt_engine_new(struct dma_chan *chan, u32 n, size_t len,
				      unsigned long flags)
{
	struct stunt_dma_tx *tx;

	if (flags & DMA_CTRL_REUSE)
		return NULL;
	tx = kzalloc(struct_size(tx, desc, n), GFP_NOWAIT);
	if (!tx)
		return NULL;
	dma_async_tx_descriptor_init(&tx->tx, chan);
	tx->tx.flags = flags;
	tx->tx.tx_submit = stunt_engine_submit;
	tx->len = len;
	tx->job.done = stunt_engine_done;
	tx->job.desc = tx->desc;
	tx->job.n_desc = n;
	tx->job.client = true;
	return tx;
}

void stunt_engine_keep(struct stunt_dma_chan *ch, struct stunt_dma_tx *tx)
{
	list_add_tail(&tx->job.node, &ch->prepared);
}

/* One tx of @len bytes, its descriptors not filled in, but for the lengths. */
static struct stunt_dma_tx *stunt_engine_prepare(struct dma_chan *chan, size_t len, u8 op,
						 unsigned long flags)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	size_t max = ch->sd->max_len;
	u32 n = max_t(u32, DIV_ROUND_UP(len, max), 1);
	struct stunt_dma_tx *tx = stunt_engine_new(chan, n, len, flags);
	unsigned long irq_flags;
	u32 i;

	if (!tx)
		return NULL;
	for (i = 0; i < n; i++) {
		tx->desc[i].op = op;
		tx->desc[i].len = min(len - i * max, max);
	}

	irq_flags = stunt_chan_lock(ch);
	stunt_engine_keep(ch, tx);
	stunt_chan_unlock(ch, irq_flags);
	return tx;
}

static struct dma_async_tx_descriptor *
stunt_engine_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
		    unsigned long flags)
{
	struct stunt_dma_tx *tx;
	u32 i;

	if (!len)
		return NULL;
	tx = stunt_engine_prepare(chan, len, STUNT_DMA_OP_COPY, flags);
	if (!tx)
		return NULL;
	for (i = 0; i < tx->job.n_desc; i++) {
		tx->desc[i].src = src;
		tx->desc[i].dst = dst;
		src += tx->desc[i].len;
		dst += tx->desc[i].len;
	}
	return &tx->tx;
}

static struct dma_async_tx_descriptor *
stunt_engine_memset(struct dma_chan *chan, dma_addr_t dst, int value, size_t len,
		    unsigned long flags)
{
	struct stunt_dma_tx *tx;
	u32 i;

	if (!len)
		return NULL;
	tx = stunt_engine_prepare(chan, len, STUNT_DMA_OP_FILL, flags);
	if (!tx)
		return NULL;
	for (i = 0; i < tx->job.n_desc; i++) {
		tx->desc[i].dst = dst;
		tx->desc[i].arg = (value & 0xff) * 0x0101010101010101ULL;
		dst += tx->desc[i].len;
	}
	return &tx->tx;
}

static struct dma_async_tx_descriptor *
stunt_engine_interrupt(struct dma_chan *chan, unsigned long flags)
{
	struct stunt_dma_tx *tx = stunt_engine_prepare(chan, 0, STUNT_DMA_OP_NOP, flags);

	return tx ? &tx->tx : NULL;
}

static struct stunt_dma_tx *stunt_engine_find_in(struct list_head *list, dma_cookie_t cookie)
{
	struct stunt_dma_job *job;

	list_for_each_entry(job, list, node)
		if (job->client && to_stunt_tx(job)->tx.cookie == cookie)
			return to_stunt_tx(job);
	return NULL;
}

static u32 stunt_engine_residue(struct stunt_dma_chan *ch, dma_cookie_t cookie)
{
	struct stunt_dma_tx *tx = stunt_engine_find_in(&ch->active, cookie);

	tx = tx ?: stunt_engine_find_in(&ch->queued, cookie);
	tx = tx ?: stunt_engine_find_in(&ch->submitted, cookie);
	return tx ? min_t(u64, tx->len - min_t(u64, stunt_slave_done(ch, tx), tx->len), U32_MAX) : 0;
}

static enum dma_status stunt_engine_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
					      struct dma_tx_state *state)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	unsigned long flags;
	enum dma_status status;
	u32 residue = 0;

	stunt_chan_service(ch, false);
	flags = stunt_chan_lock(ch);
	status = dma_async_is_complete(cookie, chan->completed_cookie, chan->cookie);
	if (status != DMA_COMPLETE)
		residue = stunt_engine_residue(ch, cookie);
	if (status == DMA_IN_PROGRESS && ch->paused)
		status = DMA_PAUSED;
	else if (status == DMA_COMPLETE && stunt_engine_failed(ch, cookie))
		status = DMA_ERROR;
	dma_set_tx_state(state, chan->completed_cookie, chan->cookie, residue);
	stunt_chan_unlock(ch, flags);
	return status;
}

static void stunt_engine_take(struct list_head *from, struct list_head *to)
{
	struct stunt_dma_job *job, *tmp;

	list_for_each_entry_safe(job, tmp, from, node)
		if (job->client)
			list_move_tail(&job->node, to);
}

static void stunt_engine_free(struct list_head *jobs)
{
	struct stunt_dma_job *job, *tmp;

	list_for_each_entry_safe(job, tmp, jobs, node) {
		dma_descriptor_unmap(&to_stunt_tx(job)->tx);
		kfree(to_stunt_tx(job));
	}
}

/*
 * Forgets what the client has submitted, in order of submission. If some of it is in work the
 * channel is reset: only then the client may have its memory back. Jobs of other users start
 * over.
 */
static void stunt_engine_drop(struct stunt_dma_chan *ch, struct list_head *jobs)
{
	struct stunt_dma_job *job;
	LIST_HEAD(done);
	bool in_work, paused;

	stunt_chan_harvest(ch);
	stunt_engine_take(&ch->done, &done);
	in_work = !list_empty(&ch->active);
	stunt_engine_take(&ch->active, jobs);
	stunt_engine_take(&ch->queued, jobs);
	stunt_engine_take(&ch->submitted, jobs);
	ch->endless = NULL;
	paused = ch->paused;
	ch->paused = false;
	if (in_work && stunt_dma_is(ch->sd, STUNT_DMA_RUNNING))
		stunt_chan_restart(ch, NULL, 0);
	else if (in_work && stunt_dma_frozen(ch->sd))
		pci_clear_master(ch->sd->pci.pdev);
	else if (paused && stunt_dma_is(ch->sd, STUNT_DMA_RUNNING))
		stunt_chan_hw_run(ch);
	list_for_each_entry(job, jobs, node) {
		stunt_engine_complete(ch, to_stunt_tx(job), true);
		stunt_slave_release(ch, to_stunt_tx(job));
	}
	list_splice(&done, jobs);
}

static void stunt_engine_release_all(struct stunt_dma_chan *ch, struct list_head *jobs)
{
	struct stunt_dma_job *job;

	list_for_each_entry(job, jobs, node)
		stunt_slave_release(ch, to_stunt_tx(job));
}

void stunt_engine_let_go(struct stunt_dma *sd)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < sd->channels; i++) {
		flags = stunt_chan_lock(&sd->chan[i]);
		stunt_engine_release_all(&sd->chan[i], &sd->chan[i].prepared);
		stunt_engine_release_all(&sd->chan[i], &sd->chan[i].submitted);
		stunt_chan_unlock(&sd->chan[i], flags);
	}
}

static int stunt_engine_terminate_all(struct dma_chan *chan)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	unsigned long flags = stunt_chan_lock(ch);
	LIST_HEAD(jobs);

	stunt_engine_drop(ch, &jobs);
	stunt_engine_release_all(ch, &ch->prepared);
	stunt_engine_take(&ch->prepared, &jobs);
	stunt_chan_unlock(ch, flags);
	stunt_engine_free(&jobs);
	return 0;
}

/* Returns when no callback runs. */
static void stunt_engine_synchronize(struct dma_chan *chan)
{
	tasklet_unlock_wait(&to_stunt_chan(chan)->task);
}

/* Awake for as long as a client has the channel: it may spin for its job, and then nobody could wake the device. */
static int stunt_engine_alloc(struct dma_chan *chan)
{
	struct stunt_dma_chan *ch = to_stunt_chan(chan);
	unsigned long flags;
	int ret;

	ret = stunt_power_get(ch->sd);
	if (ret)
		return ret;
	flags = stunt_chan_lock(ch);
	chan->cookie = DMA_MIN_COOKIE;
	chan->completed_cookie = DMA_MIN_COOKIE;
	memset(ch->failed, 0, sizeof(ch->failed));
	stunt_chan_unlock(ch, flags);
	return 1;
}

static void stunt_engine_free_chan(struct dma_chan *chan)
{
	stunt_engine_terminate_all(chan);
	stunt_engine_synchronize(chan);
	stunt_power_put(to_stunt_chan(chan)->sd);
}

static void stunt_engine_release(struct dma_device *engine)
{
	stunt_dma_put(container_of(engine, struct stunt_dma, engine));
}

void stunt_engine_chan_init(struct stunt_dma_chan *ch)
{
	INIT_LIST_HEAD(&ch->prepared);
	INIT_LIST_HEAD(&ch->submitted);
	ch->dma.device = &ch->sd->engine;
}

static void stunt_engine_init(struct stunt_dma *sd)
{
	struct dma_device *engine = &sd->engine;

	dma_cap_set(DMA_MEMCPY, engine->cap_mask);
	dma_cap_set(DMA_MEMSET, engine->cap_mask);
	dma_cap_set(DMA_INTERRUPT, engine->cap_mask);
	/*
	 * For who asks for a channel, not for the kernel's own copies: they would blur what a
	 * test sees.
	 */
	dma_cap_set(DMA_PRIVATE, engine->cap_mask);
	engine->dev = sd->dev;
	engine->copy_align = DMAENGINE_ALIGN_1_BYTE;
	engine->fill_align = DMAENGINE_ALIGN_1_BYTE;
	engine->directions = BIT(DMA_MEM_TO_MEM);
	engine->residue_granularity = DMA_RESIDUE_GRANULARITY_SEGMENT;
	engine->device_alloc_chan_resources = stunt_engine_alloc;
	engine->device_free_chan_resources = stunt_engine_free_chan;
	engine->device_prep_dma_memcpy = stunt_engine_memcpy;
	engine->device_prep_dma_memset = stunt_engine_memset;
	engine->device_prep_dma_interrupt = stunt_engine_interrupt;
	engine->device_issue_pending = stunt_engine_issue_pending;
	engine->device_tx_status = stunt_engine_tx_status;
	engine->device_terminate_all = stunt_engine_terminate_all;
	engine->device_synchronize = stunt_engine_synchronize;
	engine->device_release = stunt_engine_release;
	stunt_slave_init(engine);
}

int stunt_engine_register(struct stunt_dma *sd)
{
	unsigned int i;
	int ret;

	stunt_engine_init(sd);
	INIT_LIST_HEAD(&sd->engine.channels);
	for (i = 0; i < sd->channels; i++)
		list_add_tail(&sd->chan[i].dma.device_node, &sd->engine.channels);

	kref_get(&sd->ref);
	ret = dma_async_device_register(&sd->engine);
	if (ret)
		stunt_dma_put(sd);
	return ret;
}
