/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/qdev-properties.h"
#include "uart/uart.h"
#include "types.h"

#define MILLION 1000000u
#define INPUTS_ALL (STUNT_UART_INPUT_CTS | STUNT_UART_INPUT_DSR | STUNT_UART_INPUT_RI | STUNT_UART_INPUT_DCD)
#define INPUTS_DEFAULT (STUNT_UART_INPUT_CTS | STUNT_UART_INPUT_DSR | STUNT_UART_INPUT_DCD)

static void show_caps(StuntUart *uart)
{
    StuntPCI *dev = STUNT_PCI(uart);
    uint32_t caps = stunt_pci_reg(dev, STUNT_UART_CAPS, 0) & ~(STUNT_UART_CAPS_WIDTH | STUNT_UART_CAPS_PORTS);

    stunt_pci_set_reg(dev, STUNT_UART_CAPS, 0, caps | (uint32_t)dev->dma_width << STUNT_UART_CAPS_WIDTH_SHIFT |
                                                   uart->n_ports << STUNT_UART_CAPS_PORTS_SHIFT);
}

static void uart_reset(StuntPCI *dev, StuntReset kind)
{
    StuntUart *uart = STUNT_UART(dev);

    timer_del(&uart->timer);
    uart->awake = stunt_pci_is_awake(dev);
    for (unsigned i = 0; i < uart->n_ports; i++) {
        stunt_uart_clear_port(&uart->port[i]);
    }
    for (unsigned i = 0; i < uart->n_ports; i++) {
        uart_look(&uart->port[i], uart_now());
        uart_set_reg(&uart->port[i], STUNT_UART_P_MODEM_COUNT, 0);
        uart_set_reg(&uart->port[i], STUNT_UART_P_INT_STATUS, 0);
        uart->port[i].fresh = 0;
    }
    show_caps(uart);
}

/* Asleep nothing is sent or received; what was on a line is lost. */
static void uart_power_changed(StuntPCI *dev)
{
    StuntUart *uart = STUNT_UART(dev);

    stunt_uart_sync(uart);
    uart->awake = stunt_pci_is_awake(dev);
    for (unsigned i = 0; i < uart->n_ports; i++) {
        if (uart->awake) {
            uart_kick(&uart->port[i], uart_now());
        } else {
            uart_send_abort(&uart->port[i]);
        }
    }
    stunt_uart_signal(uart);
}

static void uart_misused(StuntPCI *dev)
{
    stunt_pci_set_reg(dev, STUNT_UART_MISUSE_COUNT, 0, stunt_pci_reg(dev, STUNT_UART_MISUSE_COUNT, 0) + 1);
}

static void timer_due(void *opaque)
{
    StuntUart *uart = opaque;

    stunt_pci_enter(STUNT_PCI(uart));
    stunt_uart_sync(uart);
    stunt_uart_signal(uart);
    stunt_pci_leave(STUNT_PCI(uart));
}

/* ---- wires: "0-1,2-3" ------------------------------------------------------------------------------ */

static bool add_wire(StuntUart *uart, const char *text, Error **errp)
{
    unsigned a, b;
    char rest;

    if (sscanf(text, "%u-%u%c", &a, &b, &rest) != 2 || a >= uart->n_ports || b >= uart->n_ports || a == b) {
        error_setg(errp, "wires has '%s', not two ports A-B of 0 to %u", text, uart->n_ports - 1);
        return false;
    }
    if (uart->wire[a] >= 0 || uart->wire[b] >= 0) {
        error_setg(errp, "wires has two wires at port %u", uart->wire[a] >= 0 ? a : b);
        return false;
    }
    uart->wire[a] = b;
    uart->wire[b] = a;
    return true;
}

static bool read_wires(StuntUart *uart, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(uart->wires ?: "", ",", 0);

    memset(uart->wire, -1, sizeof(uart->wire));
    for (char **word = words; *word; word++) {
        if (!add_wire(uart, *word, errp)) {
            return false;
        }
    }
    return true;
}

