/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt describe --live */
#include <stdio.h>

#include "live.h"
#include "stunt/error.h"
#include "stunt/live.h"

#define LOOK_NS (10 * G_GUINT64_CONSTANT(1000000000)) /* virtual time that a guest may take to describe itself */
#define SEED    1

typedef struct {
    const StuntBench *bench;
    const StuntLiveOptions *options;
    const StuntScenario *scenario;
    StuntLive *live; /* NULL: no look was possible, see error */
    GError *error;
} Look;

static void look(StuntGuest *guest, StuntVm *vm, gpointer data)
{
    Look *look_at = data;
    const StuntScenario *scenario = look_at->scenario;
    g_autofree char *title = g_strdup_printf("%s %s", *scenario->file ? "machine of" : "machine with",
                                             *scenario->file ? scenario->name : "one device of each type");
    g_autofree char *moment = g_strconcat(title, look_at->options->at_end ? " at its end" : "", NULL);

    look_at->live = stunt_live_look(guest, vm, look_at->bench->spec, scenario->device, moment,
                                    stunt_vm_now_ns(vm) + LOOK_NS, &look_at->error);
}

/* ---- at the beginning ---------------------------------------------------------------------------- */

static gboolean start_and_look(Look *look_at, StuntStarter *starter, GError **error)
{
    const StuntSetup *setup = look_at->bench->setup;
    const char *wanted = look_at->options->kernel ? look_at->options->kernel : look_at->scenario->kernel;
    g_autoptr(StuntKernel) kernel = stunt_setup_find_kernel(setup, wanted, error);
    g_autoptr(StuntMachine) machine = kernel ? stunt_setup_machine(setup, kernel) : NULL;
    StuntReady ready = { 0 };
    gboolean good;

    if (!machine) {
        return FALSE;
    }
    stunt_scenario_shape(look_at->scenario, machine);
    good = stunt_starter_start(starter,
                               &(StuntStartRequest){ .kind = STUNT_START_STRICT,
                                                     .machine = machine,
                                                     .module = look_at->scenario->module,
                                                     .seed = SEED },
                               &ready, error);
    if (good) {
        look(ready.guest, ready.vm, look_at);
    }
    stunt_starter_release(starter, &ready);
    return good;
}

/* ---- at the end ---------------------------------------------------------------------------------- */

/* The verdict is no matter of this command, but what is shown may be what it speaks of. */
static void tell_verdict(const StuntResult *result)
{
    if (result->status != STUNT_PASS) {
        fprintf(stderr, "stunt: the scenario's verdict: %s: %s\n", stunt_status_name(result->status), result->reason);
    }
}

static gboolean run_and_look(Look *look_at, StuntStarter *starter, GError **error)
{
    StuntRunRequest request = {
        .setup = look_at->bench->setup,
        .spec = look_at->bench->spec,
        .name = look_at->scenario->name,
        .file = look_at->scenario->file,
        .starter = starter,
        .start = STUNT_START_STRICT,
        .kernel = look_at->options->kernel,
        .seed = SEED,
        .ended = look,
        .data = look_at,
    };
    GBytes *events, *kernel_log;
    StuntResult *result = stunt_scenario_run(&request, &events, &kernel_log);
    gboolean looked = look_at->live || look_at->error;

    if (looked) {
        tell_verdict(result);
    } else {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "the scenario did not come to its end: %s",
                    result->reason);
    }
    stunt_result_free(result);
    g_bytes_unref(events);
    g_bytes_unref(kernel_log);
    return looked;
}

/* ---- both ---------------------------------------------------------------------------------------- */

static int show(const Look *look_at)
{
    g_autofree char *text =
        look_at->options->json ? stunt_live_json(look_at->live) : stunt_live_text(look_at->live);

    fputs(text, stdout);
    return look_at->live->differences ? STUNT_EXIT_FAIL : STUNT_EXIT_OK;
}

static int describe(const StuntBench *bench, const StuntScenario *scenario, const StuntLiveOptions *options)
{
    g_autoptr(StuntStarter) starter = stunt_starter_new(&(StuntStarterOptions){ .no_spare = TRUE });
    Look look_at = { .bench = bench, .options = options, .scenario = scenario };
    gboolean good = options->at_end ? run_and_look(&look_at, starter, &look_at.error)
                                    : start_and_look(&look_at, starter, &look_at.error);
    int status;

    if (!good || !look_at.live) {
        return stunt_cli_fail(look_at.error);
    }
    status = show(&look_at);
    stunt_live_free(look_at.live);
    return status;
}

int stunt_cli_live(const StuntBench *bench, const StuntScenarioFile *file, const StuntLiveOptions *options)
{
    GError *error = NULL;
    g_autoptr(StuntScenario) scenario =
        file ? stunt_scenario_load(bench->setup, bench->spec, file->name, file->file, &error)
             : stunt_scenario_one_of_each(bench->spec);

    return scenario ? describe(bench, scenario, options) : stunt_cli_fail(error);
}
