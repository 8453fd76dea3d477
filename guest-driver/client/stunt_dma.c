// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "library.h"

int stunt_dma_call(struct stunt_dma *dma, unsigned long request, void *arg)
{
	return ioctl(dma->fd, request, arg) < 0 ? -errno : 0;
}

static int check_version(struct stunt_dma *dma)
{
	struct stunt_dma_info info;
	int ret = stunt_dma_get_info(dma, &info);

	if (ret < 0)
		return ret;
	return info.version >= STUNT_DMA_UAPI_VERSION ? 0 : -EPROTO;
}

int stunt_dma_adopt(int fd, struct stunt_dma **ret_dma)
{
	struct stunt_dma *dma = calloc(1, sizeof(*dma));
	int ret;

	if (!dma)
		return -ENOMEM;
	dma->fd = fd;
	ret = check_version(dma);
	if (ret < 0)
		free(dma);
	else
		*ret_dma = dma;
	return ret;
}

int stunt_dma_open(const char *path, struct stunt_dma **ret_dma)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int ret;

	/* To look on needs no more. */
	if (fd < 0 && errno == EACCES)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = stunt_dma_adopt(fd, ret_dma);
	if (ret < 0)
		close(fd);
	return ret;
}

void stunt_dma_close(struct stunt_dma *dma)
{
	if (!dma)
		return;
	stunt_dma_queue_unmap(dma);
	close(dma->fd);
	free(dma);
}

int stunt_dma_fd(const struct stunt_dma *dma)
{
	return dma->fd;
}

int stunt_dma_get_info(struct stunt_dma *dma, struct stunt_dma_info *ret_info)
{
	struct stunt_dma_info info = {.size = sizeof(info)};
	int ret = stunt_dma_call(dma, STUNT_DMA_INFO, &info);

	if (ret == 0)
		*ret_info = info;
	return ret;
}

static uint64_t address(const void *p)
{
	return (uintptr_t)p;
}

static struct stunt_dma_transfer to_uapi(const struct stunt_dma_how *how, uint32_t op, size_t len)
{
	return (struct stunt_dma_transfer){
		.size = sizeof(struct stunt_dma_transfer),
		.channel = how ? how->channel : STUNT_DMA_CHANNEL_ANY,
		.op = op,
		.len = len,
		.timeout_ns = how ? how->timeout_ns : 0,
	};
}

static struct stunt_dma_result from_uapi(const struct stunt_dma_transfer *xfer)
{
	return (struct stunt_dma_result){
		.status = xfer->status,
		.channel = xfer->channel,
		.crc = xfer->crc,
		.mismatch = xfer->mismatch,
		.bytes = xfer->bytes,
		.descriptors = xfer->descriptors,
	};
}

static int transfer(struct stunt_dma *dma, struct stunt_dma_transfer *xfer,
		    struct stunt_dma_result *ret_result)
{
	int ret = stunt_dma_call(dma, STUNT_DMA_TRANSFER, xfer);

	if (ret == 0)
		*ret_result = from_uapi(xfer);
	return ret;
}

int stunt_dma_copy(struct stunt_dma *dma, const struct stunt_dma_how *how, void *dst,
		   const void *src, size_t len, struct stunt_dma_result *ret_result)
{
	struct stunt_dma_transfer xfer = to_uapi(how, STUNT_DMA_OP_COPY, len);

	xfer.src = address(src);
	xfer.dst = address(dst);
	return transfer(dma, &xfer, ret_result);
}

int stunt_dma_fill(struct stunt_dma *dma, const struct stunt_dma_how *how, void *dst,
		   uint64_t pattern, size_t len, struct stunt_dma_result *ret_result)
{
	struct stunt_dma_transfer xfer = to_uapi(how, STUNT_DMA_OP_FILL, len);

	xfer.dst = address(dst);
	xfer.arg = pattern;
	return transfer(dma, &xfer, ret_result);
}

int stunt_dma_crc(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *src,
		  size_t len, struct stunt_dma_result *ret_result)
{
	struct stunt_dma_transfer xfer = to_uapi(how, STUNT_DMA_OP_CRC32C, len);

	xfer.src = address(src);
	return transfer(dma, &xfer, ret_result);
}

int stunt_dma_crc_check(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *src,
			size_t len, uint32_t expected, struct stunt_dma_result *ret_result)
{
	struct stunt_dma_transfer xfer = to_uapi(how, STUNT_DMA_OP_CRC32C, len);

	xfer.flags = STUNT_DMA_TRANSFER_CHECK;
	xfer.src = address(src);
	xfer.arg = expected;
	return transfer(dma, &xfer, ret_result);
}

int stunt_dma_compare(struct stunt_dma *dma, const struct stunt_dma_how *how, const void *a,
		      const void *b, size_t len, struct stunt_dma_result *ret_result)
{
	struct stunt_dma_transfer xfer = to_uapi(how, STUNT_DMA_OP_COMPARE, len);

	xfer.src = address(a);
	xfer.dst = address(b);
	return transfer(dma, &xfer, ret_result);
}

int stunt_dma_peer(struct stunt_dma *dma, const struct stunt_dma_how *how, struct stunt_dma *peer,
		   bool from, void *data, size_t len, uint64_t offset,
		   struct stunt_dma_result *ret_result)
{
	struct stunt_dma_peer arg = {
		.size = sizeof(arg),
		.flags = from ? STUNT_DMA_PEER_FROM : 0,
		.channel = how ? how->channel : STUNT_DMA_CHANNEL_ANY,
		.peer = peer->fd,
		.addr = address(data),
		.offset = offset,
		.len = len,
		.timeout_ns = how ? how->timeout_ns : 0,
	};
	int ret = stunt_dma_call(dma, STUNT_DMA_PEER, &arg);

