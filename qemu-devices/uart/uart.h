/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt-uart: a PCIe serial card with up to eight ports. Theory: docs/devices/uart.md.
 *
 * pci.c      the PCIe function; on the ISA bus: uartisa/isa.c
 * card.c     the card whatever it is plugged into: ports, wires, noise, reset, power
 * regs.c     what register accesses do; interrupts
 * time.c     the order of things: which port does what next, and when somebody must be woken for it
 * stretch.c  characters that only go from one FIFO to another, many at once
 * send.c     the transmitter: characters, breaks, RS-485
 * receive.c  the receiver: FIFO, flags, time-out
 * sample.c   what a receiver makes of a line that is not set as it is, bit by bit
 * lines.c    modem lines and flow control
 * rings.c    moving data between FIFOs and guest memory
 * peer.h     the far end of a line
 * window.c   the port as a 16550A
 * vmstate.c  what a snapshot keeps
 *
 * Nothing happens character by character unless somebody could see it: stunt_uart_sync() catches up with what has
 * been sent meanwhile, in the order of its times, before any access and whenever an interrupt could be due.
 */
#ifndef STUNT_UART_DEVICE_H
#define STUNT_UART_DEVICE_H

#include "core/dma.h"
#include "stunt/regs/uart.h"

#define TYPE_STUNT_UART "stunt-uart"
OBJECT_DECLARE_SIMPLE_TYPE(StuntUart, STUNT_UART)

extern const struct stunt_device_spec stunt_uart_spec;

#define STUNT_UART_PORTS STUNT_UART_P_CTRL_COUNT
#define STUNT_UART_FIFO 256u
#define STUNT_UART_NEVER UINT64_MAX
#define STUNT_UART_SEGMENTS 8u

/* All times are picoseconds of virtual time: a bit at 12 Mbaud has no whole number of nanoseconds. */
#define PS_PER_NS UINT64_C(1000)
#define PS_PER_US UINT64_C(1000000)

typedef struct UartFifo {
    uint32_t entry[STUNT_UART_FIFO];
    uint32_t head, count;
} UartFifo;

/* A stretch of a line: a character, or a break that goes on until its end is known. */
typedef struct UartSegment {
    uint64_t start, end, bit;
    uint32_t bits; /* levels, the start bit lowest */
} UartSegment;

typedef enum UartTurn {
    UART_TURN_IDLE,
    UART_TURN_BEFORE, /* RTS is on, the first start bit waits */
    UART_TURN_SENDING,
    UART_TURN_AFTER, /* the last stop bit is over, RTS stays on for a while */
} UartTurn;

/* Characters that one event will tell of. */
typedef struct UartTold {
    uint32_t value, flags, count;
    uint64_t end;
} UartTold;

/* What a 16550A has that the port has not. */
typedef struct UartWindow {
    bool used; /* the port is a 16550A, until it is reset or P_CTRL written */
    bool fifos;
    uint8_t ier, lcr, outs, scratch; /* outs: OUT1 and OUT2 of MCR, in their places */
    uint16_t divisor;
    uint8_t errors;     /* of LSR, not read yet */
    bool head_told;     /* those of the first character of the FIFO were */
    uint8_t delta;      /* of MSR */
    bool thre, timeout; /* interrupts that IIR, and a character, take back */
    uint64_t last_read; /* when a character was taken last */
} UartWindow;

typedef struct UartCard UartCard;
typedef struct UartPort UartPort;
typedef struct UartPeer UartPeer;

struct UartPort {
    UartCard *card;
    unsigned index;
    struct stunt_regs *regs; /* where its registers are, as element `element` */
    unsigned element;
    UartPort *wire; /* the port at the other end, NULL: none */
    UartPeer *peer; /* whose end it is, NULL: it is one of the card's own */

    /* transmitter */
    UartFifo tx;
    bool shifting; /* a character is on the line, until frame_end */
    bool sampled;  /* the receiver looks at its bits, for it is set otherwise */
    uint32_t shift;
    uint64_t frame_end;
    bool breaking;
    bool xchar_full;
    uint8_t xchar;
    bool xoff;     /* held by a received XOFF */
    bool was_busy; /* TX_IDLE is due when it ends */
    uint32_t turn; /* UartTurn */
    uint64_t turn_end;
    uint64_t cts_due; /* CTS has changed, and that is when it counts */

