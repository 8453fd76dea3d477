/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings of bytes in guest memory, with free-running indices: one to send from, one to receive into. */
#include "qemu/osdep.h"
#include "uart/uart.h"

#define BURST (STUNT_UART_FIFO / 2) /* bytes fetched at a time, when there is room for them */
#define WORTH (STUNT_UART_FIFO / 2) /* bytes received that are stored together, unless fewer are to be told */

static uint64_t address(UartPort *port, uint32_t lo, uint32_t hi)
{
    return (uint64_t)uart_reg(port, hi) << 32 | uart_reg(port, lo);
}

bool uart_ring_valid(UartPort *port, uint32_t lo, uint32_t hi, unsigned log2)
{
    return port->card->pci && log2 >= 6 && log2 <= 20 &&
           stunt_dma_check(port->card->pci, address(port, lo, hi), UINT64_C(1) << log2) == STUNT_XFER_OK;
}

static void stop(UartPort *port, uint8_t *stopped, uint8_t why)
{
    *stopped = why;
    uart_cause(port, STUNT_UART_P_INT_STATUS_DMA_ERROR);
}

/* ---- sending --------------------------------------------------------------------------------------- */

/* Bytes of one piece that does not go round the end. */
static uint32_t fetch_piece(UartPort *port, uint32_t len)
{
    uint32_t size = 1u << uart_field(port, P_RING_SIZE, TX_LOG2), tail = uart_reg(port, STUNT_UART_P_TX_TAIL);
    StuntDmaTag tag = { port->index, STUNT_XFER_DATA };
    uint32_t at = tail & (size - 1);
    uint8_t data[STUNT_UART_FIFO];

    len = MIN(len, size - at);
    if (stunt_dma_read(port->card->pci, tag, address(port, STUNT_UART_P_TX_RING_LO, STUNT_UART_P_TX_RING_HI) + at,
                       data, len) != STUNT_XFER_OK) {
        stop(port, &port->tx_stopped, STUNT_UART_STOPPED_BUS_ERROR);
        return 0;
    }
    for (uint32_t i = 0; i < len; i++) {
        uart_fifo_push(&port->tx, data[i]);
    }
    uart_set_reg(port, STUNT_UART_P_TX_TAIL, tail + len);
    return len;
}

/* Through the watermark, or to the end: that is told. */
static void tell_level(UartPort *port, uint32_t before, uint32_t now)
{
    uint32_t water = uart_field(port, P_WATER, TX);

    if ((before > water && now <= water) || (before && !now)) {
        uart_cause(port, STUNT_UART_P_INT_STATUS_TX_DMA);
    }
}

uint32_t uart_ring_waits(UartPort *port)
{
    return uart_field(port, P_DMA_CTRL, TX_ENABLE) && !uart_field(port, P_DMA_CTRL, TX_PAUSE)
               ? uart_reg(port, STUNT_UART_P_TX_HEAD) - uart_reg(port, STUNT_UART_P_TX_TAIL) : 0;
}

void uart_fetch(UartPort *port, uint64_t time)
{
    uint32_t waits = uart_ring_waits(port), left = waits;

    if (port->peer) {
        uart_peer_fill(port->peer);
        return;
    }
    if (waits && uart_field(port, P_CTRL, ENABLE) && port->tx.count <= STUNT_UART_FIFO - BURST) {
        while (left && port->tx.count < STUNT_UART_FIFO && port->tx_stopped == STUNT_UART_STOPPED_NO) {
            left -= fetch_piece(port, MIN(left, STUNT_UART_FIFO - port->tx.count));
        }
        tell_level(port, waits, left);
    }
    uart_condition(port, STUNT_UART_P_INT_STATUS_TX_LEVEL,
                   port->tx.count <= uart_field(port, P_FIFO_CTRL, TX_TRIGGER));
    if (waits != left) {
        uart_kick(port, time);
    }
}

