// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests that nobody waits for. Memory is pinned in the caller's context; what follows the end of a
 * job is done one request after the other on the file's ordered work queue.
 */
#include <linux/eventfd.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "piece.h"

struct stunt_request {
	struct stunt_file *sf;
	struct list_head node;		/* in stunt_file.requests */
	struct stunt_dma_chan *ch;
	struct stunt_piece piece;
	struct stunt_dma_transfer xfer;	/* what is asked for, and the answer */
	u64 user_data;
	struct eventfd_ctx *eventfd;
	struct work_struct ended;
	struct delayed_work timeout;
};

static struct stunt_dma_job *stunt_request_job(struct stunt_request *req)
{
	return &req->piece.wait.job;
}

int stunt_async_start(struct stunt_file *sf, u32 entries)
{
	int ret = -EBUSY;

	if (!is_power_of_2(entries) || entries > STUNT_DMA_QUEUE_ENTRIES_MAX) {
		if (stunt_bug(double_put))
			stunt_dma_put(sf->sd);
		return -EINVAL;
	}
	if (mutex_lock_interruptible(&sf->lock))
		return -ERESTARTSYS;
	if (!sf->wq) {
		sf->wq = alloc_ordered_workqueue("%s-file", 0, sf->sd->name);
		ret = sf->wq ? stunt_queue_init(&sf->queue, entries) : -ENOMEM;
		if (ret && sf->wq) {
			destroy_workqueue(sf->wq);
			sf->wq = NULL;
		}
	}
	mutex_unlock(&sf->lock);
	return ret;
}

/* Sets a place in the queue aside, so that no completion is ever without one. */
static int stunt_async_reserve(struct stunt_request *req)
{
	struct stunt_file *sf = req->sf;
	int ret = 0;

	if (mutex_lock_interruptible(&sf->lock))
		return -ERESTARTSYS;
	if (!sf->wq)
		ret = -ENXIO;
	else if (sf->pinned + req->xfer.len > STUNT_DMA_SUBMIT_PINNED_MAX ||
		 !stunt_queue_room(&sf->queue, sf->n_requests))
		ret = -EAGAIN;
	if (!ret) {
		sf->pinned += req->xfer.len;
		WRITE_ONCE(sf->n_requests, sf->n_requests + 1);
		WRITE_ONCE(sf->n_by_chan[req->ch->nr], sf->n_by_chan[req->ch->nr] + 1);
		atomic_inc(&sf->sd->client.mapped);
	}
	mutex_unlock(&sf->lock);
	return ret;
}

/* With the lock held; the memory is the process's again. */
static void stunt_async_unreserve(struct stunt_request *req)
{
	struct stunt_client *client = &req->sf->sd->client;
	struct stunt_file *sf = req->sf;

	sf->pinned -= req->xfer.len;
	WRITE_ONCE(sf->n_requests, sf->n_requests - 1);
	WRITE_ONCE(sf->n_by_chan[req->ch->nr], sf->n_by_chan[req->ch->nr] - 1);
	if (atomic_dec_and_test(&client->mapped))
		wake_up_all(&client->drained);
}

static void stunt_request_free(struct stunt_request *req)
{
	if (req->eventfd)
		eventfd_ctx_put(req->eventfd);
	kfree(req);
}

static void stunt_request_signal(struct stunt_request *req)
{
	if (!req->eventfd)
		return;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(req->eventfd);
#else
	eventfd_signal(req->eventfd, 1);
#endif
}

static void stunt_request_answer(struct stunt_request *req, struct stunt_dma_completion *entry)
{
	*entry = (struct stunt_dma_completion){
		.user_data = req->user_data,
		.error = stunt_request_job(req)->error,
		.channel = req->ch->nr,
	};
	if (entry->error)
		return;
	stunt_piece_collect(&req->piece, &req->xfer);
	stunt_transfer_check(&req->xfer);
	entry->status = req->xfer.status;
	entry->bytes = req->xfer.bytes;
	entry->mismatch = req->xfer.mismatch;
	entry->crc = req->xfer.crc;
	entry->descriptors = req->xfer.descriptors;
}

