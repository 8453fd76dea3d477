/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One scenario run in a process of its own: stunt itself, started again with a hidden command. It hands back
 * result and logs in anonymous files, so that a killed run leaves nothing behind, and dies with its parent.
 */
#ifndef STUNT_CLI_WORKER_H
#define STUNT_CLI_WORKER_H

#define STUNT_WORKER_COMMAND "_worker"

/* Descriptors that the worker finds open. */
enum {
    STUNT_WORKER_RESULT = 3, /* result.json, complete when the worker exits with 0 */
    STUNT_WORKER_EVENTS = 4, /* event log; grows while the scenario runs */
    STUNT_WORKER_KERNEL = 5, /* kernel log */
    STUNT_WORKER_PROGRESS = 6, /* pipe: a line "VIRTUAL_NS WHAT" now and then */
};

int stunt_worker_main(int argc, char **argv);

#endif
