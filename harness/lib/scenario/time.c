/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations as people write them. */

#include "stunt/error.h"
#include "stunt/scenario.h"

#define DIGITS_MAX 18 /* so that the digits alone cannot overflow */

static const struct {
    const char *unit;
    guint64 ns;
} units[] = {
    { "ns", 1 },
    { "us", 1000 },
    { "ms", 1000 * 1000 },
    { "s", 1000 * 1000 * 1000 },
    { "min", G_GUINT64_CONSTANT(60) * 1000 * 1000 * 1000 },
    { "h", G_GUINT64_CONSTANT(3600) * 1000 * 1000 * 1000 },
};

static guint64 unit_ns(const char *unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_str_equal(unit, units[i].unit)) {
            return units[i].ns;
        }
    }
    return 0;
}

/* "12.5" as 125 and 10, in integers: no rounding may creep into virtual time. */
static const char *parse_decimal(const char *text, guint64 *ret_digits, guint64 *ret_scale)
{
    gboolean point = FALSE;
    guint n = 0;

    *ret_digits = 0;
    *ret_scale = 1;
    for (; g_ascii_isdigit(*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = TRUE;
            continue;
        }
        if (++n > DIGITS_MAX) {
            return NULL;
        }
        *ret_digits = *ret_digits * 10 + (*text - '0');
        *ret_scale *= point ? 10 : 1;
    }
    return n ? text : NULL;
}

gboolean stunt_time_parse(const char *text, guint64 *ret_ns, GError **error)
{
    guint64 digits, scale, ns;
    const char *rest = parse_decimal(text, &digits, &scale);

    while (rest && *rest == ' ') {
        rest++;
    }
    ns = rest ? unit_ns(rest) : 0;
    if (!ns) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "'%s' is no time: write a number and ns, us, ms, s, min or h", text);
        return FALSE;
    }
    if (!g_uint64_checked_mul(&ns, ns, digits) || ns / scale > G_MAXINT64) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "'%s' is too long a time", text);
        return FALSE;
    }
    if (ns % scale) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "'%s' is no whole number of nanoseconds", text);
        return FALSE;
    }
    *ret_ns = ns / scale;
    return TRUE;
}

char *stunt_time_format(guint64 ns)
{
    guint i = 3; /* seconds: minutes and hours are not used for output */

    while (i > 0 && ns < units[i].ns) {
        i--;
    }
    if (ns % units[i].ns == 0) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " %s", ns / units[i].ns, units[i].unit);
    }
    return g_strdup_printf("%.3f %s", (double)ns / (double)units[i].ns, units[i].unit);
}
