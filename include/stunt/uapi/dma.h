/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * /dev/stunt-dmaN: the DMA engine for programs. Reference: docs/reference/uapi-dma.md.
 *
 * Every structure begins with its own size and flags. A program built with an older, shorter structure is
 * served; one with a longer structure is served if what the driver does not know is 0, else E2BIG.
 * Reserved members and unknown flags must be 0, else EINVAL. Any number of processes may call at once.
 *
 * INFO, SCALAR and poll() work with any open file; what makes the device work asks for one that is open for
 * writing (EBADF).
 *
 * This header stands alone: the includer has defined uint8_t … uint64_t and _IOWR (sys/ioctl.h, or
 * linux/ioctl.h in the kernel). Operations and status codes are those of the device, stunt/regs/dma.h.
 */
#ifndef STUNT_UAPI_DMA_H
#define STUNT_UAPI_DMA_H

#define STUNT_DMA_UAPI_VERSION 3 /* an earlier one is without what is said to be of a later version */

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
    uint64_t generation;   /* version 2: changes of state since the driver was bound */
    uint64_t reserved[3];  /* 0 */
};

#define STUNT_DMA_TRANSFER_CHECK 1u /* CRC32C: `arg` holds the expected value */

/*
 * Runs one operation on memory of the caller and waits for its end. `src` is read and `dst` written, except
 * that COMPARE only reads both, CRC32C only uses src, and FILL only uses dst. The memory is split into as many
 * descriptors as its pages ask for; long transfers are done in pieces, one after the other.
 *
 * 0 means that the device has answered: `status` says how. Otherwise EINVAL (size, flags, reserved, channel,
 * op, len 0, COPY of overlapping ranges), EFAULT, ENOMEM, ETIMEDOUT (timeout_ns is over, or the watchdog gave
 * up), EINTR, ECANCELED (the channel was reset by a caller), EIO (the device was reset), ENODEV (it is gone).
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
 * Hands one descriptor to a channel just as it is, to see how the device takes it. Needs CAP_SYS_RAWIO
 * (EPERM): a descriptor can reach all memory that the device can. One such call runs at a time; the bounce
 * buffer keeps its content between calls. Without the flag IRQ in the descriptor the watchdog finds its
 * completion.
 *
 * 0 means that the device has answered. Errors as of STUNT_DMA_TRANSFER, and EINVAL also for a range outside
 * of the bounce buffer.
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
 * Resets a channel. The transfer at its head fails with ECANCELED, those behind it start over. It may be
 * another caller's: needs CAP_SYS_RAWIO (EPERM). EINVAL, EAGAIN (the device is being reset or asleep), ENODEV.
 */
struct stunt_dma_channel_reset {
    uint32_t size;     /* in: sizeof(struct stunt_dma_channel_reset) */
    uint32_t flags;    /* in: 0 */
    uint32_t channel;  /* in: number */
    uint32_t reserved; /* in: 0 */
};

/*
 * Scalar calls (version 2): numbers in, numbers out. EOPNOTSUPP: no such selector; EINVAL: not the counts that
 * it wants, or a scalar of `in` beyond n_in is not 0; ECHRNG: no such channel; ENOENT: no such parameter;
 * EACCES: the parameter cannot be set; ERANGE: it cannot have this value. `out` beyond n_out is 0.
 */
#define STUNT_DMA_SCALARS 8

/* stunt_dma_scalar.selector */
#define STUNT_DMA_SCALAR_ECHO 0u        /* in: up to 8 numbers; out: as many, the same */
#define STUNT_DMA_SCALAR_STATE 1u       /* out: STUNT_DMA_INFO_…, generation; poll() then reports it no more */
#define STUNT_DMA_SCALAR_GET 2u         /* in: channel, parameter; out: its value */
#define STUNT_DMA_SCALAR_SET 3u         /* in: channel, parameter, value */

/* Parameters of a channel, as the open file sees it */
#define STUNT_DMA_PARAM_TIMEOUT_NS 0u /* what a timeout_ns of 0 means in calls by this file; 0: no limit */
#define STUNT_DMA_PARAM_JOBS 1u       /* read: requests of SUBMIT by this file that have not ended */
#define STUNT_DMA_PARAM_DEPTH 2u      /* read: descriptors of anybody that the device has not done */

