/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict reading of numbers from rule text: no sign, no blanks, no suffix, nothing left over. */
#ifndef STUNT_CORE_NUMBER_H
#define STUNT_CORE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define STUNT_ALWAYS (UINT64_C(1) << 32) /* probability of an event that always comes */

enum stunt_number {
    STUNT_NUMBER_OK,
    STUNT_NUMBER_BAD,   /* not of the expected form */
    STUNT_NUMBER_RANGE, /* of the form, but too large */
};

/* text[0..len): decimal or 0x hexadecimal, 64 bits. *ret_value is untouched unless OK. */
enum stunt_number stunt_number_scan(const char *text, size_t len, uint64_t *ret_value);

/*
 * "1", "0.25" (at most nine places) or "1/4", as a probability per 2^32, rounded down.
 * RANGE when it is more than 1. *ret_value is untouched unless OK.
 */
enum stunt_number stunt_probability_scan(const char *text, uint64_t *ret_value);

#endif
