// SPDX-License-Identifier: GPL-2.0-or-later
/* RS-485: the device turns the transceiver round, and filters addresses on a multidrop bus. */
#include <linux/time64.h>
#include <linux/tty.h>

#include "uart.h"

const struct serial_rs485 stunt_rs485_supported = {
	.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND | SER_RS485_RTS_AFTER_SEND |
		 SER_RS485_RX_DURING_TX | SER_RS485_TERMINATE_BUS |
		 SER_RS485_ADDRB | SER_RS485_ADDR_RECV | SER_RS485_ADDR_DEST,
	.delay_rts_before_send = 1,
	.delay_rts_after_send = 1,
};

static u32 stunt_rs485_mode(u32 flags)
{
	static const struct {
		u32 flag;
		u32 bit;
	} map[] = {
		{ SER_RS485_ENABLED, STUNT_UART_P_RS485_ENABLE },
		{ SER_RS485_RTS_ON_SEND, STUNT_UART_P_RS485_RTS_ON_SEND },
		{ SER_RS485_RTS_AFTER_SEND, STUNT_UART_P_RS485_RTS_AFTER_SEND },
		{ SER_RS485_RX_DURING_TX, STUNT_UART_P_RS485_RX_DURING_TX },
		{ SER_RS485_TERMINATE_BUS, STUNT_UART_P_RS485_TERMINATION },
	};
	unsigned int i;
	u32 mode = 0;

	if (!(flags & SER_RS485_ENABLED))
		return 0;
	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (flags & map[i].flag)
			mode |= map[i].bit;
	return mode;
}

static u32 stunt_rs485_multidrop(const struct serial_rs485 *rs485)
{
	u32 multidrop = 0;

	if (rs485->flags & SER_RS485_ADDRB)
		multidrop |= STUNT_UART_P_MULTIDROP_ENABLE;
	if (rs485->flags & SER_RS485_ADDR_RECV)
		multidrop |= STUNT_UART_P_MULTIDROP_MATCH |
			     rs485->addr_recv << STUNT_UART_P_MULTIDROP_ADDRESS_SHIFT;
	return multidrop;
}

/* The address of whom all that is sent from now on is for goes first. */
static void stunt_rs485_call(struct stunt_port *sp, const struct serial_rs485 *rs485)
{
	if (rs485->flags & SER_RS485_ADDR_DEST)
		stunt_port_write(sp, STUNT_UART_P_TX, STUNT_UART_P_TX_ADDRESS | rs485->addr_dest);
}

/* Under the port's lock. Without termios it is told once more what it was told before. */
int stunt_port_rs485(struct uart_port *port, struct ktermios *termios, struct serial_rs485 *rs485)
{
	struct stunt_port *sp = to_stunt_port(port);

	if (termios && rs485->flags & SER_RS485_ADDRB)
		termios->c_cflag |= ADDRB;
	else if (termios)
		termios->c_cflag &= ~ADDRB;
	stunt_port_write(sp, STUNT_UART_P_RS485_BEFORE, rs485->delay_rts_before_send * USEC_PER_MSEC);
	stunt_port_write(sp, STUNT_UART_P_RS485_AFTER, rs485->delay_rts_after_send * USEC_PER_MSEC);
	stunt_port_write(sp, STUNT_UART_P_RS485, stunt_rs485_mode(rs485->flags));
	stunt_port_write(sp, STUNT_UART_P_MULTIDROP, stunt_rs485_multidrop(rs485));
	stunt_rs485_call(sp, rs485);
	return 0;
}
