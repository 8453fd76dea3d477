// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tool.h"

enum kind {
	KIND_NUMBER,
	KIND_FLAG,
	KIND_TEXT,
	KIND_CHANNEL,
	KIND_ADDRESS,
	KIND_OP,
	KIND_SELECTOR,
	KIND_SCALARS,
	KIND_PLACE,
	KIND_PROT,
};

struct option_info {
	const char *name;
	enum kind kind;
	size_t at;     /* of the value in struct options */
	size_t has_at; /* of the bool that says it was given, or of the base of an address; 0: none
			*/
	const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct option_info infos[] = {
	{"device", KIND_TEXT, AT(device), 0, "character device, /dev/stunt-dma0"},
	{"channel", KIND_CHANNEL, AT(how.channel), 0, "number, or any"},
	{"timeout-ns", KIND_NUMBER, AT(how.timeout_ns), 0, "0: as long as the driver allows"},
	{"size", KIND_NUMBER, AT(size), 0, "bytes, 4096; k, M and G are understood"},
	{"src-offset", KIND_NUMBER, AT(src_offset), 0, "of the source in its page"},
	{"dst-offset", KIND_NUMBER, AT(dst_offset), 0, "of the destination in its page"},
	{"seed", KIND_NUMBER, AT(seed), 0, "of the data, 1"},
	{"count", KIND_NUMBER, AT(count), 0, "how many times, 1"},
	{"threads", KIND_NUMBER, AT(threads), 0, "at once, 1; each on the next channel"},
	{"crc", KIND_FLAG, AT(crc), 0, "let the device sum the destination, too"},
	{"pattern", KIND_NUMBER, AT(pattern), 0, "8 bytes, repeated"},
	{"expect", KIND_NUMBER, AT(expect), AT(has_expect),
	 "the sum, if not that of the processor"},
	{"differ", KIND_NUMBER, AT(differ), AT(has_differ), "offset of a byte to make different"},
	{"piece", KIND_NUMBER, AT(piece), 0, "bytes of the file at a time, 1M"},
	{"peer", KIND_TEXT, AT(peer), 0, "the other device, /dev/stunt-dma1"},
	{"mask", KIND_NUMBER, AT(mask), 0, "bits of the doorbell, 1"},
	{"output", KIND_TEXT, AT(output), 0, "where the copy of the file goes"},
	{"src", KIND_ADDRESS, AT(src), AT(src_base), "N, bounce:N, bar:N, ring:N or comps:N"},
	{"dst", KIND_ADDRESS, AT(dst), AT(dst_base), "likewise"},
	{"len", KIND_NUMBER, AT(len), 0, "field of the descriptor, 0"},
	{"op", KIND_OP, AT(op), 0, "nop copy fill crc32c compare link, or N"},
	{"flags", KIND_NUMBER, AT(flags), 0, "field of the descriptor, 1 (IRQ)"},
	{"id", KIND_NUMBER, AT(id), 0, "field of the descriptor, 0"},
	{"arg", KIND_NUMBER, AT(arg), 0, "field of the descriptor, 0"},
	{"reserved", KIND_NUMBER, AT(reserved), 0, "first reserved word of the descriptor, 0"},
	{"loop", KIND_NUMBER, AT(loop), 0, "put so many LINKs in a circle at bounce:0"},
	{"chain", KIND_NUMBER, AT(chain), 0, "put so many NOPs, the last with END, there"},
	{"entries", KIND_NUMBER, AT(entries), 0, "of the completion queue, 16"},
	{"files", KIND_NUMBER, AT(files), 0, "open files at once, 1; each with its own queue"},
	{"eventfd", KIND_FLAG, AT(eventfd), 0, "be told of completions by an eventfd"},
	{"cancel", KIND_NUMBER, AT(cancel), AT(has_cancel), "call this request off"},
	{"cancel-all", KIND_FLAG, AT(cancel_all), 0, "call all requests off"},
	{"keep", KIND_FLAG, AT(keep), 0, "take nothing before the queue is full"},
	{"leave", KIND_FLAG, AT(leave), 0, "exit with requests in work"},
	{"hold-ms", KIND_NUMBER, AT(hold_ms), 0, "wait so long at the most, or before going on"},
	{"selector", KIND_SELECTOR, AT(selector), 0, "echo, state, get, set, or N"},
	{"in", KIND_SCALARS, AT(scalars), 0, "numbers, separated by commas"},
	{"n-in", KIND_NUMBER, AT(n_in), AT(has_n_in), "say that so many numbers are meant"},
	{"out", KIND_NUMBER, AT(outs), 0, "how many numbers are wanted, 0"},
	{"what", KIND_PLACE, AT(what), 0, "queue, bar, bounce, ring, comps, or an offset"},
	{"offset", KIND_NUMBER, AT(offset), 0, "from there on, 0"},
	{"prot", KIND_PROT, AT(prot), 0, "r, rw, rx, …; r"},
	{"private", KIND_FLAG, AT(private), 0, "MAP_PRIVATE"},
	{"value", KIND_NUMBER, AT(value), AT(has_value), "write it to the first word"},
	{"uevents", KIND_FLAG, AT(uevents), 0, "listen to uevents, not to the device file"},
	{"uid", KIND_NUMBER, AT(uid), AT(has_uid), "become this user first"},
};

#define N_INFOS (sizeof(infos) / sizeof(infos[0]))

void print_usage(void)
{
	printf("usage: stunt-dma COMMAND [--device PATH] [OPTION ...]\n\ncommands:\n");
	for (size_t i = 0; i < n_commands; i++) {
		printf("  %-8s%s\n", commands[i].name,
		       commands[i].operands ? commands[i].operands : "[OPTION ...]");
	}
	printf("\noptions, each for the commands that have a use for it:\n");
	for (size_t i = 0; i < N_INFOS; i++)
		printf("  --%-12s%s\n", infos[i].name, infos[i].help);
	printf("\nexit status: 0 ok, 1 wrong data, 2 an error was reported, 64 usage\n");
}

static bool parse_number(const char *text, uint64_t *ret_value)
{
	static const char suffixes[] = "kMG";
	const char *suffix;
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || !isdigit((unsigned char)*text))
		return false;
	suffix = *end && !end[1] ? strchr(suffixes, *end) : NULL;
	if (*end && !suffix)
		return false;
	for (const char *s = suffixes; suffix && s <= suffix; s++) {
		if (value > UINT64_MAX / 1024)
			return false;
		value *= 1024;
	}
	*ret_value = value;
	return true;
}

