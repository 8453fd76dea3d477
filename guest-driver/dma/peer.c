// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peer-to-peer: from memory of a process into that of another device, and back.
 *
 * The other device must stay bound while ours may reach into it. So a call holds the other's `calls`,
 * too, keeps it awake, and stands on its list of peers: when it is unbound, jobs that are under way are called off.
 */
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/slab.h>

#include "piece.h"

/* A job that works on memory of another device, on that device's list. */
struct stunt_peer {
	struct list_head node;
	struct stunt_dma_chan *ch;
	struct stunt_dma_job *job;
};

void stunt_peer_init(struct stunt_dma *sd)
{
	mutex_init(&sd->peer_lock);
	INIT_LIST_HEAD(&sd->peers);
}

int stunt_peer_claim(struct stunt_dma *sd)
{
	struct pci_dev *pdev = sd->pci.pdev;

	sd->sram = pci_resource_start(pdev, STUNT_DMA_SRAM_BAR);
	sd->sram_len = pci_resource_len(pdev, STUNT_DMA_SRAM_BAR);
	if (!sd->sram_len)
		return 0;
	if (!devm_request_mem_region(sd->dev, sd->sram, sd->sram_len, sd->name))
		return dev_err_probe(sd->dev, -EBUSY, "BAR %u is taken\n", STUNT_DMA_SRAM_BAR);
	return 0;
}

/* Who comes later finds the state changed. */
void stunt_peer_evict(struct stunt_dma *sd)
{
	struct stunt_peer *peer;

	mutex_lock(&sd->peer_lock);
	list_for_each_entry(peer, &sd->peers, node)
		stunt_chan_cancel(peer->ch, peer->job, -ENODEV);
	mutex_unlock(&sd->peer_lock);
}

static int stunt_peer_run(struct stunt_dma_chan *ch, struct stunt_dma *other,
			  struct stunt_piece *piece, ktime_t deadline)
{
	struct stunt_peer peer = { .ch = ch, .job = &piece->wait.job };
	int ret = -ENODEV;

	mutex_lock(&other->peer_lock);
	if (!stunt_dma_is(other, STUNT_DMA_REMOVED)) {
		list_add(&peer.node, &other->peers);
		ret = 0;
	}
	mutex_unlock(&other->peer_lock);
	if (ret)
		return ret;

	ret = stunt_chan_run(ch, &piece->wait, deadline);
	mutex_lock(&other->peer_lock);
	list_del(&peer.node);
	mutex_unlock(&other->peer_lock);
	return ret;
}

static int stunt_peer_piece(struct stunt_dma_chan *ch, struct stunt_dma *other,
			    struct stunt_piece *piece, struct stunt_dma_transfer *xfer,
			    ktime_t deadline)
{
	int ret = stunt_piece_open(piece, ch, xfer);

	if (!ret)
		ret = stunt_peer_run(ch, other, piece, deadline);
	if (!ret)
		stunt_piece_collect(piece, xfer);
	stunt_piece_close(piece, ch->sd->dev);
	return ret;
}

/* One side is the process, the other the window, mapped. */
static int stunt_peer_pieces(struct stunt_dma_chan *ch, struct stunt_dma *other, u64 window, bool from,
			     struct stunt_dma_transfer *xfer, ktime_t deadline)
{
	struct stunt_piece *piece = kzalloc(sizeof(*piece), GFP_KERNEL);
	struct stunt_side *side;
	int ret = 0;

	if (!piece)
		return -ENOMEM;
	stunt_piece_init(piece, STUNT_DMA_OP_COPY);
	side = from ? &piece->src : &piece->dst;
	side->used = false;
	side->window = window;
	while (!ret && !xfer->status && piece->offset < xfer->len) {
		piece->len = min_t(u64, xfer->len - piece->offset, STUNT_TRANSFER_PIECE);
		ret = stunt_peer_piece(ch, other, piece, xfer, deadline);
		piece->offset += piece->len;
	}
	kfree(piece);
	return ret;
}

/* Both devices are held. */
static int stunt_peer_transfer(struct stunt_dma_chan *ch, struct stunt_dma *other,
			       struct stunt_dma_peer *call, ktime_t deadline)
{
	bool from = call->flags & STUNT_DMA_PEER_FROM;
	enum dma_data_direction dir = from ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	struct stunt_dma_transfer xfer = {
		.op = STUNT_DMA_OP_COPY,
		.len = call->len,
		.src = from ? 0 : call->addr,
		.dst = from ? call->addr : 0,
	};
	dma_addr_t window;
	int ret;

	if (!other->sram_len)
		return -ENXIO;
	if (call->offset > other->sram_len || call->len > other->sram_len - call->offset)
		return -ERANGE;
	window = dma_map_resource(ch->sd->dev, other->sram + call->offset, call->len, dir, 0);
	if (dma_mapping_error(ch->sd->dev, window))
		return -EIO;
	ret = stunt_peer_pieces(ch, other, window, from, &xfer, deadline);
	dma_unmap_resource(ch->sd->dev, window, call->len, dir, 0);

	call->channel = ch->nr;
	call->status = xfer.status;
	call->descriptors = xfer.descriptors;
	call->bytes = xfer.bytes;
	call->peer_size = other->sram_len;
	return ret;
}

/*
 * The other device's lock is only tried: it is not to be had when that device is about to go, and
 * two that wait for each other would wait for ever.
 */
static int stunt_peer_hold(struct stunt_dma_chan *ch, struct stunt_dma *other,
			   struct stunt_dma_peer *call, ktime_t deadline)
{
	int ret = -ENODEV;

	if (other == ch->sd)
		return -EINVAL;
	if (!down_read_trylock(&other->calls))
		return -ENODEV;
	if (!stunt_dma_is(other, STUNT_DMA_REMOVED))
		ret = stunt_power_get(other);
	if (!ret) {
		ret = stunt_peer_transfer(ch, other, call, deadline);
		stunt_power_put(other);
	}
	up_read(&other->calls);
	return ret;
}

static int stunt_peer_validate(const struct stunt_dma_peer *call)
{
	if (call->flags & ~STUNT_DMA_PEER_FROM || !call->len ||
	    memchr_inv(call->reserved, 0, sizeof(call->reserved)))
		return -EINVAL;
	return call->addr + call->len < call->addr ? -EFAULT : 0;
}

int stunt_peer(struct stunt_file *sf, struct stunt_dma_peer *call)
{
	fmode_t mode = call->flags & STUNT_DMA_PEER_FROM ? FMODE_READ : FMODE_WRITE;
	struct stunt_dma_chan *ch = stunt_cdev_chan(sf->sd, call->channel);
	struct stunt_file *other;
	struct file *file;
	ktime_t deadline;
	int ret = stunt_peer_validate(call);

	if (ret || !ch)
		return ret ?: -EINVAL;
	file = fget(call->peer);
	if (!file)
		return -EBADF;
	other = stunt_cdev_file(file);
	deadline = stunt_cdev_deadline(stunt_file_timeout(sf, ch, call->timeout_ns));
	if (!other)
		ret = -EINVAL;
	else if (!(file->f_mode & mode))
		ret = -EBADF;
	else
		ret = stunt_peer_hold(ch, other->sd, call, deadline);
	fput(file);
	return ret;
}
