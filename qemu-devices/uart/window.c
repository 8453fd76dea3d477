/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port as a 16550A: eight bytes that are another view of the port's own registers and FIFOs. Only what these do not
 * know is kept here. From its first write until the port is reset or P_CTRL written, the port is what a 16550A is.
 */
#include "qemu/osdep.h"
#include "uart/uart.h"
#include "stunt/regs/uart-window.h"

#define DEPTH 16u
#define BAUD_BASE 115200u /* of divisor 1: drivers expect a clock of 1.8432 MHz */
#define OVERSAMPLING 16u
#define SILENCE 4u /* characters, before what has not reached the trigger is told */
#define BAUD_MAX (STUNT_UART_P_BAUD_INT | STUNT_UART_P_BAUD_FRAC)
#define LINE_FLAGS (STUNT_UART_P_RX_BREAK | STUNT_UART_P_RX_FRAMING | STUNT_UART_P_RX_PARITY)

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };

/* Of the highest priority first. */
enum { CAUSE_LINE = 1, CAUSE_DATA = 2, CAUSE_TIMEOUT = 4, CAUSE_THRE = 8, CAUSE_MODEM = 16 };

uint32_t uart_depth(const UartPort *port)
{
    return !port->window.used ? STUNT_UART_FIFO : port->window.fifos ? DEPTH : 1;
}

/* ---- the divisor ----------------------------------------------------------------------------------- */

/* P_BAUD is to a divisor as these are to each other. */
#define CLOCK_PARTS ((uint64_t)STUNT_UART_CLOCK_VALUE << STUNT_UART_P_BAUD_INT_SHIFT)
#define BASE_PARTS ((uint64_t)OVERSAMPLING * BAUD_BASE)

static uint32_t baud_of(uint16_t divisor)
{
    return MIN((CLOCK_PARTS * divisor + BASE_PARTS / 2) / BASE_PARTS, BAUD_MAX);
}

/* What was written, as long as the extended block has not been given another. */
static uint16_t divisor(const UartPort *port)
{
    uint32_t baud = uart_reg(port, STUNT_UART_P_BAUD);

    if (port->window.used && baud_of(port->window.divisor) == baud) {
        return port->window.divisor;
    }
    return MIN((baud * BASE_PARTS + CLOCK_PARTS / 2) / CLOCK_PARTS, UINT16_MAX);
}

static void divisor_written(UartPort *port, unsigned shift, uint8_t value)
{
    port->window.divisor = (divisor(port) & ~(0xff << shift)) | value << shift;
    uart_set_reg(port, STUNT_UART_P_BAUD, baud_of(port->window.divisor));
}

/* ---- the format ------------------------------------------------------------------------------------ */

/* Even, odd; with STICK that bit's opposite, always. */
static uint32_t parity_of(uint8_t lcr)
{
    bool even = lcr & STUNT_UART_W_LCR_EVEN;

    if (!(lcr & STUNT_UART_W_LCR_PARITY)) {
        return STUNT_UART_PARITY_NONE;
    }
    if (lcr & STUNT_UART_W_LCR_STICK) {
        return even ? STUNT_UART_PARITY_SPACE : STUNT_UART_PARITY_MARK;
    }
    return even ? STUNT_UART_PARITY_EVEN : STUNT_UART_PARITY_ODD;
}

static uint32_t format_of(uint8_t lcr)
{
    uint32_t bits = 5 + (lcr & STUNT_UART_W_LCR_BITS);
    uint32_t stop = !(lcr & STUNT_UART_W_LCR_STOP) ? STUNT_UART_STOP_ONE
                    : bits == 5 ? STUNT_UART_STOP_ONE_HALF : STUNT_UART_STOP_TWO;

    return bits | parity_of(lcr) << STUNT_UART_P_FORMAT_PARITY_SHIFT | stop << STUNT_UART_P_FORMAT_STOP_SHIFT |
           (lcr & STUNT_UART_W_LCR_BREAK ? STUNT_UART_P_FORMAT_BREAK : 0);
}