/* The last that is done for a request, and the only place where one is posted. */
static void stunt_request_ended(struct work_struct *work)
{
	struct stunt_request *req = container_of(work, struct stunt_request, ended);
	struct stunt_dma_completion entry;
	struct stunt_file *sf = req->sf;

	stunt_request_answer(req, &entry);
	stunt_piece_close(&req->piece, sf->sd->dev);
	mutex_lock(&sf->lock);
	list_del(&req->node);
	/* On the same queue as this: it may wait there, but does not run. */
	cancel_delayed_work(&req->timeout);
	stunt_queue_post(&sf->queue, &entry);
	stunt_async_unreserve(req);
	mutex_unlock(&sf->lock);
	stunt_request_signal(req);
	stunt_request_free(req);
	wake_up_poll(&sf->wait, EPOLLIN | EPOLLRDNORM);
}

static void stunt_request_done(struct stunt_dma_job *job)
{
	struct stunt_request *req = container_of(job, struct stunt_request, piece.wait.job);

	queue_work(req->sf->wq, &req->ended);
}

static void stunt_request_cancel(struct stunt_request *req, int error)
{
	stunt_chan_cancel(req->ch, stunt_request_job(req), error);
}

static void stunt_request_timeout(struct work_struct *work)
{
	struct stunt_request *req = container_of(to_delayed_work(work), struct stunt_request,
						 timeout);

	stunt_request_cancel(req, -ETIMEDOUT);
}

static struct stunt_request *stunt_request_new(struct stunt_file *sf,
					       const struct stunt_dma_submit *submit)
{
	struct stunt_request *req = kzalloc(sizeof(*req), GFP_KERNEL_ACCOUNT);

	if (!req)
		return NULL;
	req->sf = sf;
	req->user_data = submit->user_data;
	req->xfer.op = submit->op;
	req->xfer.src = submit->src;
	req->xfer.dst = submit->dst;
	req->xfer.len = submit->len;
	req->xfer.arg = submit->arg;
	if (submit->flags & STUNT_DMA_SUBMIT_CHECK)
		req->xfer.flags = STUNT_DMA_TRANSFER_CHECK;
	req->piece.len = submit->len;
	INIT_WORK(&req->ended, stunt_request_ended);
	INIT_DELAYED_WORK(&req->timeout, stunt_request_timeout);
	return req;
}

static int stunt_request_validate(struct stunt_request *req, const struct stunt_dma_submit *submit)
{
	bool eventfd = submit->flags & STUNT_DMA_SUBMIT_EVENTFD;
	int ret;

	if (submit->flags & ~(STUNT_DMA_SUBMIT_CHECK | STUNT_DMA_SUBMIT_EVENTFD) ||
	    memchr_inv(submit->reserved, 0, sizeof(submit->reserved)) ||
	    (!eventfd && submit->eventfd))
		return -EINVAL;
	ret = stunt_transfer_validate(&req->xfer);
	if (ret)
		return ret;
	if (req->xfer.len > STUNT_DMA_SUBMIT_LEN_MAX)
		return -EMSGSIZE;
	req->ch = stunt_cdev_chan(req->sf->sd, submit->channel);
	if (!req->ch)
		return -EINVAL;
	stunt_piece_init(&req->piece, req->xfer.op);
	if (eventfd) {
		req->eventfd = eventfd_ctx_fdget(submit->eventfd);
		if (IS_ERR(req->eventfd)) {
			ret = PTR_ERR(req->eventfd);
			req->eventfd = NULL;
		}
	}
	return ret;
}

static unsigned long stunt_async_ticks(u64 timeout_ns)
{
	return min_t(u64, nsecs_to_jiffies64(timeout_ns) + 1, MAX_JIFFY_OFFSET);
}

