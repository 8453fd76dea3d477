/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 30000

void line_send(int fd, const char *text)
{
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    size_t len = strlen(line), done = 0;

    while (done < len) {
        ssize_t n = send(fd, line + done, len - done, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            g_error("QEMU is gone: %s, after '%.200s'", g_strerror(errno), text);
        }
        done += (size_t)n;
    }
}

static G_NORETURN void report_end(Machine *machine, const char *what)
{
    int status = 0;

    if (waitpid(machine->pid, &status, WNOHANG) == machine->pid && WIFSIGNALED(status)) {
        g_error("%s: QEMU was killed by signal %d", what, WTERMSIG(status));
    }
    g_error("%s: QEMU closed the line (wait status 0x%x)", what, status);
}

static void read_more(Machine *machine, int fd, GString *in)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    char buf[16384];
    ssize_t n;

    if (poll(&wait, 1, WAIT_MS) == 0) {
        g_error("QEMU did not answer within %d s", WAIT_MS / 1000);
    }
    n = read(fd, buf, sizeof(buf));
    if (n > 0) {
        g_string_append_len(in, buf, n);
    } else if (n == 0 || errno != EINTR) {
        g_usleep(100000); /* let it end, so that the cause can be told */
        report_end(machine, fd == machine->qmp_fd ? "QMP" : "qtest");
    }
}

char *line_receive(Machine *machine, int fd, GString *in)
{
    char *end, *line;

    while (!(end = memchr(in->str, '\n', in->len))) {
        read_more(machine, fd, in);
    }
    line = g_strndup(in->str, (gsize)(end - in->str));
    g_string_erase(in, 0, end - in->str + 1);
    return g_strchomp(line);
}

/* Of the events only resets matter. */
static void take_event(Machine *machine, const char *name)
{
    machine->resets += strcmp(name, "RESET") == 0;
}

/* The next object that answers a command. */
static JsonNode *receive_answer(Machine *machine)
{
    for (;;) {
        g_autofree char *line = line_receive(machine, machine->qmp_fd, machine->qmp_in);
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_from_string(line, &error);

        if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
            g_error("QMP: strange line '%s'", line);
        }
        if (!json_object_has_member(json_node_get_object(node), "event")) {
            return g_steal_pointer(&node);
        }
        take_event(machine, json_object_get_string_member(json_node_get_object(node), "event"));
    }
}

static void send_command(Machine *machine, const char *command, const char *args)
{
    g_autofree char *line = g_strdup_printf("{\"execute\": \"%s\", \"arguments\": %s}", command,
                                            args ? args : "{}");

    line_send(machine->qmp_fd, line);
}

static JsonNode *execute(Machine *machine, const char *command, const char *args)
{
    send_command(machine, command, args);
    return receive_answer(machine);
}

JsonNode *machine_qmp(Machine *machine, const char *command, const char *args)
{
    g_autoptr(JsonNode) answer = execute(machine, command, args);
    JsonObject *object = json_node_get_object(answer);

    if (!json_object_has_member(object, "return")) {
        g_autofree char *text = json_to_string(answer, FALSE);

        g_error("QMP: %s %s failed: %s", command, args ? args : "", text);
    }
    return json_object_dup_member(object, "return");
}

char *machine_qmp_error(Machine *machine, const char *command, const char *args)
{
    g_autoptr(JsonNode) answer = execute(machine, command, args);
    JsonObject *object = json_node_get_object(answer);

    if (!json_object_has_member(object, "error")) {
        g_error("QMP: %s %s should have failed", command, args ? args : "");
    }
    return g_strdup(json_object_get_string_member(json_object_get_object_member(object, "error"), "desc"));
}

void machine_qmp_at_once(Machine *machine, unsigned n)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++) {
        g_string_append(line, "{\"execute\":\"no\"}");
    }
    line_send(machine->qmp_fd, line->str);
    for (unsigned i = 0; i < n; i++) {
        g_autoptr(JsonNode) answer = receive_answer(machine);

        g_assert_true(json_object_has_member(json_node_get_object(answer), "error"));
    }
}

static void run(Machine *machine, const char *command, const char *args)
{
    g_autoptr(JsonNode) result = machine_qmp(machine, command, args);
}

/* A device by its id; an absolute path as it is. */
static char *property_args(const char *device, const char *property, const char *json_value)
{
    const char *folder = *device == '/' ? "" : "/machine/peripheral/";

    return g_strdup_printf("{\"path\": \"%s%s\", \"property\": \"%s\"%s%s}", folder, device, property,
                           json_value ? ", \"value\": " : "", json_value ? json_value : "");
}

static JsonNode *qom_get(Machine *machine, const char *device, const char *property)
{
    g_autofree char *args = property_args(device, property, NULL);

    return machine_qmp(machine, "qom-get", args);
}

uint64_t machine_qom_get_uint(Machine *machine, const char *device, const char *property)
{
    g_autoptr(JsonNode) value = qom_get(machine, device, property);

    return (uint64_t)json_node_get_int(value);
}

char *machine_qom_get_str(Machine *machine, const char *device, const char *property)
{
    g_autoptr(JsonNode) value = qom_get(machine, device, property);

    return json_node_dup_string(value);
}

void machine_qom_set(Machine *machine, const char *device, const char *property, const char *json_value)
{
    g_autofree char *args = property_args(device, property, json_value);

    run(machine, "qom-set", args);
}

void machine_qom_try_set(Machine *machine, const char *device, const char *property, const char *json_value)
{
    g_autofree char *args = property_args(device, property, json_value);
    g_autoptr(JsonNode) answer = execute(machine, "qom-set", args);
}

char *machine_qom_set_error(Machine *machine, const char *device, const char *property,
                            const char *json_value)
{
    g_autofree char *args = property_args(device, property, json_value);

    return machine_qmp_error(machine, "qom-set", args);
}

bool machine_is_running(Machine *machine)
{
    g_autoptr(JsonNode) status = machine_qmp(machine, "query-status", NULL);

    return json_object_get_boolean_member(json_node_get_object(status), "running");
}

void machine_stop(Machine *machine)
{
    run(machine, "stop", NULL);
}

void machine_cont(Machine *machine)
{
    run(machine, "cont", NULL);
}

void machine_system_reset(Machine *machine)
{
    unsigned before = machine->resets;

    run(machine, "system_reset", NULL);
    while (machine->resets == before) { /* the main loop does it some time after the answer */
        machine_is_running(machine);
    }
}

void qmp_greet(Machine *machine)
{
    g_autoptr(JsonNode) greeting = receive_answer(machine);

    if (!json_object_has_member(json_node_get_object(greeting), "QMP")) {
        g_error("QMP: no greeting");
    }
    run(machine, "qmp_capabilities", NULL);
}

void qmp_execute_to_end(Machine *machine, const char *command, const char *args)
{
    char buf[4096];
    ssize_t n;

    send_command(machine, command, args);
    do {
        struct pollfd wait = { .fd = machine->qmp_fd, .events = POLLIN };

        if (poll(&wait, 1, WAIT_MS) == 0) {
            g_error("QEMU lives on after %s", command);
        }
        n = read(machine->qmp_fd, buf, sizeof(buf));
    } while (n > 0 || (n < 0 && errno == EINTR));
}

void qmp_quit(Machine *machine)
{
    run(machine, "quit", NULL);
}