    /* receiver */
    UartFifo rx;
    bool lost;        /* the next character has the flag OVERRUN */
    bool timed;       /* RX_TIMEOUT is due after silence */
    uint32_t late;    /* a character that a fault holds up, */
    uint64_t late_due; /* until then, or the next one */
    uint64_t last_rx; /* when the last character ended */
    bool holds;       /* the other end is held */
    bool deaf;        /* multidrop: the last address was another's */
    bool in_break;
    uint64_t sample_due; /* the character under the sampler is complete */
    uint64_t fall;       /* and this is where it began */
    UartSegment segment[STUNT_UART_SEGMENTS];
    uint32_t n_segments;

    /* lines */
    uint32_t inputs; /* STUNT_UART_INPUT_*: of a port without wire */
    uint32_t seen;   /* likewise: as they are */
    bool rts, dtr;   /* as it drives them */

    /* rings */
    uint32_t announced; /* P_RX_HEAD when RX_DMA was raised last */
    uint8_t tx_stopped, rx_stopped; /* STUNT_UART_STOPPED_* */

    UartWindow window;

    uint32_t conditions; /* causes whose condition holds */
    uint32_t fresh;      /* causes that are new, until stunt_uart_signal(); always 0 between events */
    bool raised;
    uint64_t quiet_until; /* the port does not signal before */
    bool held_back;       /* though it has something to signal */
    UartTold told_tx, told_rx; /* what the next events tell of */
};

/* What the card asks of where it is plugged in. */
typedef struct UartBus {
    void (*set_irq)(UartCard *card, unsigned port, bool on);
    void (*misuse)(UartCard *card, unsigned kind, uint64_t arg0, uint64_t arg1);
} UartBus;

struct UartCard {
    DeviceState *dev;
    const UartBus *bus;
    StuntPCI *pci; /* NULL: there is no way to guest memory, and so no ring */
    struct stunt_regs *regs;
    int trace_id;

    uint32_t n_ports;
    char *wires;
    uint32_t noise; /* characters of a million that lose a bit on their way */
    uint64_t random;
    bool awake;
    bool gated; /* OUT2 lets interrupts through, as on a PC's serial board */
    QEMUTimer timer;
    UartPort port[STUNT_UART_PORTS];
    UartPeer *peer[STUNT_UART_PORTS]; /* of each port, there or not */
    UartPort *end[2 * STUNT_UART_PORTS]; /* ends of lines that there are: the ports, then the peers */
    unsigned n_ends;
};

struct StuntUart {
    StuntPCI parent_obj;
    UartCard card;
};

static inline uint32_t uart_reg(const UartPort *port, uint32_t offset)
{
    return stunt_regs_get(port->regs, offset, port->element);
}

static inline void uart_set_reg(UartPort *port, uint32_t offset, uint32_t value)
{
    stunt_regs_set(port->regs, offset, port->element, value);
}