static void uart_realize(StuntPCI *dev, Error **errp)
{
    StuntUart *uart = STUNT_UART(dev);

    if (!stunt_dma_width_valid(dev, errp)) {
        return;
    }
    if (!is_power_of_2(uart->n_ports) || uart->n_ports > STUNT_UART_PORTS) {
        error_setg(errp, "ports is %u, not 1, 2, 4 or %u", uart->n_ports, STUNT_UART_PORTS);
        return;
    }
    if (read_wires(uart, errp)) {
        show_caps(uart);
    }
}

static void uart_unrealize(StuntPCI *dev)
{
    timer_del(&STUNT_UART(dev)->timer);
}

static void get_noise(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &STUNT_UART(obj)->noise, errp);
}

/* The same noise in each run of a seed. */
static void set_noise(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntUart *uart = STUNT_UART(obj);
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value > MILLION) {
        error_setg(errp, "%s is %u, at most %u", name, value, MILLION);
        return;
    }
    uart->noise = value;
    uart->random = stunt_trace.engine.seed * 2 + 1;
}

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
        stunt_uart_sync(port->uart);
        uart_look(port, uart_now());
        stunt_uart_signal(port->uart);
    }
}

static Property uart_properties[] = {
    DEFINE_PROP_UINT8("dma-width", StuntUart, parent_obj.dma_width, 64),
    DEFINE_PROP_UINT32("ports", StuntUart, n_ports, STUNT_UART_PORTS),
    DEFINE_PROP_STRING("wires", StuntUart, wires),
    DEFINE_PROP_END_OF_LIST(),
};

static void instance_init(Object *obj)
{
    StuntUart *uart = STUNT_UART(obj);

    timer_init_ns(&uart->timer, QEMU_CLOCK_VIRTUAL, timer_due, uart);
    memset(uart->wire, -1, sizeof(uart->wire));
    uart->random = 1;
    for (unsigned i = 0; i < STUNT_UART_PORTS; i++) {
        g_autofree char *name = g_strdup_printf("port%u.inputs", i);

        uart->port[i].uart = uart;
        uart->port[i].index = i;
        uart->port[i].inputs = INPUTS_DEFAULT;
        uart->port[i].sample_due = uart->port[i].turn_end = STUNT_UART_NEVER;
        uart->port[i].late_due = uart->port[i].cts_due = STUNT_UART_NEVER;
        object_property_add(obj, name, "uint32", get_inputs, set_inputs, NULL, &uart->port[i]);
    }
}

static void class_init(ObjectClass *klass, void *data)
{
    StuntPCIClass *stunt_class = STUNT_PCI_CLASS(klass);

    stunt_pci_class_setup(klass, &stunt_uart_spec, &vmstate_stunt_uart);
    stunt_class->realize = uart_realize;
    stunt_class->unrealize = uart_unrealize;
    stunt_class->reg_read = stunt_uart_reg_read;
    stunt_class->reg_written = stunt_uart_reg_written;
    stunt_class->reset = uart_reset;
    stunt_class->power_changed = uart_power_changed;
    stunt_class->misused = uart_misused;
    device_class_set_props(DEVICE_CLASS(klass), uart_properties);
    object_class_property_add(klass, "noise", "uint32", get_noise, set_noise, NULL, NULL);
    object_class_property_set_description(klass, "noise", "Characters of a million that lose a bit on their way");
}

static const TypeInfo uart_info = {
    .name = TYPE_STUNT_UART,
    .parent = TYPE_STUNT_PCI,
    .instance_size = sizeof(StuntUart),
    .instance_init = instance_init,
    .class_init = class_init,
};

void stunt_uart_register_types(void)
{
    /* the kinds that every device has are numbered alike in each spec */
    QEMU_BUILD_BUG_ON(STUNT_UART_RESET_COLD != STUNT_RESET_COLD || STUNT_UART_RESET_FLR != STUNT_RESET_FLR ||
                      STUNT_UART_RESET_SOFT != STUNT_RESET_SOFT || STUNT_UART_RESET_HOT != STUNT_RESET_HOT);
    QEMU_BUILD_BUG_ON(STUNT_UART_WHAT_DATA != STUNT_XFER_DATA);
    type_register_static(&uart_info);
}
