/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modem lines. A wire crosses them over: RTS is the other's CTS, DTR its DSR and DCD. */
#include "qemu/osdep.h"
#include "uart/uart.h"

bool uart_is_held(UartPort *port)
{
    uint32_t flow = uart_reg(port, STUNT_UART_P_FLOW);

    return ((flow & STUNT_UART_P_FLOW_AUTO_CTS) && !(port->seen & STUNT_UART_INPUT_CTS)) ||
           ((flow & STUNT_UART_P_FLOW_OBEY_XOFF) && port->xoff);
}

static bool wanted_rts(UartPort *port)
{
    uint32_t rs485 = uart_reg(port, STUNT_UART_P_RS485);

    if (rs485 & STUNT_UART_P_RS485_ENABLE) {
        return rs485 & (port->turn == UART_TURN_IDLE ? STUNT_UART_P_RS485_RTS_AFTER_SEND
                                                     : STUNT_UART_P_RS485_RTS_ON_SEND);
    }
    return uart_field(port, P_MODEM_CTRL, RTS) && !(uart_field(port, P_FLOW, AUTO_RTS) && port->holds);
}

bool uart_tell_line(UartPort *port, unsigned line, bool level)
{
    const struct stunt_rule *rule =
        stunt_event(port->card->trace_id, STUNT_EV_SERIAL_LINE, port->index, line, level);

    return !stunt_rule_is(rule, STUNT_ACT_DROP);
}

static bool drive_line(UartPort *port, unsigned line, bool *now, bool wanted)
{
    if (*now == wanted || !uart_tell_line(port, line, wanted)) {
        return false;
    }
    *now = wanted;
    return true;
}

void uart_drive(UartPort *port, uint64_t time)
{
    bool rts = drive_line(port, STUNT_UART_LINE_RTS, &port->rts, wanted_rts(port));
    bool dtr = drive_line(port, STUNT_UART_LINE_DTR, &port->dtr, uart_field(port, P_MODEM_CTRL, DTR));

    if (!rts && !dtr) {
        return;
    }
    if (port->wire) {
        uart_look(port->wire, time);
    }
    if (uart_field(port, P_CTRL, LOOP)) {
        uart_look(port, time);
    }
}

static uint32_t inputs_of(UartPort *port)
{
    UartPort *from = uart_other_end(port);
    uint32_t inputs = 0;

    if (!from) {
        return port->wire ? 0 : port->inputs; /* in loopback the other end drives nothing */
    }
    if (from == port) {
        inputs = port->window.outs & (STUNT_UART_INPUT_RI | STUNT_UART_INPUT_DCD);
    }
    if (from->rts) {
        inputs |= STUNT_UART_INPUT_CTS;
    }
    if (from->dtr) {
        inputs |= STUNT_UART_INPUT_DSR | (from == port || from->peer ? 0 : STUNT_UART_INPUT_DCD);
    }
    return from->peer && from != port ? inputs | uart_peer_extra_inputs(from->peer) : inputs;
}

static uint32_t count_change(uint32_t counts, uint32_t field)
{
    uint32_t one = field & -field;

    return (counts & ~field) | ((counts + one) & field);
}

void uart_cts_seen(UartPort *port)
{
    uint64_t time = port->cts_due;

    port->cts_due = STUNT_UART_NEVER;
    uart_kick(port, time);
}

void uart_look(UartPort *port, uint64_t time)
{
    static const struct {
        uint32_t input, status, count;
    } lines[] = {
        { STUNT_UART_INPUT_CTS, STUNT_UART_P_MODEM_STATUS_CTS, STUNT_UART_P_MODEM_COUNT_CTS },
        { STUNT_UART_INPUT_DSR, STUNT_UART_P_MODEM_STATUS_DSR, STUNT_UART_P_MODEM_COUNT_DSR },
        { STUNT_UART_INPUT_RI, STUNT_UART_P_MODEM_STATUS_RI, STUNT_UART_P_MODEM_COUNT_RI },
        { STUNT_UART_INPUT_DCD, STUNT_UART_P_MODEM_STATUS_DCD, STUNT_UART_P_MODEM_COUNT_DCD },
    };
    uint32_t now = inputs_of(port), changed = now ^ port->seen;
    uint32_t counts = uart_reg(port, STUNT_UART_P_MODEM_COUNT), status = 0;

    port->seen = now;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        status |= now & lines[i].input ? lines[i].status : 0;
        if (changed & lines[i].input && !(lines[i].input == STUNT_UART_INPUT_RI && (now & STUNT_UART_INPUT_RI))) {
            counts = count_change(counts, lines[i].count);
            port->window.delta |= lines[i].input;
        }
    }
    uart_set_reg(port, STUNT_UART_P_MODEM_STATUS, status);
    if (counts != uart_reg(port, STUNT_UART_P_MODEM_COUNT)) {
        uart_set_reg(port, STUNT_UART_P_MODEM_COUNT, counts);
        uart_cause(port, STUNT_UART_P_INT_STATUS_MODEM);
    }
    if (changed) {
        uart_wake(port, STUNT_UART_P_WAKE_MODEM);
    }
    if (changed & STUNT_UART_INPUT_CTS) {
        port->cts_due = MIN(port->cts_due, time + uart_bit(port));
    }
}