/* The LCR of a format that the extended block has set: the nearest one. */
static uint8_t lcr_of(UartPort *port)
{
    static const uint8_t parity[] = {
        [STUNT_UART_PARITY_NONE] = 0,
        [STUNT_UART_PARITY_ODD] = STUNT_UART_W_LCR_PARITY,
        [STUNT_UART_PARITY_EVEN] = STUNT_UART_W_LCR_PARITY | STUNT_UART_W_LCR_EVEN,
        [STUNT_UART_PARITY_MARK] = STUNT_UART_W_LCR_PARITY | STUNT_UART_W_LCR_STICK,
        [STUNT_UART_PARITY_SPACE] = STUNT_UART_W_LCR_PARITY | STUNT_UART_W_LCR_STICK | STUNT_UART_W_LCR_EVEN,
    };
    uint32_t kind = MIN(uart_field(port, P_FORMAT, PARITY), (uint32_t)STUNT_UART_PARITY_SPACE);

    return (MIN(uart_data_bits(port), 8u) - 5) | parity[kind] |
           (uart_field(port, P_FORMAT, STOP) ? STUNT_UART_W_LCR_STOP : 0) |
           (uart_field(port, P_FORMAT, BREAK) ? STUNT_UART_W_LCR_BREAK : 0);
}

static uint8_t lcr(UartPort *port)
{
    if (port->window.used && format_of(port->window.lcr) == uart_reg(port, STUNT_UART_P_FORMAT)) {
        return port->window.lcr;
    }
    return lcr_of(port) | (port->window.lcr & STUNT_UART_W_LCR_DLAB);
}

static void lcr_written(UartPort *port, uint8_t value)
{
    port->window.lcr = value;
    uart_set_reg(port, STUNT_UART_P_FORMAT, format_of(value));
    uart_break_written(port, uart_now());
}

/* ---- status ---------------------------------------------------------------------------------------- */

static uint8_t errors_of(uint32_t entry)
{
    uint8_t errors = entry & STUNT_UART_P_RX_PARITY ? STUNT_UART_W_LSR_PE : 0;

    if (entry & (STUNT_UART_P_RX_FRAMING | STUNT_UART_P_RX_BREAK)) {
        errors |= STUNT_UART_W_LSR_FE; /* a break has no stop bit either */
    }
    return errors | (entry & STUNT_UART_P_RX_BREAK ? STUNT_UART_W_LSR_BI : 0);
}

/* Errors that LSR has not told of yet: overrun, and those of the characters that are or were the first of the FIFO. */
static uint8_t line_errors(const UartPort *port)
{
    bool fresh = port->rx.count && !port->window.head_told;

    return port->window.errors | (fresh ? errors_of(uart_fifo_at(&port->rx, 0)) : 0);
}

static bool has_error_in_fifo(const UartPort *port)
{
    if (line_errors(port) & ~STUNT_UART_W_LSR_OE) {
        return true;
    }
    for (uint32_t i = 1; i < port->rx.count; i++) {
        if (uart_fifo_at(&port->rx, i) & LINE_FLAGS) {
            return true;
        }
    }
    return false;
}

static uint8_t lsr(const UartPort *port)
{
    uint8_t value = line_errors(port) | (port->rx.count ? STUNT_UART_W_LSR_DR : 0);

    if (!port->tx.count) {
        value |= STUNT_UART_W_LSR_THRE;
        value |= port->shifting || port->xchar_full ? 0 : STUNT_UART_W_LSR_TEMT;
    }
    return value | (port->window.fifos && has_error_in_fifo(port) ? STUNT_UART_W_LSR_FIFO_ERROR : 0);
}

static uint8_t msr(const UartPort *port)
{
    return port->seen << STUNT_UART_W_MSR_CTS_SHIFT | port->window.delta;
}

static uint8_t mcr(UartPort *port)
{
    return (uart_field(port, P_MODEM_CTRL, DTR) ? STUNT_UART_W_MCR_DTR : 0) |
           (uart_field(port, P_MODEM_CTRL, RTS) ? STUNT_UART_W_MCR_RTS : 0) | port->window.outs |
           (uart_field(port, P_CTRL, LOOP) ? STUNT_UART_W_MCR_LOOP : 0);
}

