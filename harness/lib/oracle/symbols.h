/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines of calls in our modules, from the debugging sections that the build keeps beside the guest's modules. */
#ifndef STUNT_LIB_SYMBOLS_H
#define STUNT_LIB_SYMBOLS_H

#include "lib/oracle/trace.h"

typedef struct StuntSymbols StuntSymbols;

/*
 * folder: what kbuild.sh made for the guest's kernel; NULL: no line is known. variants: those of a module with planted
 * bugs come first. Nothing is read before it is needed.
 */
StuntSymbols *stunt_symbols_new(const char *folder, gboolean variants);
void stunt_symbols_free(StuntSymbols *symbols);

/* Sets frame->source when the line is known. */
void stunt_symbols_find(StuntSymbols *symbols, StuntFrame *frame);

#endif
