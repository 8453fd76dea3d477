/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/start/boot.h"

#define LIMIT_NS (120 * G_GUINT64_CONSTANT(1000000000)) /* virtual, for boot, baseline and modules */

void stunt_start_progress(const StuntStartRequest *request, const char *what)
{
    if (request->progress) {
        request->progress(what, request->data);
    }
}

static gboolean load_modules(const StuntStartRequest *request, StuntGuest *guest, GError **error)
{
    for (guint i = 0; i < request->module->len; i++) {
        const StuntModule *module = request->module->pdata[i];

        stunt_start_progress(request, module->name);
        if (!stunt_guest_insmod(guest, module->name, module->params, LIMIT_NS, error)) {
            g_prefix_error(error, "loading modules: ");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean boot(StuntReady *ready, GError **error)
{
    if (!stunt_guest_boot(ready->guest, LIMIT_NS, error) ||
        !stunt_oracle_look(ready->guest, LIMIT_NS, &ready->baseline, error)) {
        g_prefix_error(error, "boot: ");
        return FALSE;
    }
    return TRUE;
}

gboolean stunt_start_boot(const StuntStartRequest *request, StuntReady *ret_ready, GError **error)
{
    stunt_start_progress(request, "starting");
    ret_ready->kind = STUNT_START_BOOT;
    ret_ready->timeline = stunt_timeline_new();
    ret_ready->vm = stunt_vm_new(request->machine, ret_ready->timeline, error);
    if (!ret_ready->vm) {
        g_prefix_error(error, "boot: ");
        return FALSE;
    }
    ret_ready->guest = stunt_guest_new(ret_ready->vm);
    stunt_start_progress(request, "booting");
    return boot(ret_ready, error) && load_modules(request, ret_ready->guest, error) &&
           stunt_vm_clear_deadline(ret_ready->vm, error);
}
