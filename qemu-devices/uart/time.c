/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "uart/uart.h"

uint64_t uart_now(void)
{
    return (uint64_t)qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) * PS_PER_NS;
}

typedef void UartStep(UartPort *port);

typedef struct Due {
    uint64_t time;
    UartPort *port;
    UartStep *step;
} Due;

static void consider(Due *due, UartPort *port, uint64_t time, UartStep *step)
{
    if (time < due->time) {
        *due = (Due){ time, port, step };
    }
}

/* A card that sleeps stands still, and the far end of its lines does not mind. */
static bool goes_on(UartPort *port)
{
    return port->card->awake || port->peer;
}

/* What happens next. Of things at one time, those of lower ports first. */
static Due next_due(UartCard *card)
{
    Due due = { .time = STUNT_UART_NEVER };

    for (unsigned i = 0; i < card->n_ends; i++) {
        UartPort *port = card->end[i];

        if (!goes_on(port)) {
            continue;
        }
        if (port->shifting) {
            consider(&due, port, port->frame_end, uart_frame_over);
        }
        consider(&due, port, port->turn_end, uart_turn_over);
        consider(&due, port, port->cts_due, uart_cts_seen);
        consider(&due, port, port->sample_due, uart_sample);
        consider(&due, port, port->late_due, uart_late);
        consider(&due, port, uart_timeout_due(port), uart_timeout);
        if (port->peer) {
            consider(&due, port, uart_peer_due_time(port->peer), uart_peer_due);
        }
    }
    return due;
}

void stunt_uart_sync(UartCard *card)
{
    uint64_t now = uart_now();
    Due due;

    uart_stretch(card, now);
    for (due = next_due(card); due.time <= now; due = next_due(card)) {
        due.step(due.port);
        uart_peers_go(card, due.time);
        uart_stretch(card, now);
    }
}

/* ---- when somebody must be woken ------------------------------------------------------------------- */

/* How many characters may go before `level`, falling from `count`, or rising to it, is reached. */
static uint32_t until_below(uint32_t count, uint32_t level)
{
    return count > level ? count - level : UINT32_MAX;
}

static uint32_t until_above(uint32_t count, uint32_t level)
{
    return count < level ? level - count : UINT32_MAX;
}

static uint32_t sender_patience(UartPort *port)
{
    uint32_t n = MIN(port->tx.count + 1, until_below(port->tx.count, uart_field(port, P_FIFO_CTRL, TX_TRIGGER)));

    return MIN(n, until_below(port->tx.count, STUNT_UART_FIFO / 2));
}

static uint32_t receiver_patience(UartPort *port)
{
    uint32_t n = until_above(port->rx.count, MAX(uart_field(port, P_FIFO_CTRL, RX_TRIGGER), 1u));

    n = MIN(n, until_above(port->rx.count, MAX(uart_field(port, P_FLOW_LEVEL, HALT), 1u)));
    n = MIN(n, until_above(port->rx.count, uart_depth(port) + 1));
    if (uart_field(port, P_DMA_CTRL, RX_ENABLE)) {
        n = MIN(n, until_above(port->rx.count, uart_store_worth(port)));
    }
    return port->xoff || !port->card->awake || (port->peer && uart_peer_listens(port->peer)) ? 1 : n;
}

static bool watched(void)
{
    return stunt_trace_watches(STUNT_EV_SERIAL_TX) || stunt_trace_watches(STUNT_EV_SERIAL_RX);
}

/* Each character may be one that an interrupt tells of at once: noise gives it a flag where there is parity. */
static bool each_counts(UartPort *port)
{
    UartPort *receiver = uart_other_end(port);

    return watched() || port->sampled ||
           (receiver && port->card->noise && uart_field(receiver, P_FORMAT, PARITY) != STUNT_UART_PARITY_NONE);
}

uint32_t uart_patience(UartPort *port)
{
    UartPort *receiver = uart_other_end(port);
    uint32_t n = each_counts(port) ? 1 : sender_patience(port);

    return receiver ? MIN(n, receiver_patience(receiver)) : n;
}

/* Moving data between FIFO and ring is seen when the indices are read, which catches up, or by who watches the bus. */
static bool rings_can_wait(UartCard *card)
{
    return !card->noise && !stunt_trace_watches(STUNT_EV_DMA_READ) && !stunt_trace_watches(STUNT_EV_DMA_WRITE);
}

/* Until nothing happens that an interrupt could tell of; a ring is emptied and filled on the way. */
static uint32_t visible_patience(UartPort *port)
{
    UartPort *receiver = uart_other_end(port);
    bool wait = rings_can_wait(port->card);
    uint32_t n;

    if (each_counts(port)) {
        return 1;
    }
    n = (wait ? uart_fetch_patience(port) : 0) ?: sender_patience(port);
    if (receiver) {
        n = MIN(n, (wait ? uart_store_patience(receiver) : 0) ?: receiver_patience(receiver));
    }
    return n;
}

static uint64_t sender_due(UartPort *port)
{
    return port->shifting ? port->frame_end + (visible_patience(port) - 1) * uart_frame(port) : STUNT_UART_NEVER;
}

/* While characters come without a gap there is no silence to wait for. */
static uint64_t silence_due(UartPort *port)
{
    UartPort *sender = uart_other_end(port);
    uint64_t due = uart_timeout_due(port);

    if (sender && sender->shifting && sender->frame_end < due) {
        return STUNT_UART_NEVER;
    }
    return due;
}

void stunt_uart_plan(UartCard *card)
{
    uint64_t due = STUNT_UART_NEVER;

    for (unsigned i = 0; i < card->n_ends; i++) {
        UartPort *port = card->end[i];

        if (!goes_on(port)) {
            continue;
        }
        due = MIN(due, sender_due(port));
        due = MIN(due, port->turn_end);
        due = MIN(due, port->cts_due);
        due = MIN(due, port->sample_due);
        due = MIN(due, port->late_due);
        due = MIN(due, silence_due(port));
        due = MIN(due, uart_moderation_due(port));
        if (port->peer) {
            due = MIN(due, uart_peer_due_time(port->peer));
        }
    }
    if (due == STUNT_UART_NEVER) {
        timer_del(&card->timer);
    } else {
        timer_mod_ns(&card->timer, DIV_ROUND_UP(due, PS_PER_NS));
    }
}
