/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a property that takes several values: "key=value key=value". */
#ifndef STUNT_LINK_WORDS_H
#define STUNT_LINK_WORDS_H

#include "qapi/error.h"

/*
 * ret_value[i] becomes the value of keys[i], to be freed with g_free. The first `needed` keys must be there once, in any
 * order, the others at most once (else NULL), and no value is empty or has blanks. False with an error, and ret_value
 * untouched, when not so.
 */
bool stunt_words_parse(const char *text, const char *const *keys, unsigned n, unsigned needed, char **ret_value,
                       Error **errp);

#endif
