/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/dma.toml and spec/ids.toml by spec/gen/stunt-spec headers; do not edit. */
/*
 * PCIe scatter-gather DMA engine: registers, each 32 bits wide. Structures in memory are little-endian; the
 * includer has defined uint8_t to uint64_t (stdint.h, or linux/types.h in the kernel).
 */
#ifndef STUNT_REGS_DMA_H
#define STUNT_REGS_DMA_H

/* PCI identity and BARs */
#define STUNT_DMA_PCI_VENDOR           0x1234U
#define STUNT_DMA_PCI_DEVICE           0x5d02U
#define STUNT_DMA_PCI_SUBSYSTEM_VENDOR 0x1234U
#define STUNT_DMA_PCI_SUBSYSTEM        0x5d00U
#define STUNT_DMA_PCI_CLASS            0x080100U
#define STUNT_DMA_PCI_REVISION         0x01U
#define STUNT_DMA_BAR                  0U
#define STUNT_DMA_BAR_SIZE             0x4000U
#define STUNT_DMA_SRAM_BAR             2U /* Memory, 64-bit, prefetchable */
#define STUNT_DMA_SRAM_SIZE            0x10000U /* Its size by default */

/* Interrupt vectors */
#define STUNT_DMA_VEC_CH0_DONE 0U /* Channel 0 wrote completions */
#define STUNT_DMA_VEC_CH1_DONE 1U /* Channel 1 wrote completions */
#define STUNT_DMA_VEC_CH2_DONE 2U /* Channel 2 wrote completions */
#define STUNT_DMA_VEC_CH3_DONE 3U /* Channel 3 wrote completions */
#define STUNT_DMA_VEC_ERROR    4U /* A channel halted on an error */
#define STUNT_DMA_VEC_PEER     5U /* The peer has rung */
#define STUNT_DMA_VECTORS      6U /* How many there are */

/* What a descriptor asks for */
#define STUNT_DMA_OP_NOP     0U
#define STUNT_DMA_OP_COPY    1U
#define STUNT_DMA_OP_FILL    2U
#define STUNT_DMA_OP_CRC32C  3U
#define STUNT_DMA_OP_COMPARE 4U
#define STUNT_DMA_OP_LINK    5U

/* How a descriptor ended: completion status, and error code of a halted channel */
#define STUNT_DMA_STATUS_OK           0U
#define STUNT_DMA_STATUS_NULL_ADDR    1U
#define STUNT_DMA_STATUS_MISALIGNED   2U
#define STUNT_DMA_STATUS_ADDR_WIDTH   3U
#define STUNT_DMA_STATUS_LINK_LOOP    4U
#define STUNT_DMA_STATUS_LEN_ZERO     5U
#define STUNT_DMA_STATUS_LEN_HUGE     6U
#define STUNT_DMA_STATUS_OWN_BAR      7U
#define STUNT_DMA_STATUS_BAD_OP       8U
#define STUNT_DMA_STATUS_OVERLAP      9U
#define STUNT_DMA_STATUS_BUS_ERROR    10U
#define STUNT_DMA_STATUS_MISMATCH     11U
#define STUNT_DMA_STATUS_CRC_MISMATCH 12U
#define STUNT_DMA_STATUS_ABORTED      13U
#define STUNT_DMA_STATUS_RESERVED     14U
#define STUNT_DMA_STATUS_INTERNAL     15U
#define STUNT_DMA_STATUS_BAD_RING     16U

/* Descriptor flags */
#define STUNT_DMA_DESC_IRQ   1U
#define STUNT_DMA_DESC_CHECK 2U
#define STUNT_DMA_DESC_END   4U
#define STUNT_DMA_DESC_LOOP  8U

/* Kinds of reset, field `kind` of the event `reset` */
#define STUNT_DMA_RESET_COLD    0U
#define STUNT_DMA_RESET_FLR     1U
#define STUNT_DMA_RESET_SOFT    2U
#define STUNT_DMA_RESET_CHANNEL 3U
#define STUNT_DMA_RESET_HOT     4U
#define STUNT_DMA_RESET_POWER   5U

