/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent says. */
#include <string.h>

#include "lib/guest/guest.h"
#include "stunt/error.h"

#define STATUS_CANNOT 126 /* a shell's word for: there is such a program, but it cannot be run */

static gboolean broken(GError **error, const char *what, guint32 number)
{
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "the agent broke the protocol: %s %u", what,
                number);
    return FALSE;
}

static gboolean take_hello(StuntGuest *guest, const StuntRecord *record, GError **error)
{
    if (record->value != STUNT_PROTO_VERSION) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "the agent speaks version %d of the protocol, this harness version %d: build the guest "
                    "image anew",
                    record->value, STUNT_PROTO_VERSION);
        return FALSE;
    }
    if (guest->release) {
        return broken(error, "a second hello, record", record->type);
    }
    guest->release = g_utf8_make_valid(record->payload, record->len);
    stunt_guest_note(guest, "boot", "kernel %s", guest->release);
    return TRUE;
}

static void note_line(StuntGuest *guest, const StuntJob *job, guint stream, GString *line)
{
    stunt_guest_note(guest, "output", "#%u%s %s", job->command.id, stream ? " (stderr)" : "", line->str);
    g_string_truncate(line, 0);
}

/* Each ended line is a note. A NUL would cut the note short: it becomes the replacement character. */
static void note_output(StuntGuest *guest, StuntJob *job, guint stream, const char *data, gsize len)
{
    GString *line = job->line[stream];

    for (gsize i = 0; i < len; i++) {
        if (data[i] == '\n') {
            note_line(guest, job, stream, line);
        } else if (data[i] == '\0') {
            g_string_append_unichar(line, 0xfffd);
        } else {
            g_string_append_c(line, data[i]);
        }
    }
}

static gboolean take_output(StuntGuest *guest, StuntJob *job, const StuntRecord *record, GError **error)
{
    if (record->value != 1 && record->value != 2) {
        return broken(error, "output on stream", record->value);
    }
    g_string_append_len(record->value == 1 ? job->command.out : job->command.err, record->payload,
                        record->len);
    note_output(guest, job, record->value - 1, record->payload, record->len);
    return TRUE;
}

static void take_exit(StuntGuest *guest, StuntJob *job, int status)
{
    for (guint stream = 0; stream < 2; stream++) {
        if (job->line[stream]->len) {
            note_line(guest, job, stream, job->line[stream]);
        }
    }
    job->command.done = TRUE;
    job->command.status = status;
    job->command.end_ns = stunt_vm_now_ns(guest->vm);
    stunt_guest_note(guest, "exit", "#%u status=%d", job->command.id, status);
}

/* A command's children may outlive it and go on writing, so output may come after its end. */
static gboolean take_of_job(StuntGuest *guest, const StuntRecord *record, GError **error)
{
    StuntJob *job = g_hash_table_lookup(guest->jobs, GUINT_TO_POINTER(record->id));

    if (job && record->type == STUNT_REC_OUTPUT) {
        return take_output(guest, job, record, error);
    }
    if (!job || job->command.done) {
        return broken(error, "a record for a command that does not run, id", record->id);
    }
    take_exit(guest, job, record->value);
    return TRUE;
}

/* DONE for a command: the agent refused to run it; or a signal came too late for it, which does no harm. */
static void take_refusal(StuntGuest *guest, StuntJob *job, const StuntRecord *record)
{
    g_autofree char *why = g_utf8_make_valid(record->payload, record->len);

    if (!job->command.done) {
        g_string_append(job->command.err, why);
        note_output(guest, job, 1, why, strlen(why));
        take_exit(guest, job, STATUS_CANNOT);
    }
}

static void take_done(StuntGuest *guest, StuntRequest *request, const StuntRecord *record)
{
    if (request->abandoned) {
        g_hash_table_remove(guest->requests, GUINT_TO_POINTER(record->id));
        return;
    }
    request->done = TRUE;
    request->value = record->value;
    if (record->value < 0 && record->len) {
        request->why = g_strchomp(g_utf8_make_valid(record->payload, record->len));
    } else {
        g_byte_array_append(request->data, (const guint8 *)record->payload, record->len);
    }
}

static gboolean take_of_request(StuntGuest *guest, const StuntRecord *record, GError **error)
{
    StuntRequest *request = g_hash_table_lookup(guest->requests, GUINT_TO_POINTER(record->id));
    StuntJob *job = g_hash_table_lookup(guest->jobs, GUINT_TO_POINTER(record->id));

    if (job && record->type == STUNT_REC_DONE) {
        take_refusal(guest, job, record);
    } else if (!request || request->done) {
        return broken(error, "a record for a request that was not made, id", record->id);
    } else if (record->type == STUNT_REC_DATA) {
        g_byte_array_append(request->data, (const guint8 *)record->payload, record->len);
    } else {
        take_done(guest, request, record);
    }
    return TRUE;
}

static gboolean take(StuntGuest *guest, const StuntRecord *record, GError **error)
{
    switch (record->type) {
    case STUNT_REC_HELLO:
        return take_hello(guest, record, error);
    case STUNT_REC_OUTPUT:
    case STUNT_REC_EXIT:
        return take_of_job(guest, record, error);
    case STUNT_REC_DONE:
    case STUNT_REC_DATA:
        return take_of_request(guest, record, error);
    case STUNT_REC_KMSG:
        if (!stunt_guest_log_record(guest, record->payload, record->len)) {
            return broken(error, "a kernel message that is none, record", record->type);
        }
        return TRUE;
    default:
        return broken(error, "a record of unknown type", record->type);
    }
}

gboolean stunt_guest_receive(StuntGuest *guest, gconstpointer message, gsize len, GError **error)
{
    gsize offset = 0;
    StuntRecord record;

    while (offset < len) {
        if (!stunt_record_next(message, len, &offset, &record, error) || !take(guest, &record, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
