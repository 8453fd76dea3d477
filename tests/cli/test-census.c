/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left of a driver, from what the agent saw before and after. */
#include "common.h"
#include "lib/oracle/census.h"
#include "stunt/error.h"

/* A file of the text that a LOOK gives. */
static void add(GString *census, const char *path, const char *content)
{
    g_string_append_printf(census, "=%zu %s\n%s\n", strlen(content), path, content);
}

static char *census_of(const char *const (*files)[2])
{
    g_autoptr(GString) census = g_string_new(NULL);

    for (; (*files)[0]; files++) {
        add(census, (*files)[0], (*files)[1]);
    }
    return g_strdup(census->str);
}

#define KTHREAD " S 2 0 0 0 -1 2129984 0 0 0 0 0\n"
#define PROCESS(state) " " state " 1 7 7 0 -1 4194304 0 0 0 0 0\n"

static const char *const before[][2] = {
    { "/proc/modules", "stunt_link 16384 1 - Live 0xffffffffc020f000 (OE)\n" },
    { "/proc/2/stat", "2 (kthreadd)" KTHREAD },
    { "/proc/interrupts", "           CPU0       \n"
                          "  8:          0   IO-APIC   8-edge      rtc0\n"
                          " 24:          0   PCI-MSI 131072-edge      PCIe PME, aerdrv\n"
                          "NMI:          0   Non-maskable interrupts\n" },
    { "/proc/iomem", "fea00000-febfffff : PCI Bus 0000:01\n  fea00000-fea0ffff : 0000:01:00.0\n" },
    { "/proc/ioports", "0000-001f : dma1\n" },
    { "/proc/devices", "Character devices:\n  1 mem\n\nBlock devices:\n259 blkext\n" },
    { "/proc/", "1\n2\niomem\n" },
    { "/dev/", "null\n" },
    { "/dev/shm/", "" },
    { "/sys/class/", "misc\n" },
    { "/sys/bus/", "pci\n" },
    { "/sys/bus/pci/drivers/", "pcieport\n" },
    { "/sys/bus/platform/drivers/", "" },
    { "/sys/bus/pci/devices/0000:01:00.0/", "vendor\n" },
    { "/sys/kernel/debug/", "" },
    { "/sys/kernel/slab/", ":0000064\nkmalloc-64\n" },
    { NULL, NULL },
};

/* `before` with other content for one file. */
static char *changed(const char *path, const char *content)
{
    g_autoptr(GString) census = g_string_new(NULL);
    gboolean found = FALSE;

    for (guint i = 0; before[i][0]; i++) {
        const gboolean here = strcmp(before[i][0], path) == 0;

        found |= here;
        add(census, before[i][0], here ? content : before[i][1]);
    }
    if (!found) {
        add(census, path, content);
    }
    return g_strdup(census->str);
}

static char *texts_of(const GPtrArray *findings)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < findings->len; i++) {
        const StuntFinding *finding = findings->pdata[i];

        g_assert_nonnull(stunt_kind_by_name(finding->kind));
        g_string_append_printf(text, "%s%s: %s", i ? "; " : "", finding->kind, finding->text);
    }
    return g_strdup(text->str);
}

static void what_is_left_is_told(void)
{
    static const struct {
        const char *path, *content, *left;
    } rows[] = {
        { "/proc/interrupts",
          "  8:          7   IO-APIC   8-edge      rtc0\n 25:          0   PCI-MSI 131072-edge      PCIe PME, aerdrv\n", "" },
        { "/proc/interrupts", "  8: 0 IO-APIC 8-edge      rtc0\n 26: 0 PCI-MSI 524288-edge      toy-ch0\n",
          "left-irq: interrupt handler 'toy-ch0' is left behind" },
        { "/proc/interrupts", " 26: 0  PCI-MSIX-0000:01:00.0    0-edge      toy-ch0\n", /* as 6.12 has it */
          "left-irq: interrupt handler 'toy-ch0' is left behind" },
        { "/proc/interrupts", "NMI:          9   Non-maskable interrupts\n 27: 0 PCI-MSI 1-edge\n", "" },
        { "/proc/iomem", "fe000000-febfffff : PCI Bus 0000:01\n  fe000000-fe00ffff : 0000:01:00.0\n"
                         "    fe000000-fe00ffff : toy\n", "left-region: region 'toy' of /proc/iomem is left behind" },
        { "/proc/devices", "Character devices:\n  1 mem\n241 toy\n", "left-node: device number 241 toy is left behind" },
        { "/proc/", "1\n2\n77\niomem\ntoy\n", "left-node: /proc/toy is left behind" },
        { "/dev/", "toy0\nnull\n", "left-node: /dev/toy0 is left behind" },
        { "/dev/shm/", "a file\n", "" },
        { "/dev/toys/", "toy1\n", "" }, /* a new folder: /dev/ has its name */
        { "/sys/bus/pci/drivers/", "pcieport\ntoy\n", "left-node: /sys/bus/pci/drivers/toy is left behind" },
        { "/sys/bus/pci/devices/0000:01:00.0/", "vendor\ntoy_mode\n",
          "left-node: /sys/bus/pci/devices/0000:01:00.0/toy_mode is left behind" },
        { "/sys/bus/pci/devices/0000:02:00.0/", "vendor\n", "" },
        { "/sys/kernel/slab/", ":0000064\n:0000128\nkmalloc-64\ntoy_cache\n",
          "left-cache: /sys/kernel/slab/toy_cache is left behind" },
        { "/proc/90/stat", "90 (toy)" KTHREAD, "left-thread: kernel thread 'toy' is left behind" },
        { "/proc/90/stat", "90 (kworker/0:3-mm)" KTHREAD, "" },
        { "/proc/90/stat", "90 (sh)" PROCESS("S"), "" },
        { "/proc/90/stat", "nonsense", "" },
    };
    g_autofree char *old = census_of(before);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *now = changed(rows[i].path, rows[i].content), *texts = NULL;
        g_autoptr(GPtrArray) findings = stunt_findings_new();

        stunt_census_compare(old, now, findings);
        texts = texts_of(findings);
        g_test_message("%s", rows[i].path);
        g_assert_cmpstr(texts, ==, rows[i].left);
    }
}

