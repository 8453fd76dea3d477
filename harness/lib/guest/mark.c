/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the guest at one moment: kept to go back to, or written down beside a saved machine. */
#include "lib/guest/guest.h"
#include "lib/guest/kmsg.h"
#include "stunt/error.h"

/* A command as it was. */
typedef struct {
    StuntJob *job; /* borrowed: the guest never lets go of one */
    gboolean done;
    int status;
    guint64 end_ns;
    char *text[4]; /* out, err, line[0], line[1] */
    gsize len[4];
} JobMark;

struct StuntGuestMark {
    gboolean asking, attention;
    StuntGuestSleep sleep;
    guint32 next_id;
    GPtrArray *outbox; /* GBytes * */
    GArray *jobs;      /* JobMark */
    GArray *requests;  /* guint32, of those that nobody waits for */
    GPtrArray *log;    /* StuntKmsg * */
};

static GString *text_of(const StuntJob *job, guint i)
{
    GString *const all[] = {job->command.out, job->command.err, job->line[0], job->line[1]};

    return all[i];
}

static void clear_job(gpointer data)
{
    JobMark *mark = data;

    for (guint i = 0; i < G_N_ELEMENTS(mark->text); i++) {
        g_free(mark->text[i]);
    }
}

static void mark_job(gpointer id G_GNUC_UNUSED, gpointer value, gpointer data)
{
    StuntJob *job = value;
    JobMark mark = {
        .job = job, .done = job->command.done, .status = job->command.status, .end_ns = job->command.end_ns};

    for (guint i = 0; i < G_N_ELEMENTS(mark.text); i++) {
        mark.len[i] = text_of(job, i)->len;
        mark.text[i] = g_memdup2(text_of(job, i)->str, mark.len[i] + 1);
    }
    g_array_append_val((GArray *)data, mark);
}

static void rewind_job(StuntGuest *guest, const JobMark *mark)
{
    StuntJob *job = mark->job;

    job->command.forgotten = FALSE;
    job->command.done = mark->done;
    job->command.status = mark->status;
    job->command.end_ns = mark->end_ns;
    for (guint i = 0; i < G_N_ELEMENTS(mark->text); i++) {
        g_string_truncate(text_of(job, i), 0);
        g_string_append_len(text_of(job, i), mark->text[i], mark->len[i]);
    }
    g_hash_table_insert(guest->jobs, GUINT_TO_POINTER(job->command.id), job);
}

static void mark_request(gpointer id, gpointer value G_GNUC_UNUSED, gpointer data)
{
    guint32 number = GPOINTER_TO_UINT(id);

    g_array_append_val((GArray *)data, number);
}

static gpointer ref_line(gconstpointer line, gpointer data G_GNUC_UNUSED)
{
    return stunt_kmsg_ref((gpointer)line);
}

static void mark_record(gpointer record, gpointer data)
{
    g_ptr_array_add(data, g_bytes_ref(record));
}

StuntGuestMark *stunt_guest_mark(const StuntGuest *guest)
{
    StuntGuestMark *mark;

    g_return_val_if_fail(!guest->running, NULL);
    mark = g_new0(StuntGuestMark, 1);
    mark->asking = guest->asking;
    mark->attention = guest->attention;
    mark->sleep = guest->sleep;
    mark->next_id = guest->next_id;
    mark->outbox = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_queue_foreach((GQueue *)&guest->outbox, mark_record, mark->outbox);
    mark->jobs = g_array_new(FALSE, FALSE, sizeof(JobMark));
    g_array_set_clear_func(mark->jobs, clear_job);
    g_hash_table_foreach(guest->jobs, mark_job, mark->jobs);
    mark->requests = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_hash_table_foreach(guest->requests, mark_request, mark->requests);
    mark->log = g_ptr_array_copy(guest->log, ref_line, NULL);
    return mark;
}

void stunt_guest_mark_free(StuntGuestMark *mark)
{
    if (mark) {
        g_ptr_array_unref(mark->outbox);
        g_array_unref(mark->jobs);
        g_array_unref(mark->requests);
        g_ptr_array_unref(mark->log);
        g_free(mark);
    }
}

static void forget_job(gpointer id G_GNUC_UNUSED, gpointer value, gpointer data G_GNUC_UNUSED)
{
    ((StuntJob *)value)->command.forgotten = TRUE;
}

