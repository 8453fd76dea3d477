/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goes back inside a running machine, with a processor and a real guest: the same command run again after
 * each rewind makes the same events. Also out of a power-off. Prints how long a rewind takes. Arguments: see
 * options.
 */
#include <stdio.h>
#include <string.h>

#include "stunt/guest.h"

#define SEED G_GUINT64_CONSTANT(0xfedcba9876543210)

static StuntMachine *machine;
static char **firmware, **modules, **spoilers, **command;
static int rounds = 200;

static gboolean add_device(const char *option G_GNUC_UNUSED, const char *value, gpointer data G_GNUC_UNUSED,
                           GError **error G_GNUC_UNUSED)
{
    g_auto(GStrv) part = g_strsplit(value, ",", 3);

    stunt_device_defs_add(machine->device, part[0], part[0] ? part[1] : NULL,
                          part[0] && part[1] ? part[2] : NULL);
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
        { "device", 0, 0, G_OPTION_ARG_CALLBACK, add_device, "Device", "NAME,TYPE[,PROPS]" },
        { "module", 0, 0, G_OPTION_ARG_STRING_ARRAY, &modules, "Load it first", "NAME" },
        {"spoil", 0, 0, G_OPTION_ARG_STRING_ARRAY, &spoilers,
         "Before every third rewind: run it, cut short or not", "COMMAND"},
        { "limit", 0, 0, G_OPTION_ARG_INT64, &machine->wall_limit_ms, "Longest wait for a stop", "MS" },
        { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How many rewinds", "N" },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &command, NULL, "COMMAND …" },
        { 0 },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error)) {
        return FALSE;
    }
    for (char **dir = firmware; dir && *dir; dir++) {
        g_ptr_array_add(machine->firmware, g_strdup(*dir));
    }
    return TRUE;
}

/* Does something terrible to the machine, or is in the middle of it at the deadline. */
static void spoil(StuntGuest *guest, StuntVm *vm, const char *words, guint round)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = NULL;
    guint64 limit_ns = stunt_vm_now_ns(vm) + (round % 2 ? G_GUINT64_CONSTANT(5000000000) : round * 100000);
    StuntCommand *job;

    if (!g_shell_parse_argv(words, NULL, &argv, &error)) {
        g_error("%s", error->message);
    }
    job = stunt_guest_spawn(guest, (const char *const *)argv, &error);
    if (job && stunt_guest_wait(guest, job, limit_ns, &error)) {
        printf("spoiled: %s: status %d\n", words, job->status);
    } else {
        printf("spoiled: %s: %s\n", words, error->message);
    }
}

static gboolean check(StuntVm *vm, GError **error)
{
    g_autofree char *difference = NULL;

    if (!stunt_vm_check(vm, &difference, error)) {
        return FALSE;
    }
    if (*difference) {
        g_set_error(error, G_FILE_ERROR, 0, "not put back: %s", difference);
        return FALSE;
    }
    return TRUE;
}

static gboolean run_command(StuntGuest *guest, double *ret_ms, GError **error)
{
    static const char *const hello[] = { "echo", "hello", NULL };
    const gint64 start_us = g_get_monotonic_time();
    StuntCommand *job = stunt_guest_spawn(guest, command ? (const char *const *)command : hello, error);

    if (!job || !stunt_guest_wait(guest, job, 0, error)) {
        return FALSE;
    }
    *ret_ms = (g_get_monotonic_time() - start_us) / 1e3;
    if (job->status != 0) {
        g_set_error(error, G_FILE_ERROR, 0, "the command ended with status %d: %s", job->status,
                    job->err->str);
        return FALSE;
    }
    return TRUE;
}

