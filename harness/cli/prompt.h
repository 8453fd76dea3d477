/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal of stunt shell: editing, history, completion, by GNU readline. */
#ifndef STUNT_CLI_PROMPT_H
#define STUNT_CLI_PROMPT_H

#include "stunt/shell.h"

typedef struct StuntPrompt StuntPrompt;

/* One at a time. The history is kept in ${XDG_STATE_HOME:-~/.local/state}/stunt/shell_history; without it, none is. */
StuntPrompt *stunt_prompt_new(StuntShell *shell);
void stunt_prompt_free(StuntPrompt *prompt);

/* As StuntShellOptions.read. Ctrl-C drops the line. */
StuntInput stunt_prompt_read(StuntPrompt *prompt, gboolean more, char **ret_line);

#endif
