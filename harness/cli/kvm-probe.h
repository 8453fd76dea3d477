/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether KVM really runs guests here. */
#ifndef STUNT_CLI_KVM_PROBE_H
#define STUNT_CLI_KVM_PROBE_H

#include "stunt/setup.h"

typedef enum {
    STUNT_KVM_WORKS,
    STUNT_KVM_ABSENT, /* no /dev/kvm, no right to it, no support in QEMU, not an x86-64 host */
    STUNT_KVM_BROKEN, /* it opens, but a guest does not get through */
} StuntKvm;

/* Runs a small guest under KVM; it must report within 300 ms. ret_text: one line of explanation, free with
 * g_free. */
StuntKvm stunt_kvm_probe(const StuntSetup *setup, char **ret_text);

#endif
