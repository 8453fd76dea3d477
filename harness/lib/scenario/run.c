/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One scenario from the file to the result: a machine that stands ready, script, rules, oracle, verdict. */
#include <string.h>

#include "lib/plan/plan.h"
#include "lib/scenario/bindings.h"
#include "lib/scenario/cell.h"
#include "lib/scenario/hang.h"
#include "lib/scenario/health.h"
#include "lib/scenario/rules.h"
#include "lib/scenario/snapshot.h"
#include "lib/scenario/variant.h"
#include "stunt/oracle.h"

#define US_PER_S 1000000

typedef struct {
    const StuntRunRequest *request;
    StuntRuntime *runtime;
    StuntMachine *machine;
    StuntReady ready;
    StuntOracle *oracle;
    StuntStarter *starter;
    StuntPlan *plan; /* or NULL */
    char *modules; /* where those of the guest's kernel were built, or NULL */
} Run;

/* ---- getting ready ------------------------------------------------------------------------------- */

void stunt_scenario_shape(const StuntScenario *scenario, StuntMachine *machine)
{
    machine->memory_mib = scenario->memory_mib;
    machine->vcpus = scenario->vcpus;
    machine->realtime = scenario->realtime;
    machine->cmdline = g_strdup(scenario->cmdline);
    machine->iommu = scenario->iommu == STUNT_ON;
    for (guint i = 0; i < scenario->chardev->len; i++) {
        g_ptr_array_add(machine->option, g_strdup("-chardev"));
        g_ptr_array_add(machine->option, g_strdup(scenario->chardev->pdata[i]));
    }
    for (guint i = 0; i < scenario->device->len; i++) {
        stunt_device_defs_copy(machine->device, scenario->device->pdata[i]);
    }
}

static void shape_machine(Run *run)
{
    StuntMachine *machine = run->machine;

    stunt_scenario_shape(run->runtime->scenario, machine);
    machine->console = g_strdup(run->request->console);
    machine->gdb = g_strdup(run->request->gdb);
    machine->stop_at_event = run->request->stop_after_rewinds ? 0 : run->request->stop_at_event;
    if (run->request->wall_limit_ms) {
        machine->wall_limit_ms = run->request->wall_limit_ms;
    }
}

/* FALSE: the scenario needs it otherwise, and is skipped. */
static gboolean choose_iommu(Run *run)
{
    StuntSwitch needed = run->runtime->scenario->iommu, wanted = run->request->iommu;

    if (needed != STUNT_UNSAID && wanted != STUNT_UNSAID && needed != wanted) {
        stunt_runtime_judge(run->runtime, STUNT_SKIP,
                            needed == STUNT_ON ? "it needs an IOMMU" : "it needs a machine without an IOMMU");
        return FALSE;
    }
    run->machine->iommu = run->runtime->iommu = needed == STUNT_ON || wanted == STUNT_ON;
    return TRUE;
}

static gboolean make_machine(Run *run, StuntResult *result, GError **error)
{
    const char *wanted = run->request->kernel ? run->request->kernel : run->runtime->scenario->kernel;
    g_autoptr(StuntKernel) kernel = stunt_setup_find_kernel(run->request->setup, wanted, error);

    if (!kernel) {
        return FALSE;
    }
    if (run->request->bug) {
        run->runtime->bug = stunt_setup_find_bug(run->request->setup, run->request->bug, error);
        if (!run->runtime->bug) {
            return FALSE;
        }
    }
    run->machine = stunt_setup_machine(run->request->setup, kernel);
    run->modules = g_strdup(kernel->modules);
    shape_machine(run);
    stunt_result_set(&result->kernel, kernel->name);
    result->iommu = run->request->iommu;
    stunt_result_set(&result->mode, run->machine->realtime ? "realtime" : "deterministic");
    return TRUE;
}

