// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma: the DMA engine from the command line. */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

const struct command commands[] = {
	{.name = "info", .options = " ", .run = run_info},
	{.name = "copy",
	 .options = " channel timeout-ns size src-offset dst-offset seed count threads crc ",
	 .run = run_copy},
	{.name = "fill",
	 .options = " channel timeout-ns size dst-offset count pattern ",
	 .run = run_fill},
	{.name = "crc",
	 .options = " channel timeout-ns size src-offset seed count expect ",
	 .run = run_crc},
	{.name = "compare",
	 .options = " channel timeout-ns size src-offset dst-offset seed count differ ",
	 .run = run_compare},
	{.name = "file",
	 .operands = "FILE --output FILE",
	 .options = " channel timeout-ns piece src-offset dst-offset output ",
	 .run = run_file,
	 .needs_file = true},
	{.name = "raw",
	 .options = " channel timeout-ns src dst len op flags id arg reserved loop chain count ",
	 .run = run_raw},
	{.name = "reset",
	 .operands = "--channel N",
	 .options = " channel ",
	 .run = run_reset,
	 .needs_channel = true},
	{.name = "peer",
	 .options = " channel timeout-ns size src-offset dst-offset seed peer offset ",
	 .run = run_peer},
	{.name = "ring", .options = " mask count ", .run = run_ring},
	{.name = "await", .options = " mask timeout-ns count ", .run = run_await_ring},
	{.name = "sweep", .options = " channel timeout-ns seed ", .run = run_sweep},
	{.name = "submit",
	 .options = " channel timeout-ns size src-offset dst-offset seed count op pattern entries "
		    "files eventfd cancel cancel-all keep leave hold-ms ",
	 .run = run_submit,
	 .op = STUNT_DMA_OP_COPY},
	{.name = "scalar", .options = " selector in n-in out ", .run = run_scalar},
	{.name = "map",
	 .options = " channel what offset size prot private value entries hold-ms ",
	 .run = run_map},
	{.name = "watch", .options = " count hold-ms uevents ", .run = run_watch},
	{.name = "fork",
	 .options = " channel timeout-ns size src-offset dst-offset seed entries hold-ms ",
	 .run = run_fork},
	{.name = "race",
	 .options = " channel timeout-ns size seed count entries ",
	 .run = run_race},
	{.name = "pass",
	 .options = " channel timeout-ns size src-offset dst-offset seed entries ",
	 .run = run_pass},
};
const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

int main(int argc, char **argv)
{
	const struct command *command;
	struct options opts;
	struct stunt_dma *dma;
	char buf[48];
	int ret;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		print_usage();
		return EXIT_OK;
	}
	if (!parse_args(argc, argv, &opts, &command))
		return EXIT_USAGE;
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* All users of this process: it has only one thread yet. */
	if (opts.has_uid && (setgroups(0, NULL) || setgid(opts.uid) || setuid(opts.uid))) {
		printf("%s %s\n", command->name, verdict(-errno, 0, buf));
		return EXIT_DEVICE;
	}
	ret = stunt_dma_open(opts.device, &dma);
	if (ret < 0) {
		printf("%s device=%s %s\n", command->name, opts.device, verdict(ret, 0, buf));
		return EXIT_DEVICE;
	}
	ret = command->run(dma, &opts);
	stunt_dma_close(dma);
	return ret;
}
