/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt doctor: what this machine can do, and what to do about the rest. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cli.h"
#include "kvm-probe.h"
#include "stunt/report.h"
#include "stunt/start.h"

#define QEMU_MS 5000
#define SPACE_LOW_MIB 1024
#define SPACE_OUT_MIB 100
#define MIB (1024 * 1024)
#define START_LAUNCHER "in a clone, start ./stunt: it makes what is missing"

typedef enum { OK, WARNING, MISSING } Health;

static gboolean any_missing;

/* One line; advice is only shown when something is wrong. */
static void report(Health health, const char *what, const char *text, const char *advice)
{
    static const char *const names[] = { "ok", "warning", "missing" };

    printf("%-8s %-10s %s\n", names[health], what, text);
    if (health != OK && advice) {
        printf("%-8s %-10s   -> %s\n", "", "", advice);
    }
    any_missing |= health == MISSING;
    fflush(stdout);
}

static gboolean check_file(const char *what, const char *file, const char *advice)
{
    g_autofree char *text =
        g_strdup_printf("%s%s", file, g_file_test(file, G_FILE_TEST_EXISTS) ? "" : ": not there");
    gboolean there = g_file_test(file, G_FILE_TEST_EXISTS);

    report(there ? OK : MISSING, what, text, advice);
    return there;
}

/* ---- tools --------------------------------------------------------------------------------------- */

static void check_tool(const char *tool, const char *use, const char *package)
{
    g_autofree char *path = g_find_program_in_path(tool);
    g_autofree char *text = g_strdup_printf("%s, to %s%s", tool, use, path ? "" : ": not there");
    g_autofree char *advice = g_strdup_printf("apt-get install %s", package);

    report(path ? OK : WARNING, "tool", text, advice);
}

static void check_tools(void)
{
    check_tool("cc", "build the models", "gcc");
    check_tool("make", "build kernel modules", "make");
    check_tool("meson", "build", "meson");
    check_tool("ninja", "build", "ninja-build");
    check_tool("gdb", "use 'stunt replay --gdb'", "gdb");
}

/* ---- QEMU ---------------------------------------------------------------------------------------- */

static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

static gboolean check_qemu(const StuntSetup *setup)
{
    const char *argv[] = { setup->qemu, "--version", NULL };
    g_autofree char *output = NULL, *line = NULL, *text = NULL;
    g_autoptr(GError) error = NULL;
    int status;

    if (!stunt_cli_spawn(argv, QEMU_MS, &output, &status, &error)) {
        report(MISSING, "QEMU", error->message, START_LAUNCHER);
        return FALSE;
    }
    line = first_line(output);
    text = g_strdup_printf("%s (%s)", line, setup->qemu);
    report(status ? MISSING : OK, "QEMU", text, START_LAUNCHER);
    return status == 0;
}

/* Loads the models into an empty machine: they refuse a QEMU that they were not compiled for. */
static void check_devices(const StuntSetup *setup)
{
    const char *argv[] = { setup->qemu, "-machine", "none", "-nodefaults", "-display",
                           "none",      "-monitor", "none", "-plugin",     setup->devices,
                           "-device",   "help",     NULL };
    g_autofree char *output = NULL, *line = NULL;
    g_autoptr(GError) error = NULL;
    int status;

    if (!g_file_test(setup->devices, G_FILE_TEST_EXISTS)) {
        check_file("devices", setup->devices, START_LAUNCHER);
    } else if (!stunt_cli_spawn(argv, QEMU_MS, &output, &status, &error)) {
        report(MISSING, "devices", error->message, NULL);
    } else if (status) {
        line = first_line(output);
        report(MISSING, "devices", line, "build them again for this QEMU: " START_LAUNCHER);
    } else {
        report(OK, "devices", setup->devices, NULL);
    }
}