/* Each time the FIFO is down to what is left of it by a burst, one is fetched. */
uint32_t uart_fetch_patience(UartPort *port)
{
    const uint32_t level = STUNT_UART_FIFO - BURST;
    uint32_t waits = uart_ring_waits(port), water = uart_field(port, P_WATER, TX);
    uint32_t bursts = DIV_ROUND_UP(waits > water ? waits - water : waits, BURST);

    if (!waits || port->tx_stopped != STUNT_UART_STOPPED_NO || port->tx.count <= level ||
        uart_field(port, P_FIFO_CTRL, TX_TRIGGER) >= level) {
        return 0;
    }
    return port->tx.count - level + (bursts - 1) * BURST;
}

/* ---- receiving ------------------------------------------------------------------------------------- */

static uint32_t store_piece(UartPort *port, uint32_t len)
{
    uint32_t size = 1u << uart_field(port, P_RING_SIZE, RX_LOG2), head = uart_reg(port, STUNT_UART_P_RX_HEAD);
    StuntDmaTag tag = { port->index, STUNT_XFER_DATA };
    uint32_t at = head & (size - 1);
    uint8_t data[STUNT_UART_FIFO];

    len = MIN(len, size - at);
    for (uint32_t i = 0; i < len; i++) {
        data[i] = uart_fifo_at(&port->rx, i);
    }
    if (stunt_dma_write(port->card->pci, tag, address(port, STUNT_UART_P_RX_RING_LO, STUNT_UART_P_RX_RING_HI) + at,
                        data, len) != STUNT_XFER_OK) {
        stop(port, &port->rx_stopped, STUNT_UART_STOPPED_BUS_ERROR);
        return 0;
    }
    for (uint32_t i = 0; i < len; i++) {
        uart_fifo_pop(&port->rx);
    }
    uart_set_reg(port, STUNT_UART_P_RX_HEAD, head + len);
    return len;
}

static void announce(UartPort *port)
{
    uint32_t water = uart_field(port, P_WATER, RX), head = uart_reg(port, STUNT_UART_P_RX_HEAD);

    if (water && head - port->announced >= water) {
        port->announced = head;
        uart_cause(port, STUNT_UART_P_INT_STATUS_RX_DMA);
    }
}

uint32_t uart_store_worth(UartPort *port)
{
    uint32_t water = uart_field(port, P_WATER, RX);

    return water ? MIN(water, WORTH) : WORTH;
}

static uint32_t room(UartPort *port)
{
    uint32_t size = 1u << uart_field(port, P_RING_SIZE, RX_LOG2);
    uint32_t used = uart_reg(port, STUNT_UART_P_RX_HEAD) - uart_reg(port, STUNT_UART_P_RX_TAIL);

    return used < size ? size - used : 0;
}

uint32_t uart_store_patience(UartPort *port)
{
    uint32_t untold = uart_reg(port, STUNT_UART_P_RX_HEAD) - port->announced + port->rx.count;
    uint32_t water = uart_field(port, P_WATER, RX), free = room(port), n = free - MIN(free, port->rx.count);

    if (!uart_field(port, P_DMA_CTRL, RX_ENABLE) || port->rx_stopped != STUNT_UART_STOPPED_NO || port->xoff) {
        return 0;
    }
    return water ? MIN(n, water - MIN(water, untold)) : n;
}

void uart_store(UartPort *port, bool all)
{
    uint32_t clean = uart_clean(port), n = MIN(clean, room(port));

    if (port->rx_stopped > STUNT_UART_STOPPED_FLAGGED) {
        return;
    }
    if (all || clean >= uart_store_worth(port) || clean < port->rx.count) {
        while (n && port->rx_stopped <= STUNT_UART_STOPPED_FLAGGED) {
            n -= store_piece(port, n);
        }
        announce(port);
    }
    if (port->rx_stopped <= STUNT_UART_STOPPED_FLAGGED) {
        port->rx_stopped = port->rx.count && (uart_fifo_at(&port->rx, 0) & UART_RX_FLAGS)
                               ? STUNT_UART_STOPPED_FLAGGED : STUNT_UART_STOPPED_NO;
    }
}
