// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rings of a port. That for receiving is made at probe and stays: a card that hangs may write
 * to it for as long as it is ours. That for sending is serial_core's own buffer, mapped while the
 * port is open.
 */
#include <linux/log2.h>
#include <linux/moduleparam.h>

#include "uart.h"
#include "xmit.h"

#define STUNT_RX_LOG2		14

static bool dma = true;
module_param(dma, bool, 0644);
MODULE_PARM_DESC(dma, "ports that are opened let the device move their data (Y)");

int stunt_ring_alloc(struct stunt_port *sp)
{
	sp->rx.log2 = STUNT_RX_LOG2;
	sp->tx.log2 = ilog2(UART_XMIT_SIZE);
	sp->rx.buf = dmam_alloc_coherent(sp->su->dev, stunt_ring_size(&sp->rx), &sp->rx.bus, GFP_KERNEL);
	return sp->rx.buf ? 0 : -ENOMEM;
}

/* The console reads and writes the FIFO at any moment: its port has no rings. */
void stunt_ring_setup(struct stunt_port *sp)
{
	struct device *dev = sp->su->dev;

	if (!dma || uart_console(&sp->port))
		return;
	sp->tx.buf = stunt_xmit_buf(&sp->port);
	sp->tx.bus = dma_map_single(dev, sp->tx.buf, stunt_ring_size(&sp->tx), DMA_TO_DEVICE);
	if (dma_mapping_error(dev, sp->tx.bus)) {
		sp->tx.buf = NULL;
		dev_notice(sp->port.dev, "port %u: no mapping to send from: by the FIFO\n", sp->nr);
	}
}

void stunt_ring_release(struct stunt_port *sp)
{
	if (sp->tx.buf)
		dma_unmap_single(sp->su->dev, sp->tx.bus, stunt_ring_size(&sp->tx), DMA_TO_DEVICE);
	sp->tx.buf = NULL;
}

static void stunt_ring_address(struct stunt_port *sp, u32 lo, u32 hi, dma_addr_t bus)
{
	stunt_port_write(sp, hi, upper_32_bits(bus));
	stunt_port_write(sp, lo, lower_32_bits(bus));
}

/* Where the sending ring begins is where the buffer's oldest byte is: after a sleep there may be some. */
void stunt_ring_start(struct stunt_port *sp)
{
	if (!sp->tx.buf)
		return;
	stunt_ring_address(sp, STUNT_UART_P_TX_RING_LO, STUNT_UART_P_TX_RING_HI, sp->tx.bus);
	stunt_ring_address(sp, STUNT_UART_P_RX_RING_LO, STUNT_UART_P_RX_RING_HI, sp->rx.bus);
	stunt_port_write(sp, STUNT_UART_P_RING_SIZE, sp->tx.log2 << STUNT_UART_P_RING_SIZE_TX_LOG2_SHIFT |
			 sp->rx.log2 << STUNT_UART_P_RING_SIZE_RX_LOG2_SHIFT);
	sp->tx.head = stunt_xmit_tail(&sp->port);
	sp->tx.tail = sp->tx.head;
	sp->rx.head = 0;
	sp->rx.tail = 0;
	stunt_port_write(sp, STUNT_UART_P_TX_HEAD, sp->tx.head);
	stunt_port_write(sp, STUNT_UART_P_RX_TAIL, 0);
	sp->tx.on = true;
	sp->rx.on = true;
	sp->tx_paused = false;
	sp->tx_stuck = false;
	stunt_port_write(sp, STUNT_UART_P_DMA_CTRL,
			 STUNT_UART_P_DMA_CTRL_TX_ENABLE | STUNT_UART_P_DMA_CTRL_RX_ENABLE);
}

void stunt_ring_stop(struct stunt_port *sp)
{
	stunt_port_write(sp, STUNT_UART_P_DMA_CTRL, 0);
	sp->tx.on = false;
	sp->rx.on = false;
}

/*
 * What the device has fetched is on its way, what it has written is received next; the rest goes by the
 * FIFO. Its counts may be nonsense: then nothing is known to be sent.
 */
void stunt_ring_give_up(struct stunt_port *sp, const char *why)
{
	u32 head, tail;

	if (!sp->tx.on)
		return;
	dev_err_ratelimited(sp->port.dev, "port %u goes on by its FIFO, because %s\n", sp->nr, why);
	sp->count.fallbacks++;
	stunt_ring_stop(sp);
	if (!stunt_port_count(sp, STUNT_UART_P_TX_TAIL, &tail) &&
	    tail - sp->tx.tail <= sp->tx.head - sp->tx.tail)
		uart_xmit_advance(&sp->port, tail - sp->tx.tail);
	if (!stunt_port_count(sp, STUNT_UART_P_RX_HEAD, &head) &&
	    head - sp->rx.tail <= stunt_ring_size(&sp->rx))
		sp->rx.head = head;
	stunt_tx_kick(sp);
}
