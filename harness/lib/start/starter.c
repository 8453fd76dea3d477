/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to a machine that stands ready. What is kept warm is in warm.c. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/start/boot.h"
#include "lib/start/definition.h"
#include "lib/start/starter.h"
#include "stunt/error.h"

#define POLL_US 20000
#define TELL_EVERY 50 /* polls: what another process boots for us is waited for aloud, and … */
#define POLLS_MAX 3000 /* … only a minute: whoever takes longer is stopped, or as good as */

/* ---- life ---------------------------------------------------------------------------------------- */

StuntStarter *stunt_starter_new(const StuntStarterOptions *options)
{
    StuntStarter *starter = g_new0(StuntStarter, 1);

    starter->folder = options->folder ? g_strdup(options->folder) : stunt_templates_folder();
    starter->verify_every = options->verify_every;
    starter->no_spare = options->no_spare;
    starter->sums = stunt_sums_new();
    starter->templates =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)stunt_template_free);
    starter->warm = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_warm_free);
    return starter;
}

void stunt_starter_free(StuntStarter *starter)
{
    if (!starter) {
        return;
    }
    g_clear_pointer(&starter->spare, stunt_warm_free);
    g_ptr_array_unref(starter->warm);
    g_hash_table_unref(starter->templates);
    g_hash_table_unref(starter->sums);
    g_free(starter->folder);
    g_free(starter);
}

