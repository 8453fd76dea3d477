/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timed functional probe: that /dev/kvm opens and makes a virtual processor says nothing about guests. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli.h"
#include "kvm-payload.h"
#include "kvm-probe.h"

#define KVM_DEVICE "/dev/kvm"
#define LIMIT_MS 300
#define TRIES 2 /* a busy machine may be late once */

/* The firmware image as a file that only this process has; the child reads it through /proc. */
static int make_image(void)
{
    g_autofree guint8 *image = g_malloc(STUNT_PAYLOAD_SIZE);
    int fd = stunt_kvm_payload(image) ? memfd_create("stunt-probe", MFD_CLOEXEC) : -1;

    if (fd >= 0 && write(fd, image, STUNT_PAYLOAD_SIZE) != STUNT_PAYLOAD_SIZE) {
        close(fd);
        return -1;
    }
    return fd;
}

static GPtrArray *probe_argv(const StuntSetup *setup, const char *image)
{
    const char *fixed[] = {
        "-accel", "kvm",        "-M",          "pc",
        "-m",     "64",         "-nodefaults", "-display",
        "none",   "-serial",    "none",        "-monitor",
        "none",   "-no-reboot", "-device",     "isa-debug-exit,iobase=" STUNT_PAYLOAD_PORT ",iosize=1",
        "-bios",  image
    };
    GPtrArray *argv = g_ptr_array_new();

    g_ptr_array_add(argv, setup->qemu);
    for (guint i = 0; i < setup->firmware->len; i++) {
        g_ptr_array_add(argv, "-L");
        g_ptr_array_add(argv, setup->firmware->pdata[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_ptr_array_add(argv, (char *)fixed[i]);
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

/* One run. -1: killed for being late. */
static int run_payload(const StuntSetup *setup, int image, char **ret_output)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), image);
    g_autoptr(GPtrArray) argv = probe_argv(setup, path);
    g_autoptr(GError) error = NULL;
    int status;

    if (!stunt_cli_spawn((const char *const *)argv->pdata, LIMIT_MS, ret_output, &status, &error)) {
        *ret_output = g_strdup(error->message);
        return 1;
    }
    return status;
}

static StuntKvm judge(int status, const char *output, char **ret_text)
{
    g_autofree char *line = first_line(output);

    if (status == STUNT_PAYLOAD_EXIT) {
        *ret_text = g_strdup_printf("a guest ran and reported within %d ms", LIMIT_MS);
        return STUNT_KVM_WORKS;
    }
    if (status < 0) {
        *ret_text = g_strdup_printf(
            KVM_DEVICE " opens, but a small guest did not report within %d ms: KVM hangs here", LIMIT_MS);
    } else {
        *ret_text =
            g_strdup_printf("QEMU ended with status %d under KVM: %s", status, *line ? line : "no message");
    }
    return STUNT_KVM_BROKEN;
}

StuntKvm stunt_kvm_probe(const StuntSetup *setup, char **ret_text)
{
    StuntKvm found = STUNT_KVM_ABSENT;
    int image;

    if (access(KVM_DEVICE, R_OK | W_OK)) {
        *ret_text = g_strdup_printf(KVM_DEVICE ": %s", g_strerror(errno));
        return STUNT_KVM_ABSENT;
    }
    image = make_image();
    if (image < 0) {
        *ret_text = g_strdup("the probe needs an x86-64 host");
        return STUNT_KVM_ABSENT;
    }
    *ret_text = NULL;
    for (int i = 0; i < TRIES && found != STUNT_KVM_WORKS; i++) {
        g_autofree char *output = NULL;
        int status = run_payload(setup, image, &output);

        g_free(*ret_text);
        found = judge(status, output, ret_text);
    }
    close(image);
    return found;
}
