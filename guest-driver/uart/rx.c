// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Receiving. Plain characters come by the ring; those with a flag stop it and are taken out of the
 * FIFO one by one, as all are without a ring. What the tty has no room for stays where it is: ring
 * and FIFO fill, and the device's flow control holds the other end. Nothing is dropped here.
 */
#include <linux/tty_flip.h>

#include "uart.h"

#define STUNT_RX_BOUND	(4 * STUNT_UART_FIFO)	/* looks of one call */
#define STUNT_RX_ROOM	2			/* a character and the note of an overrun */

void stunt_rx_hold(struct stunt_port *sp, unsigned int why)
{
	sp->rx_hold |= why;
	stunt_port_enable(sp, 0, STUNT_RX_CAUSES);
}

/* First the look, then the interrupts: what comes between them is signalled when they are enabled. */
void stunt_rx_release(struct stunt_port *sp, unsigned int why)
{
	if (!(sp->rx_hold & why))
		return;
	sp->rx_hold &= ~why;
	stunt_rx(sp, true);
	if (!sp->rx_hold)
		stunt_port_enable(sp, STUNT_RX_CAUSES, 0);
}

static void stunt_rx_full(struct stunt_port *sp)
{
	sp->count.rx_paused++;
	stunt_rx_hold(sp, STUNT_RX_FULL);
}

/* The flag of the character after it says that some were lost, the count how many. */
static void stunt_rx_overrun(struct stunt_port *sp)
{
	u32 overruns;

	if (stunt_bug(missed_overrun) || stunt_port_count(sp, STUNT_UART_P_OVERRUNS, &overruns))
		return;
	sp->port.icount.overrun += overruns - sp->overruns;
	sp->overruns = overruns;
}

static u8 stunt_rx_flag(u32 entry)
{
	if (entry & STUNT_UART_P_RX_BREAK)
		return TTY_BREAK;
	if (entry & (STUNT_UART_P_RX_PARITY | STUNT_UART_P_RX_ADDRESS))
		return TTY_PARITY;
	return entry & STUNT_UART_P_RX_FRAMING ? TTY_FRAME : TTY_NORMAL;
}

/* An address of multidrop is told as a parity error, as it would be with parity SPACE; it is none. */
static void stunt_rx_char(struct stunt_port *sp, u32 entry)
{
	struct uart_port *port = &sp->port;
	u8 ch = entry & STUNT_UART_P_RX_DATA;

	port->icount.rx++;
	if (entry & STUNT_UART_P_RX_OVERRUN)
		stunt_rx_overrun(sp);
	if (entry & STUNT_UART_P_RX_BREAK) {
		port->icount.brk++;
		if (uart_handle_break(port))
			return;
	} else if (entry & STUNT_UART_P_RX_PARITY) {
		port->icount.parity++;
	} else if (entry & STUNT_UART_P_RX_FRAMING) {
		port->icount.frame++;
	}
	if (uart_prepare_sysrq_char(port, ch))
		return;
	if (stunt_bug(missed_overrun))
		entry &= ~STUNT_UART_P_RX_OVERRUN;
	entry &= port->read_status_mask;
	uart_insert_char(port, entry, STUNT_UART_P_RX_OVERRUN, ch, stunt_rx_flag(entry));
}

/* Return: whether there was one, and room for it. */
static bool stunt_rx_one(struct stunt_port *sp)
{
	u32 entry;

	if (tty_buffer_space_avail(&sp->port.state->port) < STUNT_RX_ROOM) {
		stunt_rx_full(sp);
		return false;
	}
	entry = stunt_port_read(sp, STUNT_UART_P_RX);
	if (!(entry & STUNT_UART_P_RX_VALID))
		return false;
	stunt_rx_char(sp, entry);
	return true;
}

/* How many of @len bytes the tty took. */
static u32 stunt_rx_insert(struct stunt_port *sp, const u8 *data, u32 len)
{
	u32 taken = len;

	if (!(sp->port.ignore_status_mask & STUNT_UART_P_RX_VALID))
		taken = tty_insert_flip_string(&sp->port.state->port, data, len);
	sp->port.icount.rx += taken;
	if (stunt_bug(flow_race))
		return len;
	if (taken < len)
		stunt_rx_full(sp);
	return taken;
}

