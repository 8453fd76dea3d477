// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings of a line: format, speed, flow control, and what is told of bad characters. */
#include <linux/math64.h>
#include <linux/tty.h>

#include "uart.h"

#define STUNT_OVERSAMPLING	16
#define STUNT_DIVISOR_MAX	((STUNT_UART_P_BAUD_INT | STUNT_UART_P_BAUD_FRAC) >> \
				 STUNT_UART_P_BAUD_FRAC_SHIFT)
#define STUNT_DIVISOR_ONE	(1U << STUNT_UART_P_BAUD_INT_SHIFT)

static u32 stunt_termios_parity(tcflag_t cflag)
{
	if (!(cflag & PARENB))
		return STUNT_UART_PARITY_NONE;
	if (cflag & CMSPAR)
		return cflag & PARODD ? STUNT_UART_PARITY_MARK : STUNT_UART_PARITY_SPACE;
	return cflag & PARODD ? STUNT_UART_PARITY_ODD : STUNT_UART_PARITY_EVEN;
}

/* Two stop bits are one and a half with five data bits, as in a 16550. */
static u32 stunt_termios_stop(tcflag_t cflag)
{
	if (!(cflag & CSTOPB))
		return STUNT_UART_STOP_ONE;
	return (cflag & CSIZE) == CS5 ? STUNT_UART_STOP_ONE_HALF : STUNT_UART_STOP_TWO;
}

static u32 stunt_termios_format(tcflag_t cflag)
{
	return tty_get_char_size(cflag) << STUNT_UART_P_FORMAT_BITS_SHIFT |
	       stunt_termios_parity(cflag) << STUNT_UART_P_FORMAT_PARITY_SHIFT |
	       stunt_termios_stop(cflag) << STUNT_UART_P_FORMAT_STOP_SHIFT;
}

/* In 256ths, rounded; what cannot be had is the nearest that can. */
static u32 stunt_termios_divisor(const struct uart_port *port, unsigned int baud)
{
	u64 divisor = DIV_ROUND_CLOSEST_ULL((u64)port->uartclk * STUNT_DIVISOR_ONE / STUNT_OVERSAMPLING, baud);

	return clamp_t(u64, divisor, STUNT_DIVISOR_ONE, STUNT_DIVISOR_MAX);
}

static unsigned int stunt_termios_baud(struct uart_port *port, struct ktermios *new,
				       const struct ktermios *old)
{
	unsigned int min = DIV_ROUND_UP(port->uartclk / STUNT_OVERSAMPLING,
					STUNT_DIVISOR_MAX / STUNT_DIVISOR_ONE);

	return uart_get_baud_rate(port, new, old, min, port->uartclk / STUNT_OVERSAMPLING);
}

static u32 stunt_termios_flow(struct uart_port *port, const struct ktermios *new)
{
	u32 flow = 0;

	port->status &= ~(UPSTAT_AUTOCTS | UPSTAT_AUTORTS | UPSTAT_AUTOXOFF);
	if (new->c_cflag & CRTSCTS) {
		flow |= STUNT_UART_P_FLOW_AUTO_CTS | STUNT_UART_P_FLOW_AUTO_RTS;
		port->status |= UPSTAT_AUTOCTS | UPSTAT_AUTORTS;
	}
	if (new->c_iflag & IXOFF) {
		flow |= STUNT_UART_P_FLOW_SEND_XOFF;
		port->status |= UPSTAT_AUTOXOFF;
	}
	if (new->c_iflag & IXON)
		flow |= STUNT_UART_P_FLOW_OBEY_XOFF;
	if (new->c_iflag & IXANY)
		flow |= STUNT_UART_P_FLOW_XANY;
	return flow;
}

/* By the bits of P_RX. VALID, which all characters have, is in ignore_status_mask when none is wanted. */
static void stunt_termios_masks(struct uart_port *port, const struct ktermios *new)
{
	port->read_status_mask = STUNT_UART_P_RX_VALID | STUNT_UART_P_RX_OVERRUN;
	if (new->c_iflag & INPCK)
		port->read_status_mask |= STUNT_UART_P_RX_FRAMING | STUNT_UART_P_RX_PARITY |
					  STUNT_UART_P_RX_ADDRESS;
	if (new->c_iflag & (IGNBRK | BRKINT | PARMRK))
		port->read_status_mask |= STUNT_UART_P_RX_BREAK;

	port->ignore_status_mask = 0;
	if (new->c_iflag & IGNPAR)
		port->ignore_status_mask |= STUNT_UART_P_RX_FRAMING | STUNT_UART_P_RX_PARITY;
	if (new->c_iflag & IGNBRK) {
		port->ignore_status_mask |= STUNT_UART_P_RX_BREAK;
		if (new->c_iflag & IGNPAR)
			port->ignore_status_mask |= STUNT_UART_P_RX_OVERRUN;
	}
	if (!(new->c_cflag & CREAD))
		port->ignore_status_mask |= STUNT_UART_P_RX_VALID;
}

void stunt_port_set_termios(struct uart_port *port, struct ktermios *new, const struct ktermios *old)
{
	struct stunt_port *sp = to_stunt_port(port);
	unsigned int baud = stunt_termios_baud(port, new, old);
	unsigned long flags;

	uart_port_lock_irqsave(port, &flags);
	uart_update_timeout(port, new->c_cflag, baud);
	stunt_termios_masks(port, new);
	sp->format = stunt_termios_format(new->c_cflag) | (sp->format & STUNT_UART_P_FORMAT_BREAK);
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl);
	stunt_port_levels(sp);
	stunt_port_write(sp, STUNT_UART_P_FORMAT, sp->format);
	stunt_port_write(sp, STUNT_UART_P_BAUD,
			 stunt_termios_divisor(port, baud) << STUNT_UART_P_BAUD_FRAC_SHIFT);
	stunt_port_write(sp, STUNT_UART_P_FLOW_CHARS, new->c_cc[VSTART] << STUNT_UART_P_FLOW_CHARS_XON_SHIFT |
			 new->c_cc[VSTOP] << STUNT_UART_P_FLOW_CHARS_XOFF_SHIFT);
	stunt_port_write(sp, STUNT_UART_P_FLOW, stunt_termios_flow(port, new));
	if (UART_ENABLE_MS(port, new->c_cflag))
		stunt_port_enable_ms(port);
	else
		stunt_port_enable(sp, 0, STUNT_UART_P_INT_ENABLE_MODEM);
	stunt_port_set_mctrl(port, port->mctrl); /* a reset has put them off; nobody may send to us earlier */
	uart_port_unlock_irqrestore(port, flags);
	if (tty_termios_baud_rate(new))
		tty_termios_encode_baud_rate(new, baud, baud);
}

void stunt_port_break_ctl(struct uart_port *port, int state)
{
	struct stunt_port *sp = to_stunt_port(port);
	unsigned long flags;

	uart_port_lock_irqsave(port, &flags);
	sp->format &= ~STUNT_UART_P_FORMAT_BREAK;
	if (state)
		sp->format |= STUNT_UART_P_FORMAT_BREAK;
	stunt_port_write(sp, STUNT_UART_P_FORMAT, sp->format);
	uart_port_unlock_irqrestore(port, flags);
}
