/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests with a machine double share. */
#ifndef STUNT_TEST_COMMON_H
#define STUNT_TEST_COMMON_H

#include <string.h>

#include "stunt/error.h"
#include "stunt/guest.h"

/* A machine whose QEMU is the double, told to do `what`. */
static inline StuntMachine *double_machine(const char *what)
{
    StuntMachine *machine = stunt_machine_new();

    machine->qemu = g_strdup(g_getenv("MACHINE_DOUBLE"));
    machine->devices = g_strdup("/dev/null");
    machine->kernel = g_strdup("/dev/null");
    machine->initrd = g_strdup("/dev/null");
    machine->cmdline = g_strconcat("double=", what, NULL);
    machine->wall_limit_ms = 10000;
    return machine;
}

/* Starts the double. */
static inline StuntVm *double_start(StuntTimeline *timeline)
{
    g_autoptr(StuntMachine) machine = double_machine("");
    g_autoptr(GError) error = NULL;
    StuntVm *vm = stunt_vm_new(machine, timeline, &error);

    g_assert_no_error(error);
    return vm;
}

/* The guest in it, booted. */
static inline StuntGuest *double_boot(StuntVm *vm)
{
    g_autoptr(GError) error = NULL;
    StuntGuest *guest = stunt_guest_new(vm);

    g_assert_true(stunt_guest_boot(guest, 0, &error));
    g_assert_no_error(error);
    return guest;
}

static inline void assert_error(const GError *error, StuntErrorCode code, const char *text)
{
    g_assert_error(error, STUNT_ERROR, (int)code);
    if (!strstr(error->message, text)) {
        g_error("'%s' is not in: %s", text, error->message);
    }
}

#endif