void stunt_guest_rewind(StuntGuest *guest, const StuntGuestMark *mark)
{
    g_return_if_fail(!guest->running);
    guest->asking = mark->asking;
    guest->attention = mark->attention;
    guest->sleep = mark->sleep;
    guest->next_id = mark->next_id;
    g_queue_clear_full(&guest->outbox, (GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < mark->outbox->len; i++) {
        g_queue_push_tail(&guest->outbox, g_bytes_ref(mark->outbox->pdata[i]));
    }
    g_hash_table_foreach(guest->jobs, forget_job, NULL);
    g_hash_table_remove_all(guest->jobs);
    for (guint i = 0; i < mark->jobs->len; i++) {
        rewind_job(guest, &g_array_index(mark->jobs, JobMark, i));
    }
    g_hash_table_remove_all(guest->requests);
    for (guint i = 0; i < mark->requests->len; i++) {
        stunt_request_new(guest, g_array_index(mark->requests, guint32, i))->abandoned = TRUE;
    }
    g_ptr_array_set_size(guest->log, 0);
    g_ptr_array_extend(guest->log, mark->log, ref_line, NULL);
}

void stunt_guest_drop_forgotten(StuntGuest *guest)
{
    for (guint i = guest->all_jobs->len; i-- > 0;) {
        if (((StuntJob *)guest->all_jobs->pdata[i])->command.forgotten) {
            g_ptr_array_remove_index_fast(guest->all_jobs, i);
        }
    }
}

/* ---- beside a saved machine ---------------------------------------------------------------------- */

#define RELEASE    "release"
#define NEXT_ID    "next-id"
#define LOG        "kernel-log"
#define LINE_PARTS 4 /* level, sequence number, time in µs, text */

JsonNode *stunt_guest_to_json(const StuntGuest *guest)
{
    g_autoptr(JsonBuilder) builder = NULL;

    g_return_val_if_fail(guest->asking && !guest->running && g_queue_is_empty((GQueue *)&guest->outbox) &&
                             !g_hash_table_size(guest->requests),
                         NULL);
    builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, RELEASE);
    json_builder_add_string_value(builder, guest->release);
    json_builder_set_member_name(builder, NEXT_ID);
    json_builder_add_int_value(builder, guest->next_id);
    json_builder_set_member_name(builder, LOG);
    json_builder_begin_array(builder);
    for (guint i = 0; i < guest->log->len; i++) {
        const StuntKmsg *line = guest->log->pdata[i];

        json_builder_begin_array(builder);
        json_builder_add_int_value(builder, line->level);
        json_builder_add_int_value(builder, (gint64)line->seq);
        json_builder_add_int_value(builder, (gint64)line->time_us);
        json_builder_add_string_value(builder, line->text);
        json_builder_end_array(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

/* The value of the wanted type; NULL when there is none, or one of another type. */
static JsonNode *of_type(JsonNode *node, GType type)
{
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node : NULL;
}

static StuntKmsg *line_from(JsonNode *node)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (!array || json_array_get_length(array) != LINE_PARTS) {
        return NULL;
    }
    for (guint i = 0; i < LINE_PARTS; i++) {
        if (!of_type(json_array_get_element(array, i), i + 1 < LINE_PARTS ? G_TYPE_INT64 : G_TYPE_STRING)) {
            return NULL;
        }
    }
    return stunt_kmsg_new(json_array_get_int_element(array, 0), json_array_get_int_element(array, 1),
                          json_array_get_int_element(array, 2),
                          g_strdup(json_array_get_string_element(array, 3)));
}

static GPtrArray *log_from(JsonNode *node)
{
    g_autoptr(GPtrArray) log = NULL;
    JsonArray *array;

    if (!node || !JSON_NODE_HOLDS_ARRAY(node)) {
        return NULL;
    }
    array = json_node_get_array(node);
    log = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_kmsg_unref);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        StuntKmsg *line = line_from(json_array_get_element(array, i));

        if (!line) {
            return NULL;
        }
        g_ptr_array_add(log, line);
    }
    return g_steal_pointer(&log);
}

gboolean stunt_guest_from_json(StuntGuest *guest, JsonNode *node, GError **error)
{
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonNode *release = object ? of_type(json_object_get_member(object, RELEASE), G_TYPE_STRING) : NULL;
    JsonNode *next_id = object ? of_type(json_object_get_member(object, NEXT_ID), G_TYPE_INT64) : NULL;
    GPtrArray *log = object ? log_from(json_object_get_member(object, LOG)) : NULL;

    if (!release || !next_id || !log) {
        g_clear_pointer(&log, g_ptr_array_unref);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "this does not describe a guest at its ready point");
        return FALSE;
    }
    g_free(guest->release);
    guest->release = json_node_dup_string(release);
    guest->next_id = (guint32)json_node_get_int(next_id);
    guest->asking = TRUE;
    g_ptr_array_unref(guest->log);
    guest->log = log;
    return TRUE;
}
