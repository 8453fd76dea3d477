/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What scenario files declare, and how their mistakes are told. */
#include "common.h"
#include "core/fault.h"
#include "stunt/scenario.h"

static StuntSetup *setup;
static StuntSpec *spec;
static char *folder;

static StuntScenario *load(const char *text, GError **error)
{
    g_autofree char *file = write_file(folder, "scenarios/toy/it.lua", text);

    return stunt_scenario_load(setup, spec, "toy/it", file, error);
}

/* The declaration with these fields beside summary and run. */
static StuntScenario *declare(const char *fields, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("return scenario {\n summary = 's',\n run = function() end,\n %s }\n", fields);

    return load(text, error);
}

/* "*" is all classes of the machine's devices, and only those; in the order of the classes. */
static void check_proofs(const GPtrArray *proofs)
{
    static const char *const expected[] = {
        "mmio.read mark", "mmio.write mark", "irq.raise drop", "irq.raise mark", "job.start mark", "job.done mark",
        "reset mark", "misuse mark",
    };

    g_assert_cmpuint(proofs->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < proofs->len; i++) {
        const StuntProof *proof = proofs->pdata[i];
        g_autofree char *pair = g_strdup_printf("%s %s", proof->class_info->name, proof->action->name);

        g_assert_cmpstr(pair, ==, expected[i]);
        g_assert_cmpstr(proof->what, ==, i == 2 ? "waits" : "nothing");
    }
}

static void everything_is_read(void)
{
    g_autoptr(StuntScenario) scenario =
        declare("machine = { toy1 = { type = 'toy', ['b-prop'] = 40, a = 'x,y', on = true }, toy0 = 'toy', "
                "memory = 512,\n"
                "  kernel = '6.12', cmdline = 'quiet' },\n"
                "modules = { 'one', { 'two', 'a=1' } }, deadline = '30s', verdict = 'INVALID',\n"
                "catches = { 'late' }, outcomes = { 'ok', 'busy' }, proves = { ['irq.raise drop'] = 'waits', ['* mark'] = 'nothing' },\n"
                "oracle = { allow = { 'toy: .* lost' }, expect = { { kind = 'warn', count = true } }, misuse = { toy0 = 2, toy1 = true } }",
                NULL);
    const StuntDeviceDef *first, *second;
    const StuntModule *module;

    g_assert_nonnull(scenario);
    first = scenario->device->pdata[0];
    second = scenario->device->pdata[1];
    module = scenario->module->pdata[1];
    g_assert_cmpstr(scenario->summary, ==, "s");
    g_assert_cmpstr(first->name, ==, "toy0");
    g_assert_cmpstr(first->props, ==, NULL);
    g_assert_cmpstr(second->props, ==, "a=x,,y,b-prop=40,on=on");
    g_assert_cmpuint(scenario->memory_mib, ==, 512);
    g_assert_cmpstr(scenario->kernel, ==, "6.12");
    g_assert_cmpstr(scenario->cmdline, ==, "quiet");
    g_assert_cmpstr(module->params, ==, "a=1");
    g_assert_cmpuint(scenario->catches->len, ==, 1);
    g_assert_cmpstr(scenario->catches->pdata[0], ==, "late");
    g_assert_cmpuint(scenario->outcome->len, ==, 2);
    g_assert_cmpstr(scenario->outcome->pdata[1], ==, "busy");
    check_proofs(scenario->proof);
    g_assert_cmpuint(scenario->deadline_ns, ==, G_GUINT64_CONSTANT(30000000000));
    g_assert_cmpint(scenario->verdict, ==, STUNT_INVALID);
    g_assert_cmpuint(scenario->allow->len, ==, 1);
    g_assert_cmpuint(scenario->misuse->len, ==, 2);
    g_assert_cmpuint(scenario->expect->len, ==, 1);
    g_assert_cmpint(((StuntExpectedFinding *)scenario->expect->pdata[0])->count, ==, -1);
}

/* They do not shape it: scenarios that differ in nothing else share a warm one. */
static void adjustable_properties_are_no_part_of_the_machine(void)
{
    g_autoptr(StuntScenario) scenario =
        declare("machine = { toy0 = { type = 'toy', speed = 3 }, toy1 = { type = 'toy', speed = 5, b = 1 } }", NULL);
    const StuntDeviceDef *first = scenario->device->pdata[0], *second = scenario->device->pdata[1];
    const StuntSetting *setting = second->setting->pdata[0];

    g_assert_cmpstr(first->props, ==, NULL);
    g_assert_cmpstr(second->props, ==, "b=1");
    g_assert_cmpuint(first->setting->len, ==, 1);
    g_assert_cmpstr(setting->property, ==, "speed");
    g_assert_cmpint(json_node_get_int(setting->value), ==, 5);
}

