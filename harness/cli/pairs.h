/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every pair of an event class and a fault action that some device has, and which scenarios prove it. */
#ifndef STUNT_CLI_PAIRS_H
#define STUNT_CLI_PAIRS_H

#include "cli.h"
#include "core/fault.h"

/* One scenario's word for one pair, and what a run made of it. */
typedef struct {
    guint scenario;             /* index among those given to stunt_pairs_add() */
    char *what;                 /* the driver then does */
    const StuntResult *result;  /* borrowed; NULL: not run */
} StuntWitness;

typedef struct {
    const struct stunt_class_info *class_info;
    const struct stunt_action_info *action;
    GPtrArray *witness; /* StuntWitness * */
} StuntPair;

/* All pairs of the devices' classes, in the order of the classes, then the actions; without witnesses. StuntPair *. */
GPtrArray *stunt_pairs_new(const StuntSpec *spec);

/* A scenario's proofs. `index` is its number. */
void stunt_pairs_add(GPtrArray *pairs, const StuntScenario *scenario, guint index);

/* A scenario was run; the result is borrowed. */
void stunt_pairs_add_result(GPtrArray *pairs, guint index, const StuntResult *result);

/* Takes the pairs without a witness away. */
void stunt_pairs_drop_unproved(GPtrArray *pairs);

/* How often rules of the pair fired in the run; 0 without one. */
guint64 stunt_witness_fired(const StuntPair *pair, const StuntWitness *witness);

/* There is a witness, and of those that were run all have passed or were skipped, not all skipped. */
gboolean stunt_pair_is_proved(const StuntPair *pair);

#endif
