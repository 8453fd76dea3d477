// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-serial: what programs do with a serial line, from the command line. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serial.h"

struct command {
	const char *name;
	int (*run)(int fd, const struct options *opts);
	const char *help;
};

static const struct command commands[] = {
	{"set", run_set, "applies --line and prints the settings"},
	{"send", run_send, "writes --size bytes of --seed, or --text"},
	{"receive", run_receive, "reads --size bytes and compares them"},
	{"duplex", run_duplex, "both at once; --expect-seed is what comes back"},
	{"lines", run_lines, "sets --words (+rts,-dtr,+loop) and prints the modem lines"},
	{"wait", run_wait, "sleeps until a line of --words has changed"},
	{"counts", run_counts, "prints the counters of the port"},
	{"break", run_break, "sends a break of --hold-ms"},
	{"rs485", run_rs485, "sets --words (enabled,on-send,before=1,recv=5) and prints them"},
	{"flush", run_flush, "throws away what waits, both ways"},
	{"hold", run_hold, "keeps the port open for --hold-ms"},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

enum option_id {
	DEVICE = 'd',
	LINE = 'l',
	HELP = 'h',
	SIZE = 256,
	SEED,
	EXPECT_SEED,
	CHUNK,
	TIMEOUT,
	PAUSE,
	GAP,
	HOLD,
	BEGUN,
	MARK,
	TEXT,
	WORDS,
	HEX,
	DRAIN,
	CONTROLS,
};

static const struct option longs[] = {
	{"device", required_argument, NULL, DEVICE},	{"line", required_argument, NULL, LINE},
	{"size", required_argument, NULL, SIZE},	{"seed", required_argument, NULL, SEED},
	{"expect-seed", required_argument, NULL, EXPECT_SEED}, {"chunk", required_argument, NULL, CHUNK},
	{"timeout-ms", required_argument, NULL, TIMEOUT}, {"pause-ms", required_argument, NULL, PAUSE},
	{"gap-ms", required_argument, NULL, GAP},	{"hold-ms", required_argument, NULL, HOLD},
	{"begun", required_argument, NULL, BEGUN},	{"mark", required_argument, NULL, MARK},
	{"text", required_argument, NULL, TEXT},
	{"words", required_argument, NULL, WORDS},	{"hex", no_argument, NULL, HEX},
	{"no-controls", no_argument, NULL, CONTROLS},
	{"drain", no_argument, NULL, DRAIN},		{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

static void usage(FILE *out)
{
	fprintf(out, "usage: stunt-serial COMMAND [OPTION ...]\n\ncommands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].help);
	fprintf(out, "\noptions:\n"
		     "  -d, --device PATH   /dev/ttySU0\n"
		     "  -l, --line WORDS    settings, separated by commas: 115200,8n1,rtscts,ixon …\n"
		     "  --size, --seed, --expect-seed, --chunk N\n"
		     "  --timeout-ms N      receive: give up after so long without anything\n"
		     "  --pause-ms N        receive: between two reads\n"
		     "  --gap-ms N          send: between two writes\n"
		     "  --hold-ms N         receive: before the first read\n"
		     "  --begun N           on the timeline, when the port is set up\n"
		     "  --mark N            receive: on the timeline, behind each read\n"
		     "  --no-controls       data without XON and XOFF\n"
		     "  --text TEXT, --words WORDS, --hex, --drain\n"
		     "\nexit status: 0 ok, 1 wrong data, 2 a call failed, 64 usage\n");
}

int failed(const char *command)
{
	printf("%s error=%s\n", command, strerrorname_np(errno));
	return EXIT_CALL;
}

static bool parse_number(const char *text, uint64_t *ret_value)
{
	char *end;

	*ret_value = strtoull(text, &end, 0);
	if (end != text && (*end == 'k' || *end == 'M'))
		*ret_value <<= *end++ == 'k' ? 10 : 20;
	return end != text && !*end;
}

static bool parse_option(struct options *opts, int id)
{
	switch (id) {
	case DEVICE:
		opts->device = optarg;
		return true;
	case LINE:
		opts->line = optarg;
		return true;
	case TEXT:
		opts->text = optarg;
		return true;
	case WORDS:
		opts->words = optarg;
		return true;
	case HEX:
		opts->hex = true;
		return true;
	case CONTROLS:
		opts->no_controls = true;
		return true;
	case DRAIN:
		opts->drain = true;
		return true;
	case SIZE:
		return parse_number(optarg, &opts->size);
	case SEED:
		return parse_number(optarg, &opts->seed);
	case EXPECT_SEED:
		opts->has_expect_seed = true;
		return parse_number(optarg, &opts->expect_seed);
	case CHUNK:
		return parse_number(optarg, &opts->chunk) && opts->chunk && opts->chunk <= 65536;
	case TIMEOUT:
		return parse_number(optarg, &opts->timeout_ms);
	case PAUSE:
		return parse_number(optarg, &opts->pause_ms);
	case GAP:
		return parse_number(optarg, &opts->gap_ms);
	case HOLD:
		return parse_number(optarg, &opts->hold_ms);
	case BEGUN:
		return parse_number(optarg, &opts->begun);
	case MARK:
		return parse_number(optarg, &opts->mark);
	default:
		return false;
	}
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	}
	return NULL;
}

static void tell_begun(const struct options *opts)
{
	int fd = opts->begun ? open(MARK_PATH, O_WRONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		dprintf(fd, "%" PRIu64 "\n", opts->begun);
		close(fd);
	}
}

static int run(const struct command *command, const struct options *opts)
{
	int fd = open(opts->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int status;

	if (fd < 0)
		return failed("open");
	if (opts->line && !line_set(fd, opts->line))
		return failed("line");
	/* The carrier is not waited for, everything else is. */
	fcntl(fd, F_SETFL, O_RDWR);
	tell_begun(opts);
	status = command->run(fd, opts);
	fflush(stdout);
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	struct options opts = {.device = "/dev/ttySU0", .size = 4096, .seed = 1, .chunk = 4096, .hold_ms = 0};
	const struct command *command;
	int id;

	while ((id = getopt_long(argc, argv, "d:l:h", longs, NULL)) != -1) {
		if (id == HELP) {
			usage(stdout);
			return EXIT_OK;
		}
		if (!parse_option(&opts, id)) {
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	command = optind == argc - 1 ? find_command(argv[optind]) : NULL;
	if (!command) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run(command, &opts);
}
