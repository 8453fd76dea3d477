/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transmitter: what is on the line, and what comes next. */
#include "qemu/osdep.h"
#include "uart/uart.h"

#define OVERSAMPLING 16u
#define DIVISOR_ONE (1u << STUNT_UART_P_BAUD_INT_SHIFT)
#define PS_PER_S UINT64_C(1000000000000)

/* A divisor below 1 is as 1. */
uint64_t uart_bit(UartPort *port)
{
    uint32_t divisor = MAX(uart_reg(port, STUNT_UART_P_BAUD), DIVISOR_ONE);

    return muldiv64(PS_PER_S, (uint32_t)MIN((uint64_t)divisor * OVERSAMPLING, UINT32_MAX),
                    STUNT_UART_CLOCK_VALUE) / DIVISOR_ONE;
}

static bool has_ninth(UartPort *port)
{
    return uart_field(port, P_FORMAT, PARITY) != STUNT_UART_PARITY_NONE || uart_field(port, P_MULTIDROP, ENABLE);
}

uint64_t uart_frame(UartPort *port)
{
    static const uint8_t stop_halves[] = { 2, 3, 4, 4 };
    unsigned halves = 2 * (1 + uart_data_bits(port) + has_ninth(port));

    return (halves + stop_halves[uart_field(port, P_FORMAT, STOP)]) * uart_bit(port) / 2;
}

static bool is_loop(UartPort *port)
{
    return uart_field(port, P_CTRL, LOOP);
}

UartPort *uart_other_end(UartPort *port)
{
    if (is_loop(port)) {
        return port;
    }
    return port->wire && !is_loop(port->wire) ? port->wire : NULL;
}

/* Whether it gets to the other end. */
static bool tell_sent(UartPort *port, uint32_t entry, uint64_t time)
{
    UartTold *told = &port->told_tx;

    if (stunt_trace_watches(STUNT_EV_SERIAL_TX)) {
        uart_tell(port);
        return !stunt_rule_is(stunt_event(port->card->trace_id, STUNT_EV_SERIAL_TX, port->index,
                                          entry & STUNT_UART_P_TX_DATA, 1, time / PS_PER_NS), STUNT_ACT_DROP);
    }
    if (told->count++ == 0) {
        told->value = entry & STUNT_UART_P_TX_DATA;
    }
    told->end = time;
    return true;
}

/* ---- RS-485 ---------------------------------------------------------------------------------------- */

static bool is_rs485(UartPort *port)
{
    return uart_field(port, P_RS485, ENABLE);
}

/* May the next character begin now? If RTS has just been turned it has to wait. */
static bool take_bus(UartPort *port, uint64_t time)
{
    uint64_t before = uart_field(port, P_RS485_BEFORE, US) * PS_PER_US;

    if (!is_rs485(port) || port->turn == UART_TURN_SENDING) {
        return true;
    }
    if (port->turn == UART_TURN_BEFORE) {
        return false;
    }
    port->turn_end = STUNT_UART_NEVER;
    if (port->turn == UART_TURN_IDLE && before) {
        port->turn = UART_TURN_BEFORE;
        port->turn_end = time + before;
        uart_drive(port, time);
        return false;
    }
    port->turn = UART_TURN_SENDING;
    uart_drive(port, time);
    return true;
}

static void leave_bus(UartPort *port, uint64_t time)
{
    uint64_t after = uart_field(port, P_RS485_AFTER, US) * PS_PER_US;

    if (port->turn != UART_TURN_SENDING) {
        return;
    }
    port->turn = after ? UART_TURN_AFTER : UART_TURN_IDLE;
    port->turn_end = after ? time + after : STUNT_UART_NEVER;
    uart_drive(port, time);
}

void uart_turn_over(UartPort *port)
{
    uint64_t time = port->turn_end;

    port->turn_end = STUNT_UART_NEVER;
    port->turn = port->turn == UART_TURN_BEFORE ? UART_TURN_SENDING : UART_TURN_IDLE;
    uart_drive(port, time);
    uart_kick(port, time);
}

/* ---- characters ------------------------------------------------------------------------------------ */

static void start_bit(UartPort *port)
{
    if (uart_other_end(port)) {
        uart_wake(uart_other_end(port), STUNT_UART_P_WAKE_RX);
    }
}

