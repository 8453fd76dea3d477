/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUNT_CORE_BUILD_ID_H
#define STUNT_CORE_BUILD_ID_H

/*
 * GNU build id, as hexadecimal text, of the loaded object that `address` lies in; NULL: of the main program.
 * "" when it has none. Free with g_free.
 */
char *stunt_build_id(const void *address);

#endif
