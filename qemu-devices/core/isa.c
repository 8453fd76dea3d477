/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "core/access.h"
#include "core/callback.h"
#include "core/clock.h"
#include "core/irq.h"
#include "core/isa.h"
#include "core/regs.h"
#include "types.h"

#define ISA_IRQS 16u
#define COLD 0u /* field `kind` of reset */

void stunt_isa_misuse(StuntISA *dev, unsigned kind, uint64_t arg0, uint64_t arg1)
{
    dev->misuse_count++;
    (void)stunt_event(dev->trace_id, STUNT_EV_MISUSE, kind, arg0, arg1);
}

/* ---- the interrupt: a rising edge ------------------------------------------------------------------ */

/* One edge more, with no cause behind it. */
static void glitch(StuntISA *dev)
{
    stunt_event_echo(dev->trace_id, STUNT_EV_IRQ_RAISE, 0, STUNT_IRQ_INTX);
    qemu_set_irq(dev->line, 0);
    qemu_set_irq(dev->line, 1);
    qemu_set_irq(dev->line, dev->raised);
}

static void later_due(void *opaque)
{
    StuntISA *dev = opaque;

    stunt_callback_begin(DEVICE(dev));
    if (stunt_repeat_next(&dev->later)) {
        stunt_event_echo(dev->trace_id, STUNT_EV_IRQ_RAISE, 0, STUNT_IRQ_INTX);
        qemu_set_irq(dev->line, dev->raised);
    } else {
        glitch(dev);
    }
    stunt_callback_end(DEVICE(dev));
}

/* There is one vector, so it cannot be the wrong one; and no data that it could come before. */
static void raise_faulty(StuntISA *dev, const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_DROP:
        return;
    case STUNT_ACT_DELAY:
        stunt_repeat_delay(&dev->later, rule->param[STUNT_ACT_DELAY_NS]);
        return;
    case STUNT_ACT_DUPLICATE:
        qemu_set_irq(dev->line, 1);
        if (rule->param[STUNT_ACT_DUPLICATE_NS]) {
            stunt_repeat_once(&dev->later, rule->param[STUNT_ACT_DUPLICATE_NS]);
        } else {
            glitch(dev);
        }
        return;
    case STUNT_ACT_SPURIOUS:
        qemu_set_irq(dev->line, 1);
        glitch(dev);
        return;
    case STUNT_ACT_STORM:
        stunt_repeat_storm(&dev->later, rule->param[STUNT_ACT_STORM_COUNT], rule->param[STUNT_ACT_STORM_NS]);
        break;
    }
    qemu_set_irq(dev->line, 1);
}

void stunt_isa_set_irq(StuntISA *dev, bool on)
{
    const struct stunt_rule *rule;

    if (dev->raised == on) {
        return;
    }
    dev->raised = on;
    if (!on) {
        if (stunt_repeat_is_delayed(&dev->later)) {
            stunt_repeat_forget(&dev->later); /* a signal that was put off goes with its cause */
        }
        (void)stunt_event(dev->trace_id, STUNT_EV_IRQ_LOWER, 0);
        qemu_set_irq(dev->line, 0);
        return;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_IRQ_RAISE, 0, STUNT_IRQ_INTX);
    if (rule) {
        raise_faulty(dev, rule);
    } else {
        qemu_set_irq(dev->line, 1);
    }
}

/* ---- I/O ports ------------------------------------------------------------------------------------- */

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    StuntISA *dev = opaque;
    uint64_t value = 0;
    const struct stunt_rule *rule;

    if (size == 1) {
        value = STUNT_ISA_GET_CLASS(dev)->read(dev, addr, false);
    } else {
        stunt_isa_misuse(dev, STUNT_REG_BAD_ACCESS, addr, size);
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_READ, addr, size, value);
    return (rule ? stunt_access_read(rule, addr, value) : value) & stunt_access_ones(size);
}

/* The processor waits for an I/O write, so one that is delayed lands before it goes on. */
static void io_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    StuntISA *dev = opaque;
    StuntISAClass *klass = STUNT_ISA_GET_CLASS(dev);
    const struct stunt_rule *rule = stunt_event(dev->trace_id, STUNT_EV_MMIO_WRITE, addr, size, value);
    uint64_t delay_ns = 0;

    if (rule && !stunt_access_write(rule, size, klass->read(dev, addr, true), &value, &delay_ns)) {
        return;
    }
    if (delay_ns) {
        stunt_clock_pass(delay_ns);
    }
    if (size == 1) {
        klass->written(dev, addr, value);
    } else {
        stunt_isa_misuse(dev, STUNT_REG_BAD_ACCESS, addr, value);
    }
}

static const MemoryRegionOps io_ops = {
    .read = io_read,
    .write = io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 4, .unaligned = true },
};

/* ---- life ------------------------------------------------------------------------------------------ */

static void take_down(StuntISA *dev)
{
    stunt_repeat_forget(&dev->later);
    stunt_trace_unregister(dev->trace_id);
    dev->trace_id = -1;
}

