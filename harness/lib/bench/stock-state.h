/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A booted machine kept with QEMU's own means, as comparators of ours. */
#ifndef STUNT_LIB_STOCK_STATE_H
#define STUNT_LIB_STOCK_STATE_H

#include "lib/bench/bench.h"

typedef struct StuntStockState StuntStockState;

/* Of a machine that stands at the agent's question, with nothing under way. It stays where it is. */
StuntStockState *stunt_stock_state_save(StuntRig *rig, GError **error);
void stunt_stock_state_free(StuntStockState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntStockState, stunt_stock_state_free)

/* Puts the machine that was saved back, in its process. */
gboolean stunt_stock_state_loadvm(const StuntStockState *state, StuntRig *rig, GError **error);

/* A machine of the same definition (taken, NULL passes an error on) in a new process. */
gboolean stunt_stock_state_incoming(const StuntStockState *state, StuntRig *rig, StuntMachine *machine,
                                    GError **error);

#endif
