/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "uart/peer.h"

#define SHOWN 24u
#define BAUD_DEFAULT (STUNT_UART_CLOCK_VALUE / 16 * 256 / 115200)

/* ---- what it hears --------------------------------------------------------------------------------- */

uint32_t uart_peer_at(const UartPeer *peer, uint64_t i)
{
    uint32_t kept = peer->heard[i % PEER_HEARD];

    return (kept & STUNT_UART_P_RX_DATA) | (kept & ~STUNT_UART_P_RX_DATA) << PEER_FLAGS_SHIFT;
}

void uart_peer_hear(UartPeer *peer)
{
    if (uart_peer_has_chardev(peer)) {
        uart_peer_pass_on(peer);
        return;
    }
    while (!peer->holding && peer->end.rx.count) {
        uint32_t entry = uart_fifo_pop(&peer->end.rx);

        peer->heard[peer->n_heard++ % PEER_HEARD] =
            (entry & STUNT_UART_P_RX_DATA) | (entry & UART_RX_FLAGS) >> PEER_FLAGS_SHIFT;
    }
    peer->heard_size = MIN(peer->n_heard, PEER_HEARD) * sizeof(peer->heard[0]);
}

static void append_character(GString *text, uint32_t entry)
{
    uint32_t data = entry & STUNT_UART_P_RX_DATA;

    if (entry & STUNT_UART_P_RX_BREAK) {
        g_string_append(text, "<break>");
        return;
    }
    g_string_append(text, entry & STUNT_UART_P_RX_FRAMING ? "<framing>" : "");
    g_string_append(text, entry & STUNT_UART_P_RX_PARITY ? "<parity>" : "");
    if (data == '\r' || data == '\n') {
        g_string_append(text, data == '\r' ? "\\r" : "\\n");
    } else if (data < ' ' || data > '~' || data == '"' || data == '\\') {
        g_string_append_printf(text, "\\x%02x", data);
    } else {
        g_string_append_c(text, data);
    }
}

char *uart_peer_shown(const UartPeer *peer, uint64_t from)
{
    GString *text = g_string_new("\"");
    uint64_t first = peer->n_heard - MIN(peer->n_heard, PEER_HEARD);
    uint64_t left_out;

    from = MAX(from, first);
    left_out = peer->n_heard - from > SHOWN ? peer->n_heard - from - SHOWN : 0;
    for (uint64_t i = from + left_out; i < peer->n_heard; i++) {
        append_character(text, uart_peer_at(peer, i));
    }
    if (left_out) {
        g_string_prepend(text, "… ");
    }
    return g_string_free(g_string_append_c(text, '"'), FALSE);
}

/* ---- coming and going ------------------------------------------------------------------------------ */

static const char *const state_names[] = {
    [STUNT_UART_PEER_RUNNING] = "running",
    [STUNT_UART_PEER_DONE] = "done",
    [STUNT_UART_PEER_FAILED] = "failed",
    [STUNT_UART_PEER_ENDED_EARLY] = "ended-early",
};

void uart_peer_stop(UartPeer *peer, uint32_t state, uint64_t time, const char *why)
{
    peer->state = state;
    peer->since = time;
    peer->due = STUNT_UART_NEVER;
    pstrcpy(peer->why, sizeof(peer->why), why ?: "");
    stunt_event(peer->card->trace_id, STUNT_EV_SERIAL_PEER, peer->end.index, peer->step + 1, state);
}

void uart_peers_leave(UartCard *card)
{
    for (unsigned i = 0; i < card->n_ports; i++) {
        UartPeer *peer = card->peer[i];

        if (peer->there && !uart_peer_has_chardev(peer) && peer->state == STUNT_UART_PEER_RUNNING) {
            uart_peer_stop(peer, STUNT_UART_PEER_ENDED_EARLY, uart_now(), "the card is gone");
        }
    }
}

void uart_peers_go(UartCard *card, uint64_t time)
{
    for (unsigned i = card->n_ports; i < card->n_ends; i++) {
        card->end[i]->fresh = 0;
        if (uart_peer_has_chardev(card->end[i]->peer)) {
            uart_peer_follow(card->end[i]->peer, time);
        } else {
            uart_peer_go(card->end[i]->peer, time);
        }
    }
}

void uart_peer_due(UartPort *end)
{
    end->peer->due = STUNT_UART_NEVER;
    end->peer->over = true;
}

uint64_t uart_peer_due_time(const UartPeer *peer)
{
    return peer->due;
}

bool uart_peer_listens(const UartPeer *peer)
{
    enum peer_verb verb = peer->script->step[peer->step].verb;

    if (peer->state != STUNT_UART_PEER_RUNNING) {
        return false;
    }
    return verb == PEER_EXPECT || verb == PEER_EXPECT_BREAK || verb == PEER_IDLE;
}

