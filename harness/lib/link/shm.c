/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/link/shm.h"
#include "stunt/error.h"

/*
 * Large enough that the machine hardly ever has to wait for the harness: the memory is only taken
 * when it is written.
 */
#define EVENT_CAPACITY (1u << 17)
#define DUMP_CAPACITY  (256u * 1024)
#define PAGE           4096u

struct StuntShm {
    int fd;
    gsize size;
    guint8 *base;
    guint32 devices; /* named so far */
    guint64 next_seq;
    /* our own copy of the layout: QEMU can write the header, so it is not asked again */
    guint32 tx_offset, rx_offset, dump_offset;
};

static void fill_header(StuntShm *shm)
{
    struct stunt_shm *header = stunt_shm_header(shm);

    header->magic = STUNT_SHM_MAGIC;
    header->version = STUNT_PROTO_VERSION;
    header->size = shm->size;
    header->event_offset = 2 * PAGE;
    header->event_capacity = EVENT_CAPACITY;
    header->tx_offset = shm->tx_offset;
    header->tx_capacity = STUNT_MESSAGE_MAX;
    header->rx_offset = shm->rx_offset;
    header->rx_capacity = STUNT_MESSAGE_MAX;
    header->dump_offset = shm->dump_offset;
    header->dump_capacity = DUMP_CAPACITY;
    header->listening = 1;
}

G_STATIC_ASSERT(sizeof(struct stunt_shm) <= 2 * PAGE);

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "no shared memory for the event ring: %s: %s", what,
                g_strerror(errno));
    return FALSE;
}

static gboolean map(StuntShm *shm, GError **error)
{
    shm->fd = memfd_create("stunt", MFD_CLOEXEC);
    if (shm->fd < 0) {
        return fail(error, "memfd_create");
    }
    if (ftruncate(shm->fd, shm->size) < 0) {
        return fail(error, "ftruncate");
    }
    shm->base = mmap(NULL, shm->size, PROT_READ | PROT_WRITE, MAP_SHARED, shm->fd, 0);
    if (shm->base == MAP_FAILED) {
        shm->base = NULL;
        return fail(error, "mmap");
    }
    return TRUE;
}

StuntShm *stunt_shm_new(GError **error)
{
    g_autoptr(StuntShm) shm = g_new0(StuntShm, 1);

    shm->fd = -1;
    shm->next_seq = 1;
    shm->tx_offset = 2 * PAGE + EVENT_CAPACITY * sizeof(struct stunt_event);
    shm->rx_offset = shm->tx_offset + STUNT_MESSAGE_MAX;
    shm->dump_offset = shm->rx_offset + STUNT_MESSAGE_MAX;
    shm->size = shm->dump_offset + DUMP_CAPACITY;
    if (!map(shm, error)) {
        return NULL;
    }
    fill_header(shm);
    return g_steal_pointer(&shm);
}

void stunt_shm_free(StuntShm *shm)
{
    if (!shm) {
        return;
    }
    if (shm->base) {
        munmap(shm->base, shm->size);
    }
    if (shm->fd >= 0) {
        close(shm->fd);
    }
    g_free(shm);
}

int stunt_shm_fd(const StuntShm *shm)
{
    return shm->fd;
}

struct stunt_shm *stunt_shm_header(const StuntShm *shm)
{
    return (struct stunt_shm *)shm->base;
}

static void name_devices(StuntShm *shm, StuntTimeline *timeline)
{
    struct stunt_shm *header = stunt_shm_header(shm);
    guint32 n = MIN(__atomic_load_n(&header->devices, __ATOMIC_ACQUIRE), STUNT_SHM_DEVICES);

    for (; timeline && shm->devices < n; shm->devices++) {
        const struct stunt_shm_device *device = &header->device[shm->devices];
        g_autofree char *name = g_strndup(device->name, sizeof(device->name));
        g_autofree char *type = g_strndup(device->type, sizeof(device->type));

        stunt_timeline_set_device(timeline, shm->devices, name, type);
    }
}

/* Numbers have no gaps, unless QEMU says that it lost events. */
static gboolean take(StuntShm *shm, StuntTimeline *timeline, const struct stunt_event *event, guint64 n,
                     GError **error)
{
    guint64 last = shm->next_seq + n - 1;
    gboolean lost = stunt_shm_header(shm)->lost > 0;

    if (!lost && (event[0].seq != shm->next_seq || event[n - 1].seq != last)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "the event ring broke: numbers %" G_GUINT64_FORMAT "…%" G_GUINT64_FORMAT
                    " where %" G_GUINT64_FORMAT "…%" G_GUINT64_FORMAT " were due",
                    event[0].seq, event[n - 1].seq, shm->next_seq, last);
        return FALSE;
    }
    if (timeline) {
        stunt_timeline_append(timeline, event, n);
    }
    shm->next_seq = event[n - 1].seq + 1;
    return TRUE;
}

gboolean stunt_shm_drain(StuntShm *shm, StuntTimeline *timeline, GError **error)
{
    struct stunt_shm *header = stunt_shm_header(shm);
    const struct stunt_event *ring = (gconstpointer)(shm->base + 2 * PAGE);
    guint64 head = __atomic_load_n(&header->head, __ATOMIC_ACQUIRE);
    guint64 tail = header->tail;

    if (head - tail > EVENT_CAPACITY) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL,
                    "the event ring broke: head %" G_GUINT64_FORMAT ", tail %" G_GUINT64_FORMAT, head, tail);
        return FALSE;
    }
    name_devices(shm, timeline);
    while (tail != head) {
        guint64 at = tail % EVENT_CAPACITY;
        guint64 n = MIN(head - tail, EVENT_CAPACITY - at);

        if (!take(shm, timeline, ring + at, n, error)) {
            return FALSE;
        }
        tail += n;
        __atomic_store_n(&header->tail, tail, __ATOMIC_RELEASE);
    }
    return TRUE;
}

void stunt_shm_renumber(StuntShm *shm)
{
    shm->next_seq = stunt_shm_header(shm)->stop_seq + 1;
}

void stunt_shm_start_anew(StuntShm *shm, StuntTimeline *timeline)
{
    struct stunt_shm *header = stunt_shm_header(shm);
    guint64 head = __atomic_load_n(&header->head, __ATOMIC_ACQUIRE);

    shm->next_seq += head - header->tail + header->lost;
    header->lost = 0;
    __atomic_store_n(&header->tail, head, __ATOMIC_RELEASE);
    shm->devices = 0;
    name_devices(shm, timeline);
}

gconstpointer stunt_shm_message(const StuntShm *shm, gsize *ret_len)
{
    *ret_len = MIN(stunt_shm_header(shm)->tx_len, STUNT_MESSAGE_MAX);
    return shm->base + shm->tx_offset;
}

const char *stunt_shm_dump(const StuntShm *shm, gsize *ret_len)
{
    *ret_len = MIN(stunt_shm_header(shm)->dump_len, DUMP_CAPACITY);
    return (const char *)shm->base + shm->dump_offset;
}

gboolean stunt_shm_answer(StuntShm *shm, gconstpointer data, gsize len)
{
    if (len > STUNT_MESSAGE_MAX) {
        return FALSE;
    }
    if (len) {
        memcpy(shm->base + shm->rx_offset, data, len);
    }
    stunt_shm_header(shm)->rx_len = len;
    return TRUE;
}
