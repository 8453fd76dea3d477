/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going back: what the harness knows of machine and guest goes with them. */
#include <signal.h>

#include "common.h"

typedef struct {
    StuntTimeline *timeline;
    StuntVm *vm;
    StuntGuest *guest;
    StuntGuestMark *mark;
} Fixture;

static void set_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    f->timeline = stunt_timeline_new();
    f->vm = double_start(f->timeline);
    f->guest = double_boot(f->vm);
}

static void tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    stunt_guest_mark_free(f->mark);
    stunt_guest_free(f->guest);
    stunt_vm_free(f->vm);
    stunt_timeline_free(f->timeline);
}

static void keep(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_vm_snapshot(f->vm, "here", &error));
    g_assert_no_error(error);
    f->mark = stunt_guest_mark(f->guest);
}

static void go_back(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    stunt_vm_rewind(f->vm, "here", &error);
    g_assert_no_error(error);
    stunt_guest_rewind(f->guest, f->mark);
}

static StuntCommand *spawn(Fixture *f, const char *line)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_autoptr(GError) error = NULL;
    StuntCommand *command = stunt_guest_spawn(f->guest, (const char *const *)argv, &error);

    g_assert_no_error(error);
    return command;
}

static void finish(Fixture *f, StuntCommand *command)
{
    g_autoptr(GError) error = NULL;

    stunt_guest_wait(f->guest, command, 0, &error);
    g_assert_no_error(error);
    g_assert_true(command->done);
}

static StuntCommand *run(Fixture *f, const char *line)
{
    StuntCommand *command = spawn(f, line);

    finish(f, command);
    return command;
}

/* The log behind its first `skip` bytes. */
static char *log_from(Fixture *f, gsize skip)
{
    g_autofree char *text = stunt_timeline_to_text(f->timeline, NULL);

    return g_strdup(text + skip);
}

static gsize log_length(Fixture *f)
{
    gsize len;

    g_free(stunt_timeline_to_text(f->timeline, &len));
    return len;
}

static void test_commands_are_as_they_were(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *ended = run(f, "echo one"), *sleeper = spawn(f, "mutter");
    g_autofree char *first = NULL, *again = NULL;
    gsize len;

    run(f, "echo two");
    keep(f);
    len = log_length(f);
    for (guint i = 0; i < 3; i++) {
        g_assert_false(sleeper->done);
        g_assert_cmpstr(sleeper->out->str, ==, "half a ");
        g_assert_cmpuint(sleeper->end_ns, ==, 0);
        g_assert_true(stunt_guest_kill(f->guest, sleeper, SIGKILL, NULL));
        finish(f, sleeper);
        g_assert_cmpint(sleeper->status, ==, 256 + SIGKILL);
        g_free(again);
        again = log_from(f, len);
        len = log_length(f);
        if (!first) {
            first = g_strdup(again);
            g_assert_nonnull(strstr(first, "output  #2 half a \n")); /* the unfinished line, at its end */
        }
        g_assert_cmpstr(first, ==, again); /* times, too */
        go_back(f);
    }
    g_assert_true(ended->done && !ended->forgotten && !sleeper->forgotten);
    g_assert_cmpstr(ended->out->str, ==, "one\n");
}

static void test_asleep_again(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const argv[] = { "doze", NULL };

    g_assert_true(stunt_guest_suspend(f->guest, argv, 0, NULL));
    keep(f);
    for (guint i = 0; i < 2; i++) {
        const StuntGuestSleep *sleep = stunt_guest_sleeping(f->guest);

        g_assert_true(sleep && sleep->asleep);
        finish(f, sleep->command);
        stunt_guest_awake(f->guest);
        go_back(f);
    }
}

static void test_later_commands_are_forgotten(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    StuntCommand *late, *again;

    keep(f);
    late = run(f, "echo late");
    go_back(f);
    g_assert_true(late->forgotten);
    g_assert_false(stunt_guest_wait(f->guest, late, 0, &error));
    assert_error(error, STUNT_ERROR_INPUT, "started after the snapshot");
    g_clear_error(&error);
    g_assert_false(stunt_guest_kill(f->guest, late, SIGTERM, &error));
    assert_error(error, STUNT_ERROR_INPUT, "started after the snapshot");

    again = run(f, "echo again");
    g_assert_true(again != late);
    g_assert_cmpuint(again->id, ==, late->id);
    g_assert_cmpstr(again->out->str, ==, "again\n");
    g_assert_cmpstr(late->out->str, ==, "late\n");
}

