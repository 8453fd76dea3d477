/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port as a 16550A, in memory or in I/O space. */
#ifndef STUNT_QTEST_WINDOW_H
#define STUNT_QTEST_WINDOW_H

#include "uart.h"
#include "stunt/regs/uart-window.h"

/* Places of its bytes, by their names in the spec: AT(LSR). */
#define AT(reg) (STUNT_UART_W_##reg - STUNT_UART_W_DATA)
#define WINDOW_BYTES 8

typedef struct Window {
    Machine *machine;
    uint64_t addr;
    bool io;
} Window;

/* Where the card shows its port in the register BAR. */
Window window_in_memory(Bench *bench, unsigned port);
/* Puts the I/O BAR in place, and gives the port in it. */
Window window_in_io(Bench *bench, unsigned port);

uint8_t window_read(const Window *window, unsigned at);
void window_write(const Window *window, unsigned at, uint8_t value);

/* Divisor and LCR as they are to be, FIFOs on with this trigger (0 to 3) and empty. */
void window_open(const Window *window, uint16_t divisor, uint8_t lcr, unsigned trigger);
void window_set_divisor(const Window *window, uint16_t divisor);
uint16_t window_divisor(const Window *window);
void window_send(const Window *window, const char *text);

/* CAUSE of IIR. */
unsigned window_cause(const Window *window);

/* Takes all characters that are there; how many. */
unsigned window_drain(const Window *window);

/* Fields, and values of CAUSE, by their names in the spec. */
#define W(reg, field) STUNT_UART_W_##reg##_##field
#define CAUSE(name) STUNT_UART_W_IIR_CAUSE_##name
/* LSR when nothing is going on. */
#define IDLE (W(LSR, THRE) | W(LSR, TEMT))
#define LCR_8N1 3
/* At 115,200 baud (divisor 1) the model's divider gives a bit of 8,680.664 ns, a character of 8n1 ten of them. */
#define FRAME_NS 86807

/* Ports 0, by memory, and 1, by I/O, wired to each other: 115,200 baud, 8n1, FIFOs on with trigger 1. */
typedef struct Pair {
    Bench *bench;
    Window a, b;
} Pair;

Pair pair_new(void);
void pair_free(Pair *pair);
/* So many character times, and a bit. */
void pair_pass(const Pair *pair, unsigned frames);
/* From a to b; returns when it has arrived. */
void pair_send(const Pair *pair, const char *text);
/* A rule for the card, without id and device. */
void pair_arm(const Pair *pair, const char *rule);
uint64_t pair_misuse(const Pair *pair);

#endif