/* Kinds of driver misuse, field `kind` of the event `misuse` */
#define STUNT_DMA_MISUSE_RO_WRITE          1U
#define STUNT_DMA_MISUSE_BAD_ACCESS        2U
#define STUNT_DMA_MISUSE_RESERVED_WRITE    3U
#define STUNT_DMA_MISUSE_DISABLED_DOORBELL 4U
#define STUNT_DMA_MISUSE_BAD_TAIL          5U
#define STUNT_DMA_MISUSE_NO_BUS_MASTER     6U
#define STUNT_DMA_MISUSE_WRONG_POWER_STATE 7U
#define STUNT_DMA_MISUSE_RING_LIVE_WRITE   8U
#define STUNT_DMA_MISUSE_EMPTY_DOORBELL    9U
#define STUNT_DMA_MISUSE_DESC_CHANGED      10U
#define STUNT_DMA_MISUSE_DMA_UNMAPPED      11U
#define STUNT_DMA_MISUSE_DMA_AFTER_UNMAP   12U
#define STUNT_DMA_MISUSE_DMA_DIRECTION     13U
#define STUNT_DMA_MISUSE_MAPPED_TWICE      14U
#define STUNT_DMA_MISUSE_ACCESS_IN_RESET   15U
#define STUNT_DMA_MISUSE_LEFT_MAPPED       16U
#define STUNT_DMA_MISUSE_GONE_POLLED       17U
#define STUNT_DMA_MISUSE_TOO_EARLY         18U
#define STUNT_DMA_MISUSE_NO_PEER           19U

/*
 * Call-backs of the driver as it marks them on the timeline, `value` of the event `link.mark`; from bit 16 on
 * the device's number
 */
#define STUNT_DMA_MARK_DETECTED        57344U
#define STUNT_DMA_MARK_DETECTED_NORMAL 57345U
#define STUNT_DMA_MARK_DETECTED_FROZEN 57346U
#define STUNT_DMA_MARK_DETECTED_PERM   57347U
#define STUNT_DMA_MARK_MMIO_ENABLED    57360U
#define STUNT_DMA_MARK_SLOT_RESET      57361U
#define STUNT_DMA_MARK_RESUME          57362U

/*
 * Who moves data in mapped memory, field `direction` of the events `dma.map` and `dma.unmap`; as the kernel
 * numbers them
 */
#define STUNT_DMA_DIRECTION_BIDIRECTIONAL 0U
#define STUNT_DMA_DIRECTION_TO_DEVICE     1U
#define STUNT_DMA_DIRECTION_FROM_DEVICE   2U

/* Whether transfers are held against what is mapped, field `check` of the event `dma.check` */
#define STUNT_DMA_CHECK_OFF   0U
#define STUNT_DMA_CHECK_ON    1U
#define STUNT_DMA_CHECK_BLIND 2U

/* What is transferred, field `what` of the events `dma.read` and `dma.write` */
#define STUNT_DMA_WHAT_DESC 1U
#define STUNT_DMA_WHAT_DATA 2U
#define STUNT_DMA_WHAT_COMP 3U

/* ID: The letters SDMA, little-endian */
#define STUNT_DMA_ID       0x000U
#define STUNT_DMA_ID_VALUE 0x414d4453U /* Always */

/* VERSION: Version of the register layout */
#define STUNT_DMA_VERSION             0x004U
#define STUNT_DMA_VERSION_MINOR       0x0000ffffU
#define STUNT_DMA_VERSION_MINOR_SHIFT 0U
#define STUNT_DMA_VERSION_MINOR_VALUE 2U /* Always */
#define STUNT_DMA_VERSION_MAJOR       0xffff0000U
#define STUNT_DMA_VERSION_MAJOR_SHIFT 16U
#define STUNT_DMA_VERSION_MAJOR_VALUE 1U /* Always */

