/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No guest is asked here: what asks it is linked in with what is looked at. */
#include <stdlib.h>

#include "stunt/guest.h"

char *stunt_guest_look(StuntGuest *guest, const char *const *paths, guint64 deadline_ns, GError **error)
{
    (void)guest;
    (void)paths;
    (void)deadline_ns;
    (void)error;
    abort();
}
