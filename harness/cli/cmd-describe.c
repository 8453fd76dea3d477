/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt describe: scenarios, devices, event classes, actions, kinds of findings, the scripting interface, from files alone; --live: a
 * running machine.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/fault.h"
#include "live.h"
#include "stunt/error.h"

/* ---- devices ------------------------------------------------------------------------------------- */

static void print_register(const StuntSpecRegister *reg)
{
    g_autofree char *name =
        reg->count > 1 ? g_strdup_printf("%s[%u]", reg->name, reg->count) : g_strdup(reg->name);

    printf("  0x%04x  %-18s reset 0x%08x  %s\n", reg->offset, name, reg->reset, reg->doc);
    for (guint i = 0; i < reg->field->len; i++) {
        const StuntSpecName *field = reg->field->pdata[i];

        printf("            .%-16s mask  0x%08x  %s\n", field->name, (guint)field->value, field->doc);
    }
}

static void print_device(const StuntSpecDevice *device)
{
    printf("device %s: %s\n\nregisters:\n", device->name, device->title);
    for (guint i = 0; i < device->reg->len; i++) {
        print_register(device->reg->pdata[i]);
    }
    printf("\nvectors:\n");
    for (guint i = 0; i < device->vector->len; i++) {
        const StuntSpecName *vector = device->vector->pdata[i];

        printf("  %2u  %s\n", (guint)vector->value, vector->name);
    }
    for (guint i = 0; i < device->enums->len; i++) {
        const StuntSpecEnum *one = device->enums->pdata[i];

        printf("\n%s:\n", one->name);
        for (guint k = 0; k < one->value->len; k++) {
            const StuntSpecName *value = one->value->pdata[k];

            printf("  %2" G_GUINT64_FORMAT "  %s\n", value->value, value->name);
        }
    }
}

/* ---- event classes and actions ------------------------------------------------------------------- */

static void print_class(const struct stunt_class_info *info)
{
    printf("event class %s: %s\n\nfields:", info->name, info->doc);
    for (guint i = 0; i < info->n_fields; i++) {
        printf(" %s", info->field[i]);
    }
    printf("\nactions:");
    for (size_t i = 0; i < stunt_n_actions; i++) {
        if (stunt_actions[i].classes & (G_GUINT64_CONSTANT(1) << info->id)) {
            printf(" %s", stunt_actions[i].name);
        }
    }
    printf("\n");
}

static void print_action(const struct stunt_action_info *action)
{
    printf("action %s: %s\n\nparameters:", action->name, action->doc);
    for (guint i = 0; i < action->n_params; i++) {
        printf(" %s (%" G_GUINT64_FORMAT ")", action->param[i], action->def[i]);
    }
    printf("%s\napplies to:", action->n_params ? "" : " none");
    for (size_t i = 0; i < stunt_n_classes; i++) {
        if (action->classes & (G_GUINT64_CONSTANT(1) << stunt_classes[i].id)) {
            printf(" %s", stunt_classes[i].name);
        }
    }
    printf("\n");
}

/* ---- scenarios ----------------------------------------------------------------------------------- */

static void print_machine(const StuntScenario *scenario)
{
    printf("machine:\n");
    for (guint i = 0; i < scenario->device->len; i++) {
        const StuntDeviceDef *device = scenario->device->pdata[i];

        printf("  %s: %s%s%s\n", device->name, device->type, device->props ? ", " : "",
               device->props ? device->props : "");
        for (guint k = 0; k < device->setting->len; k++) {
            const StuntSetting *setting = device->setting->pdata[k];
            g_autofree char *value = json_to_string(setting->value, FALSE);

            printf("  %s.%s: %s\n", device->name, setting->property, value);
        }
    }
    printf("  memory: %u MiB\n", scenario->memory_mib);
    if (scenario->kernel) {
        printf("  kernel: %s\n", scenario->kernel);
    }
    if (scenario->cmdline) {
        printf("  cmdline: %s\n", scenario->cmdline);
    }
    if (scenario->iommu) {
        printf("  iommu: %s\n", stunt_switch_name(scenario->iommu));
    }
    if (scenario->realtime) {
        printf("  real time, %u processors: not repeatable\n", scenario->vcpus);
    }
}

