/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A supervised child: in its own process group, killed by the kernel when this process dies, however it dies.
 * (Exactly: when the thread that started it ends. Start children from a thread that lives as long.)
 */
#ifndef STUNT_VM_PROCESS_H
#define STUNT_VM_PROCESS_H

#include <glib.h>
#include <sys/types.h>

typedef struct StuntProcess StuntProcess;

/*
 * Starts argv (argv[0]: path) with an environment of what QEMU needs. It inherits the n descriptors of
 * `fds` as 3, 4, …, which stay ours; stdin is empty, stdout and stderr are kept for the error message.
 * Errors: QEMU, FAILED.
 */
StuntProcess *stunt_process_new(const char *const *argv, const int *fds, guint n, GError **error);

/* Kills it if it still runs, and waits for it. */
void stunt_process_free(StuntProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntProcess, stunt_process_free)

pid_t stunt_process_pid(const StuntProcess *process);
gboolean stunt_process_exited(const StuntProcess *process);

/* The time that processors have spent on it and its threads; 0 when it has ended. */
guint64 stunt_process_cpu_ms(const StuntProcess *process);

/* "ended with exit status 1", "was killed by signal 11 (Segmentation fault)", "runs". Free with g_free. */
char *stunt_process_state_text(const StuntProcess *process);

/* Its last output. Free with g_free. */
char *stunt_process_output(StuntProcess *process);

#endif
