// SPDX-License-Identifier: GPL-2.0-or-later
/* Only in the variant. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "bugs.h"
#include "stunt_bug_param.h"
