/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells of a sweep: branches from one snapshot, each with an outcome. A verdict that falls in one is the outcome of that branch and
 * is taken back with it; the cells together are judged when the script has come to its end.
 */
#ifndef STUNT_LIB_CELL_H
#define STUNT_LIB_CELL_H

#include "lib/scenario/runtime.h"

/* Notes that the cell begins here and now: fills begin_ns, first_line. */
void stunt_cell_begin(StuntRuntime *runtime, StuntCell *cell);

/*
 * Ends the cell: judges its branch, puts the cell with its outcome into the grid and the machine back. A verdict takes the place of
 * the outcome that the script gave. `findings`: how many there were when it began. Errors: what is no matter of the cell: a broken
 * bench, a skip, a snapshot that is gone. Returns the cell, owned by the grid; NULL on error.
 */
const StuntCell *stunt_cell_end(StuntRuntime *runtime, const char *from, guint findings, StuntCell *cell, GError **error);

/* A verdict, unless one has fallen, when there are cells that are not good. */
void stunt_cells_judge(StuntRuntime *runtime);

/* vm:cell(), see bind-cell.c. */
int stunt_vm_cell_call(lua_State *L);

#endif
