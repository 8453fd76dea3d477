/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most characters of a long transfer change nothing but the two FIFOs. Those that come before the next thing that is
 * more than that, at any port of the card, are moved together; what they leave behind is what they would leave
 * behind one by one.
 */
#include "qemu/osdep.h"
#include "uart/uart.h"

/* The next character follows as soon as this one is over. */
static bool sends_on(UartPort *port)
{
    return port->shifting && !port->sampled && !port->window.used && !port->xchar_full && uart_field(port, P_CTRL, ENABLE) &&
           !uart_field(port, P_FORMAT, BREAK) && !uart_is_held(port);
}

/* What arrives goes into the FIFO as it is. */
static bool takes_all(UartPort *port)
{
    return !port->window.used && uart_field(port, P_CTRL, ENABLE) && !uart_field(port, P_RS485, ENABLE) &&
           !uart_field(port, P_MULTIDROP, ENABLE) && !uart_field(port, P_FLOW, OBEY_XOFF) && !port->lost &&
           port->late_due == STUNT_UART_NEVER && !port->told_rx.flags;
}

/* A peer looks at what comes, and sends as its script goes on. */
static bool is_plain(UartPort *port)
{
    UartPort *receiver = uart_other_end(port);

    return receiver && port->card->awake && !port->card->noise && !port->peer && !receiver->peer && sends_on(port) &&
           takes_all(receiver);
}

/* RX_TIMEOUT does not come between two characters of its sender. */
static uint64_t timeout_due(UartPort *port)
{
    UartPort *sender = uart_other_end(port);
    uint64_t due = uart_timeout_due(port);

    if (due != STUNT_UART_NEVER && sender && sender->shifting && sender->frame_end < due &&
        uart_frame(sender) < due - port->last_rx) {
        return STUNT_UART_NEVER;
    }
    return due;
}

/* Until then no port does anything but send plain characters. */
static uint64_t plain_until(UartPort *port, bool plain)
{
    uint64_t until = MIN(MIN(port->turn_end, port->cts_due), MIN(port->sample_due, port->late_due));

    until = MIN(until, timeout_due(port));
    if (port->peer) {
        until = MIN(until, uart_peer_due_time(port->peer));
    }
    if (port->shifting) {
        uint32_t n = plain ? uart_patience(port) : 1;

        until = MIN(until, port->frame_end + (n - 1) * uart_frame(port));
    }
    return until;
}

static void count(UartTold *told, uint32_t value, uint32_t n, uint64_t end)
{
    if (!told->count) {
        told->value = value;
    }
    told->count += n;
    told->end = end;
}

/* Those that are over before that time. */
static void send_plain(UartPort *port, uint64_t until)
{
    const uint32_t bits = STUNT_UART_P_TX_ADDRESS | uart_data_mask(port);
    UartPort *receiver = uart_other_end(port);
    uint64_t frame = uart_frame(port);
    uint32_t first = port->shift, n = 0;

    while (port->frame_end + n * frame < until && !(port->shift & STUNT_UART_P_TX_ADDRESS)) {
        uart_fifo_push(&receiver->rx, port->shift & bits);
        port->shift = uart_fifo_pop(&port->tx);
        n++;
    }
    if (n) {
        receiver->last_rx = port->frame_end + (n - 1) * frame;
        receiver->timed = true;
        count(&port->told_tx, first & STUNT_UART_P_TX_DATA, n, receiver->last_rx);
        count(&receiver->told_rx, first & bits, n, receiver->last_rx);
        port->frame_end += n * frame;
    }
}

void uart_stretch(UartCard *card, uint64_t now)
{
    uint64_t until = now + 1;
    bool plain[2 * STUNT_UART_PORTS], any = false;

    for (unsigned i = 0; i < card->n_ends; i++) {
        plain[i] = is_plain(card->end[i]);
        any |= plain[i];
    }
    for (unsigned i = 0; any && i < card->n_ends; i++) {
        until = MIN(until, plain_until(card->end[i], plain[i]));
    }
    for (unsigned i = 0; any && i < card->n_ends; i++) {
        if (plain[i]) {
            send_plain(card->end[i], until);
        }
    }
}
