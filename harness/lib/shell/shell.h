/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of a session: its life (shell.c), SIGINT (interrupt.c), its functions (bind-shell.c). */
#ifndef STUNT_LIB_SHELL_SHELL_H
#define STUNT_LIB_SHELL_SHELL_H

#include "lib/scenario/runtime.h"
#include "lib/shell/complete.h"
#include "stunt/shell.h"

#define STUNT_SHELL_START "start" /* the bookmark that every session begins with */

struct StuntShell {
    const StuntShellOptions *options;
    StuntRuntime *runtime; /* while the session lasts */
    GString *pending;      /* lines that are not a whole yet */
    guint line, first;     /* numbers of the line last read, and of the first pending one */
    gboolean quit;
    int status;
    gsize told_event, events; /* the event that the last step told, and how many there were then */
    gint64 began_us; /* the statement that runs; 0: none does */
    gboolean told;   /* its progress is on the screen */
};

/* The session that a Lua state belongs to. */
StuntShell *stunt_shell_of(lua_State *L);

/* Functions of the prompt, as the bindings of scenarios are. */
extern const StuntBinding stunt_binding_shell;

/* step(), see step.c. */
int stunt_shell_step(lua_State *L);
int stunt_shell_go(lua_State *L);
/* help(), see help.c. */
int stunt_shell_help(lua_State *L);
GPtrArray *stunt_shell_function_names(void); /* of scenarios and of the prompt; char *, with free function */

/* The devices' side of the link is always there, and rarely of interest: its own events and its rendezvous. */
gboolean stunt_shell_is_noise(const StuntRuntime *runtime, const struct stunt_event *event);

/*
 * From here on SIGINT stops the machine or the script, and no longer the process. One session at a time. FALSE when
 * there is no descriptor.
 */
gboolean stunt_interrupt_open(StuntRuntime *runtime);
void stunt_interrupt_close(void);
gboolean stunt_interrupt_take(void); /* whether one came since; forgets it, also for machine and script */
int stunt_interrupt_fd(void);

#endif
