/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The receiver: what becomes of a character that has arrived. */
#include "qemu/osdep.h"
#include "uart/uart.h"
#include "stunt/regs/uart-window.h"

#define LATE_MAX_NS UINT64_C(1000000000000)
#define MILLION 1000000u

/* ---- what is told of it ---------------------------------------------------------------------------- */

void uart_tell(UartPort *port)
{
    int trace = port->card->trace_id;
    UartTold tx = port->told_tx, rx = port->told_rx;

    port->told_tx = port->told_rx = (UartTold){ 0 };
    if (tx.count) {
        stunt_event_echo(trace, STUNT_EV_SERIAL_TX, port->index, tx.value, tx.count, tx.end / PS_PER_NS);
    }
    if (rx.count) {
        stunt_event_echo(trace, STUNT_EV_SERIAL_RX, port->index, rx.value, rx.flags, rx.count, rx.end / PS_PER_NS);
    }
}

static void tell_received(UartPort *port, uint32_t entry, uint64_t time)
{
    UartTold *told = &port->told_rx;

    if (told->count && (told->flags | (entry & UART_RX_FLAGS))) {
        uart_tell(port);
    }
    if (told->count++ == 0) {
        told->value = entry & STUNT_UART_P_RX_DATA;
        told->flags = entry & UART_RX_FLAGS;
    }
    told->end = time;
}

static const struct stunt_rule *ask(UartPort *port, uint32_t entry, uint64_t time)
{
    return stunt_event(port->card->trace_id, STUNT_EV_SERIAL_RX, port->index, entry & STUNT_UART_P_RX_DATA,
                       entry & UART_RX_FLAGS, 1, time / PS_PER_NS);
}

/* ---- what it is ------------------------------------------------------------------------------------ */

static uint32_t next_random(UartCard *card)
{
    card->random ^= card->random << 13;
    card->random ^= card->random >> 7;
    card->random ^= card->random << 17;
    return card->random >> 32;
}

/* A parity bit tells of one wrong bit. */
static uint32_t invert(UartPort *port, uint32_t entry, uint32_t bits)
{
    bits &= uart_data_mask(port);
    if (uart_field(port, P_FORMAT, PARITY) != STUNT_UART_PARITY_NONE && (ctpop32(bits) & 1)) {
        entry |= STUNT_UART_P_RX_PARITY;
    }
    return entry ^ bits;
}

static uint32_t add_noise(UartPort *port, uint32_t entry)
{
    UartCard *card = port->card;

    if (!card->noise || next_random(card) % MILLION >= card->noise) {
        return entry;
    }
    return invert(port, entry, 1u << next_random(card) % uart_data_bits(port));
}

static void count(UartPort *port, uint32_t offset)
{
    uart_set_reg(port, offset, uart_reg(port, offset) + 1);
}

static void count_flags(UartPort *port, uint32_t entry)
{
    if (entry & STUNT_UART_P_RX_BREAK) {
        count(port, STUNT_UART_P_BREAKS);
    } else if (entry & STUNT_UART_P_RX_PARITY) {
        count(port, STUNT_UART_P_PARITY_ERRORS);
    } else if (entry & STUNT_UART_P_RX_FRAMING) {
        count(port, STUNT_UART_P_FRAMING_ERRORS);
    }
}

static void lose(UartPort *port)
{
    count(port, STUNT_UART_P_OVERRUNS);
    if (port->window.used) {
        port->window.errors |= STUNT_UART_W_LSR_OE;
    } else {
        port->lost = true;
    }
}

static void keep(UartPort *port, uint32_t entry, uint64_t time)
{
    count_flags(port, entry);
    if (port->lost) {
        entry |= STUNT_UART_P_RX_OVERRUN;
    }
    if (port->rx.count >= uart_depth(port)) {
        lose(port);
        if (!uart_window_replaces(port)) {
            return;
        }
    }
    uart_fifo_push(&port->rx, entry);
    port->lost = false;
    uart_receive_check(port, time);
}

