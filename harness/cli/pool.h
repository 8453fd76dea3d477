/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's side of the workers: starting one, giving it jobs, hearing from it, ending it. */
#ifndef STUNT_CLI_POOL_H
#define STUNT_CLI_POOL_H

#include "collect.h"

typedef struct StuntWorker StuntWorker;

/* What is heard from a worker, in the default main context. data: as given to stunt_worker_new(). */
typedef struct {
    void (*progress)(const char *what, guint64 virtual_ns, gpointer data);
    void (*done)(gpointer data); /* the job's files are complete, the worker waits for the next */
    /*
     * The process is gone, and the worker can be freed. why: how it ended when that was not well, else NULL;
     * silent: it was ended because a job gave no sign of life.
     */
    void (*ended)(const char *why, gboolean silent, gpointer data);
} StuntWorkerCalls;

typedef struct {
    const char *config;  /* configuration file */
    guint verify_resets; /* see StuntStarterOptions */
    guint silence_ms;    /* so long may a job give no sign of life */
} StuntWorkerOptions;

/* Options and calls are borrowed and must outlive the worker. Errors: FAILED. */
StuntWorker *stunt_worker_new(const StuntWorkerOptions *options, const StuntWorkerCalls *calls, gpointer data,
                              GError **error);
void stunt_worker_free(StuntWorker *worker); /* after ended() */

/* Gives it a job; then either done() or ended() is called. The files stay the caller's. */
void stunt_worker_give(StuntWorker *worker, const StuntCollect *collect);

/* What it wrote to its standard outputs since the job was given. */
GBytes *stunt_worker_said(const StuntWorker *worker);

/* There are no more jobs: it ends by itself, and soon. ended() is still called. */
void stunt_worker_dismiss(StuntWorker *worker);
/* Ends it at once. ended() is still called. */
void stunt_worker_kill(StuntWorker *worker);

#endif
