/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, modules, the kernel log: what the agent does itself. */
#include <errno.h>
#include <string.h>

#include "lib/guest/guest.h"
#include "stunt/error.h"

#define APPEND G_MININT32 /* bit 31 of PUT's value */

void stunt_request_free(StuntRequest *request)
{
    g_byte_array_unref(request->data);
    g_free(request->why);
    g_free(request);
}

StuntRequest *stunt_request_new(StuntGuest *guest, guint32 id)
{
    StuntRequest *request = g_new0(StuntRequest, 1);

    request->id = id;
    request->data = g_byte_array_new();
    g_hash_table_insert(guest->requests, GUINT_TO_POINTER(request->id), request);
    return request;
}

static gboolean request_done(gpointer data)
{
    return ((StuntRequest *)data)->done;
}

/* what: for the error message, "put /tmp/x". A module that is not in the image is no fault of the guest's. */
static gboolean check(const StuntRequest *request, guint32 type, const char *what, GError **error)
{
    gboolean missing = type == STUNT_REC_INSMOD && request->value == -ENOENT;

    if (request->value < 0) {
        g_set_error(error, STUNT_ERROR, missing ? STUNT_ERROR_MISSING : STUNT_ERROR_GUEST, "%s: %s", what,
                    request->why ? request->why : g_strerror(-request->value));
        return FALSE;
    }
    return TRUE;
}

/* Asks and waits; what came with the answer goes to ret_data, which may be NULL. */
static gboolean ask(StuntGuest *guest, guint32 type, gint32 value, const GByteArray *payload,
                    const char *what, guint64 deadline_ns, GBytes **ret_data, GError **error)
{
    StuntRequest *request = stunt_request_new(guest, guest->next_id++);
    gboolean ok;

    stunt_guest_post(guest, type, request->id, value, payload->data, payload->len);
    ok = stunt_guest_converse(guest, request_done, request, deadline_ns, NULL, error);
    if (!ok) {
        g_prefix_error(error, "%s: ", what);
        request->abandoned = TRUE;
        return FALSE;
    }
    ok = check(request, type, what, error);
    if (ok && ret_data) {
        *ret_data = g_bytes_new(request->data->data, request->data->len);
    }
    g_hash_table_remove(guest->requests, GUINT_TO_POINTER(request->id));
    return ok;
}

/* Text with its NUL. */
static void pack(GByteArray *payload, const char *text)
{
    g_byte_array_append(payload, (const guint8 *)text, strlen(text) + 1);
}

static gboolean check_length(const char *name, GError **error)
{
    if (!*name || strlen(name) >= STUNT_RECORD_PAYLOAD_MAX / 2) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "a name is %s", *name ? "too long" : "empty");
        return FALSE;
    }
    return TRUE;
}

void stunt_guest_seed(StuntGuest *guest, guint64 seed)
{
    guint64 bytes = GUINT64_TO_LE(seed);

    stunt_guest_post(guest, STUNT_REC_SEED, 0, 0, &bytes, sizeof(bytes));
}

gboolean stunt_guest_put(StuntGuest *guest, const char *path, gconstpointer data, gsize len, guint mode,
                         guint64 deadline_ns, GError **error)
{
    g_autofree char *what = g_strdup_printf("put %s", path);
    gsize at = 0;

    if (!check_length(path, error)) {
        return FALSE;
    }
    stunt_guest_note(guest, "put", "%s %" G_GSIZE_FORMAT " bytes", path, len);
    do {
        g_autoptr(GByteArray) payload = g_byte_array_new();
        gsize part;

        pack(payload, path);
        part = MIN(len - at, STUNT_RECORD_PAYLOAD_MAX - payload->len);
        g_byte_array_append(payload, (const guint8 *)data + at, part);
        if (!ask(guest, STUNT_REC_PUT, at ? APPEND | (gint32)mode : (gint32)mode, payload, what, deadline_ns,
                 NULL, error)) {
            return FALSE;
        }
        at += part;
    } while (at < len);
    return TRUE;
}

GBytes *stunt_guest_get(StuntGuest *guest, const char *path, guint64 deadline_ns, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autofree char *what = g_strdup_printf("get %s", path);
    GBytes *data = NULL;

    if (!check_length(path, error)) {
        return NULL;
    }
    pack(payload, path);
    stunt_guest_note(guest, "get", "%s", path);
    ask(guest, STUNT_REC_GET, 0, payload, what, deadline_ns, &data, error);
    return data;
}

gboolean stunt_guest_insmod(StuntGuest *guest, const char *module, const char *params, guint64 deadline_ns,
                            GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autofree char *what = g_strdup_printf("insmod %s", module);

    if (!check_length(module, error) || (params && *params && !check_length(params, error))) {
        return FALSE;
    }
    pack(payload, module);
    pack(payload, params ? params : "");
    stunt_guest_note(guest, "insmod", "%s %s", module, params ? params : "");
    return ask(guest, STUNT_REC_INSMOD, 0, payload, what, deadline_ns, NULL, error);
}

gboolean stunt_guest_rmmod(StuntGuest *guest, const char *module, guint64 deadline_ns, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autofree char *what = g_strdup_printf("rmmod %s", module);

    if (!check_length(module, error)) {
        return FALSE;
    }
    pack(payload, module);
    stunt_guest_note(guest, "rmmod", "%s", module);
    return ask(guest, STUNT_REC_RMMOD, 0, payload, what, deadline_ns, NULL, error);
}

gboolean stunt_guest_taint(StuntGuest *guest, guint64 deadline_ns, guint64 *ret_taint, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autoptr(GBytes) data = NULL;
    g_autofree char *text = NULL;
    gconstpointer bytes;
    gsize len;

    if (!ask(guest, STUNT_REC_SYNC, 0, payload, "sync", deadline_ns, &data, error)) {
        return FALSE;
    }
    bytes = g_bytes_get_data(data, &len);
    text = g_strndup(bytes ? bytes : "", len);
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret_taint, NULL)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "the kernel's taint is told as '%s', no number", text);
        return FALSE;
    }
    return TRUE;
}

gboolean stunt_guest_sync(StuntGuest *guest, guint64 deadline_ns, GError **error)
{
    guint64 taint;

    return stunt_guest_taint(guest, deadline_ns, &taint, error);
}

char *stunt_guest_look(StuntGuest *guest, const char *const *paths, guint64 deadline_ns, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autoptr(GBytes) data = NULL;
    gconstpointer bytes;
    gsize len;

    for (; *paths; paths++) {
        pack(payload, *paths);
    }
    if (!ask(guest, STUNT_REC_LOOK, 0, payload, "look", deadline_ns, &data, error)) {
        return NULL;
    }
    bytes = g_bytes_get_data(data, &len);
    return g_utf8_make_valid(bytes ? bytes : "", (gssize)len);
}

gboolean stunt_guest_quiet(StuntGuest *guest, guint64 deadline_ns, gboolean *ret_quiet, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    g_autoptr(GError) why = NULL;

    *ret_quiet = ask(guest, STUNT_REC_QUIET, 0, payload, "quiet", deadline_ns, NULL, &why);
    if (!*ret_quiet && !g_error_matches(why, STUNT_ERROR, STUNT_ERROR_DEADLINE)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}
