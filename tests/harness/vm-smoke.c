/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots a machine, runs one command in it, shows how long it took. For people at work on libstunt. */
#include <stdio.h>

#include "stunt/guest.h"

static StuntMachine *machine;
static char **firmware, **command;
static gboolean show_log;

static gboolean add_device(const char *option G_GNUC_UNUSED, const char *value, gpointer data G_GNUC_UNUSED,
                           GError **error G_GNUC_UNUSED)
{
    g_auto(GStrv) part = g_strsplit(value, ",", 3);

    stunt_device_defs_add(machine->device, part[0], part[0] ? part[1] : NULL, part[0] && part[1] ? part[2] : NULL);
    return TRUE;
}

static gboolean parse(int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &machine->qemu, "QEMU", "FILE" },
        { "firmware", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &firmware, "Firmware folder", "DIR" },
        { "devices", 0, 0, G_OPTION_ARG_FILENAME, &machine->devices, "Device models", "FILE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &machine->kernel, "Guest kernel", "FILE" },
        { "initrd", 0, 0, G_OPTION_ARG_FILENAME, &machine->initrd, "Guest initramfs", "FILE" },
        { "console", 0, 0, G_OPTION_ARG_FILENAME, &machine->console, "Serial console goes here", "FILE" },
        { "append", 0, 0, G_OPTION_ARG_STRING, &machine->cmdline, "More for the kernel command line",
          "TEXT" },
        { "vcpus", 0, 0, G_OPTION_ARG_INT, &machine->vcpus, "More than one: in real time", "N" },
        { "limit", 0, 0, G_OPTION_ARG_INT64, &machine->wall_limit_ms, "Longest wait for a stop", "MS" },
        { "stop-at", 0, 0, G_OPTION_ARG_INT64, &machine->stop_at_event, "Stop at this event", "NUMBER" },
        { "gdb", 0, 0, G_OPTION_ARG_STRING, &machine->gdb, "Let gdb attach", "tcp::PORT" },
        { "device", 0, 0, G_OPTION_ARG_CALLBACK, add_device, "Device", "NAME,TYPE[,PROPS]" },
        { "log", 0, 0, G_OPTION_ARG_NONE, &show_log, "Print the whole timeline", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &command, NULL, "COMMAND …" },
        { 0 },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error)) {
        return FALSE;
    }
    machine->realtime = machine->vcpus > 1;
    for (char **dir = firmware; dir && *dir; dir++) {
        g_ptr_array_add(machine->firmware, g_strdup(*dir));
    }
    return TRUE;
}

static double since(gint64 start_us)
{
    return (g_get_monotonic_time() - start_us) / 1e3;
}

static gboolean run(StuntTimeline *timeline, GError **error)
{
    static const char *const hello[] = { "echo", "hello", NULL };
    const gint64 start_us = g_get_monotonic_time();
    g_autoptr(StuntVm) vm = stunt_vm_new(machine, timeline, error);
    g_autoptr(StuntGuest) guest = vm ? stunt_guest_new(vm) : NULL;
    StuntCommand *job;

    if (!vm) {
        return FALSE;
    }
    fprintf(stderr, "%9.1f ms  QEMU answers\n", since(start_us));
    if (!stunt_guest_boot(guest, 0, error)) {
        return FALSE;
    }
    fprintf(stderr, "%9.1f ms  hello of %s, virtual time %.6f s\n", since(start_us),
            stunt_guest_release(guest), stunt_vm_now_ns(vm) / 1e9);
    job = stunt_guest_spawn(guest, command ? (const char *const *)command : hello, error);
    if (!job || !stunt_guest_wait(guest, job, 0, error)) {
        return FALSE;
    }
    fprintf(stderr, "%9.1f ms  status %d\n", since(start_us), job->status);
    fputs(job->out->str, stdout);
    fputs(job->err->str, stderr);
    return TRUE;
}

int main(int argc, char **argv)
{
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *log = NULL;
    gboolean ok;

    machine = stunt_machine_new();
    ok = parse(&argc, &argv, &error) && run(timeline, &error);
    log = show_log ? stunt_timeline_to_text(timeline, NULL) : g_strdup("");
    fputs(log, stdout);
    if (!ok) {
        fprintf(stderr, "%s\n", error->message);
    }
    stunt_machine_free(machine);
    g_strfreev(firmware);
    g_strfreev(command);
    return !ok;
}
