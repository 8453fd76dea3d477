/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/error.h"

G_DEFINE_QUARK(stunt-error-quark, stunt_error)
