// SPDX-License-Identifier: GPL-2.0-or-later
/* One descriptor, as the caller wants it: for tests of what the device refuses. */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dma.h"

struct stunt_raw_job {
	struct stunt_dma_wait wait;
	struct stunt_dma_desc desc;
	struct stunt_dma_comp comp;
};

static u64 stunt_raw_bar(struct stunt_dma *sd)
{
	return pci_bus_address(sd->pci.pdev, STUNT_DMA_BAR);
}

static u64 stunt_raw_base(struct stunt_dma_chan *ch, u32 base)
{
	switch (base) {
	case STUNT_DMA_RAW_BOUNCE:
		return ch->sd->bounce_bus;
	case STUNT_DMA_RAW_BAR:
		return stunt_raw_bar(ch->sd);
	case STUNT_DMA_RAW_RING:
		return ch->ring_bus;
	case STUNT_DMA_RAW_COMPS:
		return ch->comps_bus;
	default:
		return 0;
	}
}

static int stunt_raw_validate(const struct stunt_dma_raw *raw)
{
	if (raw->flags || raw->reserved)
		return -EINVAL;
	if (raw->src_base > STUNT_DMA_RAW_COMPS || raw->dst_base > STUNT_DMA_RAW_COMPS)
		return -EINVAL;
	if (raw->in_len > STUNT_DMA_BOUNCE_SIZE || raw->out_len > STUNT_DMA_BOUNCE_SIZE)
		return -EINVAL;
	return 0;
}

static void stunt_raw_build(struct stunt_raw_job *rj, struct stunt_dma_chan *ch,
			    const struct stunt_dma_raw *raw)
{
	rj->desc.src = raw->desc_src + stunt_raw_base(ch, raw->src_base);
	rj->desc.dst = raw->desc_dst + stunt_raw_base(ch, raw->dst_base);
	rj->desc.len = raw->desc_len;
	rj->desc.op = raw->desc_op;
	rj->desc.flags = raw->desc_flags;
	rj->desc.id = raw->desc_id;
	rj->desc.arg = raw->desc_arg;
	BUILD_BUG_ON(sizeof(rj->desc.reserved) != sizeof(raw->desc_reserved));
	memcpy(rj->desc.reserved, raw->desc_reserved, sizeof(rj->desc.reserved));
	rj->wait.job.desc = &rj->desc;
	rj->wait.job.comp = &rj->comp;
	rj->wait.job.n_desc = 1;
	rj->wait.job.verbatim = true;
}

static void stunt_raw_answer(const struct stunt_raw_job *rj, struct stunt_dma_chan *ch,
			     struct stunt_dma_raw *raw)
{
	raw->channel = ch->nr;
	raw->status = rj->wait.job.status;
	raw->result = rj->comp.result;
	raw->bytes = rj->comp.bytes;
	raw->id = rj->comp.id;
	raw->ch_status = rj->wait.job.ch_status;
	raw->err_index = rj->wait.job.err_index;
	raw->bounce_addr = ch->sd->bounce_bus;
	raw->bar_addr = stunt_raw_bar(ch->sd);
}

static int stunt_raw_run(struct stunt_raw_job *rj, struct stunt_dma_chan *ch,
			 struct stunt_dma_raw *raw, ktime_t deadline)
{
	void *bounce = ch->sd->bounce;
	int ret;

	if (raw->in && copy_from_user(bounce, u64_to_user_ptr(raw->in), raw->in_len))
		return -EFAULT;
	ret = stunt_chan_run(ch, &rj->wait, deadline);
	if (ret)
		return ret;
	if (raw->out && copy_to_user(u64_to_user_ptr(raw->out), bounce, raw->out_len))
		return -EFAULT;
	stunt_raw_answer(rj, ch, raw);
	return 0;
}

int stunt_raw(struct stunt_file *sf, struct stunt_dma_raw *raw)
{
	struct stunt_dma *sd = sf->sd;
	struct stunt_dma_chan *ch = stunt_cdev_chan(sd, raw->channel);
	struct stunt_raw_job *rj;
	ktime_t deadline;
	int ret;

	ret = stunt_raw_validate(raw);
	if (ret || !ch)
		return ret ?: -EINVAL;
	rj = kzalloc(sizeof(*rj), GFP_KERNEL);
	if (!rj)
		return -ENOMEM;
	stunt_raw_build(rj, ch, raw);
	deadline = stunt_cdev_deadline(stunt_file_timeout(sf, ch, raw->timeout_ns));
	ret = mutex_lock_interruptible(&sd->raw_lock);
	if (!ret) {
		ret = stunt_raw_run(rj, ch, raw, deadline);
		if (stunt_bug(lock_inversion))
			stunt_bug_visit(&sf->lock);
		mutex_unlock(&sd->raw_lock);
	}
	kfree(rj);
	return ret;
}
