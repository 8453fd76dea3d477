/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in scripts to the numbers that events and registers carry. */
#include <string.h>

#include "lib/scenario/resolve.h"
#include "stunt/error.h"
#include "stunt/events.h"

static gboolean fail_unknown(const char *what, const char *of, const char *name, const GPtrArray *names,
                             GError **error)
{
    g_autofree char *near_name = stunt_did_you_mean(name, names);

    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s has no %s '%s'%s", of, what, name, near_name);
    return FALSE;
}

static gboolean fail_unknown_spec(const char *what, const char *of, const char *name, const GPtrArray *things,
                                  GError **error)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(things);

    return fail_unknown(what, of, name, names, error);
}

const struct stunt_class_info *stunt_resolve_class(const char *name, GError **error)
{
    const struct stunt_class_info *info = stunt_class_by_name(name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    for (size_t i = 0; i < stunt_n_classes; i++) {
        g_ptr_array_add(names, (char *)stunt_classes[i].name);
    }
    if (!info) {
        near_name = stunt_did_you_mean(name, names);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "unknown event class '%s'%s", name, near_name);
    }
    return info;
}

gboolean stunt_resolve_field(const struct stunt_class_info *class_info, const char *field, guint *ret_index,
                             GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *of = g_strdup_printf("event class %s", class_info->name);

    for (guint i = 0; i < class_info->n_fields; i++) {
        if (g_str_equal(class_info->field[i], field)) {
            *ret_index = i;
            return TRUE;
        }
        g_ptr_array_add(names, (char *)class_info->field[i]);
    }
    return fail_unknown("field", of, field, names, error);
}

const struct stunt_action_info *stunt_resolve_action(const char *name, GError **error)
{
    const struct stunt_action_info *action = stunt_action_by_name(name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    for (size_t i = 0; i < stunt_n_actions; i++) {
        g_ptr_array_add(names, (char *)stunt_actions[i].name);
    }
    if (!action) {
        near_name = stunt_did_you_mean(name, names);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "unknown action '%s'%s", name, near_name);
    }
    return action;
}

/* ---- values -------------------------------------------------------------------------------------- */

/* The enum called like the field, or like the class when the field is its kind: RESET for reset's kind. */
static const StuntSpecEnum *enum_of(const StuntSpecDevice *device, const struct stunt_class_info *class_info,
                                    const char *field)
{
    g_autofree char *by_field = g_ascii_strup(field, -1);
    g_autofree char *by_class = g_strdelimit(g_ascii_strup(class_info->name, -1), ".", '_');
    const StuntSpecEnum *found = stunt_spec_enum(device, by_field);

    return found ? found : stunt_spec_enum(device, by_class);
}

static gboolean resolve_in(const GPtrArray *names, const char *what, const char *of, const char *name,
                           guint64 *ret_value, GError **error)
{
    const StuntSpecName *found = stunt_spec_name(names, name);

    if (!found) {
        return fail_unknown_spec(what, of, name, names, error);
    }
    *ret_value = found->value;
    return TRUE;
}

static gboolean resolve_offset(const StuntSpecDevice *device, const char *name, guint64 *ret_value,
                               GError **error)
{
    StuntRegisterName reg;

    if (!stunt_resolve_register(device, name, &reg, error)) {
        return FALSE;
    }
    if (reg.field) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "'%s': events know registers, not their fields",
                    name);
        return FALSE;
    }
    *ret_value = reg.reg->offset + (guint64)reg.index * reg.reg->stride;
    return TRUE;
}

static gboolean is_mmio(const struct stunt_class_info *class_info)
{
    return class_info->id == STUNT_EV_MMIO_READ || class_info->id == STUNT_EV_MMIO_WRITE;
}

gboolean stunt_resolve_value(const StuntSpecDevice *device, const struct stunt_class_info *class_info,
                             const char *field, const char *name, guint64 *ret_value, GError **error)
{
    const StuntSpecEnum *values = enum_of(device, class_info, field);

    if (g_str_equal(field, "vector")) {
        return resolve_in(device->vector, "vector", device->name, name, ret_value, error);
    }
    if (g_str_equal(field, "offset") && is_mmio(class_info)) {
        return resolve_offset(device, name, ret_value, error);
    }
    if (g_str_equal(field, "action") && class_info->id == STUNT_EV_FAULT) {
        const struct stunt_action_info *action = stunt_resolve_action(name, error);

        *ret_value = action ? action->id : *ret_value;
        return action != NULL;
    }
    if (values) {
        g_autofree char *of = g_strdup_printf("enum %s of %s", values->name, device->name);

        return resolve_in(values->value, "value", of, name, ret_value, error);
    }
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                "'%s': field %s of %s takes a number, it has no names for %s", name, field, class_info->name,
                device->name);
    return FALSE;
}

/* ---- registers ----------------------------------------------------------------------------------- */

/* "[2]" at `text`; moves it behind. Without one the index is 0. */
static gboolean parse_index(const char **text, guint *ret_index)
{
    char *end;
    guint64 index;

    *ret_index = 0;
    if (**text != '[') {
        return TRUE;
    }
    if (!g_ascii_isdigit((*text)[1])) {
        return FALSE;
    }
    index = g_ascii_strtoull(*text + 1, &end, 10);
    *ret_index = MIN(index, G_MAXUINT);
    *text = end + 1;
    return *end == ']';
}

gboolean stunt_resolve_register(const StuntSpecDevice *device, const char *name, StuntRegisterName *ret_name,
                                GError **error)
{
    const char *rest = name + strcspn(name, "[.");
    g_autofree char *base = g_strndup(name, rest - name);
    const StuntSpecRegister *reg = stunt_spec_register(device, base);
    const StuntSpecName *field = NULL;
    guint index;

    if (!reg) {
        return fail_unknown_spec("register", device->name, base, device->reg, error);
    }
    if (!parse_index(&rest, &index) || (*rest && *rest != '.')) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "'%s' is no register name (NAME, NAME[i], NAME.FIELD)", name);
        return FALSE;
    }
    if (index >= reg->count) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: %s has %u element%s, counted from 0", name,
                    base, reg->count, reg->count == 1 ? "" : "s");
        return FALSE;
    }
    field = *rest ? stunt_spec_name(reg->field, rest + 1) : NULL;
    if (*rest && !field) {
        return fail_unknown_spec("field", base, rest + 1, reg->field, error);
    }
    *ret_name = (StuntRegisterName){ reg, index, field };
    return TRUE;
}
