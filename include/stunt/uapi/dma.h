/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * /dev/stunt-dmaN: the DMA engine for programs. Reference: docs/reference/uapi-dma.md.
 *
 * Every structure begins with its own size and flags. A program built with an older, shorter structure is
 * served; one with a longer structure is served if what the driver does not know is 0, else E2BIG.
 * Reserved members and unknown flags must be 0, else EINVAL. Any number of processes may call at once.
 *
 * This header stands alone: the includer has defined uint8_t … uint64_t and _IOWR (sys/ioctl.h, or
 * linux/ioctl.h in the kernel). Operations and status codes are those of the device, stunt/regs/dma.h.
 */
#ifndef STUNT_UAPI_DMA_H
#define STUNT_UAPI_DMA_H

#define STUNT_DMA_UAPI_VERSION 1

#define STUNT_DMA_CHANNEL_ANY 0xffffffffu /* the driver chooses */
#define STUNT_DMA_BOUNCE_SIZE 65536u      /* bytes of the buffer that STUNT_DMA_RAW uses */
#define STUNT_DMA_INFO_VECTORS 8          /* room for counters of interrupt vectors */

/* stunt_dma_info.state */
#define STUNT_DMA_INFO_STOPPED 0u /* being reset, or asleep */
#define STUNT_DMA_INFO_RUNNING 1u
#define STUNT_DMA_INFO_GONE 2u /* the device does not answer */

struct stunt_dma_info {
    uint32_t size;         /* in: sizeof(struct stunt_dma_info) */
    uint32_t flags;        /* in: 0 */
    uint32_t version;      /* out: STUNT_DMA_UAPI_VERSION */
    uint32_t state;        /* out: STUNT_DMA_INFO_… */
    uint32_t channels;     /* out: number of channels */
    uint32_t width;        /* out: address bits that the device drives */
    uint32_t ring_entries; /* out: of each channel */
    uint32_t max_len;      /* out: bytes of one descriptor at the most */
    uint32_t ops;          /* out: a bit for each operation */
    uint32_t vectors;      /* out: interrupt vectors in use; 1: all causes share it */
    uint64_t jobs;         /* out, and so on: jobs that ended, well or not */
    uint64_t errors;       /* jobs that the device failed */
    uint64_t timeouts;     /* jobs that the watchdog gave up */
    uint64_t resets;       /* channel resets */
    uint64_t lost_irqs;    /* interrupts that did not arrive and were made up for */
    uint64_t spurious_irqs; /* interrupts without a cause */
    uint64_t doorbells;    /* doorbells that did not arrive and were rung again */
    uint64_t irq_counts[STUNT_DMA_INFO_VECTORS]; /* interrupts by vector */
    uint64_t reserved[4];  /* 0 */
};

#define STUNT_DMA_TRANSFER_CHECK 1u /* CRC32C: `arg` holds the expected value */

/*
 * Runs one operation on memory of the caller and waits for its end. `src` is read and `dst` written, except
 * that COMPARE only reads both, CRC32C only uses src, and FILL only uses dst. The memory is split into as
 * many descriptors as its pages ask for; long transfers are done in pieces, one after the other.
 *
 * 0 means that the device has answered: `status` says how. Otherwise EINVAL (size, flags, reserved, channel, op, len
 * 0, COPY of overlapping ranges), EFAULT, ENOMEM, ETIMEDOUT (timeout_ns is over, or the watchdog gave up), EINTR,
 * ECANCELED (the channel was reset by a caller), EIO (the device was reset), ENODEV (it is gone).
 * When the call returns the device no longer touches the memory, whatever the result.
 */
struct stunt_dma_transfer {
    uint32_t size;        /* in: sizeof(struct stunt_dma_transfer) */
    uint32_t flags;       /* in: STUNT_DMA_TRANSFER_… */
    uint32_t channel;     /* in: number, or STUNT_DMA_CHANNEL_ANY; out: the one that was used */
    uint32_t op;          /* in: STUNT_DMA_OP_COPY, _FILL, _CRC32C or _COMPARE */
    uint64_t src;         /* in: address */
    uint64_t dst;         /* in: address; COMPARE: the other source */
    uint64_t len;         /* in: bytes, at least 1 */
    uint64_t arg;         /* in: FILL: pattern, repeated every 8 bytes; CRC32C with CHECK: expected value */
    uint64_t timeout_ns;  /* in: 0: as long as the watchdog lets it run */
    uint32_t status;      /* out: STUNT_DMA_STATUS_… */
    uint32_t crc;         /* out: CRC32C: the value */
    uint64_t mismatch;    /* out: COMPARE with status MISMATCH: offset of the first difference */
    uint64_t bytes;       /* out: bytes done */
    uint32_t descriptors; /* out: descriptors that it took */
    uint32_t reserved[3]; /* in: 0 */
};

