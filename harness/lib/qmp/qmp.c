/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/qmp/message.h"
#include "lib/qmp/qmp.h"
#include "lib/util/wait.h"
#include "stunt/error.h"

#define LINE_MAX_BYTES (16 * 1024 * 1024) /* a longer line is no answer to anything that we ask */

typedef struct {
    gint64 id;
    StuntQmpReplyFunc *on_reply;
    gpointer data;
} Pending;

struct StuntQmp {
    int fd;
    guint watch;
    GByteArray *in; /* what came since the last line end */
    GQueue pending; /* Pending *, in order of sending */
    gint64 next_id;
    gboolean greeted;
    GError *broken;
    StuntQmpEventFunc *on_event;
    gpointer data;
};

/* Keeps the first reason and lets every command under way fail with it. Takes reason. */
static void break_off(StuntQmp *qmp, GError *reason)
{
    Pending *pending;

    if (qmp->broken) {
        g_error_free(reason);
        return;
    }
    qmp->broken = reason;
    while ((pending = g_queue_pop_head(&qmp->pending))) {
        if (pending->on_reply) {
            pending->on_reply(NULL, qmp->broken, pending->data);
        }
        g_free(pending);
    }
}

static Pending *take_pending(StuntQmp *qmp, gint64 id)
{
    for (GList *link = qmp->pending.head; link; link = link->next) {
        Pending *pending = link->data;

        if (pending->id == id) {
            g_queue_delete_link(&qmp->pending, link);
            return pending;
        }
    }
    return NULL;
}

