/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "common.h"

typedef struct {
    StuntTimeline *timeline;
    StuntVm *vm;
    StuntGuest *guest;
} Fixture;

static void set_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    f->timeline = stunt_timeline_new();
    f->vm = double_start(f->timeline);
    f->guest = double_boot(f->vm);
}

static void tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    stunt_guest_free(f->guest);
    stunt_vm_free(f->vm);
    stunt_timeline_free(f->timeline);
}

static StuntCommand *spawn(Fixture *f, const char *line)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_autoptr(GError) error = NULL;
    StuntCommand *command = stunt_guest_spawn(f->guest, (const char *const *)argv, &error);

    g_assert_no_error(error);
    return command;
}

static StuntCommand *run(Fixture *f, const char *line)
{
    g_autoptr(GError) error = NULL;
    StuntCommand *command = spawn(f, line);

    stunt_guest_wait(f->guest, command, 0, &error);
    g_assert_no_error(error);
    g_assert_true(command->done);
    return command;
}

static void check_fails(Fixture *f, const char *line, StuntErrorCode code, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_guest_wait(f->guest, spawn(f, line), 0, &error));
    assert_error(error, code, text);
}

static void test_boot(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmpstr(stunt_guest_release(f->guest), ==, "6.1.0-double");
    g_assert_cmpuint(stunt_guest_kernel_log(f->guest)->len, ==, 1);
}

static void test_command(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *command = run(f, "echo hello world");

    g_assert_cmpstr(command->out->str, ==, "hello world\n");
    g_assert_cmpstr(command->err->str, ==, "no line end");
    g_assert_cmpint(command->status, ==, 0);
    g_assert_cmpuint(command->start_ns, ==, 1000);
    g_assert_cmpuint(command->end_ns, ==, 2000);
    g_assert_cmpint(run(f, "echo")->status, ==, 1);
}

static void test_notes(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text = NULL;

    run(f, "echo hello world");
    text = stunt_timeline_to_text(f->timeline, NULL);
    g_assert_cmpstr(text, ==,
                    "     0.000001000  -------  boot  kernel 6.1.0-double\n"
                    "     0.000001000  -------  kernel  <6>[    1.000000] old line\n"
                    "     0.000001000  -------  run  #1 echo hello world\n"
                    "     0.000002000  -------  output  #1 hello world\n"
                    "     0.000002000  -------  output  #1 (stderr) no line end\n"
                    "     0.000002000  -------  exit  #1 status=0\n");
}

static void test_several_at_once(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *sleeper = spawn(f, "sleep"), *quick = spawn(f, "echo x");
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_guest_wait(f->guest, quick, 0, &error));
    g_assert_false(sleeper->done);
    g_assert_false(stunt_guest_wait(f->guest, sleeper, 1000000, &error));
    assert_error(error, STUNT_ERROR_DEADLINE, "0.001000000 s");
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, 1000000);
    g_clear_error(&error);

    g_assert_true(
        stunt_guest_kill(f->guest, sleeper, SIGTERM, &error)); /* the guest is asleep: needs attention */
    g_assert_true(stunt_guest_wait(f->guest, sleeper, 0, &error));
    g_assert_cmpint(sleeper->status, ==, 256 + SIGTERM);
    g_assert_true(stunt_guest_kill(f->guest, sleeper, SIGTERM, &error)); /* it has ended: nothing to do */
    g_assert_false(stunt_guest_kill(f->guest, sleeper, 99, &error));
    assert_error(error, STUNT_ERROR_INPUT, "99");
}

static void test_sleep(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *command = spawn(f, "echo x");
    const guint64 start_ns = stunt_vm_now_ns(f->vm);

    g_assert_true(stunt_guest_sleep(f->guest, 30 * G_GUINT64_CONSTANT(1000000000), NULL));
    g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, start_ns + 30 * G_GUINT64_CONSTANT(1000000000));
    g_assert_true(command->done); /* what was handed over ran meanwhile */
    g_assert_true(stunt_guest_sleep(f->guest, 0, NULL));
}

