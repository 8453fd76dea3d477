/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "lib/oracle/census.h"
#include "stunt/error.h"
#include "stunt/proto.h"

#define PF_KTHREAD 0x00200000u /* include/linux/sched.h */

/* Counts by "KIND\tTEXT". */
typedef GHashTable Items;

static void add_item(Items *items, const char *kind, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void add_item(Items *items, const char *kind, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;
    char *key;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    key = g_strdup_printf("%s\t%s", kind, text);
    g_hash_table_replace(items, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(items, key)) + 1));
}

/* ---- what is looked at --------------------------------------------------------------------------- */

/* One line of a file, or one name of a folder. */
typedef void LineFunc(Items *items, const char *kind, const char *path, const char *line);

/* " 26:   0   PCI-MSI 524288-edge      toy-ch0, toy-error" */
static void add_interrupt(Items *items, const char *kind, const char *path G_GNUC_UNUSED, const char *line)
{
    static const char *const triggers[] = { "-edge", "-fasteoi", "-level" };
    const char *names = NULL;

    if (!g_ascii_isdigit(line[strspn(line, " ")])) {
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(triggers); i++) {
        const char *at = strstr(line, triggers[i]);

        names = at ? at + strlen(triggers[i]) : names;
    }
    if (names && names[strspn(names, " ")]) {
        add_item(items, kind, "interrupt handler '%s'", names + strspn(names, " "));
    }
}

/* "    fea00000-fea0ffff : toy". What the bus itself gives out may move when a device is plugged. */
static void add_region(Items *items, const char *kind, const char *path, const char *line)
{
    const char *colon = strstr(line, " : ");
    guint domain, bus;

    if (colon && sscanf(colon + 3, "%x:%x:", &domain, &bus) != 2 && !g_str_has_prefix(colon + 3, "PCI Bus ")) {
        add_item(items, kind, "region '%s' of %s", colon + 3, path);
    }
}

/* "241 toy" of /proc/devices */
static void add_number(Items *items, const char *kind, const char *path G_GNUC_UNUSED, const char *line)
{
    const char *number = line + strspn(line, " ");

    if (g_ascii_isdigit(*number)) {
        add_item(items, kind, "device number %s", number);
    }
}

static void add_name(Items *items, const char *kind, const char *path, const char *line)
{
    add_item(items, kind, "%s%s", path, line);
}

/* The kernel makes those of a virtual terminal when it switches to one, as it does to sleep. */
static void add_node(Items *items, const char *kind, const char *path, const char *line)
{
    if (!g_str_has_prefix(line, "vcs")) {
        add_name(items, kind, path, line);
    }
}

/* Numbers are processes. */
static void add_proc(Items *items, const char *kind, const char *path, const char *line)
{
    if (!g_ascii_isdigit(*line)) {
        add_name(items, kind, path, line);
    }
}

/* Names that begin with a colon are of no cache, but of a size that several share. */
static void add_cache(Items *items, const char *kind, const char *path, const char *line)
{
    if (*line != ':') {
        add_name(items, kind, path, line);
    }
}

/* Files that programs make there are no driver's. */
static void add_folder(Items *items, const char *kind, const char *path, const char *line)
{
    if (!g_str_equal(path, "/dev/shm/") && !g_str_equal(path, "/dev/pts/")) {
        add_name(items, kind, path, line);
    }
}

static StuntTask *parse_task(const char *line, guint *ret_flags)
{
    const char *open = strchr(line, '('), *close = strrchr(line, ')');
    StuntTask *task;
    char state;

    if (!open || !close || close < open || sscanf(close, ") %c %*d %*d %*d %*d %*d %u", &state, ret_flags) != 2) {
        return NULL;
    }
    task = g_new0(StuntTask, 1);
    task->pid = (guint)g_ascii_strtoull(line, NULL, 10);
    task->name = g_strndup(open + 1, (gsize)(close - open - 1));
    task->state = state;
    task->user = !(*ret_flags & PF_KTHREAD);
    return task;
}

static void task_free(gpointer data)
{
    StuntTask *task = data;

    g_free(task->name);
    g_free(task->stack);
    g_free(task);
}

/* Workers come and go as there is work. */
static void add_thread(Items *items, const char *kind, const char *path G_GNUC_UNUSED, const char *line)
{
    guint flags;
    StuntTask *task = parse_task(line, &flags);

    if (task && !task->user && !g_str_has_prefix(task->name, "kworker/")) {
        add_item(items, kind, "kernel thread '%s'", task->name);
    }
    g_clear_pointer(&task, task_free);
}

#define MODULES "/proc/modules"
#define TASKS   "/proc/[0-9]*/stat"
#define THREADS "/proc/[0-9]*/task/[0-9]*/stat"
#define FOLDER_OF_TASKS "/proc/"

