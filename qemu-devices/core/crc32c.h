/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C (Castagnoli, reflected, as in iSCSI and in Linux' crc32c). Knows nothing of QEMU. */
#ifndef STUNT_CORE_CRC32C_H
#define STUNT_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

#define STUNT_CRC32C_START 0xffffffffu

/* Takes len more bytes into a running value that began as STUNT_CRC32C_START. */
uint32_t stunt_crc32c_add(uint32_t running, const void *data, size_t len);

/* The CRC of all that was taken in: 0xe3069283 for the nine bytes "123456789". */
static inline uint32_t stunt_crc32c_end(uint32_t running)
{
    return ~running;
}

#endif
