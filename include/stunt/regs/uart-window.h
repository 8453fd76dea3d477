/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/uart.toml by spec/gen/stunt-spec headers; do not edit. */
/* PCIe multi-port serial card: the window, 8 bits each. */
#ifndef STUNT_REGS_UART_WINDOW_H
#define STUNT_REGS_UART_WINDOW_H

/* W_DATA: 16550A: RBR and THR; with DLAB the lower half of the divisor */
#define STUNT_UART_W_DATA        0x10c0U
#define STUNT_UART_W_DATA_STRIDE 0x100U
#define STUNT_UART_W_DATA_COUNT  8U

/* W_IER: 16550A: interrupt enable; with DLAB the upper half of the divisor */
#define STUNT_UART_W_IER             0x10c1U
#define STUNT_UART_W_IER_STRIDE      0x100U
#define STUNT_UART_W_IER_COUNT       8U
#define STUNT_UART_W_IER_DATA        0x00000001U /* Received data, and the time-out */
#define STUNT_UART_W_IER_DATA_SHIFT  0U
#define STUNT_UART_W_IER_THRE        0x00000002U
#define STUNT_UART_W_IER_THRE_SHIFT  1U
#define STUNT_UART_W_IER_LINE        0x00000004U
#define STUNT_UART_W_IER_LINE_SHIFT  2U
#define STUNT_UART_W_IER_MODEM       0x00000008U
#define STUNT_UART_W_IER_MODEM_SHIFT 3U

/* W_IIR: 16550A: IIR; written, FCR */
#define STUNT_UART_W_IIR                    0x10c2U
#define STUNT_UART_W_IIR_STRIDE             0x100U
#define STUNT_UART_W_IIR_COUNT              8U
#define STUNT_UART_W_IIR_NONE               0x00000001U /* No interrupt */
#define STUNT_UART_W_IIR_NONE_SHIFT         0U
#define STUNT_UART_W_IIR_CAUSE              0x0000000fU /* With NONE as its lowest bit */
#define STUNT_UART_W_IIR_CAUSE_SHIFT        0U
#define STUNT_UART_W_IIR_CAUSE_MODEM        0U
#define STUNT_UART_W_IIR_CAUSE_NOTHING      1U
#define STUNT_UART_W_IIR_CAUSE_THRE         2U
#define STUNT_UART_W_IIR_CAUSE_DATA         4U
#define STUNT_UART_W_IIR_CAUSE_LINE         6U
#define STUNT_UART_W_IIR_CAUSE_TIMEOUT      12U
#define STUNT_UART_W_IIR_FIFO               0x000000c0U /* Both set: the FIFOs are on */
#define STUNT_UART_W_IIR_FIFO_SHIFT         6U
/* Written: FIFOs on; else the other bits do nothing */
#define STUNT_UART_W_IIR_FCR_ENABLE         0x00000001U
#define STUNT_UART_W_IIR_FCR_ENABLE_SHIFT   0U
#define STUNT_UART_W_IIR_FCR_CLEAR_RX       0x00000002U
#define STUNT_UART_W_IIR_FCR_CLEAR_RX_SHIFT 1U
#define STUNT_UART_W_IIR_FCR_CLEAR_TX       0x00000004U
#define STUNT_UART_W_IIR_FCR_CLEAR_TX_SHIFT 2U
#define STUNT_UART_W_IIR_FCR_TRIGGER        0x000000c0U /* 1, 4, 8 or 14 characters */
#define STUNT_UART_W_IIR_FCR_TRIGGER_SHIFT  6U

/* W_LCR: 16550A: line control */
#define STUNT_UART_W_LCR              0x10c3U
#define STUNT_UART_W_LCR_STRIDE       0x100U
#define STUNT_UART_W_LCR_COUNT        8U
#define STUNT_UART_W_LCR_BITS         0x00000003U /* Data bits, less 5 */
#define STUNT_UART_W_LCR_BITS_SHIFT   0U
#define STUNT_UART_W_LCR_STOP         0x00000004U
#define STUNT_UART_W_LCR_STOP_SHIFT   2U
#define STUNT_UART_W_LCR_PARITY       0x00000008U
#define STUNT_UART_W_LCR_PARITY_SHIFT 3U
#define STUNT_UART_W_LCR_EVEN         0x00000010U
#define STUNT_UART_W_LCR_EVEN_SHIFT   4U
#define STUNT_UART_W_LCR_STICK        0x00000020U
#define STUNT_UART_W_LCR_STICK_SHIFT  5U
#define STUNT_UART_W_LCR_BREAK        0x00000040U
#define STUNT_UART_W_LCR_BREAK_SHIFT  6U
#define STUNT_UART_W_LCR_DLAB         0x00000080U
#define STUNT_UART_W_LCR_DLAB_SHIFT   7U

