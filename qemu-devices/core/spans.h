/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of address ranges in which each byte may be any number of times, and each time is good for reading,
 * for writing, or both. Kept as ranges that do not overlap and hold equal bytes only, as few as can be, so the
 * form depends on what is in the set and not on how it got there. Knows nothing of QEMU.
 */
#ifndef STUNT_CORE_SPANS_H
#define STUNT_CORE_SPANS_H

#include <stdbool.h>
#include <stdint.h>

/* More than this and a set takes no more. */
#define STUNT_SPANS_MAX 131072u

struct stunt_span {
    uint64_t start, last; /* both ends belong to it */
    uint32_t count;       /* how often it is in the set */
    uint32_t reads;       /* how often for reading */
    uint32_t writes;      /* how often for writing */
};

/* Starts as all zero. */
struct stunt_spans {
    struct stunt_span *span; /* by address */
    uint32_t n, room;
};

/* What a range is in the set for. */
struct stunt_span_use {
    bool read, write;
};

void stunt_spans_clear(struct stunt_spans *spans);

/*
 * Puts a range in once more, or takes it out once; len is at least 1 and the range does not wrap. Only what was
 * put in so may be taken out. False, and nothing has changed, when there is no room or no memory.
 */
bool stunt_spans_add(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use);
bool stunt_spans_remove(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use);

enum stunt_spans_answer {
    STUNT_SPANS_ALL = 0, /* each byte is in the set for this use */
    STUNT_SPANS_NOT_IN,  /* a byte is not in the set at all */
    STUNT_SPANS_NOT_FOR, /* a byte is in the set, but for another use */
};

/* Is all of the range in the set for this use? Otherwise ret_at is the first byte that is not. */
enum stunt_spans_answer stunt_spans_look(const struct stunt_spans *spans, uint64_t start, uint64_t len,
                                         struct stunt_span_use use, uint64_t *ret_at);

/*
 * Would the range get in the way of what is there: is a byte of it in the set for writing, or in it at all when
 * the range is for writing itself? ret_at is the first such byte.
 */
bool stunt_spans_clash(const struct stunt_spans *spans, uint64_t start, uint64_t len, bool write,
                       uint64_t *ret_at);

#endif
