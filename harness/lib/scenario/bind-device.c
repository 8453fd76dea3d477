/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices: registers without side effects, QOM properties, spurious interrupts, misuse. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/device.h"
#include "lib/scenario/resolve.h"
#include "lib/vm/cmdline.h"
#include "stunt/events.h"

static const char *push_near_device(lua_State *L, StuntRuntime *runtime, const char *name)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(runtime->scenario->device);
    g_autofree char *near_name = NULL;

    for (const StuntFunction *method = stunt_binding_vm.function; method->name; method++) {
        g_ptr_array_add(names, (char *)method->name);
    }
    near_name = stunt_did_you_mean(name, names);
    return lua_pushstring(L, near_name);
}

int stunt_device_push(lua_State *L, StuntRuntime *runtime, const char *name)
{
    const StuntDeviceDef *def = stunt_runtime_device(runtime, name);
    gboolean is_link = g_str_equal(name, STUNT_LINK_ID);
    StuntDevice *device;

    if (!def && !is_link) {
        return luaL_error(L, "the machine has no device or function '%s'%s", name,
                          push_near_device(L, runtime, name));
    }
    device = stunt_bridge_push_object(L, &stunt_binding_device, sizeof(*device));
    device->name = is_link ? STUNT_LINK_ID : def->name;
    device->spec = stunt_spec_device(runtime->spec, is_link ? STUNT_LINK_ID : def->type);
    return 1;
}

StuntDevice *stunt_device_check(lua_State *L, int idx)
{
    return stunt_bridge_check_object(L, idx, &stunt_binding_device);
}

/* ---- properties ---------------------------------------------------------------------------------- */

/* The device's properties that scripts may want, for suggestions; empty when QEMU does not tell. */
static GPtrArray *property_names(StuntRuntime *runtime, const char *device)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    JsonNode *arguments = json_node_new(JSON_NODE_OBJECT);
    g_autoptr(JsonNode) result = NULL;
    JsonObject *object = json_object_new();
    g_autofree char *path = g_strconcat("/machine/peripheral/", device, NULL);

    json_object_set_string_member(object, "path", path);
    json_node_take_object(arguments, object);
    if (stunt_vm_qmp(runtime->vm, "qom-list", arguments, &result, NULL) && JSON_NODE_HOLDS_ARRAY(result)) {
        JsonArray *list = json_node_get_array(result);

        for (guint i = 0; i < json_array_get_length(list); i++) {
            JsonObject *property = json_array_get_object_element(list, i);

            g_ptr_array_add(names,
                            g_strdup(json_object_get_string_member_with_default(property, "name", "")));
        }
    }
    return names;
}

/* Adds a suggestion to QEMU's error when the property does not exist. */
static int raise_property(lua_State *L, StuntRuntime *runtime, const StuntDevice *device,
                          const char *property, GError *error)
{
    GPtrArray *names = property_names(runtime, device->name);
    char *near_name = NULL;
    gboolean known = names->len == 0;

    for (guint i = 0; i < names->len; i++) {
        known |= g_str_equal(names->pdata[i], property);
    }
    if (!known) {
        near_name = stunt_did_you_mean(property, names);
        lua_pushfstring(L, "%s has no property '%s'%s", device->name, property, near_name);
    }
    g_free(near_name);
    g_ptr_array_unref(names);
    if (known) {
        return stunt_runtime_raise(runtime, L, error);
    }
    g_error_free(error);
    return luaL_error(L, "%s", lua_tostring(L, -1));
}

static int device_get(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    const char *property = luaL_checkstring(L, 2);
    GError *error = NULL;
    JsonNode *node = stunt_vm_qom_get(runtime->vm, device->name, property, &error);

    if (!node) {
        return raise_property(L, runtime, device, property, error);
    }
    stunt_bridge_push_json(L, node);
    json_node_unref(node);
    return 1;
}

