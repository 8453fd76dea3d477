/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a StuntGuest, its boot, its commands. */
#include <string.h>

#include "lib/guest/guest.h"
#include "lib/guest/kmsg.h"
#include "stunt/error.h"

void stunt_job_free(StuntJob *job)
{
    g_string_free(job->command.out, TRUE);
    g_string_free(job->command.err, TRUE);
    g_string_free(job->line[0], TRUE);
    g_string_free(job->line[1], TRUE);
    g_free(job);
}

StuntGuest *stunt_guest_new(StuntVm *vm)
{
    StuntGuest *guest = g_new0(StuntGuest, 1);

    guest->vm = vm;
    guest->next_id = 1;
    guest->jobs = g_hash_table_new(NULL, NULL);
    guest->all_jobs = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_job_free);
    guest->requests = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)stunt_request_free);
    guest->log = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_kmsg_unref);
    return guest;
}

void stunt_guest_free(StuntGuest *guest)
{
    if (!guest) {
        return;
    }
    g_queue_clear_full(&guest->outbox, (GDestroyNotify)g_bytes_unref);
    g_hash_table_unref(guest->jobs);
    g_ptr_array_unref(guest->all_jobs);
    g_hash_table_unref(guest->requests);
    g_ptr_array_unref(guest->log);
    g_free(guest->release);
    g_free(guest);
}

void stunt_guest_note(StuntGuest *guest, const char *kind, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    stunt_timeline_note(stunt_vm_timeline(guest->vm), stunt_vm_now_ns(guest->vm), kind, text);
}

const char *stunt_guest_release(const StuntGuest *guest)
{
    return guest->release;
}

void stunt_guest_on_pause(StuntGuest *guest, StuntPauseFunc func, gpointer data)
{
    guest->on_pause = func;
    guest->pause_data = data;
}

void stunt_guest_on_forbid(StuntGuest *guest, StuntForbidFunc func, gpointer data)
{
    guest->on_forbid = func;
    guest->forbid_data = data;
}

static gboolean said_hello(gpointer data)
{
    return ((StuntGuest *)data)->release != NULL;
}

gboolean stunt_guest_boot(StuntGuest *guest, guint64 deadline_ns, GError **error)
{
    return stunt_guest_converse(guest, said_hello, guest, deadline_ns, NULL, error);
}

static gboolean never(gpointer data G_GNUC_UNUSED)
{
    return FALSE;
}

gboolean stunt_guest_sleep(StuntGuest *guest, guint64 ns, GError **error)
{
    const guint64 until_ns = stunt_vm_now_ns(guest->vm) + ns;
    gboolean late;

    if (ns == 0) {
        return TRUE;
    }
    return stunt_guest_converse(guest, never, NULL, until_ns, &late, error);
}

static GByteArray *pack_argv(const char *const *argv)
{
    GByteArray *packed = g_byte_array_new();

    for (; *argv; argv++) {
        g_byte_array_append(packed, (const guint8 *)*argv, strlen(*argv) + 1);
    }
    return packed;
}

static StuntJob *job_new(StuntGuest *guest)
{
    StuntJob *job = g_new0(StuntJob, 1);

    job->command.id = guest->next_id++;
    job->command.out = g_string_new(NULL);
    job->command.err = g_string_new(NULL);
    job->command.start_ns = stunt_vm_now_ns(guest->vm);
    job->line[0] = g_string_new(NULL);
    job->line[1] = g_string_new(NULL);
    g_ptr_array_add(guest->all_jobs, job);
    g_hash_table_insert(guest->jobs, GUINT_TO_POINTER(job->command.id), job);
    return job;
}

StuntCommand *stunt_guest_spawn(StuntGuest *guest, const char *const *argv, GError **error)
{
    g_autoptr(GByteArray) packed = pack_argv(argv);
    g_autofree char *shown = NULL;
    StuntJob *job;

    if (!argv[0] || !*argv[0]) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "a command without a program");
        return NULL;
    }
    if (packed->len > STUNT_RECORD_PAYLOAD_MAX) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "the arguments of %s are too long: %u bytes",
                    argv[0], packed->len);
        return NULL;
    }
    job = job_new(guest);
    shown = g_strjoinv(" ", (char **)argv);
    stunt_guest_note(guest, "run", "#%u %s", job->command.id, shown);
    stunt_guest_post(guest, STUNT_REC_RUN, job->command.id, 0, packed->data, packed->len);
    return &job->command;
}

static gboolean command_done(gpointer data)
{
    return ((StuntCommand *)data)->done;
}

gboolean stunt_guest_check_known(const StuntCommand *command, GError **error)
{
    if (command->forgotten) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "command #%u was started after the snapshot that the machine went back to", command->id);
    }
    return !command->forgotten;
}

gboolean stunt_guest_wait(StuntGuest *guest, StuntCommand *command, guint64 deadline_ns, GError **error)
{
    if (!stunt_guest_check_known(command, error)) {
        return FALSE;
    }
    return command->done || stunt_guest_converse(guest, command_done, command, deadline_ns, NULL, error);
}

gboolean stunt_guest_kill(StuntGuest *guest, StuntCommand *command, int signal, GError **error)
{
    if (!stunt_guest_check_known(command, error)) {
        return FALSE;
    }
    if (signal < 1 || signal > 64) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "there is no signal %d", signal);
        return FALSE;
    }
    if (!command->done) {
        stunt_guest_note(guest, "kill", "#%u signal=%d", command->id, signal);
        stunt_guest_post(guest, STUNT_REC_KILL, command->id, signal, NULL, 0);
    }
    return TRUE;
}
