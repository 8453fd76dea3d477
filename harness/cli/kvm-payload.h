/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest of the KVM probe: firmware that goes through real, protected and long mode, works, and reports.
 */
#ifndef STUNT_CLI_KVM_PAYLOAD_H
#define STUNT_CLI_KVM_PAYLOAD_H

#include <glib.h>

#define STUNT_PAYLOAD_SIZE 0x10000
#define STUNT_PAYLOAD_PORT "0x501" /* of isa-debug-exit */
#define STUNT_PAYLOAD_EXIT 0x55    /* QEMU's exit status when all went well */

/* Fills an image of STUNT_PAYLOAD_SIZE bytes; FALSE on a host that is no x86-64. */
gboolean stunt_kvm_payload(guint8 *ret_image);

#endif
