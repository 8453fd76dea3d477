/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the models refuse at the start: another QEMU, bad properties, bad shared memory. */
#include "shm.h"
#include "machine.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs QEMU to its end, which must be a failure, and gives what it wrote to stderr. */
static char *run_refused(const char *qemu, const char *accel, const char *args, int fd)
{
    g_autoptr(GPtrArray) argv = machine_base_args(qemu, accel);
    g_auto(GStrv) more = g_strsplit(args, " ", -1);
    g_autoptr(GError) error = NULL;
    g_autofree char *fd_path = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), fd);
    char *err = NULL;
    int status;

    for (unsigned i = 0; more[i] && *args; i++) {
        g_auto(GStrv) parts = g_strsplit(more[i], "@SHM@", -1);

        g_ptr_array_add(argv, g_strjoinv(fd_path, parts));
    }
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, 0, NULL, NULL, NULL, &err, &status, &error)) {
        g_error("cannot start %s: %s", qemu, error->message);
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), !=, 0);
    g_test_message("%s", err);
    return err;
}

static void expect(const char *args, int fd, const char *message)
{
    g_autofree char *err = run_refused(g_getenv("STUNT_QEMU"), "qtest", args, fd);

    if (!strstr(err, message)) {
        g_error("'%s' is not in '%s'", message, err);
    }
}

/* ---- another QEMU ---------------------------------------------------------------------------------- */

static char *build_id_of(const char *qemu)
{
    const char *const argv[] = { "readelf", "-n", qemu, NULL };
    g_autofree char *out = NULL;
    char *at;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL)) {
        return NULL;
    }
    at = strstr(out, "Build ID: ");
    return at ? g_strndup(at + 10, strcspn(at + 10, "\n ")) : NULL;
}

static void hex_to_bytes(const char *hex, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    }
}