/* stunt_dma_raw.src_base, .dst_base: what is added to the address in the descriptor */
#define STUNT_DMA_RAW_LITERAL 0u /* nothing: a bus address as it stands */
#define STUNT_DMA_RAW_BOUNCE 1u  /* the bus address of the driver's bounce buffer */
#define STUNT_DMA_RAW_BAR 2u     /* the bus address of the device's own registers */
#define STUNT_DMA_RAW_RING 3u    /* the bus address of the channel's descriptor ring */
#define STUNT_DMA_RAW_COMPS 4u   /* the bus address of the channel's completion ring */

/*
 * Hands one descriptor to a channel just as it is, to see how the device takes it. Needs CAP_SYS_RAWIO (EPERM): a
 * descriptor can reach all memory that the device can. One such call runs at a time; the bounce buffer keeps
 * its content between calls. Without the flag IRQ in the descriptor the watchdog finds its completion.
 *
 * 0 means that the device has answered. Errors as of STUNT_DMA_TRANSFER, and EINVAL also for a range outside of
 * the bounce buffer.
 */
struct stunt_dma_raw {
    uint32_t size;        /* in: sizeof(struct stunt_dma_raw) */
    uint32_t flags;       /* in: 0 */
    uint32_t channel;     /* in: number, or STUNT_DMA_CHANNEL_ANY; out: the one that was used */
    uint32_t src_base;    /* in: STUNT_DMA_RAW_… */
    uint32_t dst_base;    /* in: STUNT_DMA_RAW_… */
    uint32_t reserved;    /* in: 0 */
    uint64_t timeout_ns;  /* in: as in struct stunt_dma_transfer */
    /* the descriptor, field by field as in struct stunt_dma_desc; nothing in it is checked */
    uint64_t desc_src;
    uint64_t desc_dst;
    uint32_t desc_len;
    uint8_t desc_op;
    uint8_t desc_flags;
    uint16_t desc_id;
    uint64_t desc_arg;
    uint64_t desc_reserved[4];
    /* the bounce buffer */
    uint64_t in;          /* in: address of what is copied to its start before, 0: nothing */
    uint64_t out;         /* in: address of where its start is copied to afterwards, 0: nowhere */
    uint32_t in_len;      /* in: bytes */
    uint32_t out_len;     /* in: bytes */
    /* the answer */
    uint32_t status;      /* out: STUNT_DMA_STATUS_… of the completion, or of the halted channel */
    uint32_t result;      /* out: as in the completion */
    uint32_t bytes;       /* out: as in the completion */
    uint32_t id;          /* out: as in the completion */
    uint32_t ch_status;   /* out: CH_STATUS, if the channel halted, else 0 */
    uint32_t err_index;   /* out: CH_ERR_INDEX, if the channel halted, else 0 */
    uint64_t bounce_addr; /* out: bus address of the bounce buffer */
    uint64_t bar_addr;    /* out: bus address of the registers */
};

/*
 * Resets a channel. The transfer at its head fails with ECANCELED, those behind it start over.
 * EINVAL, EAGAIN (the device is being reset or asleep), ENODEV.
 */
struct stunt_dma_channel_reset {
    uint32_t size;     /* in: sizeof(struct stunt_dma_channel_reset) */
    uint32_t flags;    /* in: 0 */
    uint32_t channel;  /* in: number */
    uint32_t reserved; /* in: 0 */
};

#define STUNT_DMA_INFO _IOWR('D', 0x00, struct stunt_dma_info)
#define STUNT_DMA_TRANSFER _IOWR('D', 0x01, struct stunt_dma_transfer)
#define STUNT_DMA_RAW _IOWR('D', 0x02, struct stunt_dma_raw)
#define STUNT_DMA_CHANNEL_RESET _IOWR('D', 0x03, struct stunt_dma_channel_reset)

#ifdef __cplusplus
#define STUNT_DMA_UAPI_ASSERT(c, m) static_assert(c, m)
#else
#define STUNT_DMA_UAPI_ASSERT(c, m) _Static_assert(c, m)
#endif
/* The sizes of version 1, for 32-bit and 64-bit callers alike; later versions only grow. */
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_info) == 192, "stunt_dma_info is 192 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_transfer) == 96, "stunt_dma_transfer is 96 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_raw) == 160, "stunt_dma_raw is 160 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_channel_reset) == 16, "stunt_dma_channel_reset is 16 bytes");

#endif