	if (ret == 0)
		*ret_result = (struct stunt_dma_result){
			.status = arg.status,
			.channel = arg.channel,
			.bytes = arg.bytes,
			.descriptors = arg.descriptors,
			.peer_size = arg.peer_size,
		};
	return ret;
}

int stunt_dma_raw(struct stunt_dma *dma, struct stunt_dma_raw *raw)
{
	struct stunt_dma_raw copy = *raw;
	int ret;

	copy.size = sizeof(copy);
	copy.flags = 0;
	ret = stunt_dma_call(dma, STUNT_DMA_RAW, &copy);
	if (ret == 0)
		*raw = copy;
	return ret;
}

int stunt_dma_channel_reset(struct stunt_dma *dma, unsigned int channel)
{
	struct stunt_dma_channel_reset reset = {.size = sizeof(reset), .channel = channel};

	return stunt_dma_call(dma, STUNT_DMA_CHANNEL_RESET, &reset);
}

int stunt_dma_ring(struct stunt_dma *dma, uint32_t mask)
{
	struct stunt_dma_ring arg = {.size = sizeof(arg), .mask = mask};

	return stunt_dma_call(dma, STUNT_DMA_RING, &arg);
}

int stunt_dma_await_ring(struct stunt_dma *dma, uint32_t mask, uint64_t timeout_ns, uint32_t *ret_rung)
{
	struct stunt_dma_await_ring arg = {.size = sizeof(arg), .mask = mask, .timeout_ns = timeout_ns};
	int ret = stunt_dma_call(dma, STUNT_DMA_AWAIT_RING, &arg);

	if (ret == 0)
		*ret_rung = arg.rung;
	return ret;
}

int stunt_dma_scalar(struct stunt_dma *dma, unsigned int selector, const uint64_t *in, size_t n_in,
		     uint64_t *ret_out, size_t n_out)
{
	struct stunt_dma_scalar scalar = {
		.size = sizeof(scalar), .selector = selector, .n_in = n_in, .n_out = n_out};
	int ret;

	if (n_in > STUNT_DMA_SCALARS || n_out > STUNT_DMA_SCALARS)
		return -EINVAL;
	for (size_t i = 0; i < n_in; i++)
		scalar.in[i] = in[i];
	ret = stunt_dma_call(dma, STUNT_DMA_SCALAR, &scalar);
	for (size_t i = 0; ret == 0 && i < n_out; i++)
		ret_out[i] = scalar.out[i];
	return ret;
}

int stunt_dma_get_param(struct stunt_dma *dma, unsigned int channel, unsigned int param,
			uint64_t *ret_value)
{
	uint64_t in[] = {channel, param};

	return stunt_dma_scalar(dma, STUNT_DMA_SCALAR_GET, in, 2, ret_value, 1);
}

int stunt_dma_set_param(struct stunt_dma *dma, unsigned int channel, unsigned int param,
			uint64_t value)
{
	uint64_t in[] = {channel, param, value};

	return stunt_dma_scalar(dma, STUNT_DMA_SCALAR_SET, in, 3, NULL, 0);
}

int stunt_dma_map(struct stunt_dma *dma, uint64_t offset, size_t len, int prot, void **ret_map)
{
	void *map = mmap(NULL, len, prot, MAP_SHARED, dma->fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	*ret_map = map;
	return 0;
}

/* clang-format off */
static const char *const status_names[] = {
	[STUNT_DMA_STATUS_OK] = "OK",
	[STUNT_DMA_STATUS_NULL_ADDR] = "NULL_ADDR",
	[STUNT_DMA_STATUS_MISALIGNED] = "MISALIGNED",
	[STUNT_DMA_STATUS_ADDR_WIDTH] = "ADDR_WIDTH",
	[STUNT_DMA_STATUS_LINK_LOOP] = "LINK_LOOP",
	[STUNT_DMA_STATUS_LEN_ZERO] = "LEN_ZERO",
	[STUNT_DMA_STATUS_LEN_HUGE] = "LEN_HUGE",
	[STUNT_DMA_STATUS_OWN_BAR] = "OWN_BAR",
	[STUNT_DMA_STATUS_BAD_OP] = "BAD_OP",
	[STUNT_DMA_STATUS_OVERLAP] = "OVERLAP",
	[STUNT_DMA_STATUS_BUS_ERROR] = "BUS_ERROR",
	[STUNT_DMA_STATUS_MISMATCH] = "MISMATCH",
	[STUNT_DMA_STATUS_CRC_MISMATCH] = "CRC_MISMATCH",
	[STUNT_DMA_STATUS_ABORTED] = "ABORTED",
	[STUNT_DMA_STATUS_RESERVED] = "RESERVED",
	[STUNT_DMA_STATUS_INTERNAL] = "INTERNAL",
	[STUNT_DMA_STATUS_BAD_RING] = "BAD_RING",
};
/* clang-format on */

const char *stunt_dma_status_name(unsigned int status)
{
	if (status >= sizeof(status_names) / sizeof(status_names[0]) || !status_names[status])
		return "UNKNOWN";
	return status_names[status];
}
