/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: what a guest's kernel and agent may say, raw or put together from real words, through the oracle's eyes. */
#include <string.h>

#include "fuzz.h"
#include "lib/guest/kmsg.h"
#include "lib/oracle/census.h"
#include "lib/oracle/report.h"
#include "lib/oracle/trace.h"

#define LINES 64

static const char *const words[] = {
    "------------[ cut here ]------------",
    "==================================================================",
    "WARNING: CPU: 0 PID: 1 at toy.c:3 toy_one+0x1/0x10 [toy]",
    "BUG: KASAN: use-after-free in toy_late+0x1d/0x30 [toy]",
    "INFO: task cat:90 blocked for more than 5 seconds.",
    "list_del corruption. prev->next should be ffff888004a3c010, but was 0",
    "DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0xfffff000",
    "Kernel panic - not syncing: toy",
    "RIP: 0010:toy_one+0x1/0x10 [toy]",
    "Call Trace:",
    " <TASK>",
    " toy_two+0x2/0x10 [toy 0123]",
    " ? toy_old+0x2/0x10",
    " </TASK>",
    "---[ end trace 0000000000000000 ]---",
    "",
};

static char *take_text(struct input *in, size_t max)
{
    size_t len = take(in, 2) % max;
    char *text = g_malloc0(len + 1);

    for (size_t i = 0; i < len && in->left; i++) {
        text[i] = (char)take8(in);
    }
    return text;
}

static GPtrArray *take_log(struct input *in)
{
    GPtrArray *log = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_kmsg_unref);
    guint64 time_us = 0;

    while (log->len < LINES && in->left) {
        uint8_t how = take8(in);
        char *text = how & 0x80 ? take_text(in, 80) : g_strdup(words[how % G_N_ELEMENTS(words)]);

        time_us += how & 0x40 ? 2000000 : 1;
        g_ptr_array_add(log, stunt_kmsg_new(4, log->len, time_us, text));
    }
    return log;
}

/* A report lies within the log, and its head within the report; the heads are in order. */
static void check_reports(const GPtrArray *log)
{
    GArray *reports = stunt_reports_find(log, 0);
    guint last = 0;

    for (guint i = 0; i < reports->len; i++) {
        const StuntReport *report = &g_array_index(reports, StuntReport, i);
        GPtrArray *lines = stunt_report_lines(report, log), *trace = stunt_trace_parse(lines);

        CHECK(report->first <= report->head && report->head < report->end && report->end <= log->len);
        CHECK(i == 0 || report->head > last);
        CHECK(lines->len == report->end - report->first && trace->len <= lines->len);
        last = report->head;
        for (guint k = 0; k < trace->len; k++) {
            char *text = stunt_frame_text(trace->pdata[k]);
            StuntFrame *again = stunt_frame_parse(strstr(text, ": ") ? strstr(text, ": ") + 2 : text);

            CHECK(again && again->offset == ((StuntFrame *)trace->pdata[k])->offset);
            stunt_frame_free(again);
            g_free(text);
        }
        g_ptr_array_unref(trace);
        g_ptr_array_unref(lines);
    }
    g_array_unref(reports);
}

/* Compared with itself nothing is left, whatever it says. */
static void check_census(const char *census, const char *other)
{
    GPtrArray *none = stunt_findings_new(), *some = stunt_findings_new();

    stunt_census_compare(census, census, none);
    CHECK(none->len == 0);
    stunt_census_compare(census, other, some);
    for (guint i = 0; i < some->len; i++) {
        CHECK(stunt_kind_by_name(((StuntFinding *)some->pdata[i])->kind));
    }
    g_ptr_array_unref(none);
    g_ptr_array_unref(some);
    g_ptr_array_unref(stunt_census_new_modules(census, other));
    g_ptr_array_unref(stunt_census_stuck(census));
    g_strfreev(stunt_census_new_tasks(census, other));
}

static char *take_census(struct input *in)
{
    static const char *const paths[] = { "/proc/interrupts", "/proc/iomem", "/proc/devices", "/proc/modules",
                                         "/proc/7/stat", "/proc/7/stack", "/dev/", "/sys/kernel/slab/" };
    GString *census = g_string_new(NULL);

    for (uint8_t parts = take8(in) % 8; parts && in->left; parts--) {
        uint8_t how = take8(in);
        char *content = take_text(in, 120);

        if (how & 0x80) {
            g_string_append(census, content);
        } else {
            g_string_append_printf(census, "=%zu %s\n%s\n", strlen(content) + (how & 0x40 ? 1 : 0),
                                   paths[how % G_N_ELEMENTS(paths)], content);
        }
        g_free(content);
    }
    return g_string_free(census, FALSE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    GPtrArray *log = take_log(&in);
    char *census, *other;

    check_reports(log);
    g_ptr_array_unref(log);
    in = (struct input){ data, size };
    census = take_census(&in);
    other = take_census(&in);
    check_census(census, other);
    g_free(census);
    g_free(other);
    return 0;
}
