/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chardev as the far end of a line. What it sends waits until the port's RTS is on and arrives at the line's rate; what
 * it does not take yet stays in the FIFO of its end, whose RTS, the port's CTS, goes off when that fills.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "uart/peer.h"

bool uart_peer_has_chardev(UartPeer *peer)
{
    return qemu_chr_fe_get_driver(&peer->chardev) != NULL;
}

/* ---- from the port to the chardev ------------------------------------------------------------------ */

static gboolean takes_more(void *do_not_use, GIOCondition condition, void *opaque)
{
    UartPeer *peer = opaque;

    peer->watch = 0;
    uart_card_enter(peer->card);
    uart_receive_check(&peer->end, uart_now());
    uart_card_leave(peer->card);
    return G_SOURCE_REMOVE;
}

/* Bytes of the FIFO that the chardev took; a closed one takes all. */
static uint32_t write_some(UartPeer *peer)
{
    UartFifo *rx = &peer->end.rx;
    uint8_t data[STUNT_UART_FIFO];
    int taken;

    for (uint32_t i = 0; i < rx->count; i++) {
        data[i] = uart_fifo_at(rx, i);
    }
    if (!qemu_chr_fe_backend_open(&peer->chardev)) {
        return rx->count;
    }
    taken = qemu_chr_fe_write(&peer->chardev, data, rx->count);
    return MAX(taken, 0);
}

void uart_peer_pass_on(UartPeer *peer)
{
    uint32_t n = peer->end.rx.count && !peer->watch ? write_some(peer) : 0;

    while (n--) {
        uart_fifo_pop(&peer->end.rx);
    }
    if (peer->end.rx.count && !peer->watch) {
        peer->watch = qemu_chr_fe_add_watch(&peer->chardev, G_IO_OUT | G_IO_HUP, takes_more, peer);
    }
}

/* ---- from the chardev to the port ------------------------------------------------------------------ */

static int can_receive(void *opaque)
{
    UartPeer *peer = opaque;

    peer->full = peer->end.tx.count == STUNT_UART_FIFO;
    return STUNT_UART_FIFO - peer->end.tx.count;
}

static void receive(void *opaque, const uint8_t *data, int size)
{
    UartPeer *peer = opaque;

    uart_card_enter(peer->card);
    for (int i = 0; i < size; i++) {
        uart_fifo_push(&peer->end.tx, data[i]);
    }
    uart_kick(&peer->end, uart_now());
    uart_card_leave(peer->card);
}

/* It may have closed in the middle of what the card does, over a write: so that is looked at later. */
static void on_event(void *opaque, QEMUChrEvent event)
{
    UartPeer *peer = opaque;

    peer->leaving |= event == CHR_EVENT_CLOSED;
    peer->coming = event == CHR_EVENT_OPENED || (peer->coming && event != CHR_EVENT_CLOSED);
    qemu_bh_schedule(peer->changed);
}

static void on_change(void *opaque)
{
    UartPeer *peer = opaque;

    uart_card_enter(peer->card);
    uart_card_leave(peer->card);
}

static void follow(UartPeer *peer, uint32_t offset, uint32_t without)
{
    uart_set_reg(&peer->end, offset, uart_reg(peer->port, offset) & ~without);
}

void uart_peer_follow(UartPeer *peer, uint64_t time)
{
    UartPort *end = &peer->end;

    follow(peer, STUNT_UART_P_BAUD, 0);
    follow(peer, STUNT_UART_P_FORMAT, STUNT_UART_P_FORMAT_BREAK);
    follow(peer, STUNT_UART_P_MULTIDROP, 0);
    if (peer->leaving && !end->tx.count && !end->shifting) {
        peer->leaving = false;
        uart_peer_drive_all(peer, false, time);
    }
    if (peer->coming && !peer->leaving) {
        peer->coming = false;
        uart_peer_drive_all(peer, true, time);
    }
    if (peer->full && end->tx.count <= STUNT_UART_FIFO / 2) {
        peer->full = false;
        qemu_chr_fe_accept_input(&peer->chardev);
    }
}

/* ---- the property ---------------------------------------------------------------------------------- */

void uart_peer_connect(UartPeer *peer)
{
    uart_peer_appear(peer, uart_now());
    uart_set_reg(&peer->end, STUNT_UART_P_FLOW, STUNT_UART_P_FLOW_AUTO_CTS | STUNT_UART_P_FLOW_AUTO_RTS);
    peer->changed = qemu_bh_new(on_change, peer);
    qemu_chr_fe_set_handlers(&peer->chardev, can_receive, receive, on_event, NULL, peer, NULL, true);
}

void uart_peer_disconnect(UartPeer *peer)
{
    if (peer->watch) {
        g_source_remove(peer->watch);
    }
    qemu_chr_fe_deinit(&peer->chardev, false);
    if (peer->changed) {
        qemu_bh_delete(peer->changed);
    }
}

static void get_chardev(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartPeer *peer = opaque;
    Chardev *chardev = qemu_chr_fe_get_driver(&peer->chardev);
    g_autofree char *text = g_strdup(chardev ? chardev->label : "");

    visit_type_str(v, name, &text, errp);
}

static void set_chardev(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    g_autofree char *text = NULL;
    UartPeer *peer = opaque;
    Chardev *chardev;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    chardev = qemu_chr_find(text);
    if (DEVICE(obj)->realized || uart_peer_has_chardev(peer)) {
        error_setg(errp, "%s is set when the card is made, and once", name);
    } else if (!chardev) {
        error_setg(errp, "%s: there is no chardev '%s'", name, text);
    } else {
        qemu_chr_fe_init(&peer->chardev, chardev, errp);
    }
}

void uart_peer_add_chardev(UartPeer *peer)
{
    g_autofree char *name = g_strdup_printf("port%u.chardev", peer->port->index);

    object_property_add(OBJECT(peer->card->dev), name, "string", get_chardev, set_chardev, NULL, peer);
}