static void defaults(void)
{
    g_autoptr(StuntScenario) scenario = declare("", NULL);

    g_assert_nonnull(scenario);
    g_assert_cmpuint(scenario->memory_mib, ==, 256);
    g_assert_cmpuint(scenario->vcpus, ==, 1);
    g_assert_cmpuint(scenario->deadline_ns, ==, STUNT_DEFAULT_DEADLINE_NS);
    g_assert_cmpint(scenario->verdict, ==, STUNT_PASS);
    g_assert_false(scenario->realtime);
    g_assert_cmpint(scenario->iommu, ==, STUNT_UNSAID);
}

static void mistakes_are_told(void)
{
    static const struct {
        const char *fields, *why;
    } rows[] = {
        { "machin = {}", "scenario: unknown field 'machin', did you mean 'machine'?" },
        { "machine = { toy0 = 'tyo' }", "unknown type of device 'tyo', did you mean 'toy'?" },
        { "machine = { toy0 = 'graphics' }", "(there are: toy, link)" },
        { "machine = { toy0 = {} }", "toy0 has no type" },
        { "machine = { toy0 = { type = 'toy', x = {} } }", "property 'x' must be" },
        { "machine = { run = 'toy' }", "vm:run is a function" },
        { "machine = { link = 'toy' }", "'link' is there by itself" },
        { "machine = { ['a b'] = 'toy' }", "is no name for a device" },
        { "machine = { ['0a'] = 'toy' }", "is no name for a device" },
        { "machine = { 'toy' }", "devices and settings have names" },
        { "machine = { memry = 5 }", "neither a setting nor a device" },
        { "machine = { memry = 5 }", "did you mean 'memory'?" },
        { "machine = { memory = 1 }", "from 64 to 4096" },
        { "machine = { memory = 'lots' }", "memory must be a number" },
        { "machine = { vcpus = 2 }", "realtime = true" },
        { "machine = { iommu = 'on' }", "iommu must be" },
        { "machine = 'toy'", "'machine' must be a table" },
        { "modules = 'one'", "modules must be a list" },
        { "modules = { 5 }", "a name, or { name, parameters }" },
        { "modules = { { 'a', 5 } }", "the parameters of 'a' must be a string" },
        { "catches = 'late'", "catches must be a list" },
        { "outcomes = 'ok'", "outcomes must be a list" },
        { "outcomes = { 5 }", "outcomes must be a list of texts" },
        { "catches = { 5 }", "catches must be a list of planted bugs' names" },
        { "catches = { 'lat' }", "no planted bug is called 'lat', did you mean 'late'?" },
        { "proves = 'irq.raise drop'", "proves must be a table" },
        { "proves = { 'irq.raise drop' }", "[\"CLASS ACTION\"] = \"what the driver then does\" expected" },
        { "proves = { ['irq.raise drop'] = '' }", "\"what the driver then does\" expected" },
        { "proves = { drop = 'x' }", "[\"CLASS ACTION\"] =" },
        { "proves = { ['irq.rise drop'] = 'x' }", "proves: unknown event class 'irq.rise', did you mean 'irq.raise'?" },
        { "proves = { ['irq.raise dorp'] = 'x' }", "proves: unknown action 'dorp', did you mean 'drop'?" },
        { "proves = { ['irq.raise  drop'] = 'x' }", "unknown action ' drop', did you mean 'drop'?" },
        { "proves = { ['reset drop'] = 'x' }", "proves: action 'drop' does not apply to reset" },
        { "machine = { toy0 = 'toy' }, proves = { ['* mark'] = 'x', ['reset mark'] = 'x' }",
          "proves: 'reset mark' is there twice" },
        { "deadline = 'soon'", "'soon' is no time" },
        { "deadline = -5", "deadline must be a time" },
        { "deadline = 1.5", "deadline must be a time" },
        { "verdict = 'GOOD'", "'GOOD' is none of" },
        { "oracle = { alow = {} }", "oracle: unknown field 'alow', did you mean 'allow'?" },
        { "oracle = { allow = { '(' } }", "oracle: allow: '('" },
        { "oracle = { expect = { { kind = 'wran' } } }", "there is no kind of finding 'wran', did you mean 'warn'?" },
        { "oracle = { expect = { { pattern = '(' } } }", "oracle: expect: '('" },
        { "oracle = { expect = { { count = 2 } } }", "a kind or a pattern is missing" },
        { "oracle = { expect = { { kind = 'warn', count = 0 } } }", "count must be a number from 1 on" },
        { "oracle = { expect = { { kind = 'warn', many = 1 } } }", "oracle: expect: unknown field 'many'" },
        { "oracle = { expect = { 'warn' } }", "must be a list of tables" },
        { "oracle = { misuse = { toy9 = 1 } }", "the machine has no device 'toy9'" },
        { "machine = { toy0 = 'toy' }, oracle = { misuse = { toy0 = 'x' } }", "must be a number of events" },
        { "summary = ''", "a summary is missing" },
        { "run = 5", "'run' must be a function" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(StuntScenario) scenario = declare(rows[i].fields, &error);

        if (scenario) {
            g_error("no error from: %s", rows[i].fields);
        }
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        g_assert_true(g_str_has_prefix(error->message, "scenarios/toy/it.lua:1: ") ||
                      g_str_has_prefix(error->message, "scenarios/toy/it.lua:4: "));
        assert_has(error->message, rows[i].why);
    }
}

static void files_that_are_no_scenario(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "return scenario {\n  summary = 's'\n  run = 5 }", "scenarios/toy/it.lua:3: '}' expected" },
        { "local x = \n\n(", "scenarios/toy/it.lua:3:" },
        { "", "must end with 'return scenario { … }'" },
        { "return {}", "must end with 'return scenario { … }'" },
        { "return scenario(5)", "table expected, got number" },
        { "local s = scenario { summary = 's', run = function() end }\nreturn scenario { summary = 's', run "
          "= print }",
          "it.lua:2: scenario{} was called before" },
        { "error({})", "an error that is no text" },
        { "print('hello')\nnil_function()", "it.lua:2: attempt to call a nil value" },
        { "skip('now')", "only possible inside the scenario's run function" },
        { "expect.event { class = 'reset' }", "only possible inside the scenario's run function" },
        { "expect.equl(1, 1)", "expect has no 'equl', did you mean 'equal'?" },
        { "expect.equal = nil", "expect cannot be changed" },
        { "io.open('/etc/passwd')", "attempt to index a nil value (global 'io')" },
        { "\x1bLua", "binary chunk" },
        { "return require('nothing')", "no module 'nothing'" },
        { "ns('5 apples')", "is no time" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(StuntScenario) scenario = load(rows[i].text, &error);

        g_assert_null(scenario);
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
    }
}

