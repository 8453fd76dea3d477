/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's monitor takes its input byte by byte, each by a turn of its thread: half a millisecond for a command.
 * This has QMP monitors read in larger pieces.
 */
#ifndef STUNT_CORE_MONITOR_H
#define STUNT_CORE_MONITOR_H

/* Once per process, before the machine is ready. Looks for the monitors then, and at starts until there is one. */
void stunt_monitor_init(void);

#endif
