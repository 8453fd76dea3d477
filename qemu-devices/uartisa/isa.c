/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One port of stunt-uart on the ISA bus, where nothing of it is reached but the 16550A. */
#include "qemu/osdep.h"
#include "core/isa.h"
#include "uart/uart.h"
#include "types.h"

#define TYPE_STUNT_UARTISA "stunt-uartisa"
OBJECT_DECLARE_SIMPLE_TYPE(StuntUartISA, STUNT_UARTISA)

extern const struct stunt_device_spec stunt_uartisa_spec;

struct StuntUartISA {
    StuntISA parent_obj;
    UartCard card;
    struct stunt_regs regs; /* those that a PCIe card has in its BAR */
    uint32_t *value;
    uint32_t n_values;
};

static void set_irq(UartCard *card, unsigned port, bool on)
{
    stunt_isa_set_irq(STUNT_ISA(card->dev), on);
}

static void misuse(UartCard *card, unsigned kind, uint64_t arg0, uint64_t arg1)
{
    stunt_isa_misuse(STUNT_ISA(card->dev), kind, arg0, arg1);
}

static uint8_t read_byte(StuntISA *dev, unsigned at, bool peek)
{
    return uart_window_read(&STUNT_UARTISA(dev)->card.port[0], at, peek);
}

static void written(StuntISA *dev, unsigned at, uint8_t value)
{
    uart_window_written(&STUNT_UARTISA(dev)->card.port[0], at, value);
}

static void reset(StuntISA *dev)
{
    StuntUartISA *uart = STUNT_UARTISA(dev);

    stunt_regs_reset(&uart->regs);
    uart_card_reset(&uart->card, true);
}

static void realize(StuntISA *dev, Error **errp)
{
    uart_card_realize(&STUNT_UARTISA(dev)->card, dev->trace_id, errp);
}

static void unrealize(StuntISA *dev)
{
    timer_del(&STUNT_UARTISA(dev)->card.timer);
}

static void instance_init(Object *obj)
{
    static const UartBus bus = { set_irq, misuse };
    StuntUartISA *uart = STUNT_UARTISA(obj);

    uart->n_values = stunt_uart_spec.n_values;
    uart->value = g_new0(uint32_t, uart->n_values);
    stunt_regs_init(&uart->regs, stunt_uart_spec.regs, stunt_uart_spec.n_regs, uart->value);
    stunt_regs_reset(&uart->regs);
    uart->card.n_ports = 1;
    uart->card.gated = true;
    uart_card_init(&uart->card, DEVICE(obj), &bus, &uart->regs);
}

static void instance_finalize(Object *obj)
{
    uart_card_clear(&STUNT_UARTISA(obj)->card);
    g_free(STUNT_UARTISA(obj)->value);
}

static const VMStateDescription vmstate_uartisa = {
    .name = "stunt-uartisa",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        STUNT_ISA_VMSTATE(StuntUartISA, parent_obj),
        VMSTATE_VARRAY_UINT32(value, StuntUartISA, n_values, 0, vmstate_info_uint32, uint32_t),
        VMSTATE_STRUCT(card, StuntUartISA, 0, vmstate_uart_card, UartCard),
        VMSTATE_END_OF_LIST()
    }
};

static void class_init(ObjectClass *klass, void *data)
{
    StuntISAClass *stunt_class = STUNT_ISA_CLASS(klass);

    stunt_isa_class_setup(klass, &stunt_uartisa_spec, &vmstate_uartisa);
    stunt_class->realize = realize;
    stunt_class->unrealize = unrealize;
    stunt_class->reset = reset;
    stunt_class->read = read_byte;
    stunt_class->written = written;
}

static const TypeInfo uartisa_info = {
    .name = TYPE_STUNT_UARTISA,
    .parent = TYPE_STUNT_ISA,
    .instance_size = sizeof(StuntUartISA),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_init = class_init,
};

void stunt_uartisa_register_types(void)
{
    type_register_static(&uartisa_info);
}
