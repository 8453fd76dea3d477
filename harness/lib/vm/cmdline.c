/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/vm/cmdline.h"

#define LINK_SLOT       0x02 /* on the root bus; fixed, so that a guest always finds the same board */
#define FIRST_PORT_SLOT 0x08
#define MEMORY_ID       "pc.ram" /* of QEMU's own choice for this board */

/*
 * The TSC counts virtual nanoseconds: telling the kernel saves it the calibration. lpj is TSC ticks per jiffy (HZ=250).
 */
#define KNOWN_TIME "tsc_early_khz=1000000 lpj=4000000"

/* A source of randomness that Linux 6.12 tests for a second when it boots: the jitter of time, and here time has none. */
#define NO_JITTER " initcall_blacklist=jent_mod_init"

/*
 * The kernel's own detectors tell in a few seconds, where they wait for minutes on real machines. A processor that is
 * stuck in the kernel runs no agent: only the dump of a panic tells of it. An NMI, which the harness sends to a guest
 * that does not answer, panics for the same reason. In real time a slow host would set them off.
 */
#define DETECTORS                                                                                          \
    " sysctl.kernel.hung_task_timeout_secs=5 sysctl.kernel.hung_task_check_interval_secs=1 watchdog_thresh=3" \
    " softlockup_panic=1 rcupdate.rcu_cpu_stall_timeout=4 unknown_nmi_panic"

/*
 * Room for translated code; QEMU's default is up to a gigabyte. Code that comes after the ready point is translated
 * again in each run, so a machine kept warm fills any room in the end. Then it is emptied, at the price of one cold
 * start.
 */
#define CODE_MIB "64"

static void add(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    if (value) {
        g_ptr_array_add(argv, g_strdup(value));
    }
}

static void addf(GPtrArray *argv, const char *option, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void addf(GPtrArray *argv, const char *option, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup_vprintf(format, args));
    va_end(args);
}

/* In QEMU's option lists a comma in a value is written twice. */
static char *escape(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);

    return g_strjoinv(",,", parts);
}

char *stunt_machine_kernel_cmdline(const StuntMachine *machine)
{
    GString *line = g_string_new("panic=-1 nokaslr mitigations=off no_timer_check");

    if (!machine->realtime) {
        g_string_append(line, " tsc=reliable " KNOWN_TIME NO_JITTER DETECTORS);
    }
    g_string_append(line, " cryptomgr.notests=1 log_buf_len=1M 8250.nr_uarts=");
    g_string_append(line, machine->console ? "1 console=ttyS0" : "0 quiet");
    g_string_append_printf(line, " stunt.seed=%" G_GUINT64_FORMAT, machine->seed);
    if (machine->iommu) {
        /* strict: what is unmapped cannot be reached from that moment on */
        g_string_append(line, " intel_iommu=on iommu.strict=1");
    }
    if (machine->cmdline && *machine->cmdline) {
        g_string_append_c(line, ' ');
        g_string_append(line, machine->cmdline);
    }
    return g_string_free(line, FALSE);
}

static void add_time(GPtrArray *argv, const StuntMachine *machine)
{
    addf(argv, "-smp", "%u", machine->vcpus);
    if (machine->realtime) {
        add(argv, "-accel", machine->accel == STUNT_ACCEL_KVM ? "kvm" : "tcg,thread=multi");
        add(argv, "-cpu", machine->accel == STUNT_ACCEL_KVM ? "host" : "qemu64");
        return;
    }
    add(argv, "-accel", "tcg,tb-size=" CODE_MIB);
    addf(argv, "-icount", "shift=%u,sleep=off", machine->icount_shift);
    add(argv, "-rtc", "base=2026-01-01T00:00:00,clock=vm");
    /* no rdrand or rdseed: they do not follow -seed */
    add(argv, "-cpu", "qemu64,-rdrand,-rdseed");
}

/*
 * Private: what is written stays in this process. The id, without the path before it, is what QEMU calls memory
 * that nobody names: both kinds of machine must have the same blocks.
 */
static void add_template_memory(GPtrArray *argv, const StuntMachine *machine)
{
    addf(argv, "-object",
         "memory-backend-file,id=" MEMORY_ID ",x-use-canonical-path-for-ramblock-id=off,size=%uM,"
         "mem-path=/proc/self/fd/%d,share=off",
         stunt_machine_all_memory_mib(machine), STUNT_FD_FIRST + STUNT_FD_RAM);
}

