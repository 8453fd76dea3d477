/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client against a peer that this test plays itself, at the other end of a socket pair. */
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/qmp/qmp.h"
#include "stunt/error.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define SHORT_MS 50
#define LONG_MS  10000

typedef struct {
    int peer;
    guint watch;
    StuntQmp *qmp;
    GString *events;
    GString *heard; /* commands that came */
    GQueue replies; /* const char *, said one at a time, one for each command that comes */
} Fixture;

static void on_event(const char *name, JsonNode *event_data, gpointer data)
{
    Fixture *f = data;

    g_string_append_printf(f->events, "%s%s ", name, event_data ? "+" : "");
}

static void say(Fixture *f, const char *text)
{
    g_assert_cmpint(write(f->peer, text, strlen(text)), ==, strlen(text));
}

static gboolean on_command(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    Fixture *f = data;
    char text[1024];
    const ssize_t n = read(fd, text, sizeof(text));

    for (ssize_t i = 0; i < n; i++) {
        g_string_append_c(f->heard, text[i]);
        if (text[i] == '\n' && !g_queue_is_empty(&f->replies)) {
            say(f, g_queue_pop_head(&f->replies));
        }
    }
    return n > 0;
}

/* What the peer says to the next command that has no reply yet. */
static void will_say(Fixture *f, const char *text)
{
    g_queue_push_tail(&f->replies, (gpointer)text);
}

static void set_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    f->peer = pair[0];
    f->events = g_string_new(NULL);
    f->heard = g_string_new(NULL);
    f->watch = g_unix_fd_add(f->peer, G_IO_IN, on_command, f);
    f->qmp = stunt_qmp_new(pair[1], on_event, f);
}

static void hang_up(Fixture *f)
{
    if (f->peer >= 0) {
        g_source_remove(f->watch);
        close(f->peer);
        f->peer = -1;
    }
}

static void tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    stunt_qmp_free(f->qmp);
    hang_up(f);
    g_string_free(f->events, TRUE);
    g_string_free(f->heard, TRUE);
    g_queue_clear(&f->replies);
}

