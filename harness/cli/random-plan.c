/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/fault.h"
#include "random-plan.h"
#include "stunt/events.h"

typedef struct {
    const char *device;
    const struct stunt_device_events *events;
    const struct stunt_class_info *class_info;
    const struct stunt_action_info *action;
} Pair;

typedef struct {
    GRand *dice;
    GString *text;
    guint n; /* of the rule, from 1 */
} Writer;

/* ---- which pairs there are ----------------------------------------------------------------------- */

/* pause, mark, forbid and verify are no faults. */
static gboolean breaks(const struct stunt_action_info *action)
{
    return action->id != STUNT_ACT_PAUSE && action->id != STUNT_ACT_MARK && action->id != STUNT_ACT_FORBID &&
           action->id != STUNT_ACT_VERIFY;
}

static void add_classes(GArray *pairs, const StuntDeviceDef *device, const struct stunt_action_info *action)
{
    const struct stunt_device_events *events = stunt_events_by_type(device->type);

    for (size_t i = 0; events && i < stunt_n_classes; i++) {
        if ((events->classes & action->classes) >> stunt_classes[i].id & 1) {
            const Pair pair = { device->name, events, &stunt_classes[i], action };

            g_array_append_val(pairs, pair);
        }
    }
}

/* The action first, then where: one that goes with every class is as likely as one of a single class. */
static gboolean choose(GRand *dice, const GPtrArray *devices, Pair *ret_pair)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    const GArray *pairs;

    for (size_t i = 0; i < stunt_n_actions; i++) {
        GArray *one = g_array_new(FALSE, FALSE, sizeof(Pair));

        for (guint k = 0; breaks(&stunt_actions[i]) && k < devices->len; k++) {
            add_classes(one, devices->pdata[k], &stunt_actions[i]);
        }
        if (one->len) {
            g_ptr_array_add(actions, one);
        } else {
            g_array_unref(one);
        }
    }
    if (!actions->len) {
        return FALSE;
    }
    pairs = actions->pdata[g_rand_int_range(dice, 0, (gint32)actions->len)];
    *ret_pair = g_array_index(pairs, Pair, (guint)g_rand_int_range(dice, 0, (gint32)pairs->len));
    return TRUE;
}

/* ---- one rule ------------------------------------------------------------------------------------ */

static gboolean one_in(GRand *dice, gint32 n)
{
    return g_rand_int_range(dice, 0, n) == 0;
}

/* Small numbers are likely, all up to `most` are possible. */
static guint64 mostly_small(GRand *dice, gdouble most)
{
    gdouble roll = g_rand_double(dice);

    return (guint64)(roll * roll * roll * most);
}

/* One of the values that the field can have; FALSE when there are no bounds, or no end of values. */
static gboolean possible_value(GRand *dice, const Pair *pair, guint field, guint64 *ret_value)
{
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(gsize));
    const struct stunt_values *values;
    guint64 n;

    for (gsize i = 0; i < pair->events->n_values; i++) {
        if (pair->events->values[i].class_id == pair->class_info->id && pair->events->values[i].field == field) {
            g_array_append_val(stretches, i);
        }
    }
    if (!stretches->len) {
        return FALSE;
    }
    values = &pair->events->values[g_array_index(stretches, gsize, (guint)g_rand_int_range(dice, 0, (gint32)stretches->len))];
    n = (values->last - values->first) / values->step + 1;
    *ret_value = values->first + (guint64)g_rand_int_range(dice, 0, (gint32)MIN(n, 4096)) * values->step;
    return n <= 4096;
}

static void add_match(const Writer *writer, const Pair *pair)
{
    gboolean any = FALSE;

    for (guint i = 0; i < pair->class_info->n_fields; i++) {
        const char *field = pair->class_info->field[i];
        guint64 value;

        if (!g_str_equal(field, "size") && one_in(writer->dice, 3) && possible_value(writer->dice, pair, i, &value)) {
            g_string_append_printf(writer->text, "%s%s = %" G_GUINT64_FORMAT, any ? ", " : "match = { ", field, value);
            any = TRUE;
        }
    }
    g_string_append(writer->text, any ? " }\n" : "");
}

