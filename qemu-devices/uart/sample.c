/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A receiver takes a falling edge for a start bit and looks at the line in the middle of each bit that it expects, by
 * its own clock. Where both ends are set alike that gives what was sent, so only where they are not, and for
 * breaks, it is done.
 */
#include "qemu/osdep.h"
#include "uart/uart.h"

static bool has_multidrop(UartPort *port)
{
    return uart_field(port, P_MULTIDROP, ENABLE);
}

static unsigned parity_of(UartPort *port, uint32_t data)
{
    unsigned odd = ctpop32(data) & 1;

    switch (uart_field(port, P_FORMAT, PARITY)) {
    case STUNT_UART_PARITY_ODD:
        return !odd;
    case STUNT_UART_PARITY_EVEN:
        return odd;
    default:
        return uart_field(port, P_FORMAT, PARITY) == STUNT_UART_PARITY_MARK;
    }
}

/* Bits of a character without its stop bits. */
static unsigned frame_bits(UartPort *port)
{
    return 1 + uart_data_bits(port) +
           (has_multidrop(port) || uart_field(port, P_FORMAT, PARITY) != STUNT_UART_PARITY_NONE);
}

uint32_t uart_levels(UartPort *port, uint32_t entry, unsigned *ret_bits)
{
    uint32_t data = entry & uart_data_mask(port);
    unsigned n = frame_bits(port);
    uint32_t levels = data << 1;

    if (has_multidrop(port)) {
        levels |= (uint32_t)!!(entry & STUNT_UART_P_TX_ADDRESS) << (n - 1);
    } else if (n > 1 + uart_data_bits(port)) {
        levels |= parity_of(port, data) << (n - 1);
    }
    *ret_bits = n;
    levels |= ~((1u << n) - 1);
    if (entry & STUNT_UART_P_RX_PARITY && n > 1 + uart_data_bits(port)) {
        levels ^= 1u << (n - 1);
    }
    return entry & STUNT_UART_P_RX_FRAMING ? levels & ~(1u << n) : levels;
}

/* Within two percent: the last bit is still hit. */
bool uart_matches(UartPort *sender, UartPort *receiver)
{
    const uint32_t format = STUNT_UART_P_FORMAT_BITS | STUNT_UART_P_FORMAT_PARITY;
    uint64_t a = uart_bit(sender), b = uart_bit(receiver);

    return ((uart_reg(sender, STUNT_UART_P_FORMAT) ^ uart_reg(receiver, STUNT_UART_P_FORMAT)) & format) == 0 &&
           has_multidrop(sender) == has_multidrop(receiver) && (a > b ? a - b : b - a) <= a / 50 &&
           receiver->sample_due == STUNT_UART_NEVER && !receiver->in_break;
}

static unsigned level_in(const UartSegment *segment, uint64_t time)
{
    uint64_t bit = (time - segment->start) / segment->bit;

    return segment->bits == 0 ? 0 : bit > 31 ? 1 : segment->bits >> bit & 1;
}

static unsigned level_at(const UartPort *port, uint64_t time)
{
    for (uint32_t i = 0; i < port->n_segments; i++) {
        if (time >= port->segment[i].start && time < port->segment[i].end) {
            return level_in(&port->segment[i], time);
        }
    }
    return 1;
}

/* The first falling edge from a time on, NEVER if none is known. */
static uint64_t fall_in(const UartPort *port, const UartSegment *segment, uint64_t from)
{
    for (unsigned bit = 0; bit < 12; bit++) {
        uint64_t edge = segment->start + bit * segment->bit;

        if (edge >= segment->end) {
            break;
        }
        if (edge >= from && level_in(segment, edge) == 0 && (edge == 0 || level_at(port, edge - 1) == 1)) {
            return edge;
        }
    }
    return STUNT_UART_NEVER;
}

static void hunt(UartPort *port, uint64_t from)
{
    uint64_t fall = STUNT_UART_NEVER;

    for (uint32_t i = 0; i < port->n_segments; i++) {
        fall = MIN(fall, fall_in(port, &port->segment[i], from));
    }
    port->fall = fall;
    port->sample_due = STUNT_UART_NEVER;
    if (fall != STUNT_UART_NEVER) {
        port->sample_due = fall + (2 * frame_bits(port) + 1) * uart_bit(port) / 2;
    }
}

void uart_segment(UartPort *receiver, UartSegment segment)
{
    if (receiver->n_segments == STUNT_UART_SEGMENTS) {
        memmove(&receiver->segment[0], &receiver->segment[1], (STUNT_UART_SEGMENTS - 1) * sizeof(segment));
        receiver->n_segments--;
    }
    receiver->segment[receiver->n_segments++] = segment;
    if (receiver->sample_due == STUNT_UART_NEVER) {
        hunt(receiver, segment.start);
    }
}

void uart_segment_end(UartPort *receiver, uint64_t time)
{
    if (receiver->n_segments) {
        receiver->segment[receiver->n_segments - 1].end = time;
    }
    if (receiver->in_break) {
        receiver->in_break = false;
        uart_cause(receiver, STUNT_UART_P_INT_STATUS_BREAK_END);
    }
}

static uint32_t judge(UartPort *port, uint32_t levels)
{
    unsigned n = frame_bits(port), bits = uart_data_bits(port);
    uint32_t data = levels >> 1 & uart_data_mask(port);
    uint32_t entry = data;
    bool stop = levels >> n & 1, ninth = n > 1 + bits && (levels >> (n - 1) & 1);

    if (!stop && !ninth && data == 0) {
        return STUNT_UART_P_RX_BREAK;
    }
    if (has_multidrop(port)) {
        entry |= ninth ? STUNT_UART_P_RX_ADDRESS : 0;
    } else if (n > 1 + bits && ninth != parity_of(port, data)) {
        entry |= STUNT_UART_P_RX_PARITY;
    }
    return stop ? entry : entry | STUNT_UART_P_RX_FRAMING;
}

void uart_sample(UartPort *port)
{
    uint64_t bit = uart_bit(port), time = port->sample_due;
    uint32_t levels = 0, entry;

    for (unsigned i = 0; i <= frame_bits(port); i++) {
        levels |= level_at(port, port->fall + (2 * i + 1) * bit / 2) << i;
    }
    hunt(port, time);
    if (levels & 1) { /* no start bit: it was too short to be one */
        return;
    }
    entry = judge(port, levels);
    port->in_break = entry & STUNT_UART_P_RX_BREAK && level_at(port, time) == 0;
    uart_receive(port, entry, time);
}
