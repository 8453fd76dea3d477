/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/output.h"

struct StuntOutput {
    int fd;
    guint watch;
    GString *text;
    gboolean cut; /* something at the front was thrown away */
};

static void keep(StuntOutput *output, const char *data, gsize len)
{
    g_string_append_len(output->text, data, len);
    if (output->text->len > STUNT_OUTPUT_MAX) {
        g_string_erase(output->text, 0, output->text->len - STUNT_OUTPUT_MAX);
        output->cut = TRUE;
    }
}

/* FALSE at the end of the stream. Bounded, so that a child that never stops talking starves nobody. */
static gboolean read_some(StuntOutput *output)
{
    char buffer[4096];

    for (guint i = 0; i < 2 * STUNT_OUTPUT_MAX / sizeof(buffer); i++) {
        ssize_t n = read(output->fd, buffer, sizeof(buffer));

        if (n > 0) {
            keep(output, buffer, n);
        } else if (n == 0 || errno != EINTR) {
            return n < 0 && errno == EAGAIN;
        }
    }
    return TRUE;
}

static gboolean on_readable(gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    StuntOutput *output = data;

    if (read_some(output)) {
        return G_SOURCE_CONTINUE;
    }
    output->watch = 0;
    return G_SOURCE_REMOVE;
}

StuntOutput *stunt_output_new(int fd)
{
    StuntOutput *output = g_new0(StuntOutput, 1);

    output->fd = fd;
    output->text = g_string_new(NULL);
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    output->watch = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, output);
    return output;
}

void stunt_output_free(StuntOutput *output)
{
    if (!output) {
        return;
    }
    if (output->watch) {
        g_source_remove(output->watch);
    }
    close(output->fd);
    g_string_free(output->text, TRUE);
    g_free(output);
}

void stunt_output_drain(StuntOutput *output)
{
    read_some(output);
}

char *stunt_output_tail(StuntOutput *output)
{
    const char *start = output->text->str;
    char *tail;

    if (output->cut) {
        const char *line = strchr(start, '\n');

        start = line ? line + 1 : start;
    }
    tail = g_utf8_make_valid(start, output->text->len - (start - output->text->str));
    return g_strchomp(tail);
}
