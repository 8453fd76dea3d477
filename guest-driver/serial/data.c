// SPDX-License-Identifier: GPL-2.0-or-later
/* Test data: any byte of a stream can be told from its place, so what is lost, doubled or in another order shows. */
#include "serial.h"

static uint8_t byte_at(uint64_t seed, uint64_t at)
{
	uint64_t x = (at >> 3) + seed * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (x ^ x >> 31) >> (at & 7) * 8;
}

void data_fill(uint8_t *buf, size_t len, uint64_t seed, uint64_t at)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = byte_at(seed, at + i);
}

ptrdiff_t data_check(const uint8_t *buf, size_t len, uint64_t seed, uint64_t at)
{
	for (size_t i = 0; i < len; i++) {
		if (buf[i] != byte_at(seed, at + i))
			return i;
	}
	return -1;
}

/* Fletcher's: the order counts, too. */
uint32_t data_sum(uint32_t sum, const uint8_t *buf, size_t len)
{
	uint32_t a = sum & 0xffff, b = sum >> 16;

	for (size_t i = 0; i < len; i++) {
		a = (a + buf[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}
