/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and ending QEMU, and the qtest protocol. QMP is in qmp.c. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qmp.h"

#define BIOS_SIZE (64 * 1024)
#define CHUNK (32 * 1024)
enum { CHILD_QTEST_FD = 3, CHILD_QMP_FD = 4 };

static const char *need_env(const char *name)
{
    const char *value = g_getenv(name);

    if (!value || !*value) {
        g_error("%s is not set: run this through meson test", name);
    }
    return value;
}

/* No CPU runs, so the firmware is empty; nothing is looked up on the host. One for the test's whole life. */
static char *blank_bios_path(void)
{
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("bios", MFD_CLOEXEC);
        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(ftruncate(fd, BIOS_SIZE), ==, 0);
    }
    return g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), fd);
}

static void add_words(GPtrArray *argv, const char *text)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;

    if (!*text) {
        return;
    }
    if (!g_shell_parse_argv(text, NULL, &words, &error)) {
        g_error("arguments '%s': %s", text, error->message);
    }
    for (unsigned i = 0; words[i]; i++) {
        g_ptr_array_add(argv, g_strdup(words[i]));
    }
}

GPtrArray *machine_base_args(const char *qemu, const char *accel)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(qemu));
    g_ptr_array_add(argv, g_strdup("-accel"));
    g_ptr_array_add(argv, g_strdup(accel));
    g_ptr_array_add(argv, g_strdup("-plugin"));
    g_ptr_array_add(argv, g_strdup(need_env("STUNT_DEVICES")));
    g_ptr_array_add(argv, g_strdup("-bios"));
    g_ptr_array_add(argv, blank_bios_path());
    add_words(argv, "-machine q35 -m 64M -nodefaults -no-user-config -display none -vga none -rtc clock=vm "
                    "-global apic.vapic=off -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off");
    return argv;
}

/* In the child: puts fds where the command line says, all others close by themselves. */
static void place_fds(gpointer data)
{
    const int *fd = data;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned i = 0; i < 3; i++) {
        static const int place[] = { CHILD_QTEST_FD, CHILD_QMP_FD, MACHINE_SHM_FD };

        if (fd[i] >= 0 && dup2(fd[i], place[i]) < 0) {
            _exit(126);
        }
    }
}

/* Above all places, so that dup2 in the child never closes one that is still needed. */
static int lift_fd(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 64);

    g_assert_cmpint(high, >=, 64);
    return high;
}

static int socket_pair(int *ret_child)
{
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    *ret_child = lift_fd(pair[1]);
    close(pair[1]);
    return pair[0];
}

Machine *machine_new(const char *args, int fd)
{
    Machine *machine = g_new0(Machine, 1);
    g_autoptr(GPtrArray) argv = machine_base_args(need_env("STUNT_QEMU"), "qtest");
    g_autoptr(GError) error = NULL;
    int child[3];

    machine->qtest_in = g_string_new(NULL);
    machine->qmp_in = g_string_new(NULL);
    machine->qtest_fd = socket_pair(&child[0]);
    machine->qmp_fd = socket_pair(&child[1]);
    child[2] = fd >= 0 ? lift_fd(fd) : -1;
    add_words(argv, "-chardev socket,id=qtest0,fd=3 "
                    "-object qtest,id=qtest,chardev=qtest0,log=none "
                    "-chardev socket,id=qmp0,fd=4 -mon chardev=qmp0,mode=control");
    add_words(argv, args);
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_async(NULL, (char **)argv->pdata, NULL,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, place_fds, child,
                       &machine->pid, &error)) {
        g_error("cannot start QEMU: %s", error->message);
    }
    for (unsigned i = 0; i < 3; i++) {
        if (child[i] >= 0) {
            close(child[i]);
        }
    }
    qmp_greet(machine);
    return machine;
}

/* Waits for QEMU, which must end with status `code`, and lets everything go. */
static void reap(Machine *machine, int code)
{
    int status = 0;

    if (waitpid(machine->pid, &status, 0) != machine->pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != code) {
        g_error("QEMU ended with wait status 0x%x", status);
    }
    g_spawn_close_pid(machine->pid);
    close(machine->qtest_fd);
    close(machine->qmp_fd);
    g_string_free(machine->qtest_in, TRUE);
    g_string_free(machine->qmp_in, TRUE);
    g_free(machine);
}

void machine_free(Machine *machine)
{
    if (machine) {
        qmp_quit(machine);
        reap(machine, EXIT_SUCCESS);
    }
}

void machine_expect_end(Machine *machine, const char *command, const char *args)
{
    qmp_execute_to_end(machine, command, args);
    reap(machine, EXIT_FAILURE);
}

/* ---- the qtest protocol ---------------------------------------------------------------------------- */

static void take_irq_line(Machine *machine, const char *line)
{
    char what[8];
    unsigned n;

    if (sscanf(line, "IRQ %7s %u", what, &n) != 2 || n >= MACHINE_IRQS) {
        g_error("qtest: strange line '%s'", line);
    }
    machine->irq[n] = strcmp(what, "raise") == 0;
    machine->raised[n] += machine->irq[n];
}

