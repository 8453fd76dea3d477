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

static inline void assert_error(const GError *error, StuntErrorCode code, const char *text)
{
    g_assert_error(error, STUNT_ERROR, (int)code);
    if (!strstr(error->message, text)) {
        g_error("'%s' is not in: %s", text, error->message);
    }
}

#endif
