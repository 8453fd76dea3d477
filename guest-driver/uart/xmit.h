/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buffer that serial_core fills for sending, which is another one since 6.10. */
#ifndef STUNT_UART_XMIT_H
#define STUNT_UART_XMIT_H

#include <linux/serial_core.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <linux/kfifo.h>

static inline u8 *stunt_xmit_buf(struct uart_port *port)
{
	return port->state->port.xmit_buf;
}

static inline unsigned int stunt_xmit_pending(struct uart_port *port)
{
	return kfifo_len(&port->state->port.xmit_fifo);
}

/* Where the oldest byte is. */
static inline unsigned int stunt_xmit_tail(struct uart_port *port)
{
	return port->state->port.xmit_fifo.kfifo.out & (UART_XMIT_SIZE - 1);
}
#else
static inline u8 *stunt_xmit_buf(struct uart_port *port)
{
	return port->state->xmit.buf;
}

static inline unsigned int stunt_xmit_pending(struct uart_port *port)
{
	return uart_circ_chars_pending(&port->state->xmit);
}

static inline unsigned int stunt_xmit_tail(struct uart_port *port)
{
	return port->state->xmit.tail;
}
#endif

#endif