static void mcr_written(UartPort *port, uint8_t value)
{
    uint64_t now = uart_now();

    port->window.outs = value & (STUNT_UART_W_MCR_OUT1 | STUNT_UART_W_MCR_OUT2);
    uart_set_reg(port, STUNT_UART_P_MODEM_CTRL,
                 (value & STUNT_UART_W_MCR_DTR ? STUNT_UART_P_MODEM_CTRL_DTR : 0) |
                     (value & STUNT_UART_W_MCR_RTS ? STUNT_UART_P_MODEM_CTRL_RTS : 0));
    uart_set_loop(port, value & STUNT_UART_W_MCR_LOOP, now);
    uart_look(port, now);
}

/* ---- interrupts ------------------------------------------------------------------------------------ */

uint32_t uart_window_causes(UartPort *port)
{
    const UartWindow *window = &port->window;
    uint32_t causes = 0;

    if (port->card->gated && !(window->outs & STUNT_UART_W_MCR_OUT2)) {
        return 0;
    }
    if (window->ier & STUNT_UART_W_IER_LINE) {
        causes |= line_errors(port) ? CAUSE_LINE : 0;
    }
    if (window->ier & STUNT_UART_W_IER_DATA) {
        causes |= port->rx.count >= MAX(uart_field(port, P_FIFO_CTRL, RX_TRIGGER), 1u) ? CAUSE_DATA : 0;
        causes |= window->timeout ? CAUSE_TIMEOUT : 0;
    }
    if (window->ier & STUNT_UART_W_IER_THRE) {
        causes |= window->thre ? CAUSE_THRE : 0;
    }
    if (window->ier & STUNT_UART_W_IER_MODEM) {
        causes |= window->delta ? CAUSE_MODEM : 0;
    }
    return causes;
}

static uint8_t iir(UartPort *port)
{
    static const uint8_t id[] = {
        STUNT_UART_W_IIR_CAUSE_LINE, STUNT_UART_W_IIR_CAUSE_DATA, STUNT_UART_W_IIR_CAUSE_TIMEOUT,
        STUNT_UART_W_IIR_CAUSE_THRE, STUNT_UART_W_IIR_CAUSE_MODEM,
    };
    uint32_t causes = uart_window_causes(port);

    return (causes ? id[ctz32(causes)] : STUNT_UART_W_IIR_CAUSE_NOTHING) |
           (port->window.fifos ? STUNT_UART_W_IIR_FIFO : 0);
}

/* An empty transmitter is told to who begins to listen. */
static void ier_written(UartPort *port, uint8_t value)
{
    if (value & ~port->window.ier & STUNT_UART_W_IER_THRE) {
        port->window.thre |= port->tx.count == 0;
    }
    port->window.ier = value & (STUNT_UART_W_IER_DATA | STUNT_UART_W_IER_THRE | STUNT_UART_W_IER_LINE |
                                STUNT_UART_W_IER_MODEM);
}

/* ---- data ------------------------------------------------------------------------------------------ */

void uart_window_popped(UartPort *port, uint32_t entry)
{
    UartWindow *window = &port->window;

    if (!window->used) {
        return;
    }
    window->errors |= window->head_told ? 0 : errors_of(entry);
    window->head_told = false;
    window->timeout = false;
    window->last_read = uart_now();
    port->timed = true;
}

bool uart_window_replaces(UartPort *port)
{
    if (!port->window.used || port->window.fifos) {
        return false;
    }
    uart_window_popped(port, uart_fifo_pop(&port->rx));
    return true;
}

uint64_t uart_window_timeout_due(UartPort *port)
{
    if (!port->timed || !port->window.fifos || !port->rx.count) {
        return STUNT_UART_NEVER;
    }
    return MAX(port->last_rx, port->window.last_read) + SILENCE * uart_frame(port);
}

/* What a full FIFO has no room for is lost, and nobody is told: drivers find out its depth so. */
static void data_written(UartPort *port, uint8_t value)
{
    port->window.thre = false;
    if (port->tx.count < uart_depth(port)) {
        uart_fifo_push(&port->tx, value);
    }
}

static void clear_rx(UartPort *port)
{
    port->rx.count = 0;
    port->window.head_told = port->window.timeout = false;
}