static const struct {
    const char *path;
    const char *kind;
    LineFunc *add;
    gboolean required;
} looks[] = {
    { MODULES, NULL, NULL, TRUE },
    { TASKS, "left-thread", add_thread, FALSE },
    { "/proc/interrupts", "left-irq", add_interrupt, TRUE },
    { "/proc/iomem", "left-region", add_region, TRUE },
    { "/proc/ioports", "left-region", add_region, TRUE },
    { "/proc/devices", "left-node", add_number, TRUE },
    { FOLDER_OF_TASKS, "left-node", add_proc, TRUE },
    { "/dev/", "left-node", add_node, TRUE },
    { "/dev/*/", "left-node", add_folder, FALSE },
    { "/sys/class/", "left-node", add_name, TRUE },
    { "/sys/bus/", "left-node", add_name, TRUE },
    { "/sys/bus/pci/drivers/", "left-node", add_name, TRUE },
    { "/sys/bus/platform/drivers/", "left-node", add_name, TRUE },
    { "/sys/bus/auxiliary/drivers/", "left-node", add_name, FALSE },
    { "/sys/bus/pci/devices/*/", "left-node", add_name, FALSE },
    { "/sys/devices/virtual/*/", "left-node", add_node, FALSE },
    { "/sys/kernel/debug/", "left-node", add_name, TRUE },
    { "/sys/kernel/slab/", "left-cache", add_cache, FALSE },
};

static gboolean is_of(guint look, StuntCensusPart part)
{
    const gboolean modules = looks[look].add == NULL, tasks = looks[look].add == add_thread;

    return modules || (part & (tasks ? STUNT_CENSUS_TASKS : STUNT_CENSUS_REST));
}

/* ---- the text ------------------------------------------------------------------------------------ */

/*
 * The next file of "=BYTES PATH\n" + content + "\n" | "!ERRNO PATH\n" at *text; moves *text behind it. The content of
 * one that could not be read is NULL. FALSE at the end, and where the text makes no sense.
 */
static gboolean next_file(const char **text, char **ret_path, char **ret_content)
{
    const char sign = **text;
    const char *line_end = strchr(*text, '\n');
    char *number_end;
    guint64 number;

    if ((sign != '=' && sign != '!') || !line_end || !g_ascii_isdigit((*text)[1])) {
        return FALSE;
    }
    number = g_ascii_strtoull(*text + 1, &number_end, 10);
    if (*number_end != ' ' || (sign == '=' && strnlen(line_end + 1, number) < number)) {
        return FALSE;
    }
    *ret_path = g_strndup(number_end + 1, (gsize)(line_end - number_end - 1));
    *ret_content = sign == '=' ? g_strndup(line_end + 1, number) : NULL;
    *text = line_end + 1 + (sign == '=' ? number : 0);
    *text += sign == '=' && **text == '\n';
    return TRUE;
}

char *stunt_census_file(const char *census, const char *path)
{
    char *name, *content;

    while (next_file(&census, &name, &content)) {
        const gboolean found = g_str_equal(name, path);

        g_free(name);
        if (found) {
            return content;
        }
        g_free(content);
    }
    return NULL;
}

char *stunt_census_take(StuntGuest *guest, StuntCensusPart part, guint64 deadline_ns, GError **error)
{
    const char *paths[G_N_ELEMENTS(looks) + 1] = { NULL };
    guint n = 0;
    char *census;

    for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (is_of(i, part)) {
            paths[n++] = looks[i].path;
        }
    }
    census = stunt_guest_look(guest, paths, deadline_ns, error);
    if (census && !stunt_census_check(census, part, error)) {
        g_clear_pointer(&census, g_free);
    }
    return census;
}

gboolean stunt_census_check(const char *census, StuntCensusPart part, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
        const gboolean wanted = looks[i].required && is_of(i, part);
        g_autofree char *content = wanted ? stunt_census_file(census, looks[i].path) : NULL;

        if (wanted && !content) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "the guest has no %s", looks[i].path);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- comparing ----------------------------------------------------------------------------------- */

