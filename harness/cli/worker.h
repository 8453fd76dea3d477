/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios run in processes of their own: stunt itself, started again with a hidden command. A worker takes
 * one job after another from a socket, as long as the other end is open, and dies with its parent. A job is a
 * message with five anonymous files; what it says itself are messages of one line:
 *   "VIRTUAL_NS WHAT"  what it does just now
 *   "done"             the job's files are complete
 */
#ifndef STUNT_CLI_WORKER_H
#define STUNT_CLI_WORKER_H

#define STUNT_WORKER_COMMAND  "_worker"
#define STUNT_WORKER_DONE     "done"
#define STUNT_WORKER_TEXT_MAX 4096 /* bytes of a message */

/*
 * The worker's descriptors. The files are there while a job runs, the null device else; STUNT_WORKER_JOB
 * comes last and goes first, so that whoever looks through /proc sees files that belong together.
 */
enum {
    STUNT_WORKER_SOCKET = 3, /* SOCK_SEQPACKET */
    STUNT_WORKER_JOB = 4,    /* what to run: words as on a command line, each ended by a zero byte */
    STUNT_WORKER_RESULT = 5, /* result.json */
    STUNT_WORKER_EVENTS = 6, /* event log; grows while the scenario runs */
    STUNT_WORKER_KERNEL = 7, /* kernel log */
    STUNT_WORKER_GRID = 8,   /* grid.tsv; empty without cells */
    STUNT_WORKER_FILES = 5,  /* number of files of a job, in this order */
};

int stunt_worker_main(int argc, char **argv);

#endif