static bool parse_channel(const char *text, unsigned int *ret_channel)
{
	uint64_t value;

	if (strcmp(text, "any") == 0) {
		*ret_channel = STUNT_DMA_CHANNEL_ANY;
		return true;
	}
	if (!parse_number(text, &value) || value >= STUNT_DMA_CHANNEL_ANY)
		return false;
	*ret_channel = value;
	return true;
}

static bool parse_address(const char *text, uint64_t *ret_value, uint32_t *ret_base)
{
	static const struct {
		const char *prefix;
		uint32_t base;
	} bases[] = {
		{"bounce:", STUNT_DMA_RAW_BOUNCE},
		{"bar:", STUNT_DMA_RAW_BAR},
		{"ring:", STUNT_DMA_RAW_RING},
		{"comps:", STUNT_DMA_RAW_COMPS},
	};

	*ret_base = STUNT_DMA_RAW_LITERAL;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		size_t len = strlen(bases[i].prefix);

		if (strncmp(text, bases[i].prefix, len) == 0) {
			*ret_base = bases[i].base;
			text += len;
			break;
		}
	}
	return parse_number(text, ret_value);
}

struct word {
	const char *name;
	uint64_t value;
};

/* clang-format off */
static const struct word ops[] = {
	{"nop", STUNT_DMA_OP_NOP},
	{"copy", STUNT_DMA_OP_COPY},
	{"fill", STUNT_DMA_OP_FILL},
	{"crc32c", STUNT_DMA_OP_CRC32C},
	{"compare", STUNT_DMA_OP_COMPARE},
	{"link", STUNT_DMA_OP_LINK},
	{NULL, 0},
};
static const struct word selectors[] = {
	{"echo", STUNT_DMA_SCALAR_ECHO},
	{"state", STUNT_DMA_SCALAR_STATE},
	{"get", STUNT_DMA_SCALAR_GET},
	{"set", STUNT_DMA_SCALAR_SET},
	{NULL, 0},
};
static const struct word places[] = {
	{"queue", STUNT_DMA_MAP_QUEUE},
	{"bar", STUNT_DMA_MAP_BAR},
	{"bounce", STUNT_DMA_MAP_BOUNCE},
	{"ring", STUNT_DMA_MAP_RING},
	{"comps", STUNT_DMA_MAP_COMPS},
	{NULL, 0},
};
/* clang-format on */

/* One of these words, or a number. */
static bool parse_word(const struct word *words, const char *text, uint64_t *ret_value)
{
	for (; words->name; words++) {
		if (strcmp(text, words->name) == 0) {
			*ret_value = words->value;
			return true;
		}
	}
	return parse_number(text, ret_value);
}

static bool parse_scalars(const char *text, struct options *opts)
{
	char copy[256];
	char *at, *save = NULL;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	for (at = strtok_r(copy, ",", &save); at; at = strtok_r(NULL, ",", &save)) {
		if (opts->n_scalars == STUNT_DMA_SCALARS ||
		    !parse_number(at, &opts->scalars[opts->n_scalars]))
			return false;
		opts->n_scalars++;
	}
	return true;
}

static bool parse_prot(const char *text, int *ret_prot)
{
	int prot = PROT_NONE;

	for (; *text; text++) {
		if (*text == 'r')
			prot |= PROT_READ;
		else if (*text == 'w')
			prot |= PROT_WRITE;
		else if (*text == 'x')
			prot |= PROT_EXEC;
		else
			return false;
	}
	*ret_prot = prot;
	return true;
}

