/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "spans.h"

void stunt_spans_clear(struct stunt_spans *spans)
{
    free(spans->span);
    *spans = (struct stunt_spans){ 0 };
}

/* The first span that does not end before `at`. */
static uint32_t find(const struct stunt_spans *spans, uint64_t at)
{
    uint32_t low = 0, high = spans->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (spans->span[middle].last < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Room for everything that a change of [start, last] can add: two cuts, and a span in each gap. */
static bool reserve(struct stunt_spans *spans, uint64_t start, uint64_t last)
{
    uint64_t inside = find(spans, last) - find(spans, start) + 1;
    uint64_t wanted = spans->n + inside + 3;
    uint64_t room = wanted * 2 < STUNT_SPANS_MAX ? wanted * 2 : STUNT_SPANS_MAX;
    struct stunt_span *span;

    if (wanted <= spans->room) {
        return true;
    }
    if (wanted > STUNT_SPANS_MAX) {
        return false;
    }
    span = realloc(spans->span, room * sizeof(*span));
    if (!span) {
        return false;
    }
    spans->span = span;
    spans->room = (uint32_t)room;
    return true;
}

static struct stunt_span *insert(struct stunt_spans *spans, uint32_t i, struct stunt_span span)
{
    memmove(&spans->span[i + 1], &spans->span[i], (spans->n - i) * sizeof(span));
    spans->span[i] = span;
    spans->n++;
    return &spans->span[i];
}

static void delete(struct stunt_spans *spans, uint32_t i)
{
    spans->n--;
    memmove(&spans->span[i], &spans->span[i + 1], (spans->n - i) * sizeof(spans->span[i]));
}

/* Makes a span begin at `at`, if one lies across it. */
static void cut(struct stunt_spans *spans, uint64_t at)
{
    uint32_t i = find(spans, at);
    struct stunt_span upper;

    if (i == spans->n || spans->span[i].start >= at) {
        return;
    }
    upper = spans->span[i];
    upper.start = at;
    spans->span[i].last = at - 1;
    insert(spans, i + 1, upper);
}

static void cut_out(struct stunt_spans *spans, uint64_t start, uint64_t last)
{
    cut(spans, start);
    if (last != UINT64_MAX) {
        cut(spans, last + 1);
    }
}

static bool joins(const struct stunt_span *a, const struct stunt_span *b)
{
    return a->last + 1 == b->start && a->count == b->count && a->reads == b->reads && a->writes == b->writes;
}

/* Joins what has become equal in the range and at its ends. */
static void mend(struct stunt_spans *spans, uint64_t start, uint64_t last)
{
    uint32_t i = find(spans, start);

    i -= i > 0;
    while (i + 1 < spans->n && spans->span[i].start <= last) {
        if (joins(&spans->span[i], &spans->span[i + 1])) {
            spans->span[i].last = spans->span[i + 1].last;
            delete(spans, i + 1);
        } else {
            i++;
        }
    }
}

bool stunt_spans_add(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use)
{
    uint64_t last = start + len - 1, at = start;
    uint32_t i;

    if (!reserve(spans, start, last)) {
        return false;
    }
    cut_out(spans, start, last);
    for (i = find(spans, start);; i++) {
        struct stunt_span *span = &spans->span[i];

        if (i == spans->n || span->start != at) {
            uint64_t to = i < spans->n && span->start <= last ? span->start - 1 : last;

            span = insert(spans, i, (struct stunt_span){ .start = at, .last = to });
        }
        span->count++;
        span->reads += use.read;
        span->writes += use.write;
        if (span->last == last) {
            break;
        }
        at = span->last + 1;
    }
    mend(spans, start, last);
    return true;
}

bool stunt_spans_remove(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use)
{
    uint64_t last = start + len - 1;
    uint32_t i;

    if (!reserve(spans, start, last)) {
        return false;
    }
    cut_out(spans, start, last);
    i = find(spans, start);
    while (i < spans->n && spans->span[i].start <= last) {
        struct stunt_span *span = &spans->span[i];

        span->count--;
        span->reads -= use.read;
        span->writes -= use.write;
        if (span->count) {
            i++;
        } else {
            delete(spans, i);
        }
    }
    mend(spans, start, last);
    return true;
}

enum stunt_spans_answer stunt_spans_look(const struct stunt_spans *spans, uint64_t start, uint64_t len,
                                         struct stunt_span_use use, uint64_t *ret_at)
{
    uint64_t last = start + len - 1;

    for (uint32_t i = find(spans, start);; i++) {
        const struct stunt_span *span;

        *ret_at = start;
        if (i == spans->n || spans->span[i].start > start) {
            return STUNT_SPANS_NOT_IN;
        }
        span = &spans->span[i];
        if ((use.read && !span->reads) || (use.write && !span->writes)) {
            return STUNT_SPANS_NOT_FOR;
        }
        if (span->last >= last) {
            return STUNT_SPANS_ALL;
        }
        start = span->last + 1;
    }
}

bool stunt_spans_clash(const struct stunt_spans *spans, uint64_t start, uint64_t len, bool write,
                       uint64_t *ret_at)
{
    uint64_t last = start + len - 1;

    for (uint32_t i = find(spans, start); i < spans->n && spans->span[i].start <= last; i++) {
        if (write || spans->span[i].writes) {
            *ret_at = spans->span[i].start > start ? spans->span[i].start : start;
            return true;
        }
    }
    return false;
}
