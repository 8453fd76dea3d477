/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "soak-growth.h"

#define WARM_UP      4           /* looks */
#define GROWTH_KIB   2048        /* some memory is touched late */
#define CODE_MAX_KIB (66 * 1024) /* what harness/lib/vm gives QEMU, and a little */
#define CODE_SHARE   8 /* QEMU's heap grows by one part in so many of the code, until that is full */
#define CHILDREN_MAX 16

typedef struct {
    guint64 code_kib, other_kib; /* anonymous memory: executable, and not */
    guint files;
} Size;

/* A process since it was first seen. */
typedef struct {
    guint64 pid;
    guint looks;
    Size base, now;   /* at the end of its warm-up, and at the last look */
    guint64 most_kib; /* of what is not code, since base */
    gboolean alive;
} Seen;

struct Growth {
    GArray *machine; /* Seen */
    Seen self;
    guint files[CHILDREN_MAX]; /* of this process, with so many machines; 0: not seen yet */
};

Growth *growth_new(void)
{
    Growth *growth = g_new0(Growth, 1);

    growth->machine = g_array_new(FALSE, TRUE, sizeof(Seen));
    growth->self.pid = (guint64)getpid();
    return growth;
}

void growth_free(Growth *growth)
{
    if (growth) {
        g_array_unref(growth->machine);
        g_free(growth);
    }
}

/* ---- looking ------------------------------------------------------------------------------------- */

static char *read_of(guint64 pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/%s", pid, name);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

/* proc(5), smaps: each mapping begins with a line "from-to rwxp …", its sizes follow. */
static void measure_memory(guint64 pid, Size *size)
{
    g_autofree char *text = read_of(pid, "smaps");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean code = FALSE;

    for (char **line = lines; *line; line++) {
        char perms[5];
        guint64 kib;

        if (sscanf(*line, "%*x-%*x %4s", perms) == 1) {
            code = perms[1] == 'w' && perms[2] == 'x';
        } else if (sscanf(*line, "Anonymous: %" G_GUINT64_FORMAT, &kib) == 1) {
            *(code ? &size->code_kib : &size->other_kib) += kib;
        }
    }
}

static guint count_files(guint64 pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/fd", pid);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint n = 0;

    while (dir && g_dir_read_name(dir)) {
        n++;
    }
    return n;
}

static gboolean has_grown(const Seen *seen)
{
    guint64 code_kib = seen->now.code_kib - MIN(seen->base.code_kib, seen->now.code_kib);

    return seen->now.other_kib > seen->base.other_kib + GROWTH_KIB + code_kib / CODE_SHARE ||
           seen->now.code_kib > CODE_MAX_KIB || !seen->now.other_kib;
}

static gboolean look_at(Seen *seen, const char *what)
{
    seen->now = (Size){.files = count_files(seen->pid)};
    measure_memory(seen->pid, &seen->now);
    if (++seen->looks <= WARM_UP) {
        seen->base = seen->now;
    }
    seen->most_kib = MAX(seen->looks <= WARM_UP ? 0 : seen->most_kib, seen->now.other_kib);
    seen->alive = TRUE;
    if (has_grown(seen)) {
        printf("%s has grown from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
               " KiB, its code from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "\n",
               what, seen->base.other_kib, seen->now.other_kib, seen->base.code_kib, seen->now.code_kib);
        return FALSE;
    }
    return TRUE;
}

/* ---- machines ------------------------------------------------------------------------------------ */

static Seen *find_machine(Growth *growth, guint64 pid)
{
    for (guint i = 0; i < growth->machine->len; i++) {
        Seen *seen = &g_array_index(growth->machine, Seen, i);

        if (seen->pid == pid) {
            return seen;
        }
    }
    g_array_append_val(growth->machine, ((Seen){.pid = pid}));
    return &g_array_index(growth->machine, Seen, growth->machine->len - 1);
}

static gboolean look_at_machine(Growth *growth, guint64 pid)
{
    Seen *seen = find_machine(growth, pid);

    if (!look_at(seen, "a machine")) {
        return FALSE;
    }
    if (seen->now.files != seen->base.files) {
        printf("a machine had %u descriptors open, and has %u\n", seen->base.files, seen->now.files);
        return FALSE;
    }
    return TRUE;
}

static gboolean look_at_machines(Growth *growth, guint *ret_n)
{
    g_autofree char *text = NULL, *name = g_strdup_printf("task/%d/children", (int)getpid());
    g_auto(GStrv) children = NULL;
    gboolean good = TRUE;

    for (guint i = 0; i < growth->machine->len; i++) {
        g_array_index(growth->machine, Seen, i).alive = FALSE;
    }
    text = read_of(growth->self.pid, name);
    children = g_strsplit(g_strstrip(text), " ", -1);
    for (char **child = children; *child && good; child++) {
        good = look_at_machine(growth, g_ascii_strtoull(*child, NULL, 10));
    }
    *ret_n = g_strv_length(children);
    return good;
}

/* With as many machines as once before there are as many descriptors as then. */
static gboolean check_own_files(Growth *growth, guint n_machines)
{
    guint *files = &growth->files[MIN(n_machines, CHILDREN_MAX - 1)];

    if (!*files) {
        *files = growth->self.now.files;
    }
    if (growth->self.now.files != *files) {
        printf("with %u machines this process had %u descriptors open, and has %u\n", n_machines, *files,
               growth->self.now.files);
        return FALSE;
    }
    return TRUE;
}

gboolean growth_look(Growth *growth)
{
    guint n = 0;

    return look_at(&growth->self, "the harness") && look_at_machines(growth, &n) &&
           check_own_files(growth, n);
}

/* ---- telling ------------------------------------------------------------------------------------- */

guint growth_machines(const Growth *growth)
{
    return growth->machine->len;
}

gboolean growth_was_measured(const Growth *growth)
{
    return growth->machine->len && growth->self.looks > WARM_UP;
}

static void add_line(GString *text, const char *what, const Seen *seen)
{
    g_string_append_printf(text,
                           "  %s: %" G_GUINT64_FORMAT " KiB (%" G_GUINT64_FORMAT
                           " when warm, at most %" G_GUINT64_FORMAT "), code %" G_GUINT64_FORMAT
                           " KiB (%" G_GUINT64_FORMAT "), %u descriptors (%u)\n",
                           what, seen->now.other_kib, seen->base.other_kib, seen->most_kib,
                           seen->now.code_kib, seen->base.code_kib, seen->now.files, seen->base.files);
}

char *growth_text(const Growth *growth)
{
    GString *text = g_string_new(NULL);

    add_line(text, "harness", &growth->self);
    for (guint i = 0; i < growth->machine->len; i++) {
        const Seen *seen = &g_array_index(growth->machine, Seen, i);

        if (seen->alive) {
            add_line(text, "machine", seen);
        }
    }
    return g_string_free(text, FALSE);
}
