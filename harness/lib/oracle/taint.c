/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bits of /proc/sys/kernel/tainted mean (Documentation/admin-guide/tainted-kernels.rst). */
#include "stunt/oracle.h"
#include "lib/oracle/taint.h"

#define OUT_OF_TREE (1u << 12)
#define UNSIGNED (1u << 13)

static const struct {
    char letter;
    const char *meaning;
} taints[] = {
    { 'P', "a proprietary module" },
    { 'F', "a module loaded by force" },
    { 'S', "a system out of specification" },
    { 'R', "a module unloaded by force" },
    { 'M', "a machine check" },
    { 'B', "a bad page" },
    { 'U', "asked for by user space" },
    { 'D', "the kernel died (oops or BUG)" },
    { 'A', "an ACPI table overridden" },
    { 'W', "a warning" },
    { 'C', "a staging driver" },
    { 'I', "a work-around for bad firmware" },
    { 'O', "an out-of-tree module" },
    { 'E', "an unsigned module" },
    { 'L', "a soft lockup" },
    { 'K', "a live patch" },
    { 'X', "auxiliary" },
    { 'T', "a randomized struct layout" },
    { 'N', "an in-kernel test" },
};

char *stunt_oracle_new_taint(guint64 before, guint64 now)
{
    guint64 bits = now & ~before & ~(guint64)(OUT_OF_TREE | UNSIGNED);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < 64; i++) {
        const char *comma = text->len ? ", " : "";

        if (!(bits & (G_GUINT64_CONSTANT(1) << i))) {
            continue;
        }
        if (i < G_N_ELEMENTS(taints)) {
            g_string_append_printf(text, "%s%c: %s", comma, taints[i].letter, taints[i].meaning);
        } else {
            g_string_append_printf(text, "%sbit %u", comma, i);
        }
    }
    return g_string_free(text, !bits);
}
