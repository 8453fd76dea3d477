/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card as a whole: how many ports it has, what is wired to what, noise, reset and power. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "uart/uart.h"

#define MILLION 1000000u
#define INPUTS_ALL (STUNT_UART_INPUT_CTS | STUNT_UART_INPUT_DSR | STUNT_UART_INPUT_RI | STUNT_UART_INPUT_DCD)
#define INPUTS_DEFAULT (STUNT_UART_INPUT_CTS | STUNT_UART_INPUT_DSR | STUNT_UART_INPUT_DCD)

void uart_card_show(UartCard *card)
{
    uint32_t caps = stunt_regs_get(card->regs, STUNT_UART_CAPS, 0) & ~(STUNT_UART_CAPS_WIDTH | STUNT_UART_CAPS_PORTS);
    uint32_t width = card->pci ? card->pci->dma_width : 0;

    stunt_regs_set(card->regs, STUNT_UART_CAPS, 0, caps | width << STUNT_UART_CAPS_WIDTH_SHIFT |
                                                       card->n_ports << STUNT_UART_CAPS_PORTS_SHIFT);
}

void uart_card_reset(UartCard *card, bool awake)
{
    timer_del(&card->timer);
    card->awake = awake;
    for (unsigned i = 0; i < card->n_ports; i++) {
        stunt_uart_clear_port(&card->port[i]);
    }
    for (unsigned i = 0; i < card->n_ports; i++) {
        uart_look(&card->port[i], uart_now());
        uart_set_reg(&card->port[i], STUNT_UART_P_MODEM_COUNT, 0);
        uart_set_reg(&card->port[i], STUNT_UART_P_INT_STATUS, 0);
        card->port[i].fresh = 0;
    }
    for (unsigned i = card->n_ports; i < card->n_ends; i++) {
        uart_look(card->end[i], uart_now());
    }
    uart_card_show(card);
    stunt_uart_plan(card);
}

/* Asleep nothing is sent or received; what was on a line is lost. */
void uart_card_power_changed(UartCard *card, bool awake)
{
    stunt_uart_sync(card);
    card->awake = awake;
    if (card->pci && card->pci->gone && !stunt_pci_sleeps(card->pci)) {
        uart_peers_leave(card);
    }
    for (unsigned i = 0; i < card->n_ports; i++) {
        if (card->awake) {
            uart_kick(&card->port[i], uart_now());
        } else {
            uart_send_abort(&card->port[i]);
        }
    }
    stunt_uart_signal(card);
}

void uart_wake(UartPort *port, uint32_t what)
{
    if (!port->card->awake && port->card->pci && (uart_reg(port, STUNT_UART_P_WAKE) & what)) {
        stunt_pci_pme(port->card->pci);
    }
}

void uart_card_enter(UartCard *card)
{
    stunt_callback_begin(card->dev);
    stunt_uart_sync(card);
}

void uart_card_leave(UartCard *card)
{
    stunt_uart_signal(card);
    stunt_callback_end(card->dev);
}

/* Every character up to now has been told of. */
static void settle(void *opaque)
{
    UartCard *card = opaque;

    uart_card_enter(card);
    for (unsigned i = 0; i < card->n_ends; i++) {
        uart_tell(card->end[i]);
    }
    uart_card_leave(card);
}

static void timer_due(void *opaque)
{
    uart_card_enter(opaque);
    uart_card_leave(opaque);
}

static void get_noise(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartCard *card = opaque;

    visit_type_uint32(v, name, &card->noise, errp);
}

/* The same characters in each run of a seed. */
static void set_noise(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartCard *card = opaque;
    bool live = card->dev->realized;
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value > MILLION) {
        error_setg(errp, "noise is %u, at most %u", value, MILLION);
        return;
    }
    if (live) {
        stunt_uart_sync(card); /* what was sent earlier does not suffer */
    }
    card->noise = value;
    card->random = stunt_trace.engine.seed * 2 + 1;
    if (live) {
        stunt_uart_signal(card);
    }
}

/* ---- wires: "0-1,2-3" ------------------------------------------------------------------------------ */

static bool add_wire(UartCard *card, const char *text, Error **errp)
{
    UartPort *port = card->port;
    unsigned a, b;
    char rest;

    if (sscanf(text, "%u-%u%c", &a, &b, &rest) != 2 || a >= card->n_ports || b >= card->n_ports || a == b) {
        error_setg(errp, "wires has '%s', not two ports A-B of 0 to %u", text, card->n_ports - 1);
        return false;
    }
    if (port[a].wire || port[b].wire) {
        error_setg(errp, "wires has two wires at port %u", port[a].wire ? a : b);
        return false;
    }
    port[a].wire = &port[b];
    port[b].wire = &port[a];
    return true;
}

bool uart_card_realize(UartCard *card, int trace_id, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(card->wires ?: "", ",", 0);

    if (!is_power_of_2(card->n_ports) || card->n_ports > STUNT_UART_PORTS) {
        error_setg(errp, "ports is %u, not 1, 2, 4 or %u", card->n_ports, STUNT_UART_PORTS);
        return false;
    }
    for (char **word = words; *word; word++) {
        if (!add_wire(card, *word, errp)) {
            return false;
        }
    }
    card->trace_id = trace_id;
    stunt_trace_set_settle(trace_id, settle, card);
    return uart_peers_begin(card, errp);
}

/* ---- modem lines of a port without a wire ----------------------------------------------------------- */

static void get_inputs(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartPort *port = opaque;

    visit_type_uint32(v, name, &port->inputs, errp);
}

static void set_inputs(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    UartPort *port = opaque;
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value > INPUTS_ALL) {
        error_setg(errp, "%s is %u, at most %u", name, value, INPUTS_ALL);
        return;
    }
    port->inputs = value;
    if (DEVICE(obj)->realized) {
        stunt_uart_sync(port->card);
        uart_look(port, uart_now());
        stunt_uart_signal(port->card);
    }
}

void uart_card_init(UartCard *card, DeviceState *dev, const UartBus *bus, struct stunt_regs *regs)
{
    card->dev = dev;
    card->bus = bus;
    card->regs = regs;
    card->trace_id = -1;
    card->random = 1;
    timer_init_ns(&card->timer, QEMU_CLOCK_VIRTUAL, timer_due, card);
    object_property_add(OBJECT(dev), "noise", "uint32", get_noise, set_noise, NULL, card);
    object_property_set_description(OBJECT(dev), "noise", "Characters of a million that lose a bit on their way");
    for (unsigned i = 0; i < STUNT_UART_PORTS; i++) {
        g_autofree char *name = g_strdup_printf("port%u.inputs", i);
        UartPort *port = &card->port[i];

        port->card = card;
        port->index = port->element = i;
        port->regs = regs;
        port->inputs = INPUTS_DEFAULT;
        port->sample_due = port->turn_end = port->late_due = port->cts_due = STUNT_UART_NEVER;
        object_property_add(OBJECT(dev), name, "uint32", get_inputs, set_inputs, NULL, port);
        uart_peer_init(port);
    }
}

void uart_card_clear(UartCard *card)
{
    for (unsigned i = 0; i < STUNT_UART_PORTS; i++) {
        uart_peer_free(card->peer[i]);
    }
}
