/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util/wait.h"
#include "lib/vm/process.h"
#include "stunt/error.h"

#define LONG_MS 10000

static const char *self;

static StuntProcess *start_shell(const char *script)
{
    const char *argv[] = { "/bin/sh", "-c", script, NULL };
    g_autoptr(GError) error = NULL;
    StuntProcess *process = stunt_process_new(argv, NULL, 0, &error);

    g_assert_no_error(error);
    return process;
}

static gboolean has_exited(gpointer data)
{
    return stunt_process_exited(data);
}

static void check_end(const char *script, const char *state, const char *output)
{
    g_autoptr(StuntProcess) process = start_shell(script);
    g_autofree char *said = NULL, *how = NULL;

    g_assert_true(stunt_wait_until(has_exited, process, LONG_MS));
    how = stunt_process_state_text(process);
    said = stunt_process_output(process);
    g_assert_cmpstr(how, ==, state);
    g_assert_cmpstr(said, ==, output);
}

static void test_end_and_output(void)
{
    check_end("exit 0", "ended with exit status 0", "");
    check_end("echo out; echo err >&2; exit 3", "ended with exit status 3", "out\nerr");
    check_end("kill -SEGV $$", "was killed by signal 11 (Segmentation fault)", "");
    check_end("read x; echo \"[$x]\"", "ended with exit status 0", "[]"); /* stdin is empty */
    check_end("printf 'bad \\377'", "ended with exit status 0", "bad \xef\xbf\xbd");
}

static void test_output_is_bounded(void)
{
    g_autoptr(StuntProcess) process =
        start_shell("i=0; while [ $i -lt 9999 ]; do i=$((i + 1)); echo line $i; done");
    g_autofree char *said = NULL;

    g_assert_true(stunt_wait_until(has_exited, process, LONG_MS));
    said = stunt_process_output(process);
    g_assert_cmpuint(strlen(said), <=, 16 * 1024);
    g_assert_true(g_str_has_prefix(said, "line ")); /* whole lines */
    g_assert_true(g_str_has_suffix(said, "line 9999"));
}

static void test_does_not_start(void)
{
    const char *argv[] = { "/nonexistent/qemu", NULL };
    g_autoptr(GError) error = NULL;

    g_assert_null(stunt_process_new(argv, NULL, 0, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_QEMU);
    g_assert_nonnull(strstr(error->message, "/nonexistent/qemu"));
}

static void test_inherits_descriptors_and_nothing_else(void)
{
    const char *argv[] = { "/bin/sh", "-c", "cat <&3; cat <&4; ls /proc/$$/fd | tr '\\n' ' '", NULL };
    g_autoptr(StuntProcess) process = NULL;
    g_autofree char *said = NULL;
    int a[2], b[2], stray = open("/dev/null", O_RDONLY), fds[2];

    g_assert_cmpint(pipe2(a, O_CLOEXEC) | pipe2(b, O_CLOEXEC), ==, 0);
    g_assert_cmpint(write(a[1], "A\n", 2) + write(b[1], "B\n", 2), ==, 4);
    close(a[1]);
    close(b[1]);
    fds[0] = a[0];
    fds[1] = b[0];
    process = stunt_process_new(argv, fds, 2, NULL);
    g_assert_true(stunt_wait_until(has_exited, process, LONG_MS));
    said = stunt_process_output(process);
    g_assert_cmpstr(said, ==, "A\nB\n0 1 2 3 4");
    close(a[0]);
    close(b[0]);
    close(stray);
}

static void test_environment_is_small(void)
{
    const char *argv[] = { "/usr/bin/env", NULL };
    g_autoptr(StuntProcess) process = NULL;
    g_autofree char *said = NULL;

    g_setenv("QEMU_AUDIO_DRV", "alsa", TRUE);
    process = stunt_process_new(argv, NULL, 0, NULL);
    g_assert_true(stunt_wait_until(has_exited, process, LONG_MS));
    said = stunt_process_output(process);
    g_assert_nonnull(strstr(said, "PATH="));
    g_assert_null(strstr(said, "QEMU_AUDIO_DRV"));
}

/* A zombie counts: whether somebody collects an orphan is not our concern. */
static gboolean is_gone(gpointer data)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", *(const pid_t *)data);
    g_autofree char *stat = NULL;

    return !g_file_get_contents(path, &stat, NULL, NULL) || strstr(stat, ") Z ");
}

static gboolean poll_again(gpointer data G_GNUC_UNUSED)
{
    return G_SOURCE_CONTINUE;
}

/* Whether the process goes away by itself; the timer keeps the wait looking. */
static gboolean goes_away(pid_t pid)
{
    const guint timer = g_timeout_add(5, poll_again, NULL);
    const gboolean gone = stunt_wait_until(is_gone, &pid, LONG_MS);

    g_source_remove(timer);
    return gone;
}

/* A shell that says its number once it no longer minds signals. */
#define STUBBORN "trap '' TERM INT HUP; echo $$; while :; do sleep 60; done"

static gboolean has_spoken(gpointer data)
{
    g_autofree char *said = stunt_process_output(data);

    return *said != '\0';
}

static void test_free_ends_it(void)
{
    StuntProcess *process = start_shell(STUBBORN);
    const pid_t pid = stunt_process_pid(process);

    g_assert_true(stunt_wait_until(has_spoken, process, LONG_MS));
    g_assert_cmpint(getpgid(pid), ==, pid); /* a group of its own: Ctrl-C is not for it */
    stunt_process_free(process);
    g_assert_cmpint(kill(pid, 0), ==, -1); /* and collected */
}

/* What the test below kills: starts a stubborn child, says its number, waits. */
static int play_parent(void)
{
    StuntProcess *process = start_shell(STUBBORN);

    stunt_wait_until(has_spoken, process, LONG_MS);
    g_print("%d\n", stunt_process_pid(process));
    pause();
    return 0;
}

static void test_dies_with_its_parent(void)
{
    const char *argv[] = { self, "--play-parent", NULL };
    g_autoptr(StuntProcess) parent = stunt_process_new(argv, NULL, 0, NULL);
    g_autofree char *said = NULL;
    pid_t child;

    g_assert_nonnull(parent);
    g_assert_true(stunt_wait_until(has_spoken, parent, LONG_MS));
    said = stunt_process_output(parent);
    child = atoi(said);
    g_assert_cmpint(kill(child, 0), ==, 0);
    kill(stunt_process_pid(parent), SIGKILL);
    g_assert_true(goes_away(child));
}

int main(int argc, char **argv)
{
    self = argv[0];
    if (argc == 2 && strcmp(argv[1], "--play-parent") == 0) {
        return play_parent();
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/process/end-and-output", test_end_and_output);
    g_test_add_func("/process/output-is-bounded", test_output_is_bounded);
    g_test_add_func("/process/does-not-start", test_does_not_start);
    g_test_add_func("/process/inherits-descriptors-and-nothing-else",
                    test_inherits_descriptors_and_nothing_else);
    g_test_add_func("/process/environment-is-small", test_environment_is_small);
    g_test_add_func("/process/free-ends-it", test_free_ends_it);
    g_test_add_func("/process/dies-with-its-parent", test_dies_with_its_parent);
    return g_test_run();
}
