/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into a running QEMU: it loads this object with -plugin before it makes the board, and our device
 * types are registered from there. Structures differ from build to build, so any other QEMU than the one that
 * this was compiled against is refused. Built into QEMU's own tree, this file is left out and
 * stunt_register_types() is called from a type_init().
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/qemu-plugin.h"
#include "core/build-id.h"
#include "types.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv);

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    g_autofree char *running = stunt_build_id(NULL);

    if (strcmp(running, STUNT_QEMU_BUILD_ID) != 0) {
        error_report("stunt-devices was compiled for the QEMU build %s and does not work in this one (%s); "
                     "build it again against this QEMU", STUNT_QEMU_BUILD_ID,
                     *running ? running : "without a build id");
        return 1;
    }
    if (argc > 0) {
        error_report("stunt-devices takes no plugin arguments (got '%s')", argv[0]);
        return 1;
    }
    stunt_register_types();
    return 0;
}
