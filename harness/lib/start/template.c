/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/start/sum.h"
#include "lib/start/template.h"
#include "stunt/error.h"
#include "stunt/result.h"

#define VERSION 3

static const StuntVmTemplate not_open = { -1, -1, -1 };

static void close_files(StuntVmTemplate *file)
{
    const int fds[] = { file->state, file->ram, file->pages };

    for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

void stunt_template_free(StuntTemplate *template)
{
    if (!template) {
        return;
    }
    close_files(&template->file);
    stunt_baseline_clear(&template->baseline);
    g_clear_pointer(&template->guest, json_node_unref);
    g_free(template);
}

/* ---- template.json ------------------------------------------------------------------------------- */

static gboolean add_sum(JsonObject *object, const char *name, int fd, GError **error)
{
    g_autofree char *sum = stunt_sum_fd(fd, name, error);

    if (sum) {
        json_object_set_string_member(object, name, sum);
    }
    return sum != NULL;
}

/* NULL with an error when a file cannot be read. */
static char *make_text(const StuntTemplateText *text, const StuntVmTemplate *file, GError **error)
{
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();

    json_node_take_object(root, object);
    if (!add_sum(object, "state", file->state, error) || !add_sum(object, "ram", file->ram, error) ||
        (file->pages >= 0 && !add_sum(object, "pages", file->pages, error))) {
        return NULL;
    }
    json_object_set_int_member(object, "version", VERSION);
    json_object_set_string_member(object, "stunt", stunt_version);
    json_object_set_int_member(object, "taint", (gint64)text->baseline->taint);
    json_object_set_int_member(object, "lines", text->baseline->lines);
    json_object_set_string_member(object, "census", text->baseline->census ? text->baseline->census : "");
    json_object_set_member(object, "guest", json_node_ref(text->guest));
    json_object_set_string_member(object, "definition", text->definition);
    return stunt_json_to_text(root);
}

static gboolean is_right(int fd, const char *name, JsonObject *object, GError **error)
{
    g_autofree char *sum = stunt_sum_fd(fd, name, error);

    if (sum && !g_str_equal(sum, json_object_get_string_member_with_default(object, name, ""))) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "the checksum of '%s' is wrong", name);
        return FALSE;
    }
    return sum != NULL;
}

static gboolean read_text(StuntTemplate *template, const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root;
    JsonObject *object;

    if (!json_parser_load_from_file(parser, path, error)) {
        return FALSE;
    }
    root = json_parser_get_root(parser);
    object = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    if (!object || json_object_get_int_member_with_default(object, "version", 0) != VERSION ||
        !json_object_has_member(object, "guest")) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s is not of this version", STUNT_TEMPLATE_TEXT);
        return FALSE;
    }
    if (json_object_has_member(object, "pages") != (template->file.pages >= 0)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "'pages' is missing, or not its own");
        return FALSE;
    }
    template->baseline.taint = (guint64)json_object_get_int_member_with_default(object, "taint", 0);
    template->baseline.lines = (guint)json_object_get_int_member_with_default(object, "lines", 0);
    template->baseline.census = g_strdup(json_object_get_string_member_with_default(object, "census", ""));
    template->guest = json_node_copy(json_object_get_member(object, "guest"));
    return is_right(template->file.state, "state", object, error) &&
           is_right(template->file.ram, "ram", object, error) &&
           (template->file.pages < 0 || is_right(template->file.pages, "pages", object, error));
}

/* ---- opening ------------------------------------------------------------------------------------- */

/* Holes stay holes: they are most of a machine's memory. */
static gboolean copy_data(int from, int to)
{
    off_t at = 0, end;

    while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
        end = lseek(from, at, SEEK_HOLE);
        if (end < 0 || lseek(to, at, SEEK_SET) < 0) {
            return FALSE;
        }
        while (at < end) {
            if (sendfile(to, from, &at, (gsize)(end - at)) <= 0) {
                return FALSE;
            }
        }
    }
    return errno == ENXIO; /* no data behind this */
}

static int copy_to_memory(const char *path)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = from < 0 ? -1 : memfd_create("stunt-template", MFD_CLOEXEC);
    struct stat st;
    gboolean good =
        to >= 0 && fstat(from, &st) == 0 && ftruncate(to, st.st_size) == 0 && copy_data(from, to);

    if (from >= 0) {
        close(from);
    }
    if (!good && to >= 0) {
        close(to);
    }
    return good ? to : -1;
}

/* QEMU opens memory files for writing, even those that it maps for itself only. */
static int open_file(const char *place, const char *name)
{
    g_autofree char *path = g_build_filename(place, name, NULL);
    int fd = open(path, O_RDWR | O_CLOEXEC);

    return fd < 0 && (errno == EROFS || errno == EACCES) ? copy_to_memory(path) : fd;
}

static gboolean open_files(StuntVmTemplate *file, const char *place)
{
    file->state = open_file(place, "state");
    file->ram = file->state < 0 ? -1 : open_file(place, "ram");
    file->pages = file->ram < 0 ? -1 : open_file(place, "pages");
    return file->ram >= 0 && (file->pages >= 0 || errno == ENOENT);
}

