// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts: a vector a port, or one for several. The handler acknowledges what is pending and
 * then looks at the port, so whatever comes later is signalled anew. What an interrupt that was
 * lost would have told, the watch finds.
 */
#include <linux/interrupt.h>
#include <linux/moduleparam.h>

#include "uart.h"

#define STUNT_TX_CAUSES		(STUNT_UART_P_INT_STATUS_TX_LEVEL | STUNT_UART_P_INT_STATUS_TX_IDLE | \
				 STUNT_UART_P_INT_STATUS_TX_DMA)

static unsigned int watch_ms = 200;
module_param(watch_ms, uint, 0644);
MODULE_PARM_DESC(watch_ms, "how often an open port is looked at without an interrupt, in milliseconds, at least 1 (200)");

static void stunt_port_dma_error(struct stunt_port *sp)
{
	u32 status = stunt_port_read(sp, STUNT_UART_P_DMA_STATUS);

	dev_err_ratelimited(sp->port.dev, "port %u: a ring stands still (%#x)\n", sp->nr, status);
	stunt_ring_give_up(sp, "the device has stopped it");
}

bool stunt_port_service(struct stunt_port *sp)
{
	u32 causes;

	uart_port_lock(&sp->port);
	causes = stunt_port_read(sp, STUNT_UART_P_INT_STATUS) & sp->enabled;
	if (causes)
		stunt_port_write(sp, STUNT_UART_P_INT_STATUS, causes);
	if (causes & STUNT_UART_P_INT_STATUS_DMA_ERROR)
		stunt_port_dma_error(sp);
	if (causes & STUNT_RX_CAUSES)
		stunt_rx(sp, causes & STUNT_UART_P_INT_STATUS_RX_FLAGGED);
	if (causes & STUNT_UART_P_INT_STATUS_MODEM)
		stunt_port_modem(sp);
	if (causes & STUNT_TX_CAUSES)
		stunt_tx(sp);
	uart_unlock_and_check_sysrq(&sp->port);
	return causes;
}

/* On a line that is shared we are called while the card is asleep, too. */
static irqreturn_t stunt_uart_interrupt(int irq, void *data)
{
	struct stunt_uart_vec *vec = data;
	struct stunt_uart *su = vec->su;
	bool any = false;
	unsigned int i;

	if (!stunt_uart_runs(su))
		return IRQ_NONE;
	for (i = vec->nr; i < su->ports; i += su->pci.vectors) {
		if (!READ_ONCE(su->port[i].started) || !stunt_port_service(&su->port[i]))
			continue;
		su->port[i].count.interrupts++;
		any = true;
	}
	return IRQ_RETVAL(any);
}

/*
 * A ring that has bytes to send while the FIFO has run dry, and does not move, is given up. One look
 * is not enough: it may have been kicked a moment ago.
 */
static void stunt_port_watch_tx(struct stunt_port *sp)
{
	bool waits = sp->tx.on && sp->tx.head != sp->tx.tail && !uart_tx_stopped(&sp->port);

	if (waits && stunt_port_read(sp, STUNT_UART_P_FIFO) & STUNT_UART_P_FIFO_TX)
		waits = false;
	if (waits && sp->tx_stuck && sp->tx_seen == sp->tx.tail)
		stunt_ring_give_up(sp, "nothing was sent for a while");
	sp->tx_stuck = waits;
	sp->tx_seen = sp->tx.tail;
}

void stunt_port_watch(struct timer_list *timer)
{
	struct stunt_port *sp = from_timer(sp, timer, watch);
	bool found;

	local_irq_disable();
	found = stunt_port_service(sp);
	uart_port_lock(&sp->port);
	sp->count.lost_irqs += found;
	stunt_rx_release(sp, STUNT_RX_FULL);
	stunt_tx(sp);
	stunt_port_watch_tx(sp);
	uart_unlock_and_check_sysrq(&sp->port);
	local_irq_enable();
	if (READ_ONCE(sp->started) && stunt_uart_runs(sp->su))
		mod_timer(&sp->watch, jiffies + msecs_to_jiffies(max(watch_ms, 1U)));
}

static void stunt_vec_name(struct stunt_uart_vec *vec)
{
	struct stunt_uart *su = vec->su;

	if (su->pci.vectors == 1)
		strscpy(vec->name, su->name, sizeof(vec->name));
	else
		snprintf(vec->name, sizeof(vec->name), "%s-port%u", su->name, vec->nr);
}

int stunt_uart_irq_request(struct stunt_uart *su)
{
	unsigned int i;
	int ret;

	for (i = 0; i < su->pci.vectors; i++) {
		su->vec[i].su = su;
		su->vec[i].nr = i;
		stunt_vec_name(&su->vec[i]);
		ret = devm_request_irq(su->dev, stunt_pci_irq(&su->pci, i), stunt_uart_interrupt,
				       stunt_pci_irq_flags(&su->pci), su->vec[i].name, &su->vec[i]);
		if (ret)
			return ret;
	}
	return 0;
}
