/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/uartisa.toml and spec/ids.toml by spec/gen/stunt-spec headers; do not edit. */
/* Serial port on the ISA bus: registers, each 32 bits wide. */
#ifndef STUNT_REGS_UARTISA_H
#define STUNT_REGS_UARTISA_H

/* Interrupt vectors */
#define STUNT_UARTISA_VEC_IRQ 0U /* The port has an enabled cause, and OUT2 lets it through */
#define STUNT_UARTISA_VECTORS 1U /* How many there are */

/* Lines that the port or its peer drives, field `line` of the event `serial.line` */
#define STUNT_UARTISA_LINE_RTS   0U
#define STUNT_UARTISA_LINE_DTR   1U
#define STUNT_UARTISA_LINE_BREAK 2U
#define STUNT_UARTISA_LINE_DCD   3U
#define STUNT_UARTISA_LINE_RI    4U

/* What became of the script of a peer, field `state` of the event `serial.peer` */
#define STUNT_UARTISA_PEER_RUNNING     0U
#define STUNT_UARTISA_PEER_DONE        1U
#define STUNT_UARTISA_PEER_FAILED      2U
#define STUNT_UARTISA_PEER_ENDED_EARLY 3U

/* Bits of the property port0.inputs */
#define STUNT_UARTISA_INPUT_CTS 1U
#define STUNT_UARTISA_INPUT_DSR 2U
#define STUNT_UARTISA_INPUT_RI  4U
#define STUNT_UARTISA_INPUT_DCD 8U

/* Kinds of reset, field `kind` of the event `reset` */
#define STUNT_UARTISA_RESET_COLD 0U

/* Kinds of driver misuse, field `kind` of the event `misuse` */
#define STUNT_UARTISA_MISUSE_BAD_ACCESS 2U

#endif /* STUNT_REGS_UARTISA_H */
