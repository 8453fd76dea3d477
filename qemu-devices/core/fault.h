/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fault engine: rules that watch events and say when and how to break one. Knows nothing of QEMU.
 *
 * A rule is a line of words:
 *
 *     id=lost device=dma0 at=irq.raise match.vector=1 nth=3 times=1 action=drop param.ns=1000
 *
 * Numbers are decimal or 0x hexadecimal; match.FIELD takes VALUE or VALUE/MASK. Blanks part the words, their
 * order is free, none may come twice. id, device, at and action must be there. See docs/reference/faults.md.
 *
 *     nth=N             the first match that fires, from 1 (default 1)
 *     every=N           and then each N-th after it; 0: each one (default 0)
 *     times=N           at most N firings; 0: no limit. Default: 1 when nth is given without every and the
 *                       action does not last, else 0
 *     between=FROM..TO  virtual time in ns, both ends belong to it
 *     after=ID          only events after the first firing of rule ID, which is armed already
 *     probability=P     a decimal fraction ("0.25") or a ratio ("1/4"); more than 0, at most 1
 *
 * between and after say what matches, so nth counts from there; probability is asked last.
 * All engine state is plain data without pointers into the heap, so that it can be saved and put back.
 */
#ifndef STUNT_CORE_FAULT_H
#define STUNT_CORE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUNT_FIELDS_MAX 5
#define STUNT_PARAMS_MAX 4
#define STUNT_RULES_MAX 32
#define STUNT_RULE_ID_MAX 32

/* Generated from spec/faults.toml; compiled into the models and into libstunt. */
struct stunt_class_info {
    const char *name; /* "irq.raise" */
    const char *doc;
    uint16_t id; /* STUNT_EV_… */
    uint8_t n_fields;
    const char *field[STUNT_FIELDS_MAX];
};

struct stunt_action_info {
    const char *name; /* "drop" */
    const char *doc;
    uint16_t id;           /* STUNT_ACT_… */
    uint64_t classes;      /* bit 1 << class id for each class that it applies to */
    bool lasts;            /* acts from its firing on */
    uint8_t n_params;
    const char *param[STUNT_PARAMS_MAX];
    uint64_t def[STUNT_PARAMS_MAX]; /* default of each parameter */
    uint64_t max[STUNT_PARAMS_MAX]; /* the largest value of each */
};

/* A stretch of values that a field of a device's events can have: first, first + step, … last. */
struct stunt_values {
    uint16_t class_id;
    uint16_t field; /* index */
    uint32_t step;
    uint64_t first, last;
};

/* The events of a type of devices. A field without a stretch can have any value. */
struct stunt_device_events {
    const char *type; /* "dma" */
    uint64_t classes; /* bit 1 << class id for each class that it has */
    const struct stunt_values *values;
    size_t n_values;
};

extern const struct stunt_class_info stunt_classes[];
extern const size_t stunt_n_classes;
extern const struct stunt_action_info stunt_actions[];
extern const size_t stunt_n_actions;
extern const struct stunt_device_events stunt_device_events[];
extern const size_t stunt_n_device_events;

/* By name or id; NULL when there is none. Static storage. */
const struct stunt_class_info *stunt_class_by_name(const char *name);
const struct stunt_class_info *stunt_class_by_id(uint16_t id);
const struct stunt_action_info *stunt_action_by_name(const char *name);
const struct stunt_action_info *stunt_action_by_id(uint16_t id);
const struct stunt_device_events *stunt_events_by_type(const char *type);

/* Can the field be so: has one of its values, under the mask, this value? */
bool stunt_values_may_match(const struct stunt_device_events *events, uint16_t class_id, unsigned field,
                            uint64_t value, uint64_t mask);

/* The values for people, "0 to 3, 8", NUL-terminated and truncated to `len`; "any" without a stretch. */
void stunt_values_text(const struct stunt_device_events *events, uint16_t class_id, unsigned field, char *buf,
                       size_t len);

