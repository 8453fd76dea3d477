// SPDX-License-Identifier: GPL-2.0-or-later
/* The card as a whole: its state, and what happens to all of its ports. */
#include <linux/interrupt.h>
#include <linux/tty.h>
#include <linux/tty_port.h>

#include <stunt/uapi/registry.h>

#include "uart.h"

struct stunt_pci_info stunt_uart_info = {
	.id = STUNT_UART_ID_VALUE,
	.major = STUNT_UART_VERSION_MAJOR_VALUE,
	.minor = STUNT_UART_VERSION_MINOR_VALUE,
	.vectors = STUNT_UART_VECTORS,
	.bar_len = STUNT_UART_BAR_SIZE,
};

u32 stunt_port_read(struct stunt_port *sp, u32 reg)
{
	u32 value;

	if (!stunt_uart_runs(sp->su))
		return 0;
	value = stunt_read(&sp->su->pci, stunt_port_offset(sp, reg));
	if (value != STUNT_ALL_ONES)
		return value;
	if (stunt_gone(&sp->su->pci))
		stunt_uart_lost(sp->su);
	return 0;
}

int stunt_port_count(struct stunt_port *sp, u32 reg, u32 *ret_count)
{
	if (!stunt_uart_runs(sp->su))
		return -ENODEV;
	if (!stunt_read_live(&sp->su->pci, stunt_port_offset(sp, reg), ret_count))
		return 0;
	stunt_uart_lost(sp->su);
	return -ENODEV;
}

static void stunt_uart_set_state(struct stunt_uart *su, enum stunt_uart_state state)
{
	static const u32 words[] = {
		[STUNT_UART_STOPPED] = STUNT_REGISTRY_STOPPED,
		[STUNT_UART_RUNNING] = STUNT_REGISTRY_RUNNING,
		[STUNT_UART_GONE] = STUNT_REGISTRY_GONE,
	};

	WRITE_ONCE(su->state, state);
	stunt_registry_state(READ_ONCE(su->registered), words[state]);
}

/* Whoever sleeps in a read or a write is woken by the hang-up, which is done by a worker. */
void stunt_uart_lost(struct stunt_uart *su)
{
	unsigned int i;

	if (xchg(&su->state, STUNT_UART_GONE) == STUNT_UART_GONE)
		return;
	dev_err(su->dev, "the card does not answer any more\n");
	stunt_uart_set_state(su, STUNT_UART_GONE);
	for (i = 0; i < su->ports; i++)
		if (su->port[i].port.state)
			tty_port_tty_hangup(&su->port[i].port.state->port, false);
}

static void stunt_uart_sync(struct stunt_uart *su)
{
	unsigned int i;

	for (i = 0; i < su->pci.vectors; i++)
		synchronize_irq(stunt_pci_irq(&su->pci, i));
}

/* The lock of each port: who was on his way to a register has got there. */
void stunt_uart_freeze(struct stunt_uart *su)
{
	unsigned long flags;
	unsigned int i;

	if (stunt_uart_runs(su))
		stunt_uart_set_state(su, STUNT_UART_STOPPED);
	for (i = 0; i < su->ports; i++) {
		uart_port_lock_irqsave(&su->port[i].port, &flags);
		uart_port_unlock_irqrestore(&su->port[i].port, flags);
	}
	stunt_uart_sync(su);
}

static void stunt_uart_suspend_ports(struct stunt_uart *su)
{
	unsigned int i;

	for (i = 0; i < su->ports; i++)
		uart_suspend_port(&stunt_uart_driver, &su->port[i].port);
}

int stunt_uart_thaw(struct stunt_uart *su)
{
	int ret = stunt_pci_check(&su->pci, &stunt_uart_info);

	if (ret)
		return ret;
	stunt_write(&su->pci, STUNT_UART_CTRL, STUNT_UART_CTRL_RESET);
	stunt_uart_suspend_ports(su);
	return 0;
}

void stunt_uart_stop(struct stunt_uart *su)
{
	if (stunt_uart_runs(su)) {
		stunt_write(&su->pci, STUNT_UART_CTRL, 0);
		stunt_uart_set_state(su, STUNT_UART_STOPPED);
	}
	stunt_uart_sync(su);
}

/* A reset takes it back. */
static void stunt_uart_arm_wake(struct stunt_uart *su)
{
	unsigned int i;

	for (i = 0; i < su->ports; i++)
		if (tty_port_suspended(&su->port[i].port.state->port))
			stunt_port_write(&su->port[i], STUNT_UART_P_WAKE,
					 STUNT_UART_P_WAKE_RX | STUNT_UART_P_WAKE_MODEM);
}

void stunt_uart_quiesce(struct stunt_uart *su, bool wake)
{
	stunt_uart_suspend_ports(su);
	if (wake)
		stunt_uart_arm_wake(su);
	stunt_uart_stop(su);
}

int stunt_uart_start(struct stunt_uart *su)
{
	int ret = stunt_pci_check(&su->pci, &stunt_uart_info);

	if (ret) {
		stunt_uart_lost(su);
		return ret;
	}
	stunt_write(&su->pci, STUNT_UART_CTRL, STUNT_UART_CTRL_RESET);
	stunt_write(&su->pci, STUNT_UART_CTRL, STUNT_UART_CTRL_IRQ_ENABLE);
	stunt_uart_set_state(su, STUNT_UART_RUNNING);
	return 0;
}

int stunt_uart_revive(struct stunt_uart *su)
{
	int ret = stunt_uart_start(su);
	unsigned int i;

	for (i = 0; !ret && i < su->ports; i++)
		uart_resume_port(&stunt_uart_driver, &su->port[i].port);
	return ret;
}
