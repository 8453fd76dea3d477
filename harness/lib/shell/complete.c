/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/shell/complete.h"

#include <string.h>

#include "core/fault.h"
#include "stunt/machine.h"

#define NEST_MAX 32
#define WORD     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* Where the cursor is: in which brackets, in which string. */
typedef struct {
    const StuntNames *names;
    const char *text;
    gsize cursor;
    gsize start;    /* of the word */
    gboolean quoted;
    gsize open[NEST_MAX]; /* brackets that are open at the cursor, outermost first */
    guint depth;
    GPtrArray *found;
} Place;

/* ---- looking around ------------------------------------------------------------------------------ */

static void scan(Place *place)
{
    char quote = '\0';

    for (gsize i = 0; i < place->cursor; i++) {
        char c = place->text[i];

        if (quote) {
            if (c == '\\') {
                i++;
            } else if (c == quote || c == '\n') {
                quote = '\0';
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
            place->start = i + 1;
        } else if (strchr("({[", c) && place->depth < NEST_MAX) {
            place->open[place->depth++] = i;
        } else if (strchr(")}]", c) && place->depth) {
            place->depth--;
        }
    }
    place->quoted = quote != '\0';
    if (!place->quoted) {
        place->start = place->cursor;
        while (place->start && strchr(WORD, place->text[place->start - 1])) {
            place->start--;
        }
    }
}

static gsize before_blanks(const Place *place, gsize at)
{
    while (at && strchr(" \t\n", place->text[at - 1])) {
        at--;
    }
    return at;
}

/* The name chain that ends before `at`, "vm.dma0:peek"; "" when there is none. */
static char *chain_before(const Place *place, gsize at)
{
    gsize end = before_blanks(place, at), from = end;

    while (from && (strchr(WORD, place->text[from - 1]) || strchr(".:", place->text[from - 1]))) {
        from--;
    }
    return g_strndup(place->text + from, end - from);
}

/* The last name of a chain. */
static const char *last_name(const char *chain)
{
    const char *name = chain + strlen(chain);

    while (name > chain && strchr(WORD, name[-1])) {
        name--;
    }
    return name;
}

static const StuntSpecDevice *device_called(const StuntNames *names, const char *name, gsize len)
{
    for (guint i = 0; i < names->device->len; i++) {
        const StuntDeviceDef *device = names->device->pdata[i];

        if (strlen(device->name) == len && strncmp(device->name, name, len) == 0) {
            return stunt_spec_device(names->spec, device->type);
        }
    }
    return NULL;
}

/* "vm.dma0:peek" and "vm.dma0" are of dma0. */
static const StuntSpecDevice *device_of(const StuntNames *names, const char *chain)
{
    const char *name = g_str_has_prefix(chain, "vm.") ? chain + strlen("vm.") : NULL;

    return name ? device_called(names, name, strspn(name, WORD)) : NULL;
}

/* In the brackets that open at `from`: the text that KEY = "…" gives; NULL when it does not stand there. */
static char *value_of(const Place *place, gsize from, const char *key)
{
    const char *text = place->text + from, *end = place->text + place->cursor;
    gsize len = strlen(key);

    for (const char *at = text; (at = g_strstr_len(at, end - at, key)); at += len) {
        const char *value = at + len;

        if (at > text && strchr(WORD, at[-1])) {
            continue;
        }
        value += strspn(value, " \t\n");
        if (value < end && *value == '=') {
            value += 1 + strspn(value + 1, " \t\n");
            if (value < end && (*value == '"' || *value == '\'')) {
                return g_strndup(value + 1, MIN(strcspn(value + 1, "\"'"), (gsize)(end - value - 1)));
            }
        }
    }
    return NULL;
}

/* The innermost open bracket that belongs to a call: its function's chain, and where the bracket is. */
static char *caller(const Place *place, gsize *ret_open)
{
    for (guint i = place->depth; i-- > 0;) {
        g_autofree char *chain = chain_before(place, place->open[i]);

        if (*chain) {
            *ret_open = place->open[i];
            return g_steal_pointer(&chain);
        }
    }
    return g_strdup("");
}

/* ---- candidates ---------------------------------------------------------------------------------- */

static void offer(Place *place, const char *name)
{
    gsize len = place->cursor - place->start;

    if (strncmp(name, place->text + place->start, len) == 0) {
        g_ptr_array_add(place->found, g_strdup(name));
    }
}

static void offer_all(Place *place, const char *const *names)
{
    for (; *names; names++) {
        offer(place, *names);
    }
}

/* Of things that begin with their name. */
static void offer_names(Place *place, const GPtrArray *things)
{
    g_autoptr(GPtrArray) names = things ? stunt_spec_names(things) : NULL;

    for (guint i = 0; names && i < names->len; i++) {
        offer(place, names->pdata[i]);
    }
}

static void offer_texts(Place *place, const GPtrArray *texts)
{
    for (guint i = 0; texts && i < texts->len; i++) {
        offer(place, texts->pdata[i]);
    }
}

/* Functions of a kind of object, "device:"; those without one for "". */
static void offer_functions(Place *place, const char *kind)
{
    for (guint i = 0; i < place->names->function->len; i++) {
        const char *name = place->names->function->pdata[i];

        if (g_str_has_prefix(name, kind) && !strpbrk(name + strlen(kind), ".:")) {
            offer(place, name + strlen(kind));
        }
    }
}

static void offer_classes(Place *place)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        offer(place, stunt_classes[i].name);
    }
}

