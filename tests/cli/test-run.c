/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario from its file to its verdict, on a double of the machine. */
#include "common.h"
#include "stunt/scenario.h"

static StuntSetup *setup;
static StuntSpec *spec;
static char *folder;

static StuntSetup *make_setup(const char *qemu)
{
    g_autofree char *spec_file = data_file("data/spec.lua");
    g_autofree char *text =
        g_strdup_printf("[paths]\nqemu=%s\ndevices=/dev/null\nspec=%s\nscenarios=.\n"
                        "[kernel toy]\nrelease=1.0-toy\nkernel=/dev/null\ninitrd=/dev/null\n",
                        qemu, spec_file);
    g_autofree char *file = write_file(folder, "stunt.conf", text);

    return stunt_setup_load(file, NULL);
}

static StuntResult *run(const char *script)
{
    g_autofree char *text =
        g_strdup_printf("return scenario { summary = 's', run = function(vm)\n%s\nend }\n", script);
    g_autofree char *file = write_file(folder, "it.lua", text);
    g_autoptr(GBytes) events = NULL, kernel_log = NULL;
    const StuntRunRequest request = {
        .setup = setup,
        .spec = spec,
        .name = "it",
        .file = file,
        .start = STUNT_START_BOOT,
        .wall_limit_ms = 10000,
    };

    return stunt_scenario_run(&request, &events, &kernel_log);
}

static void check(const char *script, StuntStatus status, const char *reason)
{
    g_autoptr(StuntResult) result = run(script);

    g_assert_cmpstr(stunt_status_name(result->status), ==, stunt_status_name(status));
    assert_has(result->reason, reason);
}

/* The machine waits for the harness when the ring is nearly full, so however many there are, none is lost. */
static void many_events_pass(void)
{
    check("vm:run('burst 500000')", STUNT_PASS, "");
}

#define LOST " events were lost: the event ring was full"

/* One operation of a device that makes more events than the ring of lib/link/shm.c holds, which are 131072. */
static void lost_events_are_invalid(void)
{
    check("vm:run('flood 131073')", STUNT_INVALID, "1" LOST);
    check("vm:run('flood 131072')", STUNT_PASS, "");
    check("vm:run('flood 200000') vm:run('echo more')", STUNT_INVALID, LOST);
}

static void lost_events_of_a_branch_are_not_forgotten(void)
{
    check("vm:snapshot() vm:run('flood 131080') vm:rewind() vm:run('echo more')", STUNT_INVALID, "8" LOST);
}

/* What was seen was seen. */
static void fail_with_lost_events_is_fail(void)
{
    check("vm:run('flood 200000') expect.equal(1, 2)", STUNT_FAIL, "expected 2, got 1");
}

int main(int argc, char **argv)
{
    g_autofree char *spec_file = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = new_folder();
    spec_file = data_file("data/spec.lua");
    spec = stunt_spec_load(spec_file, NULL);
    setup = make_setup(g_getenv("MACHINE_DOUBLE"));
    g_assert_true(setup && spec);
    g_test_add_func("/run/many-events-pass", many_events_pass);
    g_test_add_func("/run/lost-events-are-invalid", lost_events_are_invalid);
    g_test_add_func("/run/lost-events-of-a-branch", lost_events_of_a_branch_are_not_forgotten);
    g_test_add_func("/run/fail-with-lost-events", fail_with_lost_events_is_fail);
    status = g_test_run();
    stunt_setup_free(setup);
    stunt_spec_free(spec);
    remove_folder(folder);
    g_free(folder);
    return status;
}
