// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "record.h"

#define RECORD_ALIGN	8

static size_t padded(size_t len)
{
	return (len + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
}

size_t record_size(size_t payload_len)
{
	return sizeof(struct stunt_record) + padded(payload_len);
}

bool message_add(struct message *message, uint32_t type, uint32_t id, int32_t value,
		 const void *payload, size_t len)
{
	struct stunt_record head = { .type = type, .len = len, .id = id, .value = value };
	uint8_t *at = message->data + message->len;

	if (len > STUNT_MESSAGE_MAX || record_size(len) > message->cap - message->len)
		return false;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	if (len)
		memcpy(at, payload, len);
	memset(at + len, 0, padded(len) - len);
	message->len += record_size(len);
	return true;
}

enum record_result record_next(const uint8_t *data, size_t len, size_t *pos, struct record *ret)
{
	struct stunt_record head;
	size_t left = len - *pos;

	memset(ret, 0, sizeof(*ret));
	if (!left)
		return RECORD_END;
	if (left < sizeof(head))
		return RECORD_CUT;
	memcpy(&head, data + *pos, sizeof(head));
	ret->type = head.type;
	ret->id = head.id;
	ret->value = head.value;
	/* The padding of the last record may be missing: it says nothing. */
	if (head.len > left - sizeof(head))
		return RECORD_CUT;
	ret->payload = data + *pos + sizeof(head);
	ret->len = head.len;
	*pos += record_size(head.len) < left ? record_size(head.len) : left;
	return RECORD_OK;
}
