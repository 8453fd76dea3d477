/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "uart/peer.h"

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

static const VMStateDescription vmstate_told = {
    .name = "stunt-uart-told",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(value, UartTold),
        VMSTATE_UINT32(flags, UartTold),
        VMSTATE_UINT32(count, UartTold),
        VMSTATE_UINT64(end, UartTold),
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
        VMSTATE_UINT64(quiet_until, UartPort),
        VMSTATE_BOOL(held_back, UartPort),
        VMSTATE_STRUCT(told_tx, UartPort, 0, vmstate_told, UartTold),
        VMSTATE_STRUCT(told_rx, UartPort, 0, vmstate_told, UartTold),
        VMSTATE_VALIDATE("a port that can go on", port_sane),
        VMSTATE_END_OF_LIST()
    }
};

static bool peer_sizes_sane(void *opaque, int version_id)
{
    const UartPeer *peer = opaque;

    return peer->text_size >= 1 && peer->text_size <= PEER_TEXT_MAX + 1 &&
           peer->heard_size == MIN(peer->n_heard, PEER_HEARD) * sizeof(peer->heard[0]) &&
           peer->looked <= peer->n_heard && peer->scanned <= peer->n_heard && peer->state <= STUNT_UART_PEER_ENDED_EARLY;
}

static bool peer_is_there(void *opaque)
{
    return ((UartPeer *)opaque)->there;
}

/* So many bytes behind a pointer to anything. */
#define VMSTATE_PEER_BYTES(field, bytes) { \
    .name = #field, \
    .size_offset = vmstate_offset_value(UartPeer, bytes, uint32_t), \
    .info = &vmstate_info_buffer, \
    .flags = VMS_VBUFFER | VMS_POINTER, \
    .offset = offsetof(UartPeer, field), \
}

/* What is outside cannot be put back. */
static int refuse_chardev(void *opaque)
{
    UartPeer *peer = opaque;

    if (uart_peer_has_chardev(peer)) {
        error_report("port%u.chardev: a line to the outside cannot be saved", peer->port->index);
        return -EPERM;
    }
    return 0;
}

static const VMStateDescription vmstate_peer_life = {
    .name = "stunt-uart-peer/life",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = peer_is_there,
    .pre_save = refuse_chardev,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(end, UartPeer, 0, vmstate_port, UartPort),
        VMSTATE_VARRAY_UINT32(value, UartPeer, n_values, 0, vmstate_info_uint32, uint32_t),
        VMSTATE_UINT32(lines, UartPeer),
        VMSTATE_UINT32(text_size, UartPeer),
        VMSTATE_UINT32(state, UartPeer),
        VMSTATE_UINT32(step, UartPeer),
        VMSTATE_BOOL(entered, UartPeer),
        VMSTATE_UINT64(began, UartPeer),
        VMSTATE_UINT64(since, UartPeer),
        VMSTATE_UINT64(due, UartPeer),
        VMSTATE_UINT32(turns, UartPeer),
        VMSTATE_UINT64(sent, UartPeer),
        VMSTATE_BOOL(holding, UartPeer),
        VMSTATE_BUFFER_UNSAFE(why, UartPeer, 0, PEER_WHY),
        VMSTATE_UINT64(n_heard, UartPeer),
        VMSTATE_UINT32(heard_size, UartPeer),
        VMSTATE_UINT64(looked, UartPeer),
        VMSTATE_UINT64(scanned, UartPeer),
        VMSTATE_VALIDATE("a peer that can go on", peer_sizes_sane),
        VMSTATE_PEER_BYTES(text, text_size),
        VMSTATE_PEER_BYTES(heard, heard_size),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_peer = {
    .name = "stunt-uart-peer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(there, UartPeer),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_peer_life,
        NULL
    }
};

static int card_loaded(void *opaque, int version_id)
{
    UartCard *card = opaque;

    for (unsigned i = 0; i < STUNT_UART_PORTS; i++) {
        if (!uart_peer_load(card->peer[i])) {
            return -EINVAL;
        }
    }
    uart_card_find_ends(card);
    return 0;
}

const VMStateDescription vmstate_uart_card = {
    .name = "stunt-uart-card",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = card_loaded,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_EQUAL(n_ports, UartCard, "ports differs"),
        VMSTATE_UINT32(noise, UartCard),
        VMSTATE_UINT64(random, UartCard),
        VMSTATE_BOOL(awake, UartCard),
        VMSTATE_TIMER(timer, UartCard),
        VMSTATE_STRUCT_ARRAY(port, UartCard, STUNT_UART_PORTS, 0, vmstate_port, UartPort),
        VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(peer, UartCard, STUNT_UART_PORTS, 0, vmstate_peer, UartPeer),
        VMSTATE_END_OF_LIST()
    }
};
