/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as data and on disk. */
#include <unistd.h>

#include "common.h"
#include "stunt/report.h"

static StuntResult *sample(const char *name)
{
    StuntResult *result = stunt_result_new(name, "/scenarios/toy/lost.lua");
    StuntFinding *finding = stunt_finding_new("oops", "BUG: kernel NULL pointer dereference");

    result->status = STUNT_INVALID;
    result->seed = G_MAXINT64;
    result->wall_ms = 12;
    result->virtual_ns = 3456789;
    result->last_event = 99;
    result->rewinds = 3;
    result->iommu = STUNT_ON;
    result->cells = 7;
    result->bad_cells = 2;
    stunt_result_set(&result->reason, "rule 'lost' never fired");
    stunt_result_set(&result->detail, "one\ntwo \"three\"\n");
    stunt_result_set(&result->plan, "id=lost at=irq.raise\n");
    stunt_result_set(&result->kernel, "6.1");
    stunt_result_set(&result->mode, "deterministic");
    stunt_result_set(&result->start, "strict");
    stunt_result_set(&result->start_note, "the console shows the boot");
    stunt_result_set(&result->start_warning, "no place for a template");
    stunt_result_add_rule(result, &(StuntRuleResult){ "lost", "irq.raise", "drop", TRUE, 2, 1, 77, 12 });
    stunt_result_set(&finding->where, "toy: toy_read+0x1/0x2");
    g_ptr_array_add(finding->trace, g_strdup("toy: toy_read+0x1/0x2"));
    g_ptr_array_add(finding->report, g_strdup(finding->text));
    g_ptr_array_add(finding->report, g_strdup("Oops: 0000 [#1]"));
    g_ptr_array_add(result->finding, finding);
    return result;
}

static void json_and_back(void)
{
    g_autoptr(StuntResult) result = sample("toy/lost");
    g_autoptr(JsonNode) json = stunt_result_to_full_json(result);
    g_autoptr(StuntResult) again = stunt_result_from_json(json, NULL);
    g_autoptr(JsonNode) json_again = stunt_result_to_full_json(again);
    const StuntRuleResult *rule = again->rule->pdata[0];

    g_assert_true(json_node_equal(json, json_again));
    g_assert_cmpuint(again->seed, ==, G_MAXINT64);
    g_assert_cmpint(again->status, ==, STUNT_INVALID);
    g_assert_cmpint(again->iommu, ==, STUNT_ON);
    g_assert_cmpstr(again->start, ==, "strict");
    g_assert_cmpstr(again->start_note, ==, "the console shows the boot");
    g_assert_cmpstr(again->start_warning, ==, "no place for a template");
    g_assert_cmpuint(again->cells, ==, 7);
    g_assert_cmpuint(again->bad_cells, ==, 2);
    g_assert_cmpstr(rule->id, ==, "lost");
    g_assert_cmpstr(rule->at, ==, "irq.raise");
    g_assert_cmpstr(rule->action, ==, "drop");
    g_assert_cmpuint(rule->first_ns, ==, 77);
    g_assert_cmpuint(rule->first_seq, ==, 12);
    g_assert_cmpuint(again->finding->len, ==, 1);
    g_assert_cmpuint(((StuntFinding *)again->finding->pdata[0])->report->len, ==, 2);
}

/* The report has these members, in this order, and no others. */
static void json_has_the_agreed_members(void)
{
    static const char *const members[] = { "name",   "status", "reason", "seed",  "wall_ms", "virtual_ns",
                                           "mode",   "kernel", "rules",  "findings", "events", "replay" };
    g_autoptr(StuntResult) result = sample("toy/lost");
    g_autoptr(JsonNode) json = stunt_result_to_json(result);
    g_autoptr(GList) names = json_object_get_members(json_node_get_object(json));
    guint i = 0;

    g_assert_cmpuint(g_list_length(names), ==, G_N_ELEMENTS(members));
    for (GList *name = names; name; name = name->next) {
        g_assert_cmpstr(name->data, ==, members[i++]);
    }
}

static void strings_become_valid(void)
{
    g_autoptr(StuntResult) result = sample("toy/lost");

    stunt_result_set(&result->reason, "\xff!");
    g_assert_true(g_utf8_validate(result->reason, -1, NULL));
    assert_has(result->reason, "!");
}

