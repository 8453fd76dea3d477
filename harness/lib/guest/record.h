/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the conversation with the agent (struct stunt_record of stunt/proto.h) as bytes. */
#ifndef STUNT_GUEST_RECORD_H
#define STUNT_GUEST_RECORD_H

#include <glib.h>
#include <stdint.h>

#include "stunt/proto.h"

/* Payload that fits into a message with one record. */
#define STUNT_RECORD_PAYLOAD_MAX (STUNT_MESSAGE_MAX - sizeof(struct stunt_record) - 8)

typedef struct {
    guint32 type, id;
    gint32 value;
    const char *payload; /* inside of the message */
    gsize len;
} StuntRecord;

/* Makes one record, padding included. len is at most STUNT_RECORD_PAYLOAD_MAX. */
GBytes *stunt_record_new(guint32 type, guint32 id, gint32 value, gconstpointer payload, gsize len);

/*
 * Takes the record at *offset of a message of len bytes and moves *offset behind it.
 * Errors: PROTOCOL, when the message ends in the middle of it or its padding is not zero.
 */
gboolean stunt_record_next(gconstpointer message, gsize len, gsize *offset, StuntRecord *ret_record,
                           GError **error);

#endif
