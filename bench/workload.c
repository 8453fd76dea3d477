/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `stunt bench` has devices do: the DMA engine, as the device that is always there, and lines of serial cards. */
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

/* The smallest job: doorbell, descriptor, completion record, interrupt, and back to the caller. */
static const char *const nop_once[] = { "stunt-dma", "raw", "--op", "nop", NULL };
static const char *const nop_often[] = { "stunt-dma", "raw", "--op", "nop", "--count", "2001", NULL };

/*
 * QEMU's NVMe controller with Linux' own driver: queues, doorbells and MSI-X in guest memory as our engine
 * has them. Its first namespace is memory of the host, copied as our engine copies; its second answers at
 * once. Both are read past the guest's page cache, so each read is the device's.
 */
static const char *const nvme_option[] = {
    "-device",   "nvme,id=nvme,serial=stock,ioeventfd=off",
    "-device",   "nvme-ns,bus=nvme,drive=stock",
    "-blockdev", "driver=null-co,node-name=nothing",
    "-device",   "nvme-ns,bus=nvme,drive=nothing",
    NULL,
};
static const char *const nvme_ready[] = {
    "sh", "-c", "until [ -b /dev/nvme0n1 ] && [ -b /dev/nvme0n2 ]; do sleep 0.01; done", NULL
};
#define READ(disk, size, count)                                                                 \
    {                                                                                           \
        "dd", "if=/dev/" disk, "of=/dev/null", "iflag=direct", "bs=" size, "count=" count, NULL \
    }
static const char *const mib_once[] = READ("nvme0n1", "1M", "1");
static const char *const mib_often[] = READ("nvme0n1", "1M", "17");
static const char *const page_once[] = READ("nvme0n2", "4k", "1");
static const char *const page_often[] = READ("nvme0n2", "4k", "2001");

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
    .round_trip = { nop_once, nop_often, 2000 },
    .stock = {
        .name = "nvme",
        .option = nvme_option,
        .module = "nvme",
        .ready = nvme_ready,
        .round_trip = { page_once, page_often, 2000 },
        .large = { mib_once, mib_often, 16 },
        .large_bytes = 1024 * 1024,
    },
    .never = "at=mmio.write match.value=0x1000000000000 action=mark",
    .scenario = "dma/lost-interrupt",
};

/*
 * The same bytes, out and in by one line that is turned round in the card, by one program. QEMU's pci-serial
 * takes no time for a character, whatever its speed says; a 16550A of ours, with the same driver, does.
 */
#define LINE(tty, words, dma, size)                                                                                 \
    {                                                                                                               \
        "sh", "-c",                                                                                                 \
            "echo " dma " > /sys/module/stunt_uart/parameters/dma; exec >/dev/null; s='stunt-serial -d /dev/" tty  \
            "'; $s hold -l " words " --hold-ms 1000000 & sleep 0.1; $s lines --words +loop; "                       \
            "$s duplex --timeout-ms 2000 --size $0; e=$?; kill $!; wait; exit $e", size, NULL,                      \
    }
#define LINE_ONCE "4k"
#define LINE_OFTEN "260k"
#define LINE_MORE_KIB 256

static const char *const rings_once[] = LINE("ttySU0", "4000000", "Y", LINE_ONCE);
static const char *const rings_often[] = LINE("ttySU0", "4000000", "Y", LINE_OFTEN);
static const char *const slow_once[] = LINE("ttySU0", "115200", "Y", LINE_ONCE);
static const char *const slow_often[] = LINE("ttySU0", "115200", "Y", LINE_OFTEN);
static const char *const fifo_once[] = LINE("ttySU0", "4000000", "N", LINE_ONCE);
static const char *const fifo_often[] = LINE("ttySU0", "4000000", "N", LINE_OFTEN);
static const char *const plain_once[] = LINE("ttyS0", "115200", "Y", LINE_ONCE);
static const char *const plain_often[] = LINE("ttyS0", "115200", "Y", LINE_OFTEN);
static const char *const stock_once[] = LINE("ttyS1", "115200", "Y", LINE_ONCE);
static const char *const stock_often[] = LINE("ttyS1", "115200", "Y", LINE_OFTEN);

static const char *const pci_serial_option[] = {
    "-chardev", "null,id=nobody", "-device", "pci-serial,chardev=nobody", NULL,
};

static const char *const stock_holder[] = {
    "sh", "-c",
    "for n in 0 1; do stunt-serial hold -d /dev/ttyS$n -l 115200 --hold-ms 1000000000 & done; wait",
    NULL,
};

static const StuntLineDevice line_devices[] = { { "uart0", "uart", FALSE }, { "com1", "uartisa", TRUE } };

static const StuntLine lines[] = {
    { "rings", "our card, its data moved by itself, at 4 Mbaud", { rings_once, rings_often, LINE_MORE_KIB },
      "uart", "-port0" },
    { "115200", "the same at 115200 baud, as the stock card is set",
      { slow_once, slow_often, LINE_MORE_KIB }, "uart", "-port0" },
    { "fifo", "our card by its FIFO alone, at 4 Mbaud", { fifo_once, fifo_often, LINE_MORE_KIB },
      "uart", "-port0" },
    { "16550A", "the kernel's 8250 driver with a 16550A of ours, at 115200 baud",
      { plain_once, plain_often, LINE_MORE_KIB }, "uartisa", "ttyS0" },
    { "pci-serial", "QEMU's own card with the kernel's 8250 driver", { stock_once, stock_often, LINE_MORE_KIB },
      "serial", "ttyS1" },
};

const StuntLines stunt_lines = {
    .device = line_devices,
    .n_devices = sizeof(line_devices) / sizeof(line_devices[0]),
    .module = "stunt_uart",
    .cmdline = "8250.nr_uarts=4",
    .option = pci_serial_option,
    .holder = stock_holder,
    .line = lines,
    .n_lines = sizeof(lines) / sizeof(lines[0]),
};
