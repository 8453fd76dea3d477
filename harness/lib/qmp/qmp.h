/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP client over a connected socket, driven by the default main context. Commands are sent in order and may
 * overlap; events are handed on as they come. Once the connection is broken it stays broken, and every
 * command, also those under way, fails with that first reason. Functions called back must not run the main
 * context or free the client.
 */
#ifndef STUNT_QMP_QMP_H
#define STUNT_QMP_QMP_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct StuntQmp StuntQmp;

/* result: what the command returned, borrowed, NULL on failure; then error (borrowed) says why. */
typedef void StuntQmpReplyFunc(JsonNode *result, const GError *error, gpointer data);

/* data: the event's data, borrowed, may be NULL. */
typedef void StuntQmpEventFunc(const char *name, JsonNode *event_data, gpointer data);

/* Takes fd. */
StuntQmp *stunt_qmp_new(int fd, StuntQmpEventFunc *on_event, gpointer data);

/* Commands that are under way are forgotten, their functions not called. */
void stunt_qmp_free(StuntQmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntQmp, stunt_qmp_free)

/* Waits for the greeting and leaves negotiation mode. Errors: QEMU, TIMEOUT. */
gboolean stunt_qmp_connect(StuntQmp *qmp, guint64 timeout_ms, GError **error);

/*
 * Sends a command. on_reply (may be NULL) is called from the main context, also on failure. arguments is
 * consumed, may be NULL.
 */
void stunt_qmp_send(StuntQmp *qmp, const char *command, JsonNode *arguments, StuntQmpReplyFunc *on_reply,
                    gpointer data);

/*
 * Sends a command and waits for its end. arguments is consumed, may be NULL; so may ret_result.
 * Errors: QEMU with QMP's own text, TIMEOUT.
 */
gboolean stunt_qmp_call(StuntQmp *qmp, const char *command, JsonNode *arguments, guint64 timeout_ms,
                        JsonNode **ret_result, GError **error);

/* Hands QEMU a copy of a descriptor, which the command getfd, to be sent next, gives a name there. */
void stunt_qmp_pass_fd(StuntQmp *qmp, int fd);

/* Why the connection is broken, NULL while it is not. Borrowed. */
const GError *stunt_qmp_broken(const StuntQmp *qmp);

#endif
