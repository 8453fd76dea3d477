/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel lines are trouble, and which taint. */
#include "common.h"
#include "stunt/oracle.h"

static void trouble_is_seen(void)
{
    static const struct {
        const char *line, *kind;
    } rows[] = {
        { "WARNING: CPU: 0 PID: 1 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110", "warning" },
        { "WARNING: possible circular locking dependency detected", "warning" },
        { "refcount_t: underflow; use-after-free.", "refcount" },
        { "BUG: kernel NULL pointer dereference, address: 0000000000000000", "BUG" },
        { "BUG: sleeping function called from invalid context at mm/slab.h:420", "BUG" },
        { "kernel BUG at mm/slub.c:379!", "BUG" },
        { "Oops: 0000 [#1] PREEMPT SMP PTI", "oops" },
        { "general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]",
          "oops" },
        { "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI", "oops" },
        { "Kernel panic - not syncing: Fatal exception", "panic" },
        { "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:123]", "soft lockup" },
        { "INFO: task stunt:42 blocked for more than 120 seconds.", "hung task" },
        { "rcu: INFO: rcu_preempt self-detected stall on CPU", "RCU stall" },
        { "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "RCU stall" },
        { "BUG: KASAN: use-after-free in toy_remove+0x12/0x40 [toy]", "memory error" },
        { "UBSAN: array-index-out-of-bounds in toy.c:12:3", "memory error" },
        { "list_del corruption. prev->next should be ffff, but was 0", "memory error" },
        { "BUG kmalloc-64 (Tainted: G           OE     ): Redzone overwritten", "slab corruption" },
        { "DMA-API: toy 0000:01:00.0: device driver tries to free DMA memory it has not allocated",
          "DMA misuse" },
        { "DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0xfffff000 [fault reason 0x05]",
          "IOMMU fault" },
        { "toy 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0001]", "IOMMU fault" },
        { "irq 25: nobody cared (try booting with the \"irqpoll\" option)", "stray interrupt" },
        { "__common_interrupt: 0.34 No irq handler for vector", "stray interrupt" },
        { "sh: page allocation failure: order:9, mode:0x40cc0", "out of memory" },
        { "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", "memory leak" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpstr(stunt_oracle_classify(rows[i].line), ==, rows[i].kind);
    }
}

static void harmless_lines_are_not(void)
{
    static const char *const lines[] = {
        "",
        "toy: loading out-of-tree module taints kernel.",
        "toy: module verification failed: signature and/or required key missing - tainting kernel",
        "pci 0000:00:1f.0: quirk: [io  0x0600-0x067f] claimed by ICH6 ACPI/GPIO/TCO",
        "DMAR: Host address width 39",
        "AMD-Vi: Interrupt remapping enabled",
        "rcu: \tRCU debug extended QS entry/exit.",
        "toy 0000:01:00.0: a completion interrupt was lost, recovered",
        "Debugging: no warnings here",
        "Command line: quiet panic=-1",
        "toy 0000:01:00.0: channel 1 halted: BUS_ERROR",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_cmpstr(stunt_oracle_classify(lines[i]), ==, NULL);
    }
}

static void new_taint_is_told(void)
{
    static const struct {
        guint64 before, now;
        const char *text;
    } rows[] = {
        { 0, 0, NULL },
        { 0, 0x3000, NULL }, /* our own modules: out of tree, unsigned */
        { 0x3000, 0x3200, "W: a warning" },
        { 0x3200, 0x3200, NULL },
        { 0x3000, 0x3280, "D: the kernel died (oops or BUG), W: a warning" },
        { 0, 0x4000, "L: a soft lockup" },
        { 0, G_GUINT64_CONSTANT(1) << 40, "bit 40" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = stunt_oracle_new_taint(rows[i].before, rows[i].now);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void bad_pattern_is_refused(void)
{
    g_autoptr(StuntOracle) oracle = stunt_oracle_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_oracle_allow(oracle, "toy: .* lost", NULL));
    g_assert_false(stunt_oracle_allow(oracle, "(unfinished", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    assert_has(error->message, "(unfinished");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/oracle/trouble-is-seen", trouble_is_seen);
    g_test_add_func("/oracle/harmless-lines-are-not", harmless_lines_are_not);
    g_test_add_func("/oracle/new-taint-is-told", new_taint_is_told);
    g_test_add_func("/oracle/bad-pattern-is-refused", bad_pattern_is_refused);
    return g_test_run();
}