static void offer_actions(Place *place, const struct stunt_class_info *of_class)
{
    for (size_t i = 0; i < stunt_n_actions; i++) {
        if (!of_class || stunt_actions[i].classes & (G_GUINT64_CONSTANT(1) << of_class->id)) {
            offer(place, stunt_actions[i].name);
        }
    }
}

/* "CTRL", "CH_CTRL"; once a register is named, its fields: "CH_CTRL.PAUSE", "CH_CTRL[1].PAUSE". */
static void offer_registers(Place *place, const StuntSpecDevice *device)
{
    g_autofree char *typed = g_strndup(place->text + place->start, place->cursor - place->start);
    const char *dot = strchr(typed, '.');
    g_autofree char *name = g_strndup(typed, strcspn(typed, ".["));
    g_autofree char *before = dot ? g_strndup(typed, (gsize)(dot - typed)) : NULL;
    const StuntSpecRegister *reg = device ? stunt_spec_register(device, name) : NULL;

    if (!device) {
        return;
    }
    for (guint i = 0; dot && reg && i < reg->field->len; i++) {
        g_autofree char *full = g_strconcat(before, ".", ((StuntSpecName *)reg->field->pdata[i])->name, NULL);

        offer(place, full);
    }
    if (!dot) {
        offer_names(place, device->reg);
    }
}

static void offer_fields(Place *place, const struct stunt_class_info *of_class)
{
    for (guint i = 0; of_class && i < of_class->n_fields; i++) {
        offer(place, of_class->field[i]);
    }
}

/* Names that a field of an event can have: of a vector, or of the enum called like the field or the class. */
static void offer_values(Place *place, const StuntSpecDevice *device, const char *field,
                         const struct stunt_class_info *of_class)
{
    const char *const enums[] = { field, of_class ? of_class->name : field };

    if (!device) {
        return;
    }
    if (g_str_equal(field, "vector")) {
        offer_names(place, device->vector);
    }
    for (guint i = 0; i < G_N_ELEMENTS(enums); i++) {
        g_autofree char *name = g_ascii_strup(enums[i], -1);
        const StuntSpecEnum *values = stunt_spec_enum(device, name);

        if (values) {
            offer_names(place, values->value);
        }
    }
}

/* ---- inside of quotes ---------------------------------------------------------------------------- */

/* The device that a call, or `device = "…"` in its brackets, speaks of. */
static const StuntSpecDevice *device_at(const Place *place, const char *chain, gsize open)
{
    const StuntSpecDevice *device = device_of(place->names, chain);
    g_autofree char *name = device ? NULL : value_of(place, open, "device");

    return name ? device_called(place->names, name, strlen(name)) : device;
}

static const struct stunt_class_info *class_at(const Place *place, gsize open)
{
    g_autofree char *at = value_of(place, open, "at"), *name = at ? NULL : value_of(place, open, "class");

    return at ? stunt_class_by_name(at) : name ? stunt_class_by_name(name) : NULL;
}

/* KEY = "… */
static void complete_value(Place *place, const char *key)
{
    gsize open = 0;
    g_autofree char *chain = caller(place, &open);

    if (g_str_equal(key, "at") || g_str_equal(key, "class")) {
        offer_classes(place);
    } else if (g_str_equal(key, "action")) {
        offer_actions(place, class_at(place, open));
    } else if (g_str_equal(key, "device")) {
        offer_names(place, place->names->device);
    } else {
        offer_values(place, device_at(place, chain, open), key, class_at(place, open));
    }
}

static void offer_everything(Place *place)
{
    offer_texts(place, place->names->function);
    offer_classes(place);
    offer_actions(place, NULL);
    offer_names(place, place->names->spec->device);
}

/* FUNCTION("…, or FUNCTION "… */
static void complete_argument(Place *place, const char *chain)
{
    static const char *const of_registers[] = { "peek", "poke", "offset", NULL };
    static const char *const of_bookmarks[] = { "mark", "back", "snapshot", "rewind", NULL };
    const StuntSpecDevice *device = device_of(place->names, chain);
    const char *name = last_name(chain);

    if (g_strv_contains(of_registers, name)) {
        offer_registers(place, device);
    } else if (g_strv_contains(of_bookmarks, name)) {
        offer_texts(place, place->names->bookmark);
    } else if (g_str_equal(name, "interrupt") && device) {
        offer_names(place, device->vector);
    } else if ((g_str_equal(name, "get") || g_str_equal(name, "set")) && device) {
        offer_texts(place, device->adjustable);
    } else if (g_str_equal(name, "step") || g_str_equal(name, "timeline")) {
        offer_classes(place);
    } else if (g_str_equal(name, "help")) {
        offer_everything(place);
    }
}

