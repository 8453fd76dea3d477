/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's side of the double: QMP, shared memory, stops. */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "double.h"
#include "lib/vm/cmdline.h"

#define FIRST_FD 3

static FILE *qmp, *commands; /* both ways of the one socket */
static Double kept;          /* the snapshot */
static char *kept_name;      /* NULL: no snapshot */
static GBytes *kept_answer;  /* in the shared memory then */

guint8 *double_at(Double *d, guint32 offset)
{
    return (guint8 *)d->shm + offset;
}

void double_event(const char *name, const char *data)
{
    fprintf(qmp, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"%s\"%s%s}\r\n", name,
            data ? ", \"data\": " : "", data ? data : "");
}

void double_stop(Double *d, enum stunt_stop reason, guint32 arg)
{
    d->now_ns += 1000;
    d->shm->stop_reason = reason;
    d->shm->stop_arg = arg;
    d->shm->stop_time_ns = d->now_ns;
    d->asked = reason == STUNT_STOP_ASK;
    if (d->asked) {
        memcpy(double_at(d, d->shm->tx_offset), d->tx->data, d->tx->len);
        d->shm->tx_len = d->tx->len;
        g_byte_array_set_size(d->tx, 0);
    }
    double_event("STOP", NULL);
}

void double_off(const char *reason)
{
    g_autofree char *data = g_strdup_printf("{\"guest\": true, \"reason\": \"%s\"}", reason);

    double_event("SHUTDOWN", data);
    double_event("STOP", NULL);
}

static void record_event(Double *d, guint64 used)
{
    struct stunt_shm *shm = d->shm;
    struct stunt_event *ring = (gpointer)double_at(d, shm->event_offset);

    if (used >= shm->event_capacity) {
        shm->lost++;
        return;
    }
    ring[shm->head % shm->event_capacity] =
        (struct stunt_event){ .seq = shm->head + shm->lost + 1, .time_ns = d->now_ns++ };
    __atomic_store_n(&shm->head, shm->head + 1, __ATOMIC_RELEASE);
}

/* As the link does it: stops when the ring is nearly full. */
void double_record_events(Double *d)
{
    const struct stunt_shm *shm = d->shm;
    const guint64 first = __atomic_load_n(&shm->tail, __ATOMIC_ACQUIRE);

    while (d->burst) {
        /* a flood is over before anybody can have emptied the ring, however slow this host is */
        const guint64 tail = d->flood ? first : __atomic_load_n(&shm->tail, __ATOMIC_ACQUIRE);
        const guint64 used = shm->head - tail;

        if (!d->flood && used >= shm->event_capacity / 4 * 3) {
            double_stop(d, STUNT_STOP_RING, 0);
            return;
        }
        record_event(d, used);
        d->burst--;
    }
}

static void reply(gint64 id, const char *value)
{
    fprintf(qmp, "{\"return\": %s, \"id\": %" G_GINT64_FORMAT "}\r\n", value, id);
}

static void refuse(gint64 id, const char *why)
{
    fprintf(qmp,
            "{\"id\": %" G_GINT64_FORMAT ", \"error\": {\"class\": \"GenericError\", \"desc\": \"%s\"}}\r\n",
            id, why);
}

/* One snapshot, the last one. What a guest wrote into its files stays. */
static void take_snapshot(const Double *d, const char *name)
{
    kept = *d;
    g_free(kept_name);
    kept_name = g_strdup(name);
    g_clear_pointer(&kept_answer, g_bytes_unref);
    kept_answer = g_bytes_new(double_at((Double *)d, d->shm->rx_offset), d->shm->rx_len);
}

static void rewind_to(Double *d, gint64 id, const char *name)
{
    gsize len;
    gconstpointer answer;

    if (g_strcmp0(name, kept_name) != 0) {
        refuse(id, "there is no such snapshot");
        return;
    }
    *d = kept;
    answer = g_bytes_get_data(kept_answer, &len);
    memcpy(double_at(d, d->shm->rx_offset), answer ? answer : "", len);
    d->shm->rx_len = len;
    d->shm->dump_len = 0;
    d->shm->stop_reason = STUNT_STOP_ASK;
    d->shm->stop_time_ns = d->now_ns;
    d->shm->stop_seq = d->shm->head + d->shm->lost;
    reply(id, "{}");
}

