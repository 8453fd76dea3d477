// SPDX-License-Identifier: GPL-2.0-or-later
/* Test data: any byte of a stream can be told from its place, so what is lost, doubled or in another order shows. */
#include <string.h>

#include "serial.h"

#define SUM_MODULUS 65521
#define SUM_STRETCH 5552 /* so many bytes cannot overflow it */

/* Eight bytes of the stream at a time, the first lowest. */
static uint64_t word_at(const struct stream *stream, uint64_t at)
{
	uint64_t x = (at >> 3) + stream->seed * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return ((x ^ x >> 31) | stream->always) >> (at & 7) * 8;
}

/* How many of `len` bytes the word has that begins there. */
static size_t bytes_at(uint64_t at, size_t len)
{
	size_t n = sizeof(uint64_t) - (at & 7);

	return n < len ? n : len;
}

void data_fill(uint8_t *buf, size_t len, const struct stream *stream, uint64_t at)
{
	for (size_t n; len; buf += n, at += n, len -= n) {
		uint64_t word = word_at(stream, at);

		n = bytes_at(at, len);
		memcpy(buf, &word, n);
	}
}

ptrdiff_t data_check(const uint8_t *buf, size_t len, const struct stream *stream, uint64_t at)
{
	size_t i = 0;

	for (size_t n; i < len; i += n) {
		uint64_t is = 0, word = word_at(stream, at + i), differ;

		n = bytes_at(at + i, len - i);
		memcpy(&is, buf + i, n);
		differ = n < sizeof(word) ? (is ^ word) & ((1ull << n * 8) - 1) : is ^ word;
		if (differ)
			return i + __builtin_ctzll(differ) / 8;
	}
	return -1;
}

/* Adler's: the order counts, too. */
uint32_t data_sum(uint32_t sum, const uint8_t *buf, size_t len)
{
	uint32_t a = sum & 0xffff, b = sum >> 16;

	while (len) {
		size_t n = len < SUM_STRETCH ? len : SUM_STRETCH;

		for (size_t i = 0; i < n; i++) {
			a += buf[i];
			b += a;
		}
		a %= SUM_MODULUS;
		b %= SUM_MODULUS;
		buf += n;
		len -= n;
	}
	return b << 16 | a;
}
