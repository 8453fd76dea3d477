/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots that a scenario takes and goes back to: the machine, and all that the run knows of it. The
 * script's variables stay. What happens from a snapshot until the script goes back is a branch. It is judged
 * when it is given up as a run is at its end, so that nothing that went wrong on it is lost.
 */
#ifndef STUNT_LIB_SNAPSHOT_H
#define STUNT_LIB_SNAPSHOT_H

#include "lib/scenario/runtime.h"

#define STUNT_DEFAULT_SNAPSHOT "default" /* name */

typedef struct StuntScenarioSnapshot StuntScenarioSnapshot;
void stunt_scenario_snapshot_free(StuntScenarioSnapshot *snapshot);

/* Takes one, in place of an older one of that name. Errors: QEMU. */
gboolean stunt_snapshot_take(StuntRuntime *runtime, const char *name, GError **error);

/* NULL: there is none. Borrowed until the next call. */
StuntScenarioSnapshot *stunt_snapshot_find(const StuntRuntime *runtime, const char *name);
guint64 stunt_snapshot_time_ns(const StuntScenarioSnapshot *snapshot); /* virtual time of its taking */
GPtrArray *stunt_snapshot_names(const StuntRuntime *runtime); /* char *, borrowed */

/* The machine stands where it stood when the snapshot was taken, and nothing has happened there. */
gboolean stunt_snapshot_is_here(const StuntRuntime *runtime, const StuntScenarioSnapshot *snapshot);

/*
 * Judges what is given up, but in a session, and puts everything back; what was started, armed or taken since the snapshot is
 * gone. Errors: GUEST, when a verdict fell, and the machine stands where it stood or a bit later; QEMU,
 * PROTOCOL.
 */
gboolean stunt_snapshot_rewind(StuntRuntime *runtime, StuntScenarioSnapshot *snapshot, GError **error);

/* The two halves of that. Errors of the first: GUEST, when a verdict fell; QEMU, PROTOCOL. */
gboolean stunt_snapshot_judge(StuntRuntime *runtime, const StuntScenarioSnapshot *target, GError **error);
gboolean stunt_snapshot_put_back(StuntRuntime *runtime, StuntScenarioSnapshot *snapshot, GError **error);

/* At the end of a run, before the machine serves another: forgets them all, also in QEMU. Errors: QEMU. */
gboolean stunt_snapshot_drop_all(StuntRuntime *runtime, GError **error);

/* vm:snapshot() and vm:rewind(), see bind-snapshot.c. */
int stunt_vm_snapshot_call(lua_State *L);
int stunt_vm_rewind_call(lua_State *L);
/* The runtime, for a call that may keep the machine or put it back here. Lua errors: in on_pause, in real time. */
StuntRuntime *stunt_snapshot_ready(lua_State *L, const char *what);
/* The snapshot of that name. A Lua error when there is none, with a suggestion. */
StuntScenarioSnapshot *stunt_snapshot_check(lua_State *L, const StuntRuntime *runtime, const char *name);

#endif
