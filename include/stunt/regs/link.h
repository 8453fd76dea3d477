/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/link.toml and spec/ids.toml by spec/gen/stunt-spec headers; do not edit. */
/*
 * Rendezvous with the harness: registers, each 32 bits wide. Structures in memory are little-endian; the
 * includer has defined uint8_t to uint64_t (stdint.h, or linux/types.h in the kernel).
 */
#ifndef STUNT_REGS_LINK_H
#define STUNT_REGS_LINK_H

/* PCI identity and BARs */
#define STUNT_LINK_PCI_VENDOR           0x1234U
#define STUNT_LINK_PCI_DEVICE           0x5d01U
#define STUNT_LINK_PCI_SUBSYSTEM_VENDOR 0x1234U
#define STUNT_LINK_PCI_SUBSYSTEM        0x5d00U
#define STUNT_LINK_PCI_CLASS            0x088000U
#define STUNT_LINK_PCI_REVISION         0x01U
#define STUNT_LINK_BAR                  0U
#define STUNT_LINK_BAR_SIZE             0x1000U

/* Interrupt vectors */
#define STUNT_LINK_VEC_ATTENTION 0U /* The harness wants the agent to ask */
#define STUNT_LINK_VECTORS       1U /* How many there are */

/* What a record of the DMA checker tells */
#define STUNT_LINK_TELL_BIND   1U
#define STUNT_LINK_TELL_UNBIND 2U
#define STUNT_LINK_TELL_MAP    3U
#define STUNT_LINK_TELL_UNMAP  4U
#define STUNT_LINK_TELL_BLIND  5U

/* How deep the guest sleeps */
#define STUNT_LINK_STATE_IDLE 0U
#define STUNT_LINK_STATE_S3   3U

/* What has woken the guest from S3; from suspend to idle it is not known */
#define STUNT_LINK_SOURCE_OTHER  0U
#define STUNT_LINK_SOURCE_BUTTON 1U
#define STUNT_LINK_SOURCE_RTC    2U
#define STUNT_LINK_SOURCE_PME    3U

/* How many at once */
#define STUNT_LINK_LIMIT_TELLS 64U

/* Who moves data in mapped memory, as the kernel numbers them */
#define STUNT_LINK_DIRECTION_BIDIRECTIONAL 0U
#define STUNT_LINK_DIRECTION_TO_DEVICE     1U
#define STUNT_LINK_DIRECTION_FROM_DEVICE   2U

/* ID: The letters SLNK, little-endian */
#define STUNT_LINK_ID       0x000U
#define STUNT_LINK_ID_VALUE 0x4b4e4c53U /* Always */

/* VERSION: Version of the register layout */
#define STUNT_LINK_VERSION             0x004U
#define STUNT_LINK_VERSION_MINOR       0x0000ffffU
#define STUNT_LINK_VERSION_MINOR_SHIFT 0U
#define STUNT_LINK_VERSION_MINOR_VALUE 1U /* Always */
#define STUNT_LINK_VERSION_MAJOR       0xffff0000U
#define STUNT_LINK_VERSION_MAJOR_SHIFT 16U
#define STUNT_LINK_VERSION_MAJOR_VALUE 1U /* Always */

/* STATUS: Who is there */
#define STUNT_LINK_STATUS            0x008U
#define STUNT_LINK_STATUS_HOST       0x00000001U /* A harness is attached */
#define STUNT_LINK_STATUS_HOST_SHIFT 0U

/* INT_STATUS: Why the interrupt was raised */
#define STUNT_LINK_INT_STATUS                 0x00cU
#define STUNT_LINK_INT_STATUS_ATTENTION       0x00000001U /* The harness wants the agent to ask */
#define STUNT_LINK_INT_STATUS_ATTENTION_SHIFT 0U

/* TX_ADDR_LO: Bus address of the message to the host, low half */
#define STUNT_LINK_TX_ADDR_LO 0x010U

/* TX_ADDR_HI: Bus address of the message to the host, high half */
#define STUNT_LINK_TX_ADDR_HI 0x014U

/* TX_LEN: Length of the message to the host, in bytes */
#define STUNT_LINK_TX_LEN 0x018U

