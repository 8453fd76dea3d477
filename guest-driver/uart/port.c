// SPDX-License-Identifier: GPL-2.0-or-later
/* A port as serial_core sees it: opened, closed, held back, put to sleep. */
#include <linux/delay.h>
#include <linux/pm_runtime.h>
#include <linux/serial.h>

#include "uart.h"

#define STUNT_RX_TRIGGER	128
#define STUNT_TX_TRIGGER	64
#define STUNT_RX_TIMEOUT	40	/* bit times: four characters */
#define STUNT_RX_PERIOD_NS	(10 * NSEC_PER_MSEC)	/* a stream without a gap is told of so often */
#define STUNT_RX_WATER		2048	/* or so many bytes */
#define STUNT_TX_WATER		(WAKEUP_CHARS - 1)	/* a writer is not woken for more */
#define STUNT_HALT		192	/* what a peer sends after it was told must fit above it */
#define STUNT_RESUME		64

static unsigned int stunt_port_tx_empty(struct uart_port *port)
{
	struct stunt_port *sp = to_stunt_port(port);

	if (!stunt_uart_runs(sp->su))
		return TIOCSER_TEMT;
	return stunt_port_read(sp, STUNT_UART_P_STATUS) & STUNT_UART_P_STATUS_TX_IDLE ? TIOCSER_TEMT : 0;
}

static void stunt_port_stop_tx(struct uart_port *port)
{
	stunt_tx_stop(to_stunt_port(port));
}

static void stunt_port_start_tx(struct uart_port *port)
{
	stunt_tx_kick(to_stunt_port(port));
}

static void stunt_port_flush_buffer(struct uart_port *port)
{
	stunt_tx_flush(to_stunt_port(port));
}

/* The device sends it at once, whatever waits and whether or not the other end holds it. */
static void stunt_port_send_xchar(struct uart_port *port, char ch)
{
	unsigned long flags;

	if (!ch)
		return;
	uart_port_lock_irqsave(port, &flags);
	stunt_port_write(to_stunt_port(port), STUNT_UART_P_XCHAR, (u8)ch);
	port->icount.tx++;
	uart_port_unlock_irqrestore(port, flags);
}

static void stunt_port_throttle(struct uart_port *port)
{
	unsigned long flags;

	if (stunt_bug(flow_race))
		return;
	uart_port_lock_irqsave(port, &flags);
	stunt_rx_hold(to_stunt_port(port), STUNT_RX_THROTTLED);
	uart_port_unlock_irqrestore(port, flags);
}

static void stunt_port_unthrottle(struct uart_port *port)
{
	unsigned long flags;

	uart_port_lock_irqsave(port, &flags);
	stunt_rx_release(to_stunt_port(port), STUNT_RX_THROTTLED);
	uart_port_unlock_irqrestore(port, flags);
}

static void stunt_port_stop_rx(struct uart_port *port)
{
	stunt_port_enable(to_stunt_port(port), 0, STUNT_RX_CAUSES);
}

/* All of a reset but that its modem lines go off, which the other end would see. */
static void stunt_port_clear(struct stunt_port *sp)
{
	stunt_port_write(sp, STUNT_UART_P_INT_ENABLE, 0);
	stunt_port_write(sp, STUNT_UART_P_DMA_CTRL, 0);
	stunt_port_write(sp, STUNT_UART_P_RS485, 0);
	stunt_port_write(sp, STUNT_UART_P_MULTIDROP, 0);
	stunt_port_write(sp, STUNT_UART_P_FLOW, 0);
	stunt_port_write(sp, STUNT_UART_P_CTRL, STUNT_UART_P_CTRL_TX_FLUSH | STUNT_UART_P_CTRL_RX_FLUSH);
	stunt_port_write(sp, STUNT_UART_P_INT_STATUS, stunt_port_read(sp, STUNT_UART_P_INT_STATUS));
}

/*
 * What the last one has left behind is gone: settings, FIFOs, rings, pending causes. Lines that were left
 * on stay so, and what the console has written is sent.
 */
