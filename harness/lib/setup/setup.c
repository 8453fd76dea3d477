/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds and reads the configuration file. */
#include <string.h>

#include "stunt/error.h"
#include "stunt/setup.h"

#define KERNEL_GROUP "kernel "
#define MEMORY_MAX_MIB 1024 /* more than any kernel wants for itself */
#define SHIFT_MAX      10   /* QEMU: MAX_ICOUNT_SHIFT */

void stunt_kernel_free(StuntKernel *kernel)
{
    if (kernel) {
        g_free(kernel->name);
        g_free(kernel->release);
        g_free(kernel->kernel);
        g_free(kernel->initrd);
        g_free(kernel->headers);
        g_free(kernel->modules);
        g_free(kernel);
    }
}

void stunt_setup_free(StuntSetup *setup)
{
    if (setup) {
        g_free(setup->file);
        g_free(setup->qemu);
        g_ptr_array_unref(setup->firmware);
        g_free(setup->devices);
        g_free(setup->spec);
        g_free(setup->scenarios);
        g_ptr_array_unref(setup->bug);
        g_ptr_array_unref(setup->kernel);
        g_free(setup->default_kernel);
        g_free(setup);
    }
}

/* ---- where it is --------------------------------------------------------------------------------- */

static char *existing(const char *folder, const char *tail)
{
    g_autofree char *file = g_build_filename(folder, tail, NULL);

    return g_file_test(file, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&file) : NULL;
}

static char *beside_program(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    char *file = NULL;

    for (int up = 0; folder && up < 3 && !file; up++) {
        char *parent = g_path_get_dirname(folder);

        file = existing(folder, "stunt.conf");
        g_free(folder);
        folder = parent;
    }
    return file;
}

static char *find_file(void)
{
    const char *named = g_getenv("STUNT_CONFIG");
    char *file = named && *named ? g_strdup(named) : beside_program();

    for (const char *const *dir = g_get_system_data_dirs(); !file && *dir; dir++) {
        file = existing(*dir, "stunt/stunt.conf");
    }
    return file;
}

/* ---- what it says -------------------------------------------------------------------------------- */

static char *absolute(const StuntSetup *setup, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(setup->file);

    return g_canonicalize_filename(path, folder);
}

static char *get_value(const StuntSetup *setup, GKeyFile *keys, const char *group, const char *key,
                       GError **error)
{
    g_autoptr(GError) inner = NULL;
    g_autofree char *value = g_key_file_get_string(keys, group, key, &inner);

    if (!value || !*value) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: [%s] has no '%s'", setup->file, group, key);
        return NULL;
    }
    return g_steal_pointer(&value);
}

static gboolean get_path(const StuntSetup *setup, GKeyFile *keys, const char *group, const char *key,
                         char **ret_path, GError **error)
{
    g_autofree char *value = get_value(setup, keys, group, key, error);

    if (value) {
        *ret_path = absolute(setup, value);
    }
    return value != NULL;
}

static void get_firmware(StuntSetup *setup, GKeyFile *keys)
{
    g_auto(GStrv) dirs = g_key_file_get_string_list(keys, "paths", "firmware", NULL, NULL);

    for (guint i = 0; dirs && dirs[i]; i++) {
        if (*dirs[i]) {
            g_ptr_array_add(setup->firmware, absolute(setup, dirs[i]));
        }
    }
}

/* A path, or NULL. */
static char *get_optional(const StuntSetup *setup, GKeyFile *keys, const char *group, const char *key)
{
    g_autofree char *value = g_key_file_get_string(keys, group, key, NULL);

    return value && *value ? absolute(setup, value) : NULL;
}

/* Leaves the value as it is when the file does not say. */
static gboolean get_number(const StuntSetup *setup, GKeyFile *keys, const char *group, const char *key, const char *what,
                           guint max, guint *ret_value, GError **error)
{
    g_autoptr(GError) inner = NULL;
    guint64 value;

    if (!g_key_file_has_key(keys, group, key, NULL)) {
        return TRUE;
    }
    value = g_key_file_get_uint64(keys, group, key, &inner);
    if (inner || value > max) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: [%s] %s is %s, at most %u", setup->file, group, key,
                    what, max);
        return FALSE;
    }
    *ret_value = value;
    return TRUE;
}

