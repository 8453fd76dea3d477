/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUNT_LIB_UNLOAD_H
#define STUNT_LIB_UNLOAD_H

#include "stunt/finding.h"
#include "stunt/guest.h"

/* See stunt_oracle_unload(). before: the census then. Adds to findings. */
gboolean stunt_unload(StuntGuest *guest, const char *before, GPtrArray *findings, GError **error);

#endif
