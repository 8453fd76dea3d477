/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every fault action at every class of event that it applies to does what spec/faults.toml says. The last
 * test fails for a row of the spec that has no line in the table here.
 */
#include "faults.h"
#include "fault.h"
#include "port.h"

void faults_ahead_and_back(Bench *bench, int64_t ns)
{
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", "snapshot", "\"here\"");
    machine_cont(bench->machine);
    machine_step(bench->machine, ns);
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", "rewind", "\"here\"");
    machine_cont(bench->machine);
}

static void pauses(Bench *bench)
{
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_PAUSE);
}

static void forbids(Bench *bench)
{
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_FORBID);
}

static void notes(Bench *bench)
{
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_true(machine_is_running(bench->machine));
}

static const struct fault_case cases[] = {
    { "mmio.read", "pause", "", pauses },
    { "mmio.read", "mark", "", notes },
    { "mmio.read", "forbid", "", forbids },
    { "mmio.read", "verify", "", notes },
};

static const struct fault_cases faults_of_any = { cases, G_N_ELEMENTS(cases) };

static const struct fault_cases *const groups[] = {
    &faults_of_access, &faults_of_dma, &faults_of_life, &faults_of_port,
    &faults_of_serial, &faults_of_signal, &faults_of_wake, &faults_of_any,
};

static bool is_of(const struct fault_case *one, const struct fault_cases *group)
{
    return one >= group->one && one < group->one + group->n;
}

static bool is_at_port(const struct fault_case *one)
{
    return is_of(one, &faults_of_port);
}

static bool is_serial(const struct fault_case *one)
{
    return is_of(one, &faults_of_serial);
}

static Bench *bench_for(const struct fault_case *one)
{
    if (is_serial(one)) {
        return bench_new_serial(",wires=0-1", 1024);
    }
    return is_at_port(one) ? port_new("") : bench_new_traced(is_of(one, &faults_of_wake) ? ",no-soft-reset=off" : "", 1024);
}

static void test_case(gconstpointer data)
{
    const struct fault_case *one = data;
    g_autoptr(Bench) bench = bench_for(one);
    const char *times = strstr(one->words, "nth=") ? "" : "times=1";
    g_autofree char *rule = g_strdup_printf("\"id=r device=%s at=%s action=%s %s %s\"", is_serial(one) ? "uart0" : "dma0",
                                            one->at, one->action, times, one->words);
    g_autofree char *status = NULL;

    machine_qom_set(bench->machine, "link0", "fault-arm", rule);
    one->check(bench);
    status = machine_qom_get_str(bench->machine, "link0", "fault-status");
    g_assert_true(*times ? strstr(status, " fired=1 ") != NULL : strstr(status, " fired=0 ") == NULL);
}

static bool tests_it(const struct fault_case *one, const struct stunt_class_info *at,
                     const struct stunt_action_info *action)
{
    bool anywhere = __builtin_popcountll(action->classes) == (int)stunt_n_classes;

    return strcmp(one->action, action->name) == 0 && (anywhere || is_at_port(one) || strcmp(one->at, at->name) == 0);
}

static bool is_tested(const struct stunt_class_info *at, const struct stunt_action_info *action)
{
    for (unsigned g = 0; g < G_N_ELEMENTS(groups); g++) {
        for (size_t i = 0; i < groups[g]->n; i++) {
            if (tests_it(&groups[g]->one[i], at, action)) {
                return true;
            }
        }
    }
    return false;
}

static void test_every_row_is_tested(void)
{
    for (size_t a = 0; a < stunt_n_actions; a++) {
        for (size_t c = 0; c < stunt_n_classes; c++) {
            bool applies = stunt_actions[a].classes & (UINT64_C(1) << stunt_classes[c].id);

            if (applies && !is_tested(&stunt_classes[c], &stunt_actions[a])) {
                g_error("no test for %s at %s", stunt_actions[a].name, stunt_classes[c].name);
            }
        }
    }
}

int main(int argc, char **argv)
{
    unsigned number = 0;

    g_test_init(&argc, &argv, NULL);
    for (unsigned g = 0; g < G_N_ELEMENTS(groups); g++) {
        for (size_t i = 0; i < groups[g]->n; i++) {
            const struct fault_case *one = &groups[g]->one[i];
            g_autofree char *path = g_strdup_printf("/faults/%02u-%s-%s", number++, one->at, one->action);

            g_test_add_data_func(path, one, test_case);
        }
    }
    g_test_add_func("/faults/every-row-of-the-spec-is-tested", test_every_row_is_tested);
    return g_test_run();
}