/* Sets it and notes that. Consumes the value. */
static void set_property(lua_State *L, StuntRuntime *runtime, const StuntDevice *device, const char *property,
                         JsonNode *value)
{
    GError *error = NULL;
    char *text;

    if (!stunt_vm_qom_set(runtime->vm, device->name, property, json_node_copy(value), &error)) {
        json_node_unref(value);
        raise_property(L, runtime, device, property, error);
        return; /* not reached: it raises */
    }
    text = json_to_string(value, FALSE);
    lua_pushfstring(L, "%s.%s = %s", device->name, property, text);
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "set", lua_tostring(L, -1));
    g_free(text);
    json_node_unref(value);
}

static int device_set(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    const char *property = luaL_checkstring(L, 2);

    set_property(L, runtime, device, property, stunt_bridge_to_json(L, 3));
    return 0;
}

/* ---- interrupts ---------------------------------------------------------------------------------- */

static guint64 check_vector(lua_State *L, const StuntDevice *device, int idx)
{
    GError *error = NULL;
    guint64 vector = 0;

    if (lua_type(L, idx) != LUA_TSTRING) {
        vector = (guint64)luaL_checkinteger(L, idx);
        luaL_argcheck(L, vector < device->spec->vector->len, idx, "there is no such vector");
    } else if (!stunt_resolve_value(device->spec, stunt_class_by_name("irq.raise"), "vector",
                                    lua_tostring(L, idx), &vector, &error)) {
        stunt_bridge_raise(L, error);
    }
    return vector;
}

static int device_interrupt(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    guint64 vector = check_vector(L, device, 2);
    JsonNode *value = json_node_new(JSON_NODE_VALUE);

    json_node_set_int(value, (gint64)vector);
    set_property(L, runtime, device, "inject-irq", value);
    return 0;
}

/* ---- registers ----------------------------------------------------------------------------------- */

static guint64 peek(lua_State *L, StuntRuntime *runtime, const StuntDevice *device,
                    const StuntRegisterName *name)
{
    gboolean array = name->reg->count > 1;
    char *property = array ? g_strdup_printf("reg.%s[%u]", name->reg->name, name->index)
                           : g_strdup_printf("reg.%s", name->reg->name);
    GError *error = NULL;
    JsonNode *node = stunt_vm_qom_get(runtime->vm, device->name, property, &error);
    guint64 value;

    g_free(property);
    if (!node) {
        stunt_runtime_raise(runtime, L, error);
    }
    value = (guint64)json_node_get_int(node);
    json_node_unref(node);
    return value;
}

/* Resolves "NAME", "NAME[i]", "NAME.FIELD"; an index given apart goes behind the register's name. */
static StuntRegisterName check_register(lua_State *L, const StuntDevice *device)
{
    const char *text = luaL_checkstring(L, 2);
    StuntRegisterName name = { 0 };
    GError *error = NULL;

    if (!lua_isnoneornil(L, 3)) {
        int base = (int)strcspn(text, ".");

        lua_pushlstring(L, text, base);
        lua_pushfstring(L, "[%I]%s", (LUAI_UACINT)luaL_checkinteger(L, 3), text + base);
        lua_concat(L, 2);
        text = lua_tostring(L, -1);
    }
    if (!stunt_resolve_register(device->spec, text, &name, &error)) {
        stunt_bridge_raise(L, error);
    }
    return name;
}

static int device_peek(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    StuntRegisterName name = check_register(L, device);
    guint64 value = peek(L, runtime, device, &name);

    if (name.field && name.field->value) {
        value = (value & name.field->value) >> g_bit_nth_lsf(name.field->value, -1);
    }
    lua_pushinteger(L, (lua_Integer)value);
    return 1;
}

/* A field's value in its place among what the register holds now. */
static guint64 merge(lua_State *L, StuntRuntime *runtime, const StuntDevice *device,
                     const StuntRegisterName *name, guint64 value)
{
    guint64 mask = name->field->value, placed = value << g_bit_nth_lsf(mask, -1);

    if (placed & ~mask || placed >> g_bit_nth_lsf(mask, -1) != value) {
        luaL_error(L, "%s.%s has no room for %I", name->reg->name, name->field->name, (LUAI_UACINT)value);
    }
    return (peek(L, runtime, device, name) & ~mask) | placed;
}