static void add_occurrence(const Writer *writer)
{
    GString *text = writer->text;
    gint32 way = g_rand_int_range(writer->dice, 0, 10);

    if (way < 4) {
        g_string_append_printf(text, "nth = %" G_GUINT64_FORMAT "\n", 1 + mostly_small(writer->dice, 30));
        return;
    }
    if (way < 6) {
        g_string_append_printf(text, "every = %" G_GUINT64_FORMAT "\n", 1 + mostly_small(writer->dice, 20));
    } else if (way < 8) {
        g_string_append_printf(text, "probability = 0.%02d\n", g_rand_int_range(writer->dice, 1, 60));
    } else if (way < 9 && writer->n > 1) {
        g_string_append_printf(text, "after = \"r%d\"\n", g_rand_int_range(writer->dice, 1, (gint32)writer->n));
    } else {
        guint64 begin_us = mostly_small(writer->dice, 400000);

        g_string_append_printf(text, "between = [\"%" G_GUINT64_FORMAT "us\", \"%" G_GUINT64_FORMAT "us\"]\n", begin_us,
                               begin_us + 10 + mostly_small(writer->dice, 100000));
    }
    if (!one_in(writer->dice, 6)) {
        g_string_append_printf(text, "times = %" G_GUINT64_FORMAT "\n", 1 + mostly_small(writer->dice, 8));
    }
}

static guint64 any_param(GRand *dice, const char *name)
{
    if (g_str_equal(name, "ns")) {
        return G_GUINT64_CONSTANT(100) << g_rand_int_range(dice, 0, 20); /* 100 ns to 52 ms */
    }
    if (g_str_equal(name, "count")) {
        return 1 + mostly_small(dice, 300);
    }
    if (g_str_equal(name, "xor") || g_str_equal(name, "mask")) {
        return one_in(dice, 2) ? G_GUINT64_CONSTANT(1) << g_rand_int_range(dice, 0, 32) : g_rand_int(dice);
    }
    if (g_str_equal(name, "value")) {
        return one_in(dice, 2) ? (guint64)g_rand_int_range(dice, 0, 16) : g_rand_int(dice);
    }
    return mostly_small(dice, 8192);
}

static gboolean field_of(const struct stunt_class_info *info, const char *name, guint *ret_field)
{
    for (guint i = 0; i < info->n_fields; i++) {
        if (g_str_equal(info->field[i], name)) {
            *ret_field = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* One that is left out has its default. */
static void add_params(const Writer *writer, const Pair *pair)
{
    gboolean any = FALSE;

    for (guint i = 0; i < pair->action->n_params; i++) {
        const char *name = pair->action->param[i];
        guint64 value = any_param(writer->dice, name);
        guint field;

        if (field_of(pair->class_info, name, &field)) {
            possible_value(writer->dice, pair, field, &value);
        }
        if (value > pair->action->max[i]) {
            value %= pair->action->max[i] + 1;
        }
        if (!one_in(writer->dice, 4)) {
            g_string_append_printf(writer->text, "%s%s = %" G_GUINT64_FORMAT, any ? ", " : "params = { ", name, value);
            any = TRUE;
        }
    }
    g_string_append(writer->text, any ? " }\n" : "");
}

char *stunt_random_plan(guint64 seed, guint rules, const GPtrArray *devices)
{
    const guint32 words[] = { (guint32)seed, (guint32)(seed >> 32) };
    g_autoptr(GRand) dice = g_rand_new_with_seed_array(words, G_N_ELEMENTS(words));
    g_autoptr(GString) text = g_string_new(NULL);
    Pair pair;

    g_string_printf(text, "# A plan of 'stunt campaign', by the seed %" G_GUINT64_FORMAT ".\n", seed);
    for (guint i = 1; i <= rules; i++) {
        const Writer writer = { dice, text, i };

        if (!choose(dice, devices, &pair)) {
            return NULL;
        }
        g_string_append_printf(text, "\n[[rule]]\nid = \"r%u\"\ndevice = \"%s\"\nat = \"%s\"\naction = \"%s\"\n", i, pair.device,
                               pair.class_info->name, pair.action->name);
        add_match(&writer, &pair);
        add_occurrence(&writer);
        add_params(&writer, &pair);
        g_string_append(text, "optional = true\n");
    }
    return g_strdup(text->str);
}
