/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's declaration as plain data. */
#include "stunt/scenario.h"

#define DEFAULT_MEMORY_MIB 256

static void module_free(gpointer data)
{
    StuntModule *module = data;

    g_free(module->name);
    g_free(module->params);
    g_free(module);
}

static void allowance_free(gpointer data)
{
    StuntMisuseAllowance *allowance = data;

    g_free(allowance->device);
    g_free(allowance);
}

static void device_free(gpointer data)
{
    StuntDeviceDef *device = data;

    g_free(device->name);
    g_free(device->type);
    g_free(device->props);
    g_free(device);
}

StuntScenario *stunt_scenario_new(const char *name, const char *file)
{
    StuntScenario *scenario = g_new0(StuntScenario, 1);

    scenario->name = g_strdup(name);
    scenario->file = g_strdup(file);
    scenario->summary = g_strdup("");
    scenario->device = g_ptr_array_new_with_free_func(device_free);
    scenario->module = g_ptr_array_new_with_free_func(module_free);
    scenario->allow = g_ptr_array_new_with_free_func(g_free);
    scenario->misuse = g_ptr_array_new_with_free_func(allowance_free);
    scenario->memory_mib = DEFAULT_MEMORY_MIB;
    scenario->vcpus = 1;
    scenario->deadline_ns = STUNT_DEFAULT_DEADLINE_NS;
    scenario->verdict = STUNT_PASS;
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
        g_ptr_array_unref(scenario->module);
        g_ptr_array_unref(scenario->allow);
        g_ptr_array_unref(scenario->misuse);
        g_free(scenario);
    }
}

void stunt_scenario_add_device(StuntScenario *scenario, const char *name, const char *type, const char *props)
{
    StuntDeviceDef *device = g_new0(StuntDeviceDef, 1);

    device->name = g_strdup(name);
    device->type = g_strdup(type);
    device->props = props && *props ? g_strdup(props) : NULL;
    g_ptr_array_add(scenario->device, device);
}
