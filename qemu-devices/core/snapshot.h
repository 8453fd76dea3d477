/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back inside the running process. A snapshot holds the whole machine as it stood: device state as
 * migration would save it, a private copy of the RAM, the clocks, and what the harness had in its message
 * areas. Rewinding puts back only the pages that were written since, and keeps the translated code.
 *
 * A template is a snapshot in files, from which another process of the same build and the same machine goes on.
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
 * snapshot.
 *
 * False after a failed load too. The machine is half of this and half of that then, so its run state becomes
 * "internal-error", in which QEMU refuses to continue it. The snapshots that there are stay good: a rewind to
 * one of them makes the machine whole again.
 */
bool stunt_snapshot_rewind(const char *name, Error **errp);

/* Forgets a snapshot. False with an error when there is none of that name. */
bool stunt_snapshot_drop(const char *name, Error **errp);

/* Where the files of a template are. */
typedef struct StuntTemplatePaths {
    const char *state;
    const char *ram;   /* main memory, or what most of it is like */
    const char *pages; /* those of main memory that are not as in `ram`; NULL: all are */
} StuntTemplatePaths;

/*
 * Writes the paused machine into new or emptied files: its main memory into `ram`, with holes for pages of zeros, all
 * else into `state`. With `pages` a RAM file of another machine of that size is only compared with, and what differs is
 * written there. False with an error when the machine runs, was not paused, has a device that cannot be saved, or a
 * file cannot be written; what was written of them by then stays.
 */
bool stunt_template_save(const StuntTemplatePaths *paths, Error **errp);

/*
 * Puts a machine, whose main memory is a private mapping of the RAM file, into the state of a template, and
 * keeps that as the snapshot `name`, whose copy of main memory are the files: they must not change as long as the
 * snapshot is there. False with an error, and nothing changed, when the machine runs, the files are not what
 * stunt_template_save() of this build writes, or the machine is not made of the same devices and memory;
 * false after a failed load too, as with a rewind.
 */
bool stunt_template_load(const char *name, const StuntTemplatePaths *paths, Error **errp);

/*
 * Where a scenario begins, however the machine came here: seeds the fault engine's generator and empties the
 * TLBs. False with an error when the machine runs or a rule is armed.
 */
bool stunt_begin(uint64_t seed, Error **errp);

/*
 * Saves the paused machine again and compares it with the snapshot that was taken or rewound to last. Gives
 * "" or where they first differ; NULL with an error when they cannot be compared. Free with g_free.
 */
char *stunt_snapshot_check(Error **errp);

#endif
