/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one file that is compiled for a target: what translated code needs. */
#define NEED_CPU_H
#define CONFIG_TARGET "x86_64-softmmu-config-target.h"
#define CONFIG_DEVICES "x86_64-softmmu-config-devices.h"
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#include "migration/vmstate.h"
#include "sysemu/tcg.h"
#include "core/snapshot-parts.h"

static bool keep_code;

/* As cpu_common_post_load, but for tb_flush(): whoever puts RAM back says which code is stale. */
static int post_load(void *opaque, int version_id)
{
    CPUState *cpu = opaque;

    if (!keep_code || !tcg_enabled()) {
        return vmstate_cpu_common.post_load(opaque, version_id);
    }
    cpu->interrupt_request &= ~0x01;
    tlb_flush(cpu);
    return 0;
}

void stunt_cpu_adopt(void)
{
    static VMStateDescription vmstate;
    CPUState *cpu;

    if (vmstate.name) {
        return;
    }
    vmstate = vmstate_cpu_common;
    vmstate.post_load = post_load;
    CPU_FOREACH(cpu) {
        vmstate_unregister(NULL, &vmstate_cpu_common, cpu);
        vmstate_register(NULL, cpu->cpu_index, &vmstate, cpu);
    }
}

void stunt_cpu_keep_code(bool keep)
{
    keep_code = keep;
}

void stunt_cpu_flush_tlbs(void)
{
    CPUState *cpu;

    if (tcg_enabled()) {
        CPU_FOREACH(cpu) {
            tlb_flush(cpu);
        }
    }
}

void stunt_cpu_forget_code(uint64_t ram_addr, uint64_t len)
{
    /* A page without code counts as dirty for the translator. */
    if (tcg_enabled() && !cpu_physical_memory_all_dirty(ram_addr, len, DIRTY_MEMORY_CODE)) {
        tb_invalidate_phys_range(ram_addr, ram_addr + len);
    }
}