/* -1: nobody asked for it */
static int look_of(const char *path)
{
    for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (fnmatch(looks[i].path, path, FNM_PATHNAME) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void add_lines(Items *items, const char *path, const char *content)
{
    const int look = look_of(path);
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);

    for (char **line = lines; look >= 0 && looks[look].add && *line; line++) {
        if (**line) {
            looks[look].add(items, looks[look].kind, path, *line);
        }
    }
}

/* A folder that was not there before; known: paths of then, NULL counts all as known. */
static gboolean is_new_folder(GHashTable *known, const char *path)
{
    return known && g_str_has_suffix(path, "/") && !g_hash_table_contains(known, path);
}

/* ret_paths: of all files, or NULL. */
static Items *items_of(const char *census, GHashTable *known, GHashTable *ret_paths)
{
    Items *items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *path, *content;

    while (next_file(&census, &path, &content)) {
        if (content && !is_new_folder(known, path)) {
            add_lines(items, path, content);
        }
        if (ret_paths) {
            g_hash_table_add(ret_paths, g_strdup(path));
        }
        g_free(path);
        g_free(content);
    }
    return items;
}

static void add_left(GPtrArray *findings, const char *key)
{
    g_auto(GStrv) parts = g_strsplit(key, "\t", 2);
    g_autofree char *text = g_strdup_printf("%s is left behind", parts[1]);

    g_ptr_array_add(findings, stunt_finding_new(parts[0], text));
}

void stunt_census_compare(const char *before, const char *now, GPtrArray *findings)
{
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) old = items_of(before, NULL, paths), new = items_of(now, paths, NULL);
    GList *keys = g_list_sort(g_hash_table_get_keys(new), (GCompareFunc)strcmp);

    for (GList *key = keys; key; key = key->next) {
        if (GPOINTER_TO_UINT(g_hash_table_lookup(new, key->data)) >
            GPOINTER_TO_UINT(g_hash_table_lookup(old, key->data))) {
            add_left(findings, key->data);
        }
    }
    g_list_free(keys);
}

/* The kernel lists the newest first. */
static GPtrArray *modules_of(const char *census)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *content = stunt_census_file(census, MODULES);
    g_auto(GStrv) lines = g_strsplit(content ? content : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        if (**line) {
            g_ptr_array_add(names, g_strndup(*line, strcspn(*line, " ")));
        }
    }
    return names;
}

GPtrArray *stunt_census_new_modules(const char *before, const char *now)
{
    g_autoptr(GPtrArray) old = modules_of(before);
    GPtrArray *names = modules_of(now);

    for (guint i = names->len; i-- > 0;) {
        if (g_ptr_array_find_with_equal_func(old, names->pdata[i], g_str_equal, NULL)) {
            g_ptr_array_remove_index(names, i);
        }
    }
    return names;
}

/* ---- tasks --------------------------------------------------------------------------------------- */

static gboolean is_task(const char *path)
{
    return fnmatch(TASKS, path, FNM_PATHNAME) == 0 || fnmatch(THREADS, path, FNM_PATHNAME) == 0;
}

/* Of the task that has its state in `path`. */
static char *stack_of(const char *census, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path), *stack = g_strconcat(folder, "/stack", NULL);

    return stunt_census_file(census, stack);
}

GPtrArray *stunt_census_tasks(const char *census)
{
    GPtrArray *tasks = g_ptr_array_new_with_free_func(task_free);
    const char *rest = census;
    char *path, *content;

    while (next_file(&rest, &path, &content)) {
        guint flags;
        StuntTask *task = content && is_task(path) ? parse_task(content, &flags) : NULL;

        if (task && !g_str_equal(task->name, STUNT_LOOK_NAME)) {
            task->stack = stack_of(census, path);
            g_ptr_array_add(tasks, g_steal_pointer(&task));
        }
        g_clear_pointer(&task, task_free);
        g_free(path);
        g_free(content);
    }
    return tasks;
}

static gboolean is_stuck(const StuntTask *task)
{
    return task->user ? task->pid != STUNT_AGENT_PID && task->state != 'Z' : task->state == 'D';
}

GPtrArray *stunt_census_stuck(const char *census)
{
    GPtrArray *tasks = stunt_census_tasks(census);

    for (guint i = tasks->len; i-- > 0;) {
        if (!is_stuck(tasks->pdata[i])) {
            g_ptr_array_remove_index(tasks, i);
        }
    }
    return tasks;
}

static GHashTable *names_in(const char *content)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(content ? content : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        g_hash_table_add(names, g_strdup(*line));
    }
    return names;
}

char **stunt_census_new_tasks(const char *before, const char *now)
{
    g_autofree char *then = stunt_census_file(before, FOLDER_OF_TASKS), *since = stunt_census_file(now, FOLDER_OF_TASKS);
    g_autoptr(GHashTable) known = names_in(then);
    g_auto(GStrv) names = g_strsplit(since ? since : "", "\n", -1);
    GPtrArray *paths = g_ptr_array_new();

    for (char **name = names; *name; name++) {
        if (g_ascii_isdigit(**name) && !g_hash_table_contains(known, *name)) {
            g_ptr_array_add(paths, g_strdup_printf(FOLDER_OF_TASKS "%s/stat", *name));
        }
    }
    if (!paths->len) {
        g_ptr_array_unref(paths);
        return NULL;
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}
