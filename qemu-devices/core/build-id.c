/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include <elf.h>
#include <link.h>
#include "core/build-id.h"

struct search {
    const void *address;
    size_t len;
    uint8_t byte[64];
};

static bool take_note(const ElfW(Nhdr) * note, const uint8_t *name, struct search *search)
{
    const uint8_t *desc = name + ROUND_UP(note->n_namesz, 4);

    if (note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 || memcmp(name, "GNU", 4) != 0 ||
        note->n_descsz > sizeof(search->byte)) {
        return false;
    }
    memcpy(search->byte, desc, note->n_descsz);
    search->len = note->n_descsz;
    return true;
}

static bool scan_notes(const uint8_t *at, size_t len, struct search *search)
{
    while (len >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
        size_t size =
            sizeof(*note) + ROUND_UP((size_t)note->n_namesz, 4) + ROUND_UP((size_t)note->n_descsz, 4);

        if (size > len) {
            return false;
        }
        if (take_note(note, at + sizeof(*note), search)) {
            return true;
        }
        at += size;
        len -= size;
    }
    return false;
}

/* The main program comes first. */
static bool is_meant(const struct dl_phdr_info *info, const void *address)
{
    bool found = !address;

    for (unsigned i = 0; i < info->dlpi_phnum && !found; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        found = header->p_type == PT_LOAD &&
                (uintptr_t)address - (info->dlpi_addr + header->p_vaddr) < header->p_memsz;
    }
    return found;
}

static int look_at_object(struct dl_phdr_info *info, size_t size, void *opaque)
{
    struct search *search = opaque;

    if (!is_meant(info, search->address)) {
        return 0;
    }
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type == PT_NOTE &&
            scan_notes((const uint8_t *)(info->dlpi_addr + header->p_vaddr), header->p_memsz, search)) {
            break;
        }
    }
    return 1;
}

char *stunt_build_id(const void *address)
{
    struct search search = {.address = address};
    GString *text = g_string_new(NULL);

    dl_iterate_phdr(look_at_object, &search);
    for (size_t i = 0; i < search.len; i++) {
        g_string_append_printf(text, "%02x", search.byte[i]);
    }
    return g_string_free(text, false);
}
