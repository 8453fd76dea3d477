/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/units.h"
#include "io/channel-buffer.h"
#include "migration/global_state.h"
#include "migration/migration.h"
#include "migration/qemu-file.h"
#include "migration/savevm.h"
#include "core/snapshot-parts.h"

enum { STREAM_HEADER = 8, SECTION_FULL = 4, SECTION_FOOTER = 0x7e };

GByteArray *stunt_state_save(Error **errp)
{
    g_autoptr(QIOChannelBuffer) buffer = qio_channel_buffer_new(256 * KiB);
    GByteArray *state = NULL;
    QEMUFile *file;
    int ret;

    /* Without it the load would stop at this section, and leave the devices behind it as they are. */
    global_state_store();
    file = qemu_file_new_output(QIO_CHANNEL(buffer));
    ret = qemu_save_device_state(file);
    qemu_fflush(file);
    if (ret < 0 || buffer->usage <= STREAM_HEADER) {
        error_setg(errp, "the devices' state cannot be saved: %s", ret < 0 ? strerror(-ret) : "it is empty");
    } else {
        state = g_byte_array_sized_new(buffer->usage);
        g_byte_array_append(state, buffer->data + STREAM_HEADER, buffer->usage - STREAM_HEADER);
    }
    qemu_fclose(file);
    return state;
}

bool stunt_state_load(const GByteArray *state, Error **errp)
{
    QIOChannelBuffer *buffer = qio_channel_buffer_new(state->len);
    QEMUFile *file;
    int ret;

    memcpy(buffer->data, state->data, state->len);
    buffer->usage = state->len;
    file = qemu_file_new_input(QIO_CHANNEL(buffer));
    ret = qemu_load_device_state(file);
    qemu_fclose(file);
    object_unref(OBJECT(buffer));
    if (ret < 0) {
        error_setg(errp, "the devices' state cannot be loaded: %s", strerror(-ret));
        return false;
    }
    return true;
}

/* Where the section at `at` ends, behind its footer. Its length is written nowhere: look for the footer. */
static size_t section_end(const GByteArray *state, size_t at)
{
    uint8_t footer[5] = { SECTION_FOOTER };
    const uint8_t *found;

    memcpy(footer + 1, state->data + at + 1, 4);
    found = memmem(state->data + at + 5, state->len - at - 5, footer, sizeof(footer));
    return found ? (size_t)(found - state->data) + sizeof(footer) : state->len;
}

static char *name_place(const GByteArray *state, size_t offset)
{
    for (size_t at = 0; at + 6 < state->len && state->data[at] == SECTION_FULL;) {
        size_t end = section_end(state, at), name_len = state->data[at + 5];
        size_t body = at + 6 + name_len + 8; /* instance and version follow the name */

        if (offset < end && body <= end) {
            return g_strdup_printf("%.*s: byte %td", (int)name_len, state->data + at + 6,
                                   (ptrdiff_t)offset - (ptrdiff_t)body);
        }
        at = end;
    }
    return g_strdup_printf("device state: byte %zu", offset);
}

char *stunt_state_compare(const GByteArray *expected, const GByteArray *found)
{
    size_t len = MIN(expected->len, found->len);

    for (size_t at = 0; at < len; at++) {
        if (expected->data[at] != found->data[at]) {
            return name_place(expected, at);
        }
    }
    return expected->len == found->len
               ? g_strdup("")
               : g_strdup_printf("device state: %u bytes, not %u", found->len, expected->len);
}
