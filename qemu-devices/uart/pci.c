/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card as a PCIe function. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "uart/uart.h"
#include "types.h"

static void set_irq(UartCard *card, unsigned port, bool on)
{
    if (on) {
        stunt_irq_raise(card->pci, port);
    } else {
        stunt_irq_lower(card->pci, port);
    }
}

static void misuse(UartCard *card, unsigned kind, uint64_t arg0, uint64_t arg1)
{
    stunt_pci_misuse(card->pci, kind, arg0, arg1);
}

static uint8_t window_read(StuntPCI *dev, unsigned index, unsigned at, bool peek)
{
    return uart_window_read(&STUNT_UART(dev)->card.port[index], at, peek);
}

static void window_written(StuntPCI *dev, unsigned index, unsigned at, uint8_t value)
{
    uart_window_written(&STUNT_UART(dev)->card.port[index], at, value);
}

static void uart_reset(StuntPCI *dev, StuntReset kind)
{
    uart_card_reset(&STUNT_UART(dev)->card, stunt_pci_is_awake(dev));
}

static void uart_power_changed(StuntPCI *dev)
{
    uart_card_power_changed(&STUNT_UART(dev)->card, stunt_pci_is_awake(dev));
}

static void uart_misused(StuntPCI *dev)
{
    stunt_pci_set_reg(dev, STUNT_UART_MISUSE_COUNT, 0, stunt_pci_reg(dev, STUNT_UART_MISUSE_COUNT, 0) + 1);
}

static void uart_realize(StuntPCI *dev, Error **errp)
{
    UartCard *card = &STUNT_UART(dev)->card;

    if (stunt_dma_width_valid(dev, errp) && uart_card_realize(card, dev->trace_id, errp)) {
        uart_card_show(card);
        stunt_pci_add_window(dev, card->n_ports);
    }
}

static void uart_unrealize(StuntPCI *dev)
{
    timer_del(&STUNT_UART(dev)->card.timer);
}

static const VMStateDescription vmstate_stunt_uart = {
    .name = "stunt-uart",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        STUNT_PCI_VMSTATE(StuntUart, parent_obj),
        VMSTATE_UINT8_EQUAL(parent_obj.dma_width, StuntUart, "dma-width differs"),
        VMSTATE_STRUCT(card, StuntUart, 0, vmstate_uart_card, UartCard),
        VMSTATE_END_OF_LIST()
    }
};

static Property uart_properties[] = {
    DEFINE_PROP_UINT8("dma-width", StuntUart, parent_obj.dma_width, 64),
    DEFINE_PROP_UINT32("ports", StuntUart, card.n_ports, STUNT_UART_PORTS),
    DEFINE_PROP_STRING("wires", StuntUart, card.wires),
    DEFINE_PROP_END_OF_LIST(),
};

static void instance_init(Object *obj)
{
    static const UartBus bus = { set_irq, misuse };
    StuntPCI *dev = STUNT_PCI(obj);
    UartCard *card = &STUNT_UART(obj)->card;

    card->pci = dev;
    uart_card_init(card, DEVICE(obj), &bus, &dev->regs);
}

static void instance_finalize(Object *obj)
{
    uart_card_clear(&STUNT_UART(obj)->card);
}

static void class_init(ObjectClass *klass, void *data)
{
    StuntPCIClass *stunt_class = STUNT_PCI_CLASS(klass);

    stunt_pci_class_setup(klass, &stunt_uart_spec, &vmstate_stunt_uart);
    stunt_class->realize = uart_realize;
    stunt_class->unrealize = uart_unrealize;
    stunt_class->reg_read = stunt_uart_reg_read;
    stunt_class->reg_written = stunt_uart_reg_written;
    stunt_class->window_read = window_read;
    stunt_class->window_written = window_written;
    stunt_class->reset = uart_reset;
    stunt_class->power_changed = uart_power_changed;
    stunt_class->misused = uart_misused;
    device_class_set_props(DEVICE_CLASS(klass), uart_properties);
}

static const TypeInfo uart_info = {
    .name = TYPE_STUNT_UART,
    .parent = TYPE_STUNT_PCI,
    .instance_size = sizeof(StuntUart),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_init = class_init,
};

void stunt_uart_register_types(void)
{
    /* the kinds that every device has are numbered alike in each spec */
    QEMU_BUILD_BUG_ON(STUNT_UART_RESET_COLD != STUNT_RESET_COLD || STUNT_UART_RESET_FLR != STUNT_RESET_FLR ||
                      STUNT_UART_RESET_SOFT != STUNT_RESET_SOFT || STUNT_UART_RESET_HOT != STUNT_RESET_HOT ||
                      STUNT_UART_RESET_POWER != STUNT_RESET_POWER);
    QEMU_BUILD_BUG_ON(STUNT_UART_WHAT_DATA != STUNT_XFER_DATA);
    type_register_static(&uart_info);
}
