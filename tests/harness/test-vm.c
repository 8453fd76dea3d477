/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>

#include "common.h"

static void check_no_start(const char *what, guint64 wall_limit_ms, StuntErrorCode code, const char *text)
{
    g_autoptr(StuntMachine) machine = double_machine(what);
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autoptr(GError) error = NULL;

    machine->wall_limit_ms = wall_limit_ms;
    g_assert_null(stunt_vm_new(machine, timeline, &error));
    assert_error(error, code, text);
}

static void test_refusal_shows_its_output(void)
{
    check_no_start("refuse", 10000, STUNT_ERROR_QEMU,
                   "exit status 1; its last output:\nqemu: -device stunt-dma,foo=1");
}

static void test_mute(void)
{
    check_no_start("mute", 100, STUNT_ERROR_TIMEOUT, "100 ms");
}

static void test_garbled_qmp(void)
{
    check_no_start("garble", 10000, STUNT_ERROR_QEMU, "QEMU 7.2 monitor");
}

static void test_missing(void)
{
    g_autoptr(StuntMachine) machine = double_machine("");
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autoptr(GError) error = NULL;

    g_free(machine->kernel);
    machine->kernel = g_strdup("/no/kernel");
    g_assert_null(stunt_vm_new(machine, timeline, &error));
    assert_error(error, STUNT_ERROR_MISSING, "/no/kernel");
}

typedef struct {
    StuntTimeline *timeline;
    StuntVm *vm;
} Fixture;

static void set_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    f->timeline = stunt_timeline_new();
    f->vm = double_start(f->timeline);
}

static void tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    stunt_vm_free(f->vm);
    stunt_timeline_free(f->timeline);
}

static void test_names_devices_at_start(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmpint(stunt_timeline_device_index(f->timeline, "link"), ==, 0);
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, 0);
}

static StuntStopped go(Fixture *f, guint64 deadline_ns)
{
    g_autoptr(GError) error = NULL;
    StuntStopped why = (StuntStopped)-1;

    stunt_vm_go(f->vm, deadline_ns, &why, &error);
    g_assert_no_error(error);
    g_assert_cmpint(why, ==, stunt_vm_stopped(f->vm));
    return why;
}

static void test_from_stop_to_stop(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    StuntStopped why = STUNT_STOPPED_EVENT;
    gsize len;

    g_assert_cmpint(go(f, 0), ==, STUNT_STOPPED_ASK);
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, 1000);
    stunt_vm_message(f->vm, &len);
    g_assert_cmpuint(len, >, 0);
    g_assert_cmpint(go(f, 500000), ==, STUNT_STOPPED_DEADLINE);
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, 500000);
    g_assert_cmpint(go(f, 400000), ==, STUNT_STOPPED_DEADLINE); /* already past: stands still */
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, 500000);
    g_assert_true(stunt_vm_attention(f->vm, NULL));
    g_assert_cmpint(go(f, 0), ==, STUNT_STOPPED_ASK);
    g_assert_cmpint(go(f, 0), ==, STUNT_STOPPED_OFF);
    g_assert_false(stunt_vm_go(f->vm, 0, &why, &error));
    assert_error(error, STUNT_ERROR_GUEST, "off");
    g_assert_cmpint(why, ==, STUNT_STOPPED_EVENT); /* untouched */
}

static void test_death(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    StuntStopped why;

    kill(stunt_vm_pid(f->vm), SIGKILL);
    g_assert_false(stunt_vm_go(f->vm, 0, &why, &error));
    assert_error(error, STUNT_ERROR_QEMU, "QEMU was killed by signal 9");
    g_clear_error(&error);
    g_assert_false(stunt_vm_qmp(f->vm, "query-status", NULL, NULL, &error)); /* and stays dead */
    assert_error(error, STUNT_ERROR_QEMU, "QEMU was killed by signal 9");
}

static void test_free_ends_qemu(void)
{
    g_autoptr(StuntMachine) machine = double_machine("");
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    StuntVm *vm = stunt_vm_new(machine, timeline, NULL);
    const pid_t pid = stunt_vm_pid(vm);

    stunt_vm_free(vm);
    g_assert_cmpint(kill(pid, 0), ==, -1);
    g_assert_cmpint(errno, ==, ESRCH);
}

static void test_rules(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rules = stunt_vm_rules(f->vm, &error);
    const StuntRuleStatus *rule;

    g_assert_no_error(error);
    g_assert_cmpuint(rules->len, ==, 2);
    rule = g_ptr_array_index(rules, 0);
    g_assert_cmpstr(rule->id, ==, "lost");
    g_assert_cmpuint(rule->number, ==, 1);
    g_assert_true(rule->armed);
    g_assert_cmpuint(rule->matched, ==, 3);
    g_assert_cmpuint(rule->fired, ==, 1);
    g_assert_cmpuint(rule->first_ns, ==, 77);
    g_assert_cmpuint(rule->first_seq, ==, 5);
    rule = g_ptr_array_index(rules, 1);
    g_assert_false(rule->armed);

    g_assert_false(stunt_vm_arm(f->vm, "dma0", "id=x at=irq.raise action=drop", &error));
    assert_error(error, STUNT_ERROR_INPUT,
                 "id=x at=irq.raise action=drop device=dma0"); /* the double tells what it got */
}

static void test_properties(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(stunt_vm_qom_get(f->vm, "dma0", "reg.NOPE", &error));
    assert_error(error, STUNT_ERROR_QEMU, "QEMU refused qom-get: no such property");
    g_assert_true(stunt_vm_disarm(f->vm, "*", NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vm/refusal-shows-its-output", test_refusal_shows_its_output);
    g_test_add_func("/vm/mute", test_mute);
    g_test_add_func("/vm/garbled-qmp", test_garbled_qmp);
    g_test_add_func("/vm/missing", test_missing);
    g_test_add("/vm/names-devices-at-start", Fixture, NULL, set_up, test_names_devices_at_start, tear_down);
    g_test_add("/vm/from-stop-to-stop", Fixture, NULL, set_up, test_from_stop_to_stop, tear_down);
    g_test_add("/vm/death", Fixture, NULL, set_up, test_death, tear_down);
    g_test_add_func("/vm/free-ends-qemu", test_free_ends_qemu);
    g_test_add("/vm/rules", Fixture, NULL, set_up, test_rules, tear_down);
    g_test_add("/vm/properties", Fixture, NULL, set_up, test_properties, tear_down);
    return g_test_run();
}
