/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the guest's kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "stunt/error.h"
#include "stunt/setup.h"

/* The boot protocol's header (Documentation/arch/x86/boot.rst). */
#define BZIMAGE_HEAD 0x8000
#define BZIMAGE_MAGIC 0x202
#define BZIMAGE_VERSION 0x20eu
#define BZIMAGE_SETUP 0x200u

static StuntKernel *copy_kernel(const StuntKernel *from)
{
    StuntKernel *kernel = g_new0(StuntKernel, 1);

    kernel->name = g_strdup(from->name);
    kernel->release = g_strdup(from->release);
    kernel->kernel = g_strdup(from->kernel);
    kernel->initrd = g_strdup(from->initrd);
    kernel->headers = g_strdup(from->headers);
    kernel->modules = g_strdup(from->modules);
    kernel->memory_mib = from->memory_mib;
    kernel->icount_shift = from->icount_shift;
    return kernel;
}

static char *release_in(const guint8 *head, gsize len)
{
    gsize at = len > BZIMAGE_VERSION + 1
                   ? BZIMAGE_SETUP + (head[BZIMAGE_VERSION] | head[BZIMAGE_VERSION + 1] << 8)
                   : len;
    gsize end = at;

    if (at >= len || memcmp(head + BZIMAGE_MAGIC, "HdrS", 4) != 0) {
        return NULL;
    }
    while (end < len && head[end] > ' ' && head[end] < 0x7f) {
        end++;
    }
    return end > at && end < len ? g_strndup((const char *)head + at, end - at) : NULL;
}

char *stunt_setup_kernel_release(const char *file, GError **error)
{
    g_autofree guint8 *head = g_malloc(BZIMAGE_HEAD);
    FILE *stream = fopen(file, "rbe");
    gsize len = stream ? fread(head, 1, BZIMAGE_HEAD, stream) : 0;
    char *release;

    if (!stream || ferror(stream)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_MISSING, "%s: %s", file, g_strerror(errno));
        g_clear_pointer(&stream, fclose);
        return NULL;
    }
    fclose(stream);
    release = release_in(head, len);
    if (!release) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: not a Linux bzImage", file);
    }
    return release;
}

/* What is missing for a kernel that nothing is prepared for. */
static void set_unprepared(const char *file, const char *release, GError **error)
{
    g_autofree char *makefile = g_strdup_printf("/lib/modules/%s/build/Makefile", release);

    if (g_file_test(makefile, G_FILE_TEST_EXISTS)) {
        g_set_error(
            error, STUNT_ERROR, STUNT_ERROR_MISSING,
            "%s: kernel %s: no guest image was made for it; start ./stunt with --kernel %s, it makes one",
            file, release, file);
    } else {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_MISSING,
                    "%s: kernel %s: its headers are not there (%s), so the guest's modules cannot be built; "
                    "install linux-headers-%s, then start ./stunt again",
                    file, release, makefile, release);
    }
}

/* The file of a prepared kernel itself, whatever its form. */
static StuntKernel *find_same_file(const StuntSetup *setup, const char *file)
{
    g_autofree char *path = g_canonicalize_filename(file, NULL);

    for (guint i = 0; i < setup->kernel->len; i++) {
        const StuntKernel *known = setup->kernel->pdata[i];

        if (g_str_equal(known->kernel, path)) {
            return copy_kernel(known);
        }
    }
    return NULL;
}

static StuntKernel *find_by_release(const StuntSetup *setup, const char *file, GError **error)
{
    g_autofree char *release = stunt_setup_kernel_release(file, error);

    for (guint i = 0; release && i < setup->kernel->len; i++) {
        const StuntKernel *known = setup->kernel->pdata[i];

        if (g_str_equal(known->release, release)) {
            StuntKernel *kernel = copy_kernel(known);

            g_free(kernel->kernel);
            kernel->kernel = g_canonicalize_filename(file, NULL);
            return kernel;
        }
    }
    if (release) {
        set_unprepared(file, release, error);
    }
    return NULL;
}

static char *list_kernels(const StuntSetup *setup)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < setup->kernel->len; i++) {
        const StuntKernel *kernel = setup->kernel->pdata[i];

        g_string_append_printf(text, "%s%s (%s)", i ? ", " : "", kernel->name, kernel->release);
    }
    return g_strdup(text->len ? text->str : "none");
}

StuntKernel *stunt_setup_find_kernel(const StuntSetup *setup, const char *name, GError **error)
{
    const char *wanted = name ? name : setup->default_kernel;
    g_autofree char *known = NULL;

    for (guint i = 0; wanted && i < setup->kernel->len; i++) {
        const StuntKernel *kernel = setup->kernel->pdata[i];

        if (g_str_equal(kernel->name, wanted) || g_str_equal(kernel->release, wanted)) {
            return copy_kernel(kernel);
        }
    }
    if (wanted && strchr(wanted, '/')) {
        StuntKernel *same = find_same_file(setup, wanted);

        return same ? same : find_by_release(setup, wanted, error);
    }
    known = list_kernels(setup);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no kernel '%s'; there are: %s; in a clone, './stunt run --kernel NAME' prepares those of "
                "images/sources.toml", wanted ? wanted : "", known);
    return NULL;
}

StuntMachine *stunt_setup_machine(const StuntSetup *setup, const StuntKernel *kernel)
{
    StuntMachine *machine = stunt_machine_new();

    machine->qemu = g_strdup(setup->qemu);
    machine->devices = g_strdup(setup->devices);
    machine->kernel = g_strdup(kernel->kernel);
    machine->initrd = g_strdup(kernel->initrd);
    machine->kernel_name = g_strdup(kernel->name);
    machine->kernel_memory_mib = kernel->memory_mib;
    machine->icount_shift = kernel->icount_shift;
    for (guint i = 0; i < setup->firmware->len; i++) {
        g_ptr_array_add(machine->firmware, g_strdup(setup->firmware->pdata[i]));
    }
    return machine;
}
