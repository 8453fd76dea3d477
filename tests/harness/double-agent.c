/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's side of the double: an agent with a few commands that behave as their names say. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "double.h"

#define PANIC_DUMP                                                                                         \
    "stunt: kernel log at Panic\n[    1.000000] old line\n[    2.000000] Kernel panic - not syncing: the " \
    "double\n"

void double_say(Double *d, guint32 type, guint32 id, gint32 value, const char *payload, gssize len)
{
    g_autoptr(GBytes) record =
        stunt_record_new(type, id, value, payload, len < 0 ? strlen(payload) : (gsize)len);

    g_byte_array_append(d->tx, g_bytes_get_data(record, NULL), g_bytes_get_size(record));
}

static void end(Double *d, guint32 id, int status)
{
    double_say(d, STUNT_REC_EXIT, id, status, "", 0);
}

/* echo A B: as the program; also to stderr, in pieces. */
static void echo(Double *d, guint32 id, char **argv)
{
    g_autofree char *text = g_strjoinv(" ", argv + 1);
    g_autofree char *line = g_strconcat(text, "\n", NULL);

    double_say(d, STUNT_REC_OUTPUT, id, 1, line, -1);
    double_say(d, STUNT_REC_OUTPUT, id, 2, "no line", -1);
    double_say(d, STUNT_REC_OUTPUT, id, 2, " end", -1);
    end(d, id, argv[1] ? 0 : 1);
}

/* Commands that are a record of their own making, right or wrong. */
static gboolean say_something(Double *d, guint32 id, char **argv)
{
    if (strcmp(argv[0], "kmsg") == 0) {
        double_say(d, STUNT_REC_KMSG, 0, 0, argv[1], -1);
    } else if (strcmp(argv[0], "stray-exit") == 0) {
        end(d, 999, 0);
    } else if (strcmp(argv[0], "stray-done") == 0) {
        double_say(d, STUNT_REC_DONE, 999, 0, "", 0);
    } else if (strcmp(argv[0], "bad-stream") == 0) {
        double_say(d, STUNT_REC_OUTPUT, id, 7, "x", 1);
    } else if (strcmp(argv[0], "bad-type") == 0) {
        double_say(d, 4711, id, 0, "", 0);
    } else if (strcmp(argv[0], "second-hello") == 0) {
        double_say(d, STUNT_REC_HELLO, 0, STUNT_PROTO_VERSION, "6.1", -1);
    } else if (strcmp(argv[0], "refused") == 0) {
        double_say(d, STUNT_REC_DONE, id, -EINVAL, "RUN: too many arguments", -1);
        return TRUE;
    } else if (strcmp(argv[0], "half") == 0) {
        double_say(d, STUNT_REC_OUTPUT, id, 1, "x", 1);
        g_byte_array_set_size(d->tx, d->tx->len - 8);
        return TRUE;
    } else {
        return FALSE;
    }
    end(d, id, 0);
    return TRUE;
}

/* For one and a half seconds, with a third of a processor at most. */
static void work_slowly(void)
{
    for (guint i = 0; i < 15; i++) {
        const gint64 end_us = g_get_monotonic_time() + 33 * 1000;

        while (g_get_monotonic_time() < end_us) {
        }
        g_usleep(67 * 1000);
    }
}

