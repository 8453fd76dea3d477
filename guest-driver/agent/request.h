/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the harness asks for, taken out of a record and checked. Pure. */
#ifndef STUNT_AGENT_REQUEST_H
#define STUNT_AGENT_REQUEST_H

#include "record.h"

#define REQUEST_ARGS_MAX	256
#define REQUEST_PATH_MAX	4096	/* bytes of a path or module name, NUL included */

/* Strings and data point into the record's message. What a type has no use for is NULL or 0. */
struct request {
	uint32_t type;
	uint32_t id;
	int32_t value;
	const char *name;	/* PUT, GET: path; INSMOD, RMMOD: module */
	const char *params;	/* INSMOD: parameters, "" for none */
	const uint8_t *data;	/* PUT: content; SEED: 8 bytes */
	size_t data_len;
	int argc;		/* RUN: program and arguments; LOOK: paths */
	const char *argv[REQUEST_ARGS_MAX + 1]; /* NULL after the last */
};

/* Return: NULL, or what is wrong with the record. */
const char *request_parse(const struct record *record, struct request *ret);

#endif
