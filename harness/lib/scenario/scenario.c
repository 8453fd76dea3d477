/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's declaration as plain data. */
#include "lib/vm/cmdline.h"
#include "stunt/scenario.h"

#define DEFAULT_MEMORY_MIB 256

static void allowance_free(gpointer data)
{
    StuntMisuseAllowance *allowance = data;

    g_free(allowance->device);
    g_free(allowance);
}

static void proof_free(gpointer data)
{
    StuntProof *proof = data;

    g_free(proof->what);
    g_free(proof);
}

static void expected_free(gpointer data)
{
    StuntExpectedFinding *expected = data;

    g_free(expected->kind);
    g_free(expected->pattern);
    g_free(expected);
}

StuntScenario *stunt_scenario_new(const char *name, const char *file)
{
    StuntScenario *scenario = g_new0(StuntScenario, 1);

    scenario->name = g_strdup(name);
    scenario->file = g_strdup(file);
    scenario->summary = g_strdup("");
    scenario->device = stunt_device_defs_new();
    scenario->chardev = g_ptr_array_new_with_free_func(g_free);
    scenario->module = stunt_modules_new();
    scenario->catches = g_ptr_array_new_with_free_func(g_free);
    scenario->outcome = g_ptr_array_new_with_free_func(g_free);
    scenario->proof = g_ptr_array_new_with_free_func(proof_free);
    scenario->allow = g_ptr_array_new_with_free_func(g_free);
    scenario->misuse = g_ptr_array_new_with_free_func(allowance_free);
    scenario->expect = g_ptr_array_new_with_free_func(expected_free);
    scenario->memory_mib = DEFAULT_MEMORY_MIB;
    scenario->vcpus = 1;
    scenario->deadline_ns = STUNT_DEFAULT_DEADLINE_NS;
    scenario->verdict = STUNT_PASS;
    return scenario;
}

StuntScenario *stunt_scenario_one_of_each(const StuntSpec *spec)
{
    StuntScenario *scenario = stunt_scenario_new("", "");

    for (guint i = 0; i < spec->device->len; i++) {
        const StuntSpecDevice *device = spec->device->pdata[i];
        const char *type = device->name;
        g_autofree char *name = g_strconcat(type, "0", NULL);
        g_autofree char *module = g_strconcat("stunt_", type, NULL);

        if (!g_str_equal(type, STUNT_LINK_ID) && !device->isa) {
            stunt_device_defs_add(scenario->device, name, type, NULL);
            stunt_modules_add(scenario->module, module, NULL);
        }
    }
    return scenario;
}

void stunt_scenario_free(StuntScenario *scenario)
{
    if (scenario) {
        g_free(scenario->name);
        g_free(scenario->file);
        g_free(scenario->summary);
        g_ptr_array_unref(scenario->device);
        g_free(scenario->kernel);
        g_free(scenario->cmdline);
        g_ptr_array_unref(scenario->chardev);
        g_free(scenario->leave_loaded);
        g_ptr_array_unref(scenario->module);
        g_ptr_array_unref(scenario->catches);
        g_ptr_array_unref(scenario->outcome);
        g_ptr_array_unref(scenario->proof);
        g_ptr_array_unref(scenario->allow);
        g_ptr_array_unref(scenario->misuse);
        g_ptr_array_unref(scenario->expect);
        g_free(scenario);
    }
}
