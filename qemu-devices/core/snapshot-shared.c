/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/snapshot-parts.h"

static uint32_t *message_len(unsigned area)
{
    struct stunt_shm *shm = stunt_trace.shm;

    return area == STUNT_AREA_TX ? &shm->tx_len : area == STUNT_AREA_RX ? &shm->rx_len : &shm->dump_len;
}

void stunt_shared_save(StuntShared *shared)
{
    const struct stunt_shm *shm = stunt_trace.shm;

    shared->reason = stunt_trace.stop.reason;
    shared->arg = stunt_trace.stop.arg;
    if (!shm) {
        return;
    }
    shared->stop_reason = shm->stop_reason;
    shared->stop_arg = shm->stop_arg;
    shared->stop_time_ns = shm->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(shared->len); area++) {
        shared->len[area] = MIN(*message_len(area), stunt_trace.area_capacity[area]);
        shared->message[area] = g_memdup2(stunt_trace.area[area], shared->len[area]);
    }
}

void stunt_shared_restore(const StuntShared *shared)
{
    struct stunt_shm *shm = stunt_trace.shm;

    stunt_trace.stop.reason = shared->reason;
    stunt_trace.stop.arg = shared->arg;
    if (!shm) {
        return;
    }
    shm->stop_reason = shared->stop_reason;
    shm->stop_arg = shared->stop_arg;
    shm->stop_seq = stunt_trace.seq;
    shm->stop_time_ns = shared->stop_time_ns;
    for (unsigned area = 0; area < ARRAY_SIZE(shared->len); area++) {
        *message_len(area) = shared->len[area];
        if (shared->len[area]) {
            memcpy(stunt_trace.area[area], shared->message[area], shared->len[area]);
        }
    }
}

void stunt_shared_clear(StuntShared *shared)
{
    for (unsigned area = 0; area < ARRAY_SIZE(shared->message); area++) {
        g_clear_pointer(&shared->message[area], g_free);
    }
}