/* Commands after which the machine stands; FALSE: none of them. */
static gboolean stop_somehow(Double *d, guint32 id, char **argv)
{
    if (strcmp(argv[0], "panic") == 0) {
        memcpy(double_at(d, d->shm->dump_offset), PANIC_DUMP, strlen(PANIC_DUMP));
        d->shm->dump_len = strlen(PANIC_DUMP);
        double_off("guest-reset");
    } else if (strcmp(argv[0], "poweroff") == 0) {
        double_off("guest-shutdown");
    } else if (strcmp(argv[0], "pause") == 0) {
        end(d, id, 0);
        double_stop(d, STUNT_STOP_PAUSE, 7);
    } else if (strcmp(argv[0], "forbid") == 0) {
        double_stop(d, STUNT_STOP_FORBID, 8);
    } else if (strcmp(argv[0], "late-deadline") == 0) {
        end(d, id, 0);
        double_stop(d, STUNT_STOP_DEADLINE, 0);
    } else if (strcmp(argv[0], "doze") == 0) {
        d->dozer = id;
        double_stop(d, STUNT_STOP_SLEEP, 3);
    } else if (strcmp(argv[0], "stop") == 0) {
        double_event("STOP", NULL);
    } else if (strcmp(argv[0], "hang") == 0) {
        pause();
    } else if (strcmp(argv[0], "slow") == 0) {
        work_slowly();
        end(d, id, 0);
        double_stop(d, STUNT_STOP_ASK, 0);
    } else if (strcmp(argv[0], "crash") == 0) {
        fprintf(stderr, "qemu: hardware error: the double\n");
        raise(SIGKILL);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* TRUE when the machine stands already. */
static gboolean run_command(Double *d, const StuntRecord *record)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    for (const char *at = record->payload; at < record->payload + record->len; at += strlen(at) + 1) {
        g_ptr_array_add(argv, (gpointer)at);
    }
    g_ptr_array_add(argv, NULL);
    char **words = (char **)argv->pdata;

    if (say_something(d, record->id, words)) {
        return FALSE;
    }
    if (strcmp(words[0], "sleep") == 0) {
        d->sleeper = record->id;
    } else if (strcmp(words[0], "mutter") == 0) {
        double_say(d, STUNT_REC_OUTPUT, record->id, 1, "half a ", -1);
        d->sleeper = record->id;
    } else if (strcmp(words[0], "burst") == 0 || strcmp(words[0], "flood") == 0) {
        d->burst = atoi(words[1]);
        d->flood = *words[0] == 'f';
        end(d, record->id, 0);
    } else if (strcmp(words[0], "echo") == 0) {
        echo(d, record->id, words);
    } else {
        return stop_somehow(d, record->id, words);
    }
    return FALSE;
}

static void put(Double *d, const StuntRecord *record)
{
    const char *path = record->payload;
    const gsize skip = strlen(path) + 1;
    GByteArray *file = g_hash_table_lookup(d->files, path);

    if (!file || record->value >= 0) {
        file = g_byte_array_new();
        g_hash_table_insert(d->files, g_strdup(path), file);
    }
    g_byte_array_append(file, (const guint8 *)path + skip, record->len - skip);
    double_say(d, STUNT_REC_DONE, record->id, 0, "", 0);
}

static void get(Double *d, const StuntRecord *record)
{
    const GByteArray *file = g_hash_table_lookup(d->files, record->payload);

    if (!file) {
        double_say(d, STUNT_REC_DONE, record->id, -ENOENT, "", 0);
        return;
    }
    for (gsize at = 0; at < file->len; at += 1000) {
        double_say(d, STUNT_REC_DATA, record->id, 0, (const char *)file->data + at,
                   MIN(1000, file->len - at));
    }
    double_say(d, STUNT_REC_DONE, record->id, 0, "", 0);
}

/* There is everything, and nothing in it. */
static void look(Double *d, const StuntRecord *record)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *at = record->payload; at < record->payload + record->len; at += strlen(at) + 1) {
        g_string_append_printf(text, "=0 %s\n\n", at);
    }
    double_say(d, STUNT_REC_DATA, record->id, 0, text->str, text->len);
    double_say(d, STUNT_REC_DONE, record->id, 0, "", 0);
}

static gboolean obey(Double *d, const StuntRecord *record)
{
    switch (record->type) {
    case STUNT_REC_RUN:
        return run_command(d, record);
    case STUNT_REC_KILL:
        end(d, record->id, 256 + record->value);
        d->sleeper = 0;
        break;
    case STUNT_REC_PUT:
        put(d, record);
        break;
    case STUNT_REC_GET:
        get(d, record);
        break;
    case STUNT_REC_INSMOD:
        double_say(d, STUNT_REC_DONE, record->id, -ENOENT, "no such module\n", -1);
        break;
    case STUNT_REC_SYNC:
        double_say(d, STUNT_REC_DONE, record->id, 0, "0", -1);
        break;
    case STUNT_REC_LOOK:
        look(d, record);
        break;
    case STUNT_REC_SEED:
        break;
    default:
        double_say(d, STUNT_REC_DONE, record->id, 0, "", 0);
    }
    return FALSE;
}

/* Works on the answer to the last question. TRUE when the machine stands already. */
static gboolean take_answer(Double *d)
{
    const gsize len = d->shm->rx_len;
    gboolean stands = FALSE;
    StuntRecord record;
    gsize offset = 0;

    d->shm->rx_len = 0;
    while (!stands && offset < len &&
           stunt_record_next(double_at(d, d->shm->rx_offset), len, &offset, &record, NULL)) {
        stands = obey(d, &record);
    }
    return stands;
}

void double_run(Double *d)
{
    if (!d->said_hello) {
        d->said_hello = TRUE;
        double_say(d, STUNT_REC_HELLO, 0, STUNT_PROTO_VERSION, "6.1.0-double", -1);
        double_say(d, STUNT_REC_KMSG, 0, 0, "6,1,1000000,-;old line\n", -1);
    } else if (d->asked && !d->early && take_answer(d)) {
        return;
    }
    if (d->dozer) {
        end(d, d->dozer, 0);
        d->dozer = 0;
    }
    double_record_events(d);
    if (d->burst) {
        return;
    }
    if (d->tx->len || d->attention) {
        d->attention = FALSE;
        double_stop(d, STUNT_STOP_ASK, 0);
        if (d->early) {
            take_answer(d);
        }
    } else if (d->deadline_ns > d->now_ns) {
        d->now_ns = d->deadline_ns - 1000;
        d->deadline_ns = 0;
        double_stop(d, STUNT_STOP_DEADLINE, 0);
    } else {
        double_off("guest-shutdown"); /* asleep for good */
    }
}
