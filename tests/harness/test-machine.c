/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/vm/cmdline.h"
#include "stunt/error.h"

static StuntMachine *machine_new(void)
{
    StuntMachine *machine = stunt_machine_new();

    machine->qemu = g_strdup("/bin/sh");
    machine->devices = g_strdup("/dev/null");
    machine->kernel = g_strdup("/dev/null");
    machine->initrd = g_strdup("/dev/null");
    return machine;
}

static void check_refused(const StuntMachine *machine, StuntErrorCode code, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_machine_check(machine, &error));
    g_assert_error(error, STUNT_ERROR, (int)code);
    if (!strstr(error->message, text)) {
        g_error("'%s' is not in: %s", text, error->message);
    }
}

static void test_good(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_autoptr(GError) error = NULL;

    stunt_device_defs_add(machine->device, "dma0", "dma", NULL);
    stunt_device_defs_add(machine->device, "dma1", "dma", "dma-width=40");
    stunt_machine_check(machine, &error);
    g_assert_no_error(error);
}

static void replace(char **path, const char *by)
{
    g_free(*path);
    *path = g_strdup(by);
}

static void test_missing_files(void)
{
    g_autoptr(StuntMachine) machine = machine_new();

    replace(&machine->initrd, "/no/initrd");
    check_refused(machine, STUNT_ERROR_MISSING, "initramfs is not there: /no/initrd");
    replace(&machine->kernel, "/usr");
    check_refused(machine, STUNT_ERROR_MISSING, "kernel is not there: /usr");
    replace(&machine->devices, NULL);
    check_refused(machine, STUNT_ERROR_MISSING, "device models");
    replace(&machine->qemu, "/dev/null"); /* no program */
    check_refused(machine, STUNT_ERROR_MISSING, "QEMU");
}

static void test_bad_devices(void)
{
    static const char *const names[] = { "",       "0dma",
                                         "a,b=c",  "link",
                                         "port-a", "a.b",
                                         "a/b",    "a-name-longer-than-the-device-table-has-room-for" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(StuntMachine) machine = machine_new();

        stunt_device_defs_add(machine->device, names[i], "dma", NULL);
        check_refused(machine, STUNT_ERROR_INPUT, names[i]);
    }
}

static void test_bad_sets_of_devices(void)
{
    g_autoptr(StuntMachine) machine = machine_new();

    stunt_device_defs_add(machine->device, "a", "dma", NULL);
    stunt_device_defs_add(machine->device, "a", "uart", NULL);
    check_refused(machine, STUNT_ERROR_INPUT, "two devices");
    for (guint i = 0; i < 20; i++) {
        stunt_device_defs_add(machine->device, "b", "dma", NULL);
    }
    check_refused(machine, STUNT_ERROR_INPUT, "22 devices");
}

static void test_bad_shape(void)
{
    g_autoptr(StuntMachine) machine = machine_new();

    machine->vcpus = 2;
    check_refused(machine, STUNT_ERROR_INPUT, "2 vCPUs");
    machine->realtime = TRUE;
    g_assert_true(stunt_machine_check(machine, NULL));
    machine->realtime = FALSE;
    machine->vcpus = 1;
    machine->accel = STUNT_ACCEL_KVM;
    check_refused(machine, STUNT_ERROR_INPUT, "realtime");
    machine->accel = STUNT_ACCEL_TCG;
    machine->memory_mib = 8;
    check_refused(machine, STUNT_ERROR_INPUT, "not 8");
}

/* The value that follows an option, or NULL. */
static const char *value_of(char **argv, const char *option)
{
    for (; argv[0]; argv++) {
        if (strcmp(argv[0], option) == 0) {
            return argv[1];
        }
    }
    return NULL;
}