uint32_t uart_peer_extra_inputs(const UartPeer *peer)
{
    return (peer->lines & PEER_DCD ? STUNT_UART_INPUT_DCD : 0) | (peer->lines & PEER_RI ? STUNT_UART_INPUT_RI : 0);
}

void uart_card_find_ends(UartCard *card)
{
    card->n_ends = 0;
    for (unsigned i = 0; i < card->n_ports; i++) {
        card->end[card->n_ends++] = &card->port[i];
    }
    for (unsigned i = 0; i < card->n_ports; i++) {
        UartPeer *peer = card->peer[i];

        if (peer->there) {
            card->end[card->n_ends++] = &peer->end;
            peer->port->wire = &peer->end;
        } else if (peer->port->wire == &peer->end) {
            peer->port->wire = NULL;
        }
    }
}

void uart_peer_drive_all(UartPeer *peer, bool on, uint64_t now)
{
    UartPort *end = &peer->end;

    uart_set_reg(end, STUNT_UART_P_MODEM_CTRL, on ? STUNT_UART_P_MODEM_CTRL_RTS | STUNT_UART_P_MODEM_CTRL_DTR : 0);
    peer->lines = on ? PEER_DCD : 0;
    uart_drive(end, now);
    uart_look(peer->port, now);
}

void uart_peer_appear(UartPeer *peer, uint64_t now)
{
    UartPort *end = &peer->end;

    peer->there = true;
    stunt_regs_reset(&peer->regs);
    stunt_uart_clear_port(end);
    uart_card_find_ends(peer->card);
    uart_set_reg(end, STUNT_UART_P_BAUD, BAUD_DEFAULT);
    uart_set_reg(end, STUNT_UART_P_FIFO_CTRL, STUNT_UART_FIFO);
    uart_set_reg(end, STUNT_UART_P_CTRL, STUNT_UART_P_CTRL_ENABLE);
    uart_look(end, now);
    uart_peer_drive_all(peer, !uart_peer_has_chardev(peer), now);
}

static void disappear(UartPeer *peer, uint64_t now)
{
    uart_send_abort(&peer->end);
    peer->there = false;
    uart_card_find_ends(peer->card);
    uart_look(peer->port, now);
}

static void begin_script(UartPeer *peer, uint64_t now)
{
    UartPort *end = &peer->end;

    end->tx.count = 0;
    uart_set_reg(end, STUNT_UART_P_FORMAT, uart_reg(end, STUNT_UART_P_FORMAT) & ~STUNT_UART_P_FORMAT_BREAK);
    uart_break_written(end, now);
    peer->holding = false;
    uart_peer_hear(peer);
    peer->n_heard = peer->looked = peer->scanned = peer->heard_size = 0;
    peer->state = STUNT_UART_PEER_RUNNING;
    peer->step = peer->turns = 0;
    peer->entered = false;
    peer->sent = 0;
    peer->began = peer->since = now;
    peer->due = STUNT_UART_NEVER;
}

/* The new script, which may be none, takes the place of the old one. */
static void put_script(UartPeer *peer)
{
    uint64_t now = uart_now();

    stunt_uart_sync(peer->card);
    if (peer->there && peer->state == STUNT_UART_PEER_RUNNING) {
        uart_peer_stop(peer, STUNT_UART_PEER_ENDED_EARLY, now, NULL);
    }
    if (peer->text_size > 1) {
        if (!peer->there) {
            uart_peer_appear(peer, now);
        }
        begin_script(peer, now);
    } else if (peer->there) {
        disappear(peer, now);
    }
    stunt_uart_signal(peer->card);
}

bool uart_peer_load(UartPeer *peer)
{
    char err[PEER_WHY];

    peer->over = false;
    if (!peer->there) {
        peer->text[0] = '\0';
        peer->text_size = 1;
        peer->due = STUNT_UART_NEVER;
        return true;
    }
    return peer->text[peer->text_size - 1] == '\0' &&
           peer_script_read(peer->script, peer->text, err, sizeof(err)) && peer->step < peer->script->n_steps;
}

static bool can_be_there(UartPeer *peer, Error **errp)
{
    unsigned index = peer->port->index;

    if (index >= peer->card->n_ports) {
        error_setg(errp, "port%u.peer: the card has %u ports", index, peer->card->n_ports);
        return false;
    }
    if (peer->port->wire && !peer->there) {
        error_setg(errp, "port%u.peer: port %u is at the other end of its line (wires)", index,
                   peer->port->wire->index);
        return false;
    }
    if (uart_peer_has_chardev(peer) && (peer->there || peer->text_size > 1)) {
        error_setg(errp, "port%u.peer: a chardev is at the other end of its line", index);
        return false;
    }
    return true;
}