/* Sends one line; gives the answer without "OK". Interrupts that come before it are noted. */
static char *command(Machine *machine, const char *line)
{
    line_send(machine->qtest_fd, line);
    for (;;) {
        g_autofree char *answer = line_receive(machine, machine->qtest_fd, machine->qtest_in);

        if (g_str_has_prefix(answer, "IRQ ")) {
            take_irq_line(machine, answer);
        } else if (g_str_has_prefix(answer, "OK")) {
            return g_strdup(answer[2] ? answer + 3 : "");
        } else {
            g_error("qtest: '%.80s' was answered by '%s'", line, answer);
        }
    }
}

G_GNUC_PRINTF(2, 3) static char *commandf(Machine *machine, const char *format, ...)
{
    g_autofree char *line = NULL;
    va_list args;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    return command(machine, line);
}

G_GNUC_PRINTF(2, 3) static uint64_t command_number(Machine *machine, const char *format, ...)
{
    g_autofree char *line = NULL, *answer = NULL;
    va_list args;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    answer = command(machine, line);
    return g_ascii_strtoull(answer, NULL, 0);
}

static char size_letter(unsigned size)
{
    switch (size) {
    case 1:
        return 'b';
    case 2:
        return 'w';
    case 4:
        return 'l';
    default:
        g_assert_cmpuint(size, ==, 8);
        return 'q';
    }
}

uint64_t machine_read_sized(Machine *machine, uint64_t addr, unsigned size)
{
    return command_number(machine, "read%c 0x%" PRIx64, size_letter(size), addr);
}

void machine_write_sized(Machine *machine, uint64_t addr, unsigned size, uint64_t value)
{
    g_free(commandf(machine, "write%c 0x%" PRIx64 " 0x%" PRIx64, size_letter(size), addr, value));
}

uint32_t machine_read32(Machine *machine, uint64_t addr)
{
    return (uint32_t)machine_read_sized(machine, addr, 4);
}

uint64_t machine_read64(Machine *machine, uint64_t addr)
{
    return machine_read_sized(machine, addr, 8);
}

void machine_write32(Machine *machine, uint64_t addr, uint32_t value)
{
    machine_write_sized(machine, addr, 4, value);
}

static void read_chunk(Machine *machine, uint64_t addr, uint8_t *data, size_t len)
{
    g_autofree char *answer = commandf(machine, "b64read 0x%" PRIx64 " 0x%zx", addr, len);
    gsize got = 0;
    g_autofree guchar *bytes = g_base64_decode(answer, &got);

    g_assert_cmpuint(got, ==, len);
    memcpy(data, bytes, len);
}

void machine_read(Machine *machine, uint64_t addr, void *data, size_t len)
{
    for (size_t done = 0; done < len; done += CHUNK) {
        read_chunk(machine, addr + done, (uint8_t *)data + done, MIN(CHUNK, len - done));
    }
}

void machine_write(Machine *machine, uint64_t addr, const void *data, size_t len)
{
    for (size_t done = 0; done < len; done += CHUNK) {
        size_t part = MIN(CHUNK, len - done);
        g_autofree char *text = g_base64_encode((const guchar *)data + done, part);

        g_free(commandf(machine, "b64write 0x%" PRIx64 " 0x%zx %s", addr + done, part, text));
    }
}

void machine_fill(Machine *machine, uint64_t addr, uint8_t value, size_t len)
{
    g_free(commandf(machine, "memset 0x%" PRIx64 " 0x%zx 0x%x", addr, len, value));
}

void machine_check(Machine *machine, uint64_t addr, const void *expected, size_t len)
{
    g_autofree uint8_t *got = g_malloc(len);

    machine_read(machine, addr, got, len);
    g_assert_cmpmem(got, len, expected, len);
}

void random_bytes(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        data[i] = (uint8_t)g_test_rand_int();
    }
}

static char width(unsigned size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : 'l';
}

void machine_out(Machine *machine, uint16_t port, unsigned size, uint32_t value)
{
    g_free(commandf(machine, "out%c 0x%x 0x%x", width(size), port, value));
}

uint32_t machine_in(Machine *machine, uint16_t port, unsigned size)
{
    return (uint32_t)command_number(machine, "in%c 0x%x", width(size), port);
}

void machine_outl(Machine *machine, uint16_t port, uint32_t value)
{
    machine_out(machine, port, 4, value);
}

uint32_t machine_inl(Machine *machine, uint16_t port)
{
    return machine_in(machine, port, 4);
}

int64_t machine_step(Machine *machine, int64_t ns)
{
    return (int64_t)command_number(machine, "clock_step %" PRId64, ns);
}

int64_t machine_set_clock(Machine *machine, int64_t ns)
{
    return (int64_t)command_number(machine, "clock_set %" PRId64, ns);
}

int64_t machine_now(Machine *machine)
{
    return machine_set_clock(machine, 0);
}

void machine_intercept_irqs(Machine *machine)
{
    g_free(command(machine, "irq_intercept_in ioapic"));
}
