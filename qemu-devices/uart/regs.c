/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What register accesses do, and the way from causes to interrupts. */
#include "qemu/osdep.h"
#include "uart/uart.h"

void uart_cause(UartPort *port, uint32_t bits)
{
    uint32_t status = uart_reg(port, STUNT_UART_P_INT_STATUS);

    uart_set_reg(port, STUNT_UART_P_INT_STATUS, status | bits);
    port->fresh |= bits;
}

void uart_condition(UartPort *port, uint32_t bit, bool holds)
{
    if (holds && !(port->conditions & bit)) {
        uart_cause(port, bit);
    }
    port->conditions = holds ? port->conditions | bit : port->conditions & ~bit;
}

static uint32_t pending(UartPort *port)
{
    if (port->window.used) {
        return uart_window_causes(port);
    }
    if (!(stunt_regs_get(port->card->regs, STUNT_UART_CTRL, 0) & STUNT_UART_CTRL_IRQ_ENABLE)) {
        return 0;
    }
    return uart_reg(port, STUNT_UART_P_INT_STATUS) & uart_reg(port, STUNT_UART_P_INT_ENABLE);
}

static void show(UartPort *port)
{
    uint32_t status = 0;

    if (!port->shifting && !port->tx.count && !port->xchar_full && port->turn == UART_TURN_IDLE &&
        !uart_ring_waits(port)) {
        status |= STUNT_UART_P_STATUS_TX_IDLE;
    }
    status |= uart_is_held(port) ? STUNT_UART_P_STATUS_TX_STOPPED : 0;
    status |= port->holds ? STUNT_UART_P_STATUS_RX_HELD : 0;
    status |= port->in_break ? STUNT_UART_P_STATUS_RX_BREAK : 0;
    status |= port->xchar_full ? STUNT_UART_P_STATUS_XCHAR_BUSY : 0;
    uart_set_reg(port, STUNT_UART_P_STATUS, status);
    uart_set_reg(port, STUNT_UART_P_FIFO,
                 port->rx.count | uart_clean(port) << STUNT_UART_P_FIFO_RX_CLEAN_SHIFT |
                     port->tx.count << STUNT_UART_P_FIFO_TX_SHIFT);
    uart_set_reg(port, STUNT_UART_P_DMA_STATUS,
                 port->tx_stopped | (uint32_t)port->rx_stopped << STUNT_UART_P_DMA_STATUS_RX_SHIFT);
}

uint64_t uart_moderation_due(const UartPort *port)
{
    return port->held_back ? port->quiet_until : STUNT_UART_NEVER;
}

static void raise_irq(UartPort *port)
{
    uint64_t now = uart_now();

    port->held_back = now < port->quiet_until;
    if (!port->held_back) {
        port->quiet_until = now + uart_field(port, P_MODERATION, US) * PS_PER_US;
        port->raised = true;
        port->card->bus->set_irq(port->card, port->index, true);
    }
}

static void lower_irq(UartPort *port)
{
    port->held_back = false;
    if (port->raised) {
        port->raised = false;
        port->card->bus->set_irq(port->card, port->index, false);
    }
}

static void signal_port(UartPort *port)
{
    UartCard *card = port->card;
    uint32_t wanted = pending(port), fresh = port->window.used ? 0 : port->fresh & wanted;
    uint32_t ports = stunt_regs_get(card->regs, STUNT_UART_INT_STATUS, 0) & ~(1u << port->index);

    port->fresh = 0;
    show(port);
    stunt_regs_set(card->regs, STUNT_UART_INT_STATUS, 0, ports | (uint32_t)!!wanted << port->index);
    if (wanted && (fresh || !port->raised || port->held_back)) {
        raise_irq(port);
    } else if (!wanted) {
        lower_irq(port);
    }
}

/* Not of few characters while there come more, unless an interrupt does. */
static bool is_worth_telling(UartPort *port)
{
    UartPort *sender = uart_other_end(port);
    bool more = port->shifting || (sender && sender->shifting);

    return !more || port->fresh || MAX(port->told_tx.count, port->told_rx.count) >= STUNT_UART_FIFO;
}

void stunt_uart_signal(UartCard *card)
{
    uart_peers_go(card, uart_now());
    for (unsigned i = 0; i < card->n_ends; i++) {
        if (is_worth_telling(card->end[i])) {
            uart_tell(card->end[i]);
        }
    }
    for (unsigned i = 0; i < card->n_ports; i++) {
        signal_port(&card->port[i]);
    }
    stunt_uart_plan(card);
}

/* ---- reads ----------------------------------------------------------------------------------------- */

static uint32_t read_four(UartPort *port)
{
    uint32_t value = 0;

    if (uart_clean(port) < 4) {
        return 0;
    }
    for (unsigned i = 0; i < 4; i++) {
        value |= (uart_pop(port) & 0xff) << i * 8;
    }
    return value;
}

