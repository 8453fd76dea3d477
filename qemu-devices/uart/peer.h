/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The far end of a port's line: a port of its own, with registers that no guest reaches, and a script of what it does
 * (peer-script.h). In events the peer of port N is port STUNT_UART_PORTS + N.
 *
 * peer.c        the peer in the machine: properties, how it comes and goes, what it hears
 * peer-steps.c  what the steps of its script do, and when they are over
 * peer-chardev.c  a peer without a script: what goes over the line goes to a chardev of QEMU, outside of virtual time
 */
#ifndef STUNT_UART_PEER_H
#define STUNT_UART_PEER_H

#include "chardev/char-fe.h"
#include "uart/peer-script.h"
#include "uart/uart.h"

#define PEER_HEARD 32768u /* characters kept, the last ones */
#define PEER_WHY 160u

struct UartPeer {
    UartCard *card;
    UartPort *port; /* at the other end */
    bool there;
    UartPort end; /* its own end */
    struct stunt_regs regs;
    uint32_t *value;
    uint32_t n_values;
    uint32_t lines; /* PEER_DCD, PEER_RI: as it drives them */

    CharBackend chardev; /* that it is connected to, if it has a driver */
    bool leaving, coming; /* it has closed, and what it had sent is still on its way; it has opened since */
    bool full;           /* it was told that there is no room */
    guint watch;         /* of the chardev, until it takes more; 0: none */
    QEMUBH *changed;     /* looks at leaving and coming */

    char *text; /* of the script; PEER_TEXT_MAX + 1 bytes */
    uint32_t text_size; /* with its NUL */
    struct peer_script *script; /* what the text says */
    uint32_t state; /* STUNT_UART_PEER_* */
    uint32_t step;
    bool entered;   /* the step has begun */
    uint64_t began; /* the script */
    uint64_t since; /* the step, or the state */
    uint64_t due;   /* its time is over then */
    bool over;      /* it is; always false between events */
    uint32_t turns; /* left of the repeat */
    uint64_t sent;  /* of the step's data, into the FIFO */
    bool holding;   /* takes nothing out of the FIFO */
    char why[PEER_WHY]; /* it failed or ended early */

    uint16_t *heard;     /* of character i, at i % PEER_HEARD: 9 bits, and flags of P_RX from bit 9 on */
    uint64_t n_heard;    /* since the script began */
    uint32_t heard_size; /* bytes of `heard` in use */
    uint64_t looked;     /* characters before this one are no step's any more */
    uint64_t scanned;    /* nor does what is expected end before this one */
};

#define PEER_FLAGS_SHIFT (STUNT_UART_P_RX_BREAK_SHIFT - 9)

/* peer.c */
/* A character that was heard, as entry of a FIFO. It must still be kept. */
uint32_t uart_peer_at(const UartPeer *peer, uint64_t i);
/* It stops, for a reason or NULL. */
void uart_peer_stop(UartPeer *peer, uint32_t state, uint64_t time, const char *why);
/* Characters from `from` on as an error shows them. To be freed. */
char *uart_peer_shown(const UartPeer *peer, uint64_t from);

/* It is there, as a program on another computer that has just opened its port. */
void uart_peer_appear(UartPeer *peer, uint64_t now);
/* Drives RTS, DTR and DCD alike. */
void uart_peer_drive_all(UartPeer *peer, bool on, uint64_t now);

/* peer-chardev.c */
void uart_peer_add_chardev(UartPeer *peer);
bool uart_peer_has_chardev(UartPeer *peer);
void uart_peer_connect(UartPeer *peer);
void uart_peer_disconnect(UartPeer *peer);
/* What was heard goes out, as far as the chardev takes it. */
void uart_peer_pass_on(UartPeer *peer);
/* Set as the port is; hung up when the chardev is closed and all of it has arrived. */
void uart_peer_follow(UartPeer *peer, uint64_t time);

/* peer-steps.c */
/* Does what can be done at this time. */
void uart_peer_go(UartPeer *peer, uint64_t time);

#endif