StuntTemplate *stunt_template_open(const char *folder, const char *key, char **ret_damage)
{
    g_autofree char *place = g_build_filename(folder, key, NULL);
    g_autofree char *text = g_build_filename(place, STUNT_TEMPLATE_TEXT, NULL);
    g_autoptr(StuntTemplate) template = g_new0(StuntTemplate, 1);
    g_autoptr(GError) error = NULL;

    template->file = not_open;
    if (!g_file_test(text, G_FILE_TEST_EXISTS)) {
        return NULL;
    }
    if (!open_files(&template->file, place)) {
        g_set_error(&error, STUNT_ERROR, STUNT_ERROR_INPUT, "a file of it cannot be opened: %s", g_strerror(errno));
    } else if (read_text(template, text, &error)) {
        utimensat(AT_FDCWD, text, NULL, 0); /* used now; on a read-only disk it does not matter */
        return g_steal_pointer(&template);
    }
    *ret_damage = g_strdup_printf("%s: %s", place, error->message);
    stunt_folder_remove(place);
    return NULL;
}

/* ---- making -------------------------------------------------------------------------------------- */

/* Locks are ranges of one file, so that nothing is left behind but that; they end with their holder. */
int stunt_template_lock(const char *folder, const char *key)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = g_str_hash(key), .l_len = 1 };
    int fd, why;

    if (g_mkdir_with_parents(folder, 0755) < 0) {
        return -1;
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || fcntl(fd, F_OFD_SETLK, &range) == 0) {
        return fd;
    }
    why = errno == EACCES ? EAGAIN : errno;
    close(fd);
    errno = why;
    return -1;
}

static StuntDraft *fail(const char *path, GError **error)
{
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return NULL;
}

static int create(const char *folder, const char *name)
{
    g_autofree char *path = folder ? g_build_filename(folder, name, NULL) : NULL;

    return path ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : memfd_create(name, MFD_CLOEXEC);
}

/* False with errno. */
static gboolean create_files(StuntDraft *draft)
{
    StuntVmTemplate *file = &draft->file;

    file->state = create(draft->aside, "state");
    file->ram = draft->aside ? stunt_memory_take(draft->folder, draft->memory, draft->aside) : -1;
    if (file->ram >= 0) {
        file->pages = create(draft->aside, "pages");
        return file->state >= 0 && file->pages >= 0;
    }
    file->ram = file->state < 0 ? -1 : create(draft->aside, "ram");
    return file->ram >= 0;
}

StuntDraft *stunt_draft_new(const char *folder, const char *key, const StuntMemory *memory, GError **error)
{
    g_autoptr(StuntDraft) draft = g_new0(StuntDraft, 1);

    draft->file = not_open;
    draft->folder = g_strdup(folder);
    draft->key = g_strdup(key);
    draft->memory = memory;
    if (folder) {
        draft->aside = g_strconcat(folder, "/", key, STUNT_TEMPLATE_ASIDE, NULL);
        stunt_folder_remove(draft->aside);
        if (g_mkdir_with_parents(draft->aside, 0755) < 0) {
            return fail(draft->aside, error);
        }
    }
    if (!create_files(draft)) {
        return fail(folder ? draft->aside : "no memory for a template", error);
    }
    return g_steal_pointer(&draft);
}

void stunt_draft_free(StuntDraft *draft)
{
    if (!draft) {
        return;
    }
    close_files(&draft->file);
    if (draft->aside) {
        stunt_folder_remove(draft->aside);
    }
    g_free(draft->folder);
    g_free(draft->key);
    g_free(draft->aside);
    g_free(draft);
}

static gboolean write_file(const char *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) why = NULL;

    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, &why)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "%s", why->message);
        return FALSE;
    }
    return TRUE;
}

/* What is on the disk first, so that a name stands for all of it. */
static gboolean publish(StuntDraft *draft, const StuntTemplateText *text, GError **error)
{
    g_autofree char *json = make_text(text, &draft->file, error);
    g_autofree char *place = g_build_filename(draft->folder, draft->key, NULL);

    if (!json || !write_file(draft->aside, "boot.log", text->boot_log, error) ||
        !write_file(draft->aside, STUNT_TEMPLATE_TEXT, json, error)) {
        return FALSE;
    }
    stunt_folder_remove(place); /* what an interrupted removal left */
    if (rename(draft->aside, place) < 0) {
        fail(place, error);
        return FALSE;
    }
    if (draft->file.pages < 0) {
        stunt_memory_offer(draft->folder, draft->memory, place);
    }
    stunt_templates_make_room(draft->folder, draft->key);
    return TRUE;
}

StuntTemplate *stunt_draft_commit(StuntDraft *draft, const StuntTemplateText *text, GError **error)
{
    StuntTemplate *template;

    if (draft->folder && !publish(draft, text, error)) {
        return NULL;
    }
    template = g_new0(StuntTemplate, 1);
    template->file = draft->file;
    stunt_baseline_copy(&template->baseline, text->baseline);
    template->guest = json_node_copy(text->guest);
    draft->file = not_open;
    g_clear_pointer(&draft->aside, g_free);
    return template;
}