/* A field of a port's register: uart_field(port, P_FORMAT, BITS). */
#define uart_field(port, reg, field) \
    ((uart_reg(port, STUNT_UART_##reg) & STUNT_UART_##reg##_##field) >> STUNT_UART_##reg##_##field##_SHIFT)

/* The data bits of a character: what no line has is the nearest that one can have. */
static inline uint32_t uart_data_bits(UartPort *port)
{
    return MIN(MAX(uart_field(port, P_FORMAT, BITS), 5u), 9u);
}

static inline uint32_t uart_data_mask(UartPort *port)
{
    return (1u << uart_data_bits(port)) - 1;
}

/* fifo: the oldest is entry 0 */
static inline uint32_t uart_fifo_at(const UartFifo *fifo, uint32_t i)
{
    return fifo->entry[(fifo->head + i) % STUNT_UART_FIFO];
}

static inline bool uart_fifo_push(UartFifo *fifo, uint32_t entry)
{
    if (fifo->count == STUNT_UART_FIFO) {
        return false;
    }
    fifo->entry[(fifo->head + fifo->count++) % STUNT_UART_FIFO] = entry;
    return true;
}

static inline uint32_t uart_fifo_pop(UartFifo *fifo)
{
    uint32_t entry = fifo->entry[fifo->head];

    fifo->head = (fifo->head + 1) % STUNT_UART_FIFO;
    fifo->count--;
    return entry;
}

/* Anything that stops a ring. */
#define UART_RX_FLAGS                                                                                            \
    (STUNT_UART_P_RX_BREAK | STUNT_UART_P_RX_FRAMING | STUNT_UART_P_RX_PARITY | STUNT_UART_P_RX_OVERRUN |         \
     STUNT_UART_P_RX_ADDRESS)

/* card.c */
/* regs: of the spec, where all of it keeps its values; where nobody reaches them, ports are used through the window. */
void uart_card_init(UartCard *card, DeviceState *dev, const UartBus *bus, struct stunt_regs *regs);
/* Frees what the card has allocated. */
void uart_card_clear(UartCard *card);
/* Number of ports, their wires and peers as the properties want them, or what is wrong with these. */
bool uart_card_realize(UartCard *card, int trace_id, Error **errp);
void uart_card_show(UartCard *card);
void uart_card_reset(UartCard *card, bool awake);
/* It fell asleep or woke up. */
void uart_card_power_changed(UartCard *card, bool awake);
/* Around a callback that is no register access: everything up to now has happened, and what comes of it is told. */
void uart_card_enter(UartCard *card);
void uart_card_leave(UartCard *card);
/* Something that may wake the card, if it sleeps: a bit of P_WAKE. */
void uart_wake(UartPort *port, uint32_t what);

/* regs.c */
uint32_t stunt_uart_reg_read(StuntPCI *dev, const struct stunt_reg_access *access);
void stunt_uart_reg_written(StuntPCI *dev, const struct stunt_reg_access *access);
/* Notes causes of P_INT_STATUS. */
void uart_cause(UartPort *port, uint32_t bits);
/* A condition holds, or no more: it is a cause when it begins to. */
void uart_condition(UartPort *port, uint32_t bit, bool holds);
/* When it signals what was held back. */
uint64_t uart_moderation_due(const UartPort *port);
/* Everything of it but registers goes to its start. */
void stunt_uart_clear_port(UartPort *port);
/* Interrupts as the causes want them, events of what went over the lines. The last act of everything. */
void stunt_uart_signal(UartCard *card);

/* The registers of the port, too. */
void uart_port_reset(UartPort *port);
/* After something of it was written: what comes of that now. */
void uart_settle(UartPort *port);

/* time.c */
uint64_t uart_now(void);
/* Everything up to now has happened. */
void stunt_uart_sync(UartCard *card);
/* The timer is set to when somebody must be woken next. */
void stunt_uart_plan(UartCard *card);
/* How many characters this port may send until a FIFO's level, at either end, means something. At least 1. */
uint32_t uart_patience(UartPort *port);

/* stretch.c */
/* Sends, up to `now`, what comes before everything that is more than a character from one FIFO to another. */
void uart_stretch(UartCard *card, uint64_t now);

/* send.c */
uint64_t uart_bit(UartPort *port);   /* picoseconds */
uint64_t uart_frame(UartPort *port); /* of a character with its stop bits */
UartPort *uart_other_end(UartPort *port);
/* Begins what it can at this time. */
void uart_kick(UartPort *port, uint64_t time);
void uart_frame_over(UartPort *port);
void uart_turn_over(UartPort *port);
void uart_break_written(UartPort *port, uint64_t time);
/* Its own receiver hears it and no other, or the other end does again. */
void uart_set_loop(UartPort *port, bool loop, uint64_t time);
/* Gives up what is on the line. */
void uart_send_abort(UartPort *port);

/* receive.c */
/* A character with its flags arrives, complete at this time. */
void uart_receive(UartPort *port, uint32_t entry, uint64_t time);
/* The FIFO was filled or emptied: ring, causes, flow control. */
void uart_receive_check(UartPort *port, uint64_t time);
uint32_t uart_pop(UartPort *port);
/* There is room for more in the ring: what is left is told of, if it comes to no more, also when the silence is over. */
void uart_tell_rest(UartPort *port);
uint32_t uart_clean(const UartPort *port);
/* What was held up arrives. */
void uart_late(UartPort *port);
uint64_t uart_timeout_due(UartPort *port);
void uart_timeout(UartPort *port);
/* What was not told yet becomes an event. */
void uart_tell(UartPort *port);

/* sample.c */
bool uart_matches(UartPort *sender, UartPort *receiver);
uint32_t uart_levels(UartPort *port, uint32_t entry, unsigned *ret_bits);
void uart_segment(UartPort *receiver, UartSegment segment);
void uart_segment_end(UartPort *receiver, uint64_t time);
void uart_sample(UartPort *port);

/* lines.c */
bool uart_is_held(UartPort *port);
/* A line is driven otherwise. Whether the others see the change. */
bool uart_tell_line(UartPort *port, unsigned line, bool level);
/* What it drives, as registers, flow control and RS-485 want it; what others see of it. */
void uart_drive(UartPort *port, uint64_t time);
void uart_look(UartPort *port, uint64_t time);
/* A change of CTS reaches the transmitter: a bit later, so two ports that direct each other take time to do it. */
void uart_cts_seen(UartPort *port);

/* rings.c */
/* Bytes that a transmit ring still has and may send. */
uint32_t uart_ring_waits(UartPort *port);
void uart_fetch(UartPort *port, uint64_t time);
void uart_store(UartPort *port, bool all);
uint32_t uart_store_worth(UartPort *port);
/*
 * How many characters may be sent, or received, before a ring's level is told of or it holds somebody up; 0 when it does not
 * work.
 */
uint32_t uart_fetch_patience(UartPort *port);
uint32_t uart_store_patience(UartPort *port);
bool uart_ring_valid(UartPort *port, uint32_t lo, uint32_t hi, unsigned log2);

/* peer.c */
void uart_peer_init(UartPort *port);
void uart_peer_free(UartPeer *peer);
/* Those that the properties want when the card is made. */
bool uart_peers_begin(UartCard *card, Error **errp);
/* Nobody reaches the card any more: what peers still had to do comes to nothing. */
void uart_peers_leave(UartCard *card);
/* They do what can be done at this time. */
void uart_peers_go(UartCard *card, uint64_t time);
/* The state was put back; false: it is no state of a peer. */
bool uart_peer_load(UartPeer *peer);
/* Who is there has changed. */
void uart_card_find_ends(UartCard *card);
/* When the time of its step is over. */
uint64_t uart_peer_due_time(const UartPeer *peer);
void uart_peer_due(UartPort *end);
/* Each single character counts for its step. */
bool uart_peer_listens(const UartPeer *peer);
/* STUNT_UART_INPUT_* that it drives besides those of RTS and DTR. */
uint32_t uart_peer_extra_inputs(const UartPeer *peer);
/* Its FIFO has characters, or room. */
void uart_peer_hear(UartPeer *peer);
void uart_peer_fill(UartPeer *peer);

/* window.c */
/* A byte of the port as a 16550A; a peek has no effect. */
uint8_t uart_window_read(UartPort *port, unsigned at, bool peek);
void uart_window_written(UartPort *port, unsigned at, uint8_t value);
/* What it interrupts for, 0: nothing. Its output is one level: a further cause is no new signal. */
uint32_t uart_window_causes(UartPort *port);
/* Characters that a FIFO holds as it is used. */
uint32_t uart_depth(const UartPort *port);
/* A character left the receive FIFO. */
void uart_window_popped(UartPort *port, uint32_t entry);
/* Without FIFOs the next character takes the place of the one before: was it so? */
bool uart_window_replaces(UartPort *port);
uint64_t uart_window_timeout_due(UartPort *port);

/* vmstate.c */
extern const VMStateDescription vmstate_uart_card;

#endif
