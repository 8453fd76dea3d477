/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "lib/vm/cmdline.h"
#include "stunt/error.h"

#define DEVICES_MAX    16 /* slots that the command line hands out */
#define NAME_MAX_CHARS 31 /* STUNT_SHM_NAME without the NUL */
#define MEMORY_MIN_MIB 64
#define MEMORY_MAX_MIB 3072 /* above, part of it lies over 4 GiB and boot gets slower; no test needs it */

static gboolean refuse(GError **error, StuntErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean refuse(GError **error, StuntErrorCode code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(STUNT_ERROR, code, format, args));
    va_end(args);
    return FALSE;
}

static gboolean check_file(const char *path, int mode, const char *what, GError **error)
{
    if (!path) {
        return refuse(error, STUNT_ERROR_MISSING, "no %s is given", what);
    }
    if (access(path, mode) < 0 || g_file_test(path, G_FILE_TEST_IS_DIR)) {
        return refuse(error, STUNT_ERROR_MISSING, "the %s is not there: %s", what, path);
    }
    return TRUE;
}

/* A letter, then letters, digits, '-', '_': what QOM takes as an id, without the dot, which paths use. */
static gboolean is_word(const char *text)
{
    if (!text || !g_ascii_isalpha(text[0]) || strlen(text) > NAME_MAX_CHARS) {
        return FALSE;
    }
    for (; *text; text++) {
        if (!g_ascii_isalnum(*text) && *text != '-' && *text != '_') {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_device(const StuntMachine *machine, guint i, GError **error)
{
    const StuntDeviceDef *device = g_ptr_array_index(machine->device, i);

    if (!is_word(device->name) || !is_word(device->type)) {
        return refuse(
            error, STUNT_ERROR_INPUT,
            "device '%s' of type '%s': both must be a letter followed by letters, digits, - or _, at most %d",
            device->name ? device->name : "", device->type ? device->type : "", NAME_MAX_CHARS);
    }
    if (strcmp(device->name, STUNT_LINK_ID) == 0 || g_str_has_prefix(device->name, STUNT_PORT_PREFIX)) {
        return refuse(error, STUNT_ERROR_INPUT, "a device cannot be called '%s', choose another name",
                      device->name);
    }
    for (guint j = 0; j < i; j++) {
        if (strcmp(((StuntDeviceDef *)g_ptr_array_index(machine->device, j))->name, device->name) == 0) {
            return refuse(error, STUNT_ERROR_INPUT, "two devices are called '%s'", device->name);
        }
    }
    return TRUE;
}

static gboolean check_shape(const StuntMachine *machine, GError **error)
{
    if (machine->memory_mib < MEMORY_MIN_MIB || machine->memory_mib > MEMORY_MAX_MIB) {
        return refuse(error, STUNT_ERROR_INPUT, "memory must be %d to %d MiB, not %u", MEMORY_MIN_MIB,
                      MEMORY_MAX_MIB, machine->memory_mib);
    }
    if (machine->vcpus < 1 || (machine->vcpus > 1 && !machine->realtime)) {
        return refuse(error, STUNT_ERROR_INPUT, "%u vCPUs: one, or more with realtime", machine->vcpus);
    }
    if (machine->accel == STUNT_ACCEL_KVM && !machine->realtime) {
        return refuse(error, STUNT_ERROR_INPUT, "KVM runs in real time only: set realtime");
    }
    if (machine->device->len > DEVICES_MAX) {
        return refuse(error, STUNT_ERROR_INPUT, "%u devices: at most %d fit", machine->device->len,
                      DEVICES_MAX);
    }
    return TRUE;
}

gboolean stunt_machine_check(const StuntMachine *machine, GError **error)
{
    if (!check_file(machine->qemu, X_OK, "QEMU binary", error) ||
        !check_file(machine->devices, R_OK, "object with the device models", error) ||
        !check_file(machine->kernel, R_OK, "guest kernel", error) ||
        !check_file(machine->initrd, R_OK, "guest initramfs", error) || !check_shape(machine, error)) {
        return FALSE;
    }
    for (guint i = 0; i < machine->device->len; i++) {
        if (!check_device(machine, i, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