static void test_falls_asleep(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const argv[] = { "doze", NULL };
    const StuntGuestSleep *sleep;
    g_autoptr(GError) error = NULL;

    g_assert_null(stunt_guest_sleeping(f->guest));
    stunt_guest_suspend(f->guest, argv, 0, &error);
    g_assert_no_error(error);
    sleep = stunt_guest_sleeping(f->guest);
    g_assert_true(sleep && sleep->asleep && !sleep->command->done);
    g_assert_cmpuint(sleep->asleep_ns, ==, stunt_vm_now_ns(f->vm));
    g_assert_true(stunt_guest_wait(f->guest, sleep->command, 0, &error));
    g_assert_false(sleep->asleep); /* it has asked something */
    stunt_guest_awake(f->guest);
    g_assert_null(stunt_guest_sleeping(f->guest));
}

static void check_stays_awake(Fixture *f, const char *const *argv, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_guest_suspend(f->guest, argv, 0, &error));
    assert_error(error, STUNT_ERROR_GUEST, why);
    g_assert_null(stunt_guest_sleeping(f->guest));
}

static void test_stays_awake(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    check_stays_awake(f, (const char *const[]){ "echo", "x", NULL }, "the guest did not fall asleep: no line end");
    check_stays_awake(f, (const char *const[]){ "kmsg", "6,2,2000000,-;of no matter\n", NULL },
                      "the guest did not fall asleep: its command ended without a word");
    check_stays_awake(f, (const char *const[]){ "kmsg", "3,3,2000000,-;PM: Device x failed to suspend\n", NULL },
                      "its command ended without a word; its kernel: PM: Device x failed to suspend");
}

static void test_files(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const gsize len = 3 * STUNT_MESSAGE_MAX + 17;
    g_autofree guint8 *content = g_malloc(len);
    g_autoptr(GBytes) back = NULL, empty = NULL;
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < len; i++) {
        content[i] = i * 7 + (i >> 8);
    }
    g_assert_true(stunt_guest_put(f->guest, "/a", "old", 3, 0644, 0, &error));
    g_assert_true(
        stunt_guest_put(f->guest, "/a", content, len, 0644, 0, &error)); /* in place of the old one */
    g_assert_no_error(error);
    /* what comes back is larger than the double can say at once */
    g_assert_true(stunt_guest_put(f->guest, "/b", content, 100000, 0644, 0, &error));
    back = stunt_guest_get(f->guest, "/b", 0, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(back, NULL), g_bytes_get_size(back), content, 100000);

    g_assert_true(stunt_guest_put(f->guest, "/empty", NULL, 0, 0644, 0, &error));
    empty = stunt_guest_get(f->guest, "/empty", 0, &error);
    g_assert_cmpuint(g_bytes_get_size(empty), ==, 0);
    g_assert_null(stunt_guest_get(f->guest, "/none", 0, &error));
    assert_error(error, STUNT_ERROR_GUEST, "get /none: No such file");
}

static void test_modules(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_guest_rmmod(f->guest, "stunt_dma", 0, &error));
    g_assert_true(stunt_guest_sync(f->guest, 0, &error));
    g_assert_false(stunt_guest_insmod(f->guest, "stunt_dam", NULL, 0, &error));
    assert_error(error, STUNT_ERROR_MISSING, "insmod stunt_dam: no such module");
}

static void test_kernel_log(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const GPtrArray *log = stunt_guest_kernel_log(f->guest);
    const StuntKmsg *kmsg;

    run(f, "kmsg 4,17,1500000,-;WARNING");
    g_assert_cmpuint(log->len, ==, 2);
    kmsg = g_ptr_array_index(log, 1);
    g_assert_cmpuint(kmsg->level, ==, 4);
    g_assert_cmpstr(kmsg->text, ==, "WARNING");
}