static void test_deterministic_by_default(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_auto(GStrv) argv = NULL;

    machine->seed = 77;
    argv = stunt_machine_argv(machine, FALSE);
    g_assert_cmpstr(argv[0], ==, "/bin/sh");
    g_assert_cmpstr(value_of(argv, "-icount"), ==, "shift=3,sleep=off");
    g_assert_cmpstr(value_of(argv, "-seed"), ==, "77");
    g_assert_cmpstr(value_of(argv, "-smp"), ==, "1");
    g_assert_nonnull(strstr(value_of(argv, "-rtc"), "clock=vm"));
    g_assert_nonnull(strstr(value_of(argv, "-sandbox"), "spawn=deny"));
    g_assert_nonnull(strstr(value_of(argv, "-append"), "stunt.seed=77"));
    g_assert_true(g_strv_contains((const char *const *)argv, "-S"));
    g_assert_null(value_of(argv, "-serial"));
    g_assert_null(value_of(argv, "-gdb"));
}

static void test_realtime_has_no_icount(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_auto(GStrv) argv = NULL;

    machine->realtime = TRUE;
    machine->vcpus = 4;
    argv = stunt_machine_argv(machine, FALSE);
    g_assert_null(value_of(argv, "-icount"));
    g_assert_cmpstr(value_of(argv, "-smp"), ==, "4");
    g_assert_null(strstr(value_of(argv, "-append"), "tsc_early_khz"));
}

static void test_commas_in_paths(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_auto(GStrv) argv = NULL;

    replace(&machine->devices, "/a,b/x.so");
    machine->console = g_strdup("/tmp/c,d");
    argv = stunt_machine_argv(machine, FALSE);
    g_assert_cmpstr(value_of(argv, "-plugin"), ==, "/a,,b/x.so");
    g_assert_true(g_strv_contains((const char *const *)argv, "file,id=console,path=/tmp/c,,d"));
    g_assert_nonnull(strstr(value_of(argv, "-append"), "console=ttyS0"));
}

static void test_each_device_has_its_port(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_auto(GStrv) argv = NULL;

    stunt_device_defs_add(machine->device, "dma0", "dma", NULL);
    stunt_device_defs_add(machine->device, "u", "uart", "x=1,y=2")->port = g_strdup("dpc=on");
    argv = stunt_machine_argv(machine, FALSE);
    g_assert_true(g_strv_contains((const char *const *)argv, "stunt-dma,id=dma0,bus=port-dma0,addr=0"));
    g_assert_true(g_strv_contains((const char *const *)argv, "stunt-uart,id=u,bus=port-u,addr=0,x=1,y=2"));
    g_assert_true(g_strv_contains((const char *const *)argv,
                                  "stunt-port,id=port-u,bus=pcie.0,addr=0x9,chassis=2,slot=2,dpc=on"));
}

static void test_more_options_come_last(void)
{
    g_autoptr(StuntMachine) machine = machine_new();
    g_auto(GStrv) argv = NULL;
    guint n;

    stunt_device_defs_add(machine->device, "dma0", "dma", NULL);
    g_ptr_array_add(machine->option, g_strdup("-device"));
    g_ptr_array_add(machine->option, g_strdup("edu"));
    argv = stunt_machine_argv(machine, FALSE);
    n = g_strv_length(argv);
    g_assert_cmpstr(argv[n - 2], ==, "-device");
    g_assert_cmpstr(argv[n - 1], ==, "edu");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/machine/good", test_good);
    g_test_add_func("/machine/missing-files", test_missing_files);
    g_test_add_func("/machine/bad-devices", test_bad_devices);
    g_test_add_func("/machine/bad-sets-of-devices", test_bad_sets_of_devices);
    g_test_add_func("/machine/bad-shape", test_bad_shape);
    g_test_add_func("/machine/deterministic-by-default", test_deterministic_by_default);
    g_test_add_func("/machine/realtime-has-no-icount", test_realtime_has_no_icount);
    g_test_add_func("/machine/commas-in-paths", test_commas_in_paths);
    g_test_add_func("/machine/each-device-has-its-port", test_each_device_has_its_port);
    g_test_add_func("/machine/more-options-come-last", test_more_options_come_last);
    return g_test_run();
}