/* A mark made on a way that was given up brings back what was forgotten. */
static void test_forward_again(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(StuntGuestMark) later = NULL;
    StuntCommand *command;

    keep(f);
    command = run(f, "echo x");
    run(f, "kmsg 4,2,2000000,-;new");
    later = stunt_guest_mark(f->guest);
    go_back(f);
    g_assert_true(command->forgotten);
    g_assert_cmpuint(stunt_guest_kernel_log(f->guest)->len, ==, 1);
    run(f, "echo other");
    stunt_guest_rewind(f->guest, later);
    g_assert_false(command->forgotten);
    g_assert_cmpstr(command->out->str, ==, "x\n");
    g_assert_cmpuint(stunt_guest_kernel_log(f->guest)->len, ==, 2);
    g_assert_cmpuint(spawn(f, "echo y")->id, ==, command->id + 2);
}

static void test_what_is_to_be_said(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    StuntCommand *command = spawn(f, "echo hello"); /* the guest has not heard of it */

    keep(f);
    for (guint i = 0; i < 3; i++) {
        g_assert_false(command->done);
        finish(f, command);
        g_assert_cmpstr(command->out->str, ==, "hello\n");
        go_back(f);
    }
    g_assert_cmpuint(command->out->len, ==, 0);
}

static void test_request_that_nobody_waits_for(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(stunt_guest_get(f->guest, "/nowhere", 1, &error)); /* too late before it is asked */
    assert_error(error, STUNT_ERROR_DEADLINE, "");
    keep(f);
    for (guint i = 0; i < 3; i++) {
        run(f, "echo x"); /* the late answer comes with it */
        go_back(f);
    }
}

static void test_out_of_a_power_off(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    guint64 start_ns = stunt_vm_now_ns(f->vm);

    keep(f);
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(stunt_guest_wait(f->guest, spawn(f, i % 2 ? "panic" : "poweroff"), 0, &error));
        assert_error(error, STUNT_ERROR_GUEST, i % 2 ? "panicked" : "off");
        go_back(f);
        g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, start_ns);
        g_assert_cmpint(stunt_vm_stopped(f->vm), ==, STUNT_STOPPED_ASK);
        run(f, "echo x");
    }
}

static void test_deadlines_hold_again(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const guint64 start_ns = stunt_vm_now_ns(f->vm);
    StuntCommand *sleeper = spawn(f, "sleep");

    keep(f);
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(stunt_guest_wait(f->guest, sleeper, start_ns + 1000000, &error));
        assert_error(error, STUNT_ERROR_DEADLINE, "");
        g_assert_cmpuint(stunt_vm_now_ns(f->vm), ==, start_ns + 1000000);
        go_back(f);
    }
}

static void test_unknown_snapshot(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_vm_rewind(f->vm, "nowhere", &error));
    assert_error(error, STUNT_ERROR_QEMU, "no such snapshot");
    run(f, "echo x"); /* no harm done */
}

static void test_check_tells_the_difference(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *difference = NULL;

    g_assert_true(stunt_vm_check(f->vm, &difference, NULL));
    g_assert_cmpstr(difference, ==, "dma0: differs");
}

static void test_name_of_a_state(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const StuntVmTemplate template = { .state = 10, .ram = 11, .pages = -1 };
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_vm_save(f->vm, &template, &error));
    g_assert_no_error(error);
    g_assert_false(stunt_vm_load(f->vm, "", &template, &error));
    assert_error(error, STUNT_ERROR_INPUT, "empty");
    g_clear_error(&error);
    g_assert_false(stunt_vm_load(f->vm, "a b", &template, &error));
    assert_error(error, STUNT_ERROR_INPUT, "'a b'");
}

