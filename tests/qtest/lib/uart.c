/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uart.h"

#include <linux/pci_regs.h>

void uart_write(Bench *bench, uint64_t reg, uint32_t value)
{
    pci_reg_write(&bench->uart, reg, value);
}

uint32_t uart_read(Bench *bench, uint64_t reg)
{
    return pci_reg_read(&bench->uart, reg);
}

void uart_open(Bench *bench, unsigned port)
{
    uart_write(bench, UART_P(P_BAUD, port), 1 << STUNT_UART_P_BAUD_INT_SHIFT);
    uart_write(bench, UART_P(P_CTRL, port), STUNT_UART_P_CTRL_ENABLE);
}

void uart_send(Bench *bench, unsigned port, const char *text)
{
    for (; *text; text++) {
        uart_write(bench, UART_P(P_TX, port), (uint8_t)*text);
    }
}

void uart_expect(Bench *bench, unsigned port, uint32_t entry)
{
    g_assert_cmphex(uart_read(bench, UART_P(P_RX, port)), ==, entry | STUNT_UART_P_RX_VALID);
}

void uart_expect_nothing(Bench *bench, unsigned port)
{
    g_assert_cmphex(uart_read(bench, UART_P(P_RX, port)), ==, 0);
}

uint32_t uart_root_status(Bench *bench)
{
    Pci port = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(5, 0) };

    return pci_read(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + PCI_EXP_RTSTA, 4);
}

void uart_open_rings(Bench *bench, unsigned port, uint64_t tx, uint64_t rx, unsigned log2)
{
    uart_write(bench, UART_P(P_TX_RING_LO, port), (uint32_t)tx);
    uart_write(bench, UART_P(P_TX_RING_HI, port), (uint32_t)(tx >> 32));
    uart_write(bench, UART_P(P_RX_RING_LO, port), (uint32_t)rx);
    uart_write(bench, UART_P(P_RX_RING_HI, port), (uint32_t)(rx >> 32));
    uart_write(bench, UART_P(P_RING_SIZE, port),
               log2 << STUNT_UART_P_RING_SIZE_TX_LOG2_SHIFT | log2 << STUNT_UART_P_RING_SIZE_RX_LOG2_SHIFT);
    uart_write(bench, UART_P(P_DMA_CTRL, port), STUNT_UART_P_DMA_CTRL_TX_ENABLE | STUNT_UART_P_DMA_CTRL_RX_ENABLE);
}