static void connect_qmp(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    say(f, GREETING);
    will_say(f, "{\"return\": {}, \"id\": 1}\r\n");
    stunt_qmp_connect(f->qmp, LONG_MS, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(f->heard->str, ==, "{\"execute\":\"qmp_capabilities\",\"id\":1}\n");
    g_string_truncate(f->heard, 0);
}

static void check_call_fails(Fixture *f, StuntErrorCode code, const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *untouched = NULL;

    g_assert_false(stunt_qmp_call(f->qmp, "query-status", NULL, LONG_MS, &untouched, &error));
    g_assert_error(error, STUNT_ERROR, (int)code);
    if (!strstr(error->message, text)) {
        g_error("'%s' is not in: %s", text, error->message);
    }
    g_assert_null(untouched);
}

static void test_call(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) result = NULL;

    connect_qmp(f);
    will_say(f, "{\"event\": \"STOP\"}\n{\"return\": {\"running\": false}, \"id\": 2}\n{\"event\": "
                "\"RESUME\", \"data\": {}}\n");
    g_assert_true(stunt_qmp_call(f->qmp, "query-status", json_from_string("{\"a\":1}", NULL), LONG_MS,
                                 &result, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(f->heard->str, ==, "{\"execute\":\"query-status\",\"arguments\":{\"a\":1},\"id\":2}\n");
    g_assert_false(json_object_get_boolean_member(json_node_get_object(result), "running"));
    g_assert_cmpstr(f->events->str, ==, "STOP RESUME+ ");
}

static void test_message_in_pieces(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char text[] = "{\"event\": \"STOP\"}\r\n\r\n{\"event\": \"RESUME\"}\r\n";

    connect_qmp(f);
    for (gsize i = 0; i < sizeof(text) - 1; i++) {
        g_assert_cmpint(write(f->peer, text + i, 1), ==, 1);
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_cmpstr(f->events->str, ==, "STOP RESUME ");
}

static void test_refused_command(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    connect_qmp(f);
    will_say(f, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no way\"}, \"id\": 2}\n");
    check_call_fails(f, STUNT_ERROR_QEMU, "no way");
    g_assert_null(stunt_qmp_broken(f->qmp)); /* and the next one works */
    will_say(f, "{\"return\": {}, \"id\": 3}\n");
    g_assert_true(stunt_qmp_call(f->qmp, "cont", NULL, LONG_MS, NULL, NULL));
}

static void note_reply(JsonNode *result, const GError *error, gpointer data)
{
    g_string_append(data, result ? "result " : error ? "error " : "nothing ");
}

static void test_overlapping_commands(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GString) replies = g_string_new(NULL);

    connect_qmp(f);
    stunt_qmp_send(f->qmp, "qom-set", NULL, note_reply, replies);
    stunt_qmp_send(f->qmp, "cont", NULL, NULL, NULL);
    stunt_qmp_send(f->qmp, "cont", NULL, note_reply, replies);
    say(f, "{\"error\": {\"class\": \"X\", \"desc\": \"y\"}, \"id\": 2}\n{\"return\": {}, \"id\": "
           "3}\n{\"return\": {}, \"id\": 4}\n");
    while (!strstr(replies->str, "result")) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_cmpstr(replies->str, ==, "error result ");
}

static void test_garbage(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    connect_qmp(f);
    say(f, "qemu: fatal\n");
    check_call_fails(f, STUNT_ERROR_QEMU, "qemu: fatal");
    check_call_fails(f, STUNT_ERROR_QEMU, "qemu: fatal"); /* it stays broken, for the same reason */
    g_assert_nonnull(stunt_qmp_broken(f->qmp));
}

static void test_answer_to_nothing(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    connect_qmp(f);
    say(f, "{\"return\": {}, \"id\": 17}\n");
    check_call_fails(f, STUNT_ERROR_QEMU, "was not sent");
}

static void test_death_under_way(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GString) replies = g_string_new(NULL);

    connect_qmp(f);
    stunt_qmp_send(f->qmp, "cont", NULL, note_reply, replies);
    hang_up(f);
    check_call_fails(f, STUNT_ERROR_QEMU, "QEMU");
    g_assert_cmpstr(replies->str, ==, "error ");
}

static void test_silence(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_qmp_connect(f->qmp, SHORT_MS, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_TIMEOUT);
}

static void test_no_answer(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    connect_qmp(f);
    g_assert_false(stunt_qmp_call(f->qmp, "cont", NULL, SHORT_MS, NULL, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_TIMEOUT);
    say(f, "{\"return\": {}, \"id\": 2}\n"); /* too late: must not touch what is gone */
    check_call_fails(f, STUNT_ERROR_TIMEOUT, "cont");
}

/* The descriptor that comes with what is read, which must be one. */
static int receive_fd(int peer, char *text, gsize room)
{
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec iov = { text, room - 1 };
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
    };
    const ssize_t n = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    int fd = -1;

    g_assert_cmpint(n, >, 0);
    text[n] = '\0';
    g_assert_nonnull(head);
    g_assert_cmpint(head->cmsg_type, ==, SCM_RIGHTS);
    memcpy(&fd, CMSG_DATA(head), sizeof(fd));
    return fd;
}

static void test_descriptor(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    char text[64];
    int pair[2], passed;

    connect_qmp(f);
    g_source_remove(f->watch);
    g_assert_cmpint(pipe(pair), ==, 0);
    stunt_qmp_pass_fd(f->qmp, pair[1]);
    close(pair[1]);
    passed = receive_fd(f->peer, text, sizeof(text));
    f->watch = g_unix_fd_add(f->peer, G_IO_IN, on_command, f);
    g_assert_cmpstr(text, ==, " "); /* nothing between two commands, as far as JSON goes */
    g_assert_cmpint(write(passed, "x", 1), ==, 1);
    close(passed);
    g_assert_cmpint(read(pair[0], text, sizeof(text)), ==, 1);
    close(pair[0]);
    g_assert_null(stunt_qmp_broken(f->qmp));
}

/* A peer that reads nothing must not block the harness for ever. */
static void test_peer_that_does_not_read(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    connect_qmp(f);
    for (guint i = 0; i < 100000 && !stunt_qmp_broken(f->qmp); i++) {
        stunt_qmp_send(f->qmp, "cont", NULL, NULL, NULL);
    }
    g_assert_nonnull(stunt_qmp_broken(f->qmp));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/qmp/call", Fixture, NULL, set_up, test_call, tear_down);
    g_test_add("/qmp/message-in-pieces", Fixture, NULL, set_up, test_message_in_pieces, tear_down);
    g_test_add("/qmp/refused-command", Fixture, NULL, set_up, test_refused_command, tear_down);
    g_test_add("/qmp/overlapping-commands", Fixture, NULL, set_up, test_overlapping_commands, tear_down);
    g_test_add("/qmp/garbage", Fixture, NULL, set_up, test_garbage, tear_down);
    g_test_add("/qmp/answer-to-nothing", Fixture, NULL, set_up, test_answer_to_nothing, tear_down);
    g_test_add("/qmp/death-under-way", Fixture, NULL, set_up, test_death_under_way, tear_down);
    g_test_add("/qmp/silence", Fixture, NULL, set_up, test_silence, tear_down);
    g_test_add("/qmp/no-answer", Fixture, NULL, set_up, test_no_answer, tear_down);
    g_test_add("/qmp/descriptor", Fixture, NULL, set_up, test_descriptor, tear_down);
    g_test_add("/qmp/peer-that-does-not-read", Fixture, NULL, set_up, test_peer_that_does_not_read,
               tear_down);
    return g_test_run();
}