static void test_panic(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const GPtrArray *log = stunt_guest_kernel_log(f->guest);

    check_fails(f, "panic", STUNT_ERROR_GUEST, "the guest panicked: the double");
    g_assert_cmpint(stunt_vm_stopped(f->vm), ==, STUNT_STOPPED_PANIC);
    g_assert_cmpuint(log->len, ==, 2); /* the line that was known is not told twice */
    g_assert_cmpstr(((StuntKmsg *)g_ptr_array_index(log, 1))->text, ==,
                    "Kernel panic - not syncing: the double");
}

static void test_power_off(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    check_fails(f, "poweroff", STUNT_ERROR_GUEST, "the guest went off");
    check_fails(f, "echo x", STUNT_ERROR_GUEST, "off");
}

static void test_forbid(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    check_fails(f, "forbid", STUNT_ERROR_GUEST, "rule 8 forbids");
}

static gboolean at_pause(StuntGuest *guest, guint rule_number, gpointer data, GError **error)
{
    guint *rule = data;
    const char *argv[] = { "echo", "from the pause", NULL };
    g_autoptr(GError) nested = NULL;

    *rule = rule_number;
    g_assert_nonnull(stunt_guest_spawn(guest, argv, error));
    g_assert_false(stunt_guest_sleep(guest, 1, &nested)); /* it stands still: cannot be run from here */
    assert_error(nested, STUNT_ERROR_INPUT, "pause");
    return TRUE;
}

static gboolean give_up(StuntGuest *guest G_GNUC_UNUSED, guint rule_number, gpointer data G_GNUC_UNUSED,
                        GError **error)
{
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "given up at %u", rule_number);
    return FALSE;
}

static void test_pause(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text = NULL;
    guint rule = 0;

    run(f, "pause"); /* nobody minds */
    stunt_guest_on_pause(f->guest, at_pause, &rule);
    run(f, "pause");
    g_assert_cmpuint(rule, ==, 7);
    run(f, "echo end");
    text = stunt_timeline_to_text(f->timeline, NULL);
    g_assert_nonnull(strstr(text, "output  #3 from the pause"));
    stunt_guest_on_pause(f->guest, give_up, NULL);
    check_fails(f, "pause", STUNT_ERROR_FAILED, "given up at 7");
}

static void test_old_deadline(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    run(f, "late-deadline"); /* a stop for a deadline that nobody set ends nothing */
}

static void test_more_events_than_the_ring_holds(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    run(f, "burst 500000");
    g_assert_cmpuint(stunt_timeline_events(f->timeline), ==, 500000);
    g_assert_cmpuint(stunt_timeline_event(f->timeline, 499999)->seq, ==, 500000);
    g_assert_cmpuint(stunt_vm_events_lost(f->vm), ==, 0);
}

static void test_crash(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    check_fails(f, "crash", STUNT_ERROR_QEMU,
                "signal 9 (Killed); its last output:\nqemu: hardware error: the double");
}

static void test_stop_without_reason(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    check_fails(f, "stop", STUNT_ERROR_QEMU, "by itself");
}

static void test_hang(void)
{
    g_autoptr(StuntMachine) machine = double_machine("");
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autoptr(StuntVm) vm = NULL;
    g_autoptr(StuntGuest) guest = NULL;
    g_autoptr(GError) error = NULL;
    const char *argv[] = { "hang", NULL };

    machine->wall_limit_ms = 1000;
    vm = stunt_vm_new(machine, timeline, &error);
    g_assert_no_error(error);
    guest = stunt_guest_new(vm);
    g_assert_true(stunt_guest_boot(guest, 0, &error));
    g_assert_false(stunt_guest_wait(guest, stunt_guest_spawn(guest, argv, NULL), 0, &error));
    assert_error(error, STUNT_ERROR_TIMEOUT, "1000 ms");
}

/* A machine that the host gives little of a processor has longer. */
static void test_slow_machine(void)
{
    g_autoptr(StuntMachine) machine = double_machine("");
    g_autoptr(GError) error = NULL;
    Fixture f = { .timeline = stunt_timeline_new() };

    machine->wall_limit_ms = 1000;
    f.vm = stunt_vm_new(machine, f.timeline, &error);
    g_assert_no_error(error);
    f.guest = stunt_guest_new(f.vm);
    g_assert_true(stunt_guest_boot(f.guest, 0, &error));
    g_assert_cmpint(run(&f, "slow")->status, ==, 0);
    tear_down(&f, NULL);
}

