// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "request.h"

/* Takes a string up to its NUL off the front of the payload. NULL if there is no NUL. */
static const char *take_string(const struct record *record, size_t *pos)
{
	const char *start = (const char *)record->payload + *pos;
	const char *end;

	if (*pos == record->len)
		return NULL;
	end = memchr(start, '\0', record->len - *pos);
	if (!end)
		return NULL;
	*pos += end - start + 1;
	return start;
}

/* All of the payload. Return: NULL, or what is wrong. */
static const char *parse_words(const struct record *record, struct request *ret)
{
	size_t pos = 0;

	while (pos < record->len) {
		const char *arg = take_string(record, &pos);

		if (!arg)
			return "the last argument has no NUL";
		if (ret->argc == REQUEST_ARGS_MAX)
			return "too many arguments";
		ret->argv[ret->argc++] = arg;
	}
	return NULL;
}

static const char *parse_run(const struct record *record, struct request *ret)
{
	const char *wrong = parse_words(record, ret);

	if (!wrong && (!ret->argc || !ret->argv[0][0]))
		return "RUN: no program";
	return wrong;
}

static const char *parse_look(const struct record *record, struct request *ret)
{
	const char *wrong = parse_words(record, ret);
	int i;

	for (i = 0; !wrong && i < ret->argc; i++)
		if (ret->argv[i][0] != '/')
			wrong = "LOOK: not an absolute path";
	return wrong;
}

static const char *parse_name(const struct record *record, struct request *ret, size_t *pos)
{
	ret->name = take_string(record, pos);
	if (!ret->name)
		return "the name has no NUL";
	if (!ret->name[0])
		return "the name is empty";
	if (*pos > REQUEST_PATH_MAX)
		return "the name is too long";
	return NULL;
}

static const char *parse_put(const struct record *record, struct request *ret)
{
	size_t pos = 0;
	const char *wrong = parse_name(record, ret, &pos);

	ret->data = record->payload + pos;
	ret->data_len = record->len - pos;
	return wrong;
}

static const char *parse_insmod(const struct record *record, struct request *ret)
{
	size_t pos = 0;
	const char *wrong = parse_name(record, ret, &pos);

	ret->params = "";
	if (wrong || pos == record->len)
		return wrong;
	ret->params = take_string(record, &pos);
	if (!ret->params)
		return "INSMOD: the parameters have no NUL";
	return NULL;
}

static const char *parse_only_name(const struct record *record, struct request *ret)
{
	size_t pos = 0;

	return parse_name(record, ret, &pos);
}

static const char *parse_kill(const struct record *record, struct request *ret)
{
	(void)ret;
	/* 64: the last real-time signal */
	return record->value < 0 || record->value > 64 ? "KILL: no such signal" : NULL;
}

static const char *parse_seed(const struct record *record, struct request *ret)
{
	ret->data = record->payload;
	ret->data_len = record->len;
	return record->len == sizeof(uint64_t) ? NULL : "SEED: not 8 bytes";
}

const char *request_parse(const struct record *record, struct request *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = record->type;
	ret->id = record->id;
	ret->value = record->value;

	switch (record->type) {
	case STUNT_REC_RUN:
		return parse_run(record, ret);
	case STUNT_REC_PUT:
		return parse_put(record, ret);
	case STUNT_REC_INSMOD:
		return parse_insmod(record, ret);
	case STUNT_REC_GET:
	case STUNT_REC_RMMOD:
		return parse_only_name(record, ret);
	case STUNT_REC_KILL:
		return parse_kill(record, ret);
	case STUNT_REC_SEED:
		return parse_seed(record, ret);
	case STUNT_REC_LOOK:
		return parse_look(record, ret);
	case STUNT_REC_SYNC:
	case STUNT_REC_QUIET:
	case STUNT_REC_POWEROFF:
		return NULL;
	default:
		return "the agent knows no record of this type";
	}
}
