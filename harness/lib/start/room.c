/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much disk templates take, and which go when it is too much. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/start/template.h"
#include "stunt/error.h"

#define MIB (G_GUINT64_CONSTANT(1) << 20)
#define DEFAULT_LIMIT_MIB 4096
#define LIMIT_VARIABLE "STUNT_TEMPLATES_MIB"
#define BLOCK 512 /* of st_blocks */

typedef struct {
    char *key;
    guint64 bytes, own; /* with its part of what it shares; what is there for it alone */
    gint64 used_ns;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->key);
    g_free(entry);
}

char *stunt_templates_folder(void)
{
    return g_build_filename(g_get_user_cache_dir(), "stunt", "templates", NULL);
}

gboolean stunt_templates_limit(guint64 *ret_bytes, GError **error)
{
    const char *text = g_getenv(LIMIT_VARIABLE);
    guint64 mib = DEFAULT_LIMIT_MIB;

    if (text && *text && !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &mib, NULL)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "%s is '%s', but it takes a number of MiB, such as %u (which is the default)", LIMIT_VARIABLE,
                    text, DEFAULT_LIMIT_MIB);
        return FALSE;
    }
    *ret_bytes = mib * MIB;
    return TRUE;
}

/* With a limit that says nothing, the default one: whoever runs scenarios has complained about it before. */
static guint64 limit_bytes(void)
{
    guint64 bytes = DEFAULT_LIMIT_MIB * MIB;

    stunt_templates_limit(&bytes, NULL);
    return bytes;
}

/* Calls func for each name in the folder but . and .. */
static void each_name(const char *folder, void (*func)(const char *path, const char *name, gpointer data),
                      gpointer data)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            func(path, entry->d_name, data);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

static void remove_file(const char *path, const char *name, gpointer data)
{
    (void)name;
    (void)data;
    unlink(path);
}

void stunt_folder_remove(const char *path)
{
    g_autofree char *text = g_build_filename(path, STUNT_TEMPLATE_TEXT, NULL);

    unlink(text); /* first: without it a template counts as not there */
    each_name(path, remove_file, NULL);
    rmdir(path);
}

/* Memory that is shared has one more link, under which it is on offer. */
static void add_size(const char *path, const char *name, gpointer data)
{
    Entry *entry = data;
    struct stat st;

    (void)name;
    if (lstat(path, &st) == 0) {
        guint64 bytes = (guint64)st.st_blocks * BLOCK, sharers = MAX(st.st_nlink, 2) - 1;

        entry->bytes += bytes / sharers;
        entry->own += sharers == 1 ? bytes : 0;
    }
}

static void add_entry(const char *path, const char *name, gpointer data)
{
    g_autofree char *text = g_build_filename(path, STUNT_TEMPLATE_TEXT, NULL);
    struct stat st;
    Entry *entry;

    if (g_str_has_suffix(name, STUNT_TEMPLATE_ASIDE) || stat(text, &st) < 0) {
        return;
    }
    entry = g_new0(Entry, 1);
    entry->key = g_strdup(name);
    entry->used_ns = st.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + st.st_mtim.tv_nsec;
    each_name(path, add_size, entry);
    g_ptr_array_add(data, entry);
}

/* Oldest first. */
static gint by_use(gconstpointer a, gconstpointer b)
{
    const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;

    return (x->used_ns > y->used_ns) - (x->used_ns < y->used_ns);
}

static GPtrArray *list(const char *folder)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);

    each_name(folder, add_entry, entries);
    g_ptr_array_sort(entries, by_use);
    return entries;
}

void stunt_templates_measure(const char *folder, StuntTemplateUse *ret_use)
{
    g_autofree char *own = folder ? NULL : stunt_templates_folder();
    g_autoptr(GPtrArray) entries = list(folder ? folder : own);

    *ret_use = (StuntTemplateUse){ .count = entries->len, .limit_bytes = limit_bytes() };
    for (guint i = 0; i < entries->len; i++) {
        ret_use->bytes += ((Entry *)entries->pdata[i])->bytes;
    }
}

/* Half-made, and nobody at it. */
static void remove_leftover(const char *path, const char *name, gpointer data)
{
    g_autofree char *key = NULL;
    int lock;

    if (!g_str_has_suffix(name, STUNT_TEMPLATE_ASIDE)) {
        return;
    }
    key = g_strndup(name, strlen(name) - strlen(STUNT_TEMPLATE_ASIDE));
    lock = stunt_template_lock(data, key);
    if (lock >= 0) {
        stunt_folder_remove(path);
        close(lock);
    }
}

static void remove_unused(const char *path, const char *name, gpointer data)
{
    (void)name;
    (void)data;
    stunt_memory_remove_unused(path);
}

void stunt_templates_make_room(const char *folder, const char *keep)
{
    g_autoptr(GPtrArray) entries = list(folder);
    guint64 limit = limit_bytes();
    StuntTemplateUse use;

    each_name(folder, remove_leftover, (gpointer)folder);
    stunt_templates_measure(folder, &use);
    for (guint i = 0; i < entries->len && use.bytes > limit; i++) {
        const Entry *entry = entries->pdata[i];
        g_autofree char *path = g_build_filename(folder, entry->key, NULL);

        if (!g_str_equal(entry->key, keep)) {
            stunt_folder_remove(path);
            use.bytes -= entry->own;
        }
    }
    each_name(folder, remove_unused, NULL);
}
