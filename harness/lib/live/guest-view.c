/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest's kernel says of its PCI functions, and what its reads of configuration space give. */
#include <stdio.h>
#include <string.h>

#include "lib/live/view.h"
#include "stunt/error.h"

/* Offsets and bits: PCI Local Bus Specification 3.0, chapter 6; bridges: PCI-to-PCI Bridge Architecture 1.2, 3.2. */
#define CONFIG_BYTES     64
#define CONFIG_COMMAND   0x04
#define CONFIG_CLASS     0x0a
#define CONFIG_HEADER    0x0e
#define CONFIG_SECONDARY 0x19
#define CONFIG_SUBORD    0x1a
#define CONFIG_SUBSYSTEM 0x2c
#define COMMAND_IO       0x0001
#define COMMAND_MEMORY   0x0002
#define COMMAND_MASTER   0x0004
#define HEADER_BRIDGE    0x01
#define RESOURCE_IO      0x00000100 /* Linux include/linux/ioport.h */

/* Words of the shell where they do: each program that is started costs the guest a few hundred thousand instructions. */
const char stunt_live_guest_script[] =
    "cd /sys/bus/pci/devices\n"
    "for d in *; do\n"
    "  echo function $d\n"
    "  echo config $(od -An -v -tx1 -N64 $d/config)\n"
    "  [ -e $d/driver ] && l=$(readlink $d/driver) && echo driver ${l##*/}\n"
    "  [ -e $d/iommu_group ] && l=$(readlink $d/iommu_group) && echo group ${l##*/}\n"
    "  [ -e $d/power_state ] && read x < $d/power_state && echo power $x\n"
    "  read x < $d/irq && echo irq $x\n"
    "  for f in $d/msi_irqs/*; do [ -e $f ] && read x < $f && echo msi ${f##*/} $x; done\n"
    "  n=0; while read a b c; do echo resource $n $a $b $c; n=$((n+1)); done < $d/resource\n"
    "  for f in $d/stunt/*; do [ -e $f ] && read x < $f/state && echo state $x; done\n"
    "done\n"
    "echo iomem; while read a b; do echo range $a; done < /proc/iomem\n"
    "echo interrupts; while read x; do echo \"line $x\"; done < /proc/interrupts\n";

typedef struct {
    StuntLiveSide *side;
    guint8 config[CONFIG_BYTES];
    gboolean has_config;
    GString *driver;
    guint64 irq;
    const char *mode; /* "msi", "msix", or NULL */
    GArray *vector;   /* guint64, interrupt numbers of these */
    guint64 start[STUNT_LIVE_BARS], end[STUNT_LIVE_BARS], flags[STUNT_LIVE_BARS];
} Function;

typedef struct {
    GPtrArray *function; /* Function * */
    GHashTable *range;   /* "fe600000-fe603fff", of /proc/iomem */
    GHashTable *served;  /* interrupt number to how often; those that have a handler */
    guint cpus;
} Parser;

static void function_free(gpointer data)
{
    Function *function = data;

    stunt_live_side_free(function->side);
    g_string_free(function->driver, TRUE);
    g_array_unref(function->vector);
    g_free(function);
}

static guint config16(const Function *function, guint offset)
{
    return function->config[offset] | function->config[offset + 1] << 8;
}

/* ---- the guest's words --------------------------------------------------------------------------- */

static void begin(Parser *parser, const char *address)
{
    Function *function = g_new0(Function, 1);

    function->side = stunt_live_side_new(address);
    function->side->depth = strncmp(address + strlen("0000:"), "00:", 3) != 0;
    function->driver = g_string_new(NULL);
    function->vector = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_ptr_array_add(parser->function, function);
}

static gboolean take_config(Function *function, const char *text)
{
    g_auto(GStrv) word = g_strsplit(text, " ", -1);
    guint n = 0;

    for (; word[n] && n < CONFIG_BYTES; n++) {
        function->config[n] = (guint8)g_ascii_strtoull(word[n], NULL, 16);
    }
    function->has_config = n == CONFIG_BYTES;
    return function->has_config;
}

