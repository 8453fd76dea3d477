// SPDX-License-Identifier: GPL-2.0-or-later
/* The processor's own sum, to hold the device's against. */
#include "tool.h"

#define POLYNOMIAL 0x82f63b78u /* Castagnoli, reflected */

static uint32_t table[256];

static void __attribute__((constructor)) make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[i] = crc;
	}
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	crc = ~crc;
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}