struct stunt_dma_scalar {
    uint32_t size;     /* in: sizeof(struct stunt_dma_scalar) */
    uint32_t flags;    /* in: 0 */
    uint32_t selector; /* in: STUNT_DMA_SCALAR_… */
    uint32_t n_in;     /* in: how many of `in` are meant */
    uint32_t n_out;    /* in: how many of `out` are wanted */
    uint32_t reserved; /* in: 0 */
    uint64_t in[STUNT_DMA_SCALARS];
    uint64_t out[STUNT_DMA_SCALARS];
};

/*
 * The completion queue of an open file (version 2), mapped at STUNT_DMA_MAP_QUEUE: this header, then at
 * entries_offset `entries` structures stunt_dma_completion. Indices run freely over 32 bits, entry N is at N
 * mod entries.
 *
 * The driver writes an entry, then `tail` with release; a program reads `tail` with acquire, the entries from
 * its `head` on, then writes `head` with release. There is one consumer: threads that share the queue take
 * turns. The queue is memory of the file, not of the device: it can be read when the device is gone.
 *
 * An entry is set aside for each request that is accepted, so none is ever lost for want of room: a request
 * that could not have one is refused with EAGAIN.
 */
struct stunt_dma_queue_header {
    uint32_t entries;        /* power of two */
    uint32_t entry_size;     /* bytes of an entry */
    uint32_t entries_offset; /* from the start of the mapping */
    uint32_t reserved0[13];
    uint32_t tail;           /* the driver's: behind the newest entry */
    uint32_t refused;        /* the driver's: requests that were refused for want of an entry */
    uint32_t overflow;       /* the driver's: entries that were lost, as `head` made no sense */
    uint32_t reserved1[13];
    uint32_t head;           /* the program's: the oldest entry that it has not taken */
    uint32_t reserved2[15];
};

struct stunt_dma_completion {
    uint64_t user_data;   /* of the request */
    int32_t error;        /* 0: the device has answered; or a negative errno, as of STUNT_DMA_TRANSFER */
    uint32_t status;      /* STUNT_DMA_STATUS_… */
    uint64_t bytes;       /* done */
    uint64_t mismatch;    /* COMPARE with status MISMATCH: offset of the first difference */
    uint32_t crc;         /* CRC32C: the value */
    uint32_t channel;     /* that was used */
    uint32_t descriptors; /* that it took */
    uint32_t reserved[5];
};

#define STUNT_DMA_QUEUE_ENTRIES_MAX 4096u

/*
 * Gives the open file its completion queue (version 2), once and for all: EBUSY if it has one. EINVAL: entries
 * is not a power of two from 1 to STUNT_DMA_QUEUE_ENTRIES_MAX. ENOMEM.
 */
struct stunt_dma_queue {
    uint32_t size;     /* in: sizeof(struct stunt_dma_queue) */
    uint32_t flags;    /* in: 0 */
    uint32_t entries;  /* in: how many completions it holds */
    uint32_t map_size; /* out: bytes to map, whole pages */
};

#define STUNT_DMA_SUBMIT_CHECK 1u   /* as STUNT_DMA_TRANSFER_CHECK */
#define STUNT_DMA_SUBMIT_EVENTFD 2u /* add 1 to `eventfd` after the completion is in the queue */

#define STUNT_DMA_SUBMIT_LEN_MAX 0x1000000u      /* bytes of one request */
#define STUNT_DMA_SUBMIT_PINNED_MAX 0x4000000u   /* bytes of all requests of an open file that have not ended */

/*
 * Starts an operation and returns (version 2); the memory is the device's until the completion is in the
 * queue. Fields are as in struct stunt_dma_transfer. What is wrong with the request itself is told by this
 * call (EINVAL, EFAULT, ENOMEM, EMSGSIZE for more than STUNT_DMA_SUBMIT_LEN_MAX, EBADF for the eventfd or a
 * file not open for writing) and gives no completion. ENXIO: the file has no queue. EAGAIN: no entry is left
 * in the queue, or too much memory is in work; nothing was started. ENODEV.
 *
 * Closing the last descriptor of the open file calls off what has not ended, and returns when the device is
 * done with the memory.
 */
