/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot in files, for another process of the same build and the same machine: main memory, to be mapped, and all
 * the rest. Whether the files' contents are what was written is for others to check;
 * here they must only be of the right form, and fit.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ramlist.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qemu/accel.h"
#include "sysemu/cpu-timers.h"
#include "core/build-id.h"
#include "core/snapshot-parts.h"

static char *own_build(void)
{
    return stunt_build_id(stunt_template_write);
}

/* ---- what a machine is made of --------------------------------------------------------------------- */

static int add_device(Object *object, void *opaque)
{
    if (object_dynamic_cast(object, TYPE_DEVICE)) {
        g_autofree char *path = object_get_canonical_path(object);

        g_ptr_array_add(opaque, g_strdup_printf("%s %s", object_get_typename(object), path));
    }
    return 0;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A line for each thing that saved state depends on, sorted. */
static char *describe_machine(void)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(lines, g_strdup_printf("machine %s", object_get_typename(OBJECT(current_machine))));
    g_ptr_array_add(lines,
                    g_strdup_printf("accelerator %s, icount %d", current_accel_name(), icount_enabled()));
    object_child_foreach_recursive(OBJECT(current_machine), add_device, lines);
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

/* A line that only `text` has, or NULL. */
static char *find_extra(const char *text, const char *other)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1), others = g_strsplit(other, "\n", -1);

    for (char **line = lines; *line; line++) {
        if (!g_strv_contains((const char *const *)others, *line)) {
            return g_strdup(*line);
        }
    }
    return NULL;
}

static bool same_machine(const struct stunt_bytes *saved, Error **errp)
{
    g_autofree char *here = describe_machine(), *there = g_strndup((const char *)saved->data, saved->len);
    g_autofree char *only_here = find_extra(here, there), *only_there = find_extra(there, here);

    if (only_there) {
        error_setg(errp, "the template's machine has '%s', this one has not", only_there);
    } else if (only_here) {
        error_setg(errp, "this machine has '%s', the template's has not", only_here);
    }
    return !only_here && !only_there;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static bool add_small_blocks(struct stunt_state_file *file, const RAMBlock *main_ram, Error **errp)
{
    const RAMBlock *block;

    QLIST_FOREACH(block, &ram_list.blocks, next) {
        struct stunt_state_block *saved = &file->block[file->n_blocks];

        if (!qemu_ram_is_migratable((RAMBlock *)block) || block == main_ram) {
            continue;
        }
        if (file->n_blocks == STUNT_STATE_BLOCKS_MAX) {
            error_setg(errp, "the machine has more than %u blocks of memory", STUNT_STATE_BLOCKS_MAX);
            return false;
        }
        g_strlcpy(saved->name, block->idstr, sizeof(saved->name));
        saved->size = memory_region_size(block->mr);
        saved->content = (struct stunt_bytes){block->host, block->used_length};
        file->n_blocks++;
    }
    return true;
}

static struct stunt_state_file *state_file_of(const StuntSnapshot *snapshot, const char *machine,
                                              const GByteArray *pages, Error **errp)
{
    const RAMBlock *main_ram = stunt_main_ram(errp);
    const StuntShared *shared = &snapshot->shared;
    g_autofree struct stunt_state_file *file = g_new0(struct stunt_state_file, 1);

    if (!main_ram || !add_small_blocks(file, main_ram, errp)) {
        return NULL;
    }
    file->machine = (struct stunt_bytes){(const uint8_t *)machine, strlen(machine)};
    file->prelaunch = snapshot->run_state == RUN_STATE_PRELAUNCH;
    file->ticks_prev = snapshot->clocks.ticks_prev;
    file->qtest_ns = snapshot->clocks.qtest_ns;
    file->reason = shared->reason;
    file->arg = shared->arg;
    file->stop_reason = shared->stop_reason;
    file->stop_arg = shared->stop_arg;
    file->stop_time_ns = shared->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(file->message); area++) {
        file->message[area] = (struct stunt_bytes){shared->message[area], shared->len[area]};
    }
    g_strlcpy(file->ram_name, main_ram->idstr, sizeof(file->ram_name));
    file->ram_size = main_ram->used_length;
    file->pages = (struct stunt_bytes){pages->data, pages->len};
    file->devices = (struct stunt_bytes){snapshot->state->data, snapshot->state->len};
    return g_steal_pointer(&file);
}

static bool write_state(int fd, const StuntSnapshot *snapshot, const GByteArray *pages, Error **errp)
{
    g_autofree char *machine = describe_machine(), *build = own_build();
    g_autofree struct stunt_state_file *file = state_file_of(snapshot, machine, pages, errp);
    g_autofree uint8_t *data = NULL;
    size_t size;

    if (!file) {
        return false;
    }
    size = stunt_state_file_write(file, build, NULL, 0);
    data = g_malloc(size);
    stunt_state_file_write(file, build, data, size);
    if (qemu_write_full(fd, data, size) != (ssize_t)size) {
        error_setg_errno(errp, errno, "cannot write the state file");
        return false;
    }
    return true;
}

static int create(const char *what, const char *path, Error **errp)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0) {
        error_setg_errno(errp, errno, "cannot create the %s '%s'", what, path);
    }
    return fd;
}

static bool finish(int fd, const char *what, bool ok, Error **errp)
{
    if (close(fd) < 0 && ok) {
        error_setg_errno(errp, errno, "cannot write the %s", what);
        ok = false;
    }
    return ok;
}

