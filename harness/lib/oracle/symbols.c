/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elfutils/libdwfl.h>
#include <string.h>

#include "lib/oracle/symbols.h"

struct StuntSymbols {
    char *folder;
    gboolean variants;
    GHashTable *opened; /* name of a module to Dwfl *, NULL when there is none */
};

static void close_dwfl(gpointer dwfl)
{
    if (dwfl) {
        dwfl_end(dwfl);
    }
}

StuntSymbols *stunt_symbols_new(const char *folder, gboolean variants)
{
    StuntSymbols *symbols = g_new0(StuntSymbols, 1);

    symbols->folder = g_strdup(folder);
    symbols->variants = variants;
    symbols->opened = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_dwfl);
    return symbols;
}

void stunt_symbols_free(StuntSymbols *symbols)
{
    if (symbols) {
        g_hash_table_unref(symbols->opened);
        g_free(symbols->folder);
        g_free(symbols);
    }
}

/* ---- finding the file ---------------------------------------------------------------------------- */

/* TREE/guest-driver/DRIVER/MODULE.ko */
static char *find_in(const char *folder, const char *tree, const char *module)
{
    g_autofree char *place = g_build_filename(folder, tree, "guest-driver", NULL);
    g_autofree char *name = g_strconcat(module, ".ko", NULL);
    g_autoptr(GDir) dir = g_dir_open(place, 0, NULL);
    const char *driver;

    while (dir && (driver = g_dir_read_name(dir))) {
        char *path = g_build_filename(place, driver, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            return path;
        }
        g_free(path);
    }
    return NULL;
}

static Dwfl *open_dwfl(const char *path)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    Dwfl *dwfl = dwfl_begin(&callbacks);

    if (dwfl && (!dwfl_report_offline(dwfl, "", path, -1) || dwfl_report_end(dwfl, NULL, NULL))) {
        dwfl_end(dwfl);
        dwfl = NULL;
    }
    return dwfl;
}

static Dwfl *dwfl_of(StuntSymbols *symbols, const char *module)
{
    g_autofree char *path = NULL;
    gpointer dwfl;

    if (g_hash_table_lookup_extended(symbols->opened, module, NULL, &dwfl)) {
        return dwfl;
    }
    if (symbols->folder && symbols->variants) {
        path = find_in(symbols->folder, "variant-tree", module);
    }
    if (symbols->folder && !path) {
        path = find_in(symbols->folder, "tree", module);
    }
    dwfl = path ? open_dwfl(path) : NULL;
    g_hash_table_insert(symbols->opened, g_strdup(module), dwfl);
    return dwfl;
}

/* ---- finding the line ---------------------------------------------------------------------------- */

static int take_module(Dwfl_Module *module, void **userdata G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                       Dwarf_Addr start G_GNUC_UNUSED, void *data)
{
    *(Dwfl_Module **)data = module;
    return DWARF_CB_ABORT;
}

/* Functions of one name differ in size; the kernel's counts what lies between two of them, too. */
static gboolean find_function(Dwfl_Module *module, const StuntFrame *frame, GElf_Addr *ret_address)
{
    const int n = dwfl_module_getsymtab(module);
    gboolean found = FALSE;

    for (int i = 0; i < n; i++) {
        GElf_Addr address;
        GElf_Sym symbol;
        const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL, NULL);

        if (name && GELF_ST_TYPE(symbol.st_info) == STT_FUNC && strcmp(name, frame->function) == 0 &&
            frame->offset <= frame->size && symbol.st_size <= frame->size) {
            found = TRUE;
            *ret_address = address;
        }
    }
    return found;
}

/* Without the folders of the machine that it was built on. */
static const char *shorten(const char *source)
{
    static const char *const roots[] = { "/guest-driver/", "/include/" };

    for (guint i = 0; i < G_N_ELEMENTS(roots); i++) {
        const char *at = g_strrstr(source, roots[i]);

        if (at) {
            return at + 1;
        }
    }
    return source;
}

void stunt_symbols_find(StuntSymbols *symbols, StuntFrame *frame)
{
    Dwfl *dwfl = frame->module ? dwfl_of(symbols, frame->module) : NULL;
    Dwfl_Module *module = NULL;
    GElf_Addr address;
    Dwfl_Line *line;
    const char *source;
    int number;

    if (dwfl) {
        dwfl_getmodules(dwfl, take_module, &module, 0);
    }
    if (!module || !find_function(module, frame, &address)) {
        return;
    }
    /* What a trace has is where a call returns to. */
    line = dwfl_module_getsrc(module, address + frame->offset - (frame->exact || !frame->offset ? 0 : 1));
    source = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
    if (source) {
        g_free(frame->source);
        frame->source = g_strdup_printf("%s:%d", shorten(source), number);
    }
}
