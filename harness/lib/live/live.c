/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks both sides. The machine stands still while the model is asked, so that both speak of the same moment. */
#include "lib/live/view.h"
#include "lib/vm/cmdline.h"
#include "stunt/error.h"
#include "stunt/events.h"

static char *ask_guest(StuntGuest *guest, guint64 deadline_ns, GError **error)
{
    const char *argv[] = { "sh", "-c", stunt_live_guest_script, NULL };
    StuntCommand *command = stunt_guest_spawn(guest, argv, error);

    if (!command || !stunt_guest_wait(guest, command, deadline_ns, error)) {
        return NULL;
    }
    if (command->status) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "the guest cannot describe itself: %s",
                    command->err->str);
        return NULL;
    }
    return g_strdup(command->out->str);
}

/* ---- what our own devices tell ------------------------------------------------------------------- */

static void take_text(StuntVm *vm, StuntLiveSide *side, const char *property, const char *what,
                      char *(*format)(JsonNode *node))
{
    g_autoptr(JsonNode) node = stunt_vm_qom_get(vm, side->name, property, NULL);

    if (node) {
        stunt_live_side_set(side, what, format(node));
    }
}

static char *as_power(JsonNode *node)
{
    gint64 state = json_node_get_int(node);

    return g_strdup(state >= 0 && state < STUNT_POWER_STATES ? stunt_power_states[state] : "unknown");
}

static char *as_yes_no(JsonNode *node)
{
    return g_strdup(json_node_get_boolean(node) ? "yes" : "no");
}

static char *as_word(JsonNode *node)
{
    return g_strdup(json_node_get_string(node));
}

static char *as_number(JsonNode *node)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
}

static gboolean ask_register(StuntVm *vm, StuntLiveSide *side, const StuntSpecRegister *reg, guint i,
                             guint *ret_changed, GError **error)
{
    g_autofree char *name =
        reg->count > 1 ? g_strdup_printf("%s[%u]", reg->name, i) : g_strdup(reg->name);
    g_autofree char *property = g_strconcat("reg.", name, NULL);
    g_autoptr(JsonNode) node = stunt_vm_qom_get(vm, side->name, property, error);

    if (!node) {
        return FALSE;
    }
    *ret_changed += json_node_get_int(node) != reg->reset;
    json_object_set_int_member(side->registers, name, json_node_get_int(node));
    return TRUE;
}

static gboolean ask_registers(StuntVm *vm, StuntLiveSide *side, const StuntSpecDevice *spec, GError **error)
{
    guint changed = 0;

    side->registers = json_object_new();
    for (guint i = 0; i < spec->reg->len; i++) {
        const StuntSpecRegister *reg = spec->reg->pdata[i];

        for (guint k = 0; k < reg->count; k++) {
            if (!ask_register(vm, side, reg, k, &changed, error)) {
                return FALSE;
            }
        }
    }
    stunt_live_side_set(side, "registers",
                        g_strdup_printf("%u of %u not as after a reset", changed,
                                        json_object_get_size(side->registers)));
    return TRUE;
}

/* How often each vector was signalled since the run began, by number: "0:3 1:0". */
static void count_signals(StuntVm *vm, StuntLiveSide *side, const StuntSpecDevice *spec)
{
    StuntTimeline *timeline = stunt_vm_timeline(vm);
    g_autoptr(GString) text = g_string_new(NULL);
    StuntEventQuery query = { .device = stunt_timeline_device_index(timeline, side->name),
                              .class_id = STUNT_EV_IRQ_RAISE,
                              .used = 1u << STUNT_EV_IRQ_RAISE_VECTOR,
                              .mask = { [STUNT_EV_IRQ_RAISE_VECTOR] = G_MAXUINT64 } };

    for (guint i = 0; i < spec->vector->len; i++) {
        query.value[STUNT_EV_IRQ_RAISE_VECTOR] = i;
        g_string_append_printf(text, "%s%u:%" G_GSIZE_FORMAT, i ? " " : "", i,
                               stunt_timeline_count(timeline, &query, NULL));
    }
    if (query.device >= 0 && text->len) {
        stunt_live_side_set(side, "signals", g_string_free(g_steal_pointer(&text), FALSE));
    }
}

static gboolean ask_device(StuntVm *vm, StuntLiveSide *side, const StuntSpecDevice *spec, GError **error)
{
    stunt_live_side_set(side, "driver", g_strconcat("(stunt-", spec->name, ")", NULL));
    take_text(vm, side, "bus-master", "bus master", as_yes_no);
    take_text(vm, side, "power-state", "power", as_power);
    take_text(vm, side, "interrupt-mode", "interrupts", as_word);
    if (g_strcmp0(g_hash_table_lookup(side->fact, "interrupts"), "INTx") != 0) {
        take_text(vm, side, "unmasked-vectors", "vectors", as_number);
    }
    take_text(vm, side, "mappings", "mappings", as_word);
    take_text(vm, side, "misuse-count", "misuse", as_number);
    count_signals(vm, side, spec);
    return ask_registers(vm, side, spec, error);
}

/* The description that a function's name stands for; NULL for one of QEMU's own, which also loses its name. */
static const StuntSpecDevice *spec_of(const StuntSpec *spec, const GPtrArray *devices, StuntLiveSide *side)
{
    if (g_strcmp0(side->name, STUNT_LINK_ID) == 0) {
        return stunt_spec_device(spec, STUNT_LINK_ID);
    }
    for (guint i = 0; side->name && i < devices->len; i++) {
        const StuntDeviceDef *def = devices->pdata[i];

        if (g_str_equal(def->name, side->name)) {
            return stunt_spec_device(spec, def->type);
        }
    }
    g_clear_pointer(&side->name, g_free);
    return NULL;
}

static GPtrArray *ask_model(StuntVm *vm, const StuntSpec *spec, const GPtrArray *devices, GError **error)
{
    g_autoptr(JsonNode) answer = NULL;
    g_autoptr(GPtrArray) view = NULL;

    if (!stunt_vm_qmp(vm, "query-pci", NULL, &answer, error)) {
        return NULL;
    }
    view = stunt_live_model_view(answer, error);
    for (guint i = 0; view && i < view->len; i++) {
        const StuntSpecDevice *device = spec_of(spec, devices, view->pdata[i]);

        if (device && !ask_device(vm, view->pdata[i], device, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&view);
}

StuntLive *stunt_live_look(StuntGuest *guest, StuntVm *vm, const StuntSpec *spec, const GPtrArray *devices,
                           const char *title, guint64 deadline_ns, GError **error)
{
    g_autofree char *text = ask_guest(guest, deadline_ns, error);
    g_autoptr(GPtrArray) of_guest = text ? stunt_live_guest_view(text, error) : NULL;
    g_autoptr(GPtrArray) of_model = of_guest ? ask_model(vm, spec, devices, error) : NULL;
    StuntLive *live;

    if (!of_model) {
        return NULL;
    }
    live = stunt_live_compare(of_guest, of_model);
    live->title = g_strdup(title);
    live->release = g_strdup(stunt_guest_release(guest));
    live->virtual_ns = stunt_vm_now_ns(vm);
    return live;
}
