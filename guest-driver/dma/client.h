/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user client of stunt_dma: open files of /dev/stunt-dmaN, what they have asked for, and what
 * they have mapped.
 *
 * Order of locks: mmap_lock, then stunt_client.map_lock. stunt_dma.calls, then mmap_lock (memory of
 * the caller is looked at within a call), then stunt_file.lock, then that of a channel. Nothing that
 * a call waits for is waited for with stunt_file.lock held, and no memory of the caller is touched.
 */
#ifndef STUNT_DMA_CLIENT_INTERNAL_H
#define STUNT_DMA_CLIENT_INTERNAL_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <stunt/regs/dma.h>
#include <stunt/uapi/dma.h>

struct stunt_dma;
struct stunt_dma_chan;
struct stunt_file;

/**
 * struct stunt_client - what all open files of a device share
 * @files_lock: guards @files
 * @files: struct stunt_file.node
 * @map_lock: read: a page is being mapped; write: none is, while what lies behind it changes
 * @generation: changes of stunt_dma.state
 * @state_wait: who polls for such a change, or waits for the peer to ring
 * @rung: bits that the peer has rung and nobody has taken
 * @rings: how often there were any
 * @changed: tells the rest of the system of it
 * @mapped: requests whose memory is mapped for the device
 * @drained: woken when @mapped gets 0
 */
struct stunt_client {
	struct mutex files_lock;	/* guards the list */
	struct list_head files;
	struct rw_semaphore map_lock;
	atomic64_t generation;
	wait_queue_head_t state_wait;
	atomic_t rung;
	atomic_t rings;
	struct work_struct changed;
	atomic_t mapped;
	wait_queue_head_t drained;
};

/* A completion queue, shared with the program: nothing is read from it but its head. */
struct stunt_queue {
	struct stunt_dma_queue_header *header;	/* set once; NULL: the file has none */
	u32 entries;
	u32 tail;
	u32 refused;
	u32 overflow;
	size_t map_size;
};

/**
 * struct stunt_file - an open file
 * @sd: the device; the file holds a reference
 * @file: the file; not counted, it ends with this
 * @node: in stunt_client.files
 * @seen: value of stunt_client.generation that the program knows
 * @timeout_ns: by channel, what a time-out of 0 means
 * @lock: guards all that follows
 * @queue: its completion queue
 * @wq: ordered: where requests end. There from the day that there is a queue
 * @requests: struct stunt_request.node, accepted and not ended
 * @n_requests: length of @requests, and of those that are being made; read without the lock, too
 * @n_by_chan: the same by channel
 * @pinned: bytes of their memory
 * @wait: completions that come in, and the end of requests
 */
struct stunt_file {
	struct stunt_dma *sd;
	struct file *file;
	struct list_head node;
	s64 seen;
	u64 timeout_ns[STUNT_DMA_CH_CTRL_COUNT];

	struct mutex lock;		/* guards all that follows */
	struct stunt_queue queue;
	struct workqueue_struct *wq;
	struct list_head requests;
	u32 n_requests;
	u32 n_by_chan[STUNT_DMA_CH_CTRL_COUNT];
	u64 pinned;
	wait_queue_head_t wait;
};

/* cdev.c: files, and how structures come in and go out */
void stunt_client_init(struct stunt_dma *sd);
/*
 * The binding ends: no call runs, and none will. Takes back mappings, waits for requests to let go
 * of their memory.
 */
void stunt_client_drain(struct stunt_dma *sd);
int stunt_cdev_register(struct stunt_dma *sd);
void stunt_cdev_unregister(struct stunt_dma *sd);
/*
 * Reads a structure that begins with its own size, which may be that of an older or a newer program.
 * It can never be shorter than @first_size, that of its first version. Return: 0; -EFAULT, -EINVAL,
 * -E2BIG.
 */