/* The same QEMU with one bit of its build id changed: to the models it is another one. */
static void copy_with_other_id(const char *qemu, const char *to)
{
    g_autofree char *hex = build_id_of(qemu), *data = NULL;
    uint8_t id[20];
    gsize len;
    char *at;

    g_assert_nonnull(hex);
    g_assert_cmpuint(strlen(hex), ==, 2 * sizeof(id));
    hex_to_bytes(hex, id, sizeof(id));
    g_assert_true(g_file_get_contents(qemu, &data, &len, NULL));
    at = memmem(data, len, id, sizeof(id));
    g_assert_nonnull(at);
    *at ^= 1;
    g_assert_true(g_file_set_contents_full(to, data, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
}

static void test_another_build(void)
{
    g_autofree char *dir = g_dir_make_tmp("stunt-refuse-XXXXXX", NULL);
    g_autofree char *qemu = g_build_filename(dir, "qemu-system-x86_64", NULL);
    g_autofree char *modules = g_path_get_dirname(g_getenv("STUNT_QEMU"));
    g_autofree char *err = NULL;

    copy_with_other_id(g_getenv("STUNT_QEMU"), qemu);
    g_setenv("QEMU_MODULE_DIR", modules, TRUE);
    err = run_refused(qemu, "qtest", "", -1);
    g_unsetenv("QEMU_MODULE_DIR");
    unlink(qemu);
    rmdir(dir);
    g_assert_nonnull(strstr(err, "was compiled for the QEMU build"));
}

static void test_the_systems_qemu(void)
{
    static const char qemu[] = "/usr/bin/qemu-system-x86_64";
    g_autofree char *err = NULL;

    if (access(qemu, X_OK) != 0) {
        g_test_skip("no qemu-system-x86_64 is installed");
        return;
    }
    err = run_refused(qemu, "tcg", "", -1);
    g_assert_true(strstr(err, "was compiled for the QEMU build") || strstr(err, "undefined symbol"));
}

/* ---- properties ------------------------------------------------------------------------------------ */

static void test_properties(void)
{
    expect("-device stunt-dma,dma-width=65", -1, "dma-width is 65, not ");
    expect("-device stunt-dma,dma-width=8", -1, "dma-width is 8, not ");
    expect("-device stunt-dma,latency-ns=-1", -1, "latency-ns");
    expect("-device stunt-dma,interrupts=some", -1, "interrupts is 'some', not all, intx, msi or msix");
    expect("-device stunt-dma,msi-vectors=3", -1, "msi-vectors is 3, not 1, 2, 4, 8, 16 or 32");
    expect("-device stunt-dma,msi-vectors=64", -1, "msi-vectors is 64, not ");
    expect("-device stunt-dma,msi-vectors=0", -1, "msi-vectors is 0, not ");
    expect("-device stunt-dma,interrupts=msix,msi-vectors=4", -1,
           "msi-vectors is 4, but interrupts is 'msix'");
    expect("-device stunt-link,interrupts=msix", -1, "interrupts is 'msix', but stunt-link has none");
    expect("-device stunt-dma,interrupt-pin=5", -1, "interrupt-pin is 5, not 1 (INTA) to 4 (INTD)");
    expect("-device stunt-dma,interrupt-pin=0", -1, "interrupt-pin is 0, not ");
    expect("-device stunt-dma,class-code=0x1000000", -1, "class-code is 0x1000000, at most 0xffffff");
    expect("-device stunt-dma,subsystem-id=65536", -1, "subsystem-id");
    expect("-device stunt-dma,config-faults=caps-lop", -1, "there is no 'caps-lop', did you mean 'caps-loop'?");
    expect("-device stunt-dma,config-faults=no-pm,,no-pm", -1, "'no-pm' and 'no-pm' cannot both be");
    expect("-device stunt-dma,config-faults=bar-io,,bar-64", -1, "'bar-io' and 'bar-64' cannot both be");
    expect("-device stunt-dma,interrupts=msi,config-faults=msix-bir", -1, "'msix-bir' is of no use, the device has no MSI-X");
    expect("-device stunt-link,config-faults=memory-32", -1, "the device has no memory BAR");
    expect("-device stunt-dma,sram-size=0,config-faults=memory-32", -1, "the device has no memory BAR");
    expect("-device pcie-pci-bridge,id=br -device stunt-dma,bus=br,config-faults=no-aer", -1,
           "it is not on a PCI Express bus");
    expect("-device stunt-dma,vendor-id=65536", -1, "vendor-id");
    expect("-device stunt-dma,reset-ns=1000000000001", -1,
           "reset-ns is 1000000000001, at most 1000000000000");
    expect("-device stunt-dma,inject-irq=0", -1, "the device cannot signal: it is not there yet");
    expect("-device stunt-dma,inject-pme=on", -1, "the device cannot ask to be woken: it is not there yet");
    expect("-device stunt-dma,d3hot-exit-ns=1000000000001", -1, "d3hot-exit-ns is 1000000000001, at most 1000000000000");
    expect("-device stunt-dma,pme=D0,,D3ht", -1, "pme: there is no power state 'D3ht', did you mean 'D3hot'?");
    expect("-device stunt-uart,pme=D1,d1=off", -1, "pme says D1, but this state is not offered");
    expect("-device stunt-dma,peer=a -device stunt-dma,id=a", -1, "no stunt-dma of this id comes before this one");
    expect("-device stunt-uart,id=a -device stunt-dma,peer=a", -1, "no stunt-dma of this id comes before this one");
    expect("-device stunt-dma,id=a,peer=a", -1, "peer is 'a', which is the device itself");
    expect("-device stunt-dma,id=a -device stunt-dma,id=b,peer=a -device stunt-dma,peer=a", -1,
           "peer is 'a', which has a peer already");
    expect("-device stunt-uart,ports=3", -1, "ports is 3, not 1, 2, 4 or 8");
    expect("-device stunt-uart,ports=0", -1, "ports is 0, not ");
    expect("-device stunt-uart,ports=16", -1, "ports is 16, not ");
    expect("-device stunt-uart,dma-width=65", -1, "dma-width is 65, not ");
    expect("-device stunt-uart,wires=0-8", -1, "wires has '0-8', not two ports A-B of 0 to 7");
    expect("-device stunt-uart,ports=2,wires=1-2", -1, "wires has '1-2', not two ports A-B of 0 to 1");
    expect("-device stunt-uart,wires=3-3", -1, "wires has '3-3', not ");
    expect("-device stunt-uart,wires=0+1", -1, "wires has '0+1', not ");
    expect("-device stunt-uart,wires=0-1,,1-2", -1, "wires has two wires at port 1");
    expect("-device stunt-uart,noise=1000001", -1, "noise is 1000001, at most 1000000");
    expect("-device stunt-uart,port0.inputs=16", -1, "port0.inputs is 16, at most 15");
    expect("-device stunt-link -device stunt-link", -1, "there is a stunt-link already");
    expect("-device stunt-dma,id=a23456789012345678901234567890123", -1, "is longer than 31 characters");
    expect("-device stunt-link,shm=/nonexistent/file", -1, "cannot open it: No such file or directory");
}

/* ---- shared memory --------------------------------------------------------------------------------- */

static void test_shared_memory(void)
{
    static const char device[] = "-device stunt-link,shm=@SHM@";
    Shm *shm = shm_new(64);
    struct stunt_shm good = *shm->map;

    shm->map->magic++;
    expect(device, shm->fd, "its first word is 0x53544e55");
    *shm->map = good;
    shm->map->version = 99;
    expect(device, shm->fd, "it has protocol version 99");
    *shm->map = good;
    shm->map->size--;
    expect(device, shm->fd, "its header says");
    *shm->map = good;
    shm->map->event_capacity = 65;
    expect(device, shm->fd, "the event ring has 65 entries");
    *shm->map = good;
    shm->map->event_offset++;
    expect(device, shm->fd, "is not 64-byte aligned");
    *shm->map = good;
    shm->map->event_capacity = 1 << 20;
    expect(device, shm->fd, "does not lie between the header and the end");
    *shm->map = good;
    shm->map->rx_offset = shm->map->tx_offset;
    expect(device, shm->fd, "overlap");
    *shm->map = good;
    shm->map->tx_offset = UINT32_MAX;
    expect(device, shm->fd, "does not lie between the header and the end");
    g_assert_cmpint(ftruncate(shm->fd, 64), ==, 0);
    expect(device, shm->fd, "it is smaller than its header");
    shm_free(shm);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/refuse/another-build-of-qemu", test_another_build);
    g_test_add_func("/refuse/the-systems-qemu", test_the_systems_qemu);
    g_test_add_func("/refuse/properties", test_properties);
    g_test_add_func("/refuse/shared-memory", test_shared_memory);
    return g_test_run();
}