static void finish(StuntQmp *qmp, const StuntQmpMessage *message)
{
    Pending *pending = take_pending(qmp, message->id);
    g_autoptr(GError) error = NULL;

    if (!pending) {
        break_off(qmp,
                  g_error_new(STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU answered a command that was not sent"));
        return;
    }
    if (message->kind == STUNT_QMP_ERROR) {
        error = g_error_new(STUNT_ERROR, STUNT_ERROR_QEMU, "%s", message->text);
    }
    if (pending->on_reply) {
        pending->on_reply(message->value, error, pending->data);
    }
    g_free(pending);
}

static void handle_line(StuntQmp *qmp, const char *line, gsize len)
{
    StuntQmpMessage message;
    GError *error = NULL;

    if (!stunt_qmp_message_parse(line, len, &message, &error)) {
        break_off(qmp, error);
        return;
    }
    switch (message.kind) {
    case STUNT_QMP_GREETING:
        qmp->greeted = TRUE;
        break;
    case STUNT_QMP_EVENT:
        qmp->on_event(message.name, message.value, qmp->data);
        break;
    case STUNT_QMP_RETURN:
    case STUNT_QMP_ERROR:
        finish(qmp, &message);
        break;
    }
    stunt_qmp_message_clear(&message);
}

/* Hands on the whole lines in `in`, from the byte `from` on which line ends are not yet looked for. */
static void handle_lines(StuntQmp *qmp, gsize from)
{
    const char *data = (const char *)qmp->in->data;
    gsize start = 0;

    for (gsize i = from; i < qmp->in->len && !qmp->broken; i++) {
        if (data[i] == '\n') {
            gsize end = i > start && data[i - 1] == '\r' ? i - 1 : i;

            if (end > start) {
                handle_line(qmp, data + start, end - start);
            }
            start = i + 1;
        }
    }
    if (start) {
        g_byte_array_remove_range(qmp->in, 0, start);
    }
    if (qmp->in->len > LINE_MAX_BYTES) {
        break_off(qmp, g_error_new(STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU sent an endless line"));
    }
}

static void read_once(StuntQmp *qmp)
{
    guint8 buffer[16384];
    gsize before = qmp->in->len;
    ssize_t n = read(qmp->fd, buffer, sizeof(buffer));

    if (n > 0) {
        g_byte_array_append(qmp->in, buffer, n);
        handle_lines(qmp, before);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        break_off(qmp, g_error_new(STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU closed the connection%s%s",
                                   n < 0 ? ": " : "", n < 0 ? g_strerror(errno) : ""));
    }
}

static gboolean on_readable(gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    StuntQmp *qmp = data;

    read_once(qmp);
    if (!qmp->broken) {
        return G_SOURCE_CONTINUE;
    }
    qmp->watch = 0;
    return G_SOURCE_REMOVE;
}

StuntQmp *stunt_qmp_new(int fd, StuntQmpEventFunc *on_event, gpointer data)
{
    StuntQmp *qmp = g_new0(StuntQmp, 1);

    qmp->fd = fd;
    qmp->in = g_byte_array_new();
    qmp->next_id = 1;
    qmp->on_event = on_event;
    qmp->data = data;
    qmp->watch = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, qmp);
    return qmp;
}

void stunt_qmp_free(StuntQmp *qmp)
{
    if (!qmp) {
        return;
    }
    if (qmp->watch) {
        g_source_remove(qmp->watch);
    }
    close(qmp->fd);
    g_queue_clear_full(&qmp->pending, g_free);
    g_byte_array_unref(qmp->in);
    g_clear_error(&qmp->broken);
    g_free(qmp);
}

static void refused(StuntQmp *qmp)
{
    break_off(qmp,
              g_error_new(STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU takes no commands: %s", g_strerror(errno)));
}

/* It goes along with a byte, which may be a space between two commands. */
void stunt_qmp_pass_fd(StuntQmp *qmp, int fd)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = { 0 };
    struct iovec byte = { .iov_base = (char[]){ ' ' }, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &byte,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &fd, sizeof(fd));
    if (!qmp->broken && sendmsg(qmp->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
        refused(qmp);
    }
}

/* Commands are short and QEMU reads them as they come, so a full socket means that it hangs. */
static void write_all(StuntQmp *qmp, const char *text)
{
    gsize left = strlen(text);

    while (left && !qmp->broken) {
        ssize_t n = send(qmp->fd, text, left, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n >= 0) {
            text += n;
            left -= n;
        } else if (errno != EINTR) {
            refused(qmp);
        }
    }
}

void stunt_qmp_send(StuntQmp *qmp, const char *command, JsonNode *arguments, StuntQmpReplyFunc *on_reply,
                    gpointer data)
{
    if (qmp->broken) {
        if (on_reply) {
            on_reply(NULL, qmp->broken, data);
        }
    } else {
        Pending *pending = g_new0(Pending, 1);
        g_autofree char *text = stunt_qmp_command_text(command, arguments, qmp->next_id);

        *pending = (Pending){ qmp->next_id++, on_reply, data };
        g_queue_push_tail(&qmp->pending, pending);
        write_all(qmp, text);
    }
    g_clear_pointer(&arguments, json_node_unref);
}

typedef struct {
    gboolean done;
    JsonNode *result;
    GError *error;
} Call;

static void on_call_reply(JsonNode *result, const GError *error, gpointer data)
{
    Call *call = data;

    call->done = TRUE;
    call->result = result ? json_node_ref(result) : NULL;
    call->error = error ? g_error_copy(error) : NULL;
}

static gboolean call_done(gpointer data)
{
    return ((Call *)data)->done;
}

gboolean stunt_qmp_call(StuntQmp *qmp, const char *command, JsonNode *arguments, guint64 timeout_ms,
                        JsonNode **ret_result, GError **error)
{
    Call call = { 0 };

    stunt_qmp_send(qmp, command, arguments, on_call_reply, &call);
    if (!stunt_wait_until(call_done, &call, timeout_ms)) {
        /* the answer, should it still come, has nowhere to go */
        break_off(qmp,
                  g_error_new(STUNT_ERROR, STUNT_ERROR_TIMEOUT,
                              "QEMU did not answer %s within %" G_GUINT64_FORMAT " ms", command, timeout_ms));
    }
    if (call.error) {
        g_propagate_error(error, call.error);
        return FALSE;
    }
    if (ret_result) {
        *ret_result = call.result;
    } else {
        g_clear_pointer(&call.result, json_node_unref);
    }
    return TRUE;
}

static gboolean greeting_done(gpointer data)
{
    const StuntQmp *qmp = data;

    return qmp->greeted || qmp->broken;
}

gboolean stunt_qmp_connect(StuntQmp *qmp, guint64 timeout_ms, GError **error)
{
    if (!stunt_wait_until(greeting_done, qmp, timeout_ms)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_TIMEOUT,
                    "QEMU did not greet within %" G_GUINT64_FORMAT " ms", timeout_ms);
        return FALSE;
    }
    return stunt_qmp_call(qmp, "qmp_capabilities", NULL, timeout_ms, NULL, error);
}

const GError *stunt_qmp_broken(const StuntQmp *qmp)
{
    return qmp->broken;
}
