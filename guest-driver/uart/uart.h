/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt_uart inside: the card and its ports.
 *
 * The lock of a uart_port guards everything of its struct stunt_port that is not set once at probe.
 * Registers of a card that is asleep, frozen by an error or gone are not touched: the accessors
 * below look at the card's state, so no path has to.
 */
#ifndef STUNT_UART_INTERNAL_H
#define STUNT_UART_INTERNAL_H

#include <linux/dma-mapping.h>
#include <linux/serial_core.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <stunt/regs/uart.h>

#include "bugs.h"
#include "stunt_core.h"
#include "stunt_registry.h"

#define STUNT_UART_PORTS	STUNT_UART_P_CTRL_COUNT
#define STUNT_UART_FIFO		256
#define STUNT_UART_LINES	64	/* ports of all cards */

enum stunt_uart_state {
	STUNT_UART_STOPPED = 0,	/* asleep, or being reset: comes back */
	STUNT_UART_RUNNING,
	STUNT_UART_GONE,	/* does not answer, and will not be asked again */
};

#ifndef PORT_GENERIC		/* before 6.2 */
#define PORT_GENERIC		(-1)
#endif

#define STUNT_RX_CAUSES		(STUNT_UART_P_INT_STATUS_RX_LEVEL | STUNT_UART_P_INT_STATUS_RX_TIMEOUT | \
				 STUNT_UART_P_INT_STATUS_RX_FLAGGED | STUNT_UART_P_INT_STATUS_RX_DMA)

/* Why received characters are left where they are; a set of these. */
#define STUNT_RX_THROTTLED	BIT(0)	/* the line discipline has no room */
#define STUNT_RX_FULL		BIT(1)	/* the tty's buffer has none; the watch tries again */

struct stunt_uart;

/**
 * struct stunt_ring - bytes that the device moves by itself
 * @on: the ring is in use, else it is the FIFO
 * @buf: 1 << @log2 bytes
 * @bus: the device's address of @buf
 * @log2: its size
 * @head: free-running count of bytes put in: the driver's for sending, the device's for receiving
 * @tail: free-running count of bytes taken out
 */
struct stunt_ring {
	bool on;
	u8 *buf;
	dma_addr_t bus;
	unsigned int log2;
	u32 head;
	u32 tail;
};

struct stunt_port_counters {
	u64 interrupts;
	u64 lost_irqs;		/* found by the watch, not by an interrupt */
	u64 fallbacks;		/* rings given up for the FIFO */
	u64 rx_paused;		/* times that the tty had no room */
};

struct stunt_port {
	struct uart_port port;
	struct stunt_uart *su;
	unsigned int nr;

	u32 ctrl;			/* P_CTRL, P_FORMAT, P_INT_ENABLE as they were written */
	u32 format;
	u32 enabled;
	u32 modem_count;		/* P_MODEM_COUNT, as far as it was seen */
	u32 overruns;			/* P_OVERRUNS, likewise */
	u32 rx_timeout_bits;
	u32 rx_trig_bytes;		/* at most so many wait in the FIFO */
	u32 irq_gap_us;			/* between two interrupts of the port */
	u32 rx_trigger;			/* or fewer, at a slow speed */
	unsigned int rx_hold;
	struct stunt_ring tx;
	struct stunt_ring rx;
	u32 tx_seen;			/* tx.tail when the watch looked last */
	bool tx_stuck;			/* and it had something to send then */
	bool tx_paused;			/* the device fetches nothing */
	bool started;
	bool console_held;		/* it has waited for room in vain, and not seen any since */
	struct stunt_port_counters count;

	struct timer_list watch;
};

struct stunt_uart_vec {
	struct stunt_uart *su;
	unsigned int nr;
	char name[24];
};

struct stunt_uart {
	struct stunt_pci pci;
	struct device *dev;
	int id;
	char name[16];
	enum stunt_uart_state state;
	unsigned int ports;
	unsigned int width;		/* address bits */
	struct pci_saved_state *config;	/* for after a reset of the link */
	struct stunt_registered *registered;
	struct stunt_uart_vec vec[STUNT_UART_PORTS];
	struct stunt_port port[STUNT_UART_PORTS];
};

static inline struct stunt_port *to_stunt_port(struct uart_port *port)
{
	return container_of(port, struct stunt_port, port);
}

static inline bool stunt_uart_runs(const struct stunt_uart *su)
{
	return READ_ONCE(su->state) == STUNT_UART_RUNNING;
}

static inline u32 stunt_port_offset(const struct stunt_port *sp, u32 reg)
{
	return reg + sp->nr * STUNT_UART_P_CTRL_STRIDE;
}

static inline void stunt_port_write(const struct stunt_port *sp, u32 reg, u32 value)
{
	if (stunt_uart_runs(sp->su))
		stunt_write(&sp->su->pci, stunt_port_offset(sp, reg), value);
}

