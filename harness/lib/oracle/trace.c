/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/oracle/trace.h"

#define CODE_SEGMENT "RIP: 0010:"
#define NAME_CHARS                                                         \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$"

void stunt_frame_free(StuntFrame *frame)
{
    if (frame) {
        g_free(frame->function);
        g_free(frame->module);
        g_free(frame->source);
        g_free(frame);
    }
}

/* A hexadecimal number behind `prefix` at *text; moves *text behind it. */
static gboolean take_hex(const char **text, const char *prefix, guint64 *ret)
{
    const char *digits = *text + strlen(prefix);
    char *end;

    if (!g_str_has_prefix(*text, prefix) || !g_ascii_isxdigit(*digits)) {
        return FALSE;
    }
    *ret = g_ascii_strtoull(digits, &end, 16);
    *text = end;
    return TRUE;
}

/* " [module]" or " [module 0123abcd…]" */
static char *take_module(const char *text)
{
    gsize len;

    if (!g_str_has_prefix(text, " [")) {
        return NULL;
    }
    len = strspn(text + 2, NAME_CHARS);
    return len && (text[2 + len] == ']' || text[2 + len] == ' ') ? g_strndup(text + 2, len) : NULL;
}

static StuntFrame *parse_place(const char *text)
{
    gsize len = strspn(text, NAME_CHARS);
    const char *at = text + len;
    guint64 offset, size;
    StuntFrame *frame;

    if (!len || !take_hex(&at, "+0x", &offset) || !take_hex(&at, "/0x", &size)) {
        return NULL;
    }
    frame = g_new0(StuntFrame, 1);
    frame->function = g_strndup(text, len);
    frame->offset = offset;
    frame->size = size;
    frame->module = take_module(at);
    return frame;
}

StuntFrame *stunt_frame_parse(const char *line)
{
    const char *text = line + strspn(line, " \t");
    const gboolean exact = g_str_has_prefix(text, CODE_SEGMENT);
    StuntFrame *frame = parse_place(exact ? text + strlen(CODE_SEGMENT) : text);

    if (frame) {
        frame->exact = exact;
    }
    return frame;
}

/* Up to the trace only RIP counts: what else looks like a call there belongs to something older. */
static void take_line(GPtrArray *trace, const char *line, gboolean inside)
{
    StuntFrame *frame = stunt_frame_parse(line);

    if (frame && !inside) {
        if (!frame->exact) {
            stunt_frame_free(frame);
            return;
        }
        g_ptr_array_set_size(trace, 0);
    }
    if (frame) {
        g_ptr_array_add(trace, frame);
    }
}

static gboolean is_end(const char *line)
{
    return strstr(line, "</TASK>") || strstr(line, "---[ end trace");
}

GPtrArray *stunt_trace_parse(const GPtrArray *lines)
{
    GPtrArray *trace = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_frame_free);
    gboolean inside = FALSE;

    for (guint i = 0; i < lines->len && !(inside && is_end(lines->pdata[i])); i++) {
        inside |= g_str_has_prefix(lines->pdata[i], "Call Trace:");
        take_line(trace, lines->pdata[i], inside);
    }
    return trace;
}

const StuntFrame *stunt_trace_culprit(const GPtrArray *trace)
{
    for (guint i = 0; i < trace->len; i++) {
        const StuntFrame *frame = trace->pdata[i];

        if (frame->module) {
            return frame;
        }
    }
    return trace->len ? trace->pdata[0] : NULL;
}

char *stunt_frame_text(const StuntFrame *frame)
{
    g_autofree char *module = frame->module ? g_strconcat(frame->module, ": ", NULL) : g_strdup("");
    g_autofree char *source = frame->source ? g_strdup_printf(" (%s)", frame->source) : g_strdup("");

    return g_strdup_printf("%s%s+0x%" G_GINT64_MODIFIER "x/0x%" G_GINT64_MODIFIER "x%s", module, frame->function,
                           frame->offset, frame->size, source);
}
