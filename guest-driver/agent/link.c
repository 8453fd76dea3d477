// SPDX-License-Identifier: GPL-2.0-or-later
/* The agent's side of /dev/stunt-link: the message on its way out, and the answers on their way in. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent.h"
#include "stunt/uapi/link.h"

static uint8_t tx[STUNT_MESSAGE_MAX], rx[STUNT_MESSAGE_MAX];

/* One exchange. The length of the answer, which is in rx, or a negative errno. */
static ssize_t exchange(int fd, size_t tx_len)
{
	struct stunt_link_exchange x = {
		.size = sizeof(x),
		.tx = (uintptr_t)tx,
		.rx = (uintptr_t)rx,
		.tx_len = tx_len,
		.rx_capacity = sizeof(rx),
	};

	if (ioctl(fd, STUNT_LINK_IOC_EXCHANGE, &x))
		return -errno;
	return x.rx_len;
}

int link_open(struct agent *agent)
{
	uint32_t version;
	int fd = open("/dev/stunt-link", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, STUNT_LINK_IOC_VERSION, &version) || version != STUNT_LINK_UAPI_VERSION) {
		close(fd);
		return -EPROTO;
	}
	agent->link_fd = fd;
	agent->out = (struct message){ .data = tx, .cap = sizeof(tx) };
	return 0;
}

static void inbox_add(struct agent *agent, const void *data, size_t len)
{
	struct inbox *item = malloc(sizeof(*item) + len);
	struct inbox **end = &agent->inbox;

	if (!item)
		agent_die("no memory for a message of %zu bytes", len);
	item->next = NULL;
	item->len = len;
	memcpy(item->data, data, len);
	while (*end)
		end = &(*end)->next;
	*end = item;
}

void link_ask(struct agent *agent)
{
	ssize_t len = exchange(agent->link_fd, agent->out.len);

	if (len < 0)
		agent_die("the link broke: %s", strerror(-len));
	agent->out.len = 0;
	if (len)
		inbox_add(agent, rx, len);
}

void link_send(struct agent *agent, uint32_t type, uint32_t id, int32_t value,
	       const void *payload, size_t len)
{
	if (message_add(&agent->out, type, id, value, payload, len))
		return;
	link_ask(agent);
	if (!message_add(&agent->out, type, id, value, payload, len))
		agent_die("a record of %zu bytes fits no message", len);
}