static void print_expected(const StuntScenario *scenario)
{
    for (guint i = 0; i < scenario->expect->len; i++) {
        const StuntExpectedFinding *expected = scenario->expect->pdata[i];
        g_autofree char *count =
            expected->count < 0 ? g_strdup("any number") : g_strdup_printf("%" G_GINT64_FORMAT, expected->count);

        printf("expected finding: %s%s%s%s, %s\n", expected->kind ? expected->kind : "any kind",
               expected->pattern ? " '" : "", expected->pattern ? expected->pattern : "",
               expected->pattern ? "'" : "", count);
    }
}

static void print_scenario(const StuntScenario *scenario)
{
    g_autofree char *deadline = stunt_time_format(scenario->deadline_ns);

    printf("scenario %s: %s\n\nfile: %s\n", scenario->name, scenario->summary, scenario->file);
    print_machine(scenario);
    for (guint i = 0; i < scenario->module->len; i++) {
        const StuntModule *module = scenario->module->pdata[i];

        printf("module: %s%s%s\n", module->name, *module->params ? " " : "", module->params);
    }
    printf("deadline: %s\n", deadline);
    for (guint i = 0; i < scenario->allow->len; i++) {
        printf("allowed in the kernel log: %s\n", (char *)scenario->allow->pdata[i]);
    }
    print_expected(scenario);
    for (guint i = 0; i < scenario->misuse->len; i++) {
        const StuntMisuseAllowance *allowance = scenario->misuse->pdata[i];

        if (allowance->count < 0) {
            printf("expected misuse: %s, any number\n", allowance->device);
        } else {
            printf("expected misuse: %s, %" G_GINT64_FORMAT "\n", allowance->device, allowance->count);
        }
    }
    if (scenario->verdict != STUNT_PASS) {
        printf("right verdict: %s\n", stunt_status_name(scenario->verdict));
    }
}

static int describe_scenario(const StuntBench *bench, const StuntScenarioFile *file)
{
    GError *error = NULL;
    g_autoptr(StuntScenario) scenario =
        stunt_scenario_load(bench->setup, bench->spec, file->name, file->file, &error);

    if (!scenario) {
        return stunt_cli_fail(error);
    }
    print_scenario(scenario);
    return STUNT_EXIT_OK;
}

/* ---- choosing ------------------------------------------------------------------------------------ */

static int overview(const StuntBench *bench)
{
    printf("devices:\n");
    for (guint i = 0; i < bench->spec->device->len; i++) {
        const StuntSpecDevice *device = bench->spec->device->pdata[i];

        printf("  %-14s  %s\n", device->name, device->title);
    }
    printf("\nevent classes:\n");
    for (size_t i = 0; i < stunt_n_classes; i++) {
        printf("  %-14s  %s\n", stunt_classes[i].name, stunt_classes[i].doc);
    }
    printf("\nactions:\n");
    for (size_t i = 0; i < stunt_n_actions; i++) {
        printf("  %-14s  %s\n", stunt_actions[i].name, stunt_actions[i].doc);
    }
    printf("\nkinds of findings of the health oracle:\n");
    for (const StuntKind *kind = stunt_kinds; kind->name; kind++) {
        printf("  %-15s %s\n", kind->name, kind->doc);
    }
    printf("\n'stunt describe NAME' tells more of one, and of a scenario or a function of\n"
           "the scripting interface (vm:run).\n");
    return STUNT_EXIT_OK;
}

static void add_all(GPtrArray *names, const GPtrArray *more)
{
    for (guint i = 0; i < more->len; i++) {
        g_ptr_array_add(names, more->pdata[i]);
    }
}

static int unknown(const StuntBench *bench, const char *name)
{
    g_autoptr(GPtrArray) scenarios = stunt_catalog_all(bench->setup->scenarios, NULL);
    g_autoptr(GPtrArray) functions = stunt_lua_names();
    g_autoptr(GPtrArray) kinds = stunt_kind_names();
    g_autoptr(GPtrArray) devices = stunt_spec_names(bench->spec->device);
    g_autoptr(GPtrArray) known = scenarios ? stunt_spec_names(scenarios) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    for (size_t i = 0; i < stunt_n_classes; i++) {
        g_ptr_array_add(names, (char *)stunt_classes[i].name);
    }
    for (size_t i = 0; i < stunt_n_actions; i++) {
        g_ptr_array_add(names, (char *)stunt_actions[i].name);
    }
    add_all(names, kinds);
    add_all(names, devices);
    add_all(names, functions);
    if (known) {
        add_all(names, known);
    }
    near_name = stunt_did_you_mean(name, names);
    return stunt_cli_usage("describe", "nothing is called '%s'%s", name, near_name);
}

