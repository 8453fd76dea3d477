/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel lines report trouble. The first row that matches names the kind. */
#include "stunt/oracle.h"
#include "lib/oracle/taint.h"

static struct {
    const char *kind;
    const char *pattern;
    guint64 taint; /* what such a line explains */
    GRegex *regex;
} signs[] = {
    { "panic", "Kernel panic - not syncing", STUNT_TAINT_DIE, NULL },
    { "soft lockup", "BUG: soft lockup|hard LOCKUP", STUNT_TAINT_LOCKUP, NULL },
    { "hung task", "task .* blocked for more than \\d+ seconds", STUNT_TAINT_WARN, NULL },
    { "RCU stall", "detected stalls? on CPU|self-detected stall|rcu_\\w+ kthread starved", STUNT_TAINT_WARN,
      NULL },
    { "memory error", "BUG: (KASAN|KFENCE|KMSAN|KCSAN)|UBSAN:|(list_add|list_del) corruption",
      STUNT_TAINT_DIE | STUNT_TAINT_WARN, NULL },
    { "memory leak", "kmemleak: \\d+ new suspected|unreferenced object 0x", 0, NULL },
    { "slab corruption", "BUG [\\w-]+ \\(.*\\): |Redzone overwritten|Poison overwritten|Object already free",
      STUNT_TAINT_DIE | STUNT_TAINT_WARN | 1u << 5, NULL },
    { "BUG", "kernel BUG at|\\bBUG: ", STUNT_TAINT_DIE | STUNT_TAINT_WARN, NULL },
    { "oops",
      "Oops: |general protection fault|Unable to handle kernel|invalid opcode: |divide error: |"
      "stack segment: |double fault",
      STUNT_TAINT_DIE, NULL },
    { "refcount", "refcount_t: ", STUNT_TAINT_WARN, NULL },
    { "DMA misuse", "DMA-API: ", STUNT_TAINT_WARN, NULL },
    { "IOMMU fault", "DMAR: .*[Ff]ault|AMD-Vi: .*(IO_PAGE_FAULT|Event logged)|iommu.*: .*fault", 0, NULL },
    { "stray interrupt", "irq \\d+: nobody cared|[Nn]o irq handler for vector", 0, NULL },
    { "out of memory", "Out of memory: |page allocation failure|invoked oom-killer", 0, NULL },
    { "warning", "\\bWARNING: ", STUNT_TAINT_WARN, NULL },
};

static void compile(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
            signs[i].regex = g_regex_new(signs[i].pattern, G_REGEX_RAW, 0, NULL);
            g_assert(signs[i].regex);
        }
        g_once_init_leave(&done, 1);
    }
}

const char *stunt_oracle_classify(const char *line)
{
    compile();
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (g_regex_match(signs[i].regex, line, 0, NULL)) {
            return signs[i].kind;
        }
    }
    return NULL;
}

guint64 stunt_oracle_taint_of(const char *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (g_str_equal(signs[i].kind, kind)) {
            return signs[i].taint;
        }
    }
    return 0;
}
