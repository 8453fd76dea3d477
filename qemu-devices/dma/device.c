/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/qdev-properties.h"
#include "dma/dma.h"
#include "types.h"

#define LATENCY_DEFAULT_NS 1000u
#define LATENCY_MAX_NS 1000000000000u
#define BANDWIDTH_DEFAULT 4000000000u

void stunt_dma_show_caps(StuntDma *dma)
{
    StuntPCI *dev = STUNT_PCI(dma);
    uint32_t caps = stunt_pci_reg(dev, STUNT_DMA_CAPS, 0) & ~(STUNT_DMA_CAPS_WIDTH | STUNT_DMA_CAPS_PEER);

    stunt_pci_set_reg(dev, STUNT_DMA_CAPS, 0, caps | (uint32_t)dev->dma_width << STUNT_DMA_CAPS_WIDTH_SHIFT |
                                                  (dma->wired ? STUNT_DMA_CAPS_PEER : 0));
}

static void dma_reset(StuntPCI *dev, StuntReset kind)
{
    StuntDma *dma = STUNT_DMA(dev);

    for (unsigned i = 0; i < STUNT_DMA_CHANNELS; i++) {
        stunt_dma_channel_clear(&dma->channel[i]);
    }
    dma->signal = dma->live = dma->fresh = dma->again = 0;
    stunt_dma_show_caps(dma);
    stunt_dma_peer_reset(dma, kind);
}

static void dma_power_changed(StuntPCI *dev)
{
    StuntDma *dma = STUNT_DMA(dev);

    for (unsigned i = 0; i < STUNT_DMA_CHANNELS; i++) {
        if (!stunt_pci_is_awake(dev)) {
            stunt_dma_channel_sleep(&dma->channel[i]);
        } else {
            stunt_dma_channel_wake(&dma->channel[i]);
        }
    }
    stunt_dma_peer_remind(dma);
    stunt_dma_signal(dma); /* what was held back until a moment in its sleep */
}

static void dma_misused(StuntPCI *dev)
{
    stunt_pci_set_reg(dev, STUNT_DMA_MISUSE_COUNT, 0, stunt_pci_reg(dev, STUNT_DMA_MISUSE_COUNT, 0) + 1);
}

static void dma_realize(StuntPCI *dev, Error **errp)
{
    StuntDma *dma = STUNT_DMA(dev);

    if (!stunt_dma_width_valid(dev, errp) || !stunt_dma_peer_wire(dma, errp)) {
        return;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(dma->scratch); i++) {
        dma->scratch[i] = g_malloc(STUNT_DMA_CHUNK);
    }
    stunt_dma_show_caps(dma);
}

static void dma_unrealize(StuntPCI *dev)
{
    StuntDma *dma = STUNT_DMA(dev);

    stunt_dma_peer_unwire(dma);
    for (unsigned i = 0; i < STUNT_DMA_CHANNELS; i++) {
        stunt_dma_channel_clear(&dma->channel[i]);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(dma->scratch); i++) {
        g_free(dma->scratch[i]);
        dma->scratch[i] = NULL;
    }
}

static void get_latency(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &STUNT_DMA(obj)->latency_ns, errp);
}

static void set_latency(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value > LATENCY_MAX_NS) {
        error_setg(errp, "%s is %" PRIu64 ", at most %" PRIu64, name, value, (uint64_t)LATENCY_MAX_NS);
        return;
    }
    STUNT_DMA(obj)->latency_ns = value;
}

static void get_bandwidth(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &STUNT_DMA(obj)->bandwidth, errp);
}

static void set_bandwidth(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &STUNT_DMA(obj)->bandwidth, errp);
}

static Property dma_properties[] = {
    DEFINE_PROP_UINT8("dma-width", StuntDma, parent_obj.dma_width, 64),
    DEFINE_PROP_STRING("peer", StuntDma, peer_id),
    DEFINE_PROP_END_OF_LIST(),
};

static void instance_init(Object *obj)
{
    StuntDma *dma = STUNT_DMA(obj);

    dma->latency_ns = LATENCY_DEFAULT_NS;
    dma->bandwidth = BANDWIDTH_DEFAULT;
    for (unsigned i = 0; i < STUNT_DMA_CHANNELS; i++) {
        stunt_dma_channel_init(dma, i);
    }
}

