/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/finding.h"

/* docs/reference/oracle.md says more of them; a test holds the two together. */
const StuntKind stunt_kinds[] = {
    /* what the kernel's log tells */
    { "panic", "the kernel panicked" },
    { "oops", "the kernel touched memory or ran an instruction that it cannot" },
    { "bug", "a BUG() of the kernel, or a message that begins with BUG: and has no kind of its own" },
    { "warn", "a WARN() of the kernel" },
    { "hung-task", "a task waited uninterruptibly for too long" },
    { "soft-lockup", "a processor ran kernel code for too long without scheduling" },
    { "hard-lockup", "a processor did not take interrupts for too long" },
    { "rcu-stall", "an RCU grace period did not end" },
    { "workqueue-stall", "a pool of workers made no progress" },
    { "kasan", "memory used that is not the code's own (KASAN, KFENCE, KMSAN)" },
    { "data-race", "memory used by two at once without a lock (KCSAN)" },
    { "ubsan", "undefined behaviour of C (UBSAN)" },
    { "lockdep", "locks taken in an order or a context that can deadlock" },
    { "rcu-usage", "RCU data used outside of a read-side section" },
    { "sleep-in-atomic", "code that may sleep called where sleeping is not allowed" },
    { "memory-leak", "memory that nothing points to any more (kmemleak)" },
    { "slab", "an object of a slab cache overwritten, or freed twice" },
    { "list", "a linked list corrupted" },
    { "object-state", "a timer, work item or the like used in the wrong state (ODEBUG)" },
    { "refcount", "a reference count that overflowed, or was used after it reached zero" },
    { "dma-api", "the DMA API used wrongly (DMA_API_DEBUG)" },
    { "iommu", "a device reached for memory that the IOMMU does not let it have" },
    { "stray-irq", "an interrupt that nobody handled" },
    { "out-of-memory", "an allocation failed, or a process was killed for memory" },
    /* what else is looked at */
    { "taint", "the kernel is tainted by something that its log does not explain" },
    { "misuse", "a device saw the driver do what no driver may do" },
    { "stuck-task", "a task that cannot be killed, or stays in an uninterruptible wait" },
    { "module-in-use", "a module cannot be unloaded when nothing uses it any more" },
    { "left-irq", "an interrupt handler left behind by an unloaded module" },
    { "left-region", "a memory or port region left behind" },
    { "left-node", "a device node, or a file of sysfs, debugfs or proc, left behind" },
    { "left-thread", "a kernel thread left behind" },
    { "left-cache", "a slab cache left behind" },
    { NULL, NULL },
};

const StuntKind *stunt_kind_by_name(const char *name)
{
    for (const StuntKind *kind = stunt_kinds; kind->name; kind++) {
        if (g_str_equal(kind->name, name)) {
            return kind;
        }
    }
    return NULL;
}

GPtrArray *stunt_kind_names(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (const StuntKind *kind = stunt_kinds; kind->name; kind++) {
        g_ptr_array_add(names, (char *)kind->name);
    }
    return names;
}

StuntFinding *stunt_finding_new(const char *kind, const char *text)
{
    StuntFinding *finding = g_new0(StuntFinding, 1);

    finding->kind = g_strdup(kind);
    finding->text = g_strdup(text);
    finding->where = g_strdup("");
    finding->trace = g_ptr_array_new_with_free_func(g_free);
    finding->report = g_ptr_array_new_with_free_func(g_free);
    return finding;
}

void stunt_finding_free(StuntFinding *finding)
{
    if (finding) {
        g_free(finding->kind);
        g_free(finding->text);
        g_free(finding->where);
        g_ptr_array_unref(finding->trace);
        g_ptr_array_unref(finding->report);
        g_free(finding);
    }
}

GPtrArray *stunt_findings_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)stunt_finding_free);
}
