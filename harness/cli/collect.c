/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker left in its anonymous files. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jobs.h"
#include "stunt/error.h"

void stunt_outcome_clear(StuntOutcome *outcome)
{
    g_clear_pointer(&outcome->result, stunt_result_free);
    g_clear_pointer(&outcome->events, g_bytes_unref);
    g_clear_pointer(&outcome->kernel_log, g_bytes_unref);
}

void stunt_collect_close(StuntCollect *collect)
{
    int *fds[] = { &collect->result, &collect->events, &collect->kernel_log, &collect->errors };

    for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
        if (*fds[i] >= 0) {
            close(*fds[i]);
        }
        *fds[i] = -1;
    }
}

gboolean stunt_collect_open(StuntCollect *collect, GError **error)
{
    *collect = (StuntCollect){
        memfd_create("stunt-result", MFD_CLOEXEC),
        memfd_create("stunt-events", MFD_CLOEXEC),
        memfd_create("stunt-kernel", MFD_CLOEXEC),
        memfd_create("stunt-errors", MFD_CLOEXEC),
    };
    if (collect->result < 0 || collect->events < 0 || collect->kernel_log < 0 || collect->errors < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot make anonymous files: %s",
                    g_strerror(errno));
        stunt_collect_close(collect);
        return FALSE;
    }
    return TRUE;
}

static GBytes *read_all(int fd)
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
    g_autoptr(GBytes) bytes = read_all(fd);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);

    if (!json_parser_load_from_data(parser, text ? text : "", (gssize)len, error)) {
        return NULL;
    }
    return stunt_result_from_json(json_parser_get_root(parser), error);
}

static StuntResult *broken(const StuntScenarioFile *scenario, guint64 seed, const char *why, int errors)
{
    StuntResult *result = stunt_result_new(scenario->name, scenario->file);
    g_autoptr(GBytes) bytes = read_all(errors);
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);
    g_autofree char *said = g_utf8_make_valid(text ? text : "", (gssize)len);

    result->status = STUNT_BROKEN;
    result->seed = seed;
    stunt_result_set(&result->reason, why);
    stunt_result_set(&result->detail, said);
    return result;
}

void stunt_collect_read(const StuntCollect *collect, const StuntScenarioFile *scenario, guint64 seed,
                        const char *why, StuntOutcome *ret_outcome)
{
    g_autoptr(GError) error = NULL;

    ret_outcome->result = why ? NULL : parse_result(collect->result, &error);
    if (!ret_outcome->result) {
        ret_outcome->result = broken(scenario, seed, why ? why : error->message, collect->errors);
    }
    ret_outcome->events = read_all(collect->events);
    ret_outcome->kernel_log = read_all(collect->kernel_log);
}
