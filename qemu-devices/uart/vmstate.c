/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "uart/uart.h"

/* In one piece: a snapshot should not take longer for its 256 entries. */
static const VMStateDescription vmstate_fifo = {
    .name = "stunt-uart-fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BUFFER_UNSAFE(entry, UartFifo, 0, STUNT_UART_FIFO * sizeof(uint32_t)),
        VMSTATE_UINT32(head, UartFifo),
        VMSTATE_UINT32(count, UartFifo),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_segment = {
    .name = "stunt-uart-segment",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(start, UartSegment),
        VMSTATE_UINT64(end, UartSegment),
        VMSTATE_UINT64(bit, UartSegment),
        VMSTATE_UINT32(bits, UartSegment),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_window = {
    .name = "stunt-uart-window",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(used, UartWindow),
        VMSTATE_BOOL(fifos, UartWindow),
        VMSTATE_UINT8(ier, UartWindow),
        VMSTATE_UINT8(lcr, UartWindow),
        VMSTATE_UINT8(outs, UartWindow),
        VMSTATE_UINT8(scratch, UartWindow),
        VMSTATE_UINT16(divisor, UartWindow),
        VMSTATE_UINT8(errors, UartWindow),
        VMSTATE_BOOL(head_told, UartWindow),
        VMSTATE_UINT8(delta, UartWindow),
        VMSTATE_BOOL(thre, UartWindow),
        VMSTATE_BOOL(timeout, UartWindow),
        VMSTATE_UINT64(last_read, UartWindow),
        VMSTATE_END_OF_LIST()
    }
};

static bool fifo_sane(const UartFifo *fifo)
{
    return fifo->head < STUNT_UART_FIFO && fifo->count <= STUNT_UART_FIFO;
}

/* What the model counts on; a stream that breaks it is refused, as it could make QEMU misbehave. */
static bool port_sane(void *opaque, int version_id)
{
    const UartPort *port = opaque;
    bool sane = fifo_sane(&port->tx) && fifo_sane(&port->rx) && port->turn <= UART_TURN_AFTER &&
                port->n_segments <= STUNT_UART_SEGMENTS && port->tx_stopped <= STUNT_UART_STOPPED_BAD_RING &&
                port->rx_stopped <= STUNT_UART_STOPPED_BAD_RING;

    for (unsigned i = 0; sane && i < port->n_segments; i++) {
        sane = port->segment[i].bit > 0;
    }
    return sane;
}

static const VMStateDescription vmstate_port = {
    .name = "stunt-uart-port",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(tx, UartPort, 0, vmstate_fifo, UartFifo),
        VMSTATE_BOOL(shifting, UartPort),
        VMSTATE_BOOL(sampled, UartPort),
        VMSTATE_UINT32(shift, UartPort),
        VMSTATE_UINT64(frame_end, UartPort),
        VMSTATE_BOOL(breaking, UartPort),
        VMSTATE_BOOL(xchar_full, UartPort),
        VMSTATE_UINT8(xchar, UartPort),
        VMSTATE_BOOL(xoff, UartPort),
        VMSTATE_BOOL(was_busy, UartPort),
        VMSTATE_UINT32(turn, UartPort),
        VMSTATE_UINT64(turn_end, UartPort),
        VMSTATE_UINT64(cts_due, UartPort),
        VMSTATE_STRUCT(rx, UartPort, 0, vmstate_fifo, UartFifo),
        VMSTATE_BOOL(lost, UartPort),
        VMSTATE_BOOL(timed, UartPort),
        VMSTATE_UINT32(late, UartPort),
        VMSTATE_UINT64(late_due, UartPort),
        VMSTATE_UINT64(last_rx, UartPort),
        VMSTATE_BOOL(holds, UartPort),
        VMSTATE_BOOL(deaf, UartPort),
        VMSTATE_BOOL(in_break, UartPort),
        VMSTATE_UINT64(sample_due, UartPort),
        VMSTATE_UINT64(fall, UartPort),
        VMSTATE_STRUCT_ARRAY(segment, UartPort, STUNT_UART_SEGMENTS, 0, vmstate_segment, UartSegment),
        VMSTATE_UINT32(n_segments, UartPort),
        VMSTATE_UINT32(inputs, UartPort),
        VMSTATE_UINT32(seen, UartPort),
        VMSTATE_BOOL(rts, UartPort),
        VMSTATE_BOOL(dtr, UartPort),
        VMSTATE_UINT32(announced, UartPort),
        VMSTATE_UINT8(tx_stopped, UartPort),
        VMSTATE_UINT8(rx_stopped, UartPort),
        VMSTATE_STRUCT(window, UartPort, 0, vmstate_window, UartWindow),
        VMSTATE_UINT32(conditions, UartPort),
        VMSTATE_BOOL(raised, UartPort),
        VMSTATE_VALIDATE("a port that can go on", port_sane),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_uart_card = {
    .name = "stunt-uart-card",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_EQUAL(n_ports, UartCard, "ports differs"),
        VMSTATE_UINT32(noise, UartCard),
        VMSTATE_UINT64(random, UartCard),
        VMSTATE_BOOL(awake, UartCard),
        VMSTATE_TIMER(timer, UartCard),
        VMSTATE_STRUCT_ARRAY(port, UartCard, STUNT_UART_PORTS, 0, vmstate_port, UartPort),
        VMSTATE_END_OF_LIST()
    }
};
