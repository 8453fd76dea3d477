/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What names a template, and the folder that keeps them: no machine is needed. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/start/definition.h"
#include "lib/start/sum.h"
#include "lib/start/template.h"

#define RAM_BYTES (4 << 20)
#define KEY "0123456789abcdef0123456789abcdef"

static char *folder;

static void set_up(void)
{
    folder = g_dir_make_tmp("stunt-test-XXXXXX", NULL);
    g_assert_nonnull(folder);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_tree(inner);
    }
    g_remove(path);
}

static void tear_down(void)
{
    remove_tree(folder);
    g_clear_pointer(&folder, g_free);
}

/* Free with g_free. */
static char *put(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* ---- checksums ----------------------------------------------------------------------------------- */

/* len bytes: zeros, but for one byte. */
static char *sum_with(gsize len, gsize at, guint8 byte, gboolean holes)
{
    g_autofree char *path = g_build_filename(folder, "sparse", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    g_autofree guint8 *zeros = g_malloc0(len + 1);
    char *sum;

    if (holes) {
        g_assert_cmpint(ftruncate(fd, (off_t)len), ==, 0);
    } else {
        g_assert_cmpint(write(fd, zeros, len), ==, (gssize)len);
    }
    if (byte) {
        g_assert_cmpint(pwrite(fd, &byte, 1, (off_t)at), ==, 1);
    }
    sum = stunt_sum_fd(fd, path, NULL);
    g_assert_nonnull(sum);
    close(fd);
    return sum;
}

static void assert_sums(gboolean equal, char *a, char *b)
{
    g_assert_true(g_str_equal(a, b) == equal);
    g_free(a);
    g_free(b);
}

static void test_sum(void)
{
    const gsize len = 40 * 4096 + 100;

    set_up();
    assert_sums(TRUE, sum_with(len, 0, 0, FALSE), sum_with(len, 0, 0, TRUE));
    assert_sums(TRUE, sum_with(len, 70000, 7, FALSE), sum_with(len, 70000, 7, TRUE));
    assert_sums(FALSE, sum_with(len, 70000, 7, FALSE), sum_with(len, 70000, 6, FALSE));
    assert_sums(FALSE, sum_with(len, 70000, 7, FALSE), sum_with(len, 70000 + 4096, 7, FALSE));
    assert_sums(FALSE, sum_with(len, 0, 0, TRUE), sum_with(len + 4096, 0, 0, TRUE));
    assert_sums(FALSE, sum_with(len, len - 1, 1, TRUE), sum_with(len, 0, 0, TRUE));
    assert_sums(TRUE, sum_with(0, 0, 0, TRUE), sum_with(0, 0, 0, FALSE));
    g_assert_null(stunt_sum_file("/nonexistent", NULL));
    tear_down();
}

/* ---- definitions --------------------------------------------------------------------------------- */

static StuntMachine *make_machine(const char *kernel)
{
    StuntMachine *machine = stunt_machine_new();

    machine->qemu = put("qemu", "Q");
    machine->devices = put("devices.so", "D");
    machine->kernel = put(kernel, "K");
    machine->initrd = put("initrd", "I");
    g_ptr_array_add(machine->firmware, g_strdup(folder));
    stunt_device_defs_add(machine->device, "dev0", "toy", "latency-ns=5");
    return machine;
}

static GPtrArray *make_modules(char *params)
{
    static StuntModule module = { .name = (char *)"toy" };
    GPtrArray *modules = g_ptr_array_new();

    module.params = params;
    g_ptr_array_add(modules, &module);
    return modules;
}

static char *key_of(const StuntMachine *machine, char *params)
{
    g_autoptr(StuntSums) sums = stunt_sums_new();
    g_autoptr(GPtrArray) modules = make_modules(params);
    g_autofree char *text = stunt_definition_text(machine, modules, sums, NULL);

    g_assert_nonnull(text);
    return stunt_definition_key(text);
}

static void assert_other(const StuntMachine *machine, const char *key)
{
    g_autofree char *now = key_of(machine, (char *)"");

    g_assert_cmpstr(now, !=, key);
}

/* Each thing that shapes a machine is in its name. */
static void test_definition(void)
{
    g_autoptr(StuntMachine) machine = NULL, moved = NULL;
    g_autofree char *key = NULL, *same = NULL, *params = NULL, *bios = NULL, *changed = NULL;

    set_up();
    machine = make_machine("kernel");
    moved = make_machine("kernel-elsewhere");
    key = key_of(machine, (char *)"");
    same = key_of(moved, (char *)"");
    g_assert_cmpstr(key, ==, same);
    g_assert_cmpuint(strlen(key), ==, 32);
    params = key_of(machine, (char *)"a=1");
    g_assert_cmpstr(params, !=, key);

    machine->memory_mib++;
    assert_other(machine, key);
    machine->memory_mib--;
    machine->iommu = TRUE;
    assert_other(machine, key);
    machine->iommu = FALSE;
    machine->cmdline = g_strdup("quiet2");
    assert_other(machine, key);
    g_clear_pointer(&machine->cmdline, g_free);
    stunt_device_defs_add(machine->device, "dev1", "toy", NULL);
    assert_other(machine, key);
    g_ptr_array_set_size(machine->device, 1);
    bios = put("bios-256k.bin", "B");
    assert_other(machine, key);
    g_unlink(bios);
    changed = put("initrd", "J");
    assert_other(machine, key);
    tear_down();
}

static void test_definition_missing(void)
{
    g_autoptr(StuntMachine) machine = NULL;
    g_autoptr(StuntSums) sums = stunt_sums_new();
    g_autoptr(GPtrArray) modules = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    set_up();
    machine = make_machine("kernel");
    g_unlink(machine->kernel);
    g_assert_null(stunt_definition_text(machine, modules, sums, &error));
    g_assert_nonnull(strstr(error->message, machine->kernel));
    tear_down();
}

/* ---- templates ----------------------------------------------------------------------------------- */

static void fill(int fd, gsize len, guint8 byte)
{
    g_assert_cmpint(ftruncate(fd, (off_t)len), ==, 0);
    g_assert_cmpint(pwrite(fd, &byte, 1, (off_t)len / 2), ==, 1);
}

static const StuntMemory memory = { "kernel", RAM_BYTES };

static void make_template(const char *where, const char *key)
{
    const StuntBaseline baseline = { .taint = 4096, .lines = 17 };
    g_autoptr(JsonNode) guest = json_from_string("{\"release\": \"6.1\"}", NULL);
    const StuntTemplateText text = { "the definition", "the log\n", &baseline, guest };
    g_autoptr(StuntDraft) draft = NULL;
    g_autoptr(StuntTemplate) template = NULL;
    g_autoptr(GError) error = NULL;
    int lock = where ? stunt_template_lock(where, key) : -1;

    draft = stunt_draft_new(where, key, &memory, &error);
    g_assert_no_error(error);
    fill(draft->file.state, 5000, 1);
    if (draft->file.pages < 0) {
        fill(draft->file.ram, RAM_BYTES, 2);
    } else {
        fill(draft->file.pages, 4096, 3);
    }
    template = stunt_draft_commit(draft, &text, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(template->baseline.taint, ==, 4096);
    if (lock >= 0) {
        close(lock);
    }
}

static char *place_of(const char *key, const char *name)
{
    return g_build_filename(folder, key, name, NULL);
}

static StuntTemplate *open_whole(const char *key)
{
    g_autofree char *damage = NULL;
    StuntTemplate *template = stunt_template_open(folder, key, &damage);

    g_assert_null(damage);
    return template;
}

static void test_template(void)
{
    g_autoptr(StuntTemplate) template = NULL;
    g_autofree char *log = NULL;
    struct stat st;

    set_up();
    g_assert_null(open_whole(KEY));
    make_template(folder, KEY);
    template = open_whole(KEY);
    g_assert_nonnull(template);
    g_assert_cmpuint(template->baseline.taint, ==, 4096);
    g_assert_cmpuint(template->baseline.lines, ==, 17);
    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(template->guest), "release"), ==, "6.1");
    g_assert_cmpint(fstat(template->file.ram, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, RAM_BYTES);
    log = place_of(KEY, "boot.log");
    g_assert_true(g_file_test(log, G_FILE_TEST_IS_REGULAR));
    tear_down();
}

static void test_template_in_memory(void)
{
    set_up();
    make_template(NULL, KEY);
    g_assert_null(open_whole(KEY));
    tear_down();
}

typedef struct {
    const char *file;
    off_t at;  /* a byte is changed there; -1: cut in half */
    const char *expected;
} Damage;

static void damage_file(const char *path, off_t at)
{
    int fd = open(path, O_RDWR);
    guint8 byte = 0;
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    if (at < 0) {
        g_assert_cmpint(ftruncate(fd, st.st_size / 2), ==, 0);
    } else {
        g_assert_cmpint(pread(fd, &byte, 1, at), ==, 1);
        byte ^= 1;
        g_assert_cmpint(pwrite(fd, &byte, 1, at), ==, 1);
    }
    close(fd);
}

/* A damaged one is told of, gone, and can be made anew. */
static void test_template_damaged(void)
{
    static const Damage damages[] = {
        { "ram", RAM_BYTES / 2, "checksum of 'ram'" },
        { "ram", 0, "checksum of 'ram'" },
        { "ram", -1, "checksum of 'ram'" },
        { "state", 0, "checksum of 'state'" },
        { "state", -1, "checksum of 'state'" },
        { "template.json", -1, "template.json" },
    };

    set_up();
    for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = place_of(KEY, damages[i].file), *damage = NULL;

        make_template(folder, KEY);
        damage_file(path, damages[i].at);
        g_assert_null(stunt_template_open(folder, KEY, &damage));
        g_assert_nonnull(damage);
        g_assert_nonnull(strstr(damage, damages[i].expected));
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
        g_assert_null(open_whole(KEY));
    }
    tear_down();
}

static void test_template_file_missing(void)
{
    g_autofree char *path = NULL, *damage = NULL;

    set_up();
    make_template(folder, KEY);
    path = place_of(KEY, "ram");
    g_unlink(path);
    g_assert_null(stunt_template_open(folder, KEY, &damage));
    g_assert_nonnull(damage);
    make_template(folder, KEY);
    tear_down();
}

/* ---- memory that is shared ------------------------------------------------------------------------- */

static void *ram_of(const char *key, nlink_t *ret_links)
{
    g_autofree char *path = place_of(key, "ram");
    struct stat st;

    g_assert_cmpint(stat(path, &st), ==, 0);
    *ret_links = st.st_nlink;
    return GSIZE_TO_POINTER(st.st_ino);
}

/* The second has the memory of the first, and pages beside it. */
static void test_shared(void)
{
    g_autoptr(StuntTemplate) first = NULL, second = NULL;
    nlink_t links;

    set_up();
    make_template(folder, "a");
    make_template(folder, "b");
    g_assert_true(ram_of("a", &links) == ram_of("b", &links));
    g_assert_cmpuint(links, ==, 3); /* and on offer */
    first = open_whole("a");
    second = open_whole("b");
    g_assert_cmpint(first->file.pages, <, 0);
    g_assert_cmpint(second->file.pages, >=, 0);
    tear_down();
}

static void test_shared_is_damaged(void)
{
    g_autoptr(StuntTemplate) whole = NULL;
    g_autofree char *pages = NULL, *ram = NULL, *damage = NULL;

    set_up();
    make_template(folder, "a");
    make_template(folder, "b");
    pages = place_of("b", "pages");
    damage_file(pages, 2048);
    g_assert_null(stunt_template_open(folder, "b", &damage));
    g_assert_nonnull(strstr(damage, "checksum of 'pages'"));
    g_clear_pointer(&damage, g_free);

    make_template(folder, "b");
    g_unlink(pages);
    g_assert_null(stunt_template_open(folder, "b", &damage));
    g_assert_nonnull(strstr(damage, "'pages' is missing"));
    g_clear_pointer(&damage, g_free);

    make_template(folder, "b");
    ram = place_of("a", "ram");
    damage_file(ram, -1);
    for (const char *key = "a"; *key; key = *key == 'a' ? "b" : "") {
        g_assert_null(stunt_template_open(folder, key, &damage));
        g_assert_nonnull(strstr(damage, "checksum of 'ram'"));
        g_clear_pointer(&damage, g_free);
    }
    make_template(folder, "a"); /* what is on offer is not taken, but replaced */
    g_assert_true(g_file_test(ram, G_FILE_TEST_IS_REGULAR));
    whole = open_whole("a");
    g_assert_nonnull(whole);
    tear_down();
}

/* It is there as long as somebody has it. */
static void test_shared_is_removed(void)
{
    g_autofree char *offer = NULL, *a = NULL, *b = NULL;
    nlink_t links;

    set_up();
    offer = g_build_filename(folder, "kernel" STUNT_MEMORY_SUFFIX, NULL);
    make_template(folder, "a");
    make_template(folder, "b");
    a = g_build_filename(folder, "a", NULL);
    b = g_build_filename(folder, "b", NULL);
    stunt_folder_remove(a);
    stunt_templates_make_room(folder, "b");
    g_assert_true(g_file_test(offer, G_FILE_TEST_EXISTS));
    ram_of("b", &links);
    g_assert_cmpuint(links, ==, 2);
    stunt_folder_remove(b);
    stunt_templates_make_room(folder, "b");
    g_assert_false(g_file_test(offer, G_FILE_TEST_EXISTS));
    tear_down();
}

/* Only one makes a template; the lock ends with its holder, however that ends. */
static void test_lock(void)
{
    int mine, other, ready[2];
    pid_t holder;
    char byte;

    set_up();
    mine = stunt_template_lock(folder, KEY);
    g_assert_cmpint(mine, >=, 0);
    g_assert_cmpint(stunt_template_lock(folder, KEY), ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    other = stunt_template_lock(folder, "another");
    g_assert_cmpint(other, >=, 0);
    close(other);
    close(mine);

    g_assert_cmpint(pipe(ready), ==, 0);
    holder = fork();
    if (!holder) {
        byte = stunt_template_lock(folder, KEY) >= 0;
        _exit(write(ready[1], &byte, 1) == 1 ? pause() : 1);
    }
    g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
    g_assert_cmpint(byte, ==, 1);
    g_assert_cmpint(stunt_template_lock(folder, KEY), ==, -1);
    kill(holder, SIGKILL);
    g_assert_cmpint(waitpid(holder, NULL, 0), ==, holder);
    mine = stunt_template_lock(folder, KEY);
    g_assert_cmpint(mine, >=, 0);
    close(mine);
    close(ready[0]);
    close(ready[1]);
    tear_down();
}

static void test_lock_impossible(void)
{
    g_autofree char *file = NULL, *below = NULL;

    set_up();
    file = put("file", "x");
    below = g_build_filename(file, "templates", NULL);
    g_assert_cmpint(stunt_template_lock(below, KEY), ==, -1);
    g_assert_cmpint(errno, ==, ENOTDIR);
    tear_down();
}

/* ---- room ---------------------------------------------------------------------------------------- */

static void set_age(const char *key, int seconds)
{
    g_autofree char *text = place_of(key, "template.json");
    const struct timespec times[2] = { { .tv_sec = 1000000 - seconds }, { .tv_sec = 1000000 - seconds } };

    g_assert_cmpint(utimensat(AT_FDCWD, text, times, 0), ==, 0);
}

static gboolean is_there(const char *key)
{
    g_autofree char *path = g_build_filename(folder, key, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* A template that is all data, so that its size on disk is its size. */
static void make_large(const char *key)
{
    g_autofree char *path = NULL, *data = g_malloc(2 << 20);

    make_template(folder, key);
    path = place_of(key, "ram");
    memset(data, 'x', 2 << 20);
    g_assert_true(g_file_set_contents(path, data, 2 << 20, NULL));
}

/* The limit holds, what was used last stays, and leftovers of killed makers go, but not of living ones. */
static void test_room(void)
{
    g_autofree char *dead = NULL, *living = NULL;
    StuntTemplateUse use;
    int lock;

    set_up();
    g_setenv("STUNT_TEMPLATES_MIB", "5", TRUE);
    make_large("a");
    set_age("a", 10);
    make_large("b");
    set_age("b", 30);
    dead = g_build_filename(folder, "dead.part", NULL);
    living = g_build_filename(folder, "living.part", NULL);
    g_mkdir(dead, 0755);
    g_mkdir(living, 0755);
    lock = stunt_template_lock(folder, "living");
    make_large("c");
    stunt_templates_make_room(folder, "c");
    g_assert_true(is_there("a"));
    g_assert_false(is_there("b"));
    g_assert_true(is_there("c"));
    g_assert_false(is_there("dead.part"));
    g_assert_true(is_there("living.part"));
    stunt_templates_measure(folder, &use);
    g_assert_cmpuint(use.count, ==, 2);
    g_assert_cmpuint(use.limit_bytes, ==, 5 << 20);
    g_assert_cmpuint(use.bytes, <=, use.limit_bytes);
    close(lock);
    g_unsetenv("STUNT_TEMPLATES_MIB");
    tear_down();
}

/* What is open stays good when it is removed for room. */
static void test_room_while_open(void)
{
    g_autoptr(StuntTemplate) template = NULL;
    g_autofree char *sum = NULL;

    set_up();
    make_template(folder, KEY);
    template = open_whole(KEY);
    g_setenv("STUNT_TEMPLATES_MIB", "0", TRUE);
    stunt_templates_make_room(folder, "another");
    g_unsetenv("STUNT_TEMPLATES_MIB");
    g_assert_false(is_there(KEY));
    sum = stunt_sum_fd(template->file.ram, "ram", NULL);
    g_assert_nonnull(sum);
    tear_down();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/template/sum", test_sum);
    g_test_add_func("/template/definition", test_definition);
    g_test_add_func("/template/definition-missing", test_definition_missing);
    g_test_add_func("/template/keep", test_template);
    g_test_add_func("/template/in-memory", test_template_in_memory);
    g_test_add_func("/template/damaged", test_template_damaged);
    g_test_add_func("/template/file-missing", test_template_file_missing);
    g_test_add_func("/template/shared", test_shared);
    g_test_add_func("/template/shared-is-damaged", test_shared_is_damaged);
    g_test_add_func("/template/shared-is-removed", test_shared_is_removed);
    g_test_add_func("/template/lock", test_lock);
    g_test_add_func("/template/lock-impossible", test_lock_impossible);
    g_test_add_func("/template/room", test_room);
    g_test_add_func("/template/room-while-open", test_room_while_open);
    return g_test_run();
}