static gboolean take_resource(Function *function, const char *text)
{
    guint64 start, end, flags;
    guint n;

    if (sscanf(text, "%u %" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x", &n, &start, &end,
               &flags) != 4) {
        return FALSE;
    }
    if (n < STUNT_LIVE_BARS) {
        function->start[n] = start;
        function->end[n] = end;
        function->flags[n] = flags;
    }
    return TRUE;
}

static gboolean take_vector(Function *function, const char *text)
{
    g_auto(GStrv) word = g_strsplit(text, " ", 2);
    guint64 irq = g_ascii_strtoull(word[0], NULL, 10);

    if (!word[1]) {
        return FALSE;
    }
    function->mode = strcmp(word[1], "msix") == 0 ? "MSI-X" : "MSI";
    g_array_append_val(function->vector, irq);
    return TRUE;
}

/* "26: 0 PCI-MSI 524288-edge stunt-dma0-ch0"; the first line, "CPU0 CPU1", tells how many numbers there are. */
static void take_interrupt(Parser *parser, const char *text)
{
    char *rest;
    guint64 irq = g_ascii_strtoull(text, &rest, 10), sum = 0;

    if (g_str_has_prefix(text, "CPU")) {
        g_auto(GStrv) words = g_strsplit_set(g_strchomp((char *)text), " ", -1);

        for (guint i = 0; words[i]; i++) {
            parser->cpus += *words[i] != '\0';
        }
    } else if (rest > text && *rest == ':') {
        rest++;
        for (guint i = 0; i < parser->cpus; i++) {
            sum += g_ascii_strtoull(rest, &rest, 10);
        }
        g_hash_table_insert(parser->served, GUINT_TO_POINTER(irq), GUINT_TO_POINTER((guint)sum));
    }
}

static gboolean take_line(Parser *parser, const char *word, char *text)
{
    Function *function = parser->function->len ? parser->function->pdata[parser->function->len - 1] : NULL;

    if (g_str_equal(word, "function")) {
        begin(parser, text);
    } else if (g_str_equal(word, "range")) {
        g_hash_table_add(parser->range, g_strdup(text));
    } else if (g_str_equal(word, "line")) {
        take_interrupt(parser, text);
    } else if (g_str_equal(word, "iomem") || g_str_equal(word, "interrupts")) {
        return TRUE;
    } else if (!function) {
        return FALSE;
    } else if (g_str_equal(word, "config")) {
        return take_config(function, text);
    } else if (g_str_equal(word, "resource")) {
        return take_resource(function, text);
    } else if (g_str_equal(word, "msi")) {
        return take_vector(function, text);
    } else if (g_str_equal(word, "irq")) {
        function->irq = g_ascii_strtoull(text, NULL, 10);
    } else if (g_str_equal(word, "driver")) {
        g_string_prepend(function->driver, text);
    } else if (g_str_equal(word, "state")) {
        g_string_append_printf(function->driver, ", %s", text);
    } else if (g_str_equal(word, "group")) {
        stunt_live_side_set(function->side, "IOMMU group", g_strdup(text));
    } else if (g_str_equal(word, "power")) {
        stunt_live_side_set(function->side, "power", g_str_equal(text, "unknown") ? NULL : g_strdup(text));
    } else {
        return FALSE;
    }
    return TRUE;
}

/* ---- from words to facts ------------------------------------------------------------------------- */

static void set_bars(const Parser *parser, Function *function)
{
    guint command = config16(function, CONFIG_COMMAND);

    for (guint i = 0; i < STUNT_LIVE_BARS; i++) {
        gboolean io = function->flags[i] & RESOURCE_IO;
        guint64 size = function->end[i] - function->start[i] + 1;
        g_autofree char *what = g_strdup_printf("BAR %u", i);
        g_autofree char *range = g_strdup_printf("%08" G_GINT64_MODIFIER "x-%08" G_GINT64_MODIFIER "x",
                                                 function->start[i], function->end[i]);
        char *text;

        if (!function->end[i]) {
            continue;
        }
        text = stunt_live_bar(function->start[i], size, io, command & (io ? COMMAND_IO : COMMAND_MEMORY));
        if (!io && !g_hash_table_contains(parser->range, range)) {
            g_free(text);
            text = g_strdup_printf("%s is not in /proc/iomem", range);
        }
        stunt_live_side_set(function->side, what, text);
    }
}