/* The events from the `from`-th on, as text. */
static char *log_from(StuntTimeline *timeline, gsize from)
{
    GString *text = g_string_new(NULL);

    for (gsize i = from; i < stunt_timeline_events(timeline); i++) {
        g_autofree char *line = stunt_timeline_format_event(timeline, stunt_timeline_event(timeline, i));

        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

static gint by_size(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void show(const char *what, GArray *times)
{
    g_array_sort(times, by_size);
    printf("%s: median %.2f ms, 10 %% %.2f, 90 %% %.2f, longest %.2f\n", what,
           g_array_index(times, double, times->len / 2), g_array_index(times, double, times->len / 10),
           g_array_index(times, double, times->len * 9 / 10), g_array_index(times, double, times->len - 1));
}

static gboolean one_round(StuntGuest *guest, StuntVm *vm, const StuntGuestMark *mark, char **log,
                          GArray *rewinds, GArray *runs, GError **error)
{
    StuntTimeline *timeline = stunt_vm_timeline(vm);
    gint64 start_us;
    gsize from;
    double ms;
    g_autofree char *again = NULL;

    if (spoilers && rewinds->len % 3 == 2) {
        spoil(guest, vm, spoilers[rewinds->len / 3 % g_strv_length(spoilers)], rewinds->len / 3);
    }
    start_us = g_get_monotonic_time();
    if (!stunt_vm_rewind(vm, "ready", error)) {
        return FALSE;
    }
    stunt_guest_rewind(guest, mark);
    ms = (g_get_monotonic_time() - start_us) / 1e3;
    g_array_append_val(rewinds, ms);
    if ((spoilers || rewinds->len % 20 == 1) && !check(vm, error)) {
        return FALSE;
    }
    from = stunt_timeline_events(timeline);
    if (!stunt_vm_begin(vm, SEED, error) || !run_command(guest, &ms, error)) {
        return FALSE;
    }
    g_array_append_val(runs, ms);
    again = log_from(timeline, from);
    if (!*log) {
        *log = g_steal_pointer(&again);
    } else if (strcmp(*log, again) != 0) {
        g_file_set_contents("rewind-first.log", *log, -1, NULL);
        g_file_set_contents("rewind-again.log", again, -1, NULL);
        g_set_error(error, G_FILE_ERROR, 0,
                    "other events after rewind %u: rewind-first.log, rewind-again.log", rewinds->len);
        return FALSE;
    }
    return TRUE;
}

/* Without its snapshot the machine stays where it is. */
static gboolean check_dropped(StuntVm *vm, GError **error)
{
    if (!stunt_vm_drop(vm, "ready", error)) {
        return FALSE;
    }
    if (stunt_vm_rewind(vm, "ready", NULL) || stunt_vm_drop(vm, "ready", NULL)) {
        g_set_error(error, G_FILE_ERROR, 0, "a dropped snapshot is still there");
        return FALSE;
    }
    return TRUE;
}

static gboolean run(StuntTimeline *timeline, GError **error)
{
    g_autoptr(StuntVm) vm = stunt_vm_new(machine, timeline, error);
    g_autoptr(StuntGuest) guest = vm ? stunt_guest_new(vm) : NULL;
    g_autoptr(StuntGuestMark) mark = NULL; /* freed before the guest */
    g_autoptr(GArray) rewinds = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree char *log = NULL;
    gint64 start_us;
    gsize from;
    double ms;

    if (!vm || !stunt_guest_boot(guest, 0, error)) {
        return FALSE;
    }
    for (char **module = modules; module && *module; module++) {
        if (!stunt_guest_insmod(guest, *module, "", 0, error)) {
            return FALSE;
        }
    }
    if (!run_command(guest, &ms, error)) {
        return FALSE;
    }
    printf("first run: %.2f ms\n", ms);
    start_us = g_get_monotonic_time();
    if (!stunt_vm_snapshot(vm, "ready", error)) {
        return FALSE;
    }
    mark = stunt_guest_mark(guest);
    printf("snapshot: %.2f ms\n", (g_get_monotonic_time() - start_us) / 1e3);
    from = stunt_timeline_events(timeline);
    if (!stunt_vm_begin(vm, SEED, error) || !run_command(guest, &ms, error)) {
        return FALSE;
    }
    log = log_from(timeline, from);
    for (int i = 0; i < rounds; i++) {
        if (!one_round(guest, vm, mark, &log, rewinds, runs, error)) {
            return FALSE;
        }
    }
    printf("%zu bytes of events, %d times the same\n", strlen(log), rounds);
    show("rewind", rewinds);
    show("command", runs);
    return check_dropped(vm, error);
}

int main(int argc, char **argv)
{
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autoptr(GError) error = NULL;
    gboolean ok;

    machine = stunt_machine_new();
    ok = parse(&argc, &argv, &error) && run(timeline, &error);
    if (!ok) {
        fprintf(stderr, "%s\n", error->message);
    }
    stunt_machine_free(machine);
    g_strfreev(firmware);
    g_strfreev(modules);
    g_strfreev(spoilers);
    g_strfreev(command);
    return !ok;
}
