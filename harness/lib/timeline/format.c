/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text form of the timeline. Identical runs give identical bytes: nothing of the host may get in here. */
#include <string.h>

#include "lib/timeline/timeline.h"
#include "lib/util/text.h"
#include "core/fault.h"
#include "stunt/events.h"

#define LINE_GUESS 64 /* bytes of an average line */

/* Addresses and values are read in hexadecimal, counts and lengths in decimal. */
static gboolean is_hex(const char *field)
{
    return strcmp(field, "offset") == 0 || strcmp(field, "addr") == 0 || strcmp(field, "phys") == 0 ||
           strcmp(field, "value") == 0;
}

static void append_field(GString *out, const struct stunt_event *event, const char *name, guint64 value)
{
    const struct stunt_action_info *action = NULL;

    g_string_append_c(out, ' ');
    g_string_append(out, name);
    g_string_append_c(out, '=');
    if (event->class_id == STUNT_EV_FAULT && strcmp(name, "action") == 0) {
        action = stunt_action_by_id(MIN(value, G_MAXUINT16));
    }
    if (action) {
        g_string_append(out, action->name);
    } else if (is_hex(name)) {
        stunt_text_hex(out, value);
    } else {
        stunt_text_dec(out, value, 1, ' ');
    }
}

static void append_fields(GString *out, const struct stunt_event *event, const struct stunt_class_info *class)
{
    static const char *const unknown[] = { "f0", "f1", "f2", "f3", "f4" };
    guint n = class ? class->n_fields : G_N_ELEMENTS(unknown);

    if (n || event->rule) {
        g_string_append_c(out, ' ');
    }
    for (guint i = 0; i < n; i++) {
        append_field(out, event, class ? class->field[i] : unknown[i], event->field[i]);
    }
}

static void append_event(GString *out, const StuntTimeline *timeline, const struct stunt_event *event)
{
    const struct stunt_class_info *class = stunt_class_by_id(event->class_id);

    stunt_text_time(out, event->time_ns);
    g_string_append_len(out, "  #", 3);
    stunt_text_dec(out, event->seq, 6, '0');
    g_string_append_len(out, "  ", 2);
    g_string_append(out, stunt_timeline_device_name(timeline, event->device));
    g_string_append_len(out, "  ", 2);
    if (class) {
        g_string_append(out, class->name);
    } else {
        g_string_append_len(out, "class-", 6);
        stunt_text_dec(out, event->class_id, 1, ' ');
    }
    append_fields(out, event, class);
    if (event->rule) {
        g_string_append_len(out, "  rule=", 7);
        stunt_text_dec(out, event->rule, 1, ' ');
    }
}

static void append_note(GString *out, const StuntNote *note)
{
    stunt_text_time(out, note->time_ns);
    g_string_append(out, "  -------  ");
    g_string_append(out, note->kind);
    g_string_append_len(out, "  ", 2);
    g_string_append(out, note->text);
}

char *stunt_timeline_format_event(const StuntTimeline *timeline, const struct stunt_event *event)
{
    GString *out = g_string_sized_new(128);

    append_event(out, timeline, event);
    return g_string_free(out, FALSE);
}

/* All lines from event i and note j on. */
static GString *text_from(const StuntTimeline *timeline, gsize i, gsize j)
{
    gsize lines = timeline->n_events - i + timeline->notes->len - j;
    GString *out = g_string_sized_new(lines * LINE_GUESS + 1);

    while (i < timeline->n_events || j < timeline->notes->len) {
        const StuntNote *note =
            j < timeline->notes->len ? &g_array_index(timeline->notes, StuntNote, j) : NULL;

        if (note && note->after <= i) {
            append_note(out, note);
            j++;
        } else {
            append_event(out, timeline, stunt_timeline_event(timeline, i++));
        }
        g_string_append_c(out, '\n');
    }
    return out;
}

char *stunt_timeline_to_text(const StuntTimeline *timeline, gsize *ret_len)
{
    GString *out = text_from(timeline, 0, 0);

    if (ret_len) {
        *ret_len = out->len;
    }
    return g_string_free(out, FALSE);
}

char *stunt_timeline_tail(const StuntTimeline *timeline, guint n)
{
    gsize i = timeline->n_events, j = timeline->notes->len;

    while (n-- && (i || j)) {
        if (j && g_array_index(timeline->notes, StuntNote, j - 1).after >= i) {
            j--;
        } else {
            i--;
        }
    }
    return g_string_free(text_from(timeline, i, j), FALSE);
}