static void missing_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(stunt_scenario_load(setup, spec, "x", "/no/such.lua", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_MISSING);
    assert_has(error->message, "/no/such.lua");
}

/* Reading a scenario runs no step of it, and helpers work. */
static void helpers_at_top_level(void)
{
    g_autofree char *lib = write_file(folder, "scenarios/lib/numbers.lua", "return { seconds = 5 }");
    g_autoptr(StuntScenario) scenario = load(
        "local n = require 'numbers'\nreturn scenario { summary = 's', deadline = ns(n.seconds .. 's'),\n"
        "run = function() error('must not run') end }",
        NULL);

    g_assert_nonnull(scenario);
    g_assert_cmpuint(scenario->deadline_ns, ==, G_GUINT64_CONSTANT(5000000000));
}

static void reference_tells_all(void)
{
    g_autofree char *text = stunt_lua_reference();
    g_autoptr(GPtrArray) names = stunt_lua_names();

    g_assert_cmpuint(names->len, >, 30);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *one = stunt_lua_describe(names->pdata[i]);

        assert_has(text, names->pdata[i]);
        g_assert_nonnull(one);
    }
    g_assert_null(stunt_lua_describe("vm:fly"));
}

int main(int argc, char **argv)
{
    g_autofree char *file = NULL, *config = NULL, *bugs = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = new_folder();
    file = data_file("data/spec.lua");
    spec = stunt_spec_load(file, NULL);
    config = write_file(folder, "stunt.conf",
                        "[paths]\nqemu=/q\ndevices=/d\nspec=/s\nscenarios=scenarios\nbugs=bugs.ini\n");
    bugs = write_file(folder, "bugs.ini", "[late]\nmodule=toy\nclass=order\nsummary=is too late\n");
    setup = stunt_setup_load(config, NULL);
    g_assert_true(spec && setup);
    g_test_add_func("/declare/everything-is-read", everything_is_read);
    g_test_add_func("/declare/defaults", defaults);
    g_test_add_func("/declare/adjustable-properties", adjustable_properties_are_no_part_of_the_machine);
    g_test_add_func("/declare/mistakes-are-told", mistakes_are_told);
    g_test_add_func("/declare/files-that-are-no-scenario", files_that_are_no_scenario);
    g_test_add_func("/declare/missing-file", missing_file);
    g_test_add_func("/declare/helpers-at-top-level", helpers_at_top_level);
    g_test_add_func("/declare/reference-tells-all", reference_tells_all);
    status = g_test_run();
    stunt_setup_free(setup);
    stunt_spec_free(spec);
    remove_folder(folder);
    g_free(folder);
    return status;
}
