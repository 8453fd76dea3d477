/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A StuntMachine as a QEMU command line. No process is started here. */
#ifndef STUNT_VM_CMDLINE_H
#define STUNT_VM_CMDLINE_H

#include "stunt/machine.h"

#define STUNT_LINK_ID "link" /* QOM id of the rendezvous device */
#define STUNT_PORT_PREFIX "port-" /* and a device's name: QOM id of the root port above it */

/* Descriptors that the child finds open, in this order from STUNT_FD_FIRST on. */
enum { STUNT_FD_QMP, STUNT_FD_SHM, STUNT_FD_STATE, STUNT_FD_RAM, STUNT_FD_PAGES, STUNT_FD_COUNT };
#define STUNT_FD_FIRST 3

/* Whether the machine makes sense and its files are there. Errors: INPUT, MISSING. */
gboolean stunt_machine_check(const StuntMachine *machine, GError **error);

/*
 * argv, NULL-terminated. Free with g_strfreev. The machine has been checked. from_template: it gets its
 * memory and state from STUNT_FD_RAM and STUNT_FD_STATE, and does not boot.
 */
char **stunt_machine_argv(const StuntMachine *machine, gboolean from_template);

/* The kernel's command line. Free with g_free. */
char *stunt_machine_kernel_cmdline(const StuntMachine *machine);

#endif