/* Return: it was flow control, and is no data. */
static bool obey(UartPort *port, uint32_t entry, uint64_t time)
{
    uint32_t flow = uart_reg(port, STUNT_UART_P_FLOW);
    uint32_t ch = entry & 0xff;
    bool was = port->xoff;

    if (!(flow & STUNT_UART_P_FLOW_OBEY_XOFF) || (entry & UART_RX_FLAGS)) {
        return false;
    }
    if (ch == uart_field(port, P_FLOW_CHARS, XOFF)) {
        port->xoff = true;
        return true;
    }
    if (ch == uart_field(port, P_FLOW_CHARS, XON) || (flow & STUNT_UART_P_FLOW_XANY)) {
        port->xoff = false;
        if (was) {
            uart_kick(port, time);
        }
    }
    return ch == uart_field(port, P_FLOW_CHARS, XON);
}

/* On a multidrop bus: is it for another? */
static bool filtered(UartPort *port, uint32_t entry)
{
    uint32_t multidrop = uart_reg(port, STUNT_UART_P_MULTIDROP);

    if (!(multidrop & STUNT_UART_P_MULTIDROP_ENABLE) || !(multidrop & STUNT_UART_P_MULTIDROP_MATCH)) {
        port->deaf = false;
    } else if (entry & STUNT_UART_P_RX_ADDRESS) {
        port->deaf = (entry & 0xff) != uart_field(port, P_MULTIDROP, ADDRESS);
    }
    return port->deaf;
}

static bool is_deaf(UartPort *port)
{
    return !uart_field(port, P_CTRL, ENABLE) || !(port->card->awake || port->peer) ||
           (uart_field(port, P_RS485, ENABLE) && !uart_field(port, P_RS485, RX_DURING_TX) &&
            port->turn == UART_TURN_SENDING && !uart_field(port, P_CTRL, LOOP));
}

static void arrive(UartPort *port, uint32_t entry, uint64_t time)
{
    port->last_rx = time;
    port->timed = true;
    if (!filtered(port, entry) && !obey(port, entry, time)) {
        keep(port, entry, time);
    }
}

static void arrive_faulty(UartPort *port, uint32_t entry, uint64_t time, const struct stunt_rule *rule)
{
    switch (rule ? rule->action : 0) {
    case STUNT_ACT_DROP:
        return;
    case STUNT_ACT_OVERRUN:
        lose(port);
        return;
    case STUNT_ACT_DELAY:
        port->late = entry;
        port->late_due = time + MIN(rule->param[STUNT_ACT_DELAY_NS], LATE_MAX_NS) * PS_PER_NS;
        return;
    case STUNT_ACT_DUPLICATE:
        arrive(port, entry, time);
        break;
    case STUNT_ACT_NOISE:
        entry = invert(port, entry, rule->param[STUNT_ACT_NOISE_XOR]);
        break;
    case STUNT_ACT_FRAMING:
        entry |= STUNT_UART_P_RX_FRAMING;
        break;
    case STUNT_ACT_PARITY:
        entry |= STUNT_UART_P_RX_PARITY;
        break;
    case STUNT_ACT_BREAK:
        entry = STUNT_UART_P_RX_BREAK;
        break;
    }
    arrive(port, entry, time);
}

void uart_late(UartPort *port)
{
    uint64_t time = port->late_due;

    port->late_due = STUNT_UART_NEVER;
    arrive(port, port->late, time);
}

void uart_receive(UartPort *port, uint32_t entry, uint64_t time)
{
    if (is_deaf(port)) {
        return;
    }
    if (port->late_due != STUNT_UART_NEVER) {
        port->late_due = time;
        uart_late(port);
    }
    entry = add_noise(port, entry);
    if (stunt_trace_watches(STUNT_EV_SERIAL_RX)) {
        uart_tell(port);
        arrive_faulty(port, entry, time, ask(port, entry, time));
    } else {
        tell_received(port, entry, time);
        arrive(port, entry, time);
    }
}