static void stunt_port_reset(struct stunt_port *sp)
{
	sp->enabled = 0;
	if (uart_console(&sp->port))
		stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl | STUNT_UART_P_CTRL_RX_FLUSH);
	else if (sp->port.mctrl & (TIOCM_DTR | TIOCM_RTS))
		stunt_port_clear(sp);
	else
		stunt_port_write(sp, STUNT_UART_P_CTRL, STUNT_UART_P_CTRL_RESET);
	if (stunt_port_count(sp, STUNT_UART_P_MODEM_COUNT, &sp->modem_count))
		sp->modem_count = 0;
	if (stunt_port_count(sp, STUNT_UART_P_OVERRUNS, &sp->overruns))
		sp->overruns = 0;
	sp->rx_hold = 0;
}

void stunt_port_levels(struct stunt_port *sp)
{
	u32 period = STUNT_RX_PERIOD_NS / max(sp->port.frame_time, 1U);	/* in characters */

	sp->rx_trigger = clamp(period, 1U, sp->rx_trig_bytes);
	stunt_port_write(sp, STUNT_UART_P_FIFO_CTRL,
			 sp->rx_trigger << STUNT_UART_P_FIFO_CTRL_RX_TRIGGER_SHIFT |
			 STUNT_TX_TRIGGER << STUNT_UART_P_FIFO_CTRL_TX_TRIGGER_SHIFT);
	stunt_port_write(sp, STUNT_UART_P_WATER, STUNT_TX_WATER << STUNT_UART_P_WATER_TX_SHIFT |
			 clamp_t(u32, period, 1, STUNT_RX_WATER) << STUNT_UART_P_WATER_RX_SHIFT);
	stunt_port_write(sp, STUNT_UART_P_RX_TIMEOUT, sp->rx_timeout_bits);
	stunt_port_write(sp, STUNT_UART_P_MODERATION, sp->irq_gap_us);
}

static void stunt_port_program(struct stunt_port *sp)
{
	stunt_port_levels(sp);
	stunt_port_write(sp, STUNT_UART_P_FLOW_LEVEL, STUNT_HALT << STUNT_UART_P_FLOW_LEVEL_HALT_SHIFT |
			 STUNT_RESUME << STUNT_UART_P_FLOW_LEVEL_RESUME_SHIFT);
	if (sp->port.rs485.flags)
		stunt_port_rs485(&sp->port, NULL, &sp->port.rs485);
	stunt_ring_start(sp);
	sp->ctrl |= STUNT_UART_P_CTRL_ENABLE;
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl);
	stunt_port_enable(sp, STUNT_RX_CAUSES | STUNT_UART_P_INT_ENABLE_TX_DMA |
			  STUNT_UART_P_INT_ENABLE_DMA_ERROR, 0);
}

static int stunt_port_startup(struct uart_port *port)
{
	struct stunt_port *sp = to_stunt_port(port);
	unsigned long flags;

	if (!stunt_uart_runs(sp->su))
		return -ENODEV;
	stunt_ring_setup(sp);
	uart_port_lock_irqsave(port, &flags);
	stunt_port_reset(sp);
	stunt_port_program(sp);
	WRITE_ONCE(sp->started, true);
	uart_port_unlock_irqrestore(port, flags);
	mod_timer(&sp->watch, jiffies + 1);
	return 0;
}

/* Before a sleep RTS has gone off: the other end, if it cares, ends the character that it is at. */
static void stunt_port_let_end(struct uart_port *port)
{
	if (tty_port_suspended(&port->state->port) && uart_cts_enabled(port))
		fsleep(2 * port->frame_time / NSEC_PER_USEC + 1);
}

static void stunt_port_shutdown(struct uart_port *port)
{
	struct stunt_port *sp = to_stunt_port(port);
	unsigned long flags;

	stunt_port_let_end(port);
	uart_port_lock_irqsave(port, &flags);
	if (tty_port_suspended(&port->state->port)) {
		sp->rx_hold = 0;
		stunt_tx_done(sp);
		stunt_rx_rest(sp);
	}
	WRITE_ONCE(sp->started, false);
	stunt_port_enable(sp, 0, ~0U);
	stunt_ring_stop(sp);
	sp->format &= ~STUNT_UART_P_FORMAT_BREAK;
	stunt_port_write(sp, STUNT_UART_P_FORMAT, sp->format);
	if (!uart_console(port))
		sp->ctrl = 0;
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl);
	uart_port_unlock_irqrestore(port, flags);
	timer_delete_sync(&sp->watch);
	stunt_ring_release(sp);
}

