/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/start/definition.h"
#include "lib/start/sum.h"
#include "lib/vm/cmdline.h"
#include "stunt/proto.h"

#define FORMAT 3 /* raise it when the ready point, or what a template holds, changes in another way */
#define KEY_DIGITS 32

/* What QEMU takes from the firmware's folders for this board, and the accelerator that it loads. */
static const char *const firmware[] = { "bios-256k.bin", "kvmvapic.bin", "linuxboot_dma.bin", "pvh.bin" };
#define ACCELERATOR "accel-tcg-x86_64.so"

static void module_free(gpointer data)
{
    StuntModule *module = data;

    g_free(module->name);
    g_free(module->params);
    g_free(module);
}

GPtrArray *stunt_modules_new(void)
{
    return g_ptr_array_new_with_free_func(module_free);
}

void stunt_modules_add(GPtrArray *modules, const char *name, const char *params)
{
    StuntModule *module = g_new0(StuntModule, 1);

    module->name = g_strdup(name);
    module->params = g_strdup(params ? params : "");
    g_ptr_array_add(modules, module);
}

StuntSums *stunt_sums_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static const char *sum_of(StuntSums *sums, const char *path, GError **error)
{
    char *sum = g_hash_table_lookup(sums, path);

    if (!sum) {
        sum = stunt_sum_file(path, error);
        if (sum) {
            g_hash_table_insert(sums, g_strdup(path), sum);
        }
    }
    return sum;
}

/* Puts the checksum in place of a path. */
static gboolean replace(char **path, StuntSums *sums, GError **error)
{
    const char *sum = sum_of(sums, *path, error);

    if (!sum) {
        return FALSE;
    }
    g_free(*path);
    *path = g_strdup(sum);
    return TRUE;
}

/* Appends the checksum of a file that need not be there. */
static gboolean add_file(GString *text, const char *folder, const char *name, StuntSums *sums, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    const char *sum;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        return TRUE;
    }
    sum = sum_of(sums, path, error);
    if (sum) {
        g_string_append_printf(text, "%s %s\n", name, sum);
    }
    return sum != NULL;
}

/* A machine of the same shape without a path in it. */
static StuntMachine *make_anonymous(const StuntMachine *machine, StuntSums *sums, GError **error)
{
    g_autoptr(StuntMachine) copy = stunt_machine_new();

    copy->qemu = g_strdup(machine->qemu);
    copy->devices = g_strdup(machine->devices);
    copy->kernel = g_strdup(machine->kernel);
    copy->initrd = g_strdup(machine->initrd);
    copy->memory_mib = machine->memory_mib;
    copy->kernel_memory_mib = machine->kernel_memory_mib;
    copy->seed = machine->seed;
    copy->realtime = machine->realtime;
    copy->accel = machine->accel;
    copy->vcpus = machine->vcpus;
    copy->icount_shift = machine->icount_shift;
    copy->iommu = machine->iommu;
    copy->cmdline = g_strdup(machine->cmdline);
    for (guint i = 0; i < machine->device->len; i++) {
        stunt_device_defs_copy(copy->device, machine->device->pdata[i]);
    }
    if (!replace(&copy->qemu, sums, error) || !replace(&copy->devices, sums, error) ||
        !replace(&copy->kernel, sums, error) || !replace(&copy->initrd, sums, error)) {
        return NULL;
    }
    return g_steal_pointer(&copy);
}

static gboolean add_files(GString *text, const StuntMachine *machine, StuntSums *sums, GError **error)
{
    g_autofree char *beside = g_path_get_dirname(machine->qemu);

    for (guint i = 0; i < machine->firmware->len; i++) {
        for (guint k = 0; k < G_N_ELEMENTS(firmware); k++) {
            if (!add_file(text, machine->firmware->pdata[i], firmware[k], sums, error)) {
                return FALSE;
            }
        }
    }
    return add_file(text, beside, ACCELERATOR, sums, error);
}

char *stunt_definition_text(const StuntMachine *machine, const GPtrArray *modules, StuntSums *sums,
                            GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(StuntMachine) anonymous = make_anonymous(machine, sums, error);
    g_auto(GStrv) argv = anonymous ? stunt_machine_argv(anonymous, FALSE) : NULL;

    if (!anonymous) {
        return NULL;
    }
    g_string_append_printf(text, "format %d, protocol %d\n", FORMAT, STUNT_PROTO_VERSION);
    for (char **word = argv; *word; word++) {
        g_string_append_printf(text, "%s\n", *word);
    }
    if (!add_files(text, machine, sums, error)) {
        return NULL;
    }
    for (guint i = 0; i < modules->len; i++) {
        const StuntModule *module = modules->pdata[i];

        g_string_append_printf(text, "module %s %s\n", module->name, module->params);
    }
    return g_strdup(text->str);
}

char *stunt_definition_memory(const StuntMachine *machine, StuntSums *sums, GError **error)
{
    const char *kernel = sum_of(sums, machine->kernel, error);
    const char *initrd = kernel ? sum_of(sums, machine->initrd, error) : NULL;
    g_autofree char *text = NULL;

    if (!initrd) {
        return NULL;
    }
    text = g_strdup_printf("format %d\n%s\n%s\n%u MiB\n", FORMAT, kernel, initrd, stunt_machine_all_memory_mib(machine));
    return stunt_definition_key(text);
}

char *stunt_definition_key(const char *text)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    return g_strndup(hash, KEY_DIGITS);
}