/* CAPS: What this instance can do; WIDTH follows the property dma-width, PEER the property peer */
#define STUNT_DMA_CAPS                 0x008U
#define STUNT_DMA_CAPS_CHANNELS        0x0000000fU
#define STUNT_DMA_CAPS_CHANNELS_SHIFT  0U
#define STUNT_DMA_CAPS_OPS             0x0000ff00U /* A bit for each operation */
#define STUNT_DMA_CAPS_OPS_SHIFT       8U
#define STUNT_DMA_CAPS_WIDTH           0x00ff0000U /* Address bits that the device drives */
#define STUNT_DMA_CAPS_WIDTH_SHIFT     16U
#define STUNT_DMA_CAPS_RING_LOG2       0x1f000000U /* Largest ring, log2 of entries */
#define STUNT_DMA_CAPS_RING_LOG2_SHIFT 24U
#define STUNT_DMA_CAPS_PEER            0x20000000U /* It is wired to a peer */
#define STUNT_DMA_CAPS_PEER_SHIFT      29U

/* CTRL: Global control */
#define STUNT_DMA_CTRL                  0x00cU
#define STUNT_DMA_CTRL_RESET            0x00000001U /* Resets all channels and registers; reads as 0 */
#define STUNT_DMA_CTRL_RESET_SHIFT      0U
#define STUNT_DMA_CTRL_IRQ_ENABLE       0x00000002U /* Interrupts are signalled at all */
#define STUNT_DMA_CTRL_IRQ_ENABLE_SHIFT 1U

/* INT_STATUS: What happened since it was acknowledged */
#define STUNT_DMA_INT_STATUS               0x010U
#define STUNT_DMA_INT_STATUS_CH_DONE       0x0000000fU /* A bit for each channel: completions were written */
#define STUNT_DMA_INT_STATUS_CH_DONE_SHIFT 0U
#define STUNT_DMA_INT_STATUS_ERROR         0x00000010U /* A channel halted on an error */
#define STUNT_DMA_INT_STATUS_ERROR_SHIFT   4U
#define STUNT_DMA_INT_STATUS_PEER          0x00000020U /* The peer has rung */
#define STUNT_DMA_INT_STATUS_PEER_SHIFT    5U

/* INT_MASK: A set bit keeps its bit of INT_STATUS from signalling */
#define STUNT_DMA_INT_MASK               0x014U
#define STUNT_DMA_INT_MASK_CH_DONE       0x0000000fU
#define STUNT_DMA_INT_MASK_CH_DONE_SHIFT 0U
#define STUNT_DMA_INT_MASK_ERROR         0x00000010U
#define STUNT_DMA_INT_MASK_ERROR_SHIFT   4U
#define STUNT_DMA_INT_MASK_PEER          0x00000020U
#define STUNT_DMA_INT_MASK_PEER_SHIFT    5U

/* ERR_COUNT: Descriptors refused or failed since reset */
#define STUNT_DMA_ERR_COUNT 0x018U

/* MISUSE_COUNT: Driver misuse seen since reset */
#define STUNT_DMA_MISUSE_COUNT 0x01cU

/* MAX_LEN: Largest length of one descriptor, in bytes */
#define STUNT_DMA_MAX_LEN       0x020U
#define STUNT_DMA_MAX_LEN_VALUE 0x10000000U /* Always */

/* PEER_RING: Doorbell of the peer: sets these bits in its PEER_STATUS */
#define STUNT_DMA_PEER_RING 0x024U

/* PEER_STATUS: Bits that the peer has rung since they were cleared */
#define STUNT_DMA_PEER_STATUS 0x028U

