/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The anonymous files of one job. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "stunt/error.h"

enum { JOB = 0, RESULT = STUNT_WORKER_RESULT - STUNT_WORKER_JOB, EVENTS, KERNEL, GRID };

void stunt_outcome_clear(StuntOutcome *outcome)
{
    g_clear_pointer(&outcome->result, stunt_result_free);
    g_clear_pointer(&outcome->logs.events, g_bytes_unref);
    g_clear_pointer(&outcome->logs.events_strict, g_bytes_unref);
    g_clear_pointer(&outcome->logs.kernel, g_bytes_unref);
}

/* ---- making -------------------------------------------------------------------------------------- */

int stunt_collect_file(const char *name, GError **error)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot make an anonymous file: %s",
                    g_strerror(errno));
    }
    return fd;
}

void stunt_collect_close(StuntCollect *collect)
{
    for (guint i = 0; i < STUNT_WORKER_FILES; i++) {
        if (collect->fd[i] >= 0) {
            close(collect->fd[i]);
        }
        collect->fd[i] = -1;
    }
}

static gboolean write_words(int fd, const char *const *words, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; words[i]; i++) {
        g_string_append_len(text, words[i], (gssize)strlen(words[i]) + 1);
    }
    if (pwrite(fd, text->str, text->len, 0) != (ssize_t)text->len) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot write a job down: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

gboolean stunt_collect_open(StuntCollect *collect, const char *const *words, GError **error)
{
    static const char *const names[STUNT_WORKER_FILES] = { "stunt-job", "stunt-result", "stunt-events",
                                                           "stunt-kernel", "stunt-grid" };

    *collect = STUNT_COLLECT_CLOSED;
    for (guint i = 0; i < STUNT_WORKER_FILES; i++) {
        collect->fd[i] = stunt_collect_file(names[i], error);
        if (collect->fd[i] < 0) {
            stunt_collect_close(collect);
            return FALSE;
        }
    }
    if (!write_words(collect->fd[JOB], words, error)) {
        stunt_collect_close(collect);
        return FALSE;
    }
    return TRUE;
}

/* ---- reading ------------------------------------------------------------------------------------- */

GBytes *stunt_collect_content(int fd)
{
    struct stat st;
    char *data;
    gsize len = 0;

    if (fstat(fd, &st) || st.st_size <= 0) {
        return g_bytes_new_static("", 0);
    }
    data = g_malloc((gsize)st.st_size);
    while (len < (gsize)st.st_size) {
        ssize_t n = pread(fd, data + len, (gsize)st.st_size - len, (off_t)len);

        if (n <= 0 && errno != EINTR) {
            break;
        }
        len += n > 0 ? (gsize)n : 0;
    }
    return g_bytes_new_take(data, len);
}

static StuntResult *parse_result(int fd, GError **error)
{
    g_autoptr(GBytes) bytes = stunt_collect_content(fd);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);

    if (!json_parser_load_from_data(parser, text ? text : "", (gssize)len, error)) {
        return NULL;
    }
    return stunt_result_from_json(json_parser_get_root(parser), error);
}

static StuntResult *broken(const StuntScenarioFile *scenario, guint64 seed, const char *why, GBytes *said)
{
    StuntResult *result = stunt_result_new(scenario->name, scenario->file);
    gsize len = 0;
    const char *text = said ? g_bytes_get_data(said, &len) : NULL;
    g_autofree char *detail = g_utf8_make_valid(text ? text : "", (gssize)len);

    result->status = STUNT_BROKEN;
    result->seed = seed;
    stunt_result_set(&result->reason, why);
    stunt_result_set(&result->detail, detail);
    return result;
}

void stunt_collect_read(const StuntCollect *collect, const StuntScenarioFile *scenario, guint64 seed,
                        const char *why, GBytes *said, StuntOutcome *ret_outcome)
{
    g_autoptr(GError) error = NULL;

    *ret_outcome = (StuntOutcome){ 0 };
    ret_outcome->result = why ? NULL : parse_result(collect->fd[RESULT], &error);
    if (!ret_outcome->result) {
        ret_outcome->result = broken(scenario, seed, why ? why : error->message, said);
    }
    if (ret_outcome->result->cells) {
        ret_outcome->result->grid = stunt_collect_content(collect->fd[GRID]);
    }
    ret_outcome->logs.events = stunt_collect_content(collect->fd[EVENTS]);
    ret_outcome->logs.kernel = stunt_collect_content(collect->fd[KERNEL]);
}
