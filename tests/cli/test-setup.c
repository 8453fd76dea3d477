/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration, kernels, the catalogue of scenarios. */
#include "common.h"
#include "stunt/setup.h"

#define PATHS "[paths]\nqemu=/q\nfirmware=/f1;/f2;\ndevices=devices.so\nspec=spec.lua\nscenarios=scenarios\n"
#define KERNELS                                                                        \
    "[kernel 6.1]\nrelease=6.1.0-1-amd64\nkernel=/k1\ninitrd=/i1\nheaders=/h1\n"       \
    "[kernel 6.12]\nrelease=6.12.0-1-amd64\nkernel=/k2\ninitrd=/i2\nmemory=64\nshift=1\n[defaults]\nkernel=6.12\n"

typedef struct {
    char *folder;
    StuntSetup *setup;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    g_autofree char *file = NULL;

    (void)data;
    f->folder = new_folder();
    file = write_file(f->folder, "stunt.conf", PATHS KERNELS);
    f->setup = stunt_setup_load(file, NULL);
    g_assert_nonnull(f->setup);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    stunt_setup_free(f->setup);
    remove_folder(f->folder);
    g_free(f->folder);
}

static void file_is_read(Fixture *f, gconstpointer data)
{
    g_autofree char *devices = g_build_filename(f->folder, "devices.so", NULL);
    const StuntKernel *first = f->setup->kernel->pdata[0];

    (void)data;
    g_assert_cmpstr(f->setup->qemu, ==, "/q");
    g_assert_cmpuint(f->setup->firmware->len, ==, 2);
    g_assert_cmpstr(f->setup->devices, ==, devices);
    g_assert_cmpuint(f->setup->kernel->len, ==, 2);
    g_assert_cmpstr(first->name, ==, "6.1");
    g_assert_cmpstr(first->headers, ==, "/h1");
    g_assert_cmpstr(f->setup->default_kernel, ==, "6.12");
}

static void bad_files_are_explained(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "[paths] has no 'qemu'" },
        { "nonsense", "stunt.conf" },
        { "[paths]\nqemu=/q\n", "[paths] has no 'devices'" },
        { PATHS "[kernel 6.1]\nrelease=6.1.0\n", "[kernel 6.1] has no 'kernel'" },
        { PATHS "[kernel 6.1]\nkernel=/k\n", "[kernel 6.1] has no 'release'" },
        { PATHS "[kernel 6.1]\nmemory=much\n", "[kernel 6.1] memory is a number of MiB" },
        { PATHS "[kernel 6.1]\nshift=11\n", "[kernel 6.1] shift is a power of two in nanoseconds, at most 10" },
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file = write_file(f->folder, "stunt.conf", rows[i].text);
        g_autoptr(GError) error = NULL;

        g_assert_null(stunt_setup_load(file, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
        assert_has(error->message, file);
    }
}

/* ---- planted bugs -------------------------------------------------------------------------------- */

#define BUG "[late]\nmodule=toy\nclass=order\nsummary=is too late\n"

static StuntSetup *load_with_bugs(const Fixture *f, const char *bugs, GError **error)
{
    g_autofree char *file = write_file(f->folder, "stunt.conf", PATHS "bugs=bugs.ini\n" KERNELS);
    g_autofree char *list = write_file(f->folder, "bugs.ini", bugs);

    return stunt_setup_load(file, error);
}

