/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at kernel log, taint and misuse, and compares with what was there before the driver came. */
#include "stunt/error.h"
#include "stunt/events.h"
#include "stunt/oracle.h"
#include "lib/oracle/census.h"
#include "lib/oracle/expect.h"
#include "lib/oracle/report.h"
#include "lib/oracle/stacks.h"
#include "lib/oracle/symbols.h"
#include "lib/oracle/taint.h"
#include "lib/oracle/trace.h"
#include "lib/oracle/unload.h"

#define FINDINGS_MAX 20 /* a broken kernel can fill the log; these tell enough */

struct StuntOracle {
    StuntExpectations *expectations;
    GHashTable *misuse; /* char * device to gint64 * */
    StuntBaseline baseline;
    StuntSymbols *symbols;
};

StuntOracle *stunt_oracle_new(void)
{
    StuntOracle *oracle = g_new0(StuntOracle, 1);

    oracle->expectations = stunt_expectations_new();
    oracle->misuse = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    oracle->symbols = stunt_symbols_new(NULL, FALSE);
    return oracle;
}

void stunt_oracle_free(StuntOracle *oracle)
{
    if (oracle) {
        stunt_expectations_free(oracle->expectations);
        g_hash_table_unref(oracle->misuse);
        stunt_baseline_clear(&oracle->baseline);
        stunt_symbols_free(oracle->symbols);
        g_free(oracle);
    }
}

void stunt_oracle_set_modules(StuntOracle *oracle, const char *folder, gboolean variants)
{
    stunt_symbols_free(oracle->symbols);
    oracle->symbols = stunt_symbols_new(folder, variants);
}

gboolean stunt_oracle_allow(StuntOracle *oracle, const char *pattern, GError **error)
{
    return stunt_expectations_allow(oracle->expectations, pattern, error);
}

gboolean stunt_oracle_expect(StuntOracle *oracle, const char *kind, const char *pattern, gint64 count,
                             GError **error)
{
    return stunt_expectations_add(oracle->expectations, kind, pattern, count, error);
}

gboolean stunt_oracle_expects(const StuntOracle *oracle, const char *kind)
{
    return stunt_expectations_has(oracle->expectations, kind);
}

char *stunt_oracle_missing(const StuntOracle *oracle)
{
    return stunt_expectations_missing(oracle->expectations);
}

void stunt_oracle_allow_misuse(StuntOracle *oracle, const char *device, gint64 count)
{
    gint64 *copy = g_new(gint64, 1);

    *copy = count;
    g_hash_table_insert(oracle->misuse, g_strdup(device), copy);
}

void stunt_baseline_clear(StuntBaseline *baseline)
{
    g_free(baseline->census);
    *baseline = (StuntBaseline){ 0, 0, NULL };
}

void stunt_baseline_copy(StuntBaseline *to, const StuntBaseline *from)
{
    StuntBaseline copy = { from->taint, from->lines, g_strdup(from->census) };

    stunt_baseline_clear(to);
    *to = copy;
}

gboolean stunt_oracle_look(StuntGuest *guest, guint64 deadline_ns, StuntBaseline *ret_baseline, GError **error)
{
    g_autofree char *census = stunt_census_take(guest, STUNT_CENSUS_ALL, deadline_ns, error);

    if (!census || !stunt_guest_taint(guest, deadline_ns, &ret_baseline->taint, error)) {
        return FALSE;
    }
    g_free(ret_baseline->census);
    ret_baseline->census = g_steal_pointer(&census);
    ret_baseline->lines = stunt_guest_kernel_log(guest)->len;
    return TRUE;
}

void stunt_oracle_set_baseline(StuntOracle *oracle, const StuntBaseline *baseline)
{
    stunt_baseline_copy(&oracle->baseline, baseline);
}

/* ---- judging ------------------------------------------------------------------------------------- */

/* Takes the finding. head: see stunt_expectations_take(). */
static void add_finding(const StuntOracle *oracle, GPtrArray *findings, StuntFinding *finding, StuntKmsg *head)
{
    if (stunt_expectations_take(oracle->expectations, finding, head) && findings->len < FINDINGS_MAX) {
        g_ptr_array_add(findings, finding);
    } else {
        stunt_finding_free(finding);
    }
}

static void fill_trace(const StuntOracle *oracle, StuntFinding *finding)
{
    g_autoptr(GPtrArray) trace = stunt_trace_parse(finding->report);
    const StuntFrame *culprit = stunt_trace_culprit(trace);

    for (guint i = 0; i < trace->len; i++) {
        stunt_symbols_find(oracle->symbols, trace->pdata[i]);
        g_ptr_array_add(finding->trace, stunt_frame_text(trace->pdata[i]));
    }
    if (culprit) {
        g_free(finding->where);
        finding->where = stunt_frame_text(culprit);
    }
}

static void judge_report(const StuntOracle *oracle, const StuntReport *report, const GPtrArray *log,
                         GPtrArray *findings)
{
    StuntKmsg *head = log->pdata[report->head];
    g_autoptr(StuntFinding) finding = stunt_finding_new(report->sign->kind, head->text);

    g_ptr_array_unref(finding->report);
    finding->report = stunt_report_lines(report, log);
    if (!stunt_expectations_allows(oracle->expectations, finding)) {
        fill_trace(oracle, finding);
        add_finding(oracle, findings, g_steal_pointer(&finding), head);
    }
}