static int open_to_read(const char *what, const char *path, size_t *ret_size, Error **errp)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0) {
        error_setg_errno(errp, errno, "cannot open the %s '%s'", what, path);
    } else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        error_setg(errp, "the %s '%s' is not a file", what, path);
        close(fd);
        fd = -1;
    } else {
        *ret_size = st.st_size;
    }
    return fd;
}

static bool write_ram(const char *path, Error **errp)
{
    int fd = create("RAM file", path, errp);

    return fd >= 0 && finish(fd, "RAM file", stunt_ram_file_write(fd, errp), errp);
}

static bool write_pages(const StuntTemplatePaths *paths, GByteArray *numbers, Error **errp)
{
    size_t size;
    int ram = open_to_read("RAM file", paths->ram, &size, errp), fd;
    bool ok;

    if (ram < 0) {
        return false;
    }
    fd = create("pages file", paths->pages, errp);
    ok = fd >= 0 && finish(fd, "pages file", stunt_ram_pages_write(ram, fd, numbers, errp), errp);
    close(ram);
    return ok;
}

bool stunt_template_write(const StuntSnapshot *snapshot, const StuntTemplatePaths *paths, Error **errp)
{
    g_autoptr(GByteArray) numbers = g_byte_array_new();
    int fd;

    if (paths->pages ? !write_pages(paths, numbers, errp) : !write_ram(paths->ram, errp)) {
        return false;
    }
    fd = create("state file", paths->state, errp);
    return fd >= 0 && finish(fd, "state file", write_state(fd, snapshot, numbers, errp), errp);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static bool read_full(int fd, uint8_t *to, size_t len)
{
    while (len) {
        ssize_t done = read(fd, to, len);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        to += done;
        len -= done;
    }
    return true;
}

static uint8_t *read_whole(const char *path, size_t *ret_size, Error **errp)
{
    uint8_t *data = NULL;
    int fd = open_to_read("state file", path, ret_size, errp);

    if (fd < 0) {
        return NULL;
    }
    data = g_try_malloc(*ret_size + 1); /* never NULL for nothing */
    if (!data || !read_full(fd, data, *ret_size)) {
        error_setg(errp, "the state file '%s' cannot be read whole", path);
        g_clear_pointer(&data, g_free);
    }
    close(fd);
    return data;
}

static bool messages_fit(const struct stunt_state_file *file, Error **errp)
{
    for (unsigned area = 0; area < ARRAY_SIZE(file->message); area++) {
        if (stunt_trace.shm && file->message[area].len > stunt_trace.area_capacity[area]) {
            error_setg(errp, "a message has %" PRIu64 " bytes, and there is room for %u",
                       file->message[area].len, stunt_trace.area_capacity[area]);
            return false;
        }
    }
    return true;
}

static void take_over(StuntSnapshot *snapshot, const struct stunt_state_file *file)
{
    StuntShared *shared = &snapshot->shared;

    snapshot->run_state = file->prelaunch ? RUN_STATE_PRELAUNCH : RUN_STATE_PAUSED;
    snapshot->clocks.ticks_prev = file->ticks_prev;
    snapshot->clocks.qtest_ns = file->qtest_ns;
    snapshot->state = g_byte_array_new();
    g_byte_array_append(snapshot->state, file->devices.data, file->devices.len);
    shared->reason = file->reason;
    shared->arg = file->arg;
    shared->stop_reason = file->stop_reason;
    shared->stop_arg = file->stop_arg;
    shared->stop_time_ns = file->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(shared->message); area++) {
        shared->len[area] = file->message[area].len;
        shared->message[area] = g_memdup2(file->message[area].data, file->message[area].len);
    }
}

/* -1 when there is none; `ok` is whether that is right. */
static int open_pages(const char *path, bool *ret_ok, Error **errp)
{
    size_t size;
    int fd = path ? open_to_read("pages file", path, &size, errp) : -1;

    *ret_ok = !path || fd >= 0;
    return fd;
}

static void close_if_open(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static bool read_parts(StuntSnapshot *snapshot, const struct stunt_state_file *file, const StuntTemplatePaths *paths,
                       Error **errp)
{
    size_t size;
    bool ok;
    int ram, pages;

    if (!same_machine(&file->machine, errp) || !messages_fit(file, errp)) {
        return false;
    }
    pages = open_pages(paths->pages, &ok, errp);
    ram = ok ? open_to_read("RAM file", paths->ram, &size, errp) : -1;
    if (ram >= 0) {
        snapshot->ram = stunt_ram_copy_of_template(file, ram, pages, errp);
    }
    close_if_open(ram);
    close_if_open(pages);
    if (snapshot->ram) {
        take_over(snapshot, file);
    }
    return snapshot->ram;
}

bool stunt_template_read(StuntSnapshot *snapshot, const StuntTemplatePaths *paths, Error **errp)
{
    g_autofree char *build = own_build();
    g_autofree struct stunt_state_file *file = g_new(struct stunt_state_file, 1);
    g_autofree uint8_t *data = NULL;
    char why[400];
    size_t size;

    data = read_whole(paths->state, &size, errp);
    if (!data) {
        return false;
    }
    if (!stunt_state_file_read(data, size, build, file, why, sizeof(why))) {
        error_setg(errp, "state file '%s': %s", paths->state, why);
        return false;
    }
    return read_parts(snapshot, file, paths, errp);
}