/* Names from the tables; FALSE when it is none of them. */
static gboolean describe_known(const StuntBench *bench, const char *name)
{
    const struct stunt_class_info *info = stunt_class_by_name(name);
    const struct stunt_action_info *action = stunt_action_by_name(name);
    const StuntKind *kind = stunt_kind_by_name(name);
    const StuntSpecDevice *device = stunt_spec_device(bench->spec, name);
    g_autofree char *function = stunt_lua_describe(name);

    if (device) {
        print_device(device);
    } else if (info) {
        print_class(info);
    } else if (action) {
        print_action(action);
    } else if (function) {
        fputs(function, stdout);
    } else if (kind) {
        printf("finding of kind %s: %s\n", kind->name, kind->doc);
    }
    return device || info || action || function || kind;
}

static int describe(const char *name, const char *config)
{
    g_auto(StuntBench) bench = { 0 };
    g_autoptr(GPtrArray) scenarios = NULL;
    const char *words[] = { name, NULL };
    GError *error = NULL;

    if (!stunt_bench_open(&bench, config, &error)) {
        return stunt_cli_fail(error);
    }
    if (!name) {
        return overview(&bench);
    }
    if (describe_known(&bench, name)) {
        return STUNT_EXIT_OK;
    }
    scenarios = stunt_catalog_select(bench.setup->scenarios, words, NULL);
    if (!scenarios || scenarios->len != 1) {
        return unknown(&bench, name);
    }
    return describe_scenario(&bench, scenarios->pdata[0]);
}

/* A machine that runs; name: of a scenario, or NULL. */
static int describe_live(const char *name, const StuntLiveOptions *options, const char *config)
{
    g_auto(StuntBench) bench = { 0 };
    g_autoptr(GPtrArray) scenarios = NULL;
    const char *words[] = { name, NULL };
    GError *error = NULL;

    if (!stunt_bench_open(&bench, config, &error)) {
        return stunt_cli_fail(error);
    }
    if (!name) {
        return stunt_cli_live(&bench, NULL, options);
    }
    scenarios = stunt_catalog_select(bench.setup->scenarios, words, &error);
    if (!scenarios) {
        return stunt_cli_fail(error);
    }
    if (scenarios->len != 1) {
        return stunt_cli_usage("describe", "--live is for one scenario, '%s' are %u", name, scenarios->len);
    }
    return stunt_cli_live(&bench, scenarios->pdata[0], options);
}

static int run(int argc, char **argv, const char *config)
{
    static StuntLiveOptions options; /* what is set in it lives as long as the process */
    gboolean lua = FALSE, live = FALSE;
    const GOptionEntry entries[] = {
        { "live", 0, 0, G_OPTION_ARG_NONE, &live, "start the machine: how guest and model see it", NULL },
        { "end", 0, 0, G_OPTION_ARG_NONE, &options.at_end, "with --live: when the scenario has ended", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "with --live: as JSON", NULL },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &options.kernel, "with --live: guest kernel", "NAME" },
        { "lua", 0, 0, G_OPTION_ARG_NONE, &lua, "print the scripting reference (Markdown)", NULL },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "[NAME]",
                           "Describes a scenario, device, event class, action or script function;\n"
                           "without a name, tells which devices, classes and actions there are.\n"
                           "With --live, the machine of a scenario, or one with each device.",
                           entries, &config, &status)) {
        return status;
    }
    if (argc > 2) {
        return stunt_cli_usage("describe", "one name at a time");
    }
    if (!live && (options.at_end || options.json || options.kernel)) {
        return stunt_cli_usage("describe", "--end, --json and --kernel are for --live");
    }
    if (options.at_end && !argv[1]) {
        return stunt_cli_usage("describe", "--end needs a scenario");
    }
    if (live) {
        return describe_live(argv[1], &options, config);
    }
    if (lua) {
        g_autofree char *text = stunt_lua_reference();

        fputs(text, stdout);
        return STUNT_EXIT_OK;
    }
    return describe(argv[1], config);
}

const StuntCliCommand stunt_command_describe = { "describe", "tell what a name means", run };
