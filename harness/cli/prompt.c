/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readline by its callbacks: it is told of each byte, so that this waits in poll() for keys and for SIGINT alike. Its
 * handler stands only while a line is read; else the terminal is as it was.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "prompt.h"

#define HISTORY_MAX 1000
#define NS_PER_S    1e9
#define FOLDER_MODE 0700

struct StuntPrompt {
    StuntShell *shell;
    char *history; /* file, or NULL */
    gboolean done;
    char *line; /* NULL: the end */
};

static StuntPrompt *the_prompt; /* readline's functions have no argument of ours */

/* ---- completion ---------------------------------------------------------------------------------- */

/* readline asks for one after the other, and frees them. */
static char *next_candidate(const char *text, int state)
{
    static GPtrArray *found;
    static guint next;
    gsize start;

    if (!state) {
        found = stunt_shell_complete(the_prompt->shell, rl_line_buffer, (gsize)rl_point, &start);
        next = (gsize)rl_point - start == strlen(text) ? 0 : found->len; /* another word than readline means */
    }
    if (next < found->len) {
        return strdup(found->pdata[next++]);
    }
    g_clear_pointer(&found, g_ptr_array_unref);
    return NULL;
}

static char **complete(const char *text, int start, int end)
{
    (void)start;
    (void)end;
    rl_attempted_completion_over = 1; /* no files of the host */
    rl_completion_append_character = '\0';
    return rl_completion_matches(text, next_candidate);
}

/* ---- life ---------------------------------------------------------------------------------------- */

static void load_history(StuntPrompt *prompt)
{
    g_autofree char *folder = g_build_filename(g_get_user_state_dir(), "stunt", NULL);

    using_history();
    stifle_history(HISTORY_MAX);
    if (g_mkdir_with_parents(folder, FOLDER_MODE) == 0) {
        prompt->history = g_build_filename(folder, "shell_history", NULL);
        read_history(prompt->history);
    }
}

StuntPrompt *stunt_prompt_new(StuntShell *shell)
{
    StuntPrompt *prompt = g_new0(StuntPrompt, 1);

    prompt->shell = shell;
    the_prompt = prompt;
    rl_readline_name = "stunt";
    rl_catch_signals = 0; /* SIGINT is the session's */
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = " \t\n\"'`@$><=;|&{(+-*/%^#~,[]:.)}!?";
    rl_completer_quote_characters = "\"'";
    load_history(prompt);
    return prompt;
}

void stunt_prompt_free(StuntPrompt *prompt)
{
    if (prompt) {
        g_free(prompt->history);
        g_free(prompt);
        the_prompt = NULL;
    }
}

/* ---- a line -------------------------------------------------------------------------------------- */

/* Written at once: a killed session loses none. */
static void remember(const StuntPrompt *prompt, const char *line)
{
    HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;

    if (!*line || (last && g_str_equal(last->line, line))) {
        return;
    }
    add_history(line);
    if (prompt->history && append_history(1, prompt->history) == ENOENT) {
        write_history(prompt->history);
    }
}

/* Takes its handler away at once: the terminal is the guest's commands' until the next line. */
static void on_line(char *line)
{
    the_prompt->line = line;
    the_prompt->done = TRUE;
    rl_callback_handler_remove();
}

/* FALSE: SIGINT. */
static gboolean wait_for_key(StuntPrompt *prompt)
{
    struct pollfd ends[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                             { .fd = stunt_shell_break_fd(prompt->shell), .events = POLLIN } };

    while (poll(ends, G_N_ELEMENTS(ends), -1) < 0 && errno == EINTR) {
    }
    return !(ends[1].revents & POLLIN);
}

static StuntInput drop_line(StuntPrompt *prompt)
{
    rl_callback_handler_remove();
    rl_free_line_state();
    fputs("^C\n", rl_outstream);
    stunt_shell_take_break(prompt->shell);
    return STUNT_INPUT_BREAK;
}

StuntInput stunt_prompt_read(StuntPrompt *prompt, gboolean more, char **ret_line)
{
    g_autofree char *text = g_strdup_printf("%.9f%s ", (double)stunt_shell_now_ns(prompt->shell) / NS_PER_S,
                                            more ? ">>" : ">");

    prompt->done = FALSE;
    rl_callback_handler_install(text, on_line);
    while (!prompt->done) {
        if (!wait_for_key(prompt)) {
            return drop_line(prompt);
        }
        rl_callback_read_char();
    }
    if (!prompt->line) {
        fputs("\n", rl_outstream);
        return STUNT_INPUT_END;
    }
    remember(prompt, prompt->line);
    *ret_line = g_strdup(prompt->line);
    free(prompt->line);
    return STUNT_INPUT_LINE;
}
