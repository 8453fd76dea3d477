/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One scenario file in its sandbox, and the machine that it drives. The bindings find it through their Lua
 * state. A verdict, once fallen, stays: a script that catches the error with pcall() does not undo it. Only one
 * that falls in a cell (vm:cell) becomes that cell's outcome.
 */
#ifndef STUNT_LIB_RUNTIME_H
#define STUNT_LIB_RUNTIME_H

#include "core/fault.h"
#include "lib/scenario/bridge.h"
#include "lib/scenario/sandbox.h"
#include "stunt/error.h"
#include "stunt/grid.h"
#include "stunt/guest.h"
#include "stunt/oracle.h"
#include "stunt/scenario.h"

/* A rule, or one life of a rule: a change ends one and begins the next. */
typedef struct StuntRule {
    char *id;
    guint number;      /* the fault engine's */
    const StuntSpecDevice *device; /* what its device is */
    const struct stunt_class_info *class_info;
    const struct stunt_action_info *action;
    gboolean optional; /* may stay unfired */
    int on_pause;      /* Lua registry reference, or LUA_NOREF */
    char *text;        /* as armed */
    StuntRuleStatus *last; /* as it was when disarmed or changed; NULL while armed */
    struct StuntRule *next; /* its life after the change, or NULL; given up when the machine went back behind that */
    gboolean given_up;     /* armed on a way that the machine went back from */
    StuntRuleStatus *left; /* as it was then */
    gboolean told;         /* that it never fired */
    gboolean shown;        /* it fired, now or on a way that was given up */
} StuntRule;

typedef struct StuntRuntime {
    StuntSandbox sandbox;
    char *own_folder, *lib_folder, *root;
    const StuntSetup *setup;
    const StuntSpec *spec;
    const StuntRunRequest *request; /* NULL: the file is only read */
    StuntScenario *scenario;        /* filled by scenario{} */
    gboolean declared;              /* scenario{} was called */
    int run;                        /* Lua registry reference of the scenario's function */

    /* while it runs; borrowed from run.c */
    StuntVm *vm;
    StuntGuest *guest;
    StuntTimeline *timeline;
    StuntOracle *oracle;
    GPtrArray *finding; /* StuntFinding *, of all judgements so far */
    char *not_unloaded; /* why the modules were not unloaded at the end; NULL: they were, or it did not come to that */
    gboolean hung;      /* the verdict is a hang */
    gboolean died;      /* the guest panicked, as the scenario expects: the script cannot go on */
    gboolean iommu;      /* the machine has one */
    const StuntBug *bug;      /* planted in the driver, or NULL */
    gboolean variant_loaded;  /* the module that has it */
    guint64 deadline_ns; /* absolute; 0: none */
    GRand *rand;
    GPtrArray *rule; /* StuntRule *, order of arming; borrowed from all_rules: those that are not given up */
    GPtrArray *all_rules;             /* StuntRule * */
    struct stunt_fault_engine engine; /* checks rules before they go to QEMU */
    GString *text;      /* of the rule that is being read */
    lua_State *waiting; /* the state whose call lets the machine run */
    int pause_error;    /* registry reference of what on_pause raised, or LUA_NOREF */
    gboolean paused;
    const StuntRule *forbidden; /* whose event is meant to happen just now, or NULL */
    guint forbidden_events;     /* that did */
    GPtrArray *snapshot;                    /* StuntScenarioSnapshot *, see snapshot.h */
    const struct StuntScenarioSnapshot *at; /* last taken or gone back to; NULL: none yet */
    guint handles;                          /* of snapshots in QEMU */
    guint64 rewinds;                        /* so far */

    StuntGrid *grid;  /* cells of sweeps, see cell.h */
    gboolean in_cell; /* one is being made */

    gboolean judged;
    StuntStatus status;
    char *reason, *detail;
    char *unproved; /* what the scenario proves by its own word, and this run did not; or NULL */
    guint64 last_event; /* number of the newest when the verdict fell */
    guint64 last_rewinds; /* `rewinds` then */
    char *refusal; /* the last error that the guest's answer caused, as raised */
} StuntRuntime;

/* Runs the file's top level; without a file there is one device of each type and no script. Borrows setup, spec and request. Errors: MISSING, INPUT ("FILE:LINE: …"). */
StuntRuntime *stunt_runtime_new(const StuntSetup *setup, const StuntSpec *spec,
                                const StuntRunRequest *request, const char *name, const char *file,
                                GError **error);
void stunt_runtime_free(StuntRuntime *runtime);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntRuntime, stunt_runtime_free)

StuntRuntime *stunt_runtime_of(lua_State *L);
/* The same, with an error when no scenario runs. */
StuntRuntime *stunt_runtime_running(lua_State *L);
/* The same, with an error while the machine stands at a pause; the machine may now be let run from L. */
StuntRuntime *stunt_runtime_ready(lua_State *L);

/* Lets the verdict fall unless one has. reason is one line; the last lines of the timeline are added. */
void stunt_runtime_judge(StuntRuntime *runtime, StuntStatus status, const char *reason);
/* Takes the verdict back, for whoever has put its consequences right and keeps what it said. */
void stunt_runtime_retract(StuntRuntime *runtime);
/* Adds lines under a title to what explains the verdict. */
void stunt_runtime_add_detail(StuntRuntime *runtime, const char *title, const char *text);
/* The verdict that a failed call of guest.h or vm.h means; frees the error. where: "FILE:LINE", or NULL. */
void stunt_runtime_judge_error(StuntRuntime *runtime, const char *where, GError *error);

/*
 * Raises what a failed call of guest.h or vm.h means: a verdict (deadline, panic, forbidden event, QEMU
 * gone), or a plain error that the script may catch (the guest refused). Frees the error, never returns.
 */
int stunt_runtime_raise(StuntRuntime *runtime, lua_State *L, GError *error);

/* Calls the function under its `args` arguments on the stack; on failure judges it and returns FALSE. */
gboolean stunt_runtime_call(StuntRuntime *runtime, int args);

/* Something went on: tells whoever watches, restarts the backstop. */
void stunt_runtime_progress(StuntRuntime *runtime, const char *what);

/* The declared device of this name; NULL when there is none. */
const StuntDeviceDef *stunt_runtime_device(const StuntRuntime *runtime, const char *name);

#endif