/* A card with no port in use may sleep. */
static void stunt_port_pm(struct uart_port *port, unsigned int state, unsigned int oldstate)
{
	struct device *dev = to_stunt_port(port)->su->dev;

	if (state == UART_PM_STATE_ON)
		pm_runtime_get_sync(dev);
	else if (oldstate == UART_PM_STATE_ON)
		pm_runtime_put(dev);
}

static const char *stunt_port_type(struct uart_port *port)
{
	return "stunt";
}

/* All resources are the card's. */
static void stunt_port_release_port(struct uart_port *port)
{
}

static int stunt_port_request_port(struct uart_port *port)
{
	return 0;
}

static void stunt_port_config_port(struct uart_port *port, int flags)
{
	if (flags & UART_CONFIG_TYPE)
		port->type = PORT_GENERIC;
}

static int stunt_port_verify_port(struct uart_port *port, struct serial_struct *ser)
{
	if (ser->irq != port->irq || ser->baud_base < 9600)
		return -EINVAL;
	return ser->type == PORT_UNKNOWN || ser->type == PORT_GENERIC ? 0 : -EINVAL;
}

const struct uart_ops stunt_uart_ops = {
	.tx_empty = stunt_port_tx_empty,
	.set_mctrl = stunt_port_set_mctrl,
	.get_mctrl = stunt_port_get_mctrl,
	.stop_tx = stunt_port_stop_tx,
	.start_tx = stunt_port_start_tx,
	.throttle = stunt_port_throttle,
	.unthrottle = stunt_port_unthrottle,
	.send_xchar = stunt_port_send_xchar,
	.stop_rx = stunt_port_stop_rx,
	.enable_ms = stunt_port_enable_ms,
	.break_ctl = stunt_port_break_ctl,
	.startup = stunt_port_startup,
	.shutdown = stunt_port_shutdown,
	.flush_buffer = stunt_port_flush_buffer,
	.set_termios = stunt_port_set_termios,
	.pm = stunt_port_pm,
	.type = stunt_port_type,
	.release_port = stunt_port_release_port,
	.request_port = stunt_port_request_port,
	.config_port = stunt_port_config_port,
	.verify_port = stunt_port_verify_port,
#ifdef CONFIG_CONSOLE_POLL
	.poll_init = stunt_poll_init,
	.poll_get_char = stunt_poll_get_char,
	.poll_put_char = stunt_poll_put_char,
#endif
};

void stunt_port_init(struct stunt_port *sp)
{
	struct stunt_uart *su = sp->su;
	struct uart_port *port = &sp->port;

	port->dev = su->dev;
	port->ops = &stunt_uart_ops;
	port->iotype = UPIO_MEM32;
	port->membase = su->pci.regs + stunt_port_offset(sp, STUNT_UART_P_CTRL);
	port->mapbase = pci_resource_start(su->pci.pdev, 0) + stunt_port_offset(sp, STUNT_UART_P_CTRL);
	port->irq = stunt_pci_irq(&su->pci, sp->nr);
	port->uartclk = stunt_read(&su->pci, STUNT_UART_CLOCK);
	port->fifosize = STUNT_UART_FIFO;
	port->type = PORT_GENERIC;
	port->flags = UPF_BOOT_AUTOCONF | UPF_FIXED_TYPE | UPF_FIXED_PORT | UPF_HARD_FLOW | UPF_SOFT_FLOW;
	port->has_sysrq = IS_ENABLED(CONFIG_MAGIC_SYSRQ_SERIAL);
	port->rs485_config = stunt_port_rs485;
	port->rs485_supported = stunt_rs485_supported;
	port->attr_group = &stunt_port_group;
	sp->rx_trig_bytes = STUNT_RX_TRIGGER;
	sp->rx_timeout_bits = STUNT_RX_TIMEOUT;
	timer_setup(&sp->watch, stunt_port_watch, 0);
}
