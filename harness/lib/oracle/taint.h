/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of /proc/sys/kernel/tainted that other parts of the oracle know. */
#ifndef STUNT_LIB_TAINT_H
#define STUNT_LIB_TAINT_H

#include <glib.h>

#define STUNT_TAINT_BAD_PAGE (1u << 5)
#define STUNT_TAINT_DIE (1u << 7)
#define STUNT_TAINT_WARN (1u << 9)
#define STUNT_TAINT_LOCKUP (1u << 14)

#endif