/* W_MCR: 16550A: modem control */
#define STUNT_UART_W_MCR            0x10c4U
#define STUNT_UART_W_MCR_STRIDE     0x100U
#define STUNT_UART_W_MCR_COUNT      8U
#define STUNT_UART_W_MCR_DTR        0x00000001U
#define STUNT_UART_W_MCR_DTR_SHIFT  0U
#define STUNT_UART_W_MCR_RTS        0x00000002U
#define STUNT_UART_W_MCR_RTS_SHIFT  1U
#define STUNT_UART_W_MCR_OUT1       0x00000004U
#define STUNT_UART_W_MCR_OUT1_SHIFT 2U
#define STUNT_UART_W_MCR_OUT2       0x00000008U
#define STUNT_UART_W_MCR_OUT2_SHIFT 3U
#define STUNT_UART_W_MCR_LOOP       0x00000010U
#define STUNT_UART_W_MCR_LOOP_SHIFT 4U

/* W_LSR: 16550A: line status */
#define STUNT_UART_W_LSR                  0x10c5U
#define STUNT_UART_W_LSR_STRIDE           0x100U
#define STUNT_UART_W_LSR_COUNT            8U
#define STUNT_UART_W_LSR_DR               0x00000001U
#define STUNT_UART_W_LSR_DR_SHIFT         0U
#define STUNT_UART_W_LSR_OE               0x00000002U
#define STUNT_UART_W_LSR_OE_SHIFT         1U
#define STUNT_UART_W_LSR_PE               0x00000004U
#define STUNT_UART_W_LSR_PE_SHIFT         2U
#define STUNT_UART_W_LSR_FE               0x00000008U
#define STUNT_UART_W_LSR_FE_SHIFT         3U
#define STUNT_UART_W_LSR_BI               0x00000010U
#define STUNT_UART_W_LSR_BI_SHIFT         4U
#define STUNT_UART_W_LSR_THRE             0x00000020U
#define STUNT_UART_W_LSR_THRE_SHIFT       5U
#define STUNT_UART_W_LSR_TEMT             0x00000040U
#define STUNT_UART_W_LSR_TEMT_SHIFT       6U
#define STUNT_UART_W_LSR_FIFO_ERROR       0x00000080U
#define STUNT_UART_W_LSR_FIFO_ERROR_SHIFT 7U

/* W_MSR: 16550A: modem status */
#define STUNT_UART_W_MSR             0x10c6U
#define STUNT_UART_W_MSR_STRIDE      0x100U
#define STUNT_UART_W_MSR_COUNT       8U
/* Changes of CTS, DSR and DCD, end of RI, since it was read */
#define STUNT_UART_W_MSR_DELTA       0x0000000fU
#define STUNT_UART_W_MSR_DELTA_SHIFT 0U
#define STUNT_UART_W_MSR_CTS         0x00000010U
#define STUNT_UART_W_MSR_CTS_SHIFT   4U
#define STUNT_UART_W_MSR_DSR         0x00000020U
#define STUNT_UART_W_MSR_DSR_SHIFT   5U
#define STUNT_UART_W_MSR_RI          0x00000040U
#define STUNT_UART_W_MSR_RI_SHIFT    6U
#define STUNT_UART_W_MSR_DCD         0x00000080U
#define STUNT_UART_W_MSR_DCD_SHIFT   7U

/* W_SCR: 16550A: scratch */
#define STUNT_UART_W_SCR        0x10c7U
#define STUNT_UART_W_SCR_STRIDE 0x100U
#define STUNT_UART_W_SCR_COUNT  8U

#endif /* STUNT_REGS_UART_WINDOW_H */
