/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back inside the running process. A snapshot holds the whole machine as it stood: device state as
 * migration would save it, a private copy of the RAM, the clocks, and what the harness had in its message
 * areas. Rewinding puts back only the pages that were written since, and keeps the translated code.
 *
 * All of it works on a machine that stands still, under the big QEMU lock, outside any vCPU thread.
 */
#ifndef STUNT_CORE_SNAPSHOT_H
#define STUNT_CORE_SNAPSHOT_H

#include "qapi/error.h"

/*
 * Keeps the state of the paused machine under `name`; one of that name is replaced. False with an error when
 * the machine runs or was not paused, and when a device in it cannot be saved.
 */
bool stunt_snapshot_take(const char *name, Error **errp);

/*
 * Puts the machine back, whatever became of it since (panic, power-off, sleep), and leaves it paused. The
 * event ring's head stays where it is, as the harness reads from there; the event number goes back. False
 * with an error, and nothing changed, when the machine runs, devices came or went, or there is no such
 * snapshot. False after a failed load too; the machine is of no use then.
 */
bool stunt_snapshot_rewind(const char *name, Error **errp);

/*
 * Saves the paused machine again and compares it with the snapshot that was taken or rewound to last. Gives
 * "" or where they first differ; NULL with an error when they cannot be compared. Free with g_free.
 */
char *stunt_snapshot_check(Error **errp);

#endif
