/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU says of its PCI functions: query-pci, which goes by no hook of a device and fires no rule. */
#include <string.h>

#include "lib/live/view.h"
#include "stunt/error.h"

static gint64 number(JsonObject *object, const char *name)
{
    return object ? json_object_get_int_member_with_default(object, name, 0) : 0;
}

static JsonObject *part(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *list(JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member(object, name) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* An address of -1 is that of a BAR that is not decoded. */
static void set_bars(StuntLiveSide *side, JsonArray *regions)
{
    gboolean memory = FALSE;

    for (guint i = 0; regions && i < json_array_get_length(regions); i++) {
        JsonObject *region = json_array_get_object_element(regions, i);
        gboolean io = strcmp(json_object_get_string_member_with_default(region, "type", ""), "io") == 0;
        gint64 address = number(region, "address");
        g_autofree char *what = g_strdup_printf("BAR %" G_GINT64_FORMAT, number(region, "bar"));

        memory |= !io && address != -1;
        stunt_live_side_set(side, what,
                            stunt_live_bar((guint64)address, (guint64)number(region, "size"), io, address != -1));
    }
    if (regions && json_array_get_length(regions)) {
        stunt_live_side_set(side, "decodes memory", g_strdup(memory ? "yes" : "no"));
    }
}

static StuntLiveSide *read_function(JsonObject *device, guint depth)
{
    g_autofree char *address =
        g_strdup_printf("0000:%02x:%02x.%x", (guint)number(device, "bus"), (guint)number(device, "slot"),
                        (guint)number(device, "function"));
    const char *name = json_object_get_string_member_with_default(device, "qdev_id", "");
    JsonObject *bridge = part(device, "pci_bridge"), *id = part(device, "id");
    StuntLiveSide *side = stunt_live_side_new(address);

    side->name = *name ? g_strdup(name) : NULL;
    side->depth = depth;
    stunt_live_side_set(side, "there", g_strdup("yes"));
    stunt_live_side_set(side, "ids",
                        stunt_live_ids((guint)number(id, "vendor"), (guint)number(id, "device"),
                                       (guint)number(id, "subsystem-vendor"), (guint)number(id, "subsystem")));
    stunt_live_side_set(side, "class", g_strdup_printf("%04x", (guint)number(part(device, "class_info"), "class")));
    set_bars(side, list(device, "regions"));
    if (bridge) {
        JsonObject *bus = part(bridge, "bus");

        stunt_live_side_set(side, "leads to bus",
                            stunt_live_buses((guint)number(bus, "secondary"), (guint)number(bus, "subordinate")));
    }
    return side;
}

static void read_devices(GPtrArray *view, JsonArray *devices, guint depth)
{
    for (guint i = 0; devices && i < json_array_get_length(devices); i++) {
        JsonObject *device = json_array_get_object_element(devices, i);
        JsonObject *bridge = part(device, "pci_bridge");

        g_ptr_array_add(view, read_function(device, depth));
        if (bridge) {
            read_devices(view, list(bridge, "devices"), depth + 1);
        }
    }
}

GPtrArray *stunt_live_model_view(JsonNode *answer, GError **error)
{
    JsonArray *buses = answer && JSON_NODE_HOLDS_ARRAY(answer) ? json_node_get_array(answer) : NULL;
    GPtrArray *view;

    if (!buses) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU's answer to query-pci is no list");
        return NULL;
    }
    view = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_live_side_free);
    for (guint i = 0; i < json_array_get_length(buses); i++) {
        read_devices(view, list(json_array_get_object_element(buses, i), "devices"), 0);
    }
    return view;
}
