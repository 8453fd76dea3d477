/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel lines are trouble, and which taint. */
#include "common.h"
#include "lib/guest/kmsg.h"
#include "lib/oracle/expect.h"
#include "lib/oracle/report.h"
#include "lib/oracle/trace.h"
#include "stunt/oracle.h"

static void trouble_is_seen(void)
{
    static const struct {
        const char *line, *kind;
    } rows[] = {
        { "WARNING: CPU: 0 PID: 1 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110", "warn" },
        { "WARNING: possible circular locking dependency detected", "lockdep" },
        { "refcount_t: underflow; use-after-free.", "refcount" },
        { "BUG: kernel NULL pointer dereference, address: 0000000000000000", "oops" },
        { "BUG: sleeping function called from invalid context at mm/slab.h:420", "sleep-in-atomic" },
        { "kernel BUG at mm/slub.c:379!", "bug" },
        { "Oops: 0000 [#1] PREEMPT SMP PTI", "oops" },
        { "general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]",
          "oops" },
        { "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI", "oops" },
        { "Kernel panic - not syncing: Fatal exception", "panic" },
        { "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:123]", "soft-lockup" },
        { "INFO: task stunt:42 blocked for more than 120 seconds.", "hung-task" },
        { "rcu: INFO: rcu_preempt self-detected stall on CPU", "rcu-stall" },
        { "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "rcu-stall" },
        { "BUG: KASAN: use-after-free in toy_remove+0x12/0x40 [toy]", "kasan" },
        { "UBSAN: array-index-out-of-bounds in toy.c:12:3", "ubsan" },
        { "list_del corruption. prev->next should be ffff, but was 0", "list" },
        { "BUG kmalloc-64 (Tainted: G           OE     ): Redzone overwritten", "slab" },
        { "DMA-API: toy 0000:01:00.0: device driver tries to free DMA memory it has not allocated",
          "dma-api" },
        { "DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0xfffff000 [fault reason 0x05]",
          "iommu" },
        { "toy 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0001]", "iommu" },
        { "irq 25: nobody cared (try booting with the \"irqpoll\" option)", "stray-irq" },
        { "__common_interrupt: 0.34 No irq handler for vector", "stray-irq" },
        { "sh: page allocation failure: order:9, mode:0x40cc0", "out-of-memory" },
        { "BUG: scheduling while atomic: toy/12/0x00000002", "sleep-in-atomic" },
        { "WARNING: suspicious RCU usage", "rcu-usage" },
        { "WARNING: inconsistent lock state", "lockdep" },
        { "WARNING: possible recursive locking detected", "lockdep" },
        { "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 35s!", "workqueue-stall" },
        { "BUG: KFENCE: out-of-bounds read in toy_probe+0x5/0x90 [toy]", "kasan" },
        { "BUG: KCSAN: data-race in toy_irq / toy_work", "data-race" },
        { "ODEBUG: free active (active state 0) object type: timer_list hint: toy_timer+0x0/0x10 [toy]",
          "object-state" },
        { "BUG: Bad page state in process toy  pfn:01234", "bug" },
        { "NMI watchdog: Watchdog detected hard LOCKUP on cpu 0", "hard-lockup" },
        { "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", "memory-leak" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpstr(stunt_oracle_classify(rows[i].line), ==, rows[i].kind);
        g_assert_nonnull(stunt_kind_by_name(rows[i].kind));
    }
}

/* A sign cannot name a kind that no scenario can expect. */
static void kinds_are_kinds(void)
{
    static const char *const lines[] = { "BUG: x", "WARNING: x", "UBSAN: x", "DMAR: fault", "Out of memory: x" };

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_nonnull(stunt_kind_by_name(stunt_oracle_classify(lines[i])));
    }
    g_assert_null(stunt_kind_by_name("toy"));
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
        "DMA-API: Mapped at:",
        "Modules linked in: toy(OE)",
        "toy 0000:01:00.0: channel 1 halted: BUS_ERROR",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_cmpstr(stunt_oracle_classify(lines[i]), ==, NULL);
    }
}

/* ---- reports ------------------------------------------------------------------------------------- */

/* A log as `dmesg` prints it; what is no line of it is left out. */
static GPtrArray *read_log(const char *name)
{
    GPtrArray *log = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_kmsg_unref);
    g_autofree char *path = g_strconcat("data/logs/", name, ".log", NULL);
    g_autofree char *file = data_file(path), *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        StuntKmsg *kmsg = stunt_kmsg_parse_line(*line);

        if (kmsg) {
            g_ptr_array_add(log, kmsg);
        }
    }
    return log;
}

static char *describe_report(const GPtrArray *log, const StuntReport *report)
{
    g_autoptr(GPtrArray) lines = stunt_report_lines(report, log);
    g_autoptr(GPtrArray) trace = stunt_trace_parse(lines);
    const StuntFrame *culprit = stunt_trace_culprit(trace);
    g_autofree char *where = culprit ? stunt_frame_text(culprit) : g_strdup("nowhere");

    return g_strdup_printf("%s %u-%u calls=%u %s", report->sign->kind, report->first, report->end, trace->len, where);
}

