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
};

/* How a transfer is to be run; NULL wherever one is asked for means any channel and no limit. */
struct stunt_dma_how {
	unsigned int channel; /* number, or STUNT_DMA_CHANNEL_ANY */
	uint64_t timeout_ns;  /* 0: as long as the driver's watchdog lets it run */
};

/* Opens `path`, "/dev/stunt-dma0" for instance; to be closed with stunt_dma_close(). */
int stunt_dma_open(const char *path, struct stunt_dma **ret_dma);
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

/* One descriptor as it stands; `raw` as in stunt/uapi/dma.h, size and flags are filled in. */
int stunt_dma_raw(struct stunt_dma *dma, struct stunt_dma_raw *raw);

/* The transfer in work on that channel fails with -ECANCELED, those behind it start over. */
int stunt_dma_channel_reset(struct stunt_dma *dma, unsigned int channel);

/* "OK", "NULL_ADDR", …; "UNKNOWN" for what is none. Static. */
const char *stunt_dma_status_name(unsigned int status);

#endif
