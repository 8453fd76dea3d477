/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of the port: link-ns, dpc and s3-power; and for the harness present, power and link, which tell how it is and
 * when written change it, unplug, attention and aer.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/qdev-properties.h"
#include "core/port.h"

#define LINK_MAX_NS 1000000000000u

static Property properties[] = {
    DEFINE_PROP_BOOL("dpc", StuntPort, has_dpc, false),
    DEFINE_PROP_BOOL("s3-power", StuntPort, s3_power, false),
    DEFINE_PROP_END_OF_LIST(),
};

static bool get_present(Object *obj, Error **errp)
{
    return STUNT_PORT(obj)->present;
}

static void set_present(Object *obj, bool present, Error **errp)
{
    StuntPort *port = STUNT_PORT(obj);

    (void)(present ? stunt_port_plug(port, errp) : stunt_port_remove(port, errp));
}

static bool get_power(Object *obj, Error **errp)
{
    return !STUNT_PORT(obj)->power_lost;
}

static void set_power(Object *obj, bool on, Error **errp)
{
    stunt_port_power(STUNT_PORT(obj), on, errp);
}

static bool get_link(Object *obj, Error **errp)
{
    return STUNT_PORT(obj)->link_up;
}

static void set_link(Object *obj, bool up, Error **errp)
{
    StuntPort *port = STUNT_PORT(obj);

    (void)(up ? stunt_port_link_up(port, errp) : stunt_port_link_down(port, 0, errp));
}

static bool get_unplug(Object *obj, Error **errp)
{
    return STUNT_PORT(obj)->leaving;
}

static void set_unplug(Object *obj, bool yes, Error **errp)
{
    if (!yes) {
        error_setg(errp, "an unplug is not called off; press the button again");
        return;
    }
    stunt_port_unplug(STUNT_PORT(obj), errp);
}

static void set_attention(Object *obj, bool yes, Error **errp)
{
    if (yes) {
        stunt_port_press(STUNT_PORT(obj), errp);
    }
}

static void set_aer(Object *obj, const char *text, Error **errp)
{
    StuntPort *port = STUNT_PORT(obj);
    StuntPCI *dev = stunt_port_double(port);
    StuntError error;

    if (!dev || dev->gone) {
        error_setg(errp, dev ? "the device is gone: it reports nothing" : "no double is behind the port");
        return;
    }
    if (stunt_aer_parse(text, PCI_DEVICE(dev), &error, errp)) {
        stunt_aer_raise(dev, STUNT_AER_DEVICE, &error);
    }
}

static void get_link_ns(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &STUNT_PORT(obj)->link_ns, errp);
}

static void set_link_ns(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value > LINK_MAX_NS) {
        error_setg(errp, "%s is %" PRIu64 ", at most %" PRIu64, name, value, (uint64_t)LINK_MAX_NS);
        return;
    }
    STUNT_PORT(obj)->link_ns = value;
}

void stunt_port_add_class_properties(ObjectClass *klass)
{
    device_class_set_props(DEVICE_CLASS(klass), properties);
    object_class_property_add(klass, "link-ns", "uint64", get_link_ns, set_link_ns, NULL, NULL);
    object_class_property_add_bool(klass, "present", get_present, set_present);
    object_class_property_add_bool(klass, "power", get_power, set_power);
    object_class_property_add_bool(klass, "link", get_link, set_link);
    object_class_property_add_bool(klass, "unplug", get_unplug, set_unplug);
    object_class_property_add_bool(klass, "attention", NULL, set_attention);
    object_class_property_add_str(klass, "aer", NULL, set_aer);
}
