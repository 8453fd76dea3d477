/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client library of the DMA engine: /dev/stunt-dmaN without its ioctls.
 *
 * Functions return 0 or a negative errno and leave results untouched on failure. That a call
 * returns 0 means that the device has answered; what it said is in `status` (STUNT_DMA_STATUS_…,
 * see stunt_dma_status_name()). A handle may be used by several threads at once, except for
 * stunt_dma_close(). The library neither prints nor aborts.
 */
#ifndef STUNT_DMA_CLIENT_H
#define STUNT_DMA_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <stunt/regs/dma.h>
#include <stunt/uapi/dma.h>

struct stunt_dma;

/* What a transfer gave. */
struct stunt_dma_result {
	unsigned int status;  /* STUNT_DMA_STATUS_… */
	unsigned int channel; /* the one that was used */
	uint32_t crc;	      /* of stunt_dma_crc() */
	uint64_t mismatch;    /* of stunt_dma_compare() with status MISMATCH: where it begins */
	uint64_t bytes;	      /* done by the device */
	unsigned int descriptors; /* that it took */
	uint64_t peer_size;   /* of stunt_dma_peer(): bytes of the other device's memory */
};

/* How a transfer is to be run; NULL wherever one is asked for means any channel and no limit. */
struct stunt_dma_how {
	unsigned int channel; /* number, or STUNT_DMA_CHANNEL_ANY */
	uint64_t timeout_ns;  /* 0: as long as the driver's watchdog lets it run */
};

/* Opens `path`, "/dev/stunt-dma0" for instance; to be closed with stunt_dma_close(). */
int stunt_dma_open(const char *path, struct stunt_dma **ret_dma);
/* The same for a descriptor from elsewhere, which is the handle's from then on, unless this fails. */
int stunt_dma_adopt(int fd, struct stunt_dma **ret_dma);
/* NULL is fine. */
void stunt_dma_close(struct stunt_dma *dma);

/* Limits, state and counters, as the driver gives them. Does not block. */
int stunt_dma_get_info(struct stunt_dma *dma, struct stunt_dma_info *ret_info);

/*
 * The operations; `len` is in bytes, at least 1. They block until the device has done its work, the
 * time-out or the driver's watchdog strikes (-ETIMEDOUT), a signal comes (-EINTR), the channel is
 * reset (-ECANCELED), or the device is reset (-EIO) or gone (-ENODEV). When they return the device
 * no longer touches the memory.
 */
int stunt_dma_copy(struct stunt_dma *dma, const struct stunt_dma_how *how, void *dst,
		   const void *src, size_t len, struct stunt_dma_result *ret_result);
/* `pattern` is repeated every 8 bytes, lowest byte first. */
int stunt_dma_fill(struct stunt_dma *dma, const struct stunt_dma_how *how, void *dst,
		   uint64_t pattern, size_t len, struct stunt_dma_result *ret_result);
int stunt_dma_crc(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *src,
		  size_t len, struct stunt_dma_result *ret_result);
/* Status CRC_MISMATCH unless the sum is `expected`. */
int stunt_dma_crc_check(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *src,
			size_t len, uint32_t expected, struct stunt_dma_result *ret_result);
int stunt_dma_compare(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *a,
		      const void *b, size_t len, struct stunt_dma_result *ret_result);

/*
 * Between `len` bytes of memory and those at `offset` in the memory of another device: from there, or to there.
 * Also -EINVAL (both are the same device), -ENXIO (it has no memory), -ERANGE (beyond it).
 */
int stunt_dma_peer(struct stunt_dma *dma, const struct stunt_dma_how *how, struct stunt_dma *peer,
		   bool from, void *data, size_t len, uint64_t offset,
		   struct stunt_dma_result *ret_result);

/*
 * Rings these bits at the peer that the device is wired to. -ENXIO: it is not; -EAGAIN: it is being reset.
 */
int stunt_dma_ring(struct stunt_dma *dma, uint32_t mask);
/*
 * Blocks until the peer has rung one of these bits, and takes those that have rung. timeout_ns 0: for as long as it takes.
 * Also -ETIMEDOUT, -EINTR, -ENXIO.
 */
