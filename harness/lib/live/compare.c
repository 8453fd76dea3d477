/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest's and model's views side by side. */
#include "lib/live/view.h"

#define KIB 1024

/* ---- one side ------------------------------------------------------------------------------------ */

StuntLiveSide *stunt_live_side_new(const char *address)
{
    StuntLiveSide *side = g_new0(StuntLiveSide, 1);

    side->address = g_strdup(address);
    side->fact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return side;
}

void stunt_live_side_free(StuntLiveSide *side)
{
    if (side) {
        g_free(side->address);
        g_free(side->name);
        g_hash_table_unref(side->fact);
        g_clear_pointer(&side->registers, json_object_unref);
        g_free(side);
    }
}

void stunt_live_side_set(StuntLiveSide *side, const char *what, char *value)
{
    if (value) {
        g_hash_table_insert(side->fact, g_strdup(what), value);
    }
}

char *stunt_live_ids(guint vendor, guint device, guint subvendor, guint subsystem)
{
    if (!subvendor && !subsystem) {
        return g_strdup_printf("%04x:%04x", vendor, device);
    }
    return g_strdup_printf("%04x:%04x, subsystem %04x:%04x", vendor, device, subvendor, subsystem);
}

char *stunt_live_bar(guint64 address, guint64 size, gboolean io, gboolean on)
{
    const char *unit = size >= KIB ? "KiB" : "bytes";
    guint64 number = size >= KIB ? size / KIB : size;

    if (!on) {
        return g_strdup_printf("off, %" G_GUINT64_FORMAT " %s", number, unit);
    }
    return g_strdup_printf("%s %#" G_GINT64_MODIFIER "x, %" G_GUINT64_FORMAT " %s", io ? "ports" : "memory", address,
                           number, unit);
}

char *stunt_live_buses(guint secondary, guint subordinate)
{
    return secondary == subordinate ? g_strdup_printf("%02x", secondary)
                                    : g_strdup_printf("%02x to %02x", secondary, subordinate);
}

/* ---- both ---------------------------------------------------------------------------------------- */

/* In the order that they are shown. */
static const struct {
    const char *what;
    gboolean compared;
} facts[] = {
    { "there", TRUE },       { "driver", FALSE },     { "ids", TRUE },     { "class", TRUE },
    { "leads to bus", TRUE }, { "BAR 0", TRUE },       { "BAR 1", TRUE },   { "BAR 2", TRUE },
    { "BAR 3", TRUE },       { "BAR 4", TRUE },       { "BAR 5", TRUE },   { "decodes memory", TRUE },
    { "bus master", TRUE },  { "power", TRUE },       { "interrupts", TRUE }, { "vectors", TRUE },
    { "signals", FALSE },     { "IOMMU group", FALSE }, { "mappings", FALSE }, { "registers", FALSE },
    { "misuse", FALSE },
};

static void fact_free(gpointer data)
{
    StuntLiveFact *fact = data;

    g_free(fact->guest);
    g_free(fact->model);
    g_free(fact);
}

static void function_free(gpointer data)
{
    StuntLiveFunction *function = data;

    g_free(function->address);
    g_free(function->name);
    g_ptr_array_unref(function->fact);
    g_clear_pointer(&function->registers, json_object_unref);
    g_free(function);
}

static const char *look_up(const StuntLiveSide *side, const char *what)
{
    return side ? g_hash_table_lookup(side->fact, what) : NULL;
}

/* A side that does not know a thing has nothing to disagree about, but for the function itself. */
static gboolean disagree(const StuntLiveFact *fact)
{
    if (!fact->compared || (!fact->guest && !fact->model)) {
        return FALSE;
    }
    if (!fact->guest || !fact->model) {
        return g_str_equal(fact->what, "there");
    }
    return !g_str_equal(fact->guest, fact->model);
}

static void add_fact(StuntLiveFunction *function, guint i, const StuntLiveSide *guest,
                     const StuntLiveSide *model)
{
    const char *of_guest = look_up(guest, facts[i].what), *of_model = look_up(model, facts[i].what);
    StuntLiveFact *fact;

    if (!of_guest && !of_model) {
        return;
    }
    fact = g_new0(StuntLiveFact, 1);
    fact->what = facts[i].what;
    fact->guest = g_strdup(of_guest);
    fact->model = g_strdup(of_model);
    fact->compared = facts[i].compared;
    fact->differs = disagree(fact);
    g_ptr_array_add(function->fact, fact);
}

static void add_function(StuntLive *live, const StuntLiveSide *guest, const StuntLiveSide *model)
{
    const StuntLiveSide *any = model ? model : guest;
    StuntLiveFunction *function = g_new0(StuntLiveFunction, 1);

    function->address = g_strdup(any->address);
    function->name = g_strdup(any->name);
    function->depth = any->depth;
    function->registers = any->registers ? json_object_ref(any->registers) : NULL;
    function->fact = g_ptr_array_new_with_free_func(fact_free);
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        add_fact(function, i, guest, model);
    }
    for (guint i = 0; i < function->fact->len; i++) {
        live->differences += ((StuntLiveFact *)function->fact->pdata[i])->differs;
    }
    g_ptr_array_add(live->function, function);
}

static const StuntLiveSide *find(const GPtrArray *view, const char *address)
{
    for (guint i = 0; i < view->len; i++) {
        const StuntLiveSide *side = view->pdata[i];

        if (g_str_equal(side->address, address)) {
            return side;
        }
    }
    return NULL;
}

StuntLive *stunt_live_compare(const GPtrArray *guest, const GPtrArray *model)
{
    StuntLive *live = g_new0(StuntLive, 1);

    live->function = g_ptr_array_new_with_free_func(function_free);
    for (guint i = 0; i < model->len; i++) {
        const StuntLiveSide *side = model->pdata[i];

        add_function(live, find(guest, side->address), side);
    }
    for (guint i = 0; i < guest->len; i++) {
        const StuntLiveSide *side = guest->pdata[i];

        if (!find(model, side->address)) {
            add_function(live, side, NULL);
        }
    }
    return live;
}

void stunt_live_free(StuntLive *live)
{
    if (live) {
        g_free(live->title);
        g_free(live->release);
        g_ptr_array_unref(live->function);
        g_free(live);
    }
}