/* Arguments: device, register, [index,] value. */
static int device_poke(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    lua_Integer value = luaL_checkinteger(L, lua_gettop(L) > 3 ? 4 : 3);
    StuntRegisterName name;
    JsonNode *node;

    luaL_argcheck(L, value >= 0 && value <= G_MAXUINT32, lua_gettop(L) > 3 ? 4 : 3, "a register has 32 bits");
    if (lua_gettop(L) == 3) {
        lua_pushnil(L);
        lua_replace(L, 3);
    }
    name = check_register(L, device);
    if (name.field && name.field->value) {
        value = (lua_Integer)merge(L, runtime, device, &name, (guint64)value);
    }
    if (name.reg->count > 1) {
        lua_pushfstring(L, "reg.%s[%d]", name.reg->name, (int)name.index);
    } else {
        lua_pushfstring(L, "reg.%s", name.reg->name);
    }
    node = json_node_init_int(json_node_alloc(), value);
    set_property(L, runtime, device, lua_tostring(L, -1), node);
    return 0;
}

static int device_offset(lua_State *L)
{
    StuntDevice *device = stunt_device_check(L, 1);
    StuntRegisterName name = check_register(L, device);

    lua_pushinteger(L, (lua_Integer)name.reg->offset + (lua_Integer)name.index * name.reg->stride);
    return 1;
}

static int device_misuse(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntDevice *device = stunt_device_check(L, 1);
    StuntEventQuery query = { .device = stunt_timeline_device_index(runtime->timeline, device->name),
                              .class_id = STUNT_EV_MISUSE };

    lua_pushinteger(L, query.device < 0 ? 0
                                        : (lua_Integer)stunt_timeline_count(runtime->timeline, &query, NULL));
    return 1;
}

static const StuntFunction functions[] = {
    { "fault", stunt_device_fault, "device:fault { fields } -> rule",
      "Arms a rule. Fields:\n\n"
      "- `at`: class of the event. Required.\n"
      "- `action`: what happens to it. Required. `stunt describe` lists classes and actions.\n"
      "- `match`: fields of the event: a number, a name (vector, value of an enum, register), or\n"
      "  `{ value, mask }`.\n"
      "- `nth`: the first match that fires, 1 by default; `every`: and then each so many-th;\n"
      "  `times`: at most so many firings (1 when `nth` is given without `every` and the action does\n"
      "  not last, as `stick` does; else without limit).\n"
      "- `between`: `{ from, to }`, times counted from the arming; `after`: a rule, or its id, that\n"
      "  must have fired before.\n"
      "- `probability`: 0 to 1, by the run's seed.\n"
      "- `params`: of the action; times may be written as such, `{ ns = \"5ms\" }`.\n"
      "- `id`: its name in reports; `optional = true`: it may stay unfired without the run being\n"
      "  INVALID.\n"
      "- `on_pause`: `function(vm)`, for action `pause`: called while the machine stands at the\n"
      "  event." },
    { "peek", device_peek, "device:peek(register [, index]) -> integer",
      "The value of a register, without side effects: `peek(\"CTRL\")`, `peek(\"CH_STATUS\", 1)`; of\n"
      "one field, `peek(\"CH_STATUS.HALTED\", 1)`." },
    { "poke", device_poke, "device:poke(register [, index], value)",
      "Writes a register as the processor would, with all side effects: `poke(\"INT_MASK\", 1)`,\n"
      "`poke(\"CH_CTRL\", 1, 2)`; one field, the others as they are: `poke(\"CH_CTRL.PAUSE\", 1, 1)`. It is\n"
      "an event `mmio.write`, and rules may break it." },
    { "offset", device_offset, "device:offset(register [, index]) -> integer",
      "Where the register is in its BAR, for what the guest does to it without a driver." },
    { "get", device_get, "device:get(property) -> value", "A QOM property." },
    { "set", device_set, "device:set(property, value)", "Sets a QOM property." },
    { "interrupt", device_interrupt, "device:interrupt(vector)",
      "A spurious interrupt now: `interrupt(\"CH1_DONE\")`, by name or number, in whatever mode the driver\n"
      "has chosen; on a line, a glitch. It is recorded as irq.raise, and no rule is asked. Also in\n"
      "`on_pause`." },
    { "unplug", stunt_device_unplug, "device:unplug()",
      "The attention button of its slot is pressed, and the card taken out when the guest has switched the slot\n"
      "off: `device:is_there()` tells. Linux waits five seconds before it begins. Also in `on_pause`." },
    { "remove", stunt_device_remove, "device:remove()",
      "The card is pulled out, whatever it is doing: it reads as ones, drops what is written, moves no data and\n"
      "signals nothing; presence and link go at the root port, which interrupts. Also in `on_pause`." },
    { "plug", stunt_device_plug, "device:plug()",
      "The card is put in again, fresh as after power-on, and the attention button pressed. Also in `on_pause`." },
    { "button", stunt_device_button, "device:button()",
      "The attention button alone: asks for the slot to be switched off, or on, or calls that off." },
    { "link", stunt_device_link, "device:link(\"down\" | \"up\")",
      "Its link goes down and stays so, or may come up again; the device is then reset. Also in `on_pause`." },
    { "slot", stunt_device_slot, "device:slot(\"off\" | \"on\")",
      "The slot's supply fails, a power fault; or it is there again, for the guest to switch on. Also in\n"
      "`on_pause`." },
    { "aer", stunt_device_aer, "device:aer { severity = [, error =] [, header = { … }] }",
      "The device reports an error through AER: `severity` is \"correctable\", \"nonfatal\" or \"fatal\", `error` its\n"
      "name as in Linux' aer-inject (\"DLP\", \"POISON_TLP\", \"RCVR\"; a usual one without), `header` up to four\n"
      "words of the TLP that it is about. Also in `on_pause`." },
    { "is_there", stunt_device_is_there, "device:is_there() -> boolean",
      "Whether its card is in, has power and its link is up." },
    { "power", stunt_device_power, "device:power() -> table",
      "`state`, its power state (\"D0\", \"D1\", \"D2\", \"D3hot\", \"D3cold\"), and by state, as far as the device keeps account of it,\n"
      "`ns`, the virtual time spent in each up to now, and `count`, how often it was entered: `power().ns.D3hot`." },
    { "misuse", device_misuse, "device:misuse() -> integer",
      "How many misuse events the device has reported." },
    { NULL, NULL, NULL, NULL },
};

