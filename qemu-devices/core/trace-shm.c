/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory shared with the harness: mapped, checked, never trusted again afterwards. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "core/trace.h"

#define RING_MIN 16u
#define RING_MAX (1u << 24)

struct extent {
    const char *name;
    uint64_t start, len;
};

static bool extent_ok(const struct extent *extent, uint64_t size, Error **errp)
{
    if (extent->start < sizeof(struct stunt_shm) || extent->start > size ||
        extent->len > size - extent->start) {
        error_setg(errp, "the %s (offset 0x%" PRIx64 ", %" PRIu64 " bytes) does not lie between the header "
                   "and the end", extent->name, extent->start, extent->len);
        return false;
    }
    return true;
}

static bool extents_ok(const struct extent *extent, unsigned n, uint64_t size, Error **errp)
{
    for (unsigned i = 0; i < n; i++) {
        if (!extent_ok(&extent[i], size, errp)) {
            return false;
        }
        for (unsigned k = 0; k < i; k++) {
            if (extent[i].start < extent[k].start + extent[k].len &&
                extent[k].start < extent[i].start + extent[i].len) {
                error_setg(errp, "the %s and the %s overlap", extent[k].name, extent[i].name);
                return false;
            }
        }
    }
    return true;
}

static bool header_ok(const struct stunt_shm *shm, uint64_t file_size, Error **errp)
{
    if (shm->magic != STUNT_SHM_MAGIC) {
        error_setg(errp, "its first word is 0x%08x, not 0x%08x", shm->magic, STUNT_SHM_MAGIC);
    } else if (shm->version != STUNT_PROTO_VERSION) {
        error_setg(errp, "it has protocol version %u, this is version %u", shm->version, STUNT_PROTO_VERSION);
    } else if (shm->size != file_size) {
        error_setg(errp, "its header says %" PRIu64 " bytes, it has %" PRIu64, shm->size, file_size);
    } else if (shm->event_capacity < RING_MIN || shm->event_capacity > RING_MAX ||
               !is_power_of_2(shm->event_capacity)) {
        error_setg(errp, "the event ring has %u entries, not a power of two from %u to %u",
                   shm->event_capacity, RING_MIN, RING_MAX);
    } else if (shm->event_offset % 64) {
        error_setg(errp, "the event ring at offset 0x%x is not 64-byte aligned", shm->event_offset);
    } else {
        const struct extent extent[] = {
            { "event ring", shm->event_offset, (uint64_t)shm->event_capacity * sizeof(struct stunt_event) },
            { "tx area", shm->tx_offset, shm->tx_capacity },
            { "rx area", shm->rx_offset, shm->rx_capacity },
            { "dump area", shm->dump_offset, shm->dump_capacity },
        };

        return extents_ok(extent, ARRAY_SIZE(extent), file_size, errp);
    }
    return false;
}

static void *map_file(const char *path, size_t *ret_size, Error **errp)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat st;
    void *map;

    if (fd < 0) {
        error_setg_errno(errp, errno, "cannot open it");
        return NULL;
    }
    if (fstat(fd, &st) < 0 || (uint64_t)st.st_size < sizeof(struct stunt_shm)) {
        error_setg(errp, "it is smaller than its header (%zu bytes)", sizeof(struct stunt_shm));
        close(fd);
        return NULL;
    }
    map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        error_setg_errno(errp, errno, "cannot map it");
        map = NULL;
    }
    *ret_size = st.st_size;
    close(fd);
    return map;
}

static void use(struct stunt_shm *shm, size_t size)
{
    uint8_t *base = (uint8_t *)shm;

    stunt_trace.shm = shm;
    stunt_trace.shm_size = size;
    stunt_trace.ring = (struct stunt_event *)(base + shm->event_offset);
    stunt_trace.ring_capacity = shm->event_capacity;
    stunt_trace.area[STUNT_AREA_TX] = base + shm->tx_offset;
    stunt_trace.area_capacity[STUNT_AREA_TX] = shm->tx_capacity;
    stunt_trace.area[STUNT_AREA_RX] = base + shm->rx_offset;
    stunt_trace.area_capacity[STUNT_AREA_RX] = shm->rx_capacity;
    stunt_trace.area[STUNT_AREA_DUMP] = base + shm->dump_offset;
    stunt_trace.area_capacity[STUNT_AREA_DUMP] = shm->dump_capacity;
    memcpy(shm->device, stunt_trace.device, sizeof(shm->device));
    shm->devices = stunt_trace.n_devices;
    stunt_trace.listening = &shm->listening;
}

bool stunt_trace_attach(const char *path, Error **errp)
{
    struct stunt_shm *shm;
    size_t size;

    if (stunt_trace.shm) {
        error_setg(errp, "shared memory is attached already");
        return false;
    }
    shm = map_file(path, &size, errp);
    if (shm && header_ok(shm, size, errp)) {
        use(shm, size);
        return true;
    }
    error_prepend(errp, "shm '%s': ", path);
    if (shm) {
        munmap(shm, size);
    }
    return false;
}

void stunt_trace_detach(void)
{
    static const uint32_t nobody_listens;

    if (stunt_trace.shm) {
        stunt_trace.listening = &nobody_listens;
        munmap(stunt_trace.shm, stunt_trace.shm_size);
        stunt_trace.shm = NULL;
    }
}