/* With the lock held: nobody sees it half started, nor does its end overtake this. */
static int stunt_request_start(struct stunt_request *req, u64 timeout_ns)
{
	struct stunt_file *sf = req->sf;
	int ret;

	stunt_request_job(req)->done = stunt_request_done;
	ret = stunt_chan_submit(req->ch, stunt_request_job(req));
	if (ret)
		return ret;
	list_add_tail(&req->node, &sf->requests);
	timeout_ns = stunt_file_timeout(sf, req->ch, timeout_ns);
	if (timeout_ns)
		queue_delayed_work(sf->wq, &req->timeout, stunt_async_ticks(timeout_ns));
	return 0;
}

/* Its place in the queue is set aside. */
static int stunt_request_begin(struct stunt_request *req, struct stunt_dma_submit *submit,
			       void __user *arg, u32 usize)
{
	struct stunt_file *sf = req->sf;
	int ret;

	ret = stunt_piece_open(&req->piece, req->ch, &req->xfer);
	if (!ret) {
		submit->channel = req->ch->nr;
		ret = stunt_cdev_put(submit, sizeof(*submit), arg, usize);
	}
	if (!ret) {
		mutex_lock(&sf->lock);
		ret = stunt_request_start(req, submit->timeout_ns);
		mutex_unlock(&sf->lock);
	}
	if (!ret)
		return 0;

	stunt_piece_close(&req->piece, sf->sd->dev);
	mutex_lock(&sf->lock);
	stunt_async_unreserve(req);
	mutex_unlock(&sf->lock);
	return ret;
}

int stunt_async_submit(struct stunt_file *sf, struct stunt_dma_submit *submit, void __user *arg,
		       u32 usize)
{
	struct stunt_request *req = stunt_request_new(sf, submit);
	int ret;

	if (!req)
		return -ENOMEM;
	ret = stunt_request_validate(req, submit);
	if (!ret)
		ret = stunt_async_reserve(req);
	if (!ret)
		ret = stunt_request_begin(req, submit, arg, usize);
	if (ret)
		stunt_request_free(req);
	return ret;
}

/*
 * With the lock held. The youngest first: what has not been begun ends without a reset of its channel.
 * Return: how many.
 */
static u32 stunt_async_call_off(struct stunt_file *sf, bool all, u64 user_data)
{
	struct stunt_request *req;
	u32 n = 0;

	list_for_each_entry_reverse(req, &sf->requests, node) {
		if (!all && req->user_data != user_data)
			continue;
		stunt_request_cancel(req, -ECANCELED);
		n++;
	}
	return n;
}

int stunt_async_cancel(struct stunt_file *sf, struct stunt_dma_cancel *cancel)
{
	bool all = cancel->flags & STUNT_DMA_CANCEL_ALL;

	if (cancel->flags & ~STUNT_DMA_CANCEL_ALL || cancel->reserved)
		return -EINVAL;
	if (mutex_lock_interruptible(&sf->lock))
		return -ERESTARTSYS;
	if (stunt_bug(lock_inversion))
		stunt_bug_visit(&sf->sd->raw_lock);
	cancel->found = stunt_async_call_off(sf, all, cancel->user_data);
	mutex_unlock(&sf->lock);
	return all || cancel->found ? 0 : -ENOENT;
}

void stunt_async_close(struct stunt_file *sf)
{
	if (!sf->wq || stunt_bug(close_forgets_jobs))
		return;
	mutex_lock(&sf->lock);
	stunt_async_call_off(sf, true, 0);
	mutex_unlock(&sf->lock);
	wait_event(sf->wait, !READ_ONCE(sf->n_requests));
	/* Also waits for the last of them to leave its function. */
	destroy_workqueue(sf->wq);
	stunt_queue_clear(&sf->queue);
}
