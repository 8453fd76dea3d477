// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma file: a real file goes through the device, piece by piece, and is written out again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

struct copier {
	struct stunt_dma *dma;
	const struct options *opts;
	struct buffer in, out;
	int in_fd, out_fd;
	uint64_t bytes, pieces, descriptors;
	unsigned int status;
	bool wrong;
};

/* All of the buffer, less only at the end of the file. */
static ssize_t read_piece(int fd, struct buffer *buf)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < buf->len && n != 0) {
		n = read(fd, buf->data + len, buf->len - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? n : 0;
	}
	return len;
}

static int write_piece(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		data += n > 0 ? n : 0;
		len -= n > 0 ? n : 0;
	}
	return 0;
}

/* 1: there may be more; 0: done; negative errno. */
static int copy_piece(struct copier *c)
{
	struct stunt_dma_result result = {0};
	ssize_t len = read_piece(c->in_fd, &c->in);
	int ret;

	if (len <= 0)
		return len;
	buffer_blank(&c->out);
	ret = stunt_dma_copy(c->dma, &c->opts->how, c->out.data, c->in.data, len, &result);
	c->status = result.status;
	if (ret < 0 || c->status)
		return ret;
	c->bytes += result.bytes;
	c->descriptors += result.descriptors;
	c->pieces++;
	c->wrong |= memcmp(c->in.data, c->out.data, len) != 0 || !buffer_guarded(&c->out);
	ret = write_piece(c->out_fd, c->out.data, len);
	return ret < 0 ? ret : 1;
}

static int open_all(struct copier *c)
{
	c->in_fd = open(c->opts->file, O_RDONLY | O_CLOEXEC);
	if (c->in_fd < 0)
		return -errno;
	c->out_fd = open(c->opts->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (c->out_fd < 0)
		return -errno;
	if (!buffer_init(&c->in, c->opts->src_offset, c->opts->piece) ||
	    !buffer_init(&c->out, c->opts->dst_offset, c->opts->piece))
		return -errno;
	return 0;
}

static int close_all(struct copier *c)
{
	int ret = 0;

	buffer_clear(&c->in);
	buffer_clear(&c->out);
	if (c->in_fd >= 0)
		close(c->in_fd);
	if (c->out_fd >= 0 && close(c->out_fd) < 0)
		ret = -errno;
	return ret;
}

int run_file(struct stunt_dma *dma, const struct options *opts)
{
	struct copier c = {.dma = dma, .opts = opts, .in_fd = -1, .out_fd = -1};
	int ret = open_all(&c);
	int closed;
	char buf[48];

	if (ret == 0)
		do {
			ret = copy_piece(&c);
		} while (ret > 0);
	closed = close_all(&c);
	ret = ret < 0 ? ret : closed;
	printf("file size=%llu pieces=%llu descriptors=%llu %s data=%s\n",
	       (unsigned long long)c.bytes, (unsigned long long)c.pieces,
	       (unsigned long long)c.descriptors, verdict(ret, c.status, buf),
	       ret < 0 || c.status ? "none"
	       : c.wrong	   ? "wrong"
				   : "ok");
	return ret == 0 && !c.status && c.wrong ? EXIT_DATA : exit_status(ret, c.status);
}
