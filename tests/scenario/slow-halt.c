/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our devices in a QEMU whose vCPU thread is slow to come back after a HLT, as on a busy host, only always: between the
 * HLT and the count of the instructions before it the main loop has all the time it wants (core/warp.c).
 */
#include "qemu/osdep.h"
#include <dlfcn.h>
#include "hw/core/cpu.h"
#include "hw/core/tcg-cpu-ops.h"
#include "qemu/notify.h"
#include "qemu/qemu-plugin.h"
#include "sysemu/sysemu.h"

#define SLOW_US 300

typedef int Install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

QEMU_PLUGIN_EXPORT Install qemu_plugin_install;

static void (*exec_exit)(CPUState *cpu);

static void slow_exec_exit(CPUState *cpu)
{
    exec_exit(cpu);
    if (cpu->halted) {
        g_usleep(SLOW_US);
    }
}

static void machine_is_ready(Notifier *notifier, void *data)
{
    struct TCGCPUOps *ops = (struct TCGCPUOps *)CPU_GET_CLASS(first_cpu)->tcg_ops;
    uintptr_t page = (uintptr_t)&ops->cpu_exec_exit & ~(uintptr_t)(qemu_real_host_page_size() - 1);

    g_assert(!mprotect((void *)page, qemu_real_host_page_size(), PROT_READ | PROT_WRITE)); /* it is const */
    exec_exit = ops->cpu_exec_exit;
    ops->cpu_exec_exit = slow_exec_exit;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    static Notifier ready = { .notify = machine_is_ready };
    void *devices = dlopen(STUNT_DEVICES, RTLD_NOW | RTLD_LOCAL);
    Install *install = devices ? (Install *)dlsym(devices, "qemu_plugin_install") : NULL;

    if (!install) {
        fprintf(stderr, "slow-halt: %s\n", dlerror());
        return 1;
    }
    qemu_add_machine_init_done_notifier(&ready);
    return install(id, info, argc, argv);
}