int stunt_dma_await_ring(struct stunt_dma *dma, uint32_t mask, uint64_t timeout_ns, uint32_t *ret_rung);

/* One descriptor as it stands; `raw` as in stunt/uapi/dma.h, size and flags are filled in. */
int stunt_dma_raw(struct stunt_dma *dma, struct stunt_dma_raw *raw);

/* The transfer in work on that channel fails with -ECANCELED, those behind it start over. */
int stunt_dma_channel_reset(struct stunt_dma *dma, unsigned int channel);

/*
 * Scalar calls: `n_in` and `n_out` numbers, at most STUNT_DMA_SCALARS each, STUNT_DMA_SCALAR_….
 * Errors as in stunt/uapi/dma.h.
 */
int stunt_dma_scalar(struct stunt_dma *dma, unsigned int selector, const uint64_t *in, size_t n_in,
		     uint64_t *ret_out, size_t n_out);
/* A parameter of a channel, STUNT_DMA_PARAM_…, as this handle sees it. */
int stunt_dma_get_param(struct stunt_dma *dma, unsigned int channel, unsigned int param,
			uint64_t *ret_value);
int stunt_dma_set_param(struct stunt_dma *dma, unsigned int channel, unsigned int param,
			uint64_t value);

/*
 * For poll() and the like: POLLIN when there are completions to take, POLLPRI when the device's state
 * has changed since stunt_dma_get_info() or STUNT_DMA_SCALAR_STATE last told it, POLLHUP when the
 * driver let go of the device. Stays the handle's.
 */
int stunt_dma_fd(const struct stunt_dma *dma);

/* A request that runs by itself. Its memory is the device's until its completion is taken. */
struct stunt_dma_request {
	unsigned int op; /* STUNT_DMA_OP_COPY, _FILL, _CRC32C or _COMPARE */
	const void *src; /* COMPARE: one source; not used by FILL */
	void *dst;	 /* COMPARE: the other, only read; not used by CRC32C */
	size_t len;	 /* bytes, at most STUNT_DMA_SUBMIT_LEN_MAX */
	uint64_t arg;	 /* FILL: the pattern */
	uint64_t user_data;
	bool has_eventfd;
	int eventfd; /* gets 1 added when the completion is there */
};

/*
 * Makes the completion queue and maps it; once a handle, before the first stunt_dma_submit().
 * `entries` is a power of two: so many requests can be in work or wait to be taken.
 */
int stunt_dma_queue_open(struct stunt_dma *dma, unsigned int entries);
/*
 * Maps a queue that the file has already, where the descriptor was inherited or sent by another
 * process; only one process may take completions.
 */
int stunt_dma_queue_adopt(struct stunt_dma *dma);
/* Returns at once; -EAGAIN: take completions first. The channel used is in the completion. */
int stunt_dma_submit(struct stunt_dma *dma, const struct stunt_dma_how *how,
		     const struct stunt_dma_request *request);
/* Calls off all requests with this user_data; their completions still come. -ENOENT: none. */
int stunt_dma_cancel(struct stunt_dma *dma, uint64_t user_data, unsigned int *ret_found);
int stunt_dma_cancel_all(struct stunt_dma *dma, unsigned int *ret_found);
/* Takes the oldest completion. 1: there was one; 0: there is none; -ENXIO: there is no queue. */
int stunt_dma_take(struct stunt_dma *dma, struct stunt_dma_completion *ret_completion);
/* Requests that were refused, and completions that were lost as the queue's head made no sense. */
void stunt_dma_queue_counts(const struct stunt_dma *dma, unsigned int *ret_refused,
			    unsigned int *ret_overflow);

/*
 * Maps `len` bytes at `offset`, STUNT_DMA_MAP_…; `prot` as of mmap(). An access to it gives SIGBUS when the
 * device is gone. To be undone with munmap().
 */
int stunt_dma_map(struct stunt_dma *dma, uint64_t offset, size_t len, int prot, void **ret_map);

/* "OK", "NULL_ADDR", …; "UNKNOWN" for what is none. Static. */
const char *stunt_dma_status_name(unsigned int status);

#endif