static gboolean get_kernel(StuntSetup *setup, GKeyFile *keys, const char *group, GError **error)
{
    StuntKernel *kernel = g_new0(StuntKernel, 1);

    g_ptr_array_add(setup->kernel, kernel);
    kernel->name = g_strstrip(g_strdup(group + strlen(KERNEL_GROUP)));
    kernel->headers = get_optional(setup, keys, group, "headers");
    kernel->modules = get_optional(setup, keys, group, "modules");
    kernel->icount_shift = STUNT_ICOUNT_SHIFT;
    if (!get_number(setup, keys, group, "memory", "a number of MiB", MEMORY_MAX_MIB, &kernel->memory_mib, error) ||
        !get_number(setup, keys, group, "shift", "a power of two in nanoseconds", SHIFT_MAX, &kernel->icount_shift,
                    error)) {
        return FALSE;
    }
    kernel->release = get_value(setup, keys, group, "release", error);
    return kernel->release && get_path(setup, keys, group, "kernel", &kernel->kernel, error) &&
           get_path(setup, keys, group, "initrd", &kernel->initrd, error);
}

static gboolean get_kernels(StuntSetup *setup, GKeyFile *keys, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);

    for (guint i = 0; groups[i]; i++) {
        if (g_str_has_prefix(groups[i], KERNEL_GROUP) && !get_kernel(setup, keys, groups[i], error)) {
            return FALSE;
        }
    }
    setup->default_kernel = g_key_file_get_string(keys, "defaults", "kernel", NULL);
    if (!setup->default_kernel && setup->kernel->len) {
        setup->default_kernel = g_strdup(((StuntKernel *)setup->kernel->pdata[0])->name);
    }
    return TRUE;
}

/* Who has no variants has no list. */
static gboolean get_bugs(StuntSetup *setup, GKeyFile *keys, GError **error)
{
    g_autofree char *path = NULL;
    GPtrArray *bugs;

    if (!g_key_file_has_key(keys, "paths", "bugs", NULL)) {
        return TRUE;
    }
    bugs = get_path(setup, keys, "paths", "bugs", &path, error) ? stunt_bugs_load(path, error) : NULL;
    if (bugs) {
        g_ptr_array_unref(setup->bug);
        setup->bug = bugs;
    }
    return bugs != NULL;
}

static gboolean read_file(StuntSetup *setup, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) inner = NULL;

    if (!g_key_file_load_from_file(keys, setup->file, G_KEY_FILE_NONE, &inner)) {
        gboolean missing = g_error_matches(inner, G_FILE_ERROR, G_FILE_ERROR_NOENT);

        g_set_error(error, STUNT_ERROR, missing ? STUNT_ERROR_MISSING : STUNT_ERROR_INPUT, "%s: %s",
                    setup->file, inner->message);
        return FALSE;
    }
    get_firmware(setup, keys);
    return get_path(setup, keys, "paths", "qemu", &setup->qemu, error) &&
           get_path(setup, keys, "paths", "devices", &setup->devices, error) &&
           get_path(setup, keys, "paths", "spec", &setup->spec, error) &&
           get_path(setup, keys, "paths", "scenarios", &setup->scenarios, error) &&
           get_bugs(setup, keys, error) && get_kernels(setup, keys, error);
}

StuntSetup *stunt_setup_load(const char *file, GError **error)
{
    g_autoptr(StuntSetup) setup = g_new0(StuntSetup, 1);
    g_autofree char *found = file ? g_strdup(file) : find_file();

    setup->firmware = g_ptr_array_new_with_free_func(g_free);
    setup->bug = g_ptr_array_new();
    setup->kernel = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_kernel_free);
    if (!found) {
        g_set_error(
            error, STUNT_ERROR, STUNT_ERROR_MISSING,
            "no configuration file: set STUNT_CONFIG or give --config FILE; in a clone, start ./stunt");
        return NULL;
    }
    setup->file = g_canonicalize_filename(found, NULL);
    return read_file(setup, error) ? g_steal_pointer(&setup) : NULL;
}
