// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sending. serial_core's buffer is the ring that the device fetches from: to send is to tell how
 * far it is filled. Without a ring its bytes are written to the FIFO.
 */
#include "uart.h"
#include "xmit.h"

void stunt_tx_dma_control(struct stunt_port *sp, bool pause)
{
	u32 ctrl = STUNT_UART_P_DMA_CTRL_TX_ENABLE;

	if (sp->rx.on)
		ctrl |= STUNT_UART_P_DMA_CTRL_RX_ENABLE;
	if (pause)
		ctrl |= STUNT_UART_P_DMA_CTRL_TX_PAUSE;
	sp->tx_paused = pause;
	stunt_port_write(sp, STUNT_UART_P_DMA_CTRL, ctrl);
}

void stunt_tx_done(struct stunt_port *sp)
{
	struct stunt_ring *tx = &sp->tx;
	u32 tail;

	if (!tx->on || stunt_port_count(sp, STUNT_UART_P_TX_TAIL, &tail))
		return;
	if (tail - tx->tail > tx->head - tx->tail) {
		stunt_ring_give_up(sp, "the device has sent more than there was");
		return;
	}
	uart_xmit_advance(&sp->port, tail - tx->tail);
	tx->tail = tail;
}

/* Both pieces of what was added, if it goes round the end. */
static void stunt_tx_sync(struct stunt_port *sp, u32 added)
{
	struct stunt_ring *tx = &sp->tx;
	u32 at = tx->head & (stunt_ring_size(tx) - 1);
	u32 len = min(added, stunt_ring_size(tx) - at);

	dma_sync_single_range_for_device(sp->su->dev, tx->bus, at, len, DMA_TO_DEVICE);
	if (len < added)
		dma_sync_single_range_for_device(sp->su->dev, tx->bus, 0, added - len, DMA_TO_DEVICE);
}

static void stunt_tx_ring_kick(struct stunt_port *sp)
{
	u32 added = stunt_xmit_pending(&sp->port) - (sp->tx.head - sp->tx.tail);

	if (sp->tx_paused)
		stunt_tx_dma_control(sp, false);
	if (!added)
		return;
	stunt_tx_sync(sp, added);
	sp->tx.head += added;
	stunt_port_write(sp, STUNT_UART_P_TX_HEAD, sp->tx.head);
}

static unsigned int stunt_tx_room(struct stunt_port *sp)
{
	u32 fifo = stunt_port_read(sp, STUNT_UART_P_FIFO) & STUNT_UART_P_FIFO_TX;

	return STUNT_UART_FIFO - min(fifo >> STUNT_UART_P_FIFO_TX_SHIFT, (u32)STUNT_UART_FIFO);
}

/* Four of @n bytes at once, if they lie together. Return: how many it was. */
static unsigned int stunt_tx_some(struct stunt_port *sp, unsigned int n)
{
	unsigned int tail = stunt_xmit_tail(&sp->port);
	u8 *data = stunt_xmit_buf(&sp->port) + tail;
	__le32 four;

	if (n < sizeof(four) || tail > UART_XMIT_SIZE - sizeof(four)) {
		stunt_port_write(sp, STUNT_UART_P_TX, *data);
		uart_xmit_advance(&sp->port, 1);
		return 1;
	}
	memcpy(&four, data, sizeof(four));
	stunt_port_write(sp, STUNT_UART_P_TX4, le32_to_cpu(four));
	uart_xmit_advance(&sp->port, sizeof(four));
	return sizeof(four);
}

static void stunt_tx_fifo(struct stunt_port *sp)
{
	struct uart_port *port = &sp->port;
	unsigned int n = min(stunt_tx_room(sp), stunt_xmit_pending(port));

	while (n)
		n -= stunt_tx_some(sp, n);
	if (stunt_xmit_pending(port))
		stunt_port_enable(sp, STUNT_UART_P_INT_ENABLE_TX_LEVEL, 0);
	else
		stunt_port_enable(sp, 0, STUNT_UART_P_INT_ENABLE_TX_LEVEL);
}

static void stunt_tx_wake(struct stunt_port *sp)
{
	if (stunt_xmit_pending(&sp->port) < WAKEUP_CHARS && !stunt_bug(lost_wakeup))
		uart_write_wakeup(&sp->port);
}

void stunt_tx(struct stunt_port *sp)
{
	unsigned int pending = stunt_xmit_pending(&sp->port);

	if (!pending || !stunt_uart_runs(sp->su))
		return;
	stunt_tx_done(sp);
	if (!sp->tx.on && !uart_tx_stopped(&sp->port))
		stunt_tx_fifo(sp);
	stunt_tx_wake(sp);
}

void stunt_tx_kick(struct stunt_port *sp)
{
	if (!stunt_uart_runs(sp->su))
		return;
	if (sp->tx.on) {
		stunt_tx_ring_kick(sp);
	} else {
		/* not always from the writer: since 6.6 the port's runtime resume does it, when the writer may wait already */
		stunt_tx_fifo(sp);
		stunt_tx_wake(sp);
	}
}

void stunt_tx_stop(struct stunt_port *sp)
{
	if (sp->tx.on && !sp->tx_paused)
		stunt_tx_dma_control(sp, true);
	stunt_port_enable(sp, 0, STUNT_UART_P_INT_ENABLE_TX_LEVEL);
}

/* The buffer begins at 0 again. */
void stunt_tx_flush(struct stunt_port *sp)
{
	if (sp->tx.on) {
		stunt_port_write(sp, STUNT_UART_P_DMA_CTRL, sp->rx.on ? STUNT_UART_P_DMA_CTRL_RX_ENABLE : 0);
		sp->tx.head = 0;
		sp->tx.tail = 0;
		stunt_port_write(sp, STUNT_UART_P_TX_HEAD, 0);
		stunt_tx_dma_control(sp, false);
	}
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl | STUNT_UART_P_CTRL_TX_FLUSH);
}
