/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name that was probably meant: edit distance with swaps of neighbours, letter case ignored. */
#include "fault.h"

#include <string.h>

#define NAME_MAX_LEN 48u

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

/* Both names have at most NAME_MAX_LEN letters. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[3][NAME_MAX_LEN + 1];
    unsigned a_len = (unsigned)strlen(a), b_len = (unsigned)strlen(b);
    unsigned *before = row[0], *last = row[1], *now = row[2];

    for (unsigned k = 0; k <= b_len; k++) {
        last[k] = k;
        before[k] = k;
    }
    for (unsigned i = 1; i <= a_len; i++) {
        now[0] = i;
        for (unsigned k = 1; k <= b_len; k++) {
            bool same = lower(a[i - 1]) == lower(b[k - 1]);

            now[k] = min3(last[k] + 1, now[k - 1] + 1, last[k - 1] + !same);
            if (i > 1 && k > 1 && lower(a[i - 1]) == lower(b[k - 2]) && lower(a[i - 2]) == lower(b[k - 1]) &&
                before[k - 2] + 1 < now[k]) {
                now[k] = before[k - 2] + 1;
            }
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

const char *stunt_nearest(const char *name, const char *const *names, size_t n)
{
    size_t len = strlen(name);
    unsigned best = (unsigned)((len + 1) / 3) + 1; /* one slip in three letters is still meant */
    const char *found = NULL;

    if (len > NAME_MAX_LEN) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned d;

        if (!names[i] || strlen(names[i]) > NAME_MAX_LEN) {
            continue;
        }
        d = distance(name, names[i]);
        if (d < best) {
            best = d;
            found = names[i];
        }
    }
    return found;
}