/* Lines are counted from 0, the end is the line behind. */
static void a_report_is_found_whole(void)
{
    static const struct {
        const char *log, *reports;
    } rows[] = {
        { "warn", "warn 1-43 calls=18 toy: toy_probe+0x5e/0x90" },
        { "refcount", "refcount 0-14 calls=4 toy: toy_put+0x1c/0x30" },
        { "oops", "oops 1-17 calls=5 toy: toy_read+0x11/0x40;panic 19-20 calls=0 nowhere" },
        { "list", "list 0-12 calls=4 toy: toy_remove+0x33/0x50" },
        { "hung-task", "hung-task 0-12 calls=4 toy: toy_wait+0x4e/0x80;iommu 5-6 calls=0 nowhere" },
        { "lockdep", "lockdep 1-35 calls=9 toy: toy_b_then_a+0x27/0x60" },
        { "kasan", "kasan 0-26 calls=6 toy: toy_late+0x1d/0x30" },
        { "two", "warn 0-6 calls=1 toy: toy_one+0x1/0x10;iommu 6-7 calls=0 nowhere;warn 7-13 calls=1 toy: "
                 "toy_two+0x2/0x10" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) log = read_log(rows[i].log), texts = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GArray) reports = stunt_reports_find(log, 0);
        g_autofree char *all = NULL;

        for (guint k = 0; k < reports->len; k++) {
            g_ptr_array_add(texts, describe_report(log, &g_array_index(reports, StuntReport, k)));
        }
        g_ptr_array_add(texts, NULL);
        all = g_strjoinv(";", (char **)texts->pdata);
        g_test_message("%s", rows[i].log);
        g_assert_cmpstr(all, ==, rows[i].reports);
    }
}

static void a_call_is_parsed(void)
{
    static const struct {
        const char *line, *text;
        gboolean exact;
    } rows[] = {
        { " toy_probe+0x5e/0x90 [toy]", "toy: toy_probe+0x5e/0x90", FALSE },
        { " toy_probe.cold+0x5/0x9 [toy 0123456789abcdef]", "toy: toy_probe.cold+0x5/0x9", FALSE },
        { " do_syscall_64+0x0/0xb0", "do_syscall_64+0x0/0xb0", FALSE },
        { "RIP: 0010:toy_read+0x11/0x40 [toy]", "toy: toy_read+0x11/0x40", TRUE },
        { "RIP: 0033:0x47b7a0", NULL, FALSE },
        { " ? toy_old+0x1/0x2 [toy]", NULL, FALSE }, /* the kernel itself is not sure */
        { " <TASK>", NULL, FALSE },
        { "Code: 40 00 48 c7", NULL, FALSE },
        { "toy+1/2", NULL, FALSE },
        { "toy+0x/0x2", NULL, FALSE },
        { "toy+0x1/", NULL, FALSE },
        { "+0x1/0x2", NULL, FALSE },
        { " toy+0x1/0x2 [", "toy+0x1/0x2", FALSE },
        { "", NULL, FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        StuntFrame *frame = stunt_frame_parse(rows[i].line);
        g_autofree char *text = frame ? stunt_frame_text(frame) : NULL;

        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_cmpint(frame && frame->exact, ==, rows[i].exact);
        stunt_frame_free(frame);
    }
}

/* ---- what is expected ---------------------------------------------------------------------------- */

static gboolean take(StuntExpectations *expectations, const char *kind, const char *text)
{
    g_autoptr(StuntFinding) finding = stunt_finding_new(kind, text);

    g_assert_true(stunt_expectations_take(expectations, finding, NULL));
    return finding->expected;
}

static void expected_findings_are_counted(void)
{
    StuntExpectations *it = stunt_expectations_new();
    g_autofree char *missing = NULL, *still = NULL;

    g_assert_true(stunt_expectations_add(it, "warn", "toy", 2, NULL));
    g_assert_true(stunt_expectations_add(it, "oops", NULL, -1, NULL));
    g_assert_false(take(it, "warn", "another"));
    g_assert_false(take(it, "bug", "toy"));
    g_assert_true(take(it, "warn", "a toy"));
    missing = stunt_expectations_missing(it);
    g_assert_cmpstr(missing, ==, "2 findings were expected (kind warn, pattern 'toy'), there was 1");
    g_assert_true(take(it, "warn", "toys"));
    g_assert_false(take(it, "warn", "a third toy"));
    still = stunt_expectations_missing(it);
    g_assert_cmpstr(still, ==, "1 finding was expected (kind oops), there were 0");
    g_assert_true(take(it, "oops", "one"));
    g_assert_true(take(it, "oops", "and another"));
    g_assert_null(stunt_expectations_missing(it));
    stunt_expectations_free(it);
}

/* A script that goes back has the beginning of its log judged again and again. */
static void a_line_counts_once(void)
{
    StuntExpectations *it = stunt_expectations_new();
    StuntKmsg *line = stunt_kmsg_new(4, 1, 1, g_strdup("WARNING: toy"));
    g_autoptr(StuntFinding) first = stunt_finding_new("warn", line->text), again = stunt_finding_new("warn", line->text);

    g_assert_true(stunt_expectations_add(it, "warn", NULL, 1, NULL));
    g_assert_true(stunt_expectations_take(it, first, line));
    g_assert_true(first->expected);
    g_assert_false(stunt_expectations_take(it, again, line));
    stunt_kmsg_unref(line);
    stunt_expectations_free(it);
}

/* ---- taint --------------------------------------------------------------------------------------- */

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
    g_test_add_func("/oracle/a-report-is-found-whole", a_report_is_found_whole);
    g_test_add_func("/oracle/a-call-is-parsed", a_call_is_parsed);
    g_test_add_func("/oracle/expected-findings-are-counted", expected_findings_are_counted);
    g_test_add_func("/oracle/a-line-counts-once", a_line_counts_once);
    g_test_add_func("/oracle/kinds-are-kinds", kinds_are_kinds);
    g_test_add_func("/oracle/new-taint-is-told", new_taint_is_told);
    g_test_add_func("/oracle/bad-pattern-is-refused", bad_pattern_is_refused);
    return g_test_run();
}