static void clear_tx(UartPort *port)
{
    port->window.thre |= port->tx.count != 0;
    port->tx.count = 0;
}

static void fcr_written(UartPort *port, uint8_t value)
{
    static const uint8_t trigger[] = { 1, 4, 8, 14 };
    bool on = value & STUNT_UART_W_IIR_FCR_ENABLE, turned = on != port->window.fifos;

    if (turned || (on && (value & STUNT_UART_W_IIR_FCR_CLEAR_RX))) {
        clear_rx(port);
    }
    if (turned || (on && (value & STUNT_UART_W_IIR_FCR_CLEAR_TX))) {
        clear_tx(port);
    }
    port->window.fifos = on;
    uart_set_reg(port, STUNT_UART_P_FIFO_CTRL, on ? trigger[value >> STUNT_UART_W_IIR_FCR_TRIGGER_SHIFT & 3] : 1);
}

/* ---- accesses -------------------------------------------------------------------------------------- */

static uint8_t look(UartPort *port, unsigned at)
{
    bool dlab = port->window.lcr & STUNT_UART_W_LCR_DLAB;

    switch (at) {
    case DATA:
        return dlab ? divisor(port) : port->rx.count ? uart_fifo_at(&port->rx, 0) : 0;
    case IER:
        return dlab ? divisor(port) >> 8 : port->window.ier;
    case IIR:
        return iir(port);
    case LCR:
        return lcr(port);
    case MCR:
        return mcr(port);
    case LSR:
        return lsr(port);
    case MSR:
        return msr(port);
    default:
        return port->window.scratch;
    }
}

/* What a read takes back. */
static void was_read(UartPort *port, unsigned at, uint8_t value)
{
    switch (at) {
    case DATA:
        if (!(port->window.lcr & STUNT_UART_W_LCR_DLAB)) {
            uart_pop(port);
        }
        break;
    case IIR:
        if ((value & STUNT_UART_W_IIR_CAUSE) == STUNT_UART_W_IIR_CAUSE_THRE) {
            port->window.thre = false;
        }
        break;
    case LSR:
        port->window.errors = 0;
        port->window.head_told = port->rx.count != 0;
        break;
    case MSR:
        port->window.delta = 0;
        break;
    }
}

uint8_t uart_window_read(UartPort *port, unsigned at, bool peek)
{
    UartCard *card = port->card;
    uint8_t value;

    if (port->index >= card->n_ports) {
        return UINT8_MAX;
    }
    if (peek) {
        return look(port, at);
    }
    stunt_uart_sync(card);
    uart_tell(port);
    value = look(port, at);
    if (port->window.used) {
        was_read(port, at, value);
    }
    stunt_uart_signal(card);
    return value;
}

/* Whatever the extended block was used for ends here. */
static void begin(UartPort *port)
{
    uart_port_reset(port);
    port->window = (UartWindow){ .used = true, .divisor = divisor(port), .lcr = lcr_of(port) };
    uart_set_reg(port, STUNT_UART_P_CTRL, STUNT_UART_P_CTRL_ENABLE);
}

static void write_byte(UartPort *port, unsigned at, uint8_t value)
{
    bool dlab = port->window.lcr & STUNT_UART_W_LCR_DLAB;

    switch (at) {
    case DATA:
        dlab ? divisor_written(port, 0, value) : data_written(port, value);
        break;
    case IER:
        dlab ? divisor_written(port, 8, value) : ier_written(port, value);
        break;
    case IIR:
        fcr_written(port, value);
        break;
    case LCR:
        lcr_written(port, value);
        break;
    case MCR:
        mcr_written(port, value);
        break;
    case SCR:
        port->window.scratch = value;
        break;
    }
}

void uart_window_written(UartPort *port, unsigned at, uint8_t value)
{
    UartCard *card = port->card;

    if (port->index >= card->n_ports) {
        return;
    }
    stunt_uart_sync(card);
    uart_tell(port);
    if (!port->window.used) {
        begin(port);
    }
    write_byte(port, at, value);
    uart_settle(port);
    stunt_uart_signal(card);
}
