/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at kernel log, taint and misuse, and compares with what was there before the driver came. */
#include "stunt/error.h"
#include "stunt/events.h"
#include "stunt/oracle.h"
#include "lib/oracle/taint.h"

#define FINDINGS_MAX 20 /* a broken kernel can fill the log; these tell enough */

struct StuntOracle {
    GPtrArray *allowed; /* GRegex * */
    GHashTable *misuse; /* char * device to gint64 * */
    StuntBaseline baseline;
};

StuntOracle *stunt_oracle_new(void)
{
    StuntOracle *oracle = g_new0(StuntOracle, 1);

    oracle->allowed = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    oracle->misuse = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return oracle;
}

void stunt_oracle_free(StuntOracle *oracle)
{
    if (oracle) {
        g_ptr_array_unref(oracle->allowed);
        g_hash_table_unref(oracle->misuse);
        g_free(oracle);
    }
}

gboolean stunt_oracle_allow(StuntOracle *oracle, const char *pattern, GError **error)
{
    g_autoptr(GError) inner = NULL;
    GRegex *regex = g_regex_new(pattern, G_REGEX_RAW, 0, &inner);

    if (!regex) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "pattern '%s': %s", pattern, inner->message);
        return FALSE;
    }
    g_ptr_array_add(oracle->allowed, regex);
    return TRUE;
}

void stunt_oracle_allow_misuse(StuntOracle *oracle, const char *device, gint64 count)
{
    gint64 *copy = g_new(gint64, 1);

    *copy = count;
    g_hash_table_insert(oracle->misuse, g_strdup(device), copy);
}

gboolean stunt_oracle_look(StuntGuest *guest, guint64 deadline_ns, StuntBaseline *ret_baseline, GError **error)
{
    if (!stunt_guest_taint(guest, deadline_ns, &ret_baseline->taint, error)) {
        return FALSE;
    }
    ret_baseline->lines = stunt_guest_kernel_log(guest)->len;
    return TRUE;
}

void stunt_oracle_set_baseline(StuntOracle *oracle, const StuntBaseline *baseline)
{
    oracle->baseline = *baseline;
}

/* ---- judging ------------------------------------------------------------------------------------- */

static void add_finding(GPtrArray *findings, const char *kind, const char *text)
{
    if (findings->len < FINDINGS_MAX) {
        g_ptr_array_add(findings, g_strdup_printf("%s: %s", kind, text));
    }
}

static gboolean is_allowed(const StuntOracle *oracle, const char *line)
{
    for (guint i = 0; i < oracle->allowed->len; i++) {
        if (g_regex_match(oracle->allowed->pdata[i], line, 0, NULL)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Returns the taint that the scenario's allowed lines explain. */
static guint64 judge_log(const StuntOracle *oracle, StuntGuest *guest, GPtrArray *findings)
{
    const GPtrArray *log = stunt_guest_kernel_log(guest);
    guint64 explained = 0;

    for (guint i = oracle->baseline.lines; i < log->len; i++) {
        const StuntKmsg *line = log->pdata[i];
        const char *kind = stunt_oracle_classify(line->text);

        if (kind && is_allowed(oracle, line->text)) {
            explained |= stunt_oracle_taint_of(kind);
        } else if (kind) {
            add_finding(findings, kind, line->text);
        }
    }
    return explained;
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
    add_finding(findings, "driver misuse", text);
    return TRUE;
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
        add_finding(findings, "kernel tainted", text);
    }
    for (guint i = 0; i < devices->len; i++) {
        if (!judge_misuse(oracle, vm, devices->pdata[i], findings, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_oracle_judge(StuntOracle *oracle, StuntGuest *guest, StuntVm *vm, const GPtrArray *devices,
                            guint64 deadline_ns, GPtrArray **ret_findings, GError **error)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);

    if (!judge_all(oracle, guest, vm, devices, deadline_ns, findings, error)) {
        return FALSE;
    }
    *ret_findings = g_steal_pointer(&findings);
    return TRUE;
}