static bool parse_value(const struct option_info *info, const char *text, struct options *opts)
{
	char *base = (char *)opts;

	switch (info->kind) {
	case KIND_FLAG:
		*(bool *)(base + info->at) = true;
		return true;
	case KIND_TEXT:
		*(const char **)(base + info->at) = text;
		return true;
	case KIND_CHANNEL:
		return parse_channel(text, (unsigned int *)(base + info->at));
	case KIND_ADDRESS:
		return parse_address(text, (uint64_t *)(base + info->at),
				     (uint32_t *)(base + info->has_at));
	case KIND_OP:
		return parse_word(ops, text, (uint64_t *)(base + info->at));
	case KIND_SELECTOR:
		return parse_word(selectors, text, (uint64_t *)(base + info->at));
	case KIND_PLACE:
		return parse_word(places, text, (uint64_t *)(base + info->at));
	case KIND_SCALARS:
		return parse_scalars(text, opts);
	case KIND_PROT:
		return parse_prot(text, (int *)(base + info->at));
	case KIND_NUMBER:
		break;
	}
	if (info->has_at)
		*(bool *)(base + info->has_at) = true;
	return parse_number(text, (uint64_t *)(base + info->at));
}

static bool knows(const struct command *command, const char *option)
{
	char word[24];

	snprintf(word, sizeof(word), " %s ", option);
	return strcmp(option, "device") == 0 || strcmp(option, "uid") == 0 || strstr(command->options, word);
}

static bool complain(const char *what, const char *about)
{
	fprintf(stderr, "stunt-dma: %s: %s (see stunt-dma --help)\n", what, about);
	return false;
}

static bool parse_options(int argc, char **argv, const struct command *command,
			  struct options *opts)
{
	struct option longs[N_INFOS + 1] = {{0}};
	int i;

	for (size_t n = 0; n < N_INFOS; n++)
		longs[n] = (struct option){infos[n].name, infos[n].kind != KIND_FLAG, NULL, (int)n};
	while ((i = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (i == '?')
			return false;
		if (!knows(command, infos[i].name))
			return complain(command->name, "has no such option");
		if (!parse_value(&infos[i], optarg, opts))
			return complain(infos[i].name, "makes no sense");
	}
	return true;
}

/* Numbers that end up in narrower fields. */
static bool check_ranges(const struct options *opts)
{
	if (opts->len > UINT32_MAX || opts->op > UINT8_MAX || opts->flags > UINT8_MAX ||
	    opts->id > UINT16_MAX)
		return complain("raw", "a number does not fit its field");
	if (opts->loop > STUNT_DMA_BOUNCE_SIZE / 64 || opts->chain > STUNT_DMA_BOUNCE_SIZE / 64)
		return complain("raw", "so many descriptors do not fit the bounce buffer");
	if (opts->size == 0 || opts->count == 0 || opts->piece == 0 || opts->threads == 0 ||
	    opts->threads > 64)
		return complain("size, count, piece, threads", "at least 1 (threads: at most 64)");
	if (opts->expect > UINT32_MAX || opts->value > UINT32_MAX || opts->selector > UINT32_MAX ||
	    opts->outs > UINT32_MAX || opts->n_in > UINT32_MAX)
		return complain("expect, value, selector, out, n-in", "32 bits");
	if (opts->files == 0 || opts->files > 256 || opts->entries == 0 || opts->entries > 65536)
		return complain("files, entries", "at least 1, at most 256 and 65536");
	return true;
}

static bool check_operands(int argc, char **argv, const struct command *command,
			   struct options *opts)
{
	if (command->needs_file && argc - optind == 1 && opts->output)
		opts->file = argv[optind++];
	if (optind != argc || (command->needs_file && !opts->file)) {
		return complain(command->name, command->needs_file ? "wants FILE and --output FILE"
								   : "has no operands");
	}
	if (command->needs_channel && opts->how.channel == STUNT_DMA_CHANNEL_ANY)
		return complain(command->name, "wants --channel N");
	return true;
}

bool parse_args(int argc, char **argv, struct options *opts, const struct command **ret_command)
{
	const struct command *command = NULL;

	*opts = (struct options){
		.device = "/dev/stunt-dma0",
		.peer = "/dev/stunt-dma1",
		.mask = 1,
		.how.channel = STUNT_DMA_CHANNEL_ANY,
		.size = 4096,
		.seed = 1,
		.count = 1,
		.threads = 1,
		.pattern = 0x0706050403020100,
		.piece = 1024 * 1024,
		.flags = STUNT_DMA_DESC_IRQ,
		.entries = 16,
		.files = 1,
		.prot = PROT_READ,
	};
	for (size_t i = 0; argc > 1 && i < n_commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			command = &commands[i];
	if (!command)
		return complain(argc > 1 ? argv[1] : "no command", "is no command of this");
	opts->op = command->op;
	*ret_command = command;
	return parse_options(argc - 1, argv + 1, command, opts) && check_ranges(opts) &&
	       check_operands(argc - 1, argv + 1, command, opts);
}