static gboolean has_firmware(const StuntSetup *setup, const char *name)
{
    for (guint i = 0; i < setup->firmware->len; i++) {
        g_autofree char *file = g_build_filename(setup->firmware->pdata[i], name, NULL);

        if (g_file_test(file, G_FILE_TEST_EXISTS)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void check_firmware(const StuntSetup *setup)
{
    static const char *const names[] = { "bios-256k.bin", "linuxboot_dma.bin" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        gboolean there = has_firmware(setup, names[i]);
        g_autofree char *text = g_strdup_printf("%s%s", names[i], there ? "" : ": in no firmware folder");

        report(there ? OK : MISSING, "firmware", text,
               "packages seabios and qemu-system-data; " START_LAUNCHER);
    }
}

/* ---- kernels, scenarios -------------------------------------------------------------------------- */

static void check_kernel(const StuntKernel *kernel)
{
    gboolean image = g_file_test(kernel->kernel, G_FILE_TEST_EXISTS);
    gboolean initrd = g_file_test(kernel->initrd, G_FILE_TEST_EXISTS);
    gboolean headers = !kernel->headers || g_file_test(kernel->headers, G_FILE_TEST_IS_DIR);
    g_autofree char *text =
        g_strdup_printf("%s (%s)%s%s%s", kernel->name, kernel->release, image ? "" : ", no image",
                        initrd ? "" : ", no initramfs", headers ? "" : ", no headers");

    report(!image || !initrd ? MISSING : headers ? OK : WARNING, "kernel", text, START_LAUNCHER);
}

/* It is there when it was asked for: nobody needs it every day. */
static void tell_debug_kernel(const StuntSetup *setup)
{
    for (guint i = 0; i < setup->kernel->len; i++) {
        const StuntKernel *kernel = setup->kernel->pdata[i];

        if (g_str_equal(kernel->name, "debug")) {
            return;
        }
    }
    report(OK, "kernel", "debug: not built; in a clone, './stunt run --kernel debug' builds it", NULL);
}

static void check_kernels(const StuntSetup *setup)
{
    if (!setup->kernel->len) {
        report(MISSING, "kernel", "none is configured", START_LAUNCHER);
    }
    for (guint i = 0; i < setup->kernel->len; i++) {
        check_kernel(setup->kernel->pdata[i]);
    }
    tell_debug_kernel(setup);
}

static void check_scenarios(const StuntSetup *setup)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = stunt_catalog_all(setup->scenarios, &error);
    g_autofree char *text = all ? g_strdup_printf("%u in %s", all->len, setup->scenarios) : NULL;

    report(all ? OK : MISSING, "scenarios", all ? text : error->message, START_LAUNCHER);
}

static void check_spec(const StuntSetup *setup)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StuntSpec) spec = stunt_spec_load(setup->spec, &error);

    report(spec ? OK : MISSING, "spec", spec ? setup->spec : error->message, START_LAUNCHER);
}

/* ---- room ---------------------------------------------------------------------------------------- */

/* The nearest folder above that exists. */
static char *existing(const char *folder)
{
    char *found = g_strdup(folder);

    while (!g_file_test(found, G_FILE_TEST_IS_DIR)) {
        char *parent = g_path_get_dirname(found);

        g_free(found);
        found = parent;
    }
    return found;
}

static void check_space(const char *what, const char *folder)
{
    g_autofree char *found = existing(folder);
    g_autofree char *text = NULL;
    struct statvfs fs;
    guint64 free_mib;

    if (statvfs(found, &fs)) {
        report(WARNING, what, folder, "cannot ask how much room there is");
        return;
    }
    free_mib = (guint64)fs.f_bavail * fs.f_frsize / MIB;
    text = g_strdup_printf("%s, %" G_GUINT64_FORMAT " MiB free", folder, free_mib);
    report(free_mib < SPACE_OUT_MIB   ? MISSING
           : free_mib < SPACE_LOW_MIB ? WARNING
                                      : OK,
           what, text, "make room on that disk");
}

static void tell_templates(void)
{
    g_autofree char *folder = stunt_templates_folder();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    StuntTemplateUse use;

    if (!stunt_templates_limit(&use.limit_bytes, &error)) {
        report(MISSING, "templates", error->message, "set or unset that variable");
        return;
    }
    stunt_templates_measure(NULL, &use);
    text = g_strdup_printf("%u in %s, %" G_GUINT64_FORMAT " MiB of at most %" G_GUINT64_FORMAT, use.count, folder,
                           use.bytes / MIB, use.limit_bytes / MIB);
    report(OK, "templates", text, NULL);
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static void check_kvm(const StuntSetup *setup)
{
    g_autofree char *text = NULL;
    StuntKvm kvm = stunt_kvm_probe(setup, &text);

    report(kvm == STUNT_KVM_WORKS ? OK : WARNING, "KVM", text,
           "nothing: deterministic runs never use it, only real-time ones could");
}

static void check_setup(const StuntSetup *setup)
{
    report(OK, "config", setup->file, NULL);
    if (check_qemu(setup)) {
        check_devices(setup);
        check_kvm(setup);
    }
    check_firmware(setup);
    check_spec(setup);
    check_scenarios(setup);
    check_kernels(setup);
}

static int run(int argc, char **argv, const char *config)
{
    g_autofree char *cache = g_build_filename(g_get_user_cache_dir(), "stunt", NULL);
    g_autofree char *results = stunt_results_root();
    g_autoptr(StuntSetup) setup = NULL;
    g_autoptr(GError) error = NULL;
    int status;

    if (!stunt_cli_options(&argc, &argv, "",
                           "Looks at this machine: ok, warning or missing, and what to do about it.", NULL,
                           &config, &status)) {
        return status;
    }
    setup = stunt_setup_load(config, &error);
    if (setup) {
        check_setup(setup);
    } else {
        report(MISSING, "config", error->message, START_LAUNCHER);
    }
    check_tools();
    check_space("cache", cache);
    tell_templates();
    check_space("results", results);
    return any_missing ? STUNT_EXIT_BROKEN : STUNT_EXIT_OK;
}

const StuntCliCommand stunt_command_doctor = { "doctor", "what this machine can do, and what to do about it",
                                               run };
