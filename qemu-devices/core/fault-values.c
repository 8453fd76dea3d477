/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which values a field of a device's events can have. */
#include "fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_STRETCHES 6 /* that are told; the rest is "…" */
#define HEX_FROM 1024    /* numbers like offsets and masks are read so */

const struct stunt_device_events *stunt_events_by_type(const char *type)
{
    for (size_t i = 0; i < stunt_n_device_events; i++) {
        if (strcmp(stunt_device_events[i].type, type) == 0) {
            return &stunt_device_events[i];
        }
    }
    return NULL;
}

/* The smallest number that is at least `from` and has `value` under `mask`: where it is larger than `from`, it is so
 * at one bit, the same above and as small as can be below. False when there is none. */
static bool next_match(uint64_t from, uint64_t value, uint64_t mask, uint64_t *ret_match)
{
    if ((from & mask) == value) {
        *ret_match = from;
        return true;
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t one = UINT64_C(1) << bit, above = ~(one | (one - 1));

        if (!(from & one) && (value & mask & above) == (from & mask & above) && ((value & one) || !(mask & one))) {
            *ret_match = (from & above) | one | (value & (one - 1));
            return true;
        }
    }
    return false;
}

static bool stretch_has(const struct stunt_values *values, uint64_t value, uint64_t mask)
{
    uint64_t at = values->first;

    if (values->step == 1) {
        return next_match(values->first, value, mask, &at) && at <= values->last;
    }
    for (; at <= values->last; at += values->step) {
        if ((at & mask) == value) {
            return true;
        }
    }
    return false;
}

static bool is_of(const struct stunt_values *values, uint16_t class_id, unsigned field)
{
    return values->class_id == class_id && values->field == field;
}

bool stunt_values_may_match(const struct stunt_device_events *events, uint16_t class_id, unsigned field,
                            uint64_t value, uint64_t mask)
{
    bool limited = false;

    for (size_t i = 0; i < events->n_values; i++) {
        if (is_of(&events->values[i], class_id, field)) {
            limited = true;
            if (stretch_has(&events->values[i], value, mask)) {
                return true;
            }
        }
    }
    return !limited;
}

static size_t add(char *buf, size_t len, size_t at, const char *before, uint64_t value, bool hex)
{
    int n = at < len ? snprintf(buf + at, len - at, hex ? "%s0x%" PRIx64 : "%s%" PRIu64, before, value) : 0;

    return at + (n > 0 ? (size_t)n : 0);
}

void stunt_values_text(const struct stunt_device_events *events, uint16_t class_id, unsigned field, char *buf,
                       size_t len)
{
    bool hex = false;
    unsigned n = 0;
    size_t at = 0;

    for (size_t i = 0; i < events->n_values; i++) {
        hex |= is_of(&events->values[i], class_id, field) && events->values[i].last >= HEX_FROM;
    }
    for (size_t i = 0; i < events->n_values; i++) {
        const struct stunt_values *values = &events->values[i];

        if (!is_of(values, class_id, field) || n++ > TEXT_STRETCHES) {
            continue;
        }
        if (n > TEXT_STRETCHES) {
            snprintf(buf + (at < len ? at : len), at < len ? len - at : 0, ", ...");
            continue;
        }
        at = add(buf, len, at, n > 1 ? ", " : "", values->first, hex);
        if (values->last != values->first) {
            at = add(buf, len, at, values->step == 1 ? " to " : ", ... ", values->last, hex);
        }
    }
    if (!n) {
        snprintf(buf, len, "any");
    }
}