static void set_interrupts(const Parser *parser, Function *function)
{
    g_autoptr(GString) served = g_string_new(NULL);
    guint handled = 0;

    if (!function->mode && function->irq) {
        g_array_append_val(function->vector, function->irq);
    }
    for (guint i = 0; i < function->vector->len; i++) {
        guint irq = (guint)g_array_index(function->vector, guint64, i);
        gpointer key = GUINT_TO_POINTER(irq), count;

        if (g_hash_table_lookup_extended(parser->served, key, NULL, &count)) {
            g_string_append_printf(served, "%s%u:%u", handled ? " " : "", irq, GPOINTER_TO_UINT(count));
            handled++;
        }
    }
    stunt_live_side_set(function->side, "interrupts",
                        g_strdup(function->mode ? function->mode : function->irq ? "INTx" : "none"));
    if (function->mode) {
        stunt_live_side_set(function->side, "vectors", g_strdup_printf("%u", handled));
    }
    if (handled) {
        stunt_live_side_set(function->side, "signals", g_string_free(g_steal_pointer(&served), FALSE));
    }
}

static void set_facts(const Parser *parser, Function *function)
{
    guint command = config16(function, CONFIG_COMMAND);
    gboolean bridge = (function->config[CONFIG_HEADER] & 0x7f) == HEADER_BRIDGE;
    StuntLiveSide *side = function->side;

    stunt_live_side_set(side, "there", g_strdup("yes"));
    stunt_live_side_set(side, "driver", g_strdup(function->driver->len ? function->driver->str : "none"));
    stunt_live_side_set(side, "ids",
                        stunt_live_ids(config16(function, 0), config16(function, 2),
                                       bridge ? 0 : config16(function, CONFIG_SUBSYSTEM),
                                       bridge ? 0 : config16(function, CONFIG_SUBSYSTEM + 2)));
    stunt_live_side_set(side, "class", g_strdup_printf("%04x", config16(function, CONFIG_CLASS)));
    stunt_live_side_set(side, "decodes memory", g_strdup(command & COMMAND_MEMORY ? "yes" : "no"));
    stunt_live_side_set(side, "bus master", g_strdup(command & COMMAND_MASTER ? "yes" : "no"));
    if (bridge) {
        stunt_live_side_set(side, "leads to bus",
                            stunt_live_buses(function->config[CONFIG_SECONDARY], function->config[CONFIG_SUBORD]));
    }
    set_bars(parser, function);
    set_interrupts(parser, function);
}

static gboolean parse(Parser *parser, const char *text, GError **error)
{
    g_auto(GStrv) line = g_strsplit(text, "\n", -1);

    for (guint i = 0; line[i]; i++) {
        char *rest = strchr(line[i], ' ');

        if (!*line[i]) {
            continue;
        }
        if (rest) {
            *rest++ = '\0';
        }
        if (!take_line(parser, line[i], rest ? rest : line[i] + strlen(line[i]))) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL, "the guest's description of itself: '%s %s'",
                        line[i], rest ? rest : "");
            return FALSE;
        }
    }
    return TRUE;
}

GPtrArray *stunt_live_guest_view(const char *text, GError **error)
{
    GPtrArray *view = NULL;
    Parser parser = {
        .function = g_ptr_array_new_with_free_func(function_free),
        .range = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .served = g_hash_table_new(NULL, NULL),
    };

    if (parse(&parser, text, error)) {
        view = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_live_side_free);
        for (guint i = 0; i < parser.function->len; i++) {
            Function *function = parser.function->pdata[i];

            set_facts(&parser, function);
            g_ptr_array_add(view, g_steal_pointer(&function->side));
        }
    }
    g_ptr_array_unref(parser.function);
    g_hash_table_unref(parser.range);
    g_hash_table_unref(parser.served);
    return view;
}