/* CH_CTRL: Channel control */
#define STUNT_DMA_CH_CTRL              0x100U
#define STUNT_DMA_CH_CTRL_STRIDE       0x40U
#define STUNT_DMA_CH_CTRL_COUNT        4U
#define STUNT_DMA_CH_CTRL_ENABLE       0x00000001U /* The channel follows its ring */
#define STUNT_DMA_CH_CTRL_ENABLE_SHIFT 0U
/* Ends the running descriptor with status ABORTED and halts; reads as 0 */
#define STUNT_DMA_CH_CTRL_ABORT        0x00000002U
#define STUNT_DMA_CH_CTRL_ABORT_SHIFT  1U
/* Stops at once, clears the channel's registers; reads as 0 */
#define STUNT_DMA_CH_CTRL_RESET        0x00000004U
#define STUNT_DMA_CH_CTRL_RESET_SHIFT  2U
/* The channel stands still where it is; goes on when cleared */
#define STUNT_DMA_CH_CTRL_PAUSE        0x00000008U
#define STUNT_DMA_CH_CTRL_PAUSE_SHIFT  3U

/* CH_STATUS: Channel state */
#define STUNT_DMA_CH_STATUS               0x104U
#define STUNT_DMA_CH_STATUS_STRIDE        0x40U
#define STUNT_DMA_CH_STATUS_COUNT         4U
#define STUNT_DMA_CH_STATUS_RUNNING       0x00000001U /* A descriptor is in work */
#define STUNT_DMA_CH_STATUS_RUNNING_SHIFT 0U
/* Stopped on an error or abort; only a channel reset helps */
#define STUNT_DMA_CH_STATUS_HALTED        0x00000002U
#define STUNT_DMA_CH_STATUS_HALTED_SHIFT  1U
#define STUNT_DMA_CH_STATUS_ERROR         0x0000ff00U /* Why it halted (STATUS) */
#define STUNT_DMA_CH_STATUS_ERROR_SHIFT   8U

/* CH_RING_LO: Bus address of the descriptor ring, low half; 64-byte aligned; only while not enabled */
#define STUNT_DMA_CH_RING_LO        0x108U
#define STUNT_DMA_CH_RING_LO_STRIDE 0x40U
#define STUNT_DMA_CH_RING_LO_COUNT  4U

/* CH_RING_HI: Bus address of the descriptor ring, high half */
#define STUNT_DMA_CH_RING_HI        0x10cU
#define STUNT_DMA_CH_RING_HI_STRIDE 0x40U
#define STUNT_DMA_CH_RING_HI_COUNT  4U

/*
 * CH_COMP_LO: Bus address of the completion ring, low half; 16-byte aligned; as many entries as the
 * descriptor ring
 */
#define STUNT_DMA_CH_COMP_LO        0x110U
#define STUNT_DMA_CH_COMP_LO_STRIDE 0x40U
#define STUNT_DMA_CH_COMP_LO_COUNT  4U

/* CH_COMP_HI: Bus address of the completion ring, high half */
#define STUNT_DMA_CH_COMP_HI        0x114U
#define STUNT_DMA_CH_COMP_HI_STRIDE 0x40U
#define STUNT_DMA_CH_COMP_HI_COUNT  4U

/* CH_RING_SIZE: Size of both rings */
#define STUNT_DMA_CH_RING_SIZE            0x118U
#define STUNT_DMA_CH_RING_SIZE_STRIDE     0x40U
#define STUNT_DMA_CH_RING_SIZE_COUNT      4U
#define STUNT_DMA_CH_RING_SIZE_LOG2       0x0000001fU /* log2 of the number of entries, 1 to 16 */
#define STUNT_DMA_CH_RING_SIZE_LOG2_SHIFT 0U

/* CH_TAIL: Doorbell: descriptors before this free-running index are handed over */
#define STUNT_DMA_CH_TAIL             0x11cU
#define STUNT_DMA_CH_TAIL_STRIDE      0x40U
#define STUNT_DMA_CH_TAIL_COUNT       4U
#define STUNT_DMA_CH_TAIL_INDEX       0xffffffffU
#define STUNT_DMA_CH_TAIL_INDEX_SHIFT 0U

