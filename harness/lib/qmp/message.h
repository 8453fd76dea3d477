/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of QMP, taken apart. Knows nothing of sockets; made for bytes that nobody vouches for. */
#ifndef STUNT_QMP_MESSAGE_H
#define STUNT_QMP_MESSAGE_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef enum {
    STUNT_QMP_GREETING,
    STUNT_QMP_RETURN,
    STUNT_QMP_ERROR,
    STUNT_QMP_EVENT,
} StuntQmpKind;

typedef struct {
    StuntQmpKind kind;
    gint64 id;       /* RETURN, ERROR: of the command, -1 without one */
    char *name;      /* EVENT: its name; ERROR: its class */
    char *text;      /* ERROR: description */
    JsonNode *value; /* RETURN: what is returned; EVENT: data, or NULL */
} StuntQmpMessage;

/*
 * Parses one line, len bytes without line end. Fills ret_message, to be cleared with
 * stunt_qmp_message_clear().
 * Errors: QEMU, when it is no QMP message.
 */
gboolean stunt_qmp_message_parse(const char *line, gsize len, StuntQmpMessage *ret_message, GError **error);
void stunt_qmp_message_clear(StuntQmpMessage *message);

/* The text of a command, newline at the end. arguments is borrowed, may be NULL. Free with g_free. */
char *stunt_qmp_command_text(const char *command, JsonNode *arguments, gint64 id);

#endif
