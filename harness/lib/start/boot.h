/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a machine to its ready point by booting. */
#ifndef STUNT_START_BOOT_H
#define STUNT_START_BOOT_H

#include "stunt/start.h"

/* Fills timeline, vm, guest and baseline, also when it fails, as far as it came. Errors as stunt_starter_start(). */
gboolean stunt_start_boot(const StuntStartRequest *request, StuntReady *ret_ready, GError **error);

void stunt_start_progress(const StuntStartRequest *request, const char *what);

#endif