/* CH_HEAD: Free-running index of the first descriptor that is not complete */
#define STUNT_DMA_CH_HEAD        0x120U
#define STUNT_DMA_CH_HEAD_STRIDE 0x40U
#define STUNT_DMA_CH_HEAD_COUNT  4U

/* CH_DONE_COUNT: Descriptors completed since channel reset */
#define STUNT_DMA_CH_DONE_COUNT        0x124U
#define STUNT_DMA_CH_DONE_COUNT_STRIDE 0x40U
#define STUNT_DMA_CH_DONE_COUNT_COUNT  4U

/* CH_ERR_INDEX: Free-running index of the descriptor that halted the channel */
#define STUNT_DMA_CH_ERR_INDEX        0x128U
#define STUNT_DMA_CH_ERR_INDEX_STRIDE 0x40U
#define STUNT_DMA_CH_ERR_INDEX_COUNT  4U

/*
 * CH_MODERATE: Interrupt moderation: completions that ask for an interrupt are held back until one of both
 * limits is reached; 0: none is
 */
#define STUNT_DMA_CH_MODERATE               0x12cU
#define STUNT_DMA_CH_MODERATE_STRIDE        0x40U
#define STUNT_DMA_CH_MODERATE_COUNT         4U
/* So many raise it, 1: each; 0: no limit by number, only by time */
#define STUNT_DMA_CH_MODERATE_JOBS          0x000000ffU
#define STUNT_DMA_CH_MODERATE_JOBS_SHIFT    0U
/* It is raised so long after the first one at the latest; 0: no limit by time, only by number */
#define STUNT_DMA_CH_MODERATE_TIME_US       0xffff0000U
#define STUNT_DMA_CH_MODERATE_TIME_US_SHIFT 16U

/* CH_PERIODS: Periods that a loop has completed since channel reset, free-running */
#define STUNT_DMA_CH_PERIODS        0x130U
#define STUNT_DMA_CH_PERIODS_STRIDE 0x40U
#define STUNT_DMA_CH_PERIODS_COUNT  4U

/* CH_BYTES: Bytes done of the job in work, at most 2^32 - 1; 0 without one */
#define STUNT_DMA_CH_BYTES        0x134U
#define STUNT_DMA_CH_BYTES_STRIDE 0x40U
#define STUNT_DMA_CH_BYTES_COUNT  4U

/* A descriptor: one entry of the descriptor ring, or of a chain that LINK leads to */
struct stunt_dma_desc {
    uint64_t src; /* Source address; LINK: address of the next descriptor */
    uint64_t dst; /* Destination address; COMPARE: the other source */
    uint32_t len; /* Bytes, 1 to MAX_LEN */
    uint8_t op; /* OP */
    /*
     * DESC: IRQ signals the completion, in a loop also the period; CHECK compares the CRC with arg; END ends
     * a chain; LOOP: the LINK may lead back
     */
    uint8_t flags;
    uint16_t id; /* Handed back in the completion */
    uint64_t arg; /* FILL: pattern, repeated every 8 bytes; CRC32C with CHECK: expected value */
    uint64_t reserved[4]; /* 0 */
};
_Static_assert(sizeof(struct stunt_dma_desc) == 64, "stunt_dma_desc is 64 bytes");

/* A completion: entry N of the completion ring answers descriptor N of the descriptor ring */
struct stunt_dma_comp {
    uint32_t index; /* Free-running index of the descriptor */
    uint32_t result; /* CRC32C: the CRC; COMPARE: offset of the first difference */
    uint32_t bytes; /* Bytes done */
    uint16_t id; /* From the descriptor */
    uint8_t status; /* STATUS */
    uint8_t phase; /* 1 in odd rounds of the ring (the first is odd), 2 in even ones; never 0 */
};
_Static_assert(sizeof(struct stunt_dma_comp) == 16, "stunt_dma_comp is 16 bytes");

#endif /* STUNT_REGS_DMA_H */
