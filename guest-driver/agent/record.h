/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of a message (stunt/proto.h): writing and reading them. Pure: no system calls, no allocation. */
#ifndef STUNT_AGENT_RECORD_H
#define STUNT_AGENT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stunt/proto.h"

/* A message that is being written. @data has @cap bytes, @len of them are used; a whole number of records. */
struct message {
	uint8_t *data;
	size_t len;
	size_t cap;
};

/* Bytes that a record with so much payload takes. */
size_t record_size(size_t payload_len);

/* Adds a record. False, and nothing is changed, if it does not fit. @payload may be NULL if @len is 0. */
bool message_add(struct message *message, uint32_t type, uint32_t id, int32_t value,
		 const void *payload, size_t len);

/* A record that was read; @payload points into the message. */
struct record {
	uint32_t type;
	uint32_t id;
	int32_t value;
	const uint8_t *payload;
	size_t len;
};

enum record_result {
	RECORD_END,	/* the message has no more records */
	RECORD_OK,	/* @ret is filled in, @pos is after it */
	RECORD_CUT,	/* the rest is no whole record; @ret has type and id if its header is whole */
};

/* Reads the record at *@pos of a message of @len bytes; any bytes are met with one of the results. */
enum record_result record_next(const uint8_t *data, size_t len, size_t *pos, struct record *ret);

#endif