/* For registers that are never all ones. 0 from a card that is not there; see stunt_uart_lost(). */
u32 stunt_port_read(struct stunt_port *sp, u32 reg);
/* For data, which may be anything: who asks for more finds out that the card is gone. */
static inline u32 stunt_port_word(const struct stunt_port *sp, u32 reg)
{
	return stunt_uart_runs(sp->su) ? stunt_read(&sp->su->pci, stunt_port_offset(sp, reg)) : 0;
}

/* For free-running counts, which may be anything. -ENODEV: there is nobody to ask. */
int stunt_port_count(struct stunt_port *sp, u32 reg, u32 *ret_count);

static inline void stunt_port_enable(struct stunt_port *sp, u32 set, u32 clear)
{
	u32 enabled = (sp->enabled & ~clear) | set;

	if (enabled == sp->enabled)
		return;
	sp->enabled = enabled;
	stunt_port_write(sp, STUNT_UART_P_INT_ENABLE, enabled);
}

/* card.c: the card as a whole */
extern struct stunt_pci_info stunt_uart_info;
/* It does not answer: the ports are hung up. Any context. */
void stunt_uart_lost(struct stunt_uart *su);
/* From now on nobody touches it; what is open stays open, and its memory the card's. May sleep. */
void stunt_uart_freeze(struct stunt_uart *su);
/* The card may be touched after a freeze. -ENODEV: it is not there. What it was at is over. */
int stunt_uart_thaw(struct stunt_uart *su);
/*
 * Ports are made quiet, or go on with the settings that they had. May sleep.
 * @wake: a character or a modem line of a port that is open wakes the card
 */
void stunt_uart_quiesce(struct stunt_uart *su, bool wake);
int stunt_uart_revive(struct stunt_uart *su);
/* Reset, with interrupts on: what a probe begins with. */
int stunt_uart_start(struct stunt_uart *su);
/* No interrupt, no more DMA. */
void stunt_uart_stop(struct stunt_uart *su);

/* pci.c */
extern struct uart_driver stunt_uart_driver;

/* errors.c */
extern const struct pci_error_handlers stunt_uart_err_handlers;

/* irq.c */
int stunt_uart_irq_request(struct stunt_uart *su);
/* Serves the port for what is pending. Return: whether there was anything. */
bool stunt_port_service(struct stunt_port *sp);
/* Looks at the port from time to time while it is open. */
void stunt_port_watch(struct timer_list *timer);

/* port.c */
void stunt_port_init(struct stunt_port *sp);
/* When FIFO and silence ask for service, as it is set. */
void stunt_port_levels(struct stunt_port *sp);
extern const struct uart_ops stunt_uart_ops;

/* modem.c */
unsigned int stunt_port_get_mctrl(struct uart_port *port);
void stunt_port_set_mctrl(struct uart_port *port, unsigned int mctrl);
void stunt_port_enable_ms(struct uart_port *port);
void stunt_port_modem(struct stunt_port *sp);

/* termios.c */
void stunt_port_set_termios(struct uart_port *port, struct ktermios *new, const struct ktermios *old);
void stunt_port_break_ctl(struct uart_port *port, int state);

/* rs485.c */
extern const struct serial_rs485 stunt_rs485_supported;
int stunt_port_rs485(struct uart_port *port, struct ktermios *termios, struct serial_rs485 *rs485);

/* rx.c: under the port's lock */
/* @flagged: a character with a flag may be what is next. */
void stunt_rx(struct stunt_port *sp, bool flagged);
void stunt_rx_rest(struct stunt_port *sp);
void stunt_rx_hold(struct stunt_port *sp, unsigned int why);
void stunt_rx_release(struct stunt_port *sp, unsigned int why);

/* tx.c: under the port's lock */
void stunt_tx(struct stunt_port *sp);
/* What the device has fetched is no longer in the buffer. */
void stunt_tx_done(struct stunt_port *sp);
void stunt_tx_kick(struct stunt_port *sp);
void stunt_tx_stop(struct stunt_port *sp);
void stunt_tx_flush(struct stunt_port *sp);
/* While paused the device fetches nothing more. */
void stunt_tx_dma_control(struct stunt_port *sp, bool pause);

/* ring.c: the rings' memory, and what the registers say of them */
int stunt_ring_alloc(struct stunt_port *sp);
void stunt_ring_setup(struct stunt_port *sp);
void stunt_ring_release(struct stunt_port *sp);
/* Programs what stunt_ring_setup() has got. Under the port's lock. */
void stunt_ring_start(struct stunt_port *sp);
void stunt_ring_stop(struct stunt_port *sp);
/* Gives the rings up, what is in them goes the way of the FIFO. Under the port's lock. */
void stunt_ring_give_up(struct stunt_port *sp, const char *why);
static inline u32 stunt_ring_size(const struct stunt_ring *ring)
{
	return 1U << ring->log2;
}

/* console.c */
void stunt_console_add(struct stunt_port *sp);
void stunt_console_remove(struct stunt_port *sp);
struct console *stunt_uart_console(void);
int stunt_poll_init(struct uart_port *port);
int stunt_poll_get_char(struct uart_port *port);
void stunt_poll_put_char(struct uart_port *port, unsigned char ch);

/* sysfs.c: attributes of the tty */
extern struct attribute_group stunt_port_group;

#endif
