/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/machine.h"

static const char *const switch_names[] = {[STUNT_UNSAID] = "", [STUNT_OFF] = "off", [STUNT_ON] = "on"};

const char *stunt_switch_name(StuntSwitch value)
{
    return switch_names[value];
}

gboolean stunt_switch_parse(const char *name, StuntSwitch *ret_value)
{
    for (guint i = 0; i < G_N_ELEMENTS(switch_names); i++) {
        if (g_str_equal(name, switch_names[i])) {
            *ret_value = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void setting_free(gpointer data)
{
    StuntSetting *setting = data;

    g_free(setting->property);
    json_node_unref(setting->value);
    g_free(setting);
}

static void device_free(gpointer data)
{
    StuntDeviceDef *device = data;

    g_free(device->name);
    g_free(device->type);
    g_free(device->props);
    g_free(device->port);
    g_ptr_array_unref(device->setting);
    g_free(device);
}

GPtrArray *stunt_device_defs_new(void)
{
    return g_ptr_array_new_with_free_func(device_free);
}

StuntDeviceDef *stunt_device_defs_add(GPtrArray *defs, const char *name, const char *type, const char *props)
{
    StuntDeviceDef *device = g_new0(StuntDeviceDef, 1);

    device->name = g_strdup(name);
    device->type = g_strdup(type);
    device->props = props && *props ? g_strdup(props) : NULL;
    device->setting = g_ptr_array_new_with_free_func(setting_free);
    g_ptr_array_add(defs, device);
    return device;
}

void stunt_device_defs_copy(GPtrArray *defs, const StuntDeviceDef *device)
{
    StuntDeviceDef *copy = stunt_device_defs_add(defs, device->name, device->type, device->props);

    copy->port = g_strdup(device->port);
    copy->isa = device->isa;
}

void stunt_device_def_set(StuntDeviceDef *device, const char *property, JsonNode *value)
{
    StuntSetting *setting = g_new(StuntSetting, 1);

    setting->property = g_strdup(property);
    setting->value = value;
    g_ptr_array_add(device->setting, setting);
}

StuntMachine *stunt_machine_new(void)
{
    StuntMachine *machine = g_new0(StuntMachine, 1);

    machine->firmware = g_ptr_array_new_with_free_func(g_free);
    machine->device = stunt_device_defs_new();
    machine->option = g_ptr_array_new_with_free_func(g_free);
    machine->memory_mib = 256;
    machine->seed = 1;
    machine->accel = STUNT_ACCEL_TCG;
    machine->vcpus = 1;
    machine->icount_shift = STUNT_ICOUNT_SHIFT;
    machine->wall_limit_ms = 60 * 1000;
    return machine;
}

guint stunt_machine_all_memory_mib(const StuntMachine *machine)
{
    return machine->memory_mib + machine->kernel_memory_mib;
}

void stunt_machine_free(StuntMachine *machine)
{
    if (!machine) {
        return;
    }
    g_free(machine->qemu);
    g_ptr_array_unref(machine->firmware);
    g_free(machine->devices);
    g_free(machine->kernel);
    g_free(machine->initrd);
    g_free(machine->kernel_name);
    g_free(machine->cmdline);
    g_ptr_array_unref(machine->device);
    g_ptr_array_unref(machine->option);
    g_free(machine->console);
    g_free(machine->gdb);
    g_free(machine);
}