uint32_t stunt_uart_reg_read(StuntPCI *dev, const struct stunt_reg_access *access)
{
    UartCard *card = &STUNT_UART(dev)->card;
    UartPort *port = &card->port[access->index];
    uint32_t value;

    stunt_uart_sync(card);
    uart_tell(port);
    switch (access->info->count == STUNT_UART_PORTS ? access->info->offset : 0) {
    case STUNT_UART_P_RX:
        value = uart_pop(port);
        break;
    case STUNT_UART_P_RX4:
        value = read_four(port);
        break;
    default:
        show(port);
        value = stunt_pci_reg(dev, access->info->offset, access->index);
        break;
    }
    stunt_uart_signal(card);
    return value;
}

/* ---- writes ---------------------------------------------------------------------------------------- */

static void misused(UartPort *port, unsigned kind, const struct stunt_reg_access *access)
{
    port->card->bus->misuse(port->card, kind, access->info->offset + access->index * access->info->stride,
                            access->value);
    uart_set_reg(port, access->info->offset, access->old);
}

static void port_clear(UartPort *port)
{
    uart_send_abort(port);
    port->tx.count = port->rx.count = 0;
    port->xoff = port->lost = port->timed = port->holds = port->deaf = false;
    port->late_due = port->cts_due = STUNT_UART_NEVER;
    port->announced = 0;
    port->tx_stopped = port->rx_stopped = STUNT_UART_STOPPED_NO;
    port->conditions = port->fresh = 0;
    port->window = (UartWindow){ 0 };
    port->quiet_until = 0;
    port->held_back = false;
}

/* Its inputs are those of the line, and so are what it counts of them. */
void uart_port_reset(UartPort *port)
{
    uint64_t now = uart_now();

    uart_set_loop(port, false, now);
    stunt_regs_reset_element(port->regs, STUNT_UART_PORTS, port->element);
    port_clear(port);
    uart_drive(port, now);
    port->seen = 0;
    uart_look(port, now);
    uart_set_reg(port, STUNT_UART_P_MODEM_COUNT, 0);
    uart_set_reg(port, STUNT_UART_P_INT_STATUS, 0);
    port->fresh = 0;
}

static void control_written(UartPort *port, const struct stunt_reg_access *access)
{
    uint32_t was = access->old & STUNT_UART_P_CTRL_LOOP;
    uint64_t now = uart_now();

    port->window = (UartWindow){ 0 };
    uart_set_reg(port, STUNT_UART_P_CTRL, (access->value & ~STUNT_UART_P_CTRL_LOOP) | was);
    if (access->requested & STUNT_UART_P_CTRL_RESET) {
        uart_port_reset(port);
        return;
    }
    uart_set_loop(port, access->value & STUNT_UART_P_CTRL_LOOP, now);
    if (access->requested & STUNT_UART_P_CTRL_TX_FLUSH) {
        port->tx.count = 0;
    }
    if (access->requested & STUNT_UART_P_CTRL_RX_FLUSH) {
        port->rx.count = 0;
        port->lost = false;
        uart_receive_check(port, now);
    }
    if (access->old & ~access->value & STUNT_UART_P_CTRL_ENABLE) {
        uart_send_abort(port);
    }
    uart_look(port, now);
}

static void push(UartPort *port, uint32_t entry, const struct stunt_reg_access *access)
{
    if (!uart_fifo_push(&port->tx, entry)) {
        port->card->bus->misuse(port->card, STUNT_UART_MISUSE_TX_OVERFLOW, access->info->offset, entry);
    }
}

static void head_written(UartPort *port, const struct stunt_reg_access *access)
{
    uint32_t size = 1u << uart_field(port, P_RING_SIZE, TX_LOG2), tail = uart_reg(port, STUNT_UART_P_TX_TAIL);

    if (!uart_field(port, P_DMA_CTRL, TX_ENABLE)) {
        uart_set_reg(port, STUNT_UART_P_TX_TAIL, access->value);
    } else if (access->value - tail > size || access->value - tail < access->old - tail) {
        misused(port, STUNT_UART_MISUSE_BAD_INDEX, access);
    }
}

static void tail_written(UartPort *port, const struct stunt_reg_access *access)
{
    if (!uart_field(port, P_DMA_CTRL, RX_ENABLE)) {
        uart_set_reg(port, STUNT_UART_P_RX_HEAD, access->value);
        port->announced = access->value;
    } else if (access->value - access->old > uart_reg(port, STUNT_UART_P_RX_HEAD) - access->old) {
        misused(port, STUNT_UART_MISUSE_BAD_INDEX, access);
    }
    uart_tell_rest(port);
}

