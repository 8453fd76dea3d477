/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into a running QEMU: it loads this object with -plugin before it makes the board, and our device
 * types are registered from there. Structures differ from build to build, so any other QEMU than the one that
 * this was compiled against is refused. Built into QEMU's own tree, this file is left out and
 * stunt_register_types() is called from a type_init().
 */
#include "qemu/osdep.h"
#include <elf.h>
#include <link.h>
#include "qemu/error-report.h"
#include "qemu/qemu-plugin.h"
#include "types.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv);

struct build_id {
    size_t len;
    uint8_t byte[64];
};

static bool take_note(const ElfW(Nhdr) *note, const uint8_t *name, struct build_id *ret_id)
{
    const uint8_t *desc = name + ROUND_UP(note->n_namesz, 4);

    if (note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 || memcmp(name, "GNU", 4) != 0 ||
        note->n_descsz > sizeof(ret_id->byte)) {
        return false;
    }
    memcpy(ret_id->byte, desc, note->n_descsz);
    ret_id->len = note->n_descsz;
    return true;
}

static bool scan_notes(const uint8_t *at, size_t len, struct build_id *ret_id)
{
    while (len >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
        size_t size = sizeof(*note) + ROUND_UP((size_t)note->n_namesz, 4) +
                      ROUND_UP((size_t)note->n_descsz, 4);

        if (size > len) {
            return false;
        }
        if (take_note(note, at + sizeof(*note), ret_id)) {
            return true;
        }
        at += size;
        len -= size;
    }
    return false;
}

/* The main program comes first; its segments are looked at and the walk ends. */
static int look_at_program(struct dl_phdr_info *info, size_t size, void *opaque)
{
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type == PT_NOTE &&
            scan_notes((const uint8_t *)(info->dlpi_addr + header->p_vaddr), header->p_memsz, opaque)) {
            break;
        }
    }
    return 1;
}

static char *running_build_id(void)
{
    struct build_id id = { 0 };
    GString *text = g_string_new(NULL);

    dl_iterate_phdr(look_at_program, &id);
    for (size_t i = 0; i < id.len; i++) {
        g_string_append_printf(text, "%02x", id.byte[i]);
    }
    return g_string_free(text, false);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    g_autofree char *running = running_build_id();

    if (strcmp(running, STUNT_QEMU_BUILD_ID) != 0) {
        error_report("stunt-devices was compiled for the QEMU build %s and does not work in this one (%s); "
                     "build it again against this QEMU", STUNT_QEMU_BUILD_ID,
                     *running ? running : "without a build id");
        return 1;
    }
    if (argc > 0) {
        error_report("stunt-devices takes no plugin arguments (got '%s')", argv[0]);
        return 1;
    }
    stunt_register_types();
    return 0;
}