static void device_realize(DeviceState *qdev, Error **errp)
{
    ERRP_GUARD();
    StuntISA *dev = STUNT_ISA(qdev);
    StuntISAClass *klass = STUNT_ISA_GET_CLASS(dev);
    unsigned size = klass->spec->window->size;

    if (dev->irq >= ISA_IRQS) {
        error_setg(errp, "irq is %u, at most %u", dev->irq, ISA_IRQS - 1);
        return;
    }
    if (dev->iobase % size || dev->iobase > UINT16_MAX) {
        error_setg(errp, "iobase is 0x%x, not a multiple of %u up to 0xffff", dev->iobase, size);
        return;
    }
    dev->trace_id = stunt_trace_register(qdev->id, klass->spec->name, errp);
    if (dev->trace_id < 0) {
        return;
    }
    dev->line = isa_get_irq(ISA_DEVICE(dev), dev->irq);
    memory_region_init_io(&dev->io, OBJECT(dev), &io_ops, dev, klass->spec->name, size);
    isa_register_ioport(ISA_DEVICE(dev), &dev->io, dev->iobase);
    klass->realize(dev, errp);
    if (*errp) {
        take_down(dev);
    }
}

static void device_unrealize(DeviceState *qdev)
{
    StuntISA *dev = STUNT_ISA(qdev);

    STUNT_ISA_GET_CLASS(dev)->unrealize(dev);
    take_down(dev);
}

static void device_reset(DeviceState *qdev)
{
    StuntISA *dev = STUNT_ISA(qdev);

    (void)stunt_event(dev->trace_id, STUNT_EV_RESET, COLD, 0);
    stunt_repeat_forget(&dev->later);
    dev->raised = false;
    qemu_set_irq(dev->line, 0);
    STUNT_ISA_GET_CLASS(dev)->reset(dev);
}

/* ---- properties ------------------------------------------------------------------------------------ */

static void get_byte(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint8_t value = STUNT_ISA_GET_CLASS(obj)->read(STUNT_ISA(obj), (uintptr_t)opaque, true);

    visit_type_uint8(v, name, &value, errp);
}

static void set_byte(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    StuntISA *dev = STUNT_ISA(obj);
    uint8_t value;

    if (visit_type_uint8(v, name, &value, errp)) {
        stunt_access_poke(&dev->io, (uintptr_t)opaque, value, MO_8, name, errp);
    }
}

static void inject_irq(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint32_t vector;

    if (!visit_type_uint32(v, name, &vector, errp)) {
        return;
    }
    if (vector || !DEVICE(obj)->realized) {
        error_setg(errp, "vector %u is not there: a board on the ISA bus has one", vector);
        return;
    }
    glitch(STUNT_ISA(obj));
}

static Property properties[] = {
    DEFINE_PROP_UNSIGNED_NODEFAULT("iobase", StuntISA, iobase, qdev_prop_uint32, uint32_t),
    DEFINE_PROP_UNSIGNED_NODEFAULT("irq", StuntISA, irq, qdev_prop_uint32, uint32_t),
    DEFINE_PROP_END_OF_LIST(),
};

static void instance_init(Object *obj)
{
    StuntISA *dev = STUNT_ISA(obj);
    const struct stunt_device_spec *spec = STUNT_ISA_GET_CLASS(dev)->spec;

    dev->trace_id = -1;
    dev->iobase = spec->isa_iobase;
    dev->irq = spec->isa_irq;
    stunt_repeat_init(&dev->later, later_due, dev);
    for (unsigned i = 0; i < spec->window->size; i++) {
        g_autofree char *name = g_strdup_printf("reg.%s", spec->window->names[i]);

        object_property_add(obj, name, "uint8", get_byte, set_byte, NULL, (void *)(uintptr_t)i);
    }
    object_property_add(obj, "inject-irq", "uint32", NULL, inject_irq, NULL, NULL);
    object_property_add_uint64_ptr(obj, "misuse-count", &dev->misuse_count, OBJ_PROP_FLAG_READ);
}

const VMStateDescription vmstate_stunt_isa = {
    .name = "stunt-isa",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_EQUAL(iobase, StuntISA, "iobase differs"),
        VMSTATE_UINT32_EQUAL(irq, StuntISA, "irq differs"),
        VMSTATE_UINT64(misuse_count, StuntISA),
        VMSTATE_BOOL(raised, StuntISA),
        STUNT_REPEAT_VMSTATE(later, StuntISA),
        VMSTATE_END_OF_LIST()
    }
};

void stunt_isa_class_setup(ObjectClass *klass, const struct stunt_device_spec *spec, const VMStateDescription *vmsd)
{
    STUNT_ISA_CLASS(klass)->spec = spec;
    DEVICE_CLASS(klass)->vmsd = vmsd;
    DEVICE_CLASS(klass)->desc = spec->title;
}

static void class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = device_realize;
    dc->unrealize = device_unrealize;
    dc->reset = device_reset;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, properties);
}

static const TypeInfo stunt_isa_info = {
    .name = TYPE_STUNT_ISA,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(StuntISA),
    .instance_init = instance_init,
    .class_size = sizeof(StuntISAClass),
    .class_init = class_init,
    .abstract = true,
};

void stunt_isa_register_types(void)
{
    type_register_static(&stunt_isa_info);
}