static void class_init(ObjectClass *klass, void *data)
{
    StuntPCIClass *stunt_class = STUNT_PCI_CLASS(klass);

    stunt_pci_class_setup(klass, &stunt_dma_spec, &vmstate_stunt_dma);
    stunt_class->realize = dma_realize;
    stunt_class->unrealize = dma_unrealize;
    stunt_class->reg_written = stunt_dma_reg_written;
    stunt_class->reset = dma_reset;
    stunt_class->power_changed = dma_power_changed;
    stunt_class->misused = dma_misused;
    device_class_set_props(DEVICE_CLASS(klass), dma_properties);
    object_class_property_add(klass, "latency-ns", "uint64", get_latency, set_latency, NULL, NULL);
    object_class_property_set_description(klass, "latency-ns", "Virtual time that each descriptor takes");
    object_class_property_add(klass, "bandwidth", "uint64", get_bandwidth, set_bandwidth, NULL, NULL);
    object_class_property_set_description(klass, "bandwidth",
                                          "Bytes per second of virtual time, 0: no limit");
}

static const TypeInfo dma_info = {
    .name = TYPE_STUNT_DMA,
    .parent = TYPE_STUNT_PCI,
    .instance_size = sizeof(StuntDma),
    .instance_init = instance_init,
    .class_init = class_init,
};

void stunt_dma_register_types(void)
{
    /* the kinds that every device has are numbered alike in each spec */
    QEMU_BUILD_BUG_ON(STUNT_DMA_RESET_COLD != STUNT_RESET_COLD || STUNT_DMA_RESET_FLR != STUNT_RESET_FLR ||
                      STUNT_DMA_RESET_SOFT != STUNT_RESET_SOFT || STUNT_DMA_RESET_HOT != STUNT_RESET_HOT ||
                      STUNT_DMA_RESET_POWER != STUNT_RESET_POWER);
    QEMU_BUILD_BUG_ON(STUNT_DMA_MISUSE_RO_WRITE != STUNT_MISUSE_RO_WRITE ||
                      STUNT_DMA_MISUSE_BAD_ACCESS != STUNT_MISUSE_BAD_ACCESS ||
                      STUNT_DMA_MISUSE_RESERVED_WRITE != STUNT_MISUSE_RESERVED_WRITE ||
                      STUNT_DMA_MISUSE_NO_BUS_MASTER != STUNT_MISUSE_NO_BUS_MASTER ||
                      STUNT_DMA_MISUSE_WRONG_POWER_STATE != STUNT_MISUSE_WRONG_POWER_STATE ||
                      STUNT_DMA_MISUSE_ACCESS_IN_RESET != STUNT_MISUSE_ACCESS_IN_RESET);
    QEMU_BUILD_BUG_ON(STUNT_DMA_MISUSE_DMA_UNMAPPED != STUNT_MISUSE_DMA_UNMAPPED ||
                      STUNT_DMA_MISUSE_DMA_AFTER_UNMAP != STUNT_MISUSE_DMA_AFTER_UNMAP ||
                      STUNT_DMA_MISUSE_DMA_DIRECTION != STUNT_MISUSE_DMA_DIRECTION ||
                      STUNT_DMA_MISUSE_MAPPED_TWICE != STUNT_MISUSE_MAPPED_TWICE ||
                      STUNT_DMA_MISUSE_LEFT_MAPPED != STUNT_MISUSE_LEFT_MAPPED ||
                      STUNT_DMA_MISUSE_GONE_POLLED != STUNT_MISUSE_GONE_POLLED ||
                      STUNT_DMA_MISUSE_TOO_EARLY != STUNT_MISUSE_TOO_EARLY);
    QEMU_BUILD_BUG_ON(STUNT_DMA_WHAT_DESC != STUNT_XFER_DESC || STUNT_DMA_WHAT_DATA != STUNT_XFER_DATA ||
                      STUNT_DMA_WHAT_COMP != STUNT_XFER_COMP);
    type_register_static(&dma_info);
}