static void complete_quoted(Place *place)
{
    gsize at = before_blanks(place, place->start - 1);
    char before = at ? place->text[at - 1] : '\0';
    g_autofree char *chain = NULL;

    if (before == '=') {
        chain = chain_before(place, at - 1);
        complete_value(place, last_name(chain));
    } else {
        chain = chain_before(place, before == '(' ? at - 1 : at);
        complete_argument(place, chain);
    }
}

/* ---- outside ------------------------------------------------------------------------------------- */

/* Behind "vm.", "vm.dma0:", "expect." */
static void complete_member(Place *place)
{
    gboolean called = place->text[place->start - 1] == ':';
    g_autofree char *chain = chain_before(place, place->start - 1);
    const StuntSpecDevice *device = device_of(place->names, chain);
    const StuntSpecEnum *values;

    if (g_str_equal(chain, "vm")) {
        offer_functions(place, "vm:");
        if (!called) {
            offer_names(place, place->names->device);
        }
    } else if (device && strchr(chain + strlen("vm."), '.')) {
        values = stunt_spec_enum(device, last_name(chain));
        offer_names(place, values ? values->value : NULL);
    } else if (device) {
        offer_functions(place, "device:");
        offer_names(place, called ? NULL : device->enums);
    } else if (called) { /* of a variable: what it is nobody knows */
        offer_functions(place, "rule:");
        offer_functions(place, "command:");
    } else {
        g_autofree char *kind = g_strconcat(chain, ".", NULL);

        offer_functions(place, kind);
    }
}

/* A key of the table that is an argument of `chain`, or of one in it. */
static gboolean complete_key(Place *place)
{
    static const char *const of_rules[] = { "action", "after",  "at",          "between", "every",    "id",    "match",
                                            "nth",    "on_pause", "optional", "params",  "probability", "times", NULL };
    static const char *const of_queries[] = { "class", "device", "match", NULL };
    gsize at = before_blanks(place, place->start), open = 0;
    g_autofree char *outer = NULL, *before = NULL;
    const char *function, *key = NULL;

    if (!place->depth || !at || !strchr("{,", place->text[at - 1]) || place->text[place->open[place->depth - 1]] != '{') {
        return FALSE;
    }
    outer = caller(place, &open);
    function = last_name(outer);
    at = before_blanks(place, place->open[place->depth - 1]);
    if (at && place->text[at - 1] == '=') { /* match = { … }, params = { … } */
        before = chain_before(place, at - 1);
        key = last_name(before);
    }
    if (key && g_str_equal(key, "params")) {
        g_autofree char *name = value_of(place, open, "action");
        const struct stunt_action_info *action = name ? stunt_action_by_name(name) : NULL;

        for (guint i = 0; action && i < action->n_params; i++) {
            offer(place, action->param[i]);
        }
    } else if (key) {
        offer_fields(place, g_str_equal(key, "match") ? class_at(place, open) : NULL);
    } else if (g_str_equal(function, "fault")) {
        offer_all(place, of_rules);
    } else if (g_str_equal(function, "step") || g_str_equal(function, "timeline") || g_str_equal(function, "events")) {
        offer_all(place, of_queries);
        offer_fields(place, class_at(place, open));
        offer(place, g_str_equal(function, "step") ? "timeout" : g_str_equal(function, "timeline") ? "n" : "since");
    } else {
        return FALSE;
    }
    return TRUE;
}

static void complete_bare(Place *place)
{
    char before = place->start ? place->text[place->start - 1] : '\0';

    if (before == '.' || before == ':') {
        complete_member(place);
    } else if (!complete_key(place)) {
        offer_functions(place, "");
        offer_texts(place, place->names->global);
    }
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void drop_repeated(GPtrArray *sorted)
{
    for (guint i = sorted->len; i-- > 1;) {
        if (g_str_equal(sorted->pdata[i], sorted->pdata[i - 1])) {
            g_ptr_array_remove_index(sorted, i);
        }
    }
}

GPtrArray *stunt_complete(const StuntNames *names, const char *text, gsize cursor, gsize *ret_start)
{
    Place place = { .names = names, .text = text, .cursor = cursor };

    place.found = g_ptr_array_new_with_free_func(g_free);
    scan(&place);
    if (place.quoted) {
        complete_quoted(&place);
    } else {
        complete_bare(&place);
    }
    g_ptr_array_sort(place.found, by_text);
    drop_repeated(place.found);
    *ret_start = place.start;
    return place.found;
}