int stunt_cdev_get(void *dst, size_t size, size_t first_size, void __user *arg, u32 *ret_size);
int stunt_cdev_put(const void *src, size_t size, void __user *arg, u32 usize);
/* What is behind a file, NULL if that is none of ours. */
struct stunt_file *stunt_cdev_file(struct file *file);
/* The channel of that number, STUNT_DMA_CHANNEL_ANY for the next in turn; NULL if there is none. */
struct stunt_dma_chan *stunt_cdev_chan(struct stunt_dma *sd, u32 nr);
ktime_t stunt_cdev_deadline(u64 timeout_ns);
/* What the file has a time-out of 0 mean. */
u64 stunt_file_timeout(const struct stunt_file *sf, const struct stunt_dma_chan *ch,
		       u64 timeout_ns);

/* call.c: the ioctls. May sleep; called with stunt_dma.calls held for reading. */
long stunt_call(struct stunt_file *sf, unsigned int cmd, void __user *arg);

/* transfer.c, raw.c */
int stunt_transfer(struct stunt_file *sf, struct stunt_dma_transfer *xfer);
int stunt_raw(struct stunt_file *sf, struct stunt_dma_raw *raw);

/* peer.c */
void stunt_peer_init(struct stunt_dma *sd);
/* Where the device's memory is, which then is ours. Managed. */
int stunt_peer_claim(struct stunt_dma *sd);
/* The state is such that nobody begins: calls off what others do on the device's memory. */
void stunt_peer_evict(struct stunt_dma *sd);
int stunt_peer(struct stunt_file *sf, struct stunt_dma_peer *call);

/* bell.c */
int stunt_bell_ring(struct stunt_dma *sd, const struct stunt_dma_ring *call);
/* Sleeps until one of the bits has rung, which does not keep the device awake. */
int stunt_bell_await(struct stunt_dma *sd, struct stunt_dma_await_ring *call);

/* scalar.c */
int stunt_scalar(struct stunt_file *sf, struct stunt_dma_scalar *call);

/* async.c */
int stunt_async_start(struct stunt_file *sf, u32 entries);
int stunt_async_submit(struct stunt_file *sf, struct stunt_dma_submit *submit, void __user *arg,
		       u32 usize);
int stunt_async_cancel(struct stunt_file *sf, struct stunt_dma_cancel *cancel);
/* Calls off all that has not ended, and waits for it. */
void stunt_async_close(struct stunt_file *sf);

/* queue.c: with stunt_file.lock held, but for the last two */
int stunt_queue_init(struct stunt_queue *queue, u32 entries);
void stunt_queue_clear(struct stunt_queue *queue);
/* Is there an entry beside those of @n requests? Counts a refusal if not. */
bool stunt_queue_room(struct stunt_queue *queue, u32 n);
void stunt_queue_post(struct stunt_queue *queue, const struct stunt_dma_completion *entry);
bool stunt_queue_any(const struct stunt_queue *queue);
int stunt_queue_map(struct stunt_queue *queue, struct vm_area_struct *vma);

/* map.c */
int stunt_map(struct stunt_file *sf, struct vm_area_struct *vma);
/* Takes back all that is mapped of the device. The state is such that nothing is mapped again. */
void stunt_map_zap(struct stunt_dma *sd);
/* The registers do not answer until stunt_map_thaw(): whoever touches them waits. */
void stunt_map_freeze(struct stunt_dma *sd);
void stunt_map_thaw(struct stunt_dma *sd);

/* state.c */
u32 stunt_state_told(const struct stunt_dma *sd);
/* stunt_dma.state has changed. Any context. */
void stunt_state_changed(struct stunt_dma *sd);
/* Tells the registry the present state; again when stunt_dma.registered is new. Any context. */
void stunt_state_register(struct stunt_dma *sd);
void stunt_state_init(struct stunt_dma *sd);
/* What poll() is told of the state. */
__poll_t stunt_state_poll(struct stunt_file *sf, struct file *file, poll_table *wait);
/* The program knows the state as of now. Return: its generation. */
u64 stunt_state_seen(struct stunt_file *sf);

#endif
