/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came out of one scenario run: plain data, written and read as JSON. */
#ifndef STUNT_RESULT_H
#define STUNT_RESULT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include "stunt/finding.h"
#include "stunt/machine.h"

extern const char stunt_version[]; /* "0.1.0" */

typedef enum {
    STUNT_PASS,
    STUNT_FAIL,    /* the driver did not cope */
    STUNT_SKIP,    /* the scenario said why it does not apply */
    STUNT_INVALID, /* nothing was shown: a rule never fired, or the oracle could not look */
    STUNT_BROKEN,  /* ERROR: the bench broke, or the scenario is wrong */
} StuntStatus;

const char *stunt_status_name(StuntStatus status); /* "PASS" … "ERROR" */
gboolean stunt_status_parse(const char *name, StuntStatus *ret_status);

typedef struct {
    char *id;
    char *at, *action; /* "irq.raise", "drop" */
    gboolean armed;
    guint64 matched, fired;
    guint64 first_ns;  /* virtual time of the first firing, 0 without one */
    guint64 first_seq; /* number of the event that it fired on first */
} StuntRuleResult;

typedef struct {
    char *name; /* "dma/lost-interrupt" */
    StuntStatus status;
    char *reason; /* one line, "" for a pass */
    guint64 seed;
    guint64 wall_ms;
    guint64 virtual_ns; /* at the end of the run, since the machine's start */
    char *mode;         /* "deterministic" or "realtime" */
    char *kernel;       /* "6.1" */
    GPtrArray *rule;    /* StuntRuleResult * */
    GPtrArray *finding; /* StuntFinding *, of the health oracle */
    char *events;       /* path of the event log, "" when none was kept */
    char *replay;       /* the command that repeats the run */

    /* beyond the report: what replay and people need */
    char *file;         /* the scenario's file, absolute */
    char *detail;       /* several lines: last events, kernel's or QEMU's last lines; "" */
    char *release;      /* kernel release that the guest reported, "" if it never did */
    char *plan;         /* rules as armed, one a line */
    char *plan_name;    /* of the plan that it was run with (--plan), "" without one */
    char *plan_text;    /* its TOML */
    guint64 last_event; /* number of the last event when the verdict fell */
    char *start;        /* how it was started: "boot", "strict" or "turbo"; "" when it did not get that far */
    char *start_note;   /* why not as it was asked for; "": as it was */
    char *start_warning; /* trouble that was got around, with templates or processes; "" normally */
    StuntSwitch iommu;  /* as the run asked for */
    char *bug;          /* planted in the driver, "" normally */
    char *not_unloaded; /* why the modules were not unloaded at the end, "" when they were */
    guint64 rewinds;    /* how often the script had gone back by then: numbers repeat */
    guint64 cells, bad_cells; /* of its grid: all, and those that are not good */
    GBytes *grid;       /* the grid itself as in grid.tsv (stunt/grid.h), NULL without cells; a file of its own, not part of the JSON */
} StuntResult;

StuntResult *stunt_result_new(const char *name, const char *file); /* PASS, all strings "", never NULL */
void stunt_result_free(StuntResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntResult, stunt_result_free)

/* Replaces *string by a copy of value, made valid UTF-8: a guest may say anything. */
void stunt_result_set(char **string, const char *value);
void stunt_result_add_rule(StuntResult *result, const StuntRuleResult *rule); /* copies; NULL strings are "" */

/* Counts for the last line and the exit code. */
typedef struct {
    guint passed, failed, skipped; /* failed: FAIL, INVALID and ERROR */
    gboolean any_fail, any_broken; /* a FAIL; an INVALID or ERROR */
} StuntTally;
void stunt_tally_add(StuntTally *tally, const StuntResult *result);
char *stunt_tally_text(const StuntTally *tally); /* "3 passed, 1 failed, 1 skipped"; free with g_free */
int stunt_tally_exit_code(const StuntTally *tally);

/* The object of the report format, exactly these fields. Node is the caller's. */
JsonNode *stunt_result_to_json(const StuntResult *result);
/* The same and all that is kept beside it, as in the results folder's result.json. */
JsonNode *stunt_result_to_full_json(const StuntResult *result);
/* Reads what stunt_result_to_full_json() made. Errors: INPUT. */
StuntResult *stunt_result_from_json(JsonNode *node, GError **error);

/* Pretty-printed, newline at the end. Free with g_free. */
char *stunt_json_to_text(JsonNode *node);

#endif