/* ---- names of its values: vm.dma0.STATUS.OK ------------------------------------------------------ */

static int unknown_value(lua_State *L)
{
    return luaL_error(L, "%s has no value '%s'", lua_tostring(L, lua_upvalueindex(1)),
                      luaL_tolstring(L, 2, NULL));
}

static void push_enum(lua_State *L, const StuntSpecEnum *values)
{
    lua_newtable(L);
    for (guint i = 0; i < values->value->len; i++) {
        const StuntSpecName *value = values->value->pdata[i];

        stunt_bridge_set_integer(L, value->name, value->value);
    }
    lua_newtable(L);
    lua_pushstring(L, values->name);
    lua_pushcclosure(L, unknown_value, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static const char *push_near_member(lua_State *L, const StuntDevice *device, const char *name)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(device->spec->enums);
    g_autofree char *near_name = NULL;

    for (const StuntFunction *function = functions; function->name; function++) {
        g_ptr_array_add(names, (char *)function->name);
    }
    near_name = stunt_did_you_mean(name, names);
    return lua_pushstring(L, near_name);
}

static int get_enum(lua_State *L)
{
    StuntDevice *device = stunt_device_check(L, 1);
    const char *name = luaL_checkstring(L, 2);
    const StuntSpecEnum *values = stunt_spec_enum(device->spec, name);

    if (!values) {
        return luaL_error(L, "%s has no function or enum '%s'%s", device->name, name,
                          push_near_member(L, device, name));
    }
    push_enum(L, values);
    return 1;
}

const StuntBinding stunt_binding_device = {
    .name = "device",
    .type = "stunt.device",
    .doc = "A device of the machine, `vm.dma0`; `vm.link` is the rendezvous with the agent. The values\n"
           "of its enums are fields of it, `vm.dma0.STATUS.OK`: no script needs to repeat a number.",
    .function = functions,
    .fallback = get_enum,
};