bool uart_peers_begin(UartCard *card, Error **errp)
{
    uart_card_find_ends(card);
    for (unsigned i = 0; i < STUNT_UART_PORTS; i++) {
        UartPeer *peer = card->peer[i];

        if (peer->text_size == 1 && !uart_peer_has_chardev(peer)) {
            continue;
        }
        if (!can_be_there(peer, errp)) {
            return false;
        }
        if (uart_peer_has_chardev(peer)) {
            uart_peer_connect(peer);
        } else {
            put_script(peer);
        }
    }
    return true;
}

/* ---- properties ------------------------------------------------------------------------------------ */

static void get_peer(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartPeer *peer = opaque;

    visit_type_str(v, name, &peer->text, errp);
}

static bool read_script(UartPeer *peer, const char *text, Error **errp)
{
    g_autofree struct peer_script *script = g_new(struct peer_script, 1);
    char err[PEER_WHY];

    if (*text && !peer_script_read(script, text, err, sizeof(err))) {
        error_setg(errp, "port%u.peer: %s", peer->port->index, err);
        return false;
    }
    peer->text_size = strlen(text) + 1;
    memcpy(peer->text, text, peer->text_size);
    if (*text) {
        *peer->script = *script;
    }
    return true;
}

static void set_peer(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    g_autofree char *text = NULL;
    UartPeer *peer = opaque;
    bool realized = DEVICE(obj)->realized;

    if (!visit_type_str(v, name, &text, errp) || (realized && !can_be_there(peer, errp)) ||
        !read_script(peer, text, errp)) {
        return;
    }
    if (realized) {
        put_script(peer);
    }
}

static void append_step(GString *text, UartPeer *peer)
{
    const struct peer_step *step = &peer->script->step[peer->step];

    g_string_append_printf(text, " step %u of %u, line %u: %.*s", peer->step + 1, peer->script->n_steps, step->row,
                           (int)step->text_len, peer->text + step->text);
}

static void get_state(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    g_autoptr(GString) text = g_string_new("none");
    UartPeer *peer = opaque;

    if (peer->there && !uart_peer_has_chardev(peer)) {
        g_string_assign(text, state_names[peer->state]);
        g_string_append_printf(text, " since %" PRIu64 " ns", peer->since / PS_PER_NS);
        if (peer->state != STUNT_UART_PEER_DONE) {
            append_step(text, peer);
        }
        g_string_append_printf(text, "%s%s; heard %" PRIu64, *peer->why ? "; " : "", peer->why, peer->n_heard);
    }
    visit_type_str(v, name, &text->str, errp);
}

static void get_heard(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    g_autoptr(GString) text = g_string_new(NULL);
    UartPeer *peer = opaque;

    for (uint64_t i = peer->n_heard - MIN(peer->n_heard, PEER_HEARD); i < peer->n_heard; i++) {
        uint32_t entry = uart_peer_at(peer, i);

        if (!(entry & STUNT_UART_P_RX_BREAK)) {
            g_string_append_printf(text, "%02x", entry & 0xff);
        }
    }
    visit_type_str(v, name, &text->str, errp);
}

static void add_property(UartPeer *peer, const char *what, ObjectPropertyAccessor *get, ObjectPropertyAccessor *set)
{
    g_autofree char *name = g_strdup_printf("port%u.%s", peer->port->index, what);

    object_property_add(OBJECT(peer->card->dev), name, "string", get, set, NULL, peer);
}

void uart_peer_init(UartPort *port)
{
    UartPeer *peer = g_new0(UartPeer, 1);

    port->card->peer[port->index] = peer;
    peer->card = peer->end.card = port->card;
    peer->port = peer->end.wire = port;
    peer->end.peer = peer;
    peer->end.index = STUNT_UART_PORTS + port->index;
    peer->end.regs = &peer->regs;
    peer->n_values = stunt_uart_spec.n_values;
    peer->value = g_new0(uint32_t, peer->n_values);
    stunt_regs_init(&peer->regs, stunt_uart_spec.regs, stunt_uart_spec.n_regs, peer->value);
    peer->text = g_malloc0(PEER_TEXT_MAX + 1);
    peer->text_size = 1;
    peer->script = g_new0(struct peer_script, 1);
    peer->heard = g_new0(uint16_t, PEER_HEARD);
    peer->due = STUNT_UART_NEVER;
    add_property(peer, "peer", get_peer, set_peer);
    add_property(peer, "peer-state", get_state, NULL);
    add_property(peer, "peer-heard", get_heard, NULL);
    uart_peer_add_chardev(peer);
}

void uart_peer_free(UartPeer *peer)
{
    uart_peer_disconnect(peer);
    g_free(peer->value);
    g_free(peer->text);
    g_free(peer->script);
    g_free(peer->heard);
    g_free(peer);
}