static void warn(StuntReady *ready, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void warn(StuntReady *ready, const char *format, ...)
{
    g_autofree char *text = NULL, *before = ready->warning;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    ready->warning = before ? g_strdup_printf("%s; %s", before, text) : g_steal_pointer(&text);
}

static void forget_machine(StuntReady *ready)
{
    g_clear_pointer(&ready->guest, stunt_guest_free);
    g_clear_pointer(&ready->vm, stunt_vm_free);
    g_clear_pointer(&ready->timeline, stunt_timeline_free);
}

/* ---- templates ----------------------------------------------------------------------------------- */

/* A machine that is asked for, as a template has it. */
typedef struct {
    const StuntStartRequest *request;
    char *definition, *key, *memory_key;
    StuntMemory memory;
} Wanted;

static void wanted_clear(Wanted *wanted)
{
    g_free(wanted->definition);
    g_free(wanted->key);
    g_free(wanted->memory_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

static gboolean wanted_init(Wanted *wanted, const StuntStarter *starter, const StuntStartRequest *request,
                            GError **error)
{
    const StuntMachine *machine = request->machine;

    wanted->request = request;
    wanted->definition = stunt_definition_text(machine, request->module, starter->sums, error);
    wanted->memory_key = wanted->definition ? stunt_definition_memory(machine, starter->sums, error) : NULL;
    if (!wanted->memory_key) {
        return FALSE;
    }
    wanted->key = stunt_definition_key(wanted->definition);
    wanted->memory = (StuntMemory){ wanted->memory_key, (guint64)stunt_machine_all_memory_mib(machine) << 20 };
    return TRUE;
}

/* The same text for all machines: it is the folder's trouble. */
static void warn_not_kept(const StuntStarter *starter, StuntReady *ready, const char *why)
{
    warn(ready, "templates are not kept in %s: %s", starter->folder, why);
}

/* Whose turn it is to boot: a lock, or -1 with a warning when nothing can be kept. Waits for others. */
static int wait_for_lock(const StuntStarter *starter, const Wanted *wanted, StuntReady *ready)
{
    int lock;

    for (guint i = 1;
         (lock = stunt_template_lock(starter->folder, wanted->key)) < 0 && errno == EAGAIN && i < POLLS_MAX; i++) {
        if (i % TELL_EVERY == 0) {
            stunt_start_progress(wanted->request, "waiting for another run that boots this machine");
        }
        g_usleep(POLL_US);
    }
    if (lock < 0) {
        warn_not_kept(starter, ready,
                      errno == EAGAIN ? "another run has had a lock there for a minute" : g_strerror(errno));
    }
    return lock;
}

static StuntTemplate *open_template(const StuntStarter *starter, const char *key, StuntReady *ready)
{
    g_autofree char *damage = NULL;
    StuntTemplate *template = stunt_template_open(starter->folder, key, &damage);

    if (damage) {
        warn(ready, "a template was damaged and is made anew: %s", damage);
    }
    return template;
}

/* Saves the machine, which stands at its ready point, in the folder, or in memory when `folder` is NULL. */
static StuntTemplate *save(const char *folder, const Wanted *wanted, const StuntReady *booted, GError **error)
{
    g_autoptr(StuntDraft) draft = stunt_draft_new(folder, wanted->key, &wanted->memory, error);
    g_autofree char *log = NULL;
    g_autoptr(JsonNode) guest = NULL;
    StuntTemplateText text;

    if (!draft || !stunt_vm_save(booted->vm, &draft->file, error)) {
        return NULL;
    }
    guest = stunt_guest_to_json(booted->guest);
    log = stunt_timeline_to_text(booted->timeline, NULL);
    text = (StuntTemplateText){ wanted->definition, log, &booted->baseline, guest };
    return stunt_draft_commit(draft, &text, error);
}

/* On the disk if that works, else in memory. NULL with a warning when neither does. */
static StuntTemplate *save_somewhere(const StuntStarter *starter, gboolean on_disk, const Wanted *wanted,
                                     StuntReady *booted)
{
    g_autoptr(GError) disk = NULL, memory = NULL;
    StuntTemplate *template = on_disk ? save(starter->folder, wanted, booted, &disk) : NULL;

    if (!template) {
        template = save(NULL, wanted, booted, &memory);
    }
    if (!template) {
        warn(booted, "no template could be made: %s", memory->message);
    } else if (disk) {
        warn_not_kept(starter, booted, disk->message);
    }
    return template;
}

/*
 * Boots and saves. On failure of the boot that machine is handed to ret_ready, so that the error can be looked
 * into, and error is set; when only saving failed, it is handed over ready to be used.
 */
static StuntTemplate *make_template(StuntStarter *starter, const Wanted *wanted, gboolean on_disk,
                                    StuntReady *ret_ready, GError **error)
{
    StuntTemplate *template = NULL;

    if (stunt_start_boot(wanted->request, ret_ready, error)) {
        stunt_start_progress(wanted->request, "keeping the booted machine");
        template = save_somewhere(starter, on_disk, wanted, ret_ready);
    }
    if (template) {
        forget_machine(ret_ready);
    }
    return template;
}

/* NULL without an error: none can be had, ret_ready has a machine that booted. Borrowed. */
static StuntTemplate *find_template(StuntStarter *starter, const Wanted *wanted, StuntReady *ret_ready,
                                    GError **error)
{
    StuntTemplate *template = g_hash_table_lookup(starter->templates, wanted->key);
    int lock;

    if (template) {
        return template;
    }
    template = open_template(starter, wanted->key, ret_ready);
    if (!template) {
        lock = wait_for_lock(starter, wanted, ret_ready);
        template = lock < 0 ? NULL : open_template(starter, wanted->key, ret_ready);
        if (!template) {
            template = make_template(starter, wanted, lock >= 0, ret_ready, error);
        }
        if (lock >= 0) {
            close(lock);
        }
    }
    if (template) {
        g_hash_table_insert(starter->templates, g_strdup(wanted->key), template);
    }
    return template;
}

/* ---- starting ------------------------------------------------------------------------------------ */

/* Why this machine has to boot; NULL when it has not. */
static const char *why_boot(const StuntMachine *machine)
{
    if (machine->realtime) {
        return "a machine in real time cannot be saved";
    }
    if (machine->console) {
        return "the console shows the boot";
    }
    if (machine->gdb || machine->stop_at_event) {
        return "a machine under gdb boots";
    }
    if (machine->option->len) { /* what they mean for a template is not known */
        return "a machine with options of its own boots";
    }
    return NULL;
}

static void hand_over(StuntWarm *warm, StuntStartKind kind, StuntReady *ret_ready)
{
    ret_ready->kind = kind;
    ret_ready->vm = warm->vm;
    ret_ready->guest = warm->guest;
    stunt_baseline_copy(&ret_ready->baseline, &warm->baseline);
    ret_ready->warm = warm;
    ret_ready->timeline = stunt_timeline_new();
    stunt_vm_set_timeline(warm->vm, ret_ready->timeline);
    warm->busy = TRUE;
}

/* FALSE without an error: another way must be tried. */
static gboolean start_turbo(StuntStarter *starter, const char *key, StuntReady *ret_ready, GError **error)
{
    StuntWarm *warm = stunt_starter_find_warm(starter, key);
    g_autoptr(GError) why = NULL;
    g_autofree char *difference = NULL;

    if (!warm) {
        return FALSE;
    }
    if (!stunt_warm_rewind(warm, starter->verify_every, &difference, &why)) {
        warn(ret_ready, "the machine could not be put back, a fresh one is used: %s", why->message);
        g_ptr_array_remove(starter->warm, warm);
        return FALSE;
    }
    if (difference && *difference) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED,
                    "rewind %u did not put the machine back as it was (%s); results since the last check may be "
                    "wrong",
                    warm->rewinds, difference);
        g_ptr_array_remove(starter->warm, warm);
        return FALSE;
    }
    hand_over(warm, STUNT_START_TURBO, ret_ready);
    return TRUE;
}

/* A machine from the template; with turbo it is kept afterwards. FALSE without an error as above. */
static gboolean start_from_template(StuntStarter *starter, const StuntStartRequest *request, const char *key,
                                    const StuntTemplate *template, StuntReady *ret_ready)
{
    g_autoptr(GError) why = NULL;
    StuntWarm *warm;

    stunt_start_progress(request, "starting");
    warm = stunt_starter_take_spare(starter, key);
    if (!warm) {
        warm = stunt_warm_spawn(key, request->machine, template, &why);
    }
    if (warm && stunt_warm_load(warm, template, &why)) {
        hand_over(warm, request->kind, ret_ready);
        stunt_starter_adopt(starter, warm, request->kind == STUNT_START_TURBO);
        if (request->kind == STUNT_START_STRICT && !starter->no_spare) {
            starter->spare = stunt_warm_spawn(key, request->machine, template, NULL);
        }
        return TRUE;
    }
    stunt_warm_free(warm);
    warn(ret_ready, "the template cannot be used: %s", why->message);
    return FALSE;
}

static gboolean start_warm(StuntStarter *starter, const StuntStartRequest *request, StuntReady *ret_ready,
                           GError **error)
{
    g_auto(Wanted) wanted = { 0 };
    g_autoptr(GError) why = NULL;
    const StuntTemplate *template;

    if (!wanted_init(&wanted, starter, request, error)) {
        return FALSE;
    }
    if (request->kind == STUNT_START_TURBO && start_turbo(starter, wanted.key, ret_ready, &why)) {
        return TRUE;
    }
    template = why ? NULL : find_template(starter, &wanted, ret_ready, &why);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    if (!template || start_from_template(starter, request, wanted.key, template, ret_ready)) {
        return TRUE;
    }
    return stunt_start_boot(request, ret_ready, error);
}

/* From here on all kinds are the same. */
static gboolean begin(const StuntStartRequest *request, StuntReady *ready, GError **error)
{
    g_autofree char *text = g_strdup_printf("seed=%" G_GUINT64_FORMAT, request->seed);

    stunt_timeline_hide(ready->timeline, 0);
    stunt_timeline_note(ready->timeline, stunt_vm_now_ns(ready->vm), "start", text);
    stunt_guest_seed(ready->guest, request->seed);
    return stunt_vm_begin(ready->vm, request->seed, error);
}

gboolean stunt_starter_start(StuntStarter *starter, const StuntStartRequest *request, StuntReady *ret_ready,
                             GError **error)
{
    const char *why = request->kind == STUNT_START_BOOT ? NULL : why_boot(request->machine);
    gboolean good;

    memset(ret_ready, 0, sizeof(*ret_ready));
    ret_ready->note = g_strdup(why);
    good = why || request->kind == STUNT_START_BOOT ? stunt_start_boot(request, ret_ready, error)
                                                    : start_warm(starter, request, ret_ready, error);
    return good && begin(request, ret_ready, error);
}

void stunt_starter_release(StuntStarter *starter, StuntReady *ready)
{
    if (ready->warm) {
        stunt_starter_take_back(starter, ready->warm);
        ready->vm = NULL;
        ready->guest = NULL;
    }
    forget_machine(ready);
    stunt_baseline_clear(&ready->baseline);
    g_free(ready->note);
    g_free(ready->warning);
    memset(ready, 0, sizeof(*ready));
}