/* ---- the FIFO -------------------------------------------------------------------------------------- */

uint32_t uart_clean(const UartPort *port)
{
    uint32_t n = 0;

    while (n < port->rx.count && !(uart_fifo_at(&port->rx, n) & UART_RX_FLAGS)) {
        n++;
    }
    return n;
}

static void hold_other(UartPort *port, uint64_t time)
{
    uint32_t flow = uart_reg(port, STUNT_UART_P_FLOW);
    bool holds = port->holds;

    if (port->rx.count >= MAX(uart_field(port, P_FLOW_LEVEL, HALT), 1u)) {
        holds = true;
    } else if (port->rx.count <= uart_field(port, P_FLOW_LEVEL, RESUME)) {
        holds = false;
    }
    if (!(flow & (STUNT_UART_P_FLOW_AUTO_RTS | STUNT_UART_P_FLOW_SEND_XOFF))) {
        holds = false;
    }
    if (holds == port->holds) {
        return;
    }
    port->holds = holds;
    if (flow & STUNT_UART_P_FLOW_SEND_XOFF) {
        port->xchar = holds ? uart_field(port, P_FLOW_CHARS, XOFF) : uart_field(port, P_FLOW_CHARS, XON);
        port->xchar_full = true;
        uart_kick(port, time);
    }
    uart_drive(port, time);
}

static bool has_ring(UartPort *port)
{
    return uart_field(port, P_DMA_CTRL, RX_ENABLE);
}

void uart_receive_check(UartPort *port, uint64_t time)
{
    bool flagged;

    if (port->peer) {
        uart_peer_hear(port->peer);
    }
    if (has_ring(port)) {
        uart_store(port, false);
    }
    flagged = port->rx.count && (uart_fifo_at(&port->rx, 0) & UART_RX_FLAGS);
    uart_condition(port, STUNT_UART_P_INT_STATUS_RX_FLAGGED, flagged);
    uart_condition(port, STUNT_UART_P_INT_STATUS_RX_LEVEL,
                   !has_ring(port) && port->rx.count >= MAX(uart_field(port, P_FIFO_CTRL, RX_TRIGGER), 1u));
    hold_other(port, time);
}

void uart_tell_rest(UartPort *port)
{
    port->timed |= has_ring(port) && port->rx.count;
}

uint32_t uart_pop(UartPort *port)
{
    uint32_t entry;

    if (!port->rx.count) {
        return 0;
    }
    entry = uart_fifo_pop(&port->rx);
    if (entry & UART_RX_FLAGS) {
        /* the next one may be flagged, too: it is told anew */
        uart_condition(port, STUNT_UART_P_INT_STATUS_RX_FLAGGED, false);
    }
    uart_receive_check(port, uart_now());
    uart_tell_rest(port);
    uart_window_popped(port, entry);
    return entry | STUNT_UART_P_RX_VALID;
}

/* ---- silence --------------------------------------------------------------------------------------- */

static bool has_unannounced(UartPort *port)
{
    return port->rx.count || (has_ring(port) && uart_reg(port, STUNT_UART_P_RX_HEAD) != port->announced);
}

uint64_t uart_timeout_due(UartPort *port)
{
    uint32_t bits = port->timed ? uart_field(port, P_RX_TIMEOUT, BITS) : 0;

    if (port->window.used) {
        return uart_window_timeout_due(port);
    }
    return bits ? port->last_rx + bits * uart_bit(port) : STUNT_UART_NEVER;
}

void uart_timeout(UartPort *port)
{
    uint64_t time = uart_timeout_due(port);

    port->timed = false;
    port->window.timeout = true;
    if (has_ring(port)) {
        uart_store(port, true);
        uart_receive_check(port, time);
    }
    if (has_unannounced(port)) {
        port->announced = uart_reg(port, STUNT_UART_P_RX_HEAD);
        uart_cause(port, STUNT_UART_P_INT_STATUS_RX_TIMEOUT);
    }
}