struct stunt_rule {
    char id[STUNT_RULE_ID_MAX]; /* NUL-terminated, unique */
    uint16_t number;            /* from 1, in order of arming, never reused */
    uint16_t device;            /* index into the device table */
    uint16_t class_id;
    uint16_t action;
    uint8_t match_used; /* bit per field */
    uint8_t pad[7];
    uint64_t match_value[STUNT_FIELDS_MAX];
    uint64_t match_mask[STUNT_FIELDS_MAX];
    uint64_t nth;         /* first match that fires, from 1 */
    uint64_t every;       /* and then each so many-th; 0: each one */
    uint64_t times;       /* at most so many firings; 0: no limit */
    uint64_t from_ns;     /* between=FROM..TO, virtual time; 0..UINT64_MAX: always */
    uint64_t to_ns;
    uint64_t probability; /* per 2^32; 2^32: always */
    uint16_t after;       /* number of a rule that must have fired before; 0: none */
    uint16_t type;        /* of the device: index into stunt_device_events, from 1; 0: not known */
    uint16_t pad2[2];
    uint64_t param[STUNT_PARAMS_MAX];
    /* what happened to it */
    uint64_t armed_ns;
    uint64_t matched;
    uint64_t fired;
    uint64_t first_ns;  /* virtual time of the first firing */
    uint64_t first_seq; /* event number of the first firing */
    uint64_t first_field[STUNT_FIELDS_MAX]; /* and the event itself */
};

struct stunt_fault_engine {
    uint64_t seed;    /* state of the generator for probabilities */
    uint64_t classes; /* bit per class id that some rule watches: the fast way out */
    uint16_t n_rules;
    uint16_t next_number;
    uint16_t pad[2];
    struct stunt_rule rule[STUNT_RULES_MAX];
};

/* No rules; seed feeds probabilities. */
void stunt_fault_init(struct stunt_fault_engine *engine, uint64_t seed);

/*
 * Resolves a device name to its index, or -1. *ret_events, NULL before, gets what events the device has; where it
 * stays NULL, that is not known and any may come. `opaque` as given to stunt_fault_arm().
 */
typedef int stunt_device_lookup(const char *name, const struct stunt_device_events **ret_events, void *opaque);

/*
 * Parses and arms one rule. On failure returns false, changes nothing, and writes one line to `err`
 * (at most err_len bytes) that says what is wrong, in terms of the rule's text, with the near name when
 * one was misspelt. A rule that can never fire (unknown field, action that does not apply to the class,
 * class or value that the device does not have, nth=0, empty time range, unknown rule in after) is an error.
 */
bool stunt_fault_arm(struct stunt_fault_engine *engine, const char *text, uint64_t now_ns,
                     stunt_device_lookup *lookup, void *opaque, char *err, size_t err_len);

/*
 * Changes an armed rule in its place: id= says which, the other words what. Of match, of the three nth, every and
 * times, and of action with its parameters all is new when one is there; a parameter alone changes that one.
 * device and at cannot change. The rule keeps its id, its number and its turn among the others; its counts begin
 * again at 0, armed_ns is now, and rules that wait for it wait for its next first firing. Errors as above.
 */
bool stunt_fault_change(struct stunt_fault_engine *engine, const char *text, uint64_t now_ns, char *err,
                        size_t err_len);

/*
 * Removes a rule by id; "*" removes all. False when there is none. Rules after=ID go on: free of the
 * condition when the removed rule had fired, else they never match.
 */
bool stunt_fault_disarm(struct stunt_fault_engine *engine, const char *id);

/*
 * Asks the rules about one event, in order of arming. Counts the match in every rule that matches; the first
 * that fires is returned (owned by the engine, valid until the next arm or disarm), NULL without one.
 * verify and mark rules count as firing and let later rules have their turn: the last resort is returned
 * only when no breaking rule fires.
 */
const struct stunt_rule *stunt_fault_match(struct stunt_fault_engine *engine, uint16_t device,
                                           uint16_t class_id, const uint64_t field[STUNT_FIELDS_MAX],
                                           uint64_t time_ns, uint64_t seq);

/*
 * One line per rule, "id=lost number=1 armed=1 matched=3 fired=1 first_ns=9 first_seq=7\n", NUL-terminated,
 * truncated to `len`. Returns the full length without NUL, as snprintf does.
 */
size_t stunt_fault_status(const struct stunt_fault_engine *engine, char *buf, size_t len);

/* The name in names[0..n) nearest to `name`, or NULL when none is near enough to be meant. */
const char *stunt_nearest(const char *name, const char *const *names, size_t n);

#endif
