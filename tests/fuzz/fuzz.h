/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share: taking numbers out of the input, and a check that ends the run. */
#ifndef STUNT_FUZZ_H
#define STUNT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One run on one input; the name is libFuzzer's. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

struct input {
    const uint8_t *data;
    size_t left;
};

/* The next byte, 0 at the end. */
static inline uint8_t take8(struct input *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->data++;
}

/* The next n bytes (at most 8) as a little-endian number. */
static inline uint64_t take(struct input *in, unsigned n)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < n; i++) {
        value |= (uint64_t)take8(in) << (8 * i);
    }
    return value;
}

#endif
