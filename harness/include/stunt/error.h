/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of libstunt. */
#ifndef STUNT_ERROR_H
#define STUNT_ERROR_H

#include <glib.h>

#define STUNT_ERROR (stunt_error_quark())
GQuark stunt_error_quark(void);

typedef enum {
    STUNT_ERROR_FAILED,   /* something of ours or of the system went wrong */
    STUNT_ERROR_INPUT,    /* the user's input is wrong; the message says what to do */
    STUNT_ERROR_MISSING,  /* something needed is not there: kernel, headers, image, tool */
    STUNT_ERROR_QEMU,     /* QEMU did not start, died, or refused a command */
    STUNT_ERROR_PROTOCOL, /* the guest's agent or a device broke the protocol */
    STUNT_ERROR_GUEST,    /* the guest panicked, powered off, or refused a request */
    STUNT_ERROR_DEADLINE, /* a virtual deadline passed */
    STUNT_ERROR_TIMEOUT,  /* the wall-clock backstop ended it */
} StuntErrorCode;

#endif
