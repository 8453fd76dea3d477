/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `stunt bench` has a device do: the DMA engine, as the device that is always there. */
#include "lib/bench/bench.h"

/*
 * 32 MiB that the guest's kernel leaves alone: source and destination of large transfers, without the pages
 * of a process, so that one descriptor moves all. They are filled first: memory never written reads as one
 * page of zeros, which would be read from the cache.
 */
#define RESERVED "memmap=32M$0x8000000"
#define SOURCE   "0x8000000"
#define TARGET   "0x9000000"

/* Small jobs, so that it is mostly driver and device; what it says stays in the guest. */
static const char *const traffic[] = { "sh", "-c", "stunt-dma copy --size 64 --count 2000 >/dev/null", NULL };
static const char *const prepare[] = { "stunt-dma", "raw", "--op",  "fill",         "--dst", SOURCE,
                                       "--len",     "32M", "--arg", "0x5a5a5a5a5a", NULL };
static const char *const large[] = { "stunt-dma", "raw",  "--op",  "copy", "--src", SOURCE,
                                     "--dst",     TARGET, "--len", "16M",  NULL };
static const char *const nothing[] = { "stunt-dma", "raw",  "--op",  "copy", "--src", SOURCE,
                                       "--dst",     TARGET, "--len", "64",   NULL };

const StuntWorkload stunt_workload = {
    .device = "dma0",
    .type = "dma",
    .idle_first = "latency-ns=10000000",
    .cmdline = RESERVED,
    .module = "stunt_dma",
    .traffic = traffic,
    .prepare = prepare,
    .large = large,
    .nothing = nothing,
    .large_bytes = 16 * 1024 * 1024,
    .never = "at=mmio.write match.offset=0xfffffff0 action=mark",
    .scenario = "dma/lost-interrupt",
};
