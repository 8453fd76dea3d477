// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma fork, pass: an open file in the hands of two processes. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define PATIENCE_MS 20000

struct call {
	struct stunt_dma *dma;
	const struct options *opts;
	struct buffer src, dst;
	int ret;
	unsigned int status;
};

static bool call_init(struct call *call, struct stunt_dma *dma, const struct options *opts)
{
	*call = (struct call){.dma = dma, .opts = opts, .ret = -ENOMEM};
	if (!buffer_init(&call->src, opts->src_offset, opts->size) ||
	    !buffer_init(&call->dst, opts->dst_offset, opts->size))
		return false;
	buffer_blank(&call->dst);
	fill_random(call->src.data, call->src.len, opts->seed);
	return true;
}

static void call_clear(struct call *call)
{
	buffer_clear(&call->src);
	buffer_clear(&call->dst);
}

static int call_judge(const struct call *call)
{
	int exit = exit_status(call->ret, call->status);

	if (exit == EXIT_OK && (first_difference(call->dst.data, call->src.data, call->src.len) >= 0 ||
				!buffer_guarded(&call->dst)))
		exit = EXIT_DATA;
	return exit;
}

static int submit(struct call *call)
{
	struct stunt_dma_request request = {
		.op = STUNT_DMA_OP_COPY,
		.src = call->src.data,
		.dst = call->dst.data,
		.len = call->src.len,
	};

	return stunt_dma_submit(call->dma, &call->opts->how, &request);
}

static void await(struct call *call)
{
	struct pollfd poll_fd = {.fd = stunt_dma_fd(call->dma), .events = POLLIN};
	struct stunt_dma_completion c;
	int n = poll(&poll_fd, 1, PATIENCE_MS);

	if (n == 1 && stunt_dma_take(call->dma, &c) == 1) {
		call->ret = c.error;
		call->status = c.status;
	} else {
		call->ret = n == 0 ? -ETIME : -EIO;
	}
}

static void *call_thread(void *data)
{
	struct call *call = data;
	struct stunt_dma_result result = {0};

	call->ret = stunt_dma_copy(call->dma, &call->opts->how, call->dst.data, call->src.data,
				   call->src.len, &result);
	call->status = result.status;
	return NULL;
}

/* The child spoils what it has inherited, and calls as well. Return: what it says. */
static int fork_and_spoil(struct call *call)
{
	struct stunt_dma_info info;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		memset(call->src.data, 0x55, call->src.len);
		memset(call->dst.data, 0x55, call->dst.len);
		_exit(stunt_dma_get_info(call->dma, &info) == 0 ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int tell(const struct call *call, const char *kind, int child)
{
	int exit = call_judge(call);
	char buf[48];

	printf("fork kind=%s %s data=%s child=%d\n", kind, verdict(call->ret, call->status, buf),
	       data_word(exit), child);
	return exit == EXIT_OK && child != 0 ? EXIT_DEVICE : exit;
}

static int fork_in_request(struct stunt_dma *dma, const struct options *opts)
{
	struct call call;
	int child = -1;

	if (call_init(&call, dma, opts)) {
		call.ret = stunt_dma_queue_open(dma, opts->entries);
		if (call.ret == 0)
			call.ret = submit(&call);
		if (call.ret == 0) {
			child = fork_and_spoil(&call);
			await(&call);
		}
	}
	child = tell(&call, "request", child);
	call_clear(&call);
	return child;
}

static int fork_in_call(struct stunt_dma *dma, const struct options *opts)
{
	pthread_t thread;
	struct call call;
	int child = -1;

	if (call_init(&call, dma, opts) && pthread_create(&thread, NULL, call_thread, &call) == 0) {
		usleep(opts->hold_ms * 1000);
		child = fork_and_spoil(&call);
		pthread_join(thread, NULL);
	}
	child = tell(&call, "call", child);
	call_clear(&call);
	return child;
}

int run_fork(struct stunt_dma *dma, const struct options *opts)
{
	int request = fork_in_request(dma, opts);
	int call = fork_in_call(dma, opts);

	return request > call ? request : call;
}

static int send_fd(int sock, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(sock, &message, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int sock)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *head;
	int fd;

	if (recvmsg(sock, &message, MSG_CMSG_CLOEXEC) != 1)
		return -EIO;
	head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* Opened after the fork, so that the only way to the parent is the socket. */
static int give(int sock, const struct options *opts)
{
	struct stunt_dma *dma;
	struct call call;
	int ret = stunt_dma_open(opts->device, &dma);

	if (ret < 0 || !call_init(&call, dma, opts))
		return EXIT_DEVICE;
	ret = stunt_dma_queue_open(dma, opts->entries);
	if (ret == 0)
		ret = submit(&call);
	if (ret == 0)
		ret = send_fd(sock, stunt_dma_fd(dma));
	return exit_status(ret, 0);
}

/* Takes the completion of a request that a process made which is no more. */
static int inherit(int sock, pid_t child, struct call *call)
{
	int fd = receive_fd(sock);
	int status = -1;
	int ret = fd < 0 ? fd : stunt_dma_adopt(fd, &call->dma);

	if (ret == 0 && (waitpid(child, &status, 0) != child || status != 0))
		ret = -ECHILD;
	if (ret == 0)
		ret = stunt_dma_queue_adopt(call->dma);
	if (ret < 0)
		return ret;
	await(call);
	return call->ret;
}

int run_pass(struct stunt_dma *dma, const struct options *opts)
{
	struct call call = {0};
	int socks[2], ret;
	char buf[48];
	pid_t child;

	(void)dma;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return EXIT_DEVICE;
	child = fork();
	/* It dies with its request in work. */
	if (child == 0)
		_exit(give(socks[0], opts));
	close(socks[0]);
	ret = inherit(socks[1], child, &call);
	printf("pass %s\n", verdict(ret, call.status, buf));
	stunt_dma_close(call.dma);
	close(socks[1]);
	return exit_status(ret, call.status);
}
