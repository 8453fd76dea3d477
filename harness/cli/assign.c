/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenario a free worker takes next. */
#include "assign.h"

char *stunt_assign_definition(const StuntScenario *scenario, const char *kernel, const char *bug)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "kernel=%s memory=%u vcpus=%u realtime=%d iommu=%d cmdline=%s bug=%s\n",
                           kernel             ? kernel
                           : scenario->kernel ? scenario->kernel
                                              : "",
                           scenario->memory_mib, scenario->vcpus, scenario->realtime,
                           scenario->iommu == STUNT_ON, scenario->cmdline ? scenario->cmdline : "",
                           bug ? bug : "");
    for (guint i = 0; i < scenario->device->len; i++) {
        const StuntDeviceDef *device = scenario->device->pdata[i];

        g_string_append_printf(text, "device %s %s %s\n", device->name, device->type,
                               device->props ? device->props : "");
    }
    for (guint i = 0; i < scenario->module->len; i++) {
        const StuntModule *module = scenario->module->pdata[i];

        g_string_append_printf(text, "module %s %s\n", module->name, module->params);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean has(const GArray *definitions, guint wanted)
{
    for (guint i = 0; i < definitions->len; i++) {
        if (g_array_index(definitions, guint, i) == wanted) {
            return TRUE;
        }
    }
    return FALSE;
}

guint stunt_assign(const guint *definition, const GArray *waiting, guint last, const GArray *elsewhere)
{
    guint fresh = waiting->len;

    for (guint i = 0; i < waiting->len; i++) {
        guint wanted = definition[g_array_index(waiting, guint, i)];

        if (wanted && wanted == last) {
            return i;
        }
        if (fresh == waiting->len && (!wanted || !has(elsewhere, wanted))) {
            fresh = i;
        }
    }
    return fresh < waiting->len ? fresh : 0;
}
