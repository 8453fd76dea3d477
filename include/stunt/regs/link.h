/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/link.toml and spec/ids.toml by spec/gen/stunt-spec headers; do not edit. */
/* Rendezvous with the harness: registers, each 32 bits wide. */
#ifndef STUNT_REGS_LINK_H
#define STUNT_REGS_LINK_H

/* PCI identity and register BAR */
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

/* ID: The letters SLNK, little-endian */
#define STUNT_LINK_ID       0x000U
#define STUNT_LINK_ID_VALUE 0x4b4e4c53U /* Always */

/* VERSION: Version of the register layout */
#define STUNT_LINK_VERSION             0x004U
#define STUNT_LINK_VERSION_MINOR       0x0000ffffU
#define STUNT_LINK_VERSION_MINOR_SHIFT 0U
#define STUNT_LINK_VERSION_MINOR_VALUE 0U /* Always */
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

/* TIME_LO: Virtual time in nanoseconds, low half; reading it latches TIME_HI */
#define STUNT_LINK_TIME_LO 0x038U

/* TIME_HI: Virtual time in nanoseconds, high half, as latched */
#define STUNT_LINK_TIME_HI 0x03cU

#endif /* STUNT_REGS_LINK_H */