static void rings_written(UartPort *port, const struct stunt_reg_access *access)
{
    uint32_t set = access->value & ~access->old;

    if (!uart_field(port, P_DMA_CTRL, TX_ENABLE)) {
        port->tx_stopped = STUNT_UART_STOPPED_NO;
    }
    if (!uart_field(port, P_DMA_CTRL, RX_ENABLE)) {
        port->rx_stopped = STUNT_UART_STOPPED_NO;
    }
    if ((set & STUNT_UART_P_DMA_CTRL_TX_ENABLE) &&
        !uart_ring_valid(port, STUNT_UART_P_TX_RING_LO, STUNT_UART_P_TX_RING_HI, uart_field(port, P_RING_SIZE, TX_LOG2))) {
        port->tx_stopped = STUNT_UART_STOPPED_BAD_RING;
        uart_cause(port, STUNT_UART_P_INT_STATUS_DMA_ERROR);
    }
    if ((set & STUNT_UART_P_DMA_CTRL_RX_ENABLE) &&
        !uart_ring_valid(port, STUNT_UART_P_RX_RING_LO, STUNT_UART_P_RX_RING_HI, uart_field(port, P_RING_SIZE, RX_LOG2))) {
        port->rx_stopped = STUNT_UART_STOPPED_BAD_RING;
        uart_cause(port, STUNT_UART_P_INT_STATUS_DMA_ERROR);
    }
}

static bool is_ring_register(uint32_t offset)
{
    return offset == STUNT_UART_P_TX_RING_LO || offset == STUNT_UART_P_TX_RING_HI ||
           offset == STUNT_UART_P_RX_RING_LO || offset == STUNT_UART_P_RX_RING_HI ||
           offset == STUNT_UART_P_RING_SIZE;
}

/* Those whose condition holds are told to who begins to listen. */
static void enable_written(UartPort *port, const struct stunt_reg_access *access)
{
    uart_cause(port, access->value & ~access->old & port->conditions);
    port->fresh |= access->value & ~access->old;
}

static void port_written(UartPort *port, const struct stunt_reg_access *access)
{
    switch (access->info->offset) {
    case STUNT_UART_P_CTRL:
        control_written(port, access);
        break;
    case STUNT_UART_P_FORMAT:
        uart_break_written(port, uart_now());
        break;
    case STUNT_UART_P_TX:
        push(port, access->requested & (STUNT_UART_P_TX_DATA | STUNT_UART_P_TX_ADDRESS), access);
        break;
    case STUNT_UART_P_TX4:
        for (unsigned i = 0; i < 4; i++) {
            push(port, access->requested >> i * 8 & 0xff, access);
        }
        break;
    case STUNT_UART_P_XCHAR:
        port->xchar = access->requested & 0xff;
        port->xchar_full = true;
        break;
    case STUNT_UART_P_FLOW:
        port->xoff = port->xoff && (access->value & STUNT_UART_P_FLOW_OBEY_XOFF);
        break;
    case STUNT_UART_P_TX_HEAD:
        head_written(port, access);
        break;
    case STUNT_UART_P_RX_TAIL:
        tail_written(port, access);
        break;
    case STUNT_UART_P_DMA_CTRL:
        rings_written(port, access);
        break;
    case STUNT_UART_P_INT_ENABLE:
        enable_written(port, access);
        break;
    default:
        if (is_ring_register(access->info->offset) &&
            (uart_reg(port, STUNT_UART_P_DMA_CTRL) &
             (STUNT_UART_P_DMA_CTRL_TX_ENABLE | STUNT_UART_P_DMA_CTRL_RX_ENABLE))) {
            misused(port, STUNT_UART_MISUSE_RING_LIVE_WRITE, access);
        }
        break;
    }
}

void uart_settle(UartPort *port)
{
    uint64_t now = uart_now();

    uart_drive(port, now);
    uart_receive_check(port, now);
    uart_fetch(port, now);
    uart_kick(port, now);
}

/* The old value was in force until now, so time goes on with it first. */
void stunt_uart_reg_written(StuntPCI *dev, const struct stunt_reg_access *access)
{
    UartCard *card = &STUNT_UART(dev)->card;
    UartPort *port = &card->port[access->index];

    if (access->info->count == STUNT_UART_PORTS) {
        if (access->info->rw) {
            uart_set_reg(port, access->info->offset, access->old);
            stunt_uart_sync(card);
            uart_set_reg(port, access->info->offset, access->value);
        } else {
            stunt_uart_sync(card);
        }
        uart_tell(port);
        port_written(port, access);
        uart_settle(port);
    } else if (access->info->offset == STUNT_UART_CTRL && (access->requested & STUNT_UART_CTRL_RESET)) {
        stunt_pci_soft_reset(dev);
    }
    stunt_uart_signal(card);
}

void stunt_uart_clear_port(UartPort *port)
{
    uart_tell(port);
    port_clear(port);
    port->rts = port->dtr = port->raised = port->in_break = false;
    port->sample_due = STUNT_UART_NEVER;
    port->n_segments = 0;
    port->seen = 0;
}
