/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shm.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define AREA 4096u

Shm *shm_new(unsigned capacity)
{
    Shm *shm = g_new0(Shm, 1);
    uint32_t areas = (uint32_t)(sizeof(struct stunt_shm) + AREA - 1) / AREA * AREA;

    shm->size = areas + 3 * AREA + capacity * sizeof(struct stunt_event);
    shm->fd = memfd_create("stunt-shm", MFD_CLOEXEC);
    g_assert_cmpint(shm->fd, >=, 0);
    g_assert_cmpint(ftruncate(shm->fd, (off_t)shm->size), ==, 0);
    shm->map = mmap(NULL, shm->size, PROT_READ | PROT_WRITE, MAP_SHARED, shm->fd, 0);
    g_assert_true(shm->map != MAP_FAILED);
    *shm->map = (struct stunt_shm){
        .magic = STUNT_SHM_MAGIC, .version = STUNT_PROTO_VERSION, .size = shm->size,
        .tx_offset = areas, .tx_capacity = AREA,
        .rx_offset = areas + AREA, .rx_capacity = AREA,
        .dump_offset = areas + 2 * AREA, .dump_capacity = AREA,
        .event_offset = areas + 3 * AREA, .event_capacity = capacity,
        .listening = 1,
    };
    return shm;
}

void shm_free(Shm *shm)
{
    if (!shm) {
        return;
    }
    munmap(shm->map, shm->size);
    close(shm->fd);
    g_free(shm);
}

unsigned shm_pending(const Shm *shm)
{
    return (unsigned)(__atomic_load_n(&shm->map->head, __ATOMIC_ACQUIRE) - shm->map->tail);
}

const struct stunt_event *shm_take(Shm *shm)
{
    struct stunt_event *ring = (struct stunt_event *)((char *)shm->map + shm->map->event_offset);
    uint64_t tail = shm->map->tail;

    if (shm_pending(shm) == 0) {
        return NULL;
    }
    __atomic_store_n(&shm->map->tail, tail + 1, __ATOMIC_RELEASE);
    return &ring[tail & (shm->map->event_capacity - 1)];
}

const struct stunt_event *shm_find(Shm *shm, uint16_t class_id)
{
    const struct stunt_event *event;

    while ((event = shm_take(shm)) && event->class_id != class_id) {
        continue;
    }
    return event;
}

void shm_forget(Shm *shm)
{
    __atomic_store_n(&shm->map->tail, __atomic_load_n(&shm->map->head, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
}