/* Two of a name where there was one are one too many. */
static void counts_are_compared(void)
{
    g_autofree char *old = changed("/proc/iomem", "1-2 : toy\n"), *now = changed("/proc/iomem", "1-2 : toy\n3-4 : toy\n");
    g_autoptr(GPtrArray) findings = stunt_findings_new();

    stunt_census_compare(old, now, findings);
    g_assert_cmpuint(findings->len, ==, 1);
}

static void new_modules_come_newest_first(void)
{
    g_autofree char *old = census_of(before);
    g_autofree char *now = changed("/proc/modules", "toy 1 0 - Live 0x0\ntoycore 1 1 toy, Live 0x0\nstunt_link 1 1 - Live 0x0\n");
    g_autoptr(GPtrArray) modules = stunt_census_new_modules(old, now);

    g_assert_cmpuint(modules->len, ==, 2);
    g_assert_cmpstr(modules->pdata[0], ==, "toy");
    g_assert_cmpstr(modules->pdata[1], ==, "toycore");
}

static void stuck_tasks_are_found(void)
{
    static const struct {
        const char *stat;
        guint stuck;
    } rows[] = {
        { "90 (kworker/0:1)" KTHREAD, 0 },
        { "90 (toy) D 2 0 0 0 -1 2129984 0 0 0 0 0", 1 },
        { "90 (a) b (c) D 2 0 0 0 -1 2129984 0 0 0 0 0", 1 }, /* a name may hold anything */
        { "90 (sh)" PROCESS("S"), 1 },
        { "90 (sh)" PROCESS("Z"), 0 },
        { "90 (stunt-look)" PROCESS("R"), 0 },
        { "1 (init)" PROCESS("S"), 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *now = changed("/proc/90/stat", rows[i].stat);
        g_autoptr(GPtrArray) tasks = stunt_census_stuck(now);

        g_assert_cmpuint(tasks->len, ==, rows[i].stuck);
    }
}

static void new_tasks_are_named(void)
{
    g_autofree char *old = census_of(before), *now = changed("/proc/", "1\n2\n90\niomem\n");
    g_auto(GStrv) paths = stunt_census_new_tasks(old, now);

    g_assert_cmpuint(g_strv_length(paths), ==, 1);
    g_assert_cmpstr(paths[0], ==, "/proc/90/stat");
    g_assert_null(stunt_census_new_tasks(old, old));
}

/* What is not there was not looked at. */
static void a_missing_file_is_told(void)
{
    g_autofree char *whole = census_of(before);
    g_autofree char *cut = g_strndup(whole, 200);
    g_autofree char *refused = g_strdup_printf("!2 /proc/modules\n%s", strstr(whole, "=26"));
    g_autoptr(GError) error = NULL, other = NULL;

    g_assert_true(stunt_census_check(whole, STUNT_CENSUS_ALL, NULL));
    g_assert_false(stunt_census_check(cut, STUNT_CENSUS_ALL, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_FAILED);
    g_assert_cmpstr(error->message, ==, "the guest has no /proc/interrupts");
    g_assert_true(stunt_census_check(cut, STUNT_CENSUS_TASKS, NULL));
    g_assert_false(stunt_census_check(refused, STUNT_CENSUS_TASKS, &other));
    g_assert_cmpstr(other->message, ==, "the guest has no /proc/modules");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/census/what-is-left-is-told", what_is_left_is_told);
    g_test_add_func("/census/counts-are-compared", counts_are_compared);
    g_test_add_func("/census/new-modules-come-newest-first", new_modules_come_newest_first);
    g_test_add_func("/census/stuck-tasks-are-found", stuck_tasks_are_found);
    g_test_add_func("/census/new-tasks-are-named", new_tasks_are_named);
    g_test_add_func("/census/a-missing-file-is-told", a_missing_file_is_told);
    return g_test_run();
}
