// SPDX-License-Identifier: GPL-2.0-or-later
/* Test data with guards around it, and results in words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tool.h"

#define PAGE 4096u
#define GUARD 64u
#define BLANK 0xee

bool buffer_init(struct buffer *buf, uint64_t offset, uint64_t len)
{
	uint64_t total = PAGE + offset + len + GUARD;
	void *map;

	if (offset > SIZE_MAX / 4 || len > SIZE_MAX / 4) {
		errno = ENOMEM;
		return false;
	}
	map = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return false;
	*buf = (struct buffer){
		.map = map, .map_len = total, .data = (uint8_t *)map + PAGE + offset, .len = len};
	return true;
}

void buffer_clear(struct buffer *buf)
{
	if (buf->map)
		munmap(buf->map, buf->map_len);
	*buf = (struct buffer){0};
}

void buffer_blank(struct buffer *buf)
{
	memset(buf->data - GUARD, BLANK, buf->len + 2 * GUARD);
}

static bool is_blank(const uint8_t *p, size_t len)
{
	while (len && *p == BLANK) {
		p++;
		len--;
	}
	return len == 0;
}

bool buffer_guarded(const struct buffer *buf)
{
	return is_blank(buf->data - GUARD, GUARD) && is_blank(buf->data + buf->len, GUARD);
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void fill_random(uint8_t *data, size_t len, uint64_t seed)
{
	while (len) {
		uint64_t word = next_random(&seed);
		size_t n = len < sizeof(word) ? len : sizeof(word);

		memcpy(data, &word, n);
		data += n;
		len -= n;
	}
}

void fill_pattern(uint8_t *data, size_t len, uint64_t pattern)
{
	for (size_t i = 0; i < len; i++)
		data[i] = pattern >> 8 * (i % 8);
}

ptrdiff_t first_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t i = 0;

	if (memcmp(a, b, len) == 0)
		return -1;
	while (a[i] == b[i])
		i++;
	return i;
}

int exit_status(int ret, unsigned int status)
{
	if (ret == 0 && status == STUNT_DMA_STATUS_OK)
		return EXIT_OK;
	return ret == 0 && (status == STUNT_DMA_STATUS_MISMATCH ||
			    status == STUNT_DMA_STATUS_CRC_MISMATCH)
		       ? EXIT_DATA
		       : EXIT_DEVICE;
}

const char *data_word(int exit)
{
	return exit == EXIT_OK ? "ok" : exit == EXIT_DATA ? "wrong" : "none";
}

const char *verdict(int ret, unsigned int status, char buf[48])
{
	const char *name = ret < 0 ? strerrorname_np(-ret) : NULL;

	if (ret < 0)
		snprintf(buf, 48, "error=%s", name ? name : "UNKNOWN");
	else
		snprintf(buf, 48, "status=%s", stunt_dma_status_name(status));
	return buf;
}