struct stunt_dma_submit {
    uint32_t size;       /* in: sizeof(struct stunt_dma_submit) */
    uint32_t flags;      /* in: STUNT_DMA_SUBMIT_… */
    uint32_t channel;    /* in: number, or STUNT_DMA_CHANNEL_ANY; out: the one that is used */
    uint32_t op;         /* in */
    uint64_t src;        /* in */
    uint64_t dst;        /* in */
    uint64_t len;        /* in */
    uint64_t arg;        /* in */
    uint64_t timeout_ns; /* in: then the request ends with ETIMEDOUT; 0: as the parameter TIMEOUT_NS says */
    uint64_t user_data;  /* in: comes back in the completion */
    int32_t eventfd;     /* in: with STUNT_DMA_SUBMIT_EVENTFD, else 0 */
    uint32_t reserved[3]; /* in: 0 */
};

#define STUNT_DMA_CANCEL_ALL 1u /* all requests of the open file, whatever their user_data */

/*
 * Calls off requests of this open file (version 2). Each still has its completion, with error ECANCELED, or
 * with its result if it had just ended. ENOENT: there is none; not an error with STUNT_DMA_CANCEL_ALL.
 */
struct stunt_dma_cancel {
    uint32_t size;      /* in: sizeof(struct stunt_dma_cancel) */
    uint32_t flags;     /* in: STUNT_DMA_CANCEL_… */
    uint64_t user_data; /* in: of the requests that are meant */
    uint32_t found;     /* out: how many there were */
    uint32_t reserved;  /* in: 0 */
};

/*
 * mmap() (version 2): offsets. Only with MAP_SHARED (EINVAL), never executable (EACCES). ENXIO: nothing is
 * there, or not so much. All but the queue need CAP_SYS_RAWIO (EPERM), as they show or reach other callers'
 * memory, and are taken back when the device is gone or unbound: an access gives SIGBUS, a new mapping ENODEV.
 */
#define STUNT_DMA_MAP_QUEUE 0x00000000u  /* the completion queue; read and write; ENXIO before STUNT_DMA_QUEUE */
#define STUNT_DMA_MAP_BAR 0x10000000u    /* the registers, STUNT_DMA_MAP_BAR_SIZE; read and write */
#define STUNT_DMA_MAP_BOUNCE 0x20000000u /* the buffer of STUNT_DMA_RAW; read and write */
#define STUNT_DMA_MAP_RING 0x30000000u   /* descriptor ring of channel 0; read only (EACCES) */
#define STUNT_DMA_MAP_COMPS 0x40000000u  /* completion ring of channel 0; read only (EACCES) */
#define STUNT_DMA_MAP_STRIDE 0x01000000u /* from a channel's ring to the next channel's */
#define STUNT_DMA_MAP_BAR_SIZE 0x2000u   /* without the MSI-X table, which is the kernel's */

#define STUNT_DMA_PEER_FROM 1u /* from the peer to the caller; else from the caller to the peer */

/*
 * Version 2. Copies between memory of the caller and that of another device of the kind (its BAR 2), which an
 * open file of that device stands for; it must be open for writing to be written, and for reading to be read.
 * The engine is that of the device that is called.
 *
 * 0 means that the device has answered. Errors as of STUNT_DMA_TRANSFER, and EBADF (peer is no open file, or
 * not open for this), EINVAL (peer is no such device, or the device itself), ENXIO (the peer has no memory),
 * ERANGE (offset and len reach beyond it), ENODEV also when the peer is gone or is unbound meanwhile.
 */
struct stunt_dma_peer {
    uint32_t size;        /* in: sizeof(struct stunt_dma_peer) */
    uint32_t flags;       /* in: STUNT_DMA_PEER_… */
    uint32_t channel;     /* in: number, or STUNT_DMA_CHANNEL_ANY; out: the one that was used */
    int32_t peer;         /* in: open file of the other device */
    uint64_t addr;        /* in: address of the caller's memory */
    uint64_t offset;      /* in: in the peer's memory */
    uint64_t len;         /* in: bytes, at least 1 */
    uint64_t timeout_ns;  /* in: as in struct stunt_dma_transfer */
    uint32_t status;      /* out: STUNT_DMA_STATUS_… */
    uint32_t descriptors; /* out: descriptors that it took */
    uint64_t bytes;       /* out: bytes done */
    uint64_t peer_size;   /* out: bytes of the peer's memory */
    uint64_t reserved[2]; /* in: 0 */
};