static void bugs_are_read(Fixture *f, gconstpointer data)
{
    g_autoptr(StuntSetup) setup = load_with_bugs(f, BUG, NULL);
    g_autoptr(GError) error = NULL;
    const StuntBug *bug;

    (void)data;
    g_assert_cmpuint(f->setup->bug->len, ==, 0); /* no list, no bugs */
    g_assert_nonnull(setup);
    bug = stunt_setup_find_bug(setup, "late", NULL);
    g_assert_cmpstr(bug->module, ==, "toy");
    g_assert_cmpstr(bug->kind, ==, "order");
    g_assert_cmpstr(bug->summary, ==, "is too late");
    g_assert_null(stunt_setup_find_bug(setup, "lat", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    assert_has(error->message, "no planted bug is called 'lat', did you mean 'late'?");
}

static void bad_bugs_are_explained(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(load_with_bugs(f, "[late]\nmodule=toy\nclass=order\n", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    assert_has(error->message, "bugs.ini: [late] has no 'summary'");
    g_clear_error(&error);
    g_assert_null(stunt_bugs_load("/none", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_MISSING);
}

static void missing_file_is_told(Fixture *f, gconstpointer data)
{
    g_autofree char *file = g_build_filename(f->folder, "none.conf", NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(stunt_setup_load(file, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_MISSING);
}

/* ---- kernels ------------------------------------------------------------------------------------- */

static void kernels_are_found(Fixture *f, gconstpointer data)
{
    g_autoptr(StuntKernel) by_default = stunt_setup_find_kernel(f->setup, NULL, NULL);
    g_autoptr(StuntKernel) by_name = stunt_setup_find_kernel(f->setup, "6.1", NULL);
    g_autoptr(StuntKernel) by_file = stunt_setup_find_kernel(f->setup, "/k1", NULL);
    g_autoptr(StuntKernel) by_release = stunt_setup_find_kernel(f->setup, "6.12.0-1-amd64", NULL);

    (void)data;
    g_assert_cmpstr(by_default->name, ==, "6.12");
    g_assert_cmpstr(by_name->initrd, ==, "/i1");
    g_assert_cmpstr(by_release->name, ==, "6.12");
    g_assert_cmpstr(by_file->name, ==, "6.1");
    g_assert_cmpuint(by_default->memory_mib, ==, 64);
    g_assert_cmpuint(by_default->icount_shift, ==, 1);
    g_assert_cmpuint(by_name->icount_shift, ==, STUNT_ICOUNT_SHIFT);
}

static void unknown_kernel_lists_those_there_are(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(stunt_setup_find_kernel(f->setup, "5.10", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    assert_has(error->message, "no kernel '5.10'; there are: 6.1 (6.1.0-1-amd64), 6.12 (6.12.0-1-amd64)");
}

/* A file with as much of a bzImage's header as tells its release. */
static char *write_bzimage(const char *folder, const char *release)
{
    g_autofree char *image = g_malloc0(0x1000);
    char *file = g_build_filename(folder, "bzImage", NULL);

    memcpy(image + 0x202, "HdrS", 4);
    image[0x20f] = 0x04; /* the version is at 0x200 + 0x400 */
    g_strlcpy(image + 0x600, release, 0x200);
    g_assert_true(g_file_set_contents(file, image, 0x1000, NULL));
    return file;
}

static void kernel_file_of_a_known_release(Fixture *f, gconstpointer data)
{
    g_autofree char *file = write_bzimage(f->folder, "6.1.0-1-amd64 (debian-kernel@lists) #1 SMP");
    g_autoptr(StuntKernel) kernel = stunt_setup_find_kernel(f->setup, file, NULL);

    (void)data;
    g_assert_nonnull(kernel);
    g_assert_cmpstr(kernel->kernel, ==, file);
    g_assert_cmpstr(kernel->initrd, ==, "/i1");
}

static void kernel_file_without_headers(Fixture *f, gconstpointer data)
{
    g_autofree char *file = write_bzimage(f->folder, "9.9.9-none (x) #1");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(stunt_setup_find_kernel(f->setup, file, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_MISSING);
    assert_has(error->message, "its headers are not there");
    assert_has(error->message, "linux-headers-9.9.9-none");
}

static void kernel_file_that_is_none(Fixture *f, gconstpointer data)
{
    g_autofree char *text = write_file(f->folder, "text", "HdrS");
    g_autofree char *none = g_build_filename(f->folder, "none", NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(stunt_setup_find_kernel(f->setup, text, &error));
    assert_has(error->message, "not a Linux bzImage");
    g_clear_error(&error);
    g_assert_null(stunt_setup_find_kernel(f->setup, none, &error));
    assert_has(error->message, "No such file");
}

/* ---- scenarios ----------------------------------------------------------------------------------- */

static void write_scenarios(const Fixture *f)
{
    static const char *const names[] = { "dma/lost.lua", "dma/copy.lua", "uart/break.lua", "lib/helper.lua",
                                         "dma/lib/own.lua", "dma/notes.txt", ".hidden/x.lua" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_build_filename("scenarios", names[i], NULL);
        g_autofree char *file = write_file(f->folder, name, "");
    }
}

/* The names that the words select, with blanks between; NULL for an error. */
static char *selected(const Fixture *f, const char *const *words, GError **error)
{
    g_autoptr(GPtrArray) found = stunt_catalog_select(f->setup->scenarios, words, error);
    g_autoptr(GPtrArray) names = found ? stunt_spec_names(found) : NULL;

    if (!names) {
        return NULL;
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void scenarios_are_found(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->setup->scenarios, "uart/break.lua", NULL);
    g_autofree char *folder = g_build_filename(f->setup->scenarios, "dma", NULL);
    const struct {
        const char *words[3], *names;
    } rows[] = {
        { { NULL }, "dma/copy dma/lib/own dma/lost uart/break" },
        { { "dma/lost", NULL }, "dma/lost" },
        { { "dma/lost.lua", NULL }, "dma/lost" },
        { { "uart", NULL }, "uart/break" },
        { { "uart/", "dma/copy", NULL }, "uart/break dma/copy" },
        { { "dma/lost", "dma", NULL }, "dma/lost dma/copy dma/lib/own" },
        { { path, NULL }, "uart/break" },
        { { folder, NULL }, "dma/copy dma/lib/own dma/lost" },
    };

    (void)data;
    write_scenarios(f);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *names = selected(f, rows[i].words, NULL);

        g_assert_cmpstr(names, ==, rows[i].names);
    }
}

static void unknown_scenarios_are_explained(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *word, *why;
    } rows[] = {
        { "dma/lots", "no scenario 'dma/lots', did you mean 'dma/lost'?" },
        { "brake", "did you mean 'uart/break'?" },
        { "uar", "did you mean 'uart'?" },
        { "quux", "no scenario 'quux' ('stunt list' shows all)" },
        { "dma/los", "did you mean 'dma/lost'?" },
        { "lib", "no scenario 'lib'" },
    };

    (void)data;
    write_scenarios(f);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *words[] = { rows[i].word, NULL };
        g_autoptr(GError) error = NULL;

        g_assert_null(selected(f, words, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
    }
}

/* ---- spec.lua ------------------------------------------------------------------------------------ */

static void bad_specs_are_refused(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "return 5", "table expected" },
        { "return {}", "table expected" },
        { "return { device_names = { 'x' }, devices = {} }", "'x' is no table" },
        { "return {", "unexpected symbol" },
        { "os.exit(0)", "attempt to index a nil value" },
        { "\x1bLua", "binary chunk" },
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file = write_file(f->folder, "spec.lua", rows[i].text);
        g_autoptr(GError) error = NULL;

        g_assert_null(stunt_spec_load(file, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        { "/setup/file-is-read", file_is_read },
        { "/setup/bad-files-are-explained", bad_files_are_explained },
        { "/setup/missing-file-is-told", missing_file_is_told },
        { "/setup/bugs-are-read", bugs_are_read },
        { "/setup/bad-bugs-are-explained", bad_bugs_are_explained },
        { "/setup/kernels-are-found", kernels_are_found },
        { "/setup/unknown-kernel-lists-those-there-are", unknown_kernel_lists_those_there_are },
        { "/setup/kernel-file-of-a-known-release", kernel_file_of_a_known_release },
        { "/setup/kernel-file-without-headers", kernel_file_without_headers },
        { "/setup/kernel-file-that-is-none", kernel_file_that_is_none },
        { "/setup/scenarios-are-found", scenarios_are_found },
        { "/setup/unknown-scenarios-are-explained", unknown_scenarios_are_explained },
        { "/setup/bad-specs-are-refused", bad_specs_are_refused },
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