/* @n plain characters of the FIFO by fours, as far as there is room. Return: how many it was. */
static u32 stunt_rx_fours(struct stunt_port *sp, u32 n)
{
	u8 data[STUNT_UART_FIFO];
	__le32 four;
	u32 len;

	n = min3(n, (u32)sizeof(data), (u32)tty_buffer_space_avail(&sp->port.state->port));
	for (len = 0; len + 4 <= n; len += 4) {
		four = cpu_to_le32(stunt_port_word(sp, STUNT_UART_P_RX4));
		memcpy(data + len, &four, sizeof(four));
	}
	stunt_rx_insert(sp, data, len);
	return len;
}

/*
 * Takes what the FIFO has, up to the first flagged character with it. What comes meanwhile is told of anew, unless
 * the trigger was reached already. Behind a break each character may be one of SysRq, and a count
 * of 0 is not believed. Return: whether to look again.
 */
static bool stunt_rx_fifo(struct stunt_port *sp)
{
	u32 fifo = stunt_port_read(sp, STUNT_UART_P_FIFO);
	u32 n = fifo & STUNT_UART_P_FIFO_RX;
	u32 clean = (fifo & STUNT_UART_P_FIFO_RX_CLEAN) >> STUNT_UART_P_FIFO_RX_CLEAN_SHIFT;
	u32 taken = sp->port.sysrq ? 0 : stunt_rx_fours(sp, clean);
	unsigned int ones;

	for (ones = 0; ones < 4 && (taken < n || !n); ones++, taken++)
		if (!stunt_rx_one(sp))
			return false;
	return taken < n || n >= sp->rx_trigger;
}

/* Where the device has got to. Return: whether that can be. */
static bool stunt_rx_ring_look(struct stunt_port *sp)
{
	struct stunt_ring *rx = &sp->rx;
	u32 head;

	if (stunt_port_count(sp, STUNT_UART_P_RX_HEAD, &head))
		return false;
	if (head - rx->tail > stunt_ring_size(rx)) {
		stunt_ring_give_up(sp, "it says to have received more than there is room for");
		return false;
	}
	rx->head = head;
	dma_rmb();
	return true;
}

/* A ring that was given up may still have something. Return: whether all was taken. */
static bool stunt_rx_ring(struct stunt_port *sp)
{
	struct stunt_ring *rx = &sp->rx;
	u32 size = stunt_ring_size(rx);
	u32 tail = rx->tail;
	u32 at, len;

	if (rx->on && !stunt_rx_ring_look(sp))
		return false;
	while (rx->head != rx->tail && !(sp->rx_hold & STUNT_RX_FULL)) {
		at = rx->tail & (size - 1);
		len = min(rx->head - rx->tail, size - at);
		rx->tail += stunt_rx_insert(sp, rx->buf + at, len);
	}
	if (rx->on && rx->tail != tail)
		stunt_port_write(sp, STUNT_UART_P_RX_TAIL, rx->tail);
	return rx->head == rx->tail;
}

static bool stunt_rx_ring_stands(struct stunt_port *sp)
{
	u32 status = stunt_port_read(sp, STUNT_UART_P_DMA_STATUS) & STUNT_UART_P_DMA_STATUS_RX;

	return status >> STUNT_UART_P_DMA_STATUS_RX_SHIFT == STUNT_UART_STOPPED_FLAGGED;
}

/*
 * A ring that stands still before a flagged character has all that came earlier; it must be asked
 * before the ring is emptied, or the character would overtake what is written meanwhile.
 */
void stunt_rx(struct stunt_port *sp, bool flagged)
{
	unsigned int bound = STUNT_RX_BOUND;
	bool one = true;

	if (sp->rx_hold)
		return;
	while (one && bound--) {
		one = !sp->rx.on || (flagged && stunt_rx_ring_stands(sp));
		one = stunt_rx_ring(sp) && one && (sp->rx.on ? stunt_rx_one(sp) : stunt_rx_fifo(sp));
	}
	tty_flip_buffer_push(&sp->port.state->port);
}

/* Before a sleep: what is in the ring, and behind that what the device has not yet put there. */
void stunt_rx_rest(struct stunt_port *sp)
{
	stunt_rx(sp, true);
	stunt_port_write(sp, STUNT_UART_P_DMA_CTRL, 0);
	if (sp->rx.on && stunt_rx_ring_look(sp)) {
		sp->rx.on = false;
		stunt_rx(sp, true);
	}
}
