/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUNT_LIB_STACKS_H
#define STUNT_LIB_STACKS_H

#include "lib/oracle/symbols.h"
#include "stunt/guest.h"

/* See stunt_oracle_stacks(). */
char *stunt_stacks(StuntSymbols *symbols, StuntGuest *guest);

#endif