/* Returns the taint that the reports explain. */
static guint64 judge_log(const StuntOracle *oracle, StuntGuest *guest, GPtrArray *findings)
{
    const GPtrArray *log = stunt_guest_kernel_log(guest);
    g_autoptr(GArray) reports = stunt_reports_find(log, oracle->baseline.lines);
    guint64 explained = 0;

    for (guint i = 0; i < reports->len; i++) {
        const StuntReport *report = &g_array_index(reports, StuntReport, i);

        explained |= report->sign->taint;
        judge_report(oracle, report, log, findings);
    }
    return explained;
}

/* What the kernel's ring lost before the agent read it: anything may have stood there. */
static gboolean check_log(const StuntOracle *oracle, StuntGuest *guest, GError **error)
{
    const GPtrArray *log = stunt_guest_kernel_log(guest);

    for (guint i = MAX(oracle->baseline.lines, 1); i < log->len; i++) {
        const StuntKmsg *before = log->pdata[i - 1], *line = log->pdata[i];

        if (line->seq > before->seq + 1) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED,
                        "%" G_GUINT64_FORMAT " lines of the kernel's log were lost before '%s'",
                        line->seq - before->seq - 1, line->text);
            return FALSE;
        }
    }
    return TRUE;
}

/* Devices count misuse since their last reset, the timeline since the start: the larger number is the truth.
 */
static gboolean count_misuse(StuntVm *vm, const char *device, guint64 *ret_count, GError **error)
{
    StuntTimeline *timeline = stunt_vm_timeline(vm);
    StuntEventQuery query = { .device = stunt_timeline_device_index(timeline, device),
                              .class_id = STUNT_EV_MISUSE };
    g_autoptr(JsonNode) node = stunt_vm_qom_get(vm, device, "misuse-count", error);
    guint64 seen = query.device >= 0 ? stunt_timeline_count(timeline, &query, NULL) : 0;

    if (!node) {
        return FALSE;
    }
    *ret_count = MAX(seen, (guint64)json_node_get_int(node));
    return TRUE;
}

static gboolean judge_misuse(const StuntOracle *oracle, StuntVm *vm, const StuntDeviceDef *device,
                             GPtrArray *findings, GError **error)
{
    const gint64 *allowed = g_hash_table_lookup(oracle->misuse, device->name);
    guint64 expected = allowed ? (guint64)*allowed : 0, count;
    g_autofree char *text = NULL;

    if (!count_misuse(vm, device->name, &count, error)) {
        return FALSE;
    }
    if ((allowed && *allowed < 0) || count == expected) {
        return TRUE;
    }
    text = g_strdup_printf("%s saw %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT
                           " expected), see the events of class misuse",
                           device->name, count, expected);
    add_finding(oracle, findings, stunt_finding_new("misuse", text), NULL);
    return TRUE;
}

gboolean stunt_oracle_unload(StuntOracle *oracle, StuntGuest *guest, GPtrArray **ret_findings, GError **error)
{
    g_autoptr(GPtrArray) found = stunt_findings_new(), findings = stunt_findings_new();

    if (!stunt_unload(guest, oracle->baseline.census, found, error)) {
        return FALSE;
    }
    for (guint i = 0; i < found->len; i++) {
        fill_trace(oracle, found->pdata[i]);
        add_finding(oracle, findings, found->pdata[i], NULL);
        found->pdata[i] = NULL;
    }
    *ret_findings = g_steal_pointer(&findings);
    return TRUE;
}

char *stunt_oracle_stacks(StuntOracle *oracle, StuntGuest *guest)
{
    return stunt_stacks(oracle->symbols, guest);
}

/* What was seen was seen, whatever else could not be. */
static gboolean has_unexpected(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        if (!((const StuntFinding *)findings->pdata[i])->expected) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean judge_all(StuntOracle *oracle, StuntGuest *guest, StuntVm *vm, const GPtrArray *devices,
                          guint64 deadline_ns, GPtrArray *findings, GError **error)
{
    g_autofree char *text = NULL;
    guint64 taint, explained;

    if (!stunt_guest_taint(guest, deadline_ns, &taint, error)) {
        return FALSE;
    }
    explained = judge_log(oracle, guest, findings);
    text = stunt_oracle_new_taint(oracle->baseline.taint | explained, taint);
    if (text) {
        add_finding(oracle, findings, stunt_finding_new("taint", text), NULL);
    }
    for (guint i = 0; i < devices->len; i++) {
        if (!judge_misuse(oracle, vm, devices->pdata[i], findings, error)) {
            return FALSE;
        }
    }
    return has_unexpected(findings) || check_log(oracle, guest, error);
}

gboolean stunt_oracle_judge(StuntOracle *oracle, StuntGuest *guest, StuntVm *vm, const GPtrArray *devices,
                            guint64 deadline_ns, GPtrArray **ret_findings, GError **error)
{
    g_autoptr(GPtrArray) findings = stunt_findings_new();

    if (!judge_all(oracle, guest, vm, devices, deadline_ns, findings, error)) {
        return FALSE;
    }
    *ret_findings = g_steal_pointer(&findings);
    return TRUE;
}

GPtrArray *stunt_oracle_judge_log(StuntOracle *oracle, StuntGuest *guest)
{
    GPtrArray *findings = stunt_findings_new();

    judge_log(oracle, guest, findings);
    return findings;
}
