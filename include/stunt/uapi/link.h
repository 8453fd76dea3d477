/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * /dev/stunt-link: the agent's way to the harness. One opener at a time: open() fails with EBUSY for the next,
 * and with ENOTCONN if no harness is attached.
 *
 * poll() says readable when the harness raised attention since the last STUNT_LINK_IOC_EXCHANGE.
 *
 * This header stands alone: the includer has defined uint8_t … uint64_t and _IOWR (sys/ioctl.h, or
 * linux/ioctl.h in the kernel).
 */
#ifndef STUNT_UAPI_LINK_H
#define STUNT_UAPI_LINK_H

#define STUNT_LINK_UAPI_VERSION 1

/*
 * One message to the harness and its answer. The machine stands still in between: the call takes no virtual
 * time to speak of and cannot be interrupted. Fails with
 *   EINVAL    wrong size, flags or reserved
 *   EMSGSIZE  tx_len or rx_capacity above STUNT_MESSAGE_MAX
 *   EFAULT    a bad address
 *   ENOSPC    the answer does not fit rx_capacity; it is lost
 *   ENOTCONN  no harness is attached
 *   ENODEV    the device is gone
 *   EIO       the device could not move the answer
 */
struct stunt_link_exchange {
    uint32_t size;        /* in: sizeof(struct stunt_link_exchange) */
    uint32_t flags;       /* in: 0 */
    uint64_t tx;          /* in: address of the message */
    uint64_t rx;          /* in: address of the buffer for the answer */
    uint32_t tx_len;      /* in: bytes of the message */
    uint32_t rx_capacity; /* in: bytes of the buffer */
    uint32_t rx_len;      /* out: bytes of the answer, may be 0 */
    uint32_t reserved;    /* in: 0 */
};

#define STUNT_LINK_IOC_EXCHANGE _IOWR('S', 0x01, struct stunt_link_exchange)
/* out: STUNT_LINK_UAPI_VERSION; a program asks first and refuses another version */
#define STUNT_LINK_IOC_VERSION _IOR('S', 0x00, uint32_t)

#ifdef __cplusplus
static_assert(sizeof(struct stunt_link_exchange) == 40, "stunt_link_exchange is 40 bytes");
#else
_Static_assert(sizeof(struct stunt_link_exchange) == 40, "stunt_link_exchange is 40 bytes");
#endif

#endif
