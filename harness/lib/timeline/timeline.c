/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/timeline/timeline.h"
#include "lib/util/text.h"

static void note_clear(gpointer data)
{
    StuntNote *note = data;

    g_free(note->kind);
    g_free(note->text);
}

StuntTimeline *stunt_timeline_new(void)
{
    StuntTimeline *timeline = g_new0(StuntTimeline, 1);

    timeline->chunks = g_ptr_array_new_with_free_func(g_free);
    timeline->notes = g_array_new(FALSE, FALSE, sizeof(StuntNote));
    g_array_set_clear_func(timeline->notes, note_clear);
    timeline->hidden = g_array_new(FALSE, FALSE, sizeof(StuntHidden));
    return timeline;
}

void stunt_timeline_free(StuntTimeline *timeline)
{
    if (!timeline) {
        return;
    }
    for (guint i = 0; i < STUNT_SHM_DEVICES; i++) {
        g_free(timeline->device[i].name);
        g_free(timeline->device[i].type);
    }
    g_ptr_array_unref(timeline->chunks);
    g_array_unref(timeline->notes);
    g_array_unref(timeline->hidden);
    g_free(timeline);
}

void stunt_timeline_set_device(StuntTimeline *timeline, guint index, const char *name, const char *type)
{
    StuntTimelineDevice *device;

    g_return_if_fail(index < STUNT_SHM_DEVICES);
    device = &timeline->device[index];
    if (g_strcmp0(device->name, name) != 0 || g_strcmp0(device->type, type) != 0) {
        g_free(device->name);
        g_free(device->type);
        device->name = g_strdup(name);
        device->type = g_strdup(type);
    }
}

const char *stunt_timeline_device_name(const StuntTimeline *timeline, guint index)
{
    const char *name = index < STUNT_SHM_DEVICES ? timeline->device[index].name : NULL;

    return name ? name : "?";
}

int stunt_timeline_device_index(const StuntTimeline *timeline, const char *name)
{
    for (int i = 0; i < STUNT_SHM_DEVICES; i++) {
        if (g_strcmp0(timeline->device[i].name, name) == 0 && name) {
            return i;
        }
    }
    return -1;
}

void stunt_timeline_append(StuntTimeline *timeline, const struct stunt_event *event, gsize n)
{
    while (n) {
        gsize at = timeline->n_events % STUNT_CHUNK;
        gsize part = MIN(n, STUNT_CHUNK - at);
        struct stunt_event *chunk;

        if (at == 0) {
            g_ptr_array_add(timeline->chunks, g_new(struct stunt_event, STUNT_CHUNK));
        }
        chunk = g_ptr_array_index(timeline->chunks, timeline->chunks->len - 1);
        memcpy(chunk + at, event, part * sizeof(*event));
        timeline->n_events += part;
        event += part;
        n -= part;
    }
}

void stunt_timeline_note(StuntTimeline *timeline, guint64 time_ns, const char *kind, const char *text)
{
    GString *line = g_string_new(NULL);
    StuntNote note = { .after = timeline->n_events, .time_ns = time_ns, .kind = g_strdup(kind) };

    stunt_text_line(line, text, strlen(text));
    note.text = g_string_free(line, FALSE);
    g_array_append_val(timeline->notes, note);
}

gsize stunt_timeline_events(const StuntTimeline *timeline)
{
    return timeline->n_events;
}

gsize stunt_timeline_lines(const StuntTimeline *timeline)
{
    return timeline->n_events + timeline->notes->len;
}

static const struct stunt_event *event_at(const StuntTimeline *timeline, gsize i)
{
    return (const struct stunt_event *)timeline->chunks->pdata[i >> STUNT_CHUNK_SHIFT] + i % STUNT_CHUNK;
}

const struct stunt_event *stunt_timeline_event(const StuntTimeline *timeline, gsize i)
{
    g_return_val_if_fail(i < timeline->n_events, NULL);
    return event_at(timeline, i);
}

/* ---- hiding -------------------------------------------------------------------------------------- */

void stunt_timeline_hide(StuntTimeline *timeline, gsize from)
{
    GArray *hidden = timeline->hidden;
    StuntHidden range = {.from = from, .to = timeline->n_events};

    /* it reaches up to now, so it takes in all that begins later or touches it */
    while (hidden->len && g_array_index(hidden, StuntHidden, hidden->len - 1).to >= range.from) {
        range.from = MIN(range.from, g_array_index(hidden, StuntHidden, hidden->len - 1).from);
        g_array_set_size(hidden, hidden->len - 1);
    }
    if (range.from < range.to) {
        g_array_append_val(hidden, range);
    }
}

guint64 stunt_timeline_last_seq(const StuntTimeline *timeline)
{
    const GArray *hidden = timeline->hidden;
    gsize n = timeline->n_events;

    if (hidden->len && g_array_index(hidden, StuntHidden, hidden->len - 1).to == n) {
        n = g_array_index(hidden, StuntHidden, hidden->len - 1).from;
    }
    return n ? stunt_timeline_event(timeline, n - 1)->seq : 0;
}

/* ---- queries ------------------------------------------------------------------------------------- */

static gboolean matches(const StuntEventQuery *query, const struct stunt_event *event)
{
    if (event->seq <= query->since || (query->device >= 0 && query->device != event->device) ||
        (query->class_id >= 0 && query->class_id != event->class_id)) {
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(event->field); i++) {
        if (query->used >> i & 1 && (event->field[i] ^ query->value[i]) & query->mask[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_timeline_next(const StuntTimeline *timeline, const StuntEventQuery *query, gsize *i)
{
    gsize at = *i;

    for (guint h = 0; h <= timeline->hidden->len; h++) {
        const gboolean last = h == timeline->hidden->len;
        const StuntHidden *gap = last ? NULL : &g_array_index(timeline->hidden, StuntHidden, h);

        for (const gsize end = last ? timeline->n_events : gap->from; at < end; at++) {
            if (matches(query, event_at(timeline, at))) {
                *i = at;
                return TRUE;
            }
        }
        at = last ? at : MAX(at, gap->to);
    }
    return FALSE;
}

gsize stunt_timeline_count(const StuntTimeline *timeline, const StuntEventQuery *query, gsize *ret_first)
{
    gsize count = 0;

    for (gsize i = query->from; stunt_timeline_next(timeline, query, &i); i++) {
        if (count++ == 0 && ret_first) {
            *ret_first = i;
        }
    }
    return count;
}
