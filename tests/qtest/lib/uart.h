/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small polling driver for the ports of stunt-uart. */
#ifndef STUNT_QTEST_UART_H
#define STUNT_QTEST_UART_H

#include "bench.h"
#include "stunt/regs/uart.h"

/* Register of a port, for an array register's name. */
#define UART_P(reg, port) (STUNT_UART_##reg + STUNT_UART_P_CTRL_STRIDE * (uint64_t)(port))

/* At 12 Mbaud a bit takes 83 1/3 ns, a character of 8n1 ten of them. */
#define UART_FRAME_NS 834

/* 12 Mbaud, 8n1, enabled. */
void uart_open(Bench *bench, unsigned port);
uint32_t uart_read(Bench *bench, uint64_t reg);
void uart_write(Bench *bench, uint64_t reg, uint32_t value);
void uart_send(Bench *bench, unsigned port, const char *text);

/* The next character must be this, with these flags of P_RX; nothing more must be there. */
void uart_expect(Bench *bench, unsigned port, uint32_t entry);
void uart_expect_nothing(Bench *bench, unsigned port);

/* Root Status of the port above it. */
uint32_t uart_root_status(Bench *bench);

/* Rings of 1 << log2 bytes in use, for both ways. */
void uart_open_rings(Bench *bench, unsigned port, uint64_t tx, uint64_t rx, unsigned log2);

#endif