/*
 * Rings the doorbell of the device's peer (version 3): sets bits of its PEER_STATUS. The peer is the device of the
 * kind that this one is wired to; asleep, it is woken if it may wake. EINVAL (size, flags, reserved, no bit),
 * ENXIO (there is no peer), EAGAIN (the device is being reset or asleep), ENODEV.
 */
struct stunt_dma_ring {
    uint32_t size;     /* in: sizeof(struct stunt_dma_ring) */
    uint32_t flags;    /* in: 0 */
    uint32_t mask;     /* in: bits to ring */
    uint32_t reserved; /* in: 0 */
};

/*
 * Waits until the peer has rung one of these bits, and takes those that have rung (version 3). A bit that nobody
 * waits for stands until somebody takes it, and rings on it are one; of several who wait for a bit one gets it. Waiting does
 * not keep the device awake. EINVAL (size, flags, no bit), ENXIO (there is no peer), ETIMEDOUT, EINTR, ENODEV.
 */
struct stunt_dma_await_ring {
    uint32_t size;       /* in: sizeof(struct stunt_dma_await_ring) */
    uint32_t flags;      /* in: 0 */
    uint32_t mask;       /* in: bits to wait for */
    uint32_t rung;       /* out: those that have rung */
    uint64_t timeout_ns; /* in: 0: for as long as it takes */
};

#define STUNT_DMA_INFO _IOWR('D', 0x00, struct stunt_dma_info)
#define STUNT_DMA_TRANSFER _IOWR('D', 0x01, struct stunt_dma_transfer)
#define STUNT_DMA_RAW _IOWR('D', 0x02, struct stunt_dma_raw)
#define STUNT_DMA_CHANNEL_RESET _IOWR('D', 0x03, struct stunt_dma_channel_reset)
#define STUNT_DMA_SCALAR _IOWR('D', 0x04, struct stunt_dma_scalar)
#define STUNT_DMA_QUEUE _IOWR('D', 0x05, struct stunt_dma_queue)
#define STUNT_DMA_SUBMIT _IOWR('D', 0x06, struct stunt_dma_submit)
#define STUNT_DMA_CANCEL _IOWR('D', 0x07, struct stunt_dma_cancel)
#define STUNT_DMA_PEER _IOWR('D', 0x10, struct stunt_dma_peer)
#define STUNT_DMA_RING _IOWR('D', 0x11, struct stunt_dma_ring)
#define STUNT_DMA_AWAIT_RING _IOWR('D', 0x12, struct stunt_dma_await_ring)

#ifdef __cplusplus
#define STUNT_DMA_UAPI_ASSERT(c, m) static_assert(c, m)
#else
#define STUNT_DMA_UAPI_ASSERT(c, m) _Static_assert(c, m)
#endif
/* The sizes of the first version of each, for 32-bit and 64-bit callers alike; later versions only grow. */
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_info) == 192, "stunt_dma_info is 192 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_transfer) == 96, "stunt_dma_transfer is 96 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_raw) == 160, "stunt_dma_raw is 160 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_channel_reset) == 16, "stunt_dma_channel_reset is 16 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_scalar) == 152, "stunt_dma_scalar is 152 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_queue_header) == 192, "stunt_dma_queue_header is 192 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_completion) == 64, "stunt_dma_completion is 64 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_queue) == 16, "stunt_dma_queue is 16 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_submit) == 80, "stunt_dma_submit is 80 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_cancel) == 24, "stunt_dma_cancel is 24 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_peer) == 88, "stunt_dma_peer is 88 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_ring) == 16, "stunt_dma_ring is 16 bytes");
STUNT_DMA_UAPI_ASSERT(sizeof(struct stunt_dma_await_ring) == 24, "stunt_dma_await_ring is 24 bytes");

#endif