/* In real time a guest may look for the answer before its stop has taken effect: it must not be lost. */
static void test_guest_that_looks_too_early(void)
{
    g_autoptr(StuntMachine) machine = double_machine("early");
    g_autoptr(GError) error = NULL;
    Fixture f = { .timeline = stunt_timeline_new() };

    machine->realtime = TRUE;
    f.vm = stunt_vm_new(machine, f.timeline, &error);
    g_assert_no_error(error);
    f.guest = stunt_guest_new(f.vm);
    g_assert_true(stunt_guest_boot(f.guest, 0, &error));
    for (guint i = 0; i < 3; i++) {
        StuntCommand *first = spawn(&f, "echo one"), *second = run(&f, "echo two");

        g_assert_cmpstr(second->out->str, ==, "two\n");
        g_assert_true(stunt_guest_wait(f.guest, first, 0, &error));
        g_assert_cmpstr(first->out->str, ==, "one\n");
    }
    g_assert_true(stunt_guest_put(f.guest, "/x", "content", 7, 0644, 0, &error));
    tear_down(&f, NULL);
}

static void test_refused_command(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *command = run(f, "refused");

    g_assert_cmpint(command->status, ==, 126);
    g_assert_cmpstr(command->err->str, ==, "RUN: too many arguments");
}

static void test_protocol_broken(Fixture *f, gconstpointer data)
{
    check_fails(f, data, STUNT_ERROR_PROTOCOL, "agent");
}

static void test_nothing_to_run(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    const char *none[] = { NULL }, *empty[] = { "", NULL };

    g_assert_null(stunt_guest_spawn(f->guest, none, &error));
    assert_error(error, STUNT_ERROR_INPUT, "without a program");
    g_clear_error(&error);
    g_assert_null(stunt_guest_spawn(f->guest, empty, &error));
    assert_error(error, STUNT_ERROR_INPUT, "without a program");
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    static const char *const breaches[] = { "stray-exit",   "stray-done", "bad-stream",   "bad-type",
                                            "second-hello", "half",       "kmsg nonsense" };

    g_test_init(&argc, &argv, NULL);
    ADD("/guest/boot", test_boot);
    ADD("/guest/command", test_command);
    ADD("/guest/notes", test_notes);
    ADD("/guest/several-at-once", test_several_at_once);
    ADD("/guest/sleep", test_sleep);
    ADD("/guest/falls-asleep", test_falls_asleep);
    ADD("/guest/stays-awake", test_stays_awake);
    ADD("/guest/files", test_files);
    ADD("/guest/modules", test_modules);
    ADD("/guest/kernel-log", test_kernel_log);
    ADD("/guest/panic", test_panic);
    ADD("/guest/power-off", test_power_off);
    ADD("/guest/forbid", test_forbid);
    ADD("/guest/pause", test_pause);
    ADD("/guest/old-deadline", test_old_deadline);
    ADD("/guest/more-events-than-the-ring-holds", test_more_events_than_the_ring_holds);
    ADD("/guest/crash", test_crash);
    ADD("/guest/stop-without-reason", test_stop_without_reason);
    g_test_add_func("/guest/hang", test_hang);
    g_test_add_func("/guest/slow-machine", test_slow_machine);
    g_test_add_func("/guest/looks-too-early", test_guest_that_looks_too_early);
    ADD("/guest/refused-command", test_refused_command);
    ADD("/guest/nothing-to-run", test_nothing_to_run);
    for (guint i = 0; i < G_N_ELEMENTS(breaches); i++) {
        g_autofree char *path = g_strconcat("/guest/protocol-broken/", breaches[i], NULL);

        g_test_add(path, Fixture, breaches[i], set_up, test_protocol_broken, tear_down);
    }
    return g_test_run();
}