static void add_board(GPtrArray *argv, const StuntMachine *machine, gboolean from_template)
{
    addf(argv, "-machine", "q35,usb=off,sata=off,smbus=off,i8042=off,vmport=off,hpet=off%s",
         from_template ? ",memory-backend=" MEMORY_ID : "");
    if (from_template) {
        add_template_memory(argv, machine);
    }
    add_time(argv, machine);
    addf(argv, "-m", "%uM", stunt_machine_all_memory_mib(machine));
    addf(argv, "-seed", "%u", (guint)(machine->seed ^ machine->seed >> 32));
    for (guint i = 0; i < machine->firmware->len; i++) {
        add(argv, "-L", g_ptr_array_index(machine->firmware, i));
    }
    /* the slots are the ports' own, not ACPI's: else the kernel would leave hot plug to the firmware */
    add(argv, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off");
    add(argv, "-nodefaults", NULL);
    add(argv, "-no-user-config", NULL);
    add(argv, "-display", "none");
    add(argv, "-msg", "timestamp=off,guest-name=off");
    add(argv, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    /* stand still instead of going away: the harness has questions yet; a panic goes on to write its dump */
    add(argv, "-action", "reboot=shutdown,shutdown=pause,panic=none");
}

static void add_kernel(GPtrArray *argv, const StuntMachine *machine)
{
    g_autofree char *cmdline = stunt_machine_kernel_cmdline(machine);

    add(argv, "-kernel", machine->kernel);
    add(argv, "-initrd", machine->initrd);
    add(argv, "-append", cmdline);
}

static void add_ways_in(GPtrArray *argv, const StuntMachine *machine)
{
    if (machine->console) {
        g_autofree char *path = escape(machine->console);

        addf(argv, "-chardev", "file,id=console,path=%s", path);
        add(argv, "-serial", "chardev:console");
    }
    if (machine->gdb) {
        add(argv, "-gdb", machine->gdb);
    }
}

static void add_link(GPtrArray *argv, const StuntMachine *machine)
{
    addf(argv, "-device",
         "stunt-link,id=" STUNT_LINK_ID
         ",bus=pcie.0,addr=%#x,shm=/proc/self/fd/%d,fault-seed=%" G_GUINT64_FORMAT
         ",stop-at-event=%" G_GUINT64_FORMAT,
         LINK_SLOT, STUNT_FD_FIRST + STUNT_FD_SHM, machine->seed, machine->stop_at_event);
}

/* Before all PCI devices: each asks at its birth which memory it sees. */
static void add_iommu(GPtrArray *argv, const StuntMachine *machine)
{
    if (machine->iommu) {
        /* 48 bits: with 39 no address could be too wide for a device of 40 */
        add(argv, "-device", "intel-iommu,intremap=on,aw-bits=48");
    }
}

/* Each PCI device behind a port of its own, as in a slot: that is what reset, hot plug and errors work on. */
static void add_in_slot(GPtrArray *argv, const StuntDeviceDef *device, guint i)
{
    addf(argv, "-device", "stunt-port,id=" STUNT_PORT_PREFIX "%s,bus=pcie.0,addr=%#x,chassis=%u,slot=%u%s%s",
         device->name, FIRST_PORT_SLOT + i, i + 1, i + 1, device->port ? "," : "",
         device->port ? device->port : "");
    addf(argv, "-device", "stunt-%s,id=%s,bus=" STUNT_PORT_PREFIX "%s,addr=0%s%s", device->type, device->name, device->name,
         device->props ? "," : "", device->props ? device->props : "");
}

static void add_devices(GPtrArray *argv, const StuntMachine *machine)
{
    guint slots = 0;

    for (guint i = 0; i < machine->device->len; i++) {
        const StuntDeviceDef *device = g_ptr_array_index(machine->device, i);

        if (device->isa) {
            addf(argv, "-device", "stunt-%s,id=%s%s%s", device->type, device->name, device->props ? "," : "",
                 device->props ? device->props : "");
        } else {
            add_in_slot(argv, device, slots++);
        }
    }
}

char **stunt_machine_argv(const StuntMachine *machine, gboolean from_template)
{
    GPtrArray *argv = g_ptr_array_new();
    g_autofree char *plugin = escape(machine->devices);

    add(argv, machine->qemu, "-S");
    add_board(argv, machine, from_template);
    addf(argv, "-plugin", "%s", plugin);
    addf(argv, "-chardev", "socket,id=qmp,fd=%d", STUNT_FD_FIRST + STUNT_FD_QMP);
    add(argv, "-mon", "chardev=qmp,mode=control");
    if (!from_template) {
        add_kernel(argv, machine);
    }
    add_ways_in(argv, machine);
    add_iommu(argv, machine);
    add_link(argv, machine);
    add_devices(argv, machine);
    for (guint i = 0; i < machine->option->len; i++) {
        add(argv, g_ptr_array_index(machine->option, i), NULL);
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}