static void begin(UartPort *port, uint32_t entry, uint64_t time)
{
    UartPort *receiver = uart_other_end(port);
    unsigned n_bits;
    uint32_t levels = uart_levels(port, entry, &n_bits);
    bool bad = entry & (STUNT_UART_P_RX_PARITY | STUNT_UART_P_RX_FRAMING); /* a peer's: so the line tells of it */

    start_bit(port);
    port->shift = entry;
    port->shifting = true;
    port->was_busy = true;
    port->frame_end = time + uart_frame(port) + (bad ? uart_bit(port) : 0);
    port->sampled = receiver && (bad || !uart_matches(port, receiver));
    if (port->sampled) {
        uart_segment(receiver, (UartSegment){ time, port->frame_end, uart_bit(port), levels });
    }
}

static void begin_break(UartPort *port, uint64_t time)
{
    UartPort *receiver = uart_other_end(port);

    start_bit(port);
    port->breaking = true;
    stunt_event_echo(port->card->trace_id, STUNT_EV_SERIAL_LINE, port->index, STUNT_UART_LINE_BREAK, 1);
    if (receiver) {
        uart_segment(receiver, (UartSegment){ time, STUNT_UART_NEVER, uart_bit(port), 0 });
    }
}

static void idle(UartPort *port, uint64_t time)
{
    leave_bus(port, time);
    if (port->was_busy && port->turn == UART_TURN_IDLE && !port->tx.count) {
        port->was_busy = false;
        uart_cause(port, STUNT_UART_P_INT_STATUS_TX_IDLE);
    }
}

void uart_kick(UartPort *port, uint64_t time)
{
    bool waits = port->xchar_full || (port->tx.count && !uart_is_held(port));

    if (port->shifting || port->breaking || !uart_field(port, P_CTRL, ENABLE)) {
        return;
    }
    if (uart_field(port, P_FORMAT, BREAK)) {
        begin_break(port, time);
    } else if (!waits) {
        idle(port, time);
    } else if (!take_bus(port, time) || port->shifting) { /* by RTS the other end may have let us begin */
        return;
    } else if (port->xchar_full) {
        port->xchar_full = false;
        begin(port, port->xchar, time);
    } else {
        begin(port, uart_fifo_pop(&port->tx), time);
        uart_fetch(port, time);
        port->window.thre |= port->tx.count == 0;
    }
}

/* What was sent, as the other end has it. */
static uint32_t received(UartPort *port)
{
    return (port->shift & uart_data_mask(port)) | (port->shift & STUNT_UART_P_TX_ADDRESS ? STUNT_UART_P_RX_ADDRESS : 0);
}

void uart_frame_over(UartPort *port)
{
    UartPort *receiver = uart_other_end(port);
    uint64_t time = port->frame_end;

    port->shifting = false;
    if (tell_sent(port, port->shift, time) && receiver && !port->sampled) {
        uart_receive(receiver, received(port), time);
    }
    uart_kick(port, time);
}

static void end_break(UartPort *port, uint64_t time)
{
    UartPort *receiver = uart_other_end(port);

    if (!port->breaking) {
        return;
    }
    port->breaking = false;
    stunt_event_echo(port->card->trace_id, STUNT_EV_SERIAL_LINE, port->index, STUNT_UART_LINE_BREAK, 0);
    if (receiver) {
        uart_segment_end(receiver, time);
    }
}

void uart_break_written(UartPort *port, uint64_t time)
{
    if (!uart_field(port, P_FORMAT, BREAK)) {
        end_break(port, time);
    }
    uart_kick(port, time);
}

/* A break that someone hears ends there, and begins where it is heard from now on. */
void uart_set_loop(UartPort *port, bool loop, uint64_t time)
{
    UartPort *ends[] = { port, port->wire };
    uint32_t ctrl = uart_reg(port, STUNT_UART_P_CTRL);

    if (is_loop(port) == loop) {
        return;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(ends) && ends[i]; i++) {
        end_break(ends[i], time);
    }
    uart_set_reg(port, STUNT_UART_P_CTRL,
                 loop ? ctrl | STUNT_UART_P_CTRL_LOOP : ctrl & ~STUNT_UART_P_CTRL_LOOP);
    uart_drive(port, time);
    for (unsigned i = 0; i < ARRAY_SIZE(ends) && ends[i]; i++) {
        uart_look(ends[i], time);
        uart_kick(ends[i], time);
    }
}

void uart_send_abort(UartPort *port)
{
    if (port->breaking && uart_other_end(port)) {
        uart_segment_end(uart_other_end(port), uart_now());
    }
    port->shifting = false;
    port->breaking = false;
    port->xchar_full = false;
    port->was_busy = false;
    port->turn = UART_TURN_IDLE;
    port->turn_end = STUNT_UART_NEVER;
}
