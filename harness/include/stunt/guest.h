/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversation with the agent in the guest, over a StuntVm: commands, files, modules, kernel log.
 * Every call that waits takes a deadline in absolute virtual ns (0: none) and fails with
 * DEADLINE when it passes, GUEST when the guest panics, is off, or refuses; TIMEOUT on the wall-clock
 * backstop.
 */
#ifndef STUNT_GUEST_H
#define STUNT_GUEST_H

#include <glib.h>
#include "stunt/vm.h"

typedef struct StuntGuest StuntGuest;

StuntGuest *stunt_guest_new(StuntVm *vm); /* vm is borrowed, must outlive it */
void stunt_guest_free(StuntGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntGuest, stunt_guest_free)

/* Runs the machine until the agent says hello. */
gboolean stunt_guest_boot(StuntGuest *guest, guint64 deadline_ns, GError **error);
const char *stunt_guest_release(const StuntGuest *guest); /* kernel release, borrowed */

/* Called at every pause rule's stop, machine standing still; returns FALSE with error set to give up. */
typedef gboolean (*StuntPauseFunc)(StuntGuest *guest, guint rule_number, gpointer data, GError **error);
void stunt_guest_on_pause(StuntGuest *guest, StuntPauseFunc func, gpointer data);

/* Called at every forbid rule's stop; TRUE: it was meant to happen, the machine goes on. */
typedef gboolean (*StuntForbidFunc)(guint rule_number, gpointer data);
void stunt_guest_on_forbid(StuntGuest *guest, StuntForbidFunc func, gpointer data);

typedef struct {
    guint id;
    gboolean forgotten; /* started after the mark that was gone back to: it never was */
    gboolean done;
    int status; /* exit status; 256 + signal */
    GString *out, *err;
    guint64 start_ns, end_ns; /* virtual time */
} StuntCommand;

/*
 * Hands a command to the agent at its next question; does not run the machine. Owned by guest, and stays
 * there when it is forgotten; it can only be looked at then: wait and kill fail with INPUT.
 */
StuntCommand *stunt_guest_spawn(StuntGuest *guest, const char *const *argv, GError **error);
/* Errors: INPUT, when the command is a forgotten one. */
gboolean stunt_guest_check_known(const StuntCommand *command, GError **error);
/* Runs the machine until the command has ended. */
gboolean stunt_guest_wait(StuntGuest *guest, StuntCommand *command, guint64 deadline_ns, GError **error);
gboolean stunt_guest_kill(StuntGuest *guest, StuntCommand *command, int signal, GError **error);

/* ---- sleep --------------------------------------------------------------------------------------- */

typedef struct {
    StuntCommand *command; /* that put it to sleep */
    gboolean asleep;
    guint64 asleep_ns; /* virtual time at which it fell asleep */
} StuntGuestSleep;

/*
 * Starts a command that puts the guest to sleep, and runs the machine until it sleeps. Errors beside the usual: GUEST, with the
 * command's words and the kernel's, when the command has ended and it does not.
 */
gboolean stunt_guest_suspend(StuntGuest *guest, const char *const *argv, guint64 deadline_ns, GError **error);

/* What stunt_guest_suspend() began, until stunt_guest_awake() was called; NULL: nothing. The guest may have woken by now. */
const StuntGuestSleep *stunt_guest_sleeping(const StuntGuest *guest);

/* Its command has ended, and somebody was told. */
void stunt_guest_awake(StuntGuest *guest);

/* Lets the guest run for this long. */
gboolean stunt_guest_sleep(StuntGuest *guest, guint64 ns, GError **error);

/*
 * Lets the machine run, answering the agent, until it stops for anything else that it can go on from: PAUSE (the
 * pause function was called), DEADLINE, EVENT, BREAK. It is left standing there.
 */
gboolean stunt_guest_go(StuntGuest *guest, guint64 deadline_ns, StuntStopped *ret_why, GError **error);

/* Has the guest's random numbers follow from the seed, when it runs next. */
void stunt_guest_seed(StuntGuest *guest, guint64 seed);

gboolean stunt_guest_put(StuntGuest *guest, const char *path, gconstpointer data, gsize len, guint mode,
                         guint64 deadline_ns, GError **error);
GBytes *stunt_guest_get(StuntGuest *guest, const char *path, guint64 deadline_ns, GError **error);
/* Loads a module and what it depends on. MISSING when the image has no such module. */
gboolean stunt_guest_insmod(StuntGuest *guest, const char *module, const char *params, guint64 deadline_ns,
                            GError **error);
gboolean stunt_guest_rmmod(StuntGuest *guest, const char *module, guint64 deadline_ns, GError **error);

/*
 * Files and folders as they are now (LOOK in docs/reference/agent.md); paths ends with NULL. What cannot be read is
 * told in the text.
 */
char *stunt_guest_look(StuntGuest *guest, const char *const *paths, guint64 deadline_ns, GError **error);

/* Kills every process but the agent. FALSE in ret_quiet: at the deadline one was still there. */
gboolean stunt_guest_quiet(StuntGuest *guest, guint64 deadline_ns, gboolean *ret_quiet, GError **error);

/* Kernel log so far: one GPtrArray of StuntKmsg, borrowed. stunt_guest_sync() fetches the newest lines. */
typedef struct {
    guint level; /* 0 emergency … 7 debug */
    guint64 seq;
    guint64 time_us; /* the kernel's clock */
    char *text;
} StuntKmsg;
gboolean stunt_guest_sync(StuntGuest *guest, guint64 deadline_ns, GError **error);
/* The same, and what the kernel's taint is then (bits of /proc/sys/kernel/tainted). */
gboolean stunt_guest_taint(StuntGuest *guest, guint64 deadline_ns, guint64 *ret_taint, GError **error);
const GPtrArray *stunt_guest_kernel_log(const StuntGuest *guest);

/* ---- going back ---------------------------------------------------------------------------------- */

/* What is known of the guest at one moment: commands and their output, kernel log, what is to be said. */
typedef struct StuntGuestMark StuntGuestMark;

/* At the time of stunt_vm_snapshot(); not inside of a StuntPauseFunc. Free before the guest. */
StuntGuestMark *stunt_guest_mark(const StuntGuest *guest);
void stunt_guest_mark_free(StuntGuestMark *mark);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntGuestMark, stunt_guest_mark_free)

/*
 * After stunt_vm_rewind() to the snapshot taken with the mark. Commands are as they were then; those started
 * since are forgotten. A mark can be used many times, also one made on a way that was given up.
 */
void stunt_guest_rewind(StuntGuest *guest, const StuntGuestMark *mark);

/* Frees the commands that are forgotten, when nobody looks at one any more. */
void stunt_guest_drop_forgotten(StuntGuest *guest);

/*
 * What goes with a saved machine: kernel release, kernel log, the number of the next command. Only at a
 * question, with nothing under way.
 */
JsonNode *stunt_guest_to_json(const StuntGuest *guest);

/*
 * Into a new guest whose machine was loaded, in place of its boot. Errors: INPUT, when it is not what to_json
 * writes; the guest is unchanged then.
 */
gboolean stunt_guest_from_json(StuntGuest *guest, JsonNode *node, GError **error);

#endif