static gboolean make_oracle(Run *run, GError **error)
{
    const StuntScenario *scenario = run->runtime->scenario;

    run->oracle = stunt_oracle_new();
    stunt_oracle_set_modules(run->oracle, run->modules, run->runtime->bug != NULL);
    for (guint i = 0; i < scenario->allow->len; i++) {
        if (!stunt_oracle_allow(run->oracle, scenario->allow->pdata[i], error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < scenario->expect->len; i++) {
        const StuntExpectedFinding *expected = scenario->expect->pdata[i];

        if (!stunt_oracle_expect(run->oracle, expected->kind, expected->pattern, expected->count, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < scenario->misuse->len; i++) {
        const StuntMisuseAllowance *allowance = scenario->misuse->pdata[i];

        stunt_oracle_allow_misuse(run->oracle, allowance->device, allowance->count);
    }
    return TRUE;
}

static void on_start_progress(const char *what, gpointer data)
{
    stunt_runtime_progress(data, what);
}

static GPtrArray *modules_of(Run *run)
{
    const GPtrArray *declared = run->runtime->scenario->module;
    GPtrArray *modules = stunt_modules_new();

    for (guint i = 0; i < declared->len; i++) {
        const StuntModule *module = declared->pdata[i];

        stunt_variant_add(run->runtime, modules, module->name, module->params);
    }
    return modules;
}

static gboolean start_with(Run *run, StuntStarter *starter, GError **error)
{
    g_autoptr(GPtrArray) modules = modules_of(run);
    StuntStartRequest request = {
        .kind = run->request->start,
        .machine = run->machine,
        .module = modules,
        .seed = run->request->seed,
        .progress = on_start_progress,
        .data = run->runtime,
    };

    return stunt_starter_start(starter, &request, &run->ready, error);
}

static gboolean make_settings(Run *run, GError **error)
{
    const GPtrArray *devices = run->runtime->scenario->device;

    for (guint i = 0; i < devices->len; i++) {
        const StuntDeviceDef *device = devices->pdata[i];

        for (guint k = 0; k < device->setting->len; k++) {
            const StuntSetting *setting = device->setting->pdata[k];

            if (!stunt_vm_qom_set(run->ready.vm, device->name, setting->property,
                                  json_node_copy(setting->value), error)) {
                g_prefix_error(error, "machine: %s: ", device->name);
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* FALSE: the plan is wrong, or the scenario is skipped. */
static gboolean read_plan(Run *run)
{
    const StuntRunRequest *request = run->request;
    const char *lacks = NULL;
    GError *error = NULL;

    if (request->plan_text) {
        run->plan = stunt_plan_parse(request->plan_name, request->plan_text, &error);
        if (!run->plan) {
            stunt_runtime_judge_error(run->runtime, NULL, error);
            return FALSE;
        }
        lacks = stunt_plan_lacks(run->plan, run->runtime->scenario->device);
    }
    if (lacks) {
        g_autofree char *reason = g_strdup_printf("its machine has no %s, which the plan breaks", lacks);

        stunt_runtime_judge(run->runtime, STUNT_SKIP, reason);
    }
    return !lacks;
}

static gboolean arm_plan(Run *run, GError **error)
{
    StuntRuntime *runtime = run->runtime;

    for (guint i = 0; run->plan && i < run->plan->rule->len; i++) {
        const StuntPlanRule *rule = run->plan->rule->pdata[i];
        const StuntDeviceDef *def = stunt_runtime_device(runtime, rule->device);
        const StuntDevice device = { def->name, stunt_spec_device(runtime->spec, def->type) };
        g_autofree char *text =
            stunt_plan_rule_text(run->plan, rule, device.spec, stunt_vm_now_ns(run->ready.vm), error);
        StuntRule *armed;

        if (!text) {
            return FALSE;
        }
        g_string_assign(runtime->text, text);
        armed = stunt_rules_arm(runtime, &device, rule->id, error);
        if (!armed) {
            g_prefix_error(error, "%s:%u:%u: ", run->plan->name, rule->line, rule->column);
            return FALSE;
        }
        armed->optional = rule->optional;
    }
    return TRUE;
}

/* What there is of the machine is handed on also when it did not come to its ready point. */
static gboolean start(Run *run, GError **error)
{
    gboolean good = start_with(run, run->starter, error);

    run->runtime->vm = run->ready.vm;
    run->runtime->guest = run->ready.guest;
    run->runtime->timeline = run->ready.timeline;
    run->runtime->oracle = run->oracle;
    if (good) {
        stunt_guest_on_pause(run->ready.guest, stunt_rules_on_pause, run->runtime);
        stunt_guest_on_forbid(run->ready.guest, stunt_rules_on_forbid, run->runtime);
        stunt_oracle_set_baseline(run->oracle, &run->ready.baseline);
    }
    return good && make_settings(run, error) && arm_plan(run, error);
}

/* ---- the script and what comes after ------------------------------------------------------------- */

static void run_script(Run *run)
{
    StuntRuntime *runtime = run->runtime;
    lua_State *L = runtime->sandbox.L;

    runtime->deadline_ns = stunt_vm_now_ns(run->ready.vm) + runtime->scenario->deadline_ns;
    stunt_runtime_progress(runtime, "running");
    if (run->request->session) {
        run->request->session(runtime, run->request->data);
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, runtime->run);
    stunt_bridge_push_object(L, &stunt_binding_vm, 1);
    stunt_runtime_call(runtime, 1);
}

/* A timeline with holes proves nothing, and would not be the same in another run. */
static void judge_completeness(Run *run)
{
    guint64 lost = run->ready.vm ? stunt_vm_events_lost(run->ready.vm) : 0;
    g_autofree char *reason = NULL;

    if (lost) {
        reason = g_strdup_printf("%" G_GUINT64_FORMAT " events were lost: the event ring was full", lost);
        stunt_runtime_judge(run->runtime, STUNT_INVALID, reason);
    }
}

/* The rules after the oracle's looking, which lets the machine go on: a late firing counts. Then nothing breaks any more,
 * and the driver can be sent away. */
static void judge(Run *run, StuntResult *result)
{
    StuntRuntime *runtime = run->runtime;
    gboolean fallen;
    GError *error = NULL;

    stunt_cells_judge(runtime);
    fallen = runtime->judged;
    if (!fallen) {
        stunt_health_judge(runtime);
        stunt_variant_judge(runtime);
    }
    if (!stunt_rules_judge(runtime, result, &error)) {
        stunt_runtime_judge_error(runtime, NULL, error);
    }
    stunt_health_unload(runtime);
    stunt_health_judge_expected(runtime);
    judge_completeness(run);
    if (fallen && runtime->status == STUNT_FAIL) {
        stunt_health_autopsy(runtime);
        stunt_hang_examine(runtime);
    }
}

/* From the machine to the verdict. */
static void go(Run *run, StuntResult *result)
{
    GError *error = NULL;

    if (!make_machine(run, result, &error) || !make_oracle(run, &error)) {
        stunt_runtime_judge_error(run->runtime, NULL, error);
    } else if (!read_plan(run) || !choose_iommu(run)) {
        return;
    } else if (!start(run, &error)) {
        stunt_runtime_judge_error(run->runtime, NULL, error);
    } else {
        run_script(run);
        if (run->request->session) {
            return;
        }
        if (run->request->ended) {
            run->request->ended(run->ready.guest, run->ready.vm, run->request->data);
        }
        stunt_runtime_progress(run->runtime, "judging");
        if (!run->runtime->judged || run->runtime->status != STUNT_SKIP) {
            judge(run, result);
        }
    }
    if (run->ready.vm && stunt_vm_stopped(run->ready.vm) == STUNT_STOPPED_EVENT && run->request->stopped) {
        run->request->stopped(run->ready.timeline, run->request->data);
    }
}

/* ---- the result ---------------------------------------------------------------------------------- */

/* A scenario may say that another verdict than PASS is right: it shows the bench itself at work. */
static void apply_expected(const StuntRuntime *runtime, StuntResult *result)
{
    StuntStatus expected = runtime->scenario->verdict;
    g_autofree char *reason = NULL;

    if (expected == STUNT_PASS || result->status == STUNT_SKIP) {
        return;
    }
    if (result->status == expected && runtime->unproved) {
        result->status = STUNT_INVALID;
        stunt_result_set(&result->reason, runtime->unproved);
    } else if (result->status == expected) {
        result->status = STUNT_PASS;
        stunt_result_set(&result->detail, "");
        stunt_result_set(&result->reason, "");
    } else if (result->status != STUNT_BROKEN) {
        reason =
            g_strdup_printf("the verdict should be %s, it is %s%s%s", stunt_status_name(expected),
                            stunt_status_name(result->status), *result->reason ? ": " : "", result->reason);
        result->status = STUNT_FAIL;
        stunt_result_set(&result->reason, reason);
    }
}

static void fill_result(const Run *run, StuntResult *result)
{
    const StuntRuntime *runtime = run->runtime;
    g_autoptr(GString) plan = g_string_new(NULL);

    for (guint i = 0; i < runtime->all_rules->len; i++) {
        g_string_append_printf(plan, "%s\n", ((StuntRule *)runtime->all_rules->pdata[i])->text);
    }
    stunt_result_set(&result->plan, plan->str);
    g_ptr_array_unref(result->finding);
    result->finding = g_ptr_array_ref(runtime->finding);
    result->cells = runtime->grid->cell->len;
    result->bad_cells = runtime->grid->bad;
    if (result->cells) {
        char *grid = stunt_grid_to_tsv(runtime->grid);

        result->grid = g_bytes_new_take(grid, strlen(grid));
    }
    if (runtime->judged) {
        result->status = runtime->status;
        stunt_result_set(&result->reason, runtime->reason);
        stunt_result_set(&result->detail, runtime->detail);
    }
    apply_expected(runtime, result);
    result->last_event = runtime->last_event;
    stunt_result_set(&result->not_unloaded, runtime->not_unloaded);
    result->rewinds = runtime->judged ? runtime->last_rewinds : runtime->rewinds;
    stunt_result_set(&result->start_note, run->ready.note ? run->ready.note : "");
    stunt_result_set(&result->start_warning, run->ready.warning ? run->ready.warning : "");
    if (run->ready.vm) {
        stunt_result_set(&result->start, stunt_start_kind_name(run->ready.kind));
    }
    if (run->ready.guest) {
        stunt_result_set(&result->release, stunt_guest_release(run->ready.guest));
        result->virtual_ns = stunt_vm_now_ns(run->ready.vm);
    }
    if (!runtime->judged && run->ready.timeline) {
        result->last_event = stunt_timeline_last_seq(run->ready.timeline);
    }
}

static GBytes *kernel_log_text(const Run *run)
{
    const GPtrArray *log = run->ready.guest ? stunt_guest_kernel_log(run->ready.guest) : NULL;
    GString *text = g_string_new(NULL);

    for (guint i = 0; log && i < log->len; i++) {
        const StuntKmsg *line = log->pdata[i];

        g_string_append_printf(text, "<%u>[%5" G_GUINT64_FORMAT ".%06u] %s\n", line->level,
                               line->time_us / US_PER_S, (guint)(line->time_us % US_PER_S), line->text);
    }
    return g_string_free_to_bytes(text);
}

static GBytes *events_text(const Run *run)
{
    gsize len = 0;
    char *text = run->ready.timeline ? stunt_timeline_to_text(run->ready.timeline, &len) : NULL;

    return g_bytes_new_take(text, len);
}

static void clear(Run *run)
{
    if (run->ready.vm) {
        stunt_snapshot_drop_all(run->runtime, NULL); /* one that refuses is not used again */
    }
    stunt_runtime_free(run->runtime);
    stunt_starter_release(run->starter, &run->ready);
    if (!run->request->starter) {
        stunt_starter_free(run->starter);
    }
    stunt_machine_free(run->machine);
    stunt_plan_free(run->plan);
    stunt_oracle_free(run->oracle);
    g_free(run->modules);
}

StuntResult *stunt_scenario_run(const StuntRunRequest *request, GBytes **ret_events, GBytes **ret_kernel_log)
{
    StuntResult *result = stunt_result_new(request->name, request->file);
    gint64 start_us = g_get_monotonic_time();
    Run run = { .request = request, .starter = request->starter };
    g_autoptr(GError) error = NULL;

    result->seed = request->seed;
    stunt_result_set(&result->bug, request->bug ? request->bug : "");
    stunt_result_set(&result->plan_name, request->plan_text ? request->plan_name : "");
    stunt_result_set(&result->plan_text, request->plan_text ? request->plan_text : "");
    if (!run.starter) {
        run.starter = stunt_starter_new(&(StuntStarterOptions){ 0 });
    }
    run.runtime =
        stunt_runtime_new(request->setup, request->spec, request, request->name, request->file, &error);
    if (run.runtime) {
        go(&run, result);
        fill_result(&run, result);
    } else {
        result->status = STUNT_BROKEN;
        stunt_result_set(&result->reason, error->message);
    }
    *ret_events = events_text(&run);
    *ret_kernel_log = kernel_log_text(&run);
    clear(&run);
    result->wall_ms = (g_get_monotonic_time() - start_us) / 1000;
    return result;
}
