// SPDX-License-Identifier: GPL-2.0-or-later
/* Modem lines: what the port drives, what it sees, and how often that has changed. */
#include "uart.h"

struct stunt_line {
	u32 status;
	u32 count;
	unsigned int mctrl;
};

static const struct stunt_line stunt_lines[] = {
	{ STUNT_UART_P_MODEM_STATUS_CTS, STUNT_UART_P_MODEM_COUNT_CTS, TIOCM_CTS },
	{ STUNT_UART_P_MODEM_STATUS_DSR, STUNT_UART_P_MODEM_COUNT_DSR, TIOCM_DSR },
	{ STUNT_UART_P_MODEM_STATUS_RI, STUNT_UART_P_MODEM_COUNT_RI, TIOCM_RI },
	{ STUNT_UART_P_MODEM_STATUS_DCD, STUNT_UART_P_MODEM_COUNT_DCD, TIOCM_CAR },
};

unsigned int stunt_port_get_mctrl(struct uart_port *port)
{
	u32 status = stunt_port_read(to_stunt_port(port), STUNT_UART_P_MODEM_STATUS);
	unsigned int mctrl = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stunt_lines); i++)
		if (status & stunt_lines[i].status)
			mctrl |= stunt_lines[i].mctrl;
	return mctrl;
}

void stunt_port_set_mctrl(struct uart_port *port, unsigned int mctrl)
{
	struct stunt_port *sp = to_stunt_port(port);
	u32 lines = 0;

	if (mctrl & TIOCM_DTR)
		lines |= STUNT_UART_P_MODEM_CTRL_DTR;
	if (mctrl & TIOCM_RTS)
		lines |= STUNT_UART_P_MODEM_CTRL_RTS;
	sp->ctrl &= ~STUNT_UART_P_CTRL_LOOP;
	if (mctrl & TIOCM_LOOP)
		sp->ctrl |= STUNT_UART_P_CTRL_LOOP;
	stunt_port_write(sp, STUNT_UART_P_MODEM_CTRL, lines);
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl);
}

void stunt_port_enable_ms(struct uart_port *port)
{
	stunt_port_enable(to_stunt_port(port), STUNT_UART_P_INT_ENABLE_MODEM, 0);
}

/* How often one line has changed between two values of P_MODEM_COUNT. */
static u8 stunt_line_changes(const struct stunt_line *line, u32 now, u32 before)
{
	unsigned int shift = __ffs(line->count);

	return (now >> shift) - (before >> shift);
}

/*
 * A carrier that was lost hangs up, also when it is back already. The core counts the changes that
 * it is told of.
 */
static void stunt_port_carrier(struct stunt_port *sp, u8 changes, bool active)
{
	if (!changes)
		return;
	sp->port.icount.dcd += changes - 1;
	if (active && changes > 1) {
		sp->port.icount.dcd--;
		uart_handle_dcd_change(&sp->port, false);
	}
	uart_handle_dcd_change(&sp->port, active);
}

void stunt_port_modem(struct stunt_port *sp)
{
	u32 status = stunt_port_read(sp, STUNT_UART_P_MODEM_STATUS);
	u8 changes[ARRAY_SIZE(stunt_lines)];
	unsigned int i;
	u32 count;

	if (stunt_port_count(sp, STUNT_UART_P_MODEM_COUNT, &count) || count == sp->modem_count)
		return;
	for (i = 0; i < ARRAY_SIZE(stunt_lines); i++)
		changes[i] = stunt_line_changes(&stunt_lines[i], count, sp->modem_count);
	sp->modem_count = count;

	sp->port.icount.dsr += changes[1];
	sp->port.icount.rng += changes[2];
	if (changes[0]) {
		sp->port.icount.cts += changes[0] - 1;
		uart_handle_cts_change(&sp->port, status & STUNT_UART_P_MODEM_STATUS_CTS);
	}
	stunt_port_carrier(sp, changes[3], status & STUNT_UART_P_MODEM_STATUS_DCD);
	wake_up_interruptible(&sp->port.state->port.delta_msr_wait);
}
