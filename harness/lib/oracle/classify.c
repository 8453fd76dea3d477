/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel lines report trouble. The first row that matches names the kind. */
#include "lib/oracle/sign.h"
#include "lib/oracle/taint.h"
#include "stunt/oracle.h"

#define DIE  STUNT_TAINT_DIE
#define WARN STUNT_TAINT_WARN
#define BAD  STUNT_TAINT_BAD_PAGE

static const StuntSign signs[] = {
    { "panic", "Kernel panic - not syncing", STUNT_REPORT_REST, DIE, FALSE },
    { "soft-lockup", "BUG: soft lockup", STUNT_REPORT_TRACE, STUNT_TAINT_LOCKUP, FALSE },
    { "hard-lockup", "hard LOCKUP", STUNT_REPORT_TRACE, STUNT_TAINT_LOCKUP, FALSE },
    { "hung-task", "task .* blocked for more than \\d+ seconds", STUNT_REPORT_TRACE, WARN, FALSE },
    { "rcu-stall", "detected (expedited )?stalls? on CPU|self-detected stall|rcu_\\w+ kthread (timer wakeup|starved)",
      STUNT_REPORT_TRACE, WARN, FALSE },
    { "workqueue-stall", "BUG: workqueue lockup", STUNT_REPORT_LINE, 0, FALSE },
    { "kasan", "BUG: (KASAN|KFENCE|KMSAN): ", STUNT_REPORT_RULE, DIE | WARN | BAD, FALSE },
    { "data-race", "BUG: KCSAN: ", STUNT_REPORT_RULE, WARN, FALSE },
    { "ubsan", "UBSAN: ", STUNT_REPORT_RULE, WARN, FALSE },
    { "list", "(list_add|list_del) (corruption|double add)", STUNT_REPORT_FRAME, DIE | WARN, TRUE },
    { "memory-leak", "kmemleak: \\d+ new suspected", STUNT_REPORT_LINE, 0, FALSE },
    { "lockdep",
      "possible (circular|recursive|irq lock inversion|deadlock)|inconsistent lock state|"
      "bad unlock balance|held lock freed|lock held when returning to user|Invalid wait context|"
      "-safe -> .*-unsafe lock order|Nested lock was not taken|process still has locks held|"
      "-READ-irq-|trylock test failure",
      STUNT_REPORT_TRACE, WARN, FALSE },
    { "rcu-usage", "suspicious RCU usage", STUNT_REPORT_TRACE, WARN, FALSE },
    { "sleep-in-atomic", "BUG: (sleeping function called from invalid context|scheduling while atomic)",
      STUNT_REPORT_TRACE, WARN, FALSE },
    { "slab", "BUG [\\w-]+ \\(.*\\): |^BUG [\\w-]+: |Object already free", STUNT_REPORT_TRACE, DIE | WARN | BAD,
      FALSE },
    { "object-state", "ODEBUG: ", STUNT_REPORT_FRAME, WARN, FALSE },
    { "refcount", "refcount_t: ", STUNT_REPORT_FRAME, WARN, FALSE },
    { "dma-api", "DMA-API: (?!Mapped at|preallocated|debugging enabled|debug entries)", STUNT_REPORT_FRAME, WARN,
      FALSE },
    { "bug", "kernel BUG at", STUNT_REPORT_FRAME, DIE | WARN, FALSE },
    { "oops",
      "BUG: (kernel NULL pointer|unable to handle|stack guard page|TASK stack guard)|Oops: |"
      "general protection fault|Unable to handle kernel|invalid opcode: |divide error: |stack segment: |"
      "double fault|kernel tried to execute|trying to write to read-only|int3: ",
      STUNT_REPORT_FRAME, DIE, FALSE },
    { "bug", "\\bBUG: ", STUNT_REPORT_TRACE, DIE | WARN | BAD, FALSE },
    { "iommu", "DMAR: .*[Ff]ault|AMD-Vi: .*(IO_PAGE_FAULT|Event logged)|iommu.*: .*fault", STUNT_REPORT_LINE, 0,
      FALSE },
    { "stray-irq", "irq \\d+: nobody cared", STUNT_REPORT_TRACE, 0, FALSE },
    { "stray-irq", "[Nn]o irq handler for vector|spurious .*interrupt .*vector", STUNT_REPORT_LINE, 0, FALSE },
    { "out-of-memory", "Out of memory: ", STUNT_REPORT_LINE, 0, FALSE },
    { "out-of-memory", "page allocation failure|invoked oom-killer", STUNT_REPORT_TRACE, 0, FALSE },
    { "warn", "\\bWARNING: ", STUNT_REPORT_FRAME, WARN, FALSE },
};

static GRegex *compiled[G_N_ELEMENTS(signs)];

static void compile(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
            compiled[i] = g_regex_new(signs[i].pattern, G_REGEX_RAW, 0, NULL);
            g_assert(compiled[i]);
        }
        g_once_init_leave(&done, 1);
    }
}

const StuntSign *stunt_sign_of(const char *line)
{
    compile();
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (g_regex_match(compiled[i], line, 0, NULL)) {
            return &signs[i];
        }
    }
    return NULL;
}

const char *stunt_oracle_classify(const char *line)
{
    const StuntSign *sign = stunt_sign_of(line);

    return sign ? sign->kind : NULL;
}
