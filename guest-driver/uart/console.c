// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's log, and its debugger, on a port: characters are written to the FIFO by whoever has
 * something to say, with the port's lock or, when the system is dying, without.
 */
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/serial_core.h>

#include "uart.h"

#define STUNT_CONSOLE_SLACK_US	20000
#define STUNT_CONSOLE_STEP_US	10

/* How long a full FIFO may take, and a bit: the other end may hold us, but not for ever. */
static unsigned int stunt_console_patience_us(const struct stunt_port *sp)
{
	const struct uart_port *port = &sp->port;

	if (sp->console_held)
		return 0;
	return port->frame_time / NSEC_PER_USEC * STUNT_UART_FIFO + STUNT_CONSOLE_SLACK_US;
}

static bool stunt_console_waits(struct stunt_port *sp, u32 reg, u32 mask, u32 value)
{
	unsigned int left = stunt_console_patience_us(sp);

	while ((stunt_port_read(sp, reg) & mask) == value) {
		if (left < STUNT_CONSOLE_STEP_US || !stunt_uart_runs(sp->su))
			return false;
		udelay(STUNT_CONSOLE_STEP_US);
		left -= STUNT_CONSOLE_STEP_US;
	}
	return true;
}

/* Once the other end has held us for too long, nothing is worth waiting for until it lets go. */
static void stunt_console_putchar(struct uart_port *port, unsigned char ch)
{
	struct stunt_port *sp = to_stunt_port(port);
	const u32 full = STUNT_UART_FIFO << STUNT_UART_P_FIFO_TX_SHIFT;

	sp->console_held = !stunt_console_waits(sp, STUNT_UART_P_FIFO, STUNT_UART_P_FIFO_TX, full);
	if (!sp->console_held)
		stunt_port_write(sp, STUNT_UART_P_TX, ch);
}

static struct stunt_port *stunt_console_ports[STUNT_UART_LINES];

void stunt_console_add(struct stunt_port *sp)
{
	WRITE_ONCE(stunt_console_ports[sp->port.line], sp);
}

void stunt_console_remove(struct stunt_port *sp)
{
	WRITE_ONCE(stunt_console_ports[sp->port.line], NULL);
}

#ifdef CONFIG_SERIAL_CORE_CONSOLE
static void stunt_console_say(struct stunt_port *sp, const char *s, unsigned int count)
{
	uart_console_write(&sp->port, s, count, stunt_console_putchar);
	if (oops_in_progress)
		stunt_console_waits(sp, STUNT_UART_P_STATUS, STUNT_UART_P_STATUS_TX_IDLE, 0);
}

static void stunt_console_write(struct console *co, const char *s, unsigned int count)
{
	struct stunt_port *sp = READ_ONCE(stunt_console_ports[co->index]);
	unsigned long flags;

	if (!sp || !stunt_uart_runs(sp->su))
		return;
	if (!sp->port.sysrq && !oops_in_progress) {
		uart_port_lock_irqsave(&sp->port, &flags);
	} else if (!uart_port_trylock_irqsave(&sp->port, &flags)) {
		stunt_console_say(sp, s, count);
		return;
	}
	stunt_console_say(sp, s, count);
	uart_port_unlock_irqrestore(&sp->port, flags);
}

/* -ENODEV until the port is there: it is asked again when a port is added. */
static int stunt_console_setup(struct console *co, char *options)
{
	struct stunt_port *sp;
	int baud = 115200, bits = 8, parity = 'n', flow = 'n';

	if (co->index < 0 || co->index >= STUNT_UART_LINES)
		return -ENODEV;
	sp = stunt_console_ports[co->index];
	if (!sp)
		return -ENODEV;
	if (options)
		uart_parse_options(options, &baud, &parity, &bits, &flow);
	sp->ctrl |= STUNT_UART_P_CTRL_ENABLE;
	return uart_set_options(&sp->port, co, baud, parity, bits, flow);
}

static struct console stunt_console = {
	.name = "ttySU",
	.write = stunt_console_write,
	.device = uart_console_device,
	.setup = stunt_console_setup,
	.flags = CON_PRINTBUFFER | CON_ANYTIME,
	.index = -1,
	.data = &stunt_uart_driver,
};

struct console *stunt_uart_console(void)
{
	return &stunt_console;
}
#else
struct console *stunt_uart_console(void)
{
	return NULL;
}
#endif

#ifdef CONFIG_CONSOLE_POLL
/* Rings would take away what the debugger waits for: an open port goes on without them. */
int stunt_poll_init(struct uart_port *port)
{
	struct stunt_port *sp = to_stunt_port(port);
	unsigned long flags;

	if (!stunt_uart_runs(sp->su))
		return -ENODEV;
	uart_port_lock_irqsave(port, &flags);
	stunt_ring_give_up(sp, "a debugger polls it");
	sp->ctrl |= STUNT_UART_P_CTRL_ENABLE;
	stunt_port_write(sp, STUNT_UART_P_CTRL, sp->ctrl);
	uart_port_unlock_irqrestore(port, flags);
	return 0;
}

int stunt_poll_get_char(struct uart_port *port)
{
	u32 entry = stunt_port_read(to_stunt_port(port), STUNT_UART_P_RX);

	return entry & STUNT_UART_P_RX_VALID ? entry & 0xff : NO_POLL_CHAR;
}

void stunt_poll_put_char(struct uart_port *port, unsigned char ch)
{
	stunt_console_putchar(port, ch);
}
#endif
