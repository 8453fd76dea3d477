/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/guest/record.h"
#include "stunt/error.h"

#define ALIGN 8u

static gsize padding_of(gsize len)
{
    return (ALIGN - len % ALIGN) % ALIGN;
}

GBytes *stunt_record_new(guint32 type, guint32 id, gint32 value, gconstpointer payload, gsize len)
{
    const struct stunt_record header = {
        .type = GUINT32_TO_LE(type),
        .len = GUINT32_TO_LE((guint32)len),
        .id = GUINT32_TO_LE(id),
        .value = GINT32_TO_LE(value),
    };
    const gsize size = sizeof(header) + len + padding_of(len);
    guint8 *data;

    g_return_val_if_fail(len <= STUNT_RECORD_PAYLOAD_MAX, NULL);
    data = g_malloc0(size);
    memcpy(data, &header, sizeof(header));
    if (len) {
        memcpy(data + sizeof(header), payload, len);
    }
    return g_bytes_new_take(data, size);
}

static gboolean is_zero(const guint8 *data, gsize len)
{
    for (gsize i = 0; i < len; i++) {
        if (data[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_record_next(gconstpointer message, gsize len, gsize *offset, StuntRecord *ret_record,
                           GError **error)
{
    const guint8 *data = (const guint8 *)message + *offset;
    const gsize left = len - *offset;
    struct stunt_record header;
    gsize payload, padding;

    if (left < sizeof(header)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "the agent's message ends in the middle of a record");
        return FALSE;
    }
    memcpy(&header, data, sizeof(header));
    payload = GUINT32_FROM_LE(header.len);
    padding = padding_of(payload);
    if (payload > left - sizeof(header) || padding > left - sizeof(header) - payload) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "a record of the agent has %" G_GSIZE_FORMAT
                    " bytes where its message has %" G_GSIZE_FORMAT " left",
                    payload, left - sizeof(header));
        return FALSE;
    }
    if (!is_zero(data + sizeof(header) + payload, padding)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "a record of the agent is not padded with zeros");
        return FALSE;
    }
    *ret_record = (StuntRecord){ GUINT32_FROM_LE(header.type), GUINT32_FROM_LE(header.id),
                                 GINT32_FROM_LE(header.value), (const char *)data + sizeof(header), payload };
    *offset += sizeof(header) + payload + padding;
    return TRUE;
}