/* DOORBELL: Sends the message at TX_ADDR */
#define STUNT_LINK_DOORBELL           0x01cU
/*
 * ASK hands the message over and stops the machine until the harness has answered; DUMP adds it to the panic
 * dump
 */
#define STUNT_LINK_DOORBELL_CMD       0x00000003U
#define STUNT_LINK_DOORBELL_CMD_SHIFT 0U
#define STUNT_LINK_DOORBELL_CMD_NONE  0U
#define STUNT_LINK_DOORBELL_CMD_ASK   1U
#define STUNT_LINK_DOORBELL_CMD_DUMP  2U

/* RX_ADDR_LO: Bus address of the buffer for the answer, low half */
#define STUNT_LINK_RX_ADDR_LO 0x020U

/* RX_ADDR_HI: Bus address of the buffer for the answer, high half */
#define STUNT_LINK_RX_ADDR_HI 0x024U

/* RX_CAP: Size of the buffer for the answer, in bytes */
#define STUNT_LINK_RX_CAP 0x028U

/*
 * RX_LEN: Reading it moves the answer into the buffer at RX_ADDR and gives its length in bytes; 0 without
 * one; 0xffffffff when it did not fit or the transfer failed
 */
#define STUNT_LINK_RX_LEN 0x02cU

/* MARK: Writing a value puts the event link.mark on the timeline */
#define STUNT_LINK_MARK 0x030U

/*
 * SLEEP: Suspend to idle, which no hardware sees: 1 when all is suspended and the processors are about to
 * idle, 0 when they go on
 */
#define STUNT_LINK_SLEEP              0x034U
#define STUNT_LINK_SLEEP_ASLEEP       0x00000001U /* The guest sleeps */
#define STUNT_LINK_SLEEP_ASLEEP_SHIFT 0U

/* TIME_LO: Virtual time in nanoseconds, low half; reading it latches TIME_HI */
#define STUNT_LINK_TIME_LO 0x038U

/* TIME_HI: Virtual time in nanoseconds, high half, as latched */
#define STUNT_LINK_TIME_HI 0x03cU

/* CHECK_ADDR_LO: Bus address of the DMA checker's records, low half */
#define STUNT_LINK_CHECK_ADDR_LO 0x040U

/* CHECK_ADDR_HI: Bus address of the DMA checker's records, high half */
#define STUNT_LINK_CHECK_ADDR_HI 0x044U

/* CHECK_CTRL: The DMA checker */
#define STUNT_LINK_CHECK_CTRL              0x048U
/* A checker tells what is mapped; clearing it forgets all that was told */
#define STUNT_LINK_CHECK_CTRL_ENABLE       0x00000001U
#define STUNT_LINK_CHECK_CTRL_ENABLE_SHIFT 0U

/* CHECK_COUNT: Takes the records */
#define STUNT_LINK_CHECK_COUNT               0x04cU
#define STUNT_LINK_CHECK_COUNT_RECORDS       0x0000007fU /* How many there are, 1 to LIMIT.TELLS */
#define STUNT_LINK_CHECK_COUNT_RECORDS_SHIFT 0U

/*
 * A record of the DMA checker: one piece of memory that was mapped for a device or is about to be unmapped,
 * or what became of the device's driver
 */
struct stunt_link_tell {
    uint64_t addr; /* DMA address of the piece */
    uint64_t phys; /* Physical address of the memory behind it */
    uint32_t len; /* Bytes at addr; 0: none, this record is about phys alone */
    uint32_t phys_len; /* Bytes at phys; 0: none, or unknown */
    uint32_t function; /* PCI function: segment in 31:16, bus in 15:8, device and function in 7:0 */
    uint8_t kind; /* TELL */
    uint8_t direction; /* DIRECTION */
    uint8_t coherent; /* 1: from dma_alloc_attrs() and the like; 0: a streaming mapping */
    uint8_t reserved; /* 0 */
};
_Static_assert(sizeof(struct stunt_link_tell) == 32, "stunt_link_tell is 32 bytes");

#endif /* STUNT_REGS_LINK_H */
