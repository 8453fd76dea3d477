// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt-dma: the DMA engine from the command line. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

const struct command commands[] = {
	{"info", "", " ", run_info, false, false},
	{"copy", "", " channel timeout-ns size src-offset dst-offset seed count threads crc ",
	 run_copy, false, false},
	{"fill", "", " channel timeout-ns size dst-offset count pattern ", run_fill, false, false},
	{"crc", "", " channel timeout-ns size src-offset seed count expect ", run_crc, false,
	 false},
	{"compare", "", " channel timeout-ns size src-offset dst-offset seed count differ ",
	 run_compare, false, false},
	{"file", "FILE --output FILE", " channel timeout-ns piece src-offset dst-offset output ",
	 run_file, true, false},
	{"raw", "", " channel timeout-ns src dst len op flags id arg reserved loop chain count ",
	 run_raw, false, false},
	{"reset", "--channel N", " channel ", run_reset, false, true},
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
	ret = stunt_dma_open(opts.device, &dma);
	if (ret < 0) {
		printf("%s device=%s %s\n", command->name, opts.device, verdict(ret, 0, buf));
		return EXIT_DEVICE;
	}
	ret = command->run(dma, &opts);
	stunt_dma_close(dma);
	return ret;
}
