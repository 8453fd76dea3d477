/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definition of a virtual machine: plain data, turned into a QEMU command line by vm.h. */
#ifndef STUNT_MACHINE_H
#define STUNT_MACHINE_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
    char *property;
    JsonNode *value;
} StuntSetting;

typedef struct {
    char *name;  /* QOM id, "dma0" */
    char *type;  /* spec name, "dma": QEMU device "stunt-dma" */
    char *props; /* more -device properties, "dma-width=40", or NULL */
    gboolean isa; /* on the ISA bus, without a root port */
    char *port;  /* those of the root port it stands behind, "dpc=on", or NULL */
    GPtrArray *setting; /* StuntSetting *, made when the machine stands ready: they do not shape it */
} StuntDeviceDef;

/* A list of StuntDeviceDef * that owns them. */
GPtrArray *stunt_device_defs_new(void);
/* Copies all; props may be NULL. Without settings. Borrowed. */
StuntDeviceDef *stunt_device_defs_add(GPtrArray *defs, const char *name, const char *type, const char *props);
/* Without its settings. */
void stunt_device_defs_copy(GPtrArray *defs, const StuntDeviceDef *device);
/* Takes the value. */
void stunt_device_def_set(StuntDeviceDef *device, const char *property, JsonNode *value);

/* What may be left open. */
typedef enum {
    STUNT_UNSAID,
    STUNT_OFF,
    STUNT_ON,
} StuntSwitch;

const char *stunt_switch_name(StuntSwitch value); /* "", "off", "on" */
/* FALSE, and ret_value untouched, when it is none of these. */
gboolean stunt_switch_parse(const char *name, StuntSwitch *ret_value);

#define STUNT_ICOUNT_SHIFT 3 /* an instruction takes 8 ns */

typedef enum {
    STUNT_ACCEL_TCG, /* with icount: deterministic */
    STUNT_ACCEL_KVM, /* real time: not replayable */
} StuntAccel;

typedef struct {
    /* files; absolute paths */
    char *qemu;          /* qemu-system-x86_64 */
    GPtrArray *firmware; /* char *, directories for -L */
    char *devices;       /* stunt-devices.so */
    char *kernel;        /* bzImage; or vmlinux, which boots in a third of the time */
    char *initrd;
    char *kernel_name; /* "6.1", for people and results */
    /* shape */
    guint memory_mib;        /* as the scenario has it */
    guint kernel_memory_mib; /* that the kernel wants beyond it */
    guint64 seed;
    gboolean realtime; /* no icount, several vCPUs allowed */
    StuntAccel accel;
    guint vcpus;           /* 1 unless realtime */
    guint icount_shift;    /* an instruction takes 2 to the power of it in nanoseconds, unless realtime */
    gboolean iommu;        /* an Intel IOMMU with interrupt remapping, which the guest's kernel uses */
    char *cmdline;         /* appended to the default kernel command line, or NULL */
    GPtrArray *device;     /* StuntDeviceDef *, in order; the link is not among them */
    char *console;         /* file that gets the serial console, or NULL: none */
    char *gdb;             /* -gdb argument ("tcp::1234"), or NULL */
    GPtrArray *option;     /* char *, more of QEMU's command line, at its end: devices that are not ours */
    guint64 stop_at_event; /* stop at this event number, 0: never */
    guint64 wall_limit_ms; /* backstop for each wait: wall time, and on a busy host that much of a processor */
} StuntMachine;

StuntMachine *stunt_machine_new(void); /* empty arrays, 256 MiB, TCG, 1 vCPU, 8 ns an instruction, seed 1, backstop 60 s */
/* What the guest has: the scenario's share and the kernel's. */
guint stunt_machine_all_memory_mib(const StuntMachine *machine);
void stunt_machine_free(StuntMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntMachine, stunt_machine_free)

#endif