static void set_property(Double *d, gint64 id, JsonObject *arguments)
{
    const char *property = json_object_get_string_member(arguments, "property");

    if (strcmp(property, "deadline-ns") == 0) {
        d->deadline_ns = json_object_get_int_member(arguments, "value");
    } else if (strcmp(property, "attention") == 0) {
        d->attention = TRUE;
    } else if (strcmp(property, "fault-arm") == 0) {
        refuse(id, json_object_get_string_member(arguments, "value")); /* shows what came */
        return;
    } else if (strcmp(property, "snapshot") == 0) {
        take_snapshot(d, json_object_get_string_member(arguments, "value"));
    } else if (strcmp(property, "rewind") == 0) {
        rewind_to(d, id, json_object_get_string_member(arguments, "value"));
        return;
    }
    reply(id, "{}");
}

static void get_property(gint64 id, JsonObject *arguments)
{
    const char *property = json_object_get_string_member(arguments, "property");

    if (strcmp(property, "fault-status") == 0) {
        reply(id, "\"id=lost number=1 armed=1 matched=3 fired=1 first_ns=77 first_seq=5\\n"
                  "id=two number=2 armed=0 matched=0 fired=0 first_ns=0 first_seq=0 new=word\\n\"");
    } else if (strcmp(property, "snapshot-check") == 0) {
        reply(id, "\"dma0: differs\"");
    } else {
        refuse(id, "no such property");
    }
}

static void serve(Double *d, const char *line)
{
    g_autoptr(JsonNode) node = json_from_string(line, NULL);
    JsonObject *object = json_node_get_object(node);
    const char *command = json_object_get_string_member(object, "execute");
    gint64 id = json_object_get_int_member(object, "id");

    if (strcmp(command, "cont") == 0) {
        double_event("RESUME", NULL);
        reply(id, "{}");
        d->shm->stop_reason = STUNT_STOP_NONE;
        fflush(qmp);
        double_run(d);
    } else if (strcmp(command, "qom-set") == 0) {
        set_property(d, id, json_object_get_object_member(object, "arguments"));
    } else if (strcmp(command, "qom-get") == 0) {
        get_property(id, json_object_get_object_member(object, "arguments"));
    } else {
        reply(id, "{}");
    }
    fflush(qmp);
}

static int talk(Double *d)
{
    char line[4096];

    fprintf(qmp, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n");
    fflush(qmp);
    while (fgets(line, sizeof(line), commands)) {
        serve(d, line);
    }
    return 0;
}

/* What goes wrong before there is a conversation. */
static void misbehave(const char *what)
{
    if (g_str_has_prefix(what, "refuse")) {
        fprintf(stderr, "qemu: -device stunt-dma,foo=1: Property 'stunt-dma.foo' not found\n");
        exit(1);
    } else if (g_str_has_prefix(what, "mute")) {
        fprintf(stderr, "thinking\n");
        pause();
    } else if (g_str_has_prefix(what, "garble")) {
        fprintf(qmp, "QEMU 7.2 monitor - type 'help'\n");
        fflush(qmp);
        pause();
    }
}

static const char *told(int argc, char **argv)
{
    for (int i = 1; i < argc - 1; i++) {
        const char *word = strcmp(argv[i], "-append") == 0 ? strstr(argv[i + 1], "double=") : NULL;

        if (word) {
            return word + strlen("double=");
        }
    }
    return "";
}

int main(int argc, char **argv)
{
    Double d = { .tx = g_byte_array_new() };

    qmp = fdopen(FIRST_FD + STUNT_FD_QMP, "w");
    commands = fdopen(dup(FIRST_FD + STUNT_FD_QMP), "r");
    d.shm = mmap(NULL, 4096, PROT_READ, MAP_SHARED, FIRST_FD + STUNT_FD_SHM, 0);
    if (!qmp || !commands || d.shm == MAP_FAILED) {
        fprintf(stderr, "machine-double is started by the tests\n");
        return 64;
    }
    d.shm = mmap(NULL, d.shm->size, PROT_READ | PROT_WRITE, MAP_SHARED, FIRST_FD + STUNT_FD_SHM, 0);
    d.files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_byte_array_unref);
    strcpy(d.shm->device[0].name, "link");
    strcpy(d.shm->device[0].type, "link");
    d.shm->devices = 1;
    d.early = g_str_has_prefix(told(argc, argv), "early");
    misbehave(told(argc, argv));
    return talk(&d);
}