static void test_another_timeline(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(StuntTimeline) other = stunt_timeline_new();
    const gsize before = log_length(f);

    run(f, "burst 3");
    stunt_vm_set_timeline(f->vm, other);
    g_assert_true(stunt_vm_timeline(f->vm) == other);
    g_assert_cmpint(stunt_timeline_device_index(other, "link"), ==, 0);
    run(f, "burst 4");
    g_assert_cmpuint(stunt_timeline_events(other), ==, 4);
    g_assert_cmpuint(stunt_timeline_last_seq(other), ==, 7);
    g_assert_cmpuint(stunt_timeline_events(f->timeline), ==, 3);
    g_assert_cmpuint(log_length(f), >, before);
    stunt_vm_set_timeline(f->vm, f->timeline);
}

/* ---- beside a saved machine ---------------------------------------------------------------------- */

static void test_ready_point(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(StuntGuest) other = stunt_guest_new(f->vm);
    g_autoptr(JsonNode) node = NULL, again = NULL;
    g_autoptr(GError) error = NULL;
    StuntCommand *command;
    const char *const argv[] = {"echo", "x", NULL};

    run(f, "kmsg 3,7,2000000,-;with \\x22quotes\\x22");
    node = stunt_guest_to_json(f->guest);
    g_assert_true(stunt_guest_from_json(other, node, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(stunt_guest_release(other), ==, "6.1.0-double");
    g_assert_cmpuint(stunt_guest_kernel_log(other)->len, ==, 2);
    again = stunt_guest_to_json(other);
    g_assert_true(json_node_equal(node, again));

    command = stunt_guest_spawn(other, argv, NULL);
    g_assert_cmpuint(command->id, ==, 2);
    g_assert_true(stunt_guest_wait(other, command, 0, &error)); /* it knows that the guest asks */
    g_assert_cmpstr(command->out->str, ==, "x\n");
}

static void test_bad_ready_points(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const bad[] = {
        "[]",
        "{}",
        "{ \"release\": \"6.1\", \"next-id\": 1 }",
        "{ \"release\": 6, \"next-id\": 1, \"kernel-log\": [] }",
        "{ \"release\": \"6.1\", \"next-id\": \"1\", \"kernel-log\": [] }",
        "{ \"release\": \"6.1\", \"next-id\": 1, \"kernel-log\": {} }",
        "{ \"release\": \"6.1\", \"next-id\": 1, \"kernel-log\": [ 1 ] }",
        "{ \"release\": \"6.1\", \"next-id\": 1, \"kernel-log\": [ [ 1, 2, 3 ] ] }",
        "{ \"release\": \"6.1\", \"next-id\": 1, \"kernel-log\": [ [ 1, 2, \"3\", \"x\" ] ] }",
    };
    g_autoptr(StuntGuest) other = stunt_guest_new(f->vm);

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(JsonNode) node = json_from_string(bad[i], NULL);
        g_autoptr(GError) error = NULL;

        g_assert_false(stunt_guest_from_json(other, node, &error));
        assert_error(error, STUNT_ERROR_INPUT, "ready point");
        g_assert_null(stunt_guest_release(other));
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        {"/mark/commands-are-as-they-were", test_commands_are_as_they_were},
        {"/mark/asleep-again", test_asleep_again},
        {"/mark/later-commands-are-forgotten", test_later_commands_are_forgotten},
        {"/mark/forward-again", test_forward_again},
        {"/mark/what-is-to-be-said", test_what_is_to_be_said},
        {"/mark/request-that-nobody-waits-for", test_request_that_nobody_waits_for},
        {"/mark/out-of-a-power-off", test_out_of_a_power_off},
        {"/mark/deadlines-hold-again", test_deadlines_hold_again},
        {"/mark/unknown-snapshot", test_unknown_snapshot},
        {"/mark/check-tells-the-difference", test_check_tells_the_difference},
        {"/mark/name-of-a-state", test_name_of_a_state},
        {"/mark/another-timeline", test_another_timeline},
        {"/mark/ready-point", test_ready_point},
        {"/mark/bad-ready-points", test_bad_ready_points},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
