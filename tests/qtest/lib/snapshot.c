/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void set(Bench *bench, const char *property, const char *value)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", value);

    machine_qom_set(bench->machine, "link0", property, json);
}

void snapshot_take(Bench *bench, const char *name)
{
    set(bench, "snapshot", name);
}

void snapshot_rewind(Bench *bench, const char *name)
{
    set(bench, "rewind", name);
}

void snapshot_check_whole(Bench *bench)
{
    g_autofree char *difference = machine_qom_get_str(bench->machine, "link0", "snapshot-check");

    g_assert_cmpstr(difference, ==, "");
}

void link_refuses(Bench *bench, const char *property, const char *value, const char *words)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", value);
    g_autofree char *error = machine_qom_set_error(bench->machine, "link0", property, json);

    if (!strstr(error, words)) {
        g_error("%s=%s was refused with '%s', not for '%s'", property, value, error, words);
    }
}

/* ---- lives ----------------------------------------------------------------------------------------- */

Life *life_new_busy(Bench *bench)
{
    Life *life = life_new(bench, (uint32_t)g_test_rand_int());

    life_arm_rules(bench);
    life_go(life, 20 + (unsigned)g_test_rand_int_range(0, 200));
    life_begin_work(life);
    machine_stop(bench->machine);
    return life;
}

static GByteArray *tell(Bench *bench)
{
    static const uint64_t place[] = { RAM_MSI, RAM_COMP, RAM_DST };
    GByteArray *told = g_byte_array_new();
    const struct stunt_event *event;
    uint8_t data[0x20000];

    g_assert_cmpuint(bench->shm->map->lost, ==, 0);
    while ((event = shm_take(bench->shm))) {
        g_byte_array_append(told, (const guint8 *)event, sizeof(*event));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(place); i++) {
        machine_read(bench->machine, place[i], data, sizeof(data));
        g_byte_array_append(told, data, sizeof(data));
    }
    return told;
}

GByteArray *life_live(const Life *from, Bench *bench, uint32_t seed, unsigned steps)
{
    g_autoptr(Life) life = life_fork(from, bench, seed);

    shm_forget(bench->shm);
    machine_cont(bench->machine);
    life_go(life, steps);
    life_begin_work(life); /* so that the next rewind comes in mid-flight */
    machine_stop(bench->machine);
    return tell(bench);
}

/* ---- templates ------------------------------------------------------------------------------------- */

static char *path_of(int fd)
{
    return g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), fd);
}

static Template *new_with_ram(int ram_fd)
{
    Template *template = g_new0(Template, 1);

    template->state_fd = memfd_create("state", MFD_CLOEXEC);
    template->ram_fd = ram_fd;
    template->pages_fd = -1;
    g_assert_cmpint(template->state_fd, >=, 0);
    g_assert_cmpint(template->ram_fd, >=, 0);
    template->state = path_of(template->state_fd);
    template->ram = path_of(template->ram_fd);
    return template;
}

Template *template_new(void)
{
    return new_with_ram(memfd_create("ram", MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

Template *template_new_beside(const Template *other)
{
    Template *template = new_with_ram(fcntl(other->ram_fd, F_DUPFD_CLOEXEC, 0));

    template->pages_fd = memfd_create("pages", MFD_CLOEXEC);
    g_assert_cmpint(template->pages_fd, >=, 0);
    template->pages = path_of(template->pages_fd);
    return template;
}

void template_free(Template *template)
{
    if (template) {
        close(template->state_fd);
        close(template->ram_fd);
        if (template->pages_fd >= 0) {
            close(template->pages_fd);
        }
        g_free(template->state);
        g_free(template->ram);
        g_free(template->pages);
        g_free(template);
    }
}

static char *file_words(const Template *template)
{
    g_autofree char *more = template->pages ? g_strconcat(" pages=", template->pages, NULL) : NULL;

    return g_strdup_printf("state=%s ram=%s%s", template->state, template->ram, more ? more : "");
}

static char *load_words(const Template *template)
{
    g_autofree char *files = file_words(template);

    return g_strconcat("name=ready ", files, NULL);
}

void template_save(const Template *template, Bench *bench)
{
    g_autofree char *words = file_words(template);

    set(bench, "template-save", words);
}

void template_load(const Template *template, Bench *bench)
{
    g_autofree char *words = load_words(template);

    set(bench, "template-load", words);
}

void template_load_refused(const Template *template, Bench *bench, const char *words)
{
    g_autofree char *load = load_words(template);

    link_refuses(bench, "template-load", load, words);
}

GByteArray *file_get(int fd)
{
    GByteArray *content = g_byte_array_new();
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_byte_array_set_size(content, (guint)st.st_size);
    g_assert_cmpint(pread(fd, content->data, content->len, 0), ==, content->len);
    return content;
}

void file_set(int fd, const GByteArray *content)
{
    g_assert_cmpint(ftruncate(fd, content->len), ==, 0);
    g_assert_cmpint(pwrite(fd, content->data, content->len, 0), ==, content->len);
}