static void bad_json_is_refused(void)
{
    static const char *const texts[] = { "[]", "{}", "{\"name\": \"x\"}",
                                         "{\"name\": \"x\", \"status\": \"MAYBE\"}", "3" };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(JsonNode) node = json_from_string(texts[i], NULL);
        g_autoptr(GError) error = NULL;

        g_assert_null(stunt_result_from_json(node, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    }
}

static void exit_codes(void)
{
    static const struct {
        StuntStatus status[3];
        int code;
        const char *text;
    } rows[] = {
        { { STUNT_PASS, STUNT_PASS, STUNT_PASS }, 0, "3 passed, 0 failed" },
        { { STUNT_PASS, STUNT_SKIP, STUNT_PASS }, 0, "2 passed, 0 failed, 1 skipped" },
        { { STUNT_PASS, STUNT_FAIL, STUNT_PASS }, 1, "2 passed, 1 failed" },
        { { STUNT_PASS, STUNT_INVALID, STUNT_PASS }, 2, "2 passed, 1 failed" },
        { { STUNT_PASS, STUNT_BROKEN, STUNT_SKIP }, 2, "1 passed, 1 failed, 1 skipped" },
        { { STUNT_FAIL, STUNT_BROKEN, STUNT_INVALID }, 1, "0 passed, 3 failed" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        StuntTally tally = { 0 };
        g_autofree char *text = NULL;

        for (guint k = 0; k < 3; k++) {
            g_autoptr(StuntResult) result = sample("x");

            result->status = rows[i].status[k];
            stunt_tally_add(&tally, result);
        }
        text = stunt_tally_text(&tally);
        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_cmpint(stunt_tally_exit_code(&tally), ==, rows[i].code);
    }
}

/* ---- on disk ------------------------------------------------------------------------------------- */

static guint count_entries(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint n = 0;

    while (dir && g_dir_read_name(dir)) {
        n++;
    }
    return n;
}

static void save(const char *root, const char *name, char **ret_run)
{
    g_autoptr(StuntResult) result = sample(name);
    g_autoptr(GBytes) events = g_bytes_new_static("event\n", 6);
    g_autoptr(GDateTime) time = g_date_time_new_utc(2030, 1, 2, 3, 4, 5);
    GError *error = NULL;

    *ret_run = stunt_results_new_run(root, result->seed, time, &error);
    g_assert_no_error(error);
    stunt_results_save(*ret_run, result, &(StuntResultLogs){ .events = events }, &error);
    g_assert_no_error(error);
    stunt_results_set_latest(root, *ret_run, &error);
    g_assert_no_error(error);
}

/* Two runs that begin in the same second, before either has a result. */
static void runs_have_folders_of_their_own(void)
{
    g_autofree char *root = new_folder(), *first = NULL, *second = NULL, *below = NULL;
    g_autoptr(GDateTime) time = g_date_time_new_utc(2030, 1, 2, 3, 4, 5);
    g_autoptr(GError) error = NULL;

    first = stunt_results_new_run(root, 1, time, NULL);
    second = stunt_results_new_run(root, 1, time, NULL);
    g_assert_true(g_str_has_suffix(first, "/20300102-030405-1"));
    g_assert_true(g_str_has_suffix(second, "/20300102-030405-1-2"));
    below = write_file(root, "file", "");
    g_assert_null(stunt_results_new_run(below, 1, time, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_FAILED);
    assert_has(error->message, "cannot make ");
    remove_folder(root);
}

static void saved_results_are_found(void)
{
    g_autofree char *root = new_folder(), *first = NULL, *second = NULL, *folder = NULL, *by_path = NULL;
    g_autofree char *events = NULL, *again = NULL, *same = NULL;
    g_autoptr(StuntResult) result = NULL;
    g_autoptr(StuntResult) found = NULL;

    save(root, "toy/lost", &first);
    save(root, "toy/lost", &second);
    assert_has(first, "/20300102-030405-9223372036854775807");
    g_assert_true(g_str_has_suffix(second, "-2"));
    result = stunt_results_find(root, "toy/lost", &folder, NULL);
    g_assert_cmpstr(result->name, ==, "toy/lost");
    assert_has(result->replay, "stunt replay /");
    events = g_build_filename(folder, "events.log", NULL);
    g_assert_true(g_file_get_contents(events, &again, NULL, NULL));
    g_assert_cmpstr(again, ==, "event\n");
    g_assert_cmpuint(count_entries(folder), ==, 3);
    g_assert_null(stunt_results_find(root, result->events, &by_path, NULL));
    by_path = g_build_filename(second, "toy/lost/result.json", NULL);
    found = stunt_results_find(root, by_path, &same, NULL);
    g_assert_nonnull(found);
    g_assert_true(g_str_has_suffix(same, "-2/toy/lost"));
    remove_folder(root);
}

static void missing_result_is_explained(void)
{
    g_autofree char *root = new_folder(), *run = NULL, *folder = NULL;
    g_autoptr(GError) error = NULL;

    save(root, "toy/lost", &run);
    g_assert_null(stunt_results_find(root, "toy/lots", &folder, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    assert_has(error->message, "no result 'toy/lots', did you mean 'toy/lost'?");
    g_assert_null(folder);
    remove_folder(root);
}

static void strict_log_is_kept_beside(void)
{
    g_autofree char *root = new_folder(), *run = g_build_filename(root, "run", NULL);
    g_autofree char *folder = g_build_filename(run, "toy/lost", NULL);
    g_autofree char *file = g_build_filename(folder, "events-strict.log", NULL), *text = NULL;
    g_autoptr(GBytes) turbo = g_bytes_new_static("a\n", 2), strict = g_bytes_new_static("b\n", 2);
    g_autoptr(StuntResult) result = sample("toy/lost");
    StuntResultLogs logs = { .events = turbo, .events_strict = strict };

    g_assert_true(stunt_results_save(run, result, &logs, NULL));
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "b\n");
    g_assert_cmpuint(count_entries(folder), ==, 4);
    remove_folder(root);
}

static void grid_is_kept_beside(void)
{
    g_autofree char *root = new_folder(), *run = g_build_filename(root, "run", NULL), *text = NULL;
    g_autofree char *folder = g_build_filename(run, "toy/lost", NULL);
    g_autoptr(StuntResult) result = sample("toy/lost");
    g_autoptr(StuntGrid) grid = stunt_grid_new(), read = NULL;
    g_autoptr(GError) error = NULL;
    const StuntCell *cell;

    result->cells = 0;
    g_assert_null(stunt_results_grid(result, root, &error));
    assert_has(error->message, "toy/lost has no grid");
    g_clear_error(&error);
    stunt_grid_add(grid, &(StuntCell){ .row = (char *)"irq.raise", .point = (char *)"1", .outcome = (char *)"hang", .detail = (char *)"" });
    text = stunt_grid_to_tsv(grid);
    result->grid = g_bytes_new(text, strlen(text));
    result->cells = result->bad_cells = 1;
    g_assert_true(stunt_results_save(run, result, &(StuntResultLogs){ 0 }, NULL));
    g_assert_cmpuint(count_entries(folder), ==, 4);
    read = stunt_results_cell(result, folder, 1, &cell, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(cell->outcome, ==, "hang");
    for (guint64 number = 0; number <= 2; number += 2) {
        g_assert_null(stunt_results_cell(result, folder, number, &cell, &error));
        assert_has(error->message, "toy/lost has cells 1 to 1");
        g_clear_error(&error);
    }
    remove_folder(folder);
    g_assert_null(stunt_results_grid(result, folder, &error));
    assert_has(error->message, "grid.tsv");
    remove_folder(root);
}

/* A scenario outside of the scenarios folder is named by its path. */
static void names_do_not_lead_out(void)
{
    g_autofree char *root = new_folder(), *run = NULL, *inside = NULL, *outside = NULL;

    save(root, "../../escape/../x", &run);
    inside = g_build_filename(run, "escape/x/result.json", NULL);
    outside = g_build_filename(root, "../escape", NULL);
    g_assert_true(g_file_test(inside, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(outside, G_FILE_TEST_EXISTS));
    remove_folder(root);
}

static void files_are_replaced_whole(void)
{
    g_autofree char *folder = new_folder(), *file = g_build_filename(folder, "report", NULL), *text = NULL;
    g_autofree char *nowhere = g_build_filename(folder, "no/such/report", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_report_write(file, "long text", 9, NULL));
    g_assert_true(stunt_report_write(file, "short", 5, NULL));
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "short");
    g_assert_cmpuint(count_entries(folder), ==, 1);
    g_assert_false(stunt_report_write(nowhere, "x", 1, &error));
    assert_has(error->message, "no/such/report");
    remove_folder(folder);
}

static void full_disk_is_told(void)
{
    g_autoptr(GError) error = NULL;

    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("no /dev/full");
        return;
    }
    g_assert_false(stunt_report_write("/dev/full", "x", 1, &error));
    assert_has(error->message, "/dev/full: No space left on device");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/result/json-and-back", json_and_back);
    g_test_add_func("/result/json-has-the-agreed-members", json_has_the_agreed_members);
    g_test_add_func("/result/strings-become-valid", strings_become_valid);
    g_test_add_func("/result/bad-json-is-refused", bad_json_is_refused);
    g_test_add_func("/result/exit-codes", exit_codes);
    g_test_add_func("/result/runs-have-folders-of-their-own", runs_have_folders_of_their_own);
    g_test_add_func("/result/saved-results-are-found", saved_results_are_found);
    g_test_add_func("/result/strict-log-is-kept-beside", strict_log_is_kept_beside);
    g_test_add_func("/result/grid-is-kept-beside", grid_is_kept_beside);
    g_test_add_func("/result/missing-result-is-explained", missing_result_is_explained);
    g_test_add_func("/result/names-do-not-lead-out", names_do_not_lead_out);
    g_test_add_func("/result/files-are-replaced-whole", files_are_replaced_whole);
    g_test_add_func("/result/full-disk-is-told", full_disk_is_told);
    return g_test_run();
}
