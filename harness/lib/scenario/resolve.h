/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in scripts to the numbers that events and registers carry. All errors are INPUT, with a suggestion.
 */
#ifndef STUNT_LIB_RESOLVE_H
#define STUNT_LIB_RESOLVE_H

#include "core/fault.h"
#include "stunt/setup.h"

/* Event class by name. */
const struct stunt_class_info *stunt_resolve_class(const char *name, GError **error);

/* Index of the field. */
gboolean stunt_resolve_field(const struct stunt_class_info *class_info, const char *field, guint *ret_index,
                             GError **error);

/* Fault action by name. */
const struct stunt_action_info *stunt_resolve_action(const char *name, GError **error);

/*
 * The value that a name stands for in a field of an event of a device: a vector, a value of the enum that is
 * called like the field or like the event class, the offset of a register ("CTRL", "CH_TAIL[2]"), an action's
 * number.
 */
gboolean stunt_resolve_value(const StuntSpecDevice *device, const struct stunt_class_info *class_info,
                             const char *field, const char *name, guint64 *ret_value, GError **error);

/* "CTRL", "CH_TAIL[2]", "CH_STATUS[1].ERROR" taken apart. field is NULL without one. Borrowed from the spec.
 */
typedef struct {
    const StuntSpecRegister *reg;
    guint index;
    const StuntSpecName *field;
} StuntRegisterName;
gboolean stunt_resolve_register(const StuntSpecDevice *device, const char *name, StuntRegisterName *ret_name,
                                GError **error);

#endif
